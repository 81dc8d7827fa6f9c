"""Keeping and checking passwords."""

import unicodedata
from typing import Any

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from flask import Flask

from app import passwords as words
from app.extensions import db
from app.models import User
from app.services import passwords
from app.transaction import transaction
from tests.api.conftest import credentials
from tests.cast import PASSWORD, Cast, Visitor

DECOMPOSED = unicodedata.normalize("NFD", PASSWORD)
WIDE_BLANKS = PASSWORD.replace(" ", "\u3000")
WEAK = PasswordHasher(time_cost=1, memory_cost=1024)


def test_checking_nobody_takes_as_long_as_checking_somebody(app: Flask) -> None:
    with app.app_context():
        kept = extract_parameters(passwords.keep("아무도 모르는 긴 문장"))
        assert kept.type is Type.ID
        assert extract_parameters(passwords.NOBODYS_HASH) == kept
        assert passwords.matches(None, "아무거나") is False


def test_hash_made_with_weaker_parameters_is_renewed_at_sign_in(cast: Cast, stranger: Visitor) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    cast.member("바다", password_hash=weak)
    assert stranger.post("/auth/login", name="바다", password=PASSWORD).status_code == 303
    with cast.app.app_context(), transaction():
        renewed = db.session.query(User.password_hash).scalar()
    assert renewed != weak and passwords.renewed(renewed, PASSWORD) is None
    assert Visitor(cast.app).post("/auth/login", name="바다", password=PASSWORD).status_code == 303


def test_account_without_a_usable_password_lets_nobody_in(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", password_hash="")
    assert stranger.post("/auth/login", name="바다", password="").status_code == 422
    assert stranger.post("/auth/login", name="바다", password="아무거나").status_code == 422


def kept_hash(cast: Cast) -> str:
    with cast.app.app_context(), transaction():
        return str(db.session.query(User.password_hash).scalar())


def is_kept(cast: Cast, password: str) -> bool:
    kept = kept_hash(cast)
    with cast.app.app_context():
        return passwords.matches(kept, password)


@pytest.mark.parametrize("typed", [DECOMPOSED, WIDE_BLANKS, PASSWORD.replace(" ", "\u00a0")])
def test_password_is_the_same_however_the_keyboard_composes_it(
    cast: Cast, stranger: Visitor, typed: str
) -> None:
    bada = cast.member("바다")
    assert stranger.post("/auth/login", name="바다", password=typed).status_code == 303
    answer = cast.app.test_client().post("/api/tokens", json={}, headers=credentials("바다", typed))
    assert answer.status_code == 201
    fields = {"current": typed, "password": unicodedata.normalize("NFD", "새로운 문장 하나")}
    assert bada.post("/settings/account/password", **fields).status_code == 303
    assert Visitor(cast.app).post("/auth/login", name="바다", password="새로운 문장 하나").status_code == 303


def test_hash_of_another_form_still_counts_and_becomes_that_of_the_normal_form(cast: Cast) -> None:
    cast.member("바다", password_hash=WEAK.hash(DECOMPOSED))
    assert Visitor(cast.app).post("/auth/login", name="바다", password=PASSWORD).status_code == 422
    assert Visitor(cast.app).post("/auth/login", name="바다", password=DECOMPOSED).status_code == 303
    assert is_kept(cast, PASSWORD)
    assert Visitor(cast.app).post("/auth/login", name="바다", password=PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("typed", "hashes"), [("틀린 비밀번호", 1), (unicodedata.normalize("NFD", "틀린 비밀번호"), 2)]
)
def test_unknown_name_takes_as_many_hashes_as_a_wrong_password(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, typed: str, hashes: int
) -> None:
    done: list[str] = []
    check = passwords._is_hash_of

    def counted(kept: str, form: str) -> bool:
        done.append(form)
        return check(kept, form)

    monkeypatch.setattr(passwords, "_is_hash_of", counted)
    cast.member("바다")
    for name in ("바다", "하늘"):
        done.clear()
        assert Visitor(cast.app).post("/auth/login", name=name, password=typed).status_code == 422
        assert len(done) == hashes
    done.clear()
    assert Visitor(cast.app).post("/auth/login", name="바다", password=PASSWORD).status_code == 303
    assert len(done) == 1


@pytest.mark.parametrize(
    "password", ["가나다라마바사", "\u1112\u1161\u11ab" * 7, "a\u0301" * 7, "가" * 129, "a\u0301" * 129]
)
def test_length_is_counted_in_the_normal_form(stranger: Visitor, password: str) -> None:
    assert not words.fits(password)
    assert sign_up(stranger, password=password).status_code == 422
    assert sent_by_program(stranger, password=password).status_code == 422


def test_128_decomposed_syllables_are_hashed_whole(cast: Cast, stranger: Visitor) -> None:
    long = unicodedata.normalize("NFD", "가각갂갃간갅갆갇" * 16)
    assert sign_up(stranger, password=long).status_code == 303
    assert Visitor(cast.app).post("/auth/login", name="바다바다", password=long[:-3]).status_code == 422
    assert (
        Visitor(cast.app).post("/auth/login", name="바다바다", password=long + "가" * 500).status_code == 422
    )
    assert Visitor(cast.app).post("/auth/login", name="바다바다", password=long).status_code == 303


OWN = {"username": "바다바다바다바다", "email": "badabada@example.com"}


@pytest.mark.parametrize(
    "password",
    [
        *(" " * 9, "\u3164" * 9, "\u200b\u2800\u00a0" * 3),
        *(OWN["username"], "@" + OWN["username"], unicodedata.normalize("NFD", OWN["username"])),
        *(OWN["email"], "BadaBada", "ｂadabada@example。com"),
    ],
)
def test_blank_password_and_ones_own_name_or_address_are_refused(
    cast: Cast, stranger: Visitor, password: str
) -> None:
    for answer in (
        sign_up(stranger, password=password, **OWN),
        sent_by_program(stranger, password=password, **OWN),
    ):
        assert answer.status_code == 422
    bada = cast.member(OWN["username"], email=OWN["email"])
    changed = bada.post("/settings/account/password", current=PASSWORD, password=password)
    assert changed.status_code == 422
    assert bada.post("/auth/forgot", email=OWN["email"]).status_code == 200
    link = next(word for word in bada.letters()[0].text.split() if "/auth/reset/open" in word)
    stranger.get(link.partition("localhost")[2].partition("/")[1] + link.split("/", 3)[3])
    assert stranger.post("/auth/reset", password=password).status_code == 422
    assert is_kept(cast, PASSWORD)


def test_name_or_address_does_not_become_the_password(cast: Cast) -> None:
    bada = cast.member("바다", password_hash=WEAK.hash("hanbada2"))
    changed = bada.post("/settings/account/username", username="HanBada2", password="hanbada2")
    assert changed.status_code == 422
    assert (
        bada.post("/settings/account/email", email="hanbada2@x.com", password="hanbada2").status_code == 422
    )


def sign_up(visitor: Visitor, **fields: str) -> Any:
    return visitor.post("/auth/signup", **{"username": "바다바다", "email": "b@example.com", **fields})


def sent_by_program(visitor: Visitor, **fields: str) -> Any:
    return visitor.client.post(
        "/api/users", json={"username": "바다바다", "email": "b@example.com", **fields}
    )
