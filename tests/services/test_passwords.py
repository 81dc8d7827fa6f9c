"""Keeping and checking passwords."""

from argon2 import PasswordHasher, Type, extract_parameters

from app.extensions import db
from app.models import User
from app.services import passwords
from app.transaction import transaction
from tests.cast import PASSWORD, Cast, Visitor


def test_checking_nobody_takes_as_long_as_checking_somebody() -> None:
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
