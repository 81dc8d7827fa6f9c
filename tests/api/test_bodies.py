"""Bodies that cannot be read, each with a sentence that says why, and faults that are told up to a number."""

import gzip
import io
import json
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Connect, Program, credentials
from tests.cast import Cast

JSON = "application/json"
TOKENS = "/api/tokens"


@pytest.fixture
def bada(cast: Cast, connect: Connect) -> Program:
    """A member's program."""
    return connect(cast.member("바다"))


def send(
    program: Program, body: bytes, kind: str | None = JSON, path: str = "/api/posts", **headers: str
) -> Any:
    """Sends a body as it is."""
    told = {"Accept-Language": "en", **headers}
    return program.ask("POST", path, data=body, content_type=kind, headers=told)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ('{"body": "한글"}'.encode("cp949"), 400, "not UTF-8 from byte 11 on"),
        ('{"body": "글"}'.encode("utf-16"), 400, "not UTF-8"),
        (b"", 400, "empty"),
        (b" \n", 400, "line 2, column 1"),
        (b'{"body": "x"', 400, "line 1, column 13"),
        (b'{"body": "x"} {}', 400, "column 15"),
        (b"{'body': 'x'}", 400, "column 2"),
        (b'{"body": "x", "body": "y"}', 400, "\u201cbody\u201d stands twice"),
        (b'{"body": {"a": 1, "b": 2, "a": 3}}', 400, "\u201ca\u201d stands twice"),
        (b'{"\\ud800": 1, "\\ud800": 2}', 400, "stands twice"),
        (b'{"body": NaN}', 400, "no NaN"),
        (b'{"body": -Infinity}', 400, "no -Infinity"),
        (b"[" * 100_000, 400, "nested"),
        (b'{"parent_id": ' + b"9" * 5000 + b"}", 400, "too many digits"),
    ],
)
def test_body_that_cannot_be_read_is_told_apart(bada: Program, body: bytes, status: int, said: str) -> None:
    answer = send(bada, body)
    assert answer.status_code == status and said in answer.json["detail"], answer.text
    assert answer.json["type"] == "/api/problems/unreadable-body"
    korean = bada.ask("POST", "/api/posts", data=body, content_type=JSON, headers={"Accept-Language": "ko"})
    assert "요" in korean.json["detail"] and said not in korean.json["detail"]


@pytest.mark.parametrize(
    ("kind", "headers", "said"),
    [
        ("application/json", {"Content-Encoding": "gzip"}, "compressed"),
        ("application/json", {"Content-Encoding": "br"}, "compressed"),
        ("application/json; charset=euc-kr", {}, "charset"),
        ("application/vnd.api+json", {}, "application/json"),
        ("application/merge-patch+json", {}, "application/json"),
        ("application/jsonp", {}, "application/json"),
        ("text/json", {}, "application/json"),
        ("text/plain", {}, "application/json"),
        ("application/x-www-form-urlencoded", {}, "application/json"),
        (None, {}, "application/json"),
    ],
)
def test_body_of_another_kind_is_refused(
    bada: Program, kind: str | None, headers: dict[str, str], said: str
) -> None:
    body = b'{"body": "x"}'
    answer = send(bada, gzip.compress(body) if headers else body, kind, **headers)
    assert answer.status_code == 415 and said in answer.json["detail"], answer.text
    assert answer.json["type"] == "/api/problems/unsupported-body"


@pytest.mark.parametrize(
    "kind", ["application/json", "APPLICATION/JSON; charset=UTF-8", 'application/json; charset="utf-8"']
)
def test_body_of_the_right_kind_is_taken(bada: Program, kind: str) -> None:
    assert (
        send(bada, '\ufeff{"body": "글"}'.encode(), kind, **{"Content-Encoding": "identity"}).status_code
        == 201
    )


@pytest.mark.parametrize(
    "options", [{}, {"data": b""}, {"data": b"", "content_type": "application/x-www-form-urlencoded"}]
)
def test_token_is_made_without_a_body(app: Flask, cast: Cast, options: dict[str, Any]) -> None:
    cast.member("바다")
    made: Any = app.test_client().post(TOKENS, headers=credentials("바다"), **options)
    assert made.status_code == 201 and made.json["scopes"] == ["read"]
    body: Any = {"data": "name=x", "content_type": "application/x-www-form-urlencoded"}
    assert app.test_client().post(TOKENS, headers=credentials("바다"), **body).status_code == 415


