"""Accounts from the command line, and the accounts and codes that nobody needs any more."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from app.extensions import db, queue
from app.models import LoginSession, OneTimeCode, User
from app.models.columns import now
from app.tasks import cleanup
from app.transaction import transaction
from tests.cast import PASSWORD, Cast, Visitor


def flask_users(app: Flask, *words: str, typed: str = "") -> Result:
    """Runs a command as somebody at a terminal does."""
    return app.test_cli_runner().invoke(args=["users", *words], input=typed)


def test_account_is_made_with_a_password_that_is_asked_for(app: Flask, stranger: Visitor) -> None:
    made = flask_users(
        app, "create", "바다", "bada@example.com", "--confirmed", typed=f"{PASSWORD}\n{PASSWORD}\n"
    )
    assert made.exit_code == 0, made.output
    assert stranger.post("/auth/login", name="bada@example.com", password=PASSWORD).status_code == 303
    assert stranger.post("/posts", body="명령으로 만든 계정").status_code == 303


def test_account_that_is_not_confirmed_is_mailed_a_code(app: Flask, stranger: Visitor) -> None:
    assert flask_users(app, "create", "바다", "bada@example.com", "--password", PASSWORD).exit_code == 0
    assert [letter.to for letter in stranger.letters()] == ["bada@example.com"]


@pytest.mark.parametrize(
    ("name", "email", "password"),
    [
        ("바다", "new@example.com", PASSWORD),
        ("admin", "new@example.com", PASSWORD),
        ("하늘", "known@example.com", PASSWORD),
        ("하늘", "new@example.com", "password1"),
    ],
)
def test_refused_account_ends_with_a_sentence_and_is_not_made(
    app: Flask, cast: Cast, name: str, email: str, password: str
) -> None:
    cast.member("바다", email="known@example.com")
    made = flask_users(app, "create", name, email, "--password", password, "--confirmed")
    assert made.exit_code == 1 and made.output.startswith("Error: ")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_member_is_promoted_listed_and_suspended_once(app: Flask, cast: Cast) -> None:
    cast.member("바다")
    assert flask_users(app, "promote", "바다").exit_code == 0
    assert "confirmed admin" in flask_users(app, "list").output
    assert flask_users(app, "suspend", "바다").exit_code == 0
    assert "confirmed suspended admin" in flask_users(app, "list").output
    assert flask_users(app, "suspend", "바다").exit_code == 1
    assert flask_users(app, "promote", "없는사람").exit_code == 1


def test_what_nobody_needs_any_more_is_removed(app: Flask, cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", email="bada@example.com")
    cast.member("새내기", confirmed=False)
    cast.member("오래된새내기", confirmed=False, created_at=now() - timedelta(days=8))
    stranger.post("/auth/forgot", email="bada@example.com")
    stranger.letters()
    with app.app_context(), transaction():
        past = now() - timedelta(minutes=1)
        db.session.execute(sa.update(OneTimeCode).values(expires_at=past))
        members = sa.select(User.id).where(User.username == "바다").scalar_subquery()
        db.session.execute(
            sa.update(LoginSession).where(LoginSession.user_id == members).values(expires_at=past)
        )
    with app.app_context():
        queue.enqueue(cleanup.tidy)
        queue.run()
        assert sorted(db.session.scalars(sa.select(User.username))) == ["바다", "새내기"]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OneTimeCode)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 1


def test_code_is_sent_again_for_whatever_has_to_be_proved(cast: Cast) -> None:
    bada = cast.member("바다", email="bada@example.com")
    bada.post("/auth/confirm/resend")
    assert bada.letters() == []
    bada.post("/settings/account/email", email="new@example.com", password=PASSWORD)
    bada.post("/auth/confirm/resend")
    assert [letter.to for letter in bada.letters()] == ["new@example.com"] * 2


def test_unconfirmed_member_corrects_a_mistyped_address(cast: Cast) -> None:
    bada = cast.member("바다", confirmed=False, email="bada@exmaple.com")
    assert (
        bada.post("/settings/account/email", email="bada@example.com", password=PASSWORD).status_code == 303
    )
    assert [letter.to for letter in bada.letters()] == ["bada@example.com"]
