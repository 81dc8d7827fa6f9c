"""What members are told of others and of their work: facts, stored with what caused them, for whom it concerns."""

from app.services.notifications.choices import no_more_letters
from app.services.notifications.letters import mark_mailed, mark_unmailed, take, to_mail, unmailed
from app.services.notifications.marking import read, read_about, read_all, tidy
from app.services.notifications.telling import (
    forget_post,
    tell_of_follow,
    tell_of_like,
    tell_of_mentions,
    tell_of_message,
    tell_of_reply,
    tell_of_task,
    untell_of_follow,
    untell_of_like,
    untell_of_mentions,
)

__all__ = [
    "forget_post",
    "mark_mailed",
    "mark_unmailed",
    "no_more_letters",
    "read",
    "read_about",
    "read_all",
    "take",
    "tell_of_follow",
    "tell_of_like",
    "tell_of_mentions",
    "tell_of_message",
    "tell_of_reply",
    "tell_of_task",
    "tidy",
    "to_mail",
    "unmailed",
    "untell_of_follow",
    "untell_of_like",
    "untell_of_mentions",
]
