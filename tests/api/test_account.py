"""What a member signs in with, and where, changed by a program."""

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import User
from tests.api.conftest import Connect, Program, order
from tests.auth.test_reset import NEW, link_for
from tests.cast import PASSWORD, Cast, Visitor

FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
OTHER = "bada@other.example"
CHANGES = [
    ("change_password", {"current": PASSWORD, "password": NEW}, "current"),
    ("change_email", {"email": OTHER, "password": PASSWORD}, "password"),
    ("change_username", {"username": "바닷가", "password": PASSWORD}, "password"),
]


def link(program: Program, name: str) -> str:
    """Returns an address that the member's own resource leads to."""
    return str(program.get(program.get("/api").json["_links"]["me"]).json["_links"][name])


def send(program: Program, name: str, **body: str) -> Any:
    """Sends a body to where the member's own resource leads."""
    headers = {"Accept-Language": "ko", "Content-Type": "application/json"}
    return program.ask("POST", link(program, name), data=json.dumps(body), headers=headers)


def code_for(visitor: Visitor) -> str:
    """Returns the code of the latest letter."""
    found = re.search(r"\b\d{6}\b", visitor.letters()[0].text)
    assert found
    return found[0]


def email_of(app: Flask, username: str) -> str:
    with app.app_context():
        return db.session.scalars(sa.select(User.email).where(User.username == username)).one()


def test_password_is_changed_and_all_but_the_program_that_asks_is_ended(
    app: Flask, cast: Cast, connect: Connect
) -> None:
    bada = cast.member("바다", email="bada@example.com")
    program, other = connect(bada, ["account"]), connect(bada)
    voided = link_for(bada)
    answer = send(program, "change_password", current=PASSWORD, password=NEW)
    assert answer.status_code == 200 and answer.json["username"] == "바다"
    assert program.get("/api/me").status_code == 200 and other.get("/api/me").status_code == 401
    assert bada.get("/settings/account").status_code == 303, "The browser is signed out."
    assert order(app, "바다").status_code == 401 and order(app, "바다", NEW).status_code == 201
    bada.get(voided)
    assert bada.post("/auth/reset", password=PASSWORD).status_code != 303
    assert any("비밀번호" in letter.subject for letter in bada.letters())


