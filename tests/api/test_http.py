"""What HTTP has to say: entity tags, caches, compression, HEAD and OPTIONS, and limits at their edges."""

import gzip
import json
import time
import zlib
from typing import Any

import pytest
from flask import Flask

from app.extensions import limiter
from tests.api.conftest import Connect, Program, order
from tests.api.test_crawl import operations
from tests.cast import Cast

LONG = "긴 글을 여러 번 " * 20


@pytest.fixture
def addresses(app: Flask, cast: Cast, connect: Connect) -> tuple[Program, list[str]]:
    """A member's program, and one address of everything that can be read."""
    bada = cast.member("바다")
    top = cast.post(bada, f"{LONG} #나들이")
    program = connect(bada)
    bada.post("/settings/exports")
    bada.letters()
    message = cast.message(cast.member("하늘"), bada)
    token, task = (program.get(f"/api/{name}").json["items"][0]["id"] for name in ("tokens", "tasks"))
    session = program.get("/api/me/sessions").json["items"][0]["id"]
    notice = program.get("/api/notifications").json["items"][0]["id"]
    made = []
    for path in operations(app):
        id = token if "tokens" in path else task if "tasks" in path else top
        id = notice if "notifications" in path else session if "sessions" in path else id
        if "/messages/" in path:
            id, path = message, path.replace("{who}", "하늘")
        path = path.replace("{id}", str(id)).replace("{target}", "en")
        made.append(path.replace("{who}", "바다").replace("{name}", "나들이"))
    return program, [*made, "/api/openapi.json"]


def test_everything_that_is_read_has_an_etag_and_answers_304(addresses: tuple[Program, list[str]]) -> None:
    program, paths = addresses
    for path in paths:
        first = program.get(path)
        again = program.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304), path
        assert not again.data and again.headers["ETag"] == first.headers["ETag"]
        other = program.get(path, headers={"If-None-Match": '"other"'})
        assert other.status_code == 200 and other.data == first.data, path


def test_everything_that_is_read_depends_on_reader_and_language_and_is_asked_for_anew(
    addresses: tuple[Program, list[str]],
) -> None:
    program, paths = addresses
    for path in paths:
        answer = program.get(path)
        assert {"Authorization", "Accept-Language", "Accept-Encoding"} <= set(answer.vary), path
        is_kept = not path.endswith("/file")
        assert answer.headers["Cache-Control"] == f"private, no-{'cache' if is_kept else 'store'}", path
        assert "Retry-After" not in answer.headers and "Set-Cookie" not in answer.headers, path


def test_head_says_what_get_says_without_the_body(addresses: tuple[Program, list[str]]) -> None:
    program, paths = addresses
    told = ("ETag", "Content-Type", "Content-Length", "Link", "Cache-Control", "Vary")
    for path in paths:
        get, head = program.get(path), program.ask("HEAD", path)
        assert head.status_code == 200 and not head.data, path
        assert [head.headers.get(name) for name in told] == [get.headers.get(name) for name in told], path
        known = program.ask("HEAD", path, headers={"If-None-Match": get.headers["ETag"]})
        assert known.status_code == 304, path


def test_options_say_which_methods_there_are(app: Flask, addresses: tuple[Program, list[str]]) -> None:
    program, paths = addresses
    described = app.test_client().get("/api/openapi.json").json["paths"]  # type: ignore[index]
    for path, template in zip(paths, operations(app), strict=False):
        answer = program.ask("OPTIONS", path)
        methods = {method.upper() for method in described[template] if method != "parameters"}
        assert answer.status_code == 200 and set(answer.allow) == methods | {"HEAD", "OPTIONS"}, path
        wrong = program.ask("TRACE", path)
        assert wrong.status_code == 405 and set(wrong.allow) == set(answer.allow), path


@pytest.mark.parametrize(
    ("accepts", "coding", "unpack"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("deflate", "deflate", zlib.decompress),
        ("deflate;q=0.1, gzip", "gzip", gzip.decompress),
    ],
)
def test_long_answers_are_compressed(
    addresses: tuple[Program, list[str]], accepts: str, coding: str, unpack: Any
) -> None:
    program, _ = addresses
    for path in ("/api/posts", "/api/openapi.json"):
        plain, packed = program.get(path), program.get(path, headers={"Accept-Encoding": accepts})
        assert packed.headers["Content-Encoding"] == coding and len(packed.data) < len(plain.data)
        assert json.loads(unpack(packed.data)) == plain.json
        assert packed.headers["ETag"] != plain.headers["ETag"], "Other bytes are another representation."
        headers = {"Accept-Encoding": accepts, "If-None-Match": packed.headers["ETag"]}
        assert program.get(path, headers=headers).status_code == 304


