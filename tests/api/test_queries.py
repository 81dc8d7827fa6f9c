"""The query of an address: only what the operation takes, links made of that alone, cursors for one list only."""

import itertools
import re
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Connect, Lists, Program, asked
from tests.api.test_document import described
from tests.api.test_paging import header
from tests.cast import Cast

STRANGE = (
    "endpoint",
    "_method",
    "_external",
    "_anchor",
    "_scheme",
    "values",
    "who",
    "id",
    "utm_source",
    "CURSOR",
)


def named(answer: Any) -> list[str]:
    """Returns the parameters that a refusal names."""
    return [fault["parameter"] for fault in answer.json["errors"]]


def test_unknown_parameter_of_a_list_is_refused_by_its_name(lists: Lists) -> None:
    program, paths = lists
    for path, name in itertools.product(paths, STRANGE):
        answer = program.get(asked(path, **{name: "x"}))
        assert answer.status_code == 400 and named(answer) == [name], (path, name, answer.text)


def test_unknown_parameter_is_refused_whatever_the_operation_does(
    app: Flask, cast: Cast, connect: Connect
) -> None:
    bada = cast.member("바다")
    program, post = connect(bada), cast.post(bada, "글")
    for path, methods in described(app)["paths"].items():
        path = path.replace("{id}", str(post)).replace("{who}", "바다").replace("{name}", "x")
        for method in methods.keys() - {"parameters"}:
            answer = program.ask(method.upper(), f"{path.replace('{target}', 'en')}?surprise=1")
            assert answer.status_code == 400 and named(answer) == ["surprise"], (method, path, answer.text)
    assert program.get(f"/api/posts/{post}").json["body"] == "글", "Nothing has been done."
    assert program.get("/api/openapi.json?surprise=1").status_code == 400


def test_parameter_that_the_operation_ignores_elsewhere_is_refused(app: Flask) -> None:
    program = Program(app)
    for path, name in (
        ("/api/search/posts?q=a&page=2", "page"),
        ("/api/posts?per_page=1&per_page=2", "per_page"),
    ):
        answer = program.get(path)
        assert answer.status_code == 400 and named(answer) == [name]
        assert answer.json["type"] == "/api/problems/invalid-parameters"
    assert "cursor, per_page, total, sort" in program.get("/api/search/posts?x=1").json["errors"][0]["detail"]


def test_faults_of_a_query_are_told_up_to_a_number(app: Flask) -> None:
    query = "&".join(f"p{number}=1" for number in range(300))
    told = Program(app).get(f"/api/posts?{query}").json
    assert len(told["errors"]) == 20 and told["more_errors"] == 280
    (fault,) = Program(app).get(f"/api/posts?{'x' * 4000}=1").json["errors"]
    assert len(fault["parameter"]) <= 301


def test_cursor_of_another_list_is_refused(lists: Lists) -> None:
    program, paths = lists
    cursors = {path: cursor_in(program, asked(path, per_page=1)) for path in paths}
    for mine, other in itertools.product(paths, paths):
        answer = program.get(asked(mine, cursor=cursors[other]))
        if mine == other:
            assert answer.status_code == 200, mine
        else:
            assert answer.status_code == 400 and named(answer) == ["cursor"], (mine, other)
            assert answer.json["type"] == "/api/problems/invalid-cursor"


def cursor_in(program: Program, path: str) -> str:
    """Returns the cursor of the page that follows one."""
    found = re.search(r"cursor=([\w-]+)", program.get(path).json["_links"]["next"] or "")
    assert found, path
    return found[1]


def test_cursor_of_other_words_sort_or_filter_is_refused(lists: Lists) -> None:
    program, _ = lists
    cursor = cursor_in(program, "/api/search/posts?q=산책&per_page=1")
    assert program.get(f"/api/search/posts?q=산책&sort=relevance&cursor={cursor}").status_code == 200, (
        "The default."
    )
    for path in (
        "/api/search/posts?q=글&",
        "/api/search/posts?q=산책&sort=newest&",
        "/api/search/users?q=산책&",
    ):
        assert program.get(f"{path}cursor={cursor}").status_code == 400, path
    cursor = cursor_in(program, "/api/notifications?per_page=1")
    assert program.get(f"/api/notifications?unread=false&cursor={cursor}").status_code == 200, "The default."
    assert program.get(f"/api/notifications?unread=true&cursor={cursor}").status_code == 400
    assert program.get(f"/api/notifications?kind=like&cursor={cursor}").status_code == 400


def test_cursor_that_was_changed_is_refused(lists: Lists) -> None:
    program, _ = lists
    cursor = cursor_in(program, "/api/posts?per_page=1")
    assert len(cursor) < 60
    for changed in (cursor[:-1], cursor[1:], f"{cursor}A", cursor.swapcase(), cursor[:-8], cursor[-8:]):
        assert program.get(f"/api/posts?cursor={changed}").status_code == 400, changed


def test_page_is_asked_for_by_cursor_or_number_and_not_by_both(lists: Lists) -> None:
    program, _ = lists
    cursor = cursor_in(program, "/api/posts?per_page=1")
    answer = program.get(f"/api/posts?page=2&cursor={cursor}")
    assert answer.status_code == 400 and named(answer) == ["page"]


