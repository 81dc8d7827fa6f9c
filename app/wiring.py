"""What follows from what: every event beside the tasks it starts."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from flask import Flask

from app import events, logs
from app.events import Call, Event
from app.extensions import queue
from app.models.columns import now
from app.services import errands
from app.tasks import cleanup, exports, live, mail, search, translations, users
from app.tasks import errands as errand_tasks

Task = Callable[..., Any]


@dataclass(frozen=True)
class Owed:
    """A task that is written down with its event, and done until it would come too late."""

    task: Task
    within: timedelta


@dataclass(frozen=True)
class Once:
    """A task that does all there is to do, so that one call, without the event's ids, waits for all.

    Attributes:
        task: gives its turn back when it begins (``queue.give_back``).
        keep: seconds after which another call is left, should the first have been lost.
    """

    task: Task
    keep: int


@dataclass(frozen=True)
class Gathered:
    """A task for many events at once: the id of each is added to a set, and the schedule starts the task."""

    task: Task


A_FEW_HOURS = timedelta(hours=3)
"""Who asked for a code or a link has not given up yet; how long it is good counts from the letter."""
A_DAY = timedelta(days=1)
AN_HOUR = 3600  # Seconds.

REACTIONS: dict[type[Event], list[Task | Owed | Once | Gathered]] = {
    events.UserSignedUp: [Owed(mail.confirm_email, A_DAY)],
    events.ConfirmationRequested: [Owed(mail.confirm_email, A_FEW_HOURS)],
    events.EmailChangeRequested: [Owed(mail.change_email, A_FEW_HOURS)],
    events.EmailChanged: [Owed(mail.email_changed, A_DAY)],
    events.PasswordForgotten: [Owed(mail.reset_password, A_FEW_HOURS)],
    events.PasswordChanged: [Owed(mail.password_changed, A_DAY)],
    events.UserSeen: [Gathered(users.note_seen)],
    events.TokenUsed: [Gathered(users.note_tokens)],
    events.UserSuspended: [],
    events.UserFollowed: [],
    events.PostPublished: [live.tell_post],
    events.PostEdited: [],
    events.PostDeleted: [live.tell_post],
    events.PostLiked: [],
    events.MemberNotified: [live.tell_notification],
    events.BadgesChanged: [live.tell_badges],
    events.MessageSent: [live.tell_message],
    events.MessagesRead: [live.tell_read],
    events.TaskStarted: [Owed(exports.begin, A_DAY)],
    events.TaskEnded: [
        live.tell_task,
        Owed(mail.export_ready, A_DAY),
        Owed(mail.export_failed, A_DAY),
        Once(cleanup.clear_exports, 60),
    ],
    events.TranslationAsked: [translations.translate],
    events.SearchOutdated: [Once(search.drain, 10)],
}


def react(happened: Event) -> list[Call]:
    """Returns the calls that an event asks for; called just before the commit, so that an errand joins it."""
    arguments = asdict(happened)
    return [_call(reaction, arguments) for reaction in REACTIONS[type(happened)]]


def _call(reaction: Task | Owed | Once | Gathered, arguments: dict[str, Any]) -> Call:
    if isinstance(reaction, Once):
        return Call(reaction.task, {}, reaction.keep)
    if isinstance(reaction, Gathered):
        return Call(reaction.task, arguments, gathers=True)
    if not isinstance(reaction, Owed):
        return Call(reaction, arguments)
    task = f"{reaction.task.__module__}.{reaction.task.__name__}"
    return Call(errand_tasks.run, {"errand_id": errands.owe(task, arguments, now() + reaction.within)})


def mail_error(subject: str, where: str) -> None:
    """Has an uncaught error mailed to the administrators, the same one at most once an hour.

    Args:
        subject: which error it is, by class, code and place.
        where: what leads to it in the log; what it says stays there.
    """
    queue.enqueue_once(f"error {subject}", AN_HOUR, mail.report_error, subject=subject, where=where)


def init_app(app: Flask) -> None:
    """Makes the table known to the events, and has uncaught errors mailed where somebody wants to know."""
    app.extensions["reactions"] = react
    if app.config["ADMINS"]:
        app.logger.addHandler(logs.ErrorMailer(mail_error))
