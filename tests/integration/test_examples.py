"""The examples, as real programs in front of a real site: what they promise to people who write clients."""

import json
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from examples import hanmadi
from tests.cast import PASSWORD
from tests.integration.processes import ROOT, Program, environment, free_port, started_with, until

pytestmark = pytest.mark.integration

KEY = "Idempotency-Key"
NAME = "바다"
TEXTS = ["겨울 산책 🌨️ 한라산까지", "떡볶이 먹고 싶다 🌶️", '겨울 산책은 "천천히" \\ 걷기\n둘째 줄']
COMMANDS = """
import json, sys, microblog
for argv in json.loads(sys.argv[1]):
    done = microblog.app.test_cli_runner().invoke(args=argv)
    if done.exit_code: sys.exit(f"{argv} {done.output}")
"""
OWN_TO_A_CONNECTION = {"Connection", "Content-Encoding", "Content-Length", "Transfer-Encoding"}
WAIT = 2  # Seconds; longer than either program would wait by itself.


@dataclass(frozen=True)
class Exchange:
    """What a program asked, when, and what the site said, if it was let through."""

    at: float
    method: str
    target: str
    headers: dict[str, str]
    answer: requests.Response | None

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @property
    def status(self) -> int:
        """The status that the program was told, if it was told any."""
        return 429 if self.answer is None else self.answer.status_code

    @property
    def body(self) -> Any:
        """What the site said, where it said something."""
        return None if self.answer is None or not self.answer.content else self.answer.json()


class Gateway(ThreadingHTTPServer):
    """What stands between a program and the site: it notes what passes, and can be as bad as a real network.

    Attributes:
        plan: what happens to the next requests with a key: "lose" their answer, or "refuse" them as too many.
        seen: what has passed.
        commands: the command of every process that ran with this data folder while it asked.
    """

    daemon_threads = True

    def __init__(self, site: "Site", data: Path) -> None:
        super().__init__(("127.0.0.1", 0), Passage)
        self.site = f"http://127.0.0.1:{site.port}"
        self.entry = f"http://127.0.0.1:{self.server_port}/api"
        self.data = data
        self.plan: list[str] = []
        self.seen: list[Exchange] = []
        self.commands: set[str] = set()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def server_close(self) -> None:
        """Ends it."""
        self.shutdown()
        super().server_close()

    def asked(self, method: str, path: str = "") -> list[Exchange]:
        """Returns the requests of a method, or those of them that begin with a path."""
        return [one for one in self.seen if one.method == method and one.path.startswith(path)]


