"""Mailing letters: one function a letter. A code or link is made here, so that nothing secret waits in the queue."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import current_app

from app import email, i18n
from app.extensions import db, queue
from app.models import Notification, Task, User
from app.queue import Later, QueueDown, task
from app.services import accounts, codes, letters, passwords, tasks, users
from app.services import notifications as news
from app.transaction import reading, transaction

AN_HOUR = 3600  # Seconds.
MOST_TOLD = 10
"""How many notifications a letter tells of one by one."""


@task(queue="urgent")
def confirm_email(user_id: int) -> None:
    """Mails a new member a code, or tells the address's owner that somebody tried to sign up with it."""
    email.expect()
    with transaction():
        user = db.session.get(User, user_id)
        if user is None or user.is_confirmed or not user.is_active:
            return
        letter = _code_letter("confirm_email", user, user.email, accounts.CONFIRM)
    email.send(**letter)


@task(queue="urgent")
def change_email(user_id: int) -> None:
    """Mails a code to the address that a member wants to change to, or tells its owner."""
    email.expect()
    with transaction():
        user = db.session.get(User, user_id)
        if user is None or not user.pending_email or not user.is_active:
            return
        letter = _code_letter("change_email", user, user.pending_email, accounts.CHANGE_EMAIL)
    email.send(**letter)


@task(queue="urgent")
def reset_password(user_id: int) -> None:
    """Mails a member the link that sets a new password."""
    email.expect()
    with transaction():
        user = db.session.get(User, user_id)
        if user is None or not user.is_active:
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
def export_ready(task_id: int) -> None:
    """Tells a member that the copy of what is theirs can be fetched, and until when."""
    _tell_of_export("export_ready", task_id, tasks.DONE)


@task(queue="default")
def export_failed(task_id: int) -> None:
    """Tells a member that the copy of what is theirs was not made, and why."""
    _tell_of_export("export_failed", task_id, tasks.FAILED)


@task(retries=())
def tell_unread() -> None:
    """Starts a letter to everybody who has not read for a while what they want letters of."""
    if email.rests():
        return  # The clock comes again.
    with reading():
        waiting = news.to_mail()
    for user_id in waiting:
        queue.enqueue_once(_turn_of(user_id), AN_HOUR, notifications, user_id=user_id)


@task(queue="slow", retries=())
def notifications(user_id: int) -> None:
    """Mails a member what they have not read.

    That it was told is kept before the letter goes, so it never goes twice; when it cannot go now, that is taken
    back, and the clock comes again. A worker that dies in between loses the letter: what it tells of is on the site.
    """
    with suppress(QueueDown):
        queue.give_back(_turn_of(user_id))
    if email.rests():
        return
    with transaction():
        user = news.take(user_id)
        found = news.unmailed(user) if user else []
        if user is None or not found:
            return
        letter = _letter_about(found, user)
        told = [notification.id for notification in found]
        news.mark_mailed(user_id, told)
    try:
        email.hand_over(letter)
    except Later as reason:
        current_app.logger.warning("A letter about notifications waits", extra={"reason": str(reason)})
        with transaction():
            news.mark_unmailed(user_id, told)


@task(queue="default")
def report_error(subject: str, where: str) -> None:
    """Mails the administrators that there was an error, and where it stands in the log, which alone holds its text."""
    text = f"Look in the log for: {where}\nThe same error is mailed once an hour at most."
    if current_app.config["MAIL_SERVER"]:
        for admin in current_app.config["ADMINS"]:
            email.send("error", admin, "en", subject=subject, text=text)


def _tell(letter: str, user_id: int, to: str = "") -> None:
    with transaction():
        user = db.session.get(User, user_id)
        if user is None or not user.is_confirmed:
            return  # The address may be a stranger's.
        link = email.external_url("auth.forgot")
        found: dict[str, Any] = {
            "letter": letter,
            "to": to or user.email,
            "locale": user.locale,
            "name": user.name,
            "link": link,
        }
    email.send(**found)


def _letter_about(found: Sequence[Notification], user: User) -> email.Letter:
    """Writes the letter about notifications."""
    return email.write(
        "notifications",
        user.email,
        user.locale,
        unsubscribe=email.external_url("main.stop_letters", token=letters.token(user)),
        name=user.name,
        notices=found,
        most=MOST_TOLD,
        links={notice.id: _place_of(notice, user) for notice in found},
        link=email.external_url("main.notifications"),
        settings=email.external_url("main.settings_notifications"),
    )


def _place_of(notice: Notification, user: User) -> str:
    """Returns the address of what a notification is about."""
    if notice.post_id:
        return email.external_url("main.post", id=notice.post_id)
    if notice.kind == "message":
        return email.external_url("main.talk", username=notice.people[0].username)
    if notice.people_count > 1:
        return email.external_url("main.followers", username=user.username)
    return email.external_url("main.profile", username=notice.people[0].username)


def _turn_of(user_id: int) -> str:
    return f"letter about notifications to {user_id}"


def _tell_of_export(letter: str, task_id: int, state: str) -> None:
    """Writes to an export's owner if it has ended so, and the address is known to be theirs."""
    with reading():
        ended = db.session.get(Task, task_id)
        if ended is None or ended.state != state or not ended.user.is_confirmed:
            return
        user = ended.user
        with i18n.spoken_to(user.locale, user.timezone):
            until = i18n.full_date(ended.expires_at) if ended.expires_at else ""
        found: dict[str, Any] = {
            "letter": letter,
            "to": user.email,
            "locale": user.locale,
            "name": user.name,
            "link": email.external_url("main.settings_exports"),
            "until": until,
            "error": ended.error,
        }
    email.send(**found)


def _code_letter(letter: str, user: User, address: str, purpose: str) -> dict[str, Any]:
    """Returns the letter for an address: with a code, unless a member has proved that it is theirs."""
    owner = users.owner_of(address)
    if owner is not None and owner.id != user.id:
        codes.keep_nothing(user, purpose, address)
        link = email.external_url("auth.forgot")
        return {
            "letter": "address_known",
            "to": owner.email,
            "locale": owner.locale,
            "name": owner.name,
            "link": link,
        }
    code = codes.make(user, purpose, address)
    # Nobody has proved that the address is theirs, so the letter holds no word of the member's, nor their name.
    return {"letter": letter, "to": address, "locale": user.locale, "code": code}
