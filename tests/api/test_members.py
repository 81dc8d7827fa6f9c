"""Becoming a member with the interface, proving the address, and editing what others see."""

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import KeptAnswer, User
from tests.api.conftest import Connect, Program, order
from tests.cast import PASSWORD, Cast, Visitor

NEWCOMER = {"username": "파도", "email": "pado@example.com", "password": PASSWORD}


def sign_up(app: Flask, key: str | None = None, **changes: Any) -> Any:
    """Asks for an account."""
    headers = {"Accept-Language": "ko"} | ({"Idempotency-Key": key} if key else {})
    data = json.dumps(NEWCOMER | changes)
    return Program(app).ask("POST", "/api/users", data=data, content_type="application/json", headers=headers)


def edit(program: Program, path: str, match: str | None = None, **change: Any) -> Any:
    """Changes a resource whose latest state is known, unless another is given."""
    match = match or program.get(path).headers["ETag"]
    return program.ask("PATCH", path, json=change, headers={"If-Match": match})


def test_stranger_becomes_a_member_by_links_alone(app: Flask, stranger: Visitor) -> None:
    welcome = sign_up(app)
    assert welcome.status_code == 202 and "숫자 여섯 자리" in welcome.json["detail"]
    links = welcome.json["_links"]
    token = order(app, "파도", scopes=["read", "write"]).json["token"]
    program = Program(app, token)
    assert not program.get(links["me"]).json["is_confirmed"]
    assert program.ask("POST", "/api/posts", json={"body": "글"}).status_code == 403
    letter = stranger.letters()[0]
    code = re.search(r"\b\d{6}\b", letter.text)
    assert code and letter.to == "pado@example.com"
    wrong = f"{(int(code[0]) + 1) % 1_000_000:06}"
    refused = program.ask("POST", links["confirm"], json={"code": wrong})
    assert refused.status_code == 422 and refused.json["errors"][0]["pointer"] == "#/code"
    confirmed = program.ask(
        "POST", program.get(links["me"]).json["_links"]["confirm"], json={"code": code[0]}
    )
    assert confirmed.json["is_confirmed"] and "confirm" not in confirmed.json["_links"]
    assert program.ask("POST", "/api/posts", json={"body": "글"}).status_code == 201


def test_known_address_is_answered_alike_and_mailed_another_letter(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    with app.app_context():
        known = db.session.scalars(sa.select(User.email).where(User.username == "바다")).one()
    first, second = sign_up(app, email=known), sign_up(app, username="파랑")
    assert first.status_code == second.status_code == 202
    assert first.json["detail"] == second.json["detail"] and first.json["_links"] == second.json["_links"]
    assert set(dict(first.headers)) == set(dict(second.headers))
    texts = {letter.to: letter.text for letter in bada.letters()}
    assert not re.search(r"\b\d{6}\b", texts[known]) and re.search(r"\b\d{6}\b", texts[NEWCOMER["email"]])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"username": "바다"}, "#/username"),
        ({"username": "admin"}, "#/username"),
        ({"username": "a b"}, "#/username"),
        ({"username": ""}, "#/username"),
        ({"username": "파\x00도"}, "#/username"),
        ({"email": "pado"}, "#/email"),
        ({"email": "pado@" + "x" * 300}, "#/email"),
        ({"email": 3}, "#/email"),
        ({"password": "1234567"}, "#/password"),
        ({"password": "가" * 129}, "#/password"),
        ({"password": "password123"}, "#/password"),
        ({"password": "대나무 숲에서\ud800 한마디"}, "#/password"),
        ({"password": None}, "#/password"),
        ({"is_admin": True}, "#/is_admin"),
    ],
)
def test_account_that_cannot_be_made_says_why(
    app: Flask, cast: Cast, change: dict[str, Any], pointer: str
) -> None:
    cast.member("바다")
    answer = sign_up(app, **change)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]
    assert re.search("[가-힣]", answer.json["errors"][0]["detail"])


def test_account_is_made_once_by_its_key(app: Flask, stranger: Visitor) -> None:
    first, again = sign_up(app, key="한번".encode().hex()), sign_up(app, key="한번".encode().hex())
    assert first.status_code == again.status_code == 202 and first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(stranger.letters()) == 1
    other = sign_up(app, key="한번".encode().hex(), password=PASSWORD + "!")
    assert other.status_code == 422
    with app.app_context():
        kept = db.session.scalars(sa.select(KeptAnswer)).one()
        assert PASSWORD not in str((kept.body, kept.headers, kept.request_hash))
    elsewhere = app.test_client().post(
        "/api/users",
        json=NEWCOMER | {"username": "너울"},
        headers={"Idempotency-Key": "한번".encode().hex()},
        environ_base={"REMOTE_ADDR": "198.51.100.9"},
    )
    assert elsewhere.status_code == 202, "A key is its network's own."


