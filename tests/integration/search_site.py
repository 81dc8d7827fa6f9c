"""A whole site with its own store and Elasticsearch, people who use it over HTTP, and what breaks its parts."""

import html
import http.client
import os
import re
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from elasticsearch import Elasticsearch

from tests.integration.processes import (
    ROOT,
    Program,
    StoreProcess,
    environment,
    free_port,
    started_with,
    until,
)
from tests.search.test_elastic import Server
from tests.servers.proxy import Proxy

PASSWORD = "대나무 숲에서 한마디"
DISKS = Path(os.environ.get("HANMADI_ES_HOME", "/var/tmp/hanmadi-elasticsearch")) / "instances"
FIRST = "한라봉"
RESTING = "검색이 쉬고 있어요"
PREFIX = "hanmadi"


@dataclass(frozen=True)
class Answer:
    """What a browser got, and after how many seconds."""

    status: int
    seconds: float
    page: str

    @property
    def is_resting(self) -> bool:
        """Whether the page says that search is resting."""
        return RESTING in self.page

    def posts(self, word: str) -> list[str]:
        """Returns the texts of the posts on the page that hold a word, as a person reads them."""
        articles = re.findall(r"(?s)<article\b.*?</article>", self.page)
        bodies = [re.search(r'(?s)<p class="post-text"[^>]*>(.*?)</p>', one) for one in articles]
        texts = [html.unescape(re.sub(r"<[^>]+>", "", body[1])).strip() for body in bodies if body]
        assert len(texts) == len(articles), self.page
        return [text for text in texts if word in text]


class Person:
    """Somebody with a browser."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.token = ""
        self._cookies: dict[str, str] = {}

    @property
    def headers(self) -> dict[str, str]:
        """What every request says of who is signed in."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}

    def get(self, path: str, **query: str) -> Answer:
        """Opens a page."""
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def send(self, path: str, **fields: str) -> Answer:
        """Sends a form."""
        return self._ask("POST", path, urlencode({"csrf_token": self.token, **fields}))

    def sign_in(self, name: str) -> "Person":
        """Signs in with the form."""
        self._take_token("/auth/login")
        assert self.send("/auth/login", name=name, password=PASSWORD).status == 303
        self._take_token("/compose")
        return self

    def publish(self, body: str) -> float:
        """Writes a post, and returns how many seconds the form took."""
        answer = self.send("/posts", body=body)
        assert answer.status == 303, (answer.status, answer.page)
        return answer.seconds

    def search(self, text: str) -> Answer:
        """Opens the page of a search."""
        answer = self.get("/search", q=text)
        assert answer.status == 200, answer.page
        return answer

    def suggestions(self, text: str) -> Answer:
        """Types into the search box."""
        answer = self.get("/search/suggestions", q=text)
        assert answer.status == 200, answer.page
        return answer

    def _take_token(self, path: str) -> None:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).page)
        assert token
        self.token = token[1]

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = self.headers
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        began = time.monotonic()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        seconds = time.monotonic() - began
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        connection.close()
        return Answer(answer.status, seconds, page)


class Cluster:
    """An Elasticsearch of the tests' own, behind a network that can be slow, and everything that breaks it."""

    def __init__(self) -> None:
        self._server = Server()
        self._server.run("wipe")  # A test run that was cut off may have left something.
        self._server.run("start")
        self.client = Elasticsearch(f"http://127.0.0.1:{self._server.port}", request_timeout=20)
        self._proxy = Proxy(self._server.port)
        self._proxy.open()
        self.url = f"http://127.0.0.1:{self._proxy.port}"

    def remove(self) -> None:
        """Leaves nothing of it."""
        self.client.close()
        self._proxy.shut()
        self._server.run("wipe")

    @contextmanager
    def killed(self) -> Iterator[None]:
        """Has no process until it is started again."""
        self._kill()
        yield
        self._start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Takes connections and says nothing."""
        self._server.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._server.signal(signal.SIGCONT)

    @contextmanager
    def slow(self, seconds: float) -> Iterator[None]:
        """Answers everything so much later."""
        self._proxy.delay = seconds
        try:
            yield
        finally:
            self._proxy.delay = 0.0

    @property
    def late(self) -> int:
        """How many answers were slow so far."""
        return self._proxy.late

    @contextmanager
    def red(self) -> Iterator[None]:
        """Has lost the disk with the posts' index, until it is started again with the disk."""
        ((index, about),) = self.client.indices.get_settings(index=f"{PREFIX}-post").body.items()
        uuid = about["settings"]["index"]["uuid"]
        shard = DISKS / str(self._server.port) / "data" / "indices" / uuid / "0"
        self.client.indices.close(index=index)
        shard.rename(shard.with_name("elsewhere"))
        self.client.indices.open(index=index, wait_for_active_shards="0")
        assert self.client.cluster.health()["status"] == "red"
        yield
        self._kill()
        shard.with_name("elsewhere").rename(shard)
        self._start()

    def _kill(self) -> None:
        self._proxy.shut()
        process = Path("/proc") / self._server.run("pid")
        self._server.signal(signal.SIGKILL)
        until(lambda: not process.exists(), 20, "the server to be gone, and its parent to know")

    def _start(self) -> None:
        self._server.run("start")
        self._proxy.open()

    def empty(self) -> None:
        """Loses all indices of the site."""
        self.client.indices.delete(index=list(self.client.indices.get(index=f"{PREFIX}-*")))


