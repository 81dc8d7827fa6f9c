"""Mailing letters: one function a letter. A code or link is made here, so that nothing secret waits in the queue."""

from typing import Any

from flask import current_app

from app import email
from app.extensions import db
from app.models import User
from app.queue import task
from app.services import accounts, codes, passwords, users
from app.transaction import transaction


@task(queue="urgent")
def confirm_email(user_id: int) -> None:
    """Mails a new member a code, or tells the address's owner that somebody tried to sign up with it."""
    with transaction():
        user = db.session.get(User, user_id)
        if user is None or user.is_confirmed:
            return
        letter = _code_letter("confirm_email", user, user.email, accounts.CONFIRM)
    email.send(**letter)


@task(queue="urgent")
def change_email(user_id: int) -> None:
    """Mails a code to the address that a member wants to change to, or tells its owner."""
    with transaction():
        user = db.session.get(User, user_id)
        if user is None or not user.pending_email:
            return
        letter = _code_letter("change_email", user, user.pending_email, accounts.CHANGE_EMAIL)
    email.send(**letter)


@task(queue="urgent")
def reset_password(user_id: int) -> None:
    """Mails a member the link that sets a new password."""
    with transaction():
        user = db.session.get(User, user_id)
        if user is None:
            return
        link = email.external_url("auth.open_reset", token=passwords.reset_token(user))
        letter: dict[str, Any] = {
            "letter": "reset_password",
            "to": user.email,
            "locale": user.locale,
            "name": user.name,
            "link": link,
        }
    email.send(**letter)


@task(queue="urgent")
def password_changed(user_id: int) -> None:
    """Tells a member that the password is a new one, in case it was somebody else."""
    _tell("password_changed", user_id)


@task(queue="urgent")
def email_changed(user_id: int, old_email: str) -> None:
    """Tells the old address that the account has a new one, in case it was somebody else."""
    _tell("email_changed", user_id, old_email)


@task(queue="default")
def report_error(subject: str, text: str) -> None:
    """Mails an uncaught error to the administrators; without a mail server the log alone holds it."""
    if current_app.config["MAIL_SERVER"]:
        for admin in current_app.config["ADMINS"]:
            email.send("error", admin, "en", subject=subject, text=text)


def _tell(letter: str, user_id: int, to: str = "") -> None:
    with transaction():
        user = db.session.get(User, user_id)
        if user is None:
            return
        link = email.external_url("auth.forgot")
        found: dict[str, Any] = {
            "letter": letter,
            "to": to or user.email,
            "locale": user.locale,
            "name": user.name,
            "link": link,
        }
    email.send(**found)


def _code_letter(letter: str, user: User, address: str, purpose: str) -> dict[str, Any]:
    """Returns the letter for an address: with a code, unless a member has proved that it is theirs."""
    owner = users.owner_of(address)
    if owner is not None and owner.id != user.id:
        link = email.external_url("auth.forgot")
        return {
            "letter": "address_known",
            "to": owner.email,
            "locale": owner.locale,
            "name": owner.name,
            "link": link,
        }
    code = codes.make(user, purpose, address)
    return {"letter": letter, "to": address, "locale": user.locale, "name": user.name, "code": code}