def test_body_that_has_to_be_there_may_not_be_left_out(bada: Program) -> None:
    for method, path in (("POST", "/api/posts"), ("PATCH", "/api/me"), ("PUT", "/api/notifications/read")):
        answer = bada.ask(method, path, headers={"If-Match": "*"})
        assert answer.status_code == 415, path
        empty = bada.ask(method, path, data=b"", content_type=JSON, headers={"If-Match": "*"})
        assert empty.status_code == 400, path


def test_faults_are_told_up_to_a_number(app: Flask, bada: Program) -> None:
    answer = bada.ask("POST", "/api/posts", json={f"field{number}": 1 for number in range(60_000)})
    assert answer.status_code == 422 and len(answer.data) < 10_000
    assert len(answer.json["errors"]) == 20 and answer.json["more_errors"] == 59_981, "One is missing."
    answer = bada.ask("POST", TOKENS, json={"scopes": ["x"] * 100_000}, headers=credentials("바다"))
    assert answer.status_code == 422 and [fault["pointer"] for fault in answer.json["errors"]] == ["#/scopes"]


def test_long_name_is_not_repeated_whole(bada: Program) -> None:
    answer = bada.ask("POST", "/api/posts", json={"body": "x", "가" * 300_000: 1})
    assert answer.status_code == 422 and len(answer.data) < 3000
    assert answer.json["errors"][0]["pointer"].startswith("#/가가") and "more_errors" not in answer.json
    twice = b'{"' + b"n" * 400_000 + b'": 1, "' + b"n" * 400_000 + b'": 2}'
    assert len(send(bada, twice).data) < 3000
    surrogate = send(bada, b'{"body": "x", "\\ud800": 1}')
    assert surrogate.status_code == 422 and surrogate.json["errors"][0]["pointer"] == "#/?"


def test_fault_of_a_choice_lists_what_there_is_to_choose(app: Flask, bada: Program) -> None:
    told = {
        ("GET", "/api/search/posts?q=a&sort=x"): "relevance, newest",
        ("GET", "/api/notifications?kind=x"): "like",
        ("GET", "/api/notifications?unread=maybe"): "true or false",
        ("POST", "/api/tasks"): "export",
        ("PATCH", "/api/me"): "ko, en",
    }
    bodies = {"/api/tasks": {"kind": "x"}, "/api/me": {"locale": "fr"}}
    for (method, path), said in told.items():
        headers = {"Accept-Language": "en", "If-Match": "*"}
        answer = bada.ask(
            method,
            path,
            headers=headers if method != "GET" else {"Accept-Language": "en"},
            json=bodies.get(path),
        )
        assert answer.status_code in (400, 422) and said in answer.json["errors"][0]["detail"], answer.text
    unknown = bada.ask(
        "POST", "/api/posts", json={"body": "x", "colour": 1}, headers={"Accept-Language": "en"}
    )
    assert "no field of this name" in unknown.json["errors"][0]["detail"]


def chunked(path: str, client: Any, body: bytes, **headers: str) -> Any:
    """Sends a body of which nothing says how long it is, as a server hands it on that has read its chunks."""
    return client.post(
        path,
        input_stream=io.BytesIO(body),
        headers=headers,
        environ_overrides={"wsgi.input_terminated": True},
    )


@pytest.mark.parametrize("rest", [b"garbage", b""])
@pytest.mark.usefixtures("first_ids")
def test_body_of_unknown_length_over_the_limit_is_refused_and_not_cut(
    app: Flask, bada: Program, rest: bytes
) -> None:
    most = app.config["MAX_CONTENT_LENGTH"]
    token = {"Authorization": f"Bearer {bada.token}", "Content-Type": JSON}
    start = json.dumps({"body": "글"}).encode()
    fits = chunked("/api/posts", app.test_client(), start.ljust(most), **token)
    assert fits.status_code == 201
    refused = chunked("/api/posts", app.test_client(), start.ljust(most + 1) + rest, **token)
    assert refused.status_code == 413 and refused.json["type"] == "/api/problems/too-large"
    assert len(bada.get("/api/posts").json["items"]) == 1
    unread = app.test_client().put(
        "/api/posts/1/likes",
        input_stream=io.BytesIO(b" " * (most + 1)),
        headers=token,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert unread.status_code == 413 and bada.get("/api/posts/1").json["like_count"] == 0


def test_form_of_unknown_length_over_the_limit_is_refused(app: Flask, cast: Cast) -> None:
    client = cast.member("바다").client
    form = b"body=%EA%B8%80&x="
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    most = app.config["MAX_CONTENT_LENGTH"]
    assert chunked("/posts", client, form.ljust(most + 1, b"x"), **kind).status_code == 413
    assert chunked("/posts", client, form, **kind).status_code == 303
    assert len(Program(app).get("/api/posts").json["items"]) == 1