class WritersPlace:
    """Watches SQLite's one writer's place, as somebody who wants it does.

    Attributes:
        longest: for how many seconds it was taken without a break.
    """

    def __init__(self, path: Path) -> None:
        self.longest = 0.0
        self._path = path
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Ends watching, and returns the longest time."""
        self._over.set()
        self._thread.join()
        return self.longest

    def _watch(self) -> None:
        free = time.monotonic()
        with closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as database:
            while not self._over.wait(0.05):
                try:
                    database.execute("BEGIN IMMEDIATE")
                    database.execute("ROLLBACK")
                    free = time.monotonic()
                except sqlite3.OperationalError:
                    self.longest = max(self.longest, time.monotonic() - free)


class Site(Program):
    """A site that one command runs, as people have it."""

    def __init__(self, folder: Path, cluster: Cluster | None) -> None:
        self.store = StoreProcess(folder)
        self.store.start()
        self.cluster = cluster
        self.engine = "elasticsearch" if cluster else "embedded"
        self.port = free_port()
        settings = {"PORT": str(self.port), "REDIS_URL": self.store.url, "SEARCH_PREFIX": PREFIX}
        if cluster:
            settings["ELASTICSEARCH_URL"] = cluster.url
        self._env = environment(folder / "data", **settings)
        super().__init__(["./boot.sh"], ROOT, self._env)

    def open(self) -> None:
        """Waits until it is there, lets two people in, and has its first post in the index."""
        until(lambda: "Open at" in self.output or self.process.poll() is not None, 60, "the site opens")
        self.bada, self.haneul = self.member("bada"), self.member("haneul")
        self.bada.publish(FIRST)
        until(lambda: self.finds(FIRST, [FIRST]), 60, "the site to make its index")
        # Whoever asked for the index while it was made has it made once more.
        until(lambda: not self.count("search_rebuild"), 60, "the site to be done with it")

    def member(self, name: str) -> Person:
        """Lets somebody in."""
        self.flask("users", "create", name, f"{name}@example.com", "--password", PASSWORD, "--confirmed")
        return Person(self.port).sign_in(name)

    def finds(self, word: str, texts: Iterable[str]) -> bool:
        """Whether somebody finds these texts, each once and nothing else with the word, in the index."""
        answer = self.haneul.search(word)
        return not answer.is_resting and sorted(answer.posts(word)) == sorted(texts)

    def begin(self, *argv: str) -> "subprocess.Popen[str]":
        """Starts one of the site's commands."""
        return subprocess.Popen(
            ["./boot.sh", "flask", *argv],
            cwd=ROOT,
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def flask(self, *argv: str) -> str:
        """Runs one of the site's commands, and returns what it says."""
        running = self.begin(*argv)
        said, _ = running.communicate(timeout=110)
        assert running.returncode == 0, said
        return said

    def count(self, table: str, where: str = "1") -> int:
        """Returns how many rows a table has."""
        ((number,),) = self.rows(f"SELECT count(*) FROM {table} WHERE {where}")
        return int(number)

    def waiting(self) -> int:
        """Returns how many rows the engine has yet to hear of."""
        return self.count("search_outbox", "drained_at IS NULL")

    def rows(self, statement: str) -> list[tuple[int | str, ...]]:
        """Asks the database."""
        with sqlite3.connect(self.data / "hanmadi.db", timeout=10) as database:
            found: list[tuple[int | str, ...]] = database.execute(statement).fetchall()
        database.close()
        return found

    def signal_workers(self, signum: int) -> int:
        """Sends a signal to all workers, and the processes of their jobs; returns how many there were."""
        pids = [pid for pid, command in started_with(self.data).items() if "worker.py" in command]
        for pid in pids:
            try:
                os.kill(pid, signum)
            except ProcessLookupError:
                pass  # It died with its worker.
        return len(pids)

    def stop_workers(self) -> None:
        """Stops all workers until they get SIGCONT, none of them in the middle of a transaction."""
        until(self._stopped_between_transactions, 20, "no worker to be writing")

    def _stopped_between_transactions(self) -> bool:
        self.signal_workers(signal.SIGSTOP)
        with closing(sqlite3.connect(self.data / "hanmadi.db", timeout=0, isolation_level=None)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                self.signal_workers(signal.SIGCONT)
                return False
            return True

    def is_whole(self) -> None:
        """Makes sure that the index holds every row that may be found as it is, once."""
        status = self.flask("search", "status")
        told = dict(re.findall(r"^(post|user) +([\d,]+) documents, ", status, re.MULTILINE))
        people = "SELECT id FROM user WHERE suspended_at IS NULL"
        posts = self.count("post", f"deleted_at IS NULL AND author_id IN ({people})")
        assert told == {"post": f"{posts:,}", "user": f"{self.count('user', f'id IN ({people})'):,}"}, status
        assert "outbox      0 waiting" in status and "\nrebuild" not in status, status
        self.flask("search", "check")

    def remove(self) -> None:
        """Leaves nothing of it."""
        self.send(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            pass
        self.clean_up()
        self.store.kill()
