"""Pages of a collection: links both ways, the header beside them, counting, and asking whether anything changed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.services import tokens, users
from app.transaction import transaction
from tests.api.conftest import Connect, Program
from tests.cast import Cast

ALL = [*(str(number) for number in range(10, -1, -1)), "나"]


@pytest.fixture
def program(app: Flask, cast: Cast, connect: Connect) -> Program:
    """A program of a member with twelve tokens: its own is the oldest."""
    made = connect(cast.member("바다"), name="나")
    with app.app_context(), transaction():
        person = users.by_name_or_address("바다")
        assert person
        for number in range(11):
            tokens.issue(person, str(number), [tokens.READ], timedelta(hours=1))
    return made


def names(answer: Any) -> list[str]:
    """Returns the names on a page."""
    return [item["name"] for item in answer.json["items"]]


def walk(program: Program, path: str, rel: str) -> list[list[str]]:
    """Returns the pages from one on, as a link leads through them."""
    pages = []
    while path:
        answer = program.get(path)
        pages.append(names(answer))
        assert header(answer) == {name: link for name, link in answer.json["_links"].items() if link}
        path = answer.json["_links"][rel]
    return pages


def header(answer: Any) -> dict[str, str]:
    """Returns the links of the header."""
    return {rel: target for target, rel in re.findall(r'<([^>]+)>; rel="([^"]+)"', answer.headers["Link"])}


@pytest.mark.parametrize("per_page", [1, 5, 6, 11, 12, 13])
def test_links_lead_through_all_pages_and_back(program: Program, per_page: int) -> None:
    first = f"/api/tokens?per_page={per_page}"
    there = walk(program, first, "next")
    assert [name for page in there for name in page] == ALL
    assert all(len(page) == per_page for page in there[:-1])
    last = first
    while following := program.get(last).json["_links"]["next"]:
        last = following
    back = walk(program, last, "prev")
    assert [name for page in reversed(back) for name in page] == ALL
    assert program.get(last).json["_links"]["first"] == first
    assert program.get(first).json["_links"]["prev"] is None


def test_page_that_one_comes_back_to_leads_on(program: Program) -> None:
    second = program.get(program.get("/api/tokens?per_page=4").json["_links"]["next"])
    back = program.get(second.json["_links"]["prev"])
    assert names(back) == ALL[:4] and back.json["_links"]["prev"] is None
    assert names(program.get(back.json["_links"]["next"])) == ALL[4:8]


def test_numbers_reach_the_first_pages(program: Program) -> None:
    assert names(program.get("/api/tokens?per_page=5&page=2")) == ALL[5:10]
    third = program.get("/api/tokens?per_page=5&page=3")
    assert names(third) == ALL[10:] and names(program.get(third.json["_links"]["prev"])) == ALL[5:10]
    assert names(program.get("/api/tokens?per_page=5&page=4")) == []


def test_all_are_counted_when_that_is_asked_for(program: Program) -> None:
    assert program.get("/api/tokens?per_page=5").json["_meta"] == {"per_page": 5}
    counted = program.get("/api/tokens?per_page=5&total=true")
    assert counted.json["_meta"] == {"per_page": 5, "total": 12}
    assert program.get(counted.json["_links"]["next"]).json["_meta"]["total"] == 12


def test_whoever_knows_a_state_is_not_told_it_again(program: Program) -> None:
    seen = program.get("/api/tokens")
    known = {"If-None-Match": seen.headers["ETag"]}
    again = program.get("/api/tokens", headers=known)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", seen.headers["ETag"])
    program.ask("DELETE", seen.json["items"][0]["_links"]["delete"])
    assert program.get("/api/tokens", headers=known).status_code == 200


def test_head_and_options_say_what_get_would(program: Program) -> None:
    got, head = program.get("/api/tokens"), program.ask("HEAD", "/api/tokens")
    assert head.data == b"" and head.headers["ETag"] == got.headers["ETag"]
    assert {"GET", "HEAD", "OPTIONS", "POST"} <= set(program.ask("OPTIONS", "/api/tokens").allow)
