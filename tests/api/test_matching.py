"""If-Match and If-None-Match as RFC 9110 (13) has them: on what is read, edited, put and deleted."""

from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Connect, Program, credentials
from tests.cast import PASSWORD, Cast

NEVER = (
    '""',
    'W/""',
    '"other"',
    "",
    " ",
    ",",
    "other",
    '"open',
    'W/"1.abc"',
    'w/"x"',
    '*, "x"',
    '"1"',
    '"a" "b"',
    "é",
    '"é"',
)
"""What matches no state of anything."""


@pytest.fixture
def bada(first_ids: None, cast: Cast, connect: Connect) -> Program:
    """A member's program; the member has written post 1."""
    member = cast.member("바다")
    assert cast.post(member, "글") == 1
    return connect(member)


def ask(program: Program, method: str, path: str, tag: str, header: str = "If-Match", **options: Any) -> Any:
    """Sends a request on a condition."""
    return program.ask(method, path, headers={header: tag}, **options)


def tag_of(program: Program, path: str) -> str:
    """Returns the tag of a resource as it is now."""
    return str(program.get(path).headers["ETag"])


@pytest.mark.parametrize("tag", NEVER)
def test_what_is_no_state_of_a_resource_changes_nothing(bada: Program, tag: str) -> None:
    for method, path, body in (
        ("PATCH", "/api/posts/1", {"body": "다른 글"}),
        ("DELETE", "/api/posts/1", None),
        ("PUT", "/api/posts/1/likes", None),
        ("DELETE", "/api/posts/1/likes", None),
        ("PATCH", "/api/me", {"display_name": "다른 이름"}),
    ):
        assert ask(bada, method, path, tag, json=body).status_code == 412, (method, path)
    post = bada.get("/api/posts/1").json
    assert post["body"] == "글" and post["like_count"] == 0
    assert bada.get("/api/me").json["display_name"] == ""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_another_state_is_not_read(bada: Program, method: str) -> None:
    for path in ("/api/posts/1", "/api/posts", "/api", "/api/openapi.json"):
        for tag in NEVER:
            refused = ask(bada, method, path, tag)
            assert refused.status_code == 412, (path, tag)
            assert refused.content_type == "application/problem+json" and "글" not in refused.text
        tag = tag_of(bada, path)
        for sent in (tag, "*", f'"x", {tag}', f",{tag} ,"):
            assert ask(bada, method, path, sent).status_code == 200, (path, sent)
        assert ask(bada, method, path, f"W/{tag}").status_code == 412


def test_file_of_an_export_is_not_sent_in_another_state(app: Flask, cast: Cast, connect: Connect) -> None:
    member = cast.member("바다")
    program = connect(member)
    program.ask("POST", "/api/tasks", json={"kind": "export"})
    member.letters()
    path = program.get("/api/tasks").json["items"][0]["_links"]["file"]
    whole = program.get(path)
    assert whole.data[:2] == b"PK" and "no-store" in whole.headers["Cache-Control"]
    refused = ask(program, "GET", path, '"x"')
    assert refused.status_code == 412 and refused.content_type == "application/problem+json"
    assert refused.json["type"] == "/api/problems/precondition-failed" and b"PK" not in refused.data
    assert ask(program, "GET", path, "*").data == whole.data
    part = program.get(path, headers={"Range": "bytes=0-1", "If-Match": whole.headers["ETag"]})
    assert part.status_code == 206 and part.data == b"PK"
    behind = program.get(path, headers={"Range": "bytes=99999999-"})
    assert behind.status_code == 416 and behind.headers["Content-Range"] == f"bytes */{len(whole.data)}"
    assert behind.json["type"] == "/api/problems/range-not-satisfiable"


def test_pages_and_files_of_the_site_keep_to_it_as_well(app: Flask) -> None:
    client = app.test_client()
    script = "/static/js/count.js"
    tag = client.get(script).headers["ETag"]
    for path, sent, status in (
        (script, tag, 200),
        (script, "*", 200),
        (script, '"x"', 412),
        ("/explore", '"x"', 412),
        ("/explore", "*", 200),
        ("/no/such/page", '"x"', 404),
    ):
        answer = client.get(path, headers={"If-Match": sent})
        assert answer.status_code == status, (path, sent)
        assert (b"export" in answer.data) == (status == 200 and path == script)


def test_delete_and_put_know_which_state_was_seen(bada: Program) -> None:
    seen = tag_of(bada, "/api/posts/1")
    assert ask(bada, "PATCH", "/api/posts/1", seen, json={"body": "고친 글"}).status_code == 200
    assert ask(bada, "DELETE", "/api/posts/1", seen).status_code == 412
    assert bada.get("/api/posts/1").status_code == 200
    likes = tag_of(bada, "/api/posts/1/likes")
    assert ask(bada, "PUT", "/api/posts/1/likes", likes).status_code == 200
    assert ask(bada, "DELETE", "/api/posts/1/likes", likes).status_code == 412, "One likes it now."
    assert ask(bada, "DELETE", "/api/posts/1/likes", tag_of(bada, "/api/posts/1/likes")).status_code == 200
    assert ask(bada, "DELETE", "/api/posts/1", tag_of(bada, "/api/posts/1")).status_code == 204
    assert ask(bada, "DELETE", "/api/posts/1", "*").status_code == 404


def test_token_is_ended_only_in_the_state_that_was_seen(bada: Program) -> None:
    path = bada.get("/api/tokens").json["items"][0]["_links"]["self"]
    seen = tag_of(bada, path)
    assert ask(bada, "PATCH", path, seen, json={"name": "새 이름"}).status_code == 200
    assert ask(bada, "DELETE", path, seen).status_code == 412
    assert ask(bada, "DELETE", path, tag_of(bada, path)).status_code == 204


def test_conversation_is_deleted_only_in_the_state_that_was_seen(cast: Cast, connect: Connect) -> None:
    member, haneul = cast.member("바다"), cast.member("하늘")
    cast.message(haneul, member)
    program, path = connect(member), "/api/messages/하늘"
    seen = tag_of(program, path)
    cast.message(haneul, member, "또 하나")
    assert ask(program, "DELETE", path, seen).status_code == 412
    assert ask(program, "DELETE", path, tag_of(program, path)).status_code == 204


def test_what_has_no_representation_has_no_tag(bada: Program) -> None:
    assert (
        ask(bada, "PUT", "/api/notifications/read", '"x"', json={"until": "2026-01-01T00:00:00Z"}).status_code
        == 412
    )
    assert (
        ask(bada, "PUT", "/api/notifications/read", "*", json={"until": "2026-01-01T00:00:00Z"}).status_code
        == 204
    )


def test_known_state_is_not_changed_where_only_others_are_meant(bada: Program) -> None:
    tag = tag_of(bada, "/api/posts/1")
    for sent in ("*", tag, f"W/{tag}"):
        assert ask(bada, "DELETE", "/api/posts/1", sent, "If-None-Match").status_code == 412
    assert ask(bada, "DELETE", "/api/posts/1", '"x"', "If-None-Match").status_code == 204


def test_condition_tells_nobody_what_they_may_not_see(bada: Program, cast: Cast) -> None:
    stranger = Program(bada._client.application)
    assert ask(stranger, "DELETE", "/api/tokens/1", '"x"').status_code == 401
    assert ask(bada, "DELETE", "/api/posts/99", '"x"').status_code == 404


def test_who_makes_a_token_has_none_to_read_the_others_with(app: Flask, cast: Cast) -> None:
    cast.member("바다")
    for sent in ('"x"', 'W/"x"', "x", "*"):
        headers = credentials("바다", PASSWORD) | {"If-None-Match": sent}
        assert app.test_client().post("/api/tokens", headers=headers).status_code == 201, sent
