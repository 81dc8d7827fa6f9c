"""The access log is JSON, one object a line, with the time and without what is secret."""

import json
from datetime import datetime, timedelta
from runpy import run_path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config as GunicornConfig

from tests.rules.tree import ROOT


def test_access_line_is_one_json_object_and_no_path_forges_another(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    logger = run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))["JsonLogger"](GunicornConfig())
    logger.access_log.propagate = True
    environ = {"REQUEST_METHOD": "GET", "REMOTE_ADDR": "192.0.2.7", "QUERY_STRING": "token=secret"}
    environ["PATH_INFO"] = '/@바다\n127.0.0.1 "\x1b[2J\x85\\'.encode().decode("latin-1")
    answer = SimpleNamespace(status="404 NOT FOUND", headers=[("X-Request-ID", "a" * 16)], sent=12)
    with caplog.at_level("INFO", "gunicorn.access"):
        logger.access(answer, None, environ, timedelta(milliseconds=34))
        environ["PATH_INFO"] = "/healthz"
        logger.access(SimpleNamespace(status="200 OK", headers=[], sent=2), None, environ, timedelta())
    (told,) = caplog.messages
    assert len(told.splitlines()) == 1 and "secret" not in told
    line = json.loads(told)
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {
        "name": "gunicorn.access",
        "remote": "192.0.2.7",
        "method": "GET",
        "path": '/@바다\\n127.0.0.1 "\\x1b[2J\\x85\\',
        "status": 404,
        "bytes": 12,
        "ms": 34,
        "request_id": "a" * 16,
    }
