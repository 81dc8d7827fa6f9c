"""One mailbox is one account, however its address is typed: at sign-up, at a change, and in the API."""

import re
import unicodedata
from typing import Any

import pytest
import sqlalchemy as sa

from app import mailboxes, text
from app.extensions import db
from app.models import User
from tests.cast import PASSWORD, Cast, Visitor

FULL_WIDTH = ("someone@ｅxample.com", "someone@example。com", "someone＠ＥXAMPLE．com", "Someone@Example.com")
KOREAN = (
    "kim@한글.kr",
    "kim@xn--bj0bj06e.kr",
    "KIM@한글。KR",
    "kim@" + unicodedata.normalize("NFD", "한글.kr"),
)
LOCAL = ("이메일@example.com", unicodedata.normalize("NFD", "이메일") + "@example.com")
ROWS = [FULL_WIDTH, KOREAN, LOCAL]
LONG = "ΐ" * 32 + "@" + ".".join(["d" * 61] * 3)[:-3] + ".com"


def kept(cast: Cast, username: str) -> User:
    with cast.app.app_context():
        found = db.session.scalar(sa.select(User).where(User.username == username))
        assert found is not None
        return found


def code_in(visitor: Visitor) -> str:
    found = re.search(r"\b\d{6}\b", visitor.letters()[0].text)
    return found[0] if found else ""


def signs_up(visitor: Visitor, username: str, email: str) -> Any:
    return visitor.post("/auth/signup", username=username, email=email, password=PASSWORD)


@pytest.mark.parametrize(("first", "other"), [(row[0], other) for row in ROWS for other in row[1:]])
def test_second_spelling_of_a_mailbox_makes_no_second_account(cast: Cast, first: str, other: str) -> None:
    owner, second = Visitor(cast.app), Visitor(cast.app)
    assert signs_up(owner, "첫째", first).location == "/auth/confirm"
    assert owner.post("/auth/confirm", code=code_in(owner)).status_code == 303
    assert signs_up(second, "둘째", other).location == "/auth/confirm"
    assert len(second.letters()) == 2 and not code_in(second)
    assert kept(cast, "첫째").email_key == kept(cast, "둘째").email_key
    assert kept(cast, "첫째").email == mailboxes.normal(first)
    assert Visitor(cast.app).post("/auth/login", name=other, password=PASSWORD).location == "/"


@pytest.mark.parametrize("other", KOREAN)
def test_change_and_reset_mean_the_same_mailbox(cast: Cast, other: str) -> None:
    cast.member("첫째", email="kim@xn--bj0bj06e.kr")
    second = cast.member("둘째")
    sent = second.post("/settings/account/email", email=other, password=PASSWORD)
    assert sent.location == "/auth/confirm" and second.letters() and not code_in(second)
    assert Visitor(cast.app).post("/auth/forgot", email=other).status_code == 200
    assert "/auth/reset/open?" in second.letters()[0].text


def test_program_signs_up_with_the_same_mailbox(cast: Cast) -> None:
    cast.member("첫째", email="kim@xn--bj0bj06e.kr")
    made = {"username": "둘째", "email": "kim@한글。kr", "password": PASSWORD}
    assert Visitor(cast.app).client.post("/api/users", json=made).status_code == 202
    assert kept(cast, "둘째").email == "kim@xn--bj0bj06e.kr"


def test_command_keeps_the_normal_form(cast: Cast) -> None:
    run = cast.app.test_cli_runner().invoke
    made = run(args=["users", "create", "첫째", "kim@한글.kr", "--password", PASSWORD, "--confirmed"])
    assert made.exit_code == 0 and kept(cast, "첫째").email == "kim@xn--bj0bj06e.kr"
    assert run(args=["users", "create", "둘째", "kim", "--password", PASSWORD]).exit_code == 2


def test_letters_that_case_folding_multiplies_fit_the_column(cast: Cast, stranger: Visitor) -> None:
    assert len(LONG.encode()) <= mailboxes.LENGTH
    assert signs_up(stranger, "첫째", LONG).location == "/auth/confirm"
    assert kept(cast, "첫째").email == LONG
    longer = LONG.replace("ΐ", "ΐΐ")
    assert signs_up(Visitor(cast.app), "둘째", longer).status_code == 422


def test_key_is_never_longer_than_the_address() -> None:
    for code in (*range(0xD800), *range(0xE000, 0x110000)):
        letter = chr(code)
        assert len(text.caseless(letter)) <= len(letter.encode()), hex(code)


@pytest.mark.parametrize(
    "typed", ["kim", "kim@", "@x.com", "a b@x.com", "kim@xn--a.kr", "k" * 250 + "@x.com", "\u200b"]
)
def test_what_is_no_address_is_refused(stranger: Visitor, typed: str) -> None:
    assert signs_up(stranger, "첫째", typed).status_code == 422
    sent = {"username": "첫째", "email": typed, "password": PASSWORD}
    assert stranger.client.post("/api/users", json=sent).status_code == 422
