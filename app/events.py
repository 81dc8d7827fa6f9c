"""What can happen, and how it is told: once, after the commit that made it true.

A service records an event while it works. The event waits in the session. A rollback forgets it, and a savepoint
that is rolled back forgets what was recorded inside it. Just before the commit the events become calls (an owed one
leaves its row in the same transaction), and when the transaction is over the calls go to the queue.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from app.extensions import db, queue
from app.queue import QueueDown


@dataclass(frozen=True)
class Event:
    """Something that happened: past tense, and nothing but ids and plain values."""


@dataclass(frozen=True)
class UserSignedUp(Event):
    """Somebody made an account whose address is not confirmed yet."""

    user_id: int


@dataclass(frozen=True)
class ConfirmationRequested(Event):
    """An unconfirmed member asked for another code."""

    user_id: int


@dataclass(frozen=True)
class UserSeen(Event):
    """A signed-in member asked for something; told at most once a minute for each browser."""

    session_id: int


@dataclass(frozen=True)
class TokenUsed(Event):
    """A program asked for something in a member's name; told at most once a minute for each token."""

    token_id: int


@dataclass(frozen=True)
class PasswordForgotten(Event):
    """A confirmed member asked for a link that sets a new password."""

    user_id: int


@dataclass(frozen=True)
class PasswordChanged(Event):
    """A member's password is a new one."""

    user_id: int


@dataclass(frozen=True)
class EmailChangeRequested(Event):
    """A member wants to use another address, which has to be confirmed first."""

    user_id: int


@dataclass(frozen=True)
class EmailChanged(Event):
    """A member's address is a new one; the old one is told."""

    user_id: int
    old_email: str


@dataclass(frozen=True)
class UserSuspended(Event):
    """A member was suspended and is seen no more."""

    user_id: int


@dataclass(frozen=True)
class UserFollowed(Event):
    """One member began to follow another."""

    follower_id: int
    followed_id: int


@dataclass(frozen=True)
class PostPublished(Event):
    """A post, or a reply, was written."""

    post_id: int


@dataclass(frozen=True)
class PostEdited(Event):
    """A post's text was changed."""

    post_id: int


@dataclass(frozen=True)
class PostDeleted(Event):
    """A post was taken back by its author."""

    post_id: int


@dataclass(frozen=True)
class PostLiked(Event):
    """A member liked a post."""

    post_id: int
    user_id: int


@dataclass(frozen=True)
class MemberNotified(Event):
    """A member has something new to be told."""

    user_id: int
    notification_id: int


@dataclass(frozen=True)
class BadgesChanged(Event):
    """A member has read what was new, it was taken back, or they hear of others than before."""

    user_id: int


@dataclass(frozen=True)
class MessageSent(Event):
    """Somebody wrote a private message."""

    message_id: int


@dataclass(frozen=True)
class MessagesRead(Event):
    """A member has read what another one wrote to them."""

    sender_id: int
    conversation_id: int


@dataclass(frozen=True)
class TaskStarted(Event):
    """A member asked for work in the background."""

    task_id: int


@dataclass(frozen=True)
class TaskEnded(Event):
    """Work in the background is done, has failed or was cancelled."""

    task_id: int


@dataclass(frozen=True)
class TranslationAsked(Event):
    """Somebody wants to read a post in another language, and no translation of it is there or under way."""

    translation_id: int
    post_id: int


@dataclass(frozen=True)
class SearchOutdated(Event):
    """Rows have changed that the search engine mirrors; which ones stands in the outbox."""


@dataclass(frozen=True)
class Call:
    """A task to start once the transaction is over.

    Attributes:
        task: the function.
        arguments: what it is called with.
        once: where many calls would do the same as one: for how many seconds another need not be left while one
            waits; None for a call that stands for itself.
        gathers: whether only the id, the one argument, is added to the task's set; the schedule starts the task, which
            handles all that were gathered.
    """

    task: Callable[..., object]
    arguments: dict[str, object]
    once: int | None = None
    gathers: bool = False


_PENDING = "pending events"
_CALLS = "calls after the commit"


def record(happened: Event) -> None:
    """Remembers what happened until the commit; recording the same twice in one transaction tells it once."""
    session = db.session()
    where = session.get_nested_transaction() or session.get_transaction() or session.begin()
    session.info.setdefault(_PENDING, {}).setdefault(happened, where)


@event.listens_for(Session, "before_commit")
def _prepare(session: Session) -> None:
    """Turns the events into calls, while rows that belong to them can still join the transaction."""
    if session.in_nested_transaction():
        return
    session.flush()  # What a flush records belongs to this commit too.
    pending = session.info.get(_PENDING)
    if not pending:
        return
    reactions: Callable[[Event], list[Call]] = current_app.extensions["reactions"]
    session.info[_CALLS] = [call for happened in pending for call in reactions(happened)]
    pending.clear()


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    """Forgets what was recorded inside the transaction or savepoint that is undone."""
    pending: dict[Event, SessionTransaction] = session.info.get(_PENDING, {})
    for happened in [happened for happened, where in pending.items() if _within(where, rolled_back)]:
        del pending[happened]
    if rolled_back.parent is None:
        session.info.pop(_CALLS, None)


@event.listens_for(Session, "after_transaction_end")
def _tell(session: Session, ended: SessionTransaction) -> None:
    """Hands the calls to the queue; a store that is away loses only what nobody is owed."""
    if ended.parent is not None:
        return
    for call in session.info.pop(_CALLS, ()):
        try:
            _leave(call)
        except QueueDown as error:
            current_app.logger.warning(
                "No task was started", extra={"task": turn_of(call.task), "reason": str(error)}
            )
        except Exception:
            current_app.logger.exception("No task was started for %s", turn_of(call.task))


def _leave(call: Call) -> None:
    if call.gathers:
        (row_id,) = call.arguments.values()
        queue.gather(turn_of(call.task), {int(str(row_id)): time.time()})
    elif call.once is None:
        queue.enqueue(call.task, **call.arguments)
    else:
        queue.enqueue_once(turn_of(call.task), call.once, call.task, **call.arguments)


def turn_of(task: Callable[..., object]) -> str:
    """Returns the name of the turn that calls of a task share, which the task gives back when it begins."""
    return f"{task.__module__}.{task.__name__}"


def _within(where: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while where is not None:
        if where is outer:
            return True
        where = where.parent
    return outer.parent is None
