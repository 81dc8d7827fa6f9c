"""Finding posts, people and tags with the interface."""

from typing import Any

import pytest
from flask import Flask

from app.extensions import search
from app.search.engine import SearchDown
from app.services.search import finding
from tests.api.conftest import Connect, Program
from tests.cast import Cast


@pytest.fixture
def program(app: Flask, cast: Cast, connect: Connect) -> Program:
    """A program on a site with posts that can be found."""
    bada, haneul = cast.member("바다", display_name="너른 바다"), cast.member("하늘")
    for number in range(7):
        cast.post(bada, f"겨울 산책을 {number}번째로 나갔다 #산책길")
    cast.post(haneul, "Flask로 만든 작은 한마디")
    bada.letters()  # The worker brings them to the engine.
    return connect(haneul)


def bodies(answer: Any) -> list[str]:
    """Returns the texts that were found."""
    assert answer.status_code == 200, answer.text
    return [item["body"] for item in answer.json["items"]]


def ask(program: Program, kind: str, q: str, **more: Any) -> Any:
    """Searches."""
    return program.get(f"/api/search/{kind}", query_string={"q": q, **more})


def test_posts_are_found_with_their_letters_marked(program: Program) -> None:
    (post,) = ask(program, "posts", "플라스크 OR flask").json["items"]
    (mark,) = post["highlights"]
    assert post["body"][mark["start"] : mark["end"]].lower() == "flask" and not post["is_near"]
    assert program.get(post["_links"]["self"]).json["body"] == post["body"]


def test_links_lead_through_all_results(program: Program) -> None:
    path: str | None = "/api/search/posts?q=산책&sort=newest&per_page=3"
    found, pages = [], 0
    while path:
        answer = program.get(path)
        found += bodies(answer)
        path, pages = answer.json["_links"]["next"], pages + 1
    assert len(found) == len(set(found)) == 7 and pages == 3
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("sort", ["relevance", "newest"])
def test_links_lead_back_as_they_led_on(program: Program, sort: str) -> None:
    path: str | None = f"/api/search/posts?q=산책&sort={sort}&per_page=2"
    forth, back = [], []
    while path:
        answer = program.get(path)
        forth.append(bodies(answer))
        path = answer.json["_links"]["next"]
    path = answer.json["_links"]["self"]
    while path:
        answer = program.get(path)
        back.append(bodies(answer))
        path = answer.json["_links"]["prev"]
    assert len(forth) == 4 and back == forth[::-1]
    assert program.get(answer.json["_links"]["first"]).json["_links"]["prev"] is None


@pytest.mark.parametrize(
    ("kind", "q", "total"),
    [
        ("posts", "산책", 7),
        ("posts", "산책 -3번째로", 6),
        ("posts", "없는말", 0),
        ("users", "바다", 1),
        ("tags", "산책", 1),
    ],
)
def test_results_are_counted_when_that_is_asked_for(
    program: Program, monkeypatch: pytest.MonkeyPatch, kind: str, q: str, total: int
) -> None:
    assert "total" not in ask(program, kind, q).json["_meta"]
    answer = ask(program, kind, q, total="true", per_page=2)
    assert answer.json["_meta"]["total"] == total
    monkeypatch.setattr(finding, "MOST_COUNTED", 5)
    few = ask(program, kind, q, total="true", per_page=2).json["_meta"]
    assert few.get("total") == (total if total <= 5 else None)


def test_near_matches_are_counted_with_the_few_others(program: Program) -> None:
    answer = ask(program, "posts", "산책 3번째로", total="true", per_page=100).json
    assert 1 < len(answer["items"]) == answer["_meta"]["total"]


def test_people_and_tags_and_suggestions_are_found(program: Program) -> None:
    (person,) = ask(program, "users", "너른").json["items"]
    assert person["username"] == "바다"
    (tag,) = ask(program, "tags", "산책").json["items"]
    assert tag["name"] == "산책길" and len(bodies(program.get(tag["_links"]["self"]))) == 7
    meant = ask(program, "suggestions", "산").json
    assert meant["words"] and meant["tags"][0]["name"] == "산책길"
    assert ask(program, "suggestions", "바").json["users"][0]["username"] == "바다"


def test_plain_addresses_answer_with_nothing(program: Program) -> None:
    for link in ("search", "search_users", "search_tags"):
        assert bodies(program.get(program.get("/api").json["_links"][link])) == []
    assert program.get("/api/search/suggestions").json["words"] == []


def test_hints_and_notes_are_told(program: Program) -> None:
    assert ask(program, "posts", "tkscor").json["_meta"]["other_keyboard"] == "산책"
    assert "없는이" in ask(program, "posts", "from:없는이").json["_meta"]["notes"][0]


def test_resting_is_told(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise SearchDown("The test has stopped the engine.")

    monkeypatch.setattr(search.engine, "search", down)
    answer = ask(program, "posts", "산책", per_page=2)
    assert answer.json["_meta"]["is_resting"] is True and len(bodies(answer)) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("sort", "oldest"), ("per_page", "0"), ("q", "가" * 401), ("cursor", "")]
)
def test_fault_of_a_query_is_named(program: Program, name: str, value: str) -> None:
    answer = program.get("/api/search/posts", query_string={name: value})
    assert answer.status_code == 400
    assert [fault["parameter"] for fault in answer.json["errors"]] == [name]
