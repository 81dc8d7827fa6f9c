"""PostgreSQL that is silent, restarts or has no connection left: requests end soon, and recover by themselves."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from tests.cast import Cast, Visitor
from tests.conftest import DATABASES, another_app, settings_for
from tests.servers.proxy import Proxy

pytestmark = pytest.mark.parametrize("database", DATABASES[1:], indirect=True, scope="session")

AT_MOST = 3.0  # Seconds that anybody waits.
TIMEOUTS = {"DATABASE_TIMEOUT": 1, "DATABASE_CONNECT_TIMEOUT": 2, "DATABASE_POOL_TIMEOUT": 1}


@pytest.fixture
def proxy(database: str) -> Iterator[Proxy]:
    """The network between the site and its database."""
    with Proxy(sa.make_url(database).port or 5432) as proxy:
        yield proxy


@pytest.fixture
def site(proxy: Proxy, database: str, app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The site, whose database is behind the proxy, with few connections."""
    url = sa.make_url(database).set(host="127.0.0.1", port=proxy.port)
    address = url.render_as_string(hide_password=False)
    with another_app(settings_for(address, tmp_path, DATABASE_POOL_SIZE=3, **TIMEOUTS)) as site:
        yield site
        with site.app_context():
            db.engine.dispose()


def visitor(site: Flask, cast: Cast) -> Visitor:
    """Returns a member in a browser at the site behind the proxy."""
    cookie = cast.member("바다").client.get_cookie(site.config["SIGN_IN_COOKIE_NAME"])
    assert cookie
    return Visitor(site, cookie.value)


def at_once(number: int, ask: Callable[[], int]) -> list[tuple[int, float]]:
    """Returns the status and the seconds of requests that begin together."""
    answers = []

    def run() -> None:
        began = time.monotonic()
        answers.append((ask(), time.monotonic() - began))

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_silent_database_holds_up_nobody_and_is_used_again_when_it_answers(site: Flask, proxy: Proxy) -> None:
    def ask(path: str = "/explore") -> int:
        return site.test_client().get(path).status_code

    assert ask() == 200
    proxy.pause()
    answers = at_once(12, ask)  # More than there are connections.
    assert {status for status, _ in answers} == {503}
    assert max(seconds for _, seconds in answers) < AT_MOST
    later = at_once(6, ask)
    assert {status for status, _ in later} == {503}
    assert sum(seconds > 0.5 for _, seconds in later) <= 1, "The breaker admits one at a time."
    assert ask("/healthz") == 200
    assert ask("/readyz") == 503
    proxy.resume()
    end = time.monotonic() + 5
    while ask() != 200:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert [status for status, _ in at_once(6, ask)] == [200] * 6


@pytest.mark.parametrize("idle", [0, 2], ids=["at once", "later"])
def test_first_request_after_a_restart_succeeds(
    site: Flask, proxy: Proxy, idle: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = site.test_client()
    assert client.get("/explore").status_code == 200
    proxy.cut()
    if idle:
        clock = time.monotonic
        monkeypatch.setattr("app.database.time.monotonic", lambda: clock() + idle)
    assert client.get("/explore").status_code == 200


def test_connection_that_the_network_has_forgotten_is_replaced(
    site: Flask, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firewall drops what is idle overnight: nothing is closed, and nothing is answered."""
    assert site.test_client().get("/explore").status_code == 200
    proxy.pause()
    clock = time.monotonic
    monkeypatch.setattr("app.database.time.monotonic", lambda: clock() + 60)
    began = clock()
    assert site.test_client().get("/explore").status_code == 503
    assert clock() - began < AT_MOST
    proxy.resume()
    monkeypatch.setattr("app.database.time.monotonic", lambda: clock() + 120)
    assert site.test_client().get("/explore").status_code == 200


def test_page_says_that_the_database_is_away_in_korean_and_api_as_a_problem(
    site: Flask, proxy: Proxy
) -> None:
    client = site.test_client()
    client.get("/explore")
    proxy.pause()
    page = client.get("/explore", headers={"Accept-Language": "ko"})
    assert (page.status_code, page.headers["Retry-After"] != "") == (503, True)
    assert 'lang="ko"' in page.text
    problem = client.get("/api/posts")
    assert problem.status_code == 503
    assert problem.mimetype == "application/problem+json"
    proxy.resume()


def test_all_connections_in_use_is_503_soon_and_not_500(site: Flask) -> None:
    taken = []
    with site.app_context():
        try:
            taken = [db.engine.connect() for _ in range(3)]
            began = time.monotonic()
            answer = site.test_client().get("/explore")
            assert answer.status_code == 503
            assert time.monotonic() - began < AT_MOST
        finally:
            for connection in taken:
                connection.close()
    assert site.test_client().get("/explore").status_code == 200


def test_job_waits_as_long_as_a_statement_takes(site: Flask) -> None:
    with site.app_context(), db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT 1 FROM pg_sleep(1.5)")) == 1


def test_request_that_waits_for_a_locked_row_is_503_and_holds_up_no_other(site: Flask, cast: Cast) -> None:
    client = visitor(site, cast).client
    with site.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text('SELECT 1 FROM "user" FOR UPDATE'))
        answer = client.post("/settings/display", data={"locale": "ko", "timezone": "Asia/Tokyo"})
        assert answer.status_code == 503
        assert "Retry-After" in answer.headers
        began = time.monotonic()
        assert [status for status, _ in at_once(2, lambda: client.get("/explore").status_code)] == [200] * 2
        assert time.monotonic() - began < AT_MOST