def test_what_is_new_is_behind_a_link_of_the_first_page(cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    program = connect(bada)
    newer = program.get("/api/timelines/home?per_page=2").json["_links"]["newer"]
    first = cast.post(bada, "첫 글")
    page = program.get(newer)
    assert [item["id"] for item in page.json["items"]] == [first] and page.json["_links"]["prev"] is None
    assert header(page)["newer"] == page.json["_links"]["newer"]
    for _ in range(2):
        nothing = program.get(page.json["_links"]["newer"])
        assert nothing.json["items"] == [] and nothing.json["_links"]["newer"]
        page = nothing
    more = [cast.post(bada, f"{number}째") for number in range(3)]
    page = program.get(page.json["_links"]["newer"])
    assert [item["id"] for item in page.json["items"]] == more[1::-1] and "newer" not in page.json["_links"]
    page = program.get(page.json["_links"]["prev"])
    assert [item["id"] for item in page.json["items"]] == more[2:] and page.json["_links"]["newer"]
    assert "newer" not in program.get(page.json["_links"]["next"]).json["_links"]


def test_new_replies_come_behind_the_last_page_of_a_list_with_the_oldest_first(
    cast: Cast, connect: Connect
) -> None:
    bada = cast.member("바다")
    program, post = connect(bada), cast.post(bada, "글")
    ids = [cast.post(bada, f"답글 {number}", parent=post) for number in range(3)]
    first = program.get(f"/api/posts/{post}/replies?per_page=2").json
    assert "newer" not in first["_links"]
    last = program.get(first["_links"]["next"]).json
    assert [item["id"] for item in last["items"]] == ids[2:]
    late = cast.post(bada, "늦은 답글", parent=post)
    assert [item["id"] for item in program.get(last["_links"]["newer"]).json["items"]] == [late]


def test_way_up_a_conversation_is_a_list_of_pages(cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    chain = [cast.post(bada, "0")]
    for number in range(1, 7):
        chain.append(cast.post(bada, str(number), parent=chain[-1]))
    program, path = connect(bada), f"/api/posts/{chain[-1]}/thread?per_page=3"
    first = program.get(path)
    assert [item["id"] for item in first.json["items"]] == chain[4:]
    assert first.json["_meta"] == {"per_page": 3} and first.json["_links"]["prev"] is None
    assert (
        first.json["_links"]["first"] == path
        and first.json["_links"]["above"] == first.json["_links"]["next"]
    )
    assert program.ask("DELETE", f"/api/posts/{chain[3]}").status_code == 204
    second = program.get(first.json["_links"]["next"]).json
    assert [item["id"] for item in second["items"]] == chain[1:4] and second["items"][-1]["post"] is None
    third = program.get(second["_links"]["next"]).json
    assert [item["id"] for item in third["items"]] == chain[:1] and third["_links"]["next"] is None
    assert program.get(third["_links"]["prev"]).json["items"] == second["items"]
    assert program.get(second["_links"]["prev"]).json["items"] == first.json["items"]
    assert program.get(f"{path}&total=true").json["_meta"]["total"] == 7


def test_resource_that_stands_alone_has_its_links_in_the_head_too(cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    program = connect(bada)
    key = {"Idempotency-Key": "one"}
    made, again = (program.ask("POST", "/api/posts", json={"body": "글"}, headers=key) for _ in range(2))
    read = program.get(made.headers["Location"])
    assert made.status_code == again.status_code == 201 and again.headers["Idempotency-Replayed"] == "true"
    for answer in (
        made,
        again,
        read,
        program.get("/api"),
        program.get("/api/me"),
        program.get("/api/users/바다"),
    ):
        assert header(answer) == {name: link for name, link in answer.json["_links"].items() if link}
    assert made.headers["ETag"] == again.headers["ETag"] == read.headers["ETag"]
    edit = {"If-Match": made.headers["ETag"]}
    assert (
        program.ask("PATCH", made.headers["Location"], json={"body": "고친 글"}, headers=edit).status_code
        == 200
    )


def test_pages_take_what_they_do_not_know_and_leave_it_out_of_their_links(cast: Cast) -> None:
    bada = cast.member("바다")
    for number in range(21):
        cast.post(bada, f"글 {number}")
    for path, name in itertools.product(("/explore", "/@바다"), (*STRANGE, "username")):
        answer = bada.get(asked(path, **{name: "x"}))
        assert answer.status_code == 200, (path, name)
        found = re.search(r'href="([^"]*cursor=[^"]*)"', answer.text)
        assert found and f"{name}=" not in found[1].replace("&amp;", "&"), (path, name)
        assert bada.get(found[1].replace("&amp;", "&")).status_code == 200


def test_cursor_of_one_page_is_refused_by_another(cast: Cast) -> None:
    bada = cast.member("바다")
    for number in range(21):
        cast.post(bada, f"글 {number}")
    found = re.search(r"cursor=([\w-]+)", bada.get("/explore").text)
    assert found and bada.get(f"/explore?cursor={found[1]}").status_code == 200
    for path in ("/", "/@바다", "/notifications", "/messages", "/search?q=글"):
        assert bada.get(asked(path, cursor=found[1])).status_code == 400, path


@pytest.mark.parametrize("path", ["/api/posts/{}", "/posts/{}"])
@pytest.mark.parametrize("spelling", ["१", "１", "01", "+1", "1.0", "-1", "1e0", "0x1"])
@pytest.mark.usefixtures("first_ids")
def test_id_is_spelt_in_one_way(app: Flask, cast: Cast, path: str, spelling: str) -> None:
    assert cast.post(cast.member("바다"), "글") == 1
    assert app.test_client().get(path.format(1)).status_code == 200
    assert app.test_client().get(path.format(spelling)).status_code == 404


def test_address_with_a_slash_too_many_leads_nowhere(app: Flask) -> None:
    for path in ("/api//posts", "/api/posts//1", "/api/"):
        answer = app.test_client().get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 404 and "Location" not in answer.headers
        assert answer.content_type == "application/problem+json" and "evil" not in answer.text
