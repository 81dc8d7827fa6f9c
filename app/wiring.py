"""What follows from what: every event beside the tasks it starts."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from flask import Flask

from app import events
from app.events import Call, Event
from app.models.columns import now
from app.services import errands
from app.tasks import errands as errand_tasks
from app.tasks import mail, users

Task = Callable[..., Any]


@dataclass(frozen=True)
class Owed:
    """A task that is written down with its event, and done until it would come too late."""

    task: Task
    within: timedelta


A_CODES_LIFE = timedelta(minutes=10)
A_DAY = timedelta(days=1)

REACTIONS: dict[type[Event], list[Task | Owed]] = {
    events.UserSignedUp: [Owed(mail.confirm_email, A_DAY)],
    events.ConfirmationRequested: [Owed(mail.confirm_email, A_CODES_LIFE)],
    events.EmailChangeRequested: [Owed(mail.change_email, A_CODES_LIFE)],
    events.EmailChanged: [Owed(mail.email_changed, A_DAY)],
    events.PasswordForgotten: [Owed(mail.reset_password, A_CODES_LIFE)],
    events.PasswordChanged: [Owed(mail.password_changed, A_DAY)],
    events.UserSeen: [users.note_seen],
    events.UserSuspended: [],
    events.UserFollowed: [],
    events.PostPublished: [],
    events.PostEdited: [],
    events.PostDeleted: [],
    events.PostLiked: [],
}


def react(happened: Event) -> list[Call]:
    """Returns the calls that an event asks for; called just before the commit, so that an errand joins it."""
    arguments = asdict(happened)
    return [_call(reaction, arguments) for reaction in REACTIONS[type(happened)]]


def _call(reaction: Task | Owed, arguments: dict[str, Any]) -> Call:
    if not isinstance(reaction, Owed):
        return Call(reaction, arguments)
    task = f"{reaction.task.__module__}.{reaction.task.__name__}"
    return Call(errand_tasks.run, {"errand_id": errands.owe(task, arguments, now() + reaction.within)})


def init_app(app: Flask) -> None:
    """Makes the table known to the events."""
    app.extensions["reactions"] = react
