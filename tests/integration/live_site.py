"""Sites of several processes whose open pages hear news: on one machine, and split up behind nginx."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import requests
from flask import Flask

import app.main  # noqa: F401  # It says who may connect, which belongs to what is kept of the extensions.
from app import create_app
from app.extensions import live, queue, search
from tests.cast import Cast
from tests.conftest import settings_for
from tests.integration.processes import ROOT, Program, StoreProcess, environment, free_port, until
from tests.sockets import Connection

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Member:
    """Somebody in a browser, signed in, and their open pages.

    Args:
        url: the site.
        secret: the cookie of their session.
        authority: the file of whoever vouches for the site's name; "" where there is no TLS.
    """

    def __init__(self, url: str, secret: str, authority: str = "") -> None:
        self.url, self.secret, self.authority = url, secret, authority
        self.cookie = "__Host-hanmadi-in" if authority else "hanmadi-in"
        self.http = requests.Session()
        self.http.trust_env = False  # What this machine's environment says of authorities would win.
        self.http.verify = authority or True
        self._proof = ""
        self._cookies = f"{self.cookie}={secret}"

    def get(self, path: str, **headers: str) -> requests.Response:
        """Opens a page."""
        return self.http.get(self.url + path, timeout=20, headers={"Cookie": self._cookies, **headers})

    def post(self, path: str, **fields: str | list[str]) -> requests.Response:
        """Sends a form, with the proof of origin that a page of the site holds."""
        if not self._proof:
            page = self.get("/auth/forgot")
            token = TOKEN.search(page.text)
            assert token, page.text
            self._proof = token[1]
            self._cookies += "".join(f"; {name}={value}" for name, value in page.cookies.items())
        return self.http.post(
            self.url + path,
            data={**fields, "csrf_token": self._proof},
            headers={"Cookie": self._cookies, "Referer": f"{self.url}/auth/forgot"},
            timeout=20,
            allow_redirects=False,
        )

    def open(self) -> Connection:
        """Opens a page's connection."""
        return Connection(self.url, self.secret, cookie=self.cookie, authority=self.authority or None)


class Site:
    """A site that runs.

    Args:
        folder: what it may fill.
        url: where people open it.
        authority: the file of whoever vouches for its name; "" where there is no TLS.
    """

    def __init__(self, folder: Path, url: str, authority: str = "") -> None:
        self.folder, self.url, self.authority = folder, url, authority
        self.data = folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.programs: dict[str, Program] = {}
        self.members: dict[str, Member] = {}
        self._behind: Flask | None = None
        self._kept = [(extension, dict(vars(extension))) for extension in (live, queue, search)]

    @property
    def app(self) -> Flask:
        """An application over the site's database, for what is done behind its back; the work it leaves is lost."""
        if self._behind is None:
            self._behind = create_app(settings_for(f"sqlite:///{self.data}/hanmadi.db", self.folder))
        return self._behind

    def member(self, name: str) -> Member:
        """Returns a member, signed in."""
        if name not in self.members:
            visitor = Cast(self.app).member(name)
            cookie = visitor.client.get_cookie(self.app.config["SIGN_IN_COOKIE_NAME"])
            assert cookie
            self.members[name] = Member(self.url, cookie.value, self.authority)
        return self.members[name]

    def post_of(self, name: str, body: str = "안녕하세요") -> int:
        """Returns the id of a new post of a member's."""
        answer = self.member(name).post("/posts", body=body)
        assert answer.status_code == 303, answer.text
        found = re.findall(r'id="post-(\d+)"', self.member(name).get(f"/@{name}").text)
        return int(found[0])

    def answers(self, url: str = "") -> bool:
        """Returns whether the site, or a part of it, is there."""
        try:
            return requests.get(f"{url or self.url}/healthz", timeout=2, verify=self.authority or True).ok
        except requests.RequestException:
            return False

    def run(self, name: str, argv: list[str], env: dict[str, str]) -> Program:
        """Starts a program of the site."""
        self.programs[name] = Program(argv, ROOT, env)
        return self.programs[name]

    def stop(self) -> None:
        """Ends everything that is left of it, and gives this process's own application its extensions back."""
        for program in self.programs.values():
            program.clean_up()
        for extension, state in self._kept:
            vars(extension).update(state)


class OneMachine(Site):
    """What ``./boot.sh`` runs, with its web processes."""

    def __init__(self, folder: Path, **changes: str) -> None:
        port = free_port()
        super().__init__(folder, f"http://localhost:{port}")
        env = environment(self.data, PORT=str(port), **changes)
        site = self.run("site", ["./boot.sh"], env)
        until(lambda: site.says("Open at") or site.process.poll() is not None, 60, "the site opens")
        assert site.says("Open at"), site.output


