"""Restarts behind nginx: no request fails, no POST is done twice, and new code is what is served afterwards."""

import re
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.integration.live_site import NGINX, configuration
from tests.integration.processes import ROOT, Program, environment, free_port, until

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc"),
]
needs_nginx = pytest.mark.skipif(not Path(NGINX).exists(), reason="There is no nginx here")

WEBS = ("web", "web-2")
CLIENTS = 12
THREADS = 2  # Of each gunicorn, so that most requests wait for one.


class Servers:
    """Two gunicorns with the site's settings and a small application, behind nginx with the site's settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in (*WEBS, "live", "tls", "plain")}
        self.url = f"https://localhost:{self.ports['tls']}"
        self.done = folder / "done"
        self.programs: dict[str, Program] = {}
        self.env = environment(
            folder,
            DONE=str(self.done),
            LIVE="off",
            WEB_WORKERS="1",
            WEB_THREADS=str(THREADS),
            PYTHONSAFEPATH="1",
        )
        for name in WEBS:
            self.start(name)
        self.programs["nginx"] = Program(
            [NGINX, "-c", str(configuration(folder, self.ports, WEBS))], ROOT, self.env
        )
        until(partial(listens, self.ports["tls"]), 30, "nginx listens")

    def start(self, name: str) -> Program:
        """Starts a gunicorn and waits until it serves."""
        argv = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
        env = {**self.env, "PORT": str(self.ports[name])}
        begun = Program([*argv, "tests.integration.counting_app:app"], ROOT, env)
        self.programs[name] = begun
        until(lambda: begun.says("Booting worker"), 60, f"{name} serves")
        return begun

    def restart(self, name: str) -> None:
        """Restarts a gunicorn as planned."""
        self.programs[name].send(signal.SIGTERM)
        assert self.programs[name].ended(60) == 0
        self.start(name)

    def ask(self, http: requests.Session, method: str, query: str = "", path: str = "/") -> requests.Response:
        """Sends a request through nginx."""
        authority = str(self.folder / "localhost.pem")
        return http.request(method, f"{self.url}{path}?{query}", timeout=60, verify=authority)

    def stop(self) -> None:
        """Ends everything."""
        self.programs["nginx"].send(signal.SIGTERM)  # It hides its environment, and so whose it is.
        for program in self.programs.values():
            program.clean_up()


def listens(port: int) -> bool:
    """Returns whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Clients:
    """Clients who send one request after another, and what they got."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.statuses: Counter[str] = Counter()
        self.accepted: list[str] = []
        self.sent = 0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(CLIENTS)]

    def have_sent(self, number: int) -> bool:
        """Returns whether so many requests were answered."""
        return self.sent >= number

    def __enter__(self) -> "Clients":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _send(self, number: int) -> None:
        http = requests.Session()
        http.trust_env = False
        turn = 0
        while not self._over.is_set():
            turn += 1
            method, query = ("POST", f"{number}-{turn}") if turn % 4 else ("GET", "")
            answer = self.servers.ask(http, method, query)
            self.sent += 1
            self.statuses[f"{method} {answer.status_code}"] += 1
            if method == "POST" and answer.ok:
                self.accepted.append(query)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The servers."""
    running = Servers(tmp_path_factory.mktemp("servers"))
    yield running
    running.stop()


@needs_nginx
def test_rolling_restart_while_all_threads_are_busy_loses_no_request(servers: Servers) -> None:
    with Clients(servers) as clients:
        for name in (*WEBS, *WEBS):
            until(partial(clients.have_sent, clients.sent + 3 * CLIENTS), 60, "requests go on")
            servers.restart(name)
    print(f"{clients.sent} requests: {dict(clients.statuses)}")
    assert set(clients.statuses) == {"GET 200", "POST 200"}, clients.statuses
    done = servers.done.read_text().split()
    assert sorted(done) == sorted(clients.accepted), "A POST was lost, or done twice."


@needs_nginx
def test_bursts_around_gunicorns_keep_alive_time_meet_no_closed_connection(servers: Servers) -> None:
    # The first request of a burst wakes gunicorn, which then closes connections that have been idle for 5 s, on which
    # nginx is just sending the other ones.
    statuses: Counter[int] = Counter()
    sessions = [requests.Session() for _ in range(2 * CLIENTS)]
    with ThreadPoolExecutor(len(sessions)) as pool:
        for burst, pause in enumerate((0.0, 5.0, 5.1, 5.3)):
            time.sleep(pause)
            ask = partial(servers.ask, method="POST", query=f"burst-{burst}")
            statuses.update(answer.status_code for answer in pool.map(ask, sessions))
    assert statuses == {200: 4 * len(sessions)}


@needs_nginx
def test_successor_on_usr2_serves_while_the_old_one_ends_and_hup_says_what_it_does_not(
    servers: Servers,
) -> None:
    old = servers.programs["web"]
    old.send(signal.SIGHUP)
    until(
        lambda: old.says("SIGHUP has started the worker processes again"), 30, "HUP says what it does not do"
    )
    with Clients(servers) as clients:
        before = old.output.count("Booting worker")
        old.send(signal.SIGUSR2)
        until(lambda: old.output.count("Booting worker") > before, 60, "the successor serves")
        old.send(signal.SIGTERM)
        assert old.ended(60) == 0
        until(lambda: old.says("Master has been promoted"), 30, "the successor takes over")
        answer = requests.get(f"http://127.0.0.1:{servers.ports['web']}/", timeout=20)
    assert answer.ok and int(answer.text) != old.process.pid
    assert set(clients.statuses) == {"GET 200", "POST 200"}, clients.statuses
    assert "Traceback" not in old.output


@needs_nginx
def test_nginx_has_a_page_of_its_own_and_lets_answers_of_the_site_pass(servers: Servers) -> None:
    http = requests.Session()
    http.trust_env = False
    busy = servers.ask(http, "GET", path="/busy")
    assert busy.status_code == 503 and busy.text.isdecimal()
    for name in WEBS:
        servers.programs[name].clean_up()
    for method in ("GET", "POST"):
        page = servers.ask(http, method)
        assert page.status_code == 502 and page.headers["Retry-After"] == "30"
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "사이트가 잠시 쉬고 있어요" in page.text and "resting for a moment" in page.text
        assert set(re.findall(r'(?:href|src)="/([^/]+)', page.text)) == {"static"}, (
            "It asks no server of the site."
        )
        for path in re.findall(r'(?:href|src)="([^"]+)"', page.text):
            assert servers.ask(http, "GET", path=path).status_code == 200, path
        problem = servers.ask(http, method, path="/api/posts")
        assert problem.status_code == 502 and problem.json()["title"]
        assert problem.headers["Content-Type"] == "application/problem+json"
    assert servers.ask(http, "GET", path="/unavailable.html").status_code != 200, (
        "It is no address of its own."
    )
