"""What the interface says when a request cannot be done (RFC 9457)."""

import json
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Connect, Program, credentials, order
from tests.cast import Cast


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/api/nothing", 404),
        ("PUT", "/api/tokens", 405),
        ("GET", "/api/me", 401),
        ("GET", "/apix", 404),
    ],
)
@pytest.mark.parametrize(("language", "letters"), [("ko", "요"), ("en", " ")])
def test_refusal_is_a_problem_in_the_readers_language(
    app: Flask, method: str, path: str, code: int, language: str, letters: str
) -> None:
    asked = {"Accept-Language": language, "Accept": "application/json"}
    answer = Program(app).ask(method, path, headers=asked)
    assert answer.status_code == code and answer.content_type == "application/problem+json"
    told = answer.json
    assert told["type"].startswith("/api/problems/") and told["status"] == code and letters in told["detail"]
    assert told["request_id"] == answer.headers["X-Request-ID"]
    assert answer.headers["Content-Language"] == language and "Accept-Language" in answer.vary


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"{}", "text/plain", 415),
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"name": "\xff"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"expires_in": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"name": "' + b"x" * 2_000_000 + b'"}', "application/json", 413),
        (b"[]", "application/json", 422),
        (b"3", "application/json", 422),
        (b"null", "application/json", 422),
    ],
)
def test_body_that_cannot_be_read_is_refused(
    app: Flask, cast: Cast, body: bytes, kind: str, code: int
) -> None:
    cast.member("바다")
    client = app.test_client()
    answer = client.post("/api/tokens", data=body, content_type=kind, headers=credentials("바다"))
    assert answer.status_code == code, answer.text
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("wishes", "pointer"),
    [
        ({"a/b~": 1}, "#/a~1b~0"),
        ({"name": 3}, "#/name"),
        ({"name": None}, "#/name"),
        ({"name": "\x00"}, "#/name"),
        ({"name": "\ud800"}, "#/name"),
        ({"name": " \u200b "}, "#/name"),
        ({"name": "가" * 61}, "#/name"),
        ({"scopes": "read"}, "#/scopes"),
        ({"scopes": []}, "#/scopes"),
        ({"scopes": ["read", "all"]}, "#/scopes/1"),
        ({"expires_in": 59}, "#/expires_in"),
        ({"expires_in": 10**30}, "#/expires_in"),
        ({"expires_in": 3600.5}, "#/expires_in"),
        ({"expires_in": True}, "#/expires_in"),
        ({"expires_in": "3600"}, "#/expires_in"),
    ],
)
def test_each_fault_of_a_body_is_pointed_at(
    app: Flask, cast: Cast, wishes: dict[str, object], pointer: str
) -> None:
    cast.member("바다")
    sent = {"data": json.dumps(wishes), "content_type": "application/json"}
    answer: Any = app.test_client().post("/api/tokens", headers=credentials("바다"), **sent)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]
    assert all("요" in fault["detail"] for fault in answer.json["errors"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("per_page", "0"),
        ("per_page", "101"),
        ("per_page", "x"),
        ("per_page", "1_0"),
        ("per_page", "１０"),
        ("per_page", ""),
        ("per_page", "9" * 30),
        ("page", "0"),
        ("page", "51"),
        ("total", "maybe"),
        ("cursor", ""),
        ("cursor", "x" * 201),
    ],
)
def test_each_fault_of_a_query_is_named(cast: Cast, connect: Connect, name: str, value: str) -> None:
    answer = connect(cast.member("바다")).get("/api/tokens", query_string={name: value})
    assert answer.status_code == 400, answer.text
    assert [fault["parameter"] for fault in answer.json["errors"]] == [name]


def test_cursor_that_is_not_ours_is_refused(cast: Cast, connect: Connect) -> None:
    assert connect(cast.member("바다")).get("/api/tokens?cursor=abc").status_code == 400


def test_error_of_ours_is_a_problem_and_tells_nothing(
    app: Flask, cast: Cast, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = connect(cast.member("바다"))

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr("app.services.tokens.listed", fail)
    answer = program.get("/api/tokens")
    assert answer.status_code == 500 and answer.content_type == "application/problem+json"
    assert "secret" not in answer.text


def test_program_is_told_nothing_of_pages_and_buttons(app: Flask, cast: Cast) -> None:
    cast.member("바다")
    answers = [Program(app).ask("PUT", "/api/tokens"), Program(app).get("/api/nothing")]
    answers.append(Program(app).ask("POST", "/api/tokens", json={"x": 1}, headers=credentials("바다")))
    answers.append(Program(app).get("/api/posts?per_page=0"))
    assert [answer.status_code for answer in answers] == [405, 404, 422, 400]
    for answer in answers:
        assert "뒤로" not in answer.json["detail"] and "화면" not in answer.json["detail"]


def test_each_token_has_a_limit_of_its_own(limited: Flask) -> None:
    cast = Cast(limited)
    cast.member("바다")
    first, second = (Program(limited, order(limited, "바다").json["token"]) for _ in range(2))
    first.get("/api")
    assert ";r=298;" in first.get("/api").headers["RateLimit"]
    assert ";r=299;" in second.get("/api").headers["RateLimit"]


def test_limit_is_told_and_kept(limited: Flask) -> None:
    Cast(limited)
    client = limited.test_client()
    first = client.get("/api")
    assert first.headers["RateLimit-Policy"] == '"requests";q=300;w=300'
    assert first.headers["RateLimit"].startswith('"requests";r=299;t=')
    assert first.headers["X-RateLimit-Limit"] == "300"
    for _ in range(299):
        assert client.get("/api").status_code == 200
    refused = client.get("/api")
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert refused.content_type == "application/problem+json"
    assert limited.test_client().get("/api", environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200