class Split(Site):
    """Web processes and one that holds the connections, behind nginx as deploy/nginx sets it up, with TLS.

    Args:
        folder: what it may fill.
        webs: the names of its web servers.
        changes: settings.
    """

    def __init__(self, folder: Path, webs: Sequence[str] = ("web",), **changes: str) -> None:
        self.webs = webs
        self.ports = {name: free_port() for name in (*webs, "live", "tls", "plain")}
        super().__init__(folder, f"https://localhost:{self.ports['tls']}", str(folder / "localhost.pem"))
        self.store = StoreProcess(folder)
        self.store.start()
        self.env = environment(
            self.data,
            APP_ENV="production",
            SECRET_KEY="a key for this site only, which nobody needs to guess",
            EXTERNAL_URL=self.url,
            PROXIES="1",
            LIVE="apart",
            REDIS_URL=self.store.url,
            **changes,
        )
        assert self.run("migrate", ["./boot.sh", "migrate"], self.env).ended(60) == 0
        self.start("worker")
        for name in webs:
            self.start_web(name)
        self.start("live", PORT=str(self.ports["live"]))
        self.run("nginx", [NGINX, "-c", str(configuration(folder, self.ports, webs))], self.env)
        for name in (*webs, "live"):
            self.wait_for(name)
        until(self.answers, 10, "nginx answers")

    def start(self, role: str, **changes: str) -> Program:
        """Starts a role of boot.sh."""
        return self.run(role, ["./boot.sh", role], {**self.env, **changes})

    def start_web(self, name: str) -> Program:
        """Starts a web server."""
        return self.run(name, ["./boot.sh", "web"], {**self.env, "PORT": str(self.ports[name])})

    def wait_for(self, name: str) -> None:
        """Waits until a web server, or the one that holds the connections, answers."""
        until(partial(self.answers, f"http://127.0.0.1:{self.ports[name]}"), 60, f"{name} answers")

    def restart_web(self, name: str) -> None:
        """Ends a web server as a planned restart does, and starts it again."""
        ending = self.programs[name]
        ending.send(signal.SIGTERM)
        assert ending.ended(60) == 0, ending.output
        begun = self.start_web(name)
        # To ask it would mean to queue behind what nginx sends.
        until(lambda: begun.says("Booting worker"), 60, f"{name} serves again")

    def stop(self) -> None:
        """Ends everything that is left of it."""
        if "nginx" in self.programs:
            self.programs["nginx"].send(signal.SIGTERM)  # It hides its environment, and so whose it is.
        super().stop()
        self.store.kill()


def configuration(folder: Path, ports: dict[str, int], webs: Sequence[str] = ("web",)) -> Path:
    """Returns nginx's configuration around the site's own file, in which the places of this machine are put."""
    prove(folder)
    text = (ROOT / "deploy" / "nginx" / "hanmadi.conf").read_text()
    servers = "\n".join(f"    server 127.0.0.1:{ports[name]} max_fails=0;" for name in webs)
    changes = {
        "/etc/letsencrypt/live/hanmadi.example/fullchain.pem": str(folder / "localhost.pem"),
        "/etc/letsencrypt/live/hanmadi.example/privkey.pem": str(folder / "localhost.key"),
        "/var/log/nginx/hanmadi.log": str(folder / "access.log"),
        "/srv/hanmadi/": f"{ROOT}/",
        "server_name hanmadi.example": "server_name localhost",
        "    server 127.0.0.1:5000 max_fails=0;": servers,
        "127.0.0.1:5001": f"127.0.0.1:{ports['live']}",
        "listen 443": f"listen 127.0.0.1:{ports['tls']}",
        "listen 80": f"listen 127.0.0.1:{ports['plain']}",
    }
    for here, there in changes.items():
        assert here in text, f"deploy/nginx/hanmadi.conf holds no {here}."
        text = text.replace(here, there)
    (folder / "hanmadi.conf").write_text(re.sub(r"(?m)^ *listen \[::\].*\n", "", text))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    around = folder / "nginx.conf"
    around.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log stderr warn; worker_processes 1;\n"
        # Its processes would give up what root may do, and with it this folder.
        + ("user root;\n" if os.geteuid() == 0 else "")
        + f"events {{ worker_connections 1024; }}\nhttp {{ include /etc/nginx/mime.types; {temporary}\n"
        + f"include {folder}/hanmadi.conf; }}\n"
    )
    return around


def prove(folder: Path) -> None:
    """Makes a certificate for this machine."""
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    command += (
        f" -addext subjectAltName=DNS:localhost -keyout {folder}/localhost.key -out {folder}/localhost.pem"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