def test_address_changes_when_the_new_one_is_proved(app: Flask, cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    before, program = email_of(app, "바다"), connect(bada, ["account"])
    assert send(program, "change_email", email=OTHER, password=PASSWORD).status_code == 202
    assert email_of(app, "바다") == before
    assert {"confirm", "resend_code"} <= set(program.get("/api/me").json["_links"])
    first = code_for(bada)
    assert send(program, "resend_code").status_code == 202
    second = code_for(bada)
    if first != second:
        assert send(program, "confirm", code=first).status_code == 422, "A newer letter replaces it."
    assert send(program, "confirm", code=second).status_code == 200
    assert email_of(app, "바다") == OTHER
    assert not {"confirm", "resend_code"} & set(program.get("/api/me").json["_links"])


def test_address_of_another_member_is_answered_alike(app: Flask, cast: Cast, connect: Connect) -> None:
    bada, _ = cast.member("바다"), cast.member("하늘")
    program, taken = connect(bada), email_of(app, "하늘")
    answers, letters = [], {}
    for email in (OTHER, taken):
        answers.append(send(program, "change_email", email=email, password=PASSWORD))
        letters[email] = next(letter.text for letter in bada.letters() if letter.to == email)
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json == answers[1].json
    assert re.search(r"\b\d{6}\b", letters[OTHER]) and not re.search(r"\b\d{6}\b", letters[taken])


def test_name_is_changed_and_the_old_one_kept_from_others(cast: Cast, connect: Connect) -> None:
    program, sky = connect(cast.member("바다")), connect(cast.member("하늘"))
    answer = send(program, "change_username", username="바닷가", password=PASSWORD)
    assert answer.status_code == 200 and answer.json["username"] == "바닷가"
    refused = send(sky, "change_username", username="바다", password=PASSWORD)
    assert refused.status_code == 422 and refused.json["errors"][0]["pointer"] == "#/username"


@pytest.mark.parametrize(("name", "body", "field"), CHANGES)
def test_wrong_password_changes_nothing_and_is_counted(
    limited: Flask, cast: Cast, connect: Connect, name: str, body: dict[str, str], field: str
) -> None:
    bada = cast.member("바다")
    program = Program(limited, connect(bada).token)
    for _ in range(5):
        answer = send(program, name, **body | {field: "다른 비밀번호입니다"})
        assert answer.status_code == 422
        (fault,) = answer.json["errors"]
        assert fault == {"pointer": f"#/{field}", "detail": "지금 비밀번호와 달라요. 다시 확인해 주세요."}
    refused = send(program, name, **body)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert program.get("/api/me").json["username"] == "바다"


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("change_password", {"current": PASSWORD, "password": "1234567"}, "#/password"),
        ("change_password", {"current": PASSWORD, "password": "password123"}, "#/password"),
        ("change_password", {"current": "대나무\ud800", "password": NEW}, "#/current"),
        ("change_password", {"password": NEW}, "#/current"),
        ("change_email", {"email": "bada", "password": PASSWORD}, "#/email"),
        ("change_username", {"username": "하늘", "password": PASSWORD}, "#/username"),
        ("change_username", {"username": "admin", "password": PASSWORD}, "#/username"),
    ],
)
def test_what_cannot_be_is_named(
    cast: Cast, connect: Connect, name: str, body: dict[str, str], pointer: str
) -> None:
    cast.member("하늘")
    answer = send(connect(cast.member("바다")), name, **body)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_nothing_to_prove_is_a_conflict_that_says_so(cast: Cast, connect: Connect) -> None:
    program = connect(cast.member("바다"))
    answer = program.ask("POST", "/api/me/confirmation/letter", headers={"Accept-Language": "ko"})
    assert answer.status_code == 409 and "이미 확인" in answer.json["detail"]


def test_letters_are_limited_like_those_of_pages(limited: Flask, cast: Cast, connect: Connect) -> None:
    program = Program(limited, connect(cast.member("바다", confirmed=False)).token)
    statuses = [send(program, "resend_code").status_code for _ in range(6)]
    assert statuses == [202] * 5 + [429]


def test_sessions_are_told_and_ended(cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    phone = cast.browser(bada, FIREFOX)
    sky = cast.member("하늘")
    program = connect(bada, ["account"])
    listed = program.get(link(program, "sessions")).json["items"]
    assert len(listed) == 2 and listed[0]["device"] == "Firefox Mobile · Android"
    assert program.get(listed[0]["_links"]["self"]).json == listed[0]
    assert connect(sky).get(listed[0]["_links"]["self"]).status_code == 404
    assert connect(sky).ask("DELETE", listed[0]["_links"]["delete"]).status_code == 204
    assert phone.get("/settings/account").status_code == 200, "It is not theirs to end."
    assert program.ask("DELETE", listed[0]["_links"]["delete"]).status_code == 204
    assert phone.get("/settings/account").status_code == 303
    assert bada.get("/settings/account").status_code == 200
    assert program.ask("DELETE", link(program, "sessions")).status_code == 204
    assert (
        bada.get("/settings/account").status_code == 303 and sky.get("/settings/account").status_code == 200
    )
    assert program.get(link(program, "sessions")).json["items"] == []


@pytest.mark.parametrize("scopes", [["read"], ["messages"]])
def test_scopes_that_do_not_allow_it_are_refused(cast: Cast, connect: Connect, scopes: list[str]) -> None:
    program = connect(cast.member("바다"), scopes)
    for name, body, _ in CHANGES:
        assert program.ask("POST", f"/api/me/{name.removeprefix('change_')}", json=body).status_code == 403
    assert program.ask("DELETE", "/api/me/sessions").status_code == 403
    assert program.get("/api/me/sessions").status_code == (200 if scopes == ["read"] else 403)