def test_short_answers_and_pages_are_not_compressed(app: Flask, cast: Cast) -> None:
    cast.post(cast.member("바다"), LONG)
    accepts = {"Accept-Encoding": "gzip, br, zstd"}
    packed = app.test_client().get("/api/posts", headers=accepts)
    assert packed.headers["Content-Encoding"] == "zstd"
    for path in ("/api/nothing", "/explore"):
        answer = app.test_client().get(path, headers=accepts)
        assert "Content-Encoding" not in answer.headers, path


def test_tag_of_a_compressed_answer_is_good_for_an_edit(cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    program, path = connect(bada), f"/api/posts/{cast.post(bada, LONG)}"
    tag = program.get(path, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert "gzip" in tag
    edited = program.ask("PATCH", path, json={"body": "고친 글"}, headers={"If-Match": tag})
    assert edited.status_code == 200
    late = program.ask("PATCH", path, json={"body": "늦은 글"}, headers={"If-Match": tag})
    assert late.status_code == 412


def test_tag_knows_the_language_and_an_edit_does_not(cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    program, path = connect(bada), f"/api/posts/{cast.post(bada, '글')}"
    entry = [program.get("/api/me", headers={"Accept-Language": language}) for language in ("ko", "en")]
    assert entry[0].status_code == entry[1].status_code == 200
    tag = program.get(path, headers={"Accept-Language": "ko"}).headers["ETag"]
    headers = {"If-Match": tag, "Accept-Language": "en"}
    assert program.ask("PATCH", path, json={"body": "고친 글"}, headers=headers).status_code == 200


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts the clock that limits look at forward."""
    real = time.time

    def forward(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real() + seconds)

    return forward


def writer(limited: Flask) -> Program:
    """Returns a program that may write where limits hold."""
    cast = Cast(limited)
    cast.member("바다")
    return Program(limited, order(limited, "바다", scopes=["read", "write"]).json["token"])


def test_requests_with_a_token_are_limited_below_at_above_and_after(limited: Flask, later: Any) -> None:
    program = writer(limited)
    for used in range(1, 301):
        answer = program.get("/api")
        assert answer.status_code == 200 and f";r={300 - used};" in answer.headers["RateLimit"]
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    refused = program.get("/api")
    assert refused.status_code == 429 and refused.content_type == "application/problem+json"
    wait = int(refused.headers["Retry-After"])
    assert 0 < wait <= 300 and f";t={wait}" in refused.headers["RateLimit"]
    later(wait + 1)
    assert program.get("/api").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "most", "window", "scope"),
    [
        ("POST", "/api/posts", {"body": "글"}, 300, 3 * 3600, "posts"),
        ("PUT", "/api/users/하늘/followers", None, 400, 86400, "follows"),
        ("PUT", "/api/posts/{post}/likes", None, 1000, 3600, "likes"),
        ("PUT", "/api/users/하늘/block", None, 1000, 3600, "blocks"),
        ("PUT", "/api/users/하늘/mute", None, 1000, 3600, "blocks"),
    ],
)
def test_deeds_are_limited_below_at_above_and_after(
    limited: Flask, later: Any, method: str, path: str, body: Any, most: int, window: int, scope: str
) -> None:
    program, cast = writer(limited), Cast(limited)
    path = path.format(post=cast.post(cast.member("하늘"), "글"))
    done = {"POST": 201, "PUT": 200}[method]
    assert program.ask(method, path, json=body).status_code == done
    counts: Any = limiter.storage.storage  # type: ignore[attr-defined]
    me = program.get("/api/me").json["id"]
    (counted,) = (key for key in counts if f"member:{me}/{scope}/" in key)
    assert counts[counted] == 1
    counts[counted] = most - 1  # As if it had been done so often.
    last = program.ask(method, path, json=body)
    assert last.status_code == done and last.headers["RateLimit-Policy"] == f'"requests";q={most};w={window}'
    assert ";r=0;" in last.headers["RateLimit"]
    refused = program.ask(method, path, json=body)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= window
    assert program.get("/api").status_code == 200, "Reading goes on."
    later(window + 1)
    assert program.ask(method, path, json=body).status_code == done


def test_stranger_is_counted_by_network_and_members_token_by_token(limited: Flask) -> None:
    program = writer(limited)
    for _ in range(300):
        Program(limited).get("/api")
    assert Program(limited).get("/api").status_code == 429
    assert program.get("/api").status_code == 200
    forged = Program(limited, program.token[:-3] + "abc")
    assert forged.get("/api").status_code == 429, "A made-up token makes nobody else."
