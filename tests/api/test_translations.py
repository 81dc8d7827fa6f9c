"""Posts in another language, for programs: linked where they are offered, asked for, looked at until they are done."""

from typing import Any

import pytest
from flask import Flask

from app.extensions import queue
from tests.api.conftest import Connect, Program
from tests.cast import Cast
from tests.servers.translator import Translator
from tests.services.test_translations import ENGLISH, KOREAN, later

KO = {"Accept-Language": "ko"}


@pytest.fixture
def english(cast: Cast) -> int:
    """A post in English by 소라."""
    return cast.post(cast.member("소라"), ENGLISH)


@pytest.fixture
def program(cast: Cast, connect: Connect) -> Program:
    """A program of somebody who reads Korean."""
    return connect(cast.member("바다", locale="ko"))


def test_program_follows_the_link_asks_and_looks_again(
    program: Program, translating: Translator, english: int
) -> None:
    path = program.get(f"/api/posts/{english}").json["_links"]["translation"]
    assert path == f"/api/posts/{english}/translations/ko"
    unasked = program.get(path)
    assert unasked.status_code == 200 and "Retry-After" not in unasked.headers
    assert unasked.json["state"] == "unasked" and unasked.json["body"] == ""
    asked = program.ask("PUT", path)
    assert asked.status_code == 202 and asked.headers["Retry-After"] == "1"
    assert asked.json["state"] == "asked" and asked.headers["Location"] == path
    looked = program.get(asked.json["_links"]["self"])
    assert looked.status_code == 200 and looked.headers["Retry-After"] == "1"
    queue.run()
    done = program.get(path)
    assert "Retry-After" not in done.headers and done.json == {
        "state": "done",
        "target": "ko",
        "source": "en",
        "body": KOREAN,
        "translator": "Papago",
        "error": None,
        "_links": {"self": path, "post": f"/api/posts/{english}"},
    }
    again = program.ask("PUT", path)
    assert again.status_code == 200 and again.json == done.json
    known = {"If-None-Match": done.headers["ETag"]}
    assert program.get(path, headers=known).status_code == 304
    assert len(translating.asked) == 1


def test_link_is_in_the_readers_language_and_only_on_what_is_foreign(
    cast: Cast, connect: Connect, english: int
) -> None:
    korean = cast.post(cast.member("하늘"), "한국어로 쓴 글이에요")
    sam = connect(cast.member("sam", locale="en"))
    items = {item["id"]: item["_links"] for item in sam.get("/api/posts").json["items"]}
    assert items[korean]["translation"] == f"/api/posts/{korean}/translations/en"
    assert "translation" not in items[english]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_what_is_not_translated_is_not_found_and_says_so(
    app: Flask, cast: Cast, program: Program, english: int, method: str
) -> None:
    numbers = cast.post(cast.member("하늘"), "12345")
    for path in (
        f"/api/posts/{english}/translations/en",
        f"/api/posts/{numbers}/translations/ko",
    ):
        refused = program.ask(method, path, headers=KO)
        assert refused.status_code == 404 and refused.content_type == "application/problem+json"
        assert refused.json["detail"] == "이 글은 이 언어로 번역하지 않아요."
    for path in (f"/api/posts/{english}/translations/xx", "/api/posts/99999/translations/ko"):
        assert program.ask(method, path).status_code == 404
    app.config["TRANSLATOR"] = ""
    assert "translation" not in program.get(f"/api/posts/{english}").json["_links"]
    assert program.ask(method, f"/api/posts/{english}/translations/ko").status_code == 404


def test_asking_takes_a_confirmed_member_and_a_token_that_writes(
    app: Flask, cast: Cast, connect: Connect, english: int
) -> None:
    path = f"/api/posts/{english}/translations/ko"
    reader = connect(cast.member("하늘"), scopes=["read"])
    newcomer = connect(cast.member("새내기", confirmed=False))
    answers: dict[str, Any] = {
        "stranger": [Program(app).ask(method, path).status_code for method in ("GET", "PUT")],
        "reader": [reader.ask(method, path).status_code for method in ("GET", "PUT")],
        "newcomer": [newcomer.ask(method, path).status_code for method in ("GET", "PUT")],
    }
    assert answers == {"stranger": [401, 401], "reader": [200, 403], "newcomer": [403, 403]}
    assert "translation" not in newcomer.get(f"/api/posts/{english}").json["_links"]
    assert "translation" not in Program(app).get(f"/api/posts/{english}").json["_links"]


def test_failure_is_told_and_can_be_asked_for_again(
    cast: Cast, program: Program, translating: Translator, english: int
) -> None:
    path = f"/api/posts/{english}/translations/ko"
    translating.mood = "busy"
    program.ask("PUT", path)
    queue.run()
    failed = program.get(path).json
    assert (failed["state"], failed["error"], failed["body"]) == ("failed", "quota", "")
    assert program.ask("PUT", path).status_code == 200, "It is left alone for a while."
    later(cast, 31)
    translating.mood = "well"
    assert program.ask("PUT", path).status_code == 202
    queue.run()
    assert program.get(path).json["state"] == "done"


def test_page_and_program_share_what_was_translated(
    cast: Cast, program: Program, translating: Translator, english: int
) -> None:
    cast.member("하늘", locale="ko").post(f"/posts/{english}/translation")
    queue.run()
    assert program.ask("PUT", f"/api/posts/{english}/translations/ko").json["body"] == KOREAN
    assert len(translating.asked) == 1
