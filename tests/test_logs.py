"""Uncaught errors reach the administrators, and do not repeat themselves."""

import json
import logging
import re
from pathlib import Path

import pytest
from flask import Flask

from app import create_app, logs
from app.extensions import queue
from tests.conftest import settings_for


@pytest.fixture
def watched(tmp_path: Path) -> Flask:
    """A site whose administrators want to know."""
    return create_app(
        settings_for(
            f"sqlite:///{tmp_path}/test.db", tmp_path, ADMINS=["admin@example.com"], MAIL_SERVER="localhost"
        )
    )


def fail(app: Flask, words: str) -> None:
    try:
        raise RuntimeError(words)
    except RuntimeError:
        app.logger.exception("It broke")


def test_same_error_is_mailed_once_and_another_one_too(watched: Flask) -> None:
    with watched.app_context():
        for _ in range(3):
            fail(watched, "first")
        (subject,) = [call.arguments["subject"] for call in queue.waiting]
        assert re.fullmatch(r"RuntimeError in test_logs\.py:\d+", subject)
        try:
            raise ValueError("another")
        except ValueError:
            watched.logger.exception("It broke elsewhere")
        assert len(queue.waiting) == 2


def test_store_that_is_away_hides_no_error(watched: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    queue.memory.away = True
    with watched.app_context():
        fail(watched, "the words of the error")
    assert "the words of the error" in capsys.readouterr().err


def test_warnings_and_errors_without_exception_are_not_mailed(watched: Flask) -> None:
    watched.logger.error("only words")
    watched.logger.warning("less")
    assert queue.waiting == []


def test_line_is_json_with_the_request_and_without_its_query(app: Flask) -> None:
    record = logging.LogRecord("app", logging.INFO, "", 0, "하나", None, None)
    with app.test_request_context("/auth/reset/open?token=secret", method="GET"):
        logs.name_request()
        logs.RequestContext().filter(record)
    line = json.loads(app.logger.handlers[0].format(record))
    assert (line["message"], line["method"], line["path"]) == ("하나", "GET", "/auth/reset/open")
    assert len(line["request_id"]) == 16 and "secret" not in json.dumps(line)


@pytest.mark.parametrize(("given", "kept"), [("a" * 16, True), ("x", False), ("<script>abc", False)])
def test_id_of_a_request_is_taken_over_only_when_it_is_one(app: Flask, given: str, kept: bool) -> None:
    answer = app.test_client().get("/healthz", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept
