"""Private conversations for programs: writing, reading, deleting for oneself, and what is nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.services import tokens, users
from app.transaction import transaction
from tests.api.conftest import Connect, Program
from tests.cast import Cast, Visitor

DEEDS = (
    ("POST", "/api/messages", {"to": "하늘", "body": "글"}),
    ("POST", "/api/messages/하늘/messages", {"body": "글"}),
    ("PUT", "/api/messages/하늘/read", {"last_id": 1}),
    ("DELETE", "/api/messages/하늘", None),
    ("DELETE", "/api/messages/하늘/messages/{id}", None),
)


@pytest.fixture
def bada(cast: Cast) -> Visitor:
    return cast.member("바다")


@pytest.fixture
def haneul(cast: Cast) -> Visitor:
    return cast.member("하늘")


@pytest.fixture
def program(bada: Visitor, haneul: Visitor, connect: Connect) -> Program:
    """A program of somebody who knows somebody else."""
    return connect(bada)


def write(program: Program, key: str | None = None, **order: Any) -> Any:
    """Writes to somebody."""
    headers = {"Accept-Language": "ko"} | ({"Idempotency-Key": key} if key else {})
    return program.ask("POST", "/api/messages", json=order, headers=headers)


def test_conversation_begins_and_goes_on_by_links_alone(
    program: Program, haneul: Visitor, connect: Connect
) -> None:
    person = program.get("/api/users/하늘").json
    begin = program.get("/api").json["_links"]["messages"]
    made = program.ask("POST", person["_links"]["message"], json={"body": " 안녕하세요 \r\n"})
    assert made.status_code == 201 and made.json["body"] == " 안녕하세요"
    assert made.json["is_mine"] and not made.json["is_read"] and made.json["sender"]["username"] == "바다"
    assert program.get(made.headers["Location"]).json == made.json
    theirs = connect(haneul)
    (found,) = theirs.get(begin).json["items"]
    assert (found["person"]["username"], found["unread_count"]) == ("바다", 1)
    assert found["last_message"]["body"] == " 안녕하세요" and not found["last_message"]["is_mine"]
    answer = theirs.ask("POST", found["_links"]["send"], json={"body": "반가워요"})
    assert answer.status_code == 201
    read = theirs.ask("PUT", found["_links"]["read"], json={"last_id": answer.json["id"]})
    assert read.status_code == 200 and read.json["unread_count"] == 0
    assert program.get(made.headers["Location"]).json["is_read"]
    said = program.get(program.get(begin).json["items"][0]["_links"]["messages"]).json["items"]
    assert [one["body"] for one in said] == ["반가워요", " 안녕하세요"]


def test_reading_goes_as_far_as_was_shown(
    cast: Cast, program: Program, bada: Visitor, haneul: Visitor
) -> None:
    ids = [cast.message(haneul, bada, f"{number}") for number in range(3)]
    path = "/api/messages/하늘/read"
    assert program.ask("PUT", path, json={"last_id": ids[0]}).json["unread_count"] == 2
    assert program.ask("PUT", path, json={"last_id": 2**63 - 1}).json["unread_count"] == 0
    cast.message(haneul, bada)
    assert program.get("/api/messages/하늘").json["unread_count"] == 1
    for wrong in (-1, 2**63, "1", None, 1.5, True):
        assert program.ask("PUT", path, json={"last_id": wrong}).status_code == 422
    # To JSON Schema 1.0 is a whole number.
    assert program.ask("PUT", path, json={"last_id": 1.0}).status_code == 200


def test_deleting_is_for_oneself(cast: Cast, program: Program, bada: Visitor, haneul: Visitor) -> None:
    first, second = cast.message(haneul, bada, "하나"), cast.message(haneul, bada, "둘")
    message = program.get(f"/api/messages/하늘/messages/{second}").json["_links"]["delete"]
    assert program.ask("DELETE", message).status_code == 204
    assert program.get(message).status_code == program.ask("DELETE", message).status_code == 404
    talk = program.get("/api/messages/하늘").json
    assert talk["last_message"]["id"] == first and talk["unread_count"] == 1
    assert program.ask("DELETE", talk["_links"]["delete"]).status_code == 204
    assert program.get("/api/messages/하늘").status_code == 404
    assert program.get("/api/messages").json["items"] == []
    assert "하나" in haneul.get("/messages/바다").text and "둘" in haneul.get("/messages/바다").text


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        ({"to": "아무도", "body": "글"}, "#/to"),
        ({"to": "바다", "body": "글"}, "#/to"),
        ({"to": "", "body": "글"}, "#/to"),
        ({"to": 3, "body": "글"}, "#/to"),
        ({"body": "글"}, "#/to"),
        ({"to": "하늘"}, "#/body"),
        ({"to": "하늘", "body": "  "}, "#/body"),
        ({"to": "하늘", "body": "가" * 1001}, "#/body"),
        ({"to": "하늘", "body": "널\x00문자"}, "#/body"),
        ({"to": "하늘", "body": "글", "extra": "x"}, "#/extra"),
    ],
)
def test_message_that_cannot_be_sent_says_why(program: Program, order: dict[str, Any], pointer: str) -> None:
    answer = write(program, **order)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_message_is_sent_once_by_its_key(program: Program) -> None:
    first, again = (write(program, "한번".encode().hex(), to="하늘", body="글") for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert write(program, "한번".encode().hex(), to="하늘", body="다른 글").status_code == 422
    assert len(program.get("/api/messages/하늘/messages").json["items"]) == 1


def test_blocked_people_are_refused_alike_and_offered_nothing(
    cast: Cast, program: Program, bada: Visitor, haneul: Visitor, connect: Connect
) -> None:
    cast.message(bada, haneul)
    theirs = connect(haneul)
    haneul.post("/@바다/block")
    refused = [write(program, to="하늘", body="글"), write(theirs, to="바다", body="글")]
    assert [answer.status_code for answer in refused] == [403, 403]
    assert refused[0].json["detail"] == refused[1].json["detail"]
    for one, other in ((program, "하늘"), (theirs, "바다")):
        talk = one.get(f"/api/messages/{other}").json
        assert "send" not in talk["_links"] and talk["_links"]["messages"]
        assert "message" not in one.get(f"/api/users/{other}").json["_links"]
        assert one.ask("POST", talk["_links"]["messages"], json={"body": "글"}).status_code == 403


def test_suspended_persons_conversation_stays_readable(
    cast: Cast, program: Program, bada: Visitor, haneul: Visitor
) -> None:
    cast.message(haneul, bada)
    cast.app.test_cli_runner().invoke(args=["users", "suspend", "하늘"])
    (talk,) = program.get("/api/messages").json["items"]
    assert not {"send", "person"} & set(talk["_links"])
    assert len(program.get(talk["_links"]["messages"]).json["items"]) == 1
    assert program.ask("POST", talk["_links"]["messages"], json={"body": "글"}).status_code == 403


def test_token_that_only_reads_changes_nothing(
    cast: Cast, program: Program, bada: Visitor, haneul: Visitor, connect: Connect
) -> None:
    id = cast.message(haneul, bada)
    reader = connect(bada, scopes=["read"])
    for method, path, body in DEEDS:
        assert reader.ask(method, path.format(id=id), json=body).status_code == 403, path
    assert reader.get("/api/messages/하늘").json["unread_count"] == 1
    for path in ("/api/messages", "/api/messages/하늘", "/api/messages/하늘/messages"):
        assert Program(cast.app).get(path).status_code == 401


def test_third_person_is_told_nothing(
    cast: Cast, program: Program, bada: Visitor, haneul: Visitor, connect: Connect
) -> None:
    id = cast.message(haneul, bada, "둘만의 말")
    for third in (connect(cast.member("노을")), connect(cast.member("살림꾼", is_admin=True))):
        assert third.get("/api/messages").json["items"] == []
        for who in ("바다", "하늘"):
            whole = f"/api/messages/{who}"
            for method, path in (
                ("GET", whole),
                ("DELETE", whole),
                ("GET", f"{whole}/messages"),
                ("GET", f"{whole}/messages/{id}"),
                ("DELETE", f"{whole}/messages/{id}"),
            ):
                real, none = third.ask(method, path), third.ask(method, path.replace(str(id), "987654"))
                assert real.status_code == 404, path
                assert {**real.json, "request_id": ""} == {**none.json, "request_id": ""}
            assert third.ask("PUT", f"{whole}/read", json={"last_id": id}).status_code == 404
    for path in ("/api/search/posts", "/api/search/users", "/api/search/suggestions"):
        assert "둘만의" not in program.get(path, query_string={"q": "둘만의"}).text


def test_messages_of_pages_and_programs_are_limited_together(limited: Flask) -> None:
    cast = Cast(limited)
    bada = cast.member("바다")
    cast.member("하늘")
    with limited.app_context(), transaction():
        owner = users.by_name_or_address("바다")
        assert owner
        secret, _ = tokens.issue(owner, "API", tokens.SCOPES, timedelta(hours=1))
    for _ in range(299):
        assert bada.live("/messages/하늘", body="").status_code == 422
    assert write(Program(limited, secret), to="하늘", body="글").status_code == 201
    refused = write(Program(limited, secret), to="하늘", body="글")
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 1
    assert bada.live("/messages/하늘", body="말").status_code == 429