def test_signing_up_is_limited_for_pages_and_programs_together(limited: Flask) -> None:
    page = limited.test_client()
    for number in range(20):
        data = {"username": f"사람{number}", "email": f"a{number}@example.com", "password": "1"}
        taken = sign_up(limited, **data) if number % 2 else page.post("/auth/signup", data=data)
        assert taken.status_code == 422
    assert sign_up(limited).status_code == 429
    assert page.post("/auth/signup", data=NEWCOMER).status_code == 429


def test_mails_to_one_address_are_limited_whoever_asks(limited: Flask) -> None:
    page = limited.test_client()
    for _ in range(5):
        assert page.post("/auth/forgot", data={"email": NEWCOMER["email"]}).status_code == 200
    assert sign_up(limited).status_code == 429
    assert sign_up(limited, email="other@example.com").status_code == 202


def test_profile_is_edited_at_either_address(cast: Cast, connect: Connect) -> None:
    program = connect(cast.member("바다"))
    me = program.get("/api/me")
    changed = edit(program, "/api/me", about_me="걷습니다. ", timezone="Asia/Seoul", locale="en")
    assert changed.status_code == 200 and changed.json["about_me"] == "걷습니다."
    assert (
        changed.json["timezone"] == "Asia/Seoul" and changed.json["display_name"] == me.json["display_name"]
    )
    profile = program.get(me.json["_links"]["profile"])
    assert profile.json["_links"]["edit"] == profile.json["_links"]["self"]
    named = edit(
        program, profile.json["_links"]["edit"], display_name=" 김\n바다 ", link="https://example.org"
    )
    assert named.json["display_name"] == "김 바다" and named.json["about_me"] == "걷습니다."
    assert "김 바다" in cast.member("하늘").read("/@바다")
    back = edit(program, "/api/me", timezone=None, locale=None, link="")
    assert (back.json["timezone"], back.json["locale"], back.json["link"]) == (None, None, "")


def test_edit_of_a_profile_has_seen_its_latest_state(cast: Cast, connect: Connect) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    program = connect(bada)
    seen = program.get("/api/me").headers["ETag"]
    assert program.ask("PATCH", "/api/me", json={}).status_code == 428
    haneul.post("/@바다/follow")
    assert program.get("/api/me").headers["ETag"] != seen, "The answer has changed,"
    first = edit(program, "/api/me", seen, location="강릉")
    assert first.status_code == 200, "but nothing that an edit could spoil."
    late = edit(program, "/api/me", seen, location="속초")
    assert late.status_code == 412 and program.get("/api/me").json["location"] == "강릉"
    profile = program.get("/api/me").json["_links"]["profile"]
    assert edit(program, profile, seen, location="속초").status_code == 412
    assert edit(program, profile, first.headers["ETag"], location="속초").status_code == 200
    assert edit(program, "/api/me", "*", location="동해").status_code == 200


@pytest.mark.parametrize(
    ("path", "change", "pointer"),
    [
        ("/api/me", {"timezone": "Asia/Busan"}, "#/timezone"),
        ("/api/me", {"timezone": "../" * 40}, "#/timezone"),
        ("/api/me", {"locale": "fr"}, "#/locale"),
        ("/api/me", {"link": "javascript:alert(1)"}, "#/link"),
        ("/api/me", {"link": "https://exa mple.org"}, "#/link"),
        ("/api/me", {"link": "https://[::1"}, "#/link"),
        ("/api/me", {"about_me": "가" * 141}, "#/about_me"),
        ("/api/me", {"display_name": None}, "#/display_name"),
        ("/api/me", {"username": "하늘"}, "#/username"),
        ("/api/users/바다", {"locale": "ko"}, "#/locale"),
    ],
)
def test_profile_that_cannot_be_says_why(
    cast: Cast, connect: Connect, path: str, change: dict[str, Any], pointer: str
) -> None:
    program = connect(cast.member("바다"))
    answer = edit(program, path, **change)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]
    assert re.search("[가-힣]", answer.json["errors"][0]["detail"])


def test_profile_of_somebody_else_is_theirs(cast: Cast, connect: Connect) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    program = connect(haneul)
    answer = edit(program, "/api/users/바다", location="여기")
    assert answer.status_code == 403 and "edit" not in program.get("/api/users/바다").json["_links"]
    assert program.ask("PATCH", "/api/users/없는이", json={}, headers={"If-Match": "*"}).status_code == 404
    reader = connect(bada, scopes=["read"])
    assert edit(reader, "/api/me", location="여기").status_code == 403
    assert connect(bada).get("/api/me").json["location"] == ""
