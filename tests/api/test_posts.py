"""Posts, conversations and people, as programs read them."""

from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Connect, Program
from tests.cast import Cast


@pytest.fixture
def stranger_program(app: Flask) -> Program:
    """A program that sends no token."""
    return Program(app)


def bodies(answer: Any) -> list[str]:
    """Returns the texts on a page."""
    assert answer.status_code == 200, answer.text
    return [item["body"] for item in answer.json["items"]]


def names(answer: Any) -> list[str]:
    """Returns whom a page lists."""
    assert answer.status_code == 200, answer.text
    return [item["username"] for item in answer.json["items"]]


def test_post_leads_to_what_stands_around_it(cast: Cast, connect: Connect, stranger_program: Program) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘", display_name="높은 하늘")
    top = cast.post(bada, "첫 글 #나들이 https://example.org")
    reply = cast.post(haneul, "답글", parent=top)
    bada.post(f"/posts/{reply}/like")
    links = stranger_program.get(f"/api/posts/{reply}").json["_links"]
    assert stranger_program.get(links["parent"]).json["body"].startswith("첫 글")
    assert bodies(stranger_program.get(links["replies"])) == []
    assert names(stranger_program.get(links["likes"])) == ["바다"]
    assert stranger_program.get(links["author"]).json["display_name"] == "높은 하늘"
    thread = stranger_program.get(links["thread"]).json
    assert [item["id"] for item in thread["items"]] == [top, reply] and thread["_links"]["above"] is None
    assert stranger_program.get(links["html"]).status_code == 200
    first = stranger_program.get(thread["items"][0]["_links"]["self"]).json
    assert (first["reply_count"], first["like_count"], first["liked"]) == (1, 0, False)
    (tag,) = first["tags"]
    assert tag["name"] == "나들이" and bodies(stranger_program.get(tag["_links"]["self"])) == [first["body"]]
    assert connect(bada).get(f"/api/posts/{reply}").json["liked"] is True


def test_what_nobody_may_see_is_not_there(app: Flask, cast: Cast, stranger_program: Program) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    top = cast.post(haneul, "사라질 글 #흔적")
    reply = cast.post(bada, "답글", parent=top)
    app.test_cli_runner().invoke(args=["users", "suspend", "하늘"])
    for path in (f"/api/posts/{top}", "/api/users/하늘", "/api/users/하늘/posts", f"/api/posts/{top}/likes"):
        assert stranger_program.get(path).status_code == 404
    for path in ("/api/posts", "/api/timelines/explore", "/api/timelines/tags/흔적"):
        assert bodies(stranger_program.get(path)) == []
    assert names(stranger_program.get("/api/users")) == ["바다"]
    places = stranger_program.get(f"/api/posts/{reply}/thread").json["items"]
    assert [place["post"] and place["post"]["body"] for place in places] == [None, "답글"]
    assert bada.post(f"/posts/{reply}/delete").status_code == 303
    assert stranger_program.get(f"/api/posts/{reply}").status_code == 404


def test_timelines_and_lists_hold_what_the_pages_do(cast: Cast, connect: Connect) -> None:
    bada, haneul, namu = cast.member("바다"), cast.member("하늘"), cast.member("나무")
    cast.post(haneul, "하늘의 글")
    cast.post(namu, "나무의 글")
    mine = cast.post(bada, "바다의 글")
    cast.post(haneul, "하늘의 답글", parent=mine)
    bada.post("/@하늘/follow")
    haneul.post(f"/posts/{mine}/like")
    program = connect(bada)
    assert bodies(program.get("/api/timelines/home")) == ["바다의 글", "하늘의 글"]
    assert bodies(program.get("/api/posts")) == ["바다의 글", "나무의 글", "하늘의 글"]
    assert bodies(program.get(f"/api/posts/{mine}/replies")) == ["하늘의 답글"]
    links = program.get("/api/users/하늘").json
    assert links["followed"] is True and links["follows_viewer"] is False and links["follower_count"] == 1
    assert bodies(program.get(links["_links"]["posts"])) == ["하늘의 글"]
    assert bodies(program.get(links["_links"]["likes"])) == ["바다의 글"]
    assert names(program.get(links["_links"]["followers"])) == ["바다"]
    assert names(program.get(program.get("/api/users/바다").json["_links"]["following"])) == ["하늘"]


@pytest.mark.parametrize("who", ["nobody", "0", "99", "9" * 40, "１", "-1", "a%00b"])
def test_person_who_is_not_there_is_not_found(cast: Cast, stranger_program: Program, who: str) -> None:
    cast.member("바다")
    assert stranger_program.get(f"/api/users/{who}").status_code in (400, 404)


def test_person_is_found_by_id_and_by_name(cast: Cast, stranger_program: Program) -> None:
    cast.member("바다")
    by_name = stranger_program.get("/api/users/바다")
    assert stranger_program.get(f"/api/users/{by_name.json['id']}").json == by_name.json


def test_tag_that_nobody_has_used_is_a_list_like_any_other(app: Flask) -> None:
    body = Program(app).get("/api/timelines/tags/없는태그?total=true").json
    assert body["items"] == [] and body["_meta"]["total"] == 0
    assert Program(app).get("/api/timelines/tags/없는태그?cursor=MQ").status_code == 400


def test_home_is_for_members(stranger_program: Program) -> None:
    assert stranger_program.get("/api/timelines/home").status_code == 401


def test_answer_depends_on_the_reader_and_so_does_its_tag(cast: Cast, connect: Connect, app: Flask) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, "글")
    before = Program(app).get(f"/api/posts/{id}").headers["ETag"]
    bada.post(f"/posts/{id}/like")
    after, mine = Program(app).get(f"/api/posts/{id}"), connect(bada).get(f"/api/posts/{id}")
    assert len({before, after.headers["ETag"], mine.headers["ETag"]}) == 3
    revisions = {tag.strip('"').split(".")[0] for tag in (before, after.headers["ETag"])}
    assert len(revisions) == 1, "A like is no other state of the text."
