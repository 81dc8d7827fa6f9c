"""What is shown when something goes wrong."""

import json
import logging

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from tests.cast import Cast, Visitor, words


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr("app.services.timelines.explore", fail)


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/nothing", 404),
        ("PUT", "/explore", 405),
        ("GET", "/explore?cursor=%00", 400),
        ("POST", "/auth/reset", 410),
    ],
)
def test_error_page_is_in_the_readers_language_and_names_the_request(
    stranger: Visitor, method: str, path: str, code: int
) -> None:
    answer = stranger.client.open(path, method=method)
    assert answer.status_code == code
    if code != 410:
        assert answer.headers["X-Request-ID"] in words(answer.text)
    assert '<html lang="ko"' in answer.text
    english = stranger.client.open(path, method=method, headers={"Accept-Language": "en"})
    assert '<html lang="en"' in english.text


def test_error_is_json_for_who_asks_and_under_the_interface(stranger: Visitor) -> None:
    for path, accept in [("/nothing", "application/json"), ("/api/nothing", "text/html")]:
        answer = stranger.get(path, headers={"Accept": accept})
        assert answer.status_code == 404
        assert answer.json and answer.json["status"] == 404 and answer.json["request_id"]


def test_allow_is_kept(stranger: Visitor) -> None:
    assert "GET" in stranger.client.put("/explore").headers["Allow"]


def test_too_much_at_once_is_413(cast: Cast) -> None:
    assert cast.member("바다").post("/posts", body="x" * 2_000_000).status_code == 413


def test_uncaught_error_is_logged_with_the_request_and_tells_nothing(
    stranger: Visitor, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = stranger.get("/explore?token=secret")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    record = next(record for record in caplog.records if record.exc_info)
    line = json.loads(stranger.app.logger.handlers[0].format(record))
    assert "secret detail" in line["exc_info"] and "token" not in json.dumps(line["message"])


def test_request_that_fails_writes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bada = cast.member("바다")

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.services.tags.store", fail)
    assert bada.post("/posts", body="반쪽 글").status_code == 500
    assert "반쪽 글" not in bada.get("/").text


def test_commit_that_fails_is_a_500_and_tells_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bada = cast.member("바다")

    def fail(_session: object) -> None:
        raise ZeroDivisionError

    sa.event.listen(db.session, "before_commit", fail)
    try:
        assert bada.post("/posts", body="늦은 실패").status_code == 500
    finally:
        sa.event.remove(db.session, "before_commit", fail)
    assert "늦은 실패" not in bada.get("/").text


def test_database_that_is_away_is_a_503_with_a_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr("app.services.sessions.find", away)
    answer = Visitor(app, "some secret").get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] and "<h1" in answer.text
