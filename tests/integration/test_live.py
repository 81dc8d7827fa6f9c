"""News for open pages, between real processes: on one machine, and split up behind nginx."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.live import Live
from app.live.exchange import PATIENCE
from app.models import LoginSession
from config import Config
from tests.cast import PASSWORD
from tests.integration.live_site import NGINX, Member, OneMachine, Split
from tests.integration.processes import StoreProcess, started_with, until
from tests.sockets import Connection, Refused

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc"),
]
needs_nginx = pytest.mark.skipif(not Path(NGINX).exists(), reason="There is no nginx here")

PLACES = 2  # Connections in each web process of the one machine, which keeps sixteen threads for pages.


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneMachine]:
    """The one machine, with few places."""
    site = OneMachine(tmp_path_factory.mktemp("one"), WEB_THREADS=str(16 + PLACES))
    yield site
    site.stop()


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Split]:
    """The parts on their own."""
    site = Split(tmp_path_factory.mktemp("split"))
    yield site
    site.stop()


def filled(member: Member) -> list[Connection]:
    """Returns as many open pages of a member as the one machine has places for."""
    pages: list[Connection] = []

    def full() -> bool:
        try:
            pages.append(member.open())
        except Refused:
            pass  # The process that was asked is full, or has not given a place back yet.
        return len(pages) == Config.WEB_WORKERS * PLACES

    until(full, 30, "all places are taken")
    for _ in range(3 * Config.WEB_WORKERS):
        with pytest.raises(Refused):
            member.open()
    return pages


def test_one_machine_tells_pages_of_every_process_and_keeps_threads_for_pages(one: OneMachine) -> None:
    bada, haneul = one.member("바다"), one.member("하늘")
    post = one.post_of("바다")
    pages = filled(bada)
    began = time.monotonic()
    assert haneul.post(f"/posts/{post}/like").status_code == 303
    heard = [page.hear() for page in pages]
    print(f"Heard {time.monotonic() - began:.2f} s after the like was asked for.")
    assert heard[0] and heard[0][0] == "notification" and heard == heard[:1] * len(pages)
    for _ in range(3):
        began = time.monotonic()
        assert bada.get("/explore").status_code == 200
        assert time.monotonic() - began < 2
    # The session ends at either process, and whichever holds a page cuts it.
    assert bada.post("/auth/logout").status_code == 303
    took = [page.lasts(3) for page in pages]
    print(f"Cut after {took} s.")
    assert all(seconds is not None and seconds < 1 for seconds in took)
    for page in filled(haneul):
        page.close()


def test_ctrl_c_does_not_wait_for_open_pages(one: OneMachine) -> None:
    pages = filled(one.member("별님"))
    site = one.programs["site"]
    began = time.monotonic()
    site.send(signal.SIGINT)
    until(lambda: site.says("Shutting down: Master"), 10, "the web server ends")
    web = time.monotonic() - began
    assert site.ended(30) == 0
    print(f"The web server took {web:.1f} s, the site {time.monotonic() - began:.1f} s.")
    assert web < 4, "Without open pages it takes about one."
    assert all(page.lasts(1) is not None for page in pages)
    assert not started_with(one.data)
    assert "Traceback" not in site.output


@needs_nginx
def test_nginx_leads_pages_files_and_connections_where_they_belong(split: Split) -> None:
    bada = split.member("바다")
    page = bada.get("/", **{"Accept-Encoding": "gzip"})
    assert page.status_code == 200 and "Content-Encoding" not in page.headers
    assert "max-age" in page.headers["Strict-Transport-Security"]
    assert len(page.headers["X-Request-ID"]) == 32, (
        "It is nginx's, so that the lines of both belong together."
    )
    style = bada.get("/static/css/hanmadi.css", **{"Accept-Encoding": "gzip"})
    assert (
        style.headers["Content-Encoding"] == "gzip"
        and style.headers["Content-Type"] == "text/css; charset=utf-8"
    )
    script = bada.get("/static/js/live.js")
    assert script.headers["Content-Type"].endswith("javascript; charset=utf-8")
    assert style.headers["Cache-Control"] == "public, no-cache" and "ETag" in style.headers
    assert bada.get("/static/css/hanmadi.css", **{"If-None-Match": style.headers["ETag"]}).status_code == 304
    font = "/static/vendor/pretendard/woff2-dynamic-subset/PretendardVariable.subset.0.woff2"
    assert "immutable" in bada.get(font).headers["Cache-Control"]
    for path in ("/static/css/hanmadi.css", "/static/js/live.js", "/static/nothing", font):
        assert "max-age=31536000" in bada.get(path).headers["Strict-Transport-Security"], path
    plain = requests.get(f"http://localhost:{split.ports['plain']}/explore", timeout=5, allow_redirects=False)
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://localhost/explore")
    address = f"http://localhost:{split.ports['plain']}/"
    for host in ("evil.example", "127.0.0.1"):
        with pytest.raises(requests.ConnectionError):
            requests.get(address, timeout=5, headers={"Host": host}, allow_redirects=False)
    with pytest.raises(requests.ConnectionError):
        requests.get(split.url, timeout=5, headers={"Host": "evil.example"}, verify=split.authority)
    # The web processes hold no connections here, and the live process serves no pages.
    for part, path, status in (("web", "/socket.io/", 404), ("live", "/", 404), ("live", "/healthz", 200)):
        assert requests.get(f"http://127.0.0.1:{split.ports[part]}{path}", timeout=5).status_code == status


@needs_nginx
def test_what_a_visitor_says_about_earlier_proxies_is_not_believed(split: Split) -> None:
    split.member("바다")
    visitor = Member(split.url, "", split.authority)
    visitor.http.headers["X-Forwarded-For"] = "203.0.113.7"
    assert visitor.post("/auth/login", name="바다", password=PASSWORD).status_code == 303
    with split.app.app_context():
        assert set(db.session.scalars(sa.select(LoginSession.address))) == {"127.0.0.1"}


@needs_nginx
def test_split_site_tells_pages_and_cuts_them(split: Split) -> None:
    bada, haneul = split.member("바다"), split.member("하늘")
    post = split.post_of("바다")
    pages = [bada.open() for _ in range(3)]
    assert haneul.post(f"/posts/{post}/like").status_code == 303
    heard = [page.hear() for page in pages]
    assert heard[0] and heard[0][0] == "notification" and heard == heard[:1] * len(pages)
    suspend = split.run("suspend", ["./boot.sh", "flask", "users", "suspend", "하늘"], split.env)
    page = haneul.open()
    assert suspend.ended(30) == 0
    assert (page.lasts(3) or 9) < 1
    with pytest.raises(Refused):
        haneul.open()
    assert all(page.lasts(0.1) is None for page in pages)


@needs_nginx
def test_store_that_was_away_is_listened_to_again_and_pages_catch_up(split: Split) -> None:
    bada, byeol = split.member("바다"), split.member("별님")
    posts = [split.post_of("바다", f"글 {number}") for number in range(3)]
    page = bada.open()
    split.store.kill()
    began = time.monotonic()
    assert byeol.post(f"/posts/{posts[0]}/like").status_code == 303
    assert bada.get("/").status_code == 200
    assert bada.get("/news").json()["notifications"] >= 1, "The fact is there, whoever heard of it."
    assert time.monotonic() - began < 5
    assert page.hear(1) is None
    split.store.start()
    assert page.hear(10, but=()) == ("catch-up", {}), "It is told to ask for what it missed."
    assert byeol.post(f"/posts/{posts[1]}/like").status_code == 303
    heard = page.hear(15)
    assert heard and heard[0] == "notification"


@needs_nginx
def test_live_process_that_ends_leaves_the_pages_working(split: Split) -> None:
    bada = split.member("바다")
    page = bada.open()
    live = split.programs["live"]
    began = time.monotonic()
    live.send(signal.SIGTERM)
    assert page.lasts(3) is not None
    assert live.ended(10) == 0
    print(f"The live process ended within {time.monotonic() - began:.1f} s.")
    with pytest.raises(Refused):
        bada.open()
    assert bada.get("/news").status_code == 200
    split.start("live", PORT=str(split.ports["live"]))
    until(lambda: split.answers(f"http://127.0.0.1:{split.ports['live']}"), 30, "it is back")
    assert bada.open().lasts(0.2) is None


def test_silent_store_delays_whoever_tells_once_and_is_logged_once(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    store, teller = StoreProcess(tmp_path), Live()
    store.start()
    app = Flask("test")
    app.config["REDIS_URL"] = store.url
    teller.init_app(app)
    teller.tell("posts", "post", id=1)
    store.pause()
    began = time.monotonic()
    for number in range(1000):
        teller.tell("posts", "post", id=number)
    assert PATIENCE <= time.monotonic() - began < 3 * PATIENCE
    store.go_on()
    store.kill()
    assert sum("News are lost" in record.message for record in caplog.records) == 1