class Passage(BaseHTTPRequestHandler):
    """One connection through the gateway."""

    protocol_version = "HTTP/1.1"
    server: Gateway

    def _pass(self) -> None:
        gateway, headers, began, answer = self.server, dict(self.headers), time.monotonic(), None
        gateway.commands.update(started_with(gateway.data).values())
        body = self.rfile.read(int(headers.get("Content-Length", 0)))
        fate = gateway.plan.pop(0) if KEY in headers and gateway.plan else ""
        if fate != "refuse":
            answer = requests.request(self.command, gateway.site + self.path, data=body, headers=headers)
        gateway.seen.append(Exchange(began, self.command, self.path, headers, answer))
        # A program takes a new connection afterwards; on a used one curl sends again of its own accord.
        self.close_connection = bool(fate)
        if answer is None:
            self._say(429, {"Retry-After": str(WAIT)}, b"Too many requests")
        elif fate != "lose":
            self._say(answer.status_code, dict(answer.headers), answer.content)

    def _say(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name in headers.keys() - OWN_TO_A_CONNECTION:
            self.send_header(name, headers[name])
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _pass


class Site(Program):
    """A web server with a database and an index of its own, and one member."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self._env = environment(data, PORT=str(self.port), REDIS_URL="memory://", WEB_WORKERS="1")
        server = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "microblog:app"]
        super().__init__(server, ROOT, self._env)

    def flask(self, *commands: list[str]) -> None:
        """Runs some of the site's commands, in one process because each takes two seconds to start."""
        argv = [sys.executable, "-c", COMMANDS, json.dumps(commands)]
        done = subprocess.run(argv, cwd=ROOT, env=self._env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@dataclass(frozen=True)
class Example:
    """One of the two programs."""

    name: str

    @property
    def texts(self) -> list[str]:
        """What it posts."""
        return [f"{text}\n{self.name}" for text in TEXTS]

    def run(self, gateway: Gateway, *argv: str, user: str = NAME) -> "subprocess.CompletedProcess[str]":
        """Runs it to its end."""
        command = [sys.executable if self.name.endswith(".py") else "bash", f"examples/{self.name}", *argv]
        who = {"HANMADI_USER": user, "HANMADI_PASSWORD": PASSWORD} if user else {}
        env = environment(gateway.data, HANMADI_SITE=gateway.entry, **who)
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    def post(self, gateway: Gateway, text: str, key: str = "") -> str:
        """Writes a post, and returns what it said of it."""
        option = ["--key", key] if key and self.name.endswith(".py") else [key] if key else []
        done = self.run(gateway, "post", text, *option)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    def listed(self, gateway: Gateway, *argv: str, per_page: int) -> list[str]:
        """Returns the texts that it reads in a list, as a stranger."""
        option = ["--per-page"] if self.name.endswith(".py") else []
        done = self.run(gateway, *argv, *option, str(per_page), user="")
        assert (done.returncode, done.stderr) == (0, ""), done
        posts = re.split(rf"(?m)^{NAME} · .*\n", done.stdout)
        assert posts.pop(0) == ""
        return [re.sub(r"(?m)^    ", "", post).rstrip("\n") for post in posts]


Seen = dict[str, list[Exchange]]
PYTHON, BASH = Example("hanmadi.py"), Example("hanmadi.sh")
HAS_TOOLS = all(map(shutil.which, ("bash", "curl", "jq")))
needs_tools = pytest.mark.skipif(not HAS_TOOLS, reason="Install bash, curl and jq.")
both = pytest.mark.parametrize(
    "example", [pytest.param(PYTHON, id="python"), pytest.param(BASH, id="bash", marks=needs_tools)]
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with one member."""
    site = Site(tmp_path_factory.mktemp("examples") / "data")
    member = ["users", "create", NAME, "bada@example.com", "--password", PASSWORD, "--confirmed"]
    try:
        site.flask(["db", "upgrade"], member, ["search", "rebuild"])
        until(lambda: site.says("Booting worker"), 30, "the site starts")
        yield site
    finally:
        site.clean_up()


@pytest.fixture
def gateway(site: Site, tmp_path: Path) -> Iterator[Gateway]:
    """The way to the site."""
    with Gateway(site, tmp_path) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def posted(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What passed while each program wrote its posts, which are in the index by now."""
    seen = {}
    for example in (PYTHON, BASH) if HAS_TOOLS else (PYTHON,):
        with Gateway(site, tmp_path_factory.mktemp("posted")) as gateway:
            for text in example.texts:
                assert text.splitlines()[0] in example.post(gateway, text)
            seen[example.name] = gateway.seen
    site.flask(["search", "drain"])
    return seen


@pytest.fixture
def member(gateway: Gateway) -> Iterator[hanmadi.Hanmadi]:
    """The Python client in another program's hands, signed in."""
    with hanmadi.Hanmadi(gateway.entry) as member:
        member.sign_in(NAME, PASSWORD)
        yield member


def made_up(seen: Iterable[Exchange]) -> Iterator[str]:
    """Yields what was asked for though no answer before had led there; parameters may be added to a link."""
    told = {"/api"}
    for one in seen:
        query = urlsplit(one.target).query
        if one.target not in told and (one.path not in told or "cursor" in parse_qs(query)):
            yield one.target
        told.update(re.findall(r'"(/api/[^"]+)"', one.answer.text if one.answer is not None else ""))


def written(text: str, site: Site) -> int:
    """Returns how often a text stands on the site."""
    page = requests.get(f"http://127.0.0.1:{site.port}/api/posts?per_page=100", timeout=10).json()
    assert page["items"] and page["_links"]["next"] is None
    return [post["body"] for post in page["items"]].count(text)


@both
def test_program_finds_its_way_by_links_and_leaves_no_token(example: Example, posted: Seen) -> None:
    seen = posted[example.name]
    assert [one.status for one in seen if KEY in one.headers] == [201] * len(TEXTS)
    assert [one.status for one in seen if one.method == "DELETE"] == [204] * len(TEXTS)
    assert list(made_up(seen)) == []


@both
def test_what_was_posted_comes_back_page_by_page(example: Example, posted: Seen, gateway: Gateway) -> None:
    read = example.listed(gateway, "timeline", per_page=2)
    own = [text for text in read if text in example.texts]
    assert own == example.texts[::-1]
    pages = [one for one in gateway.seen if "items" in one.body]
    assert len(pages) == -(-len(read) // 2) >= 2 and list(made_up(gateway.seen)) == []
    assert [one.target for one in pages[1:]] == [one.body["_links"]["next"] for one in pages[:-1]]


@both
def test_what_was_posted_is_found(example: Example, posted: Seen, gateway: Gateway) -> None:
    found = example.listed(gateway, "search", "겨울 산책", per_page=1)
    first, other, third = example.texts
    assert {text: found.count(text) for text in example.texts} == {first: 1, other: 0, third: 1}
    assert len(gateway.asked("GET")) == 1 + len(found) and list(made_up(gateway.seen)) == []


@both
def test_lost_answer_and_a_busy_site_leave_one_post(example: Example, site: Site, gateway: Gateway) -> None:
    gateway.plan = ["refuse", "lose"]
    text = f"한 번만 🍊 {example.name}"
    assert text in example.post(gateway, text)
    refused, lost, done = gateway.asked("POST", "/api/posts")
    assert (refused.status, lost.status, done.status) == (429, 201, 201)
    assert lost.at - refused.at >= WAIT
    assert done.body == lost.body
    assert done.answer is not None and done.answer.headers["Idempotency-Replayed"] == "true"
    assert len({one.headers[KEY] for one in gateway.asked("POST", "/api/posts")}) == 1
    assert written(text, site) == 1


@both
def test_program_that_is_started_again_with_its_key_posts_once(
    example: Example, site: Site, gateway: Gateway
) -> None:
    text = f"매일 아침 한마디 ☀️ {example.name}"
    said = [example.post(gateway, text, key) for key in (f"a-{example.name}", f"a-{example.name}")]
    assert said[0] == said[1] and written(text, site) == 1
    example.post(gateway, text, f"b-{example.name}")
    assert written(text, site) == 2


@both
def test_refusal_is_shown_as_a_person_reads_it(example: Example, gateway: Gateway) -> None:
    done = example.run(gateway, "post", " \n ")
    assert (done.returncode, done.stdout) == (1, "")
    (refused,) = gateway.asked("POST", "/api/posts")
    problem = refused.body
    assert refused.status == 422
    assert done.stderr.splitlines() == [
        f"422 {problem['title']}",
        problem["detail"],
        "  #/body: Write something first.",
        f"(request {problem['request_id']})",
    ]


@both
def test_answer_of_something_else_is_told_in_a_sentence(example: Example, gateway: Gateway) -> None:
    gateway.entry = gateway.entry.removesuffix("/api")  # A page, and no interface.
    done = example.run(gateway, "timeline", user="")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The site gives no answer that can be used")


@both
def test_help_says_what_there_is(example: Example, gateway: Gateway) -> None:
    done = example.run(gateway, "--help")
    assert done.returncode == 0 and not gateway.seen
    assert all(word in done.stdout for word in ("post", "timeline", "search", "HANMADI_PASSWORD"))


@both
@pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc")
def test_nobody_reads_a_secret_in_the_list_of_processes(example: Example, gateway: Gateway) -> None:
    example.post(gateway, f"비밀 🔑 {example.name}")
    (made,) = gateway.asked("POST", "/api/tokens")
    assert any(example.name in command for command in gateway.commands)
    # It takes curl for the requests, so that is what was looked at.
    assert example.name.endswith(".py") or any(command.startswith("curl") for command in gateway.commands)
    for secret in (PASSWORD, made.body["token"], made.headers["Authorization"].split()[1]):
        assert not [command for command in gateway.commands if secret in command]


def test_edit_keeps_what_was_changed_meanwhile(member: hanmadi.Hanmadi, gateway: Gateway) -> None:
    post = member.publish("귤 하나 🍊")

    def and_me(text: str) -> str:
        if "둘" not in text:
            member.edit(post, lambda present: f"{present}, 둘")
        return f"{text}, 셋"

    assert member.edit(post, and_me)["body"] == "귤 하나 🍊, 둘, 셋"
    assert [one.status for one in gateway.asked("PATCH")] == [200, 412, 200]
    assert list(made_up(gateway.seen)) == []


def test_what_has_not_changed_is_not_sent_again(member: hanmadi.Hanmadi, gateway: Gateway) -> None:
    # Long, so that it comes compressed.
    here = hanmadi.link(member.publish("감귤밭 " * 60), "self")
    first = member.get(here)
    assert member.get(here) == first
    assert member.like(first)["like_count"] == 1
    assert member.get(here) == {**first, "like_count": 1, "liked": True}
    reads = gateway.asked("GET", urlsplit(here).path)
    assert [one.status for one in reads] == [200, 304, 200]
    assert reads[0].answer is not None and "Content-Encoding" in reads[0].answer.headers


def test_member_is_offered_more_than_a_stranger(member: hanmadi.Hanmadi, gateway: Gateway) -> None:
    post = member.publish("마음에 들면 눌러 줘 ❤️")
    reply = member.publish("눌렀어!", parent=post)
    assert list(member.items(hanmadi.link(post, "replies"))) == [reply]
    with hanmadi.Hanmadi(gateway.entry) as stranger, pytest.raises(hanmadi.NotOffered, match="like"):
        stranger.like(stranger.get(hanmadi.link(post, "self")))


def test_token_goes_to_no_other_site(gateway: Gateway) -> None:
    bearer = hanmadi.Bearer("secret", gateway.entry)
    for address, is_told in ((gateway.entry, True), ("http://127.0.0.1:9/api", False)):
        request = bearer(requests.Request("GET", address).prepare())
        assert ("Authorization" in request.headers) is is_told


def test_path_that_is_made_up_is_found() -> None:
    asked = ("/api", "/api/posts", "/api/posts?per_page=2", "/api/posts?cursor=a")
    entry = requests.Response()
    entry._content = b'{"_links": {"posts": "/api/posts"}}'
    seen = [Exchange(0, "GET", target, {}, entry) for target in asked]
    assert list(made_up(seen)) == ["/api/posts?cursor=a"]
    assert list(made_up(seen[1:2])) == ["/api/posts"]


def paths_in(program: str) -> list[str]:
    """Returns the addresses under /api that a program holds, and the words of such addresses after a slash."""
    words = "posts|users|timelines|tokens|search|tags|me|likes|replies|followers|following|home|explore"
    return re.findall(rf"/api/+\w*|/(?:{words})\b", program)


@pytest.mark.parametrize("name", ["hanmadi.py", "hanmadi.sh"])
def test_example_knows_no_address_but_the_entry(name: str) -> None:
    program = (ROOT / "examples" / name).read_text()
    assert "/api" in program and paths_in(program) == []
    assert paths_in('get(f"{entry}/timelines/home")') == ["/timelines", "/home"]
    assert paths_in("curl $HANMADI_SITE/api/posts") == ["/api/posts"]
