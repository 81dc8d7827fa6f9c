"""Telling open pages what has changed; what comes too late or is lost, they ask for by themselves."""

from app import policy
from app.extensions import db, live
from app.models import Message, Post, Task
from app.queue import task
from app.services import rooms
from app.transaction import reading


@task(queue="urgent", retries=())
def tell_notification(user_id: int, notification_id: int) -> None:
    """Tells a member's pages that there is a notification."""
    live.tell(rooms.member(user_id), "notification", id=notification_id)


@task(queue="urgent", retries=())
def tell_badges(user_id: int) -> None:
    """Tells a member's pages that something was read, perhaps in another one of them."""
    live.tell(rooms.member(user_id), "badges")


@task(queue="urgent", retries=())
def tell_message(message_id: int) -> None:
    """Tells the pages of both people that there is a message."""
    with reading():
        message = db.session.get(Message, message_id)
        if message is None:
            return
        people = (message.conversation.first_id, message.conversation.second_id)
        talk, sender = message.conversation_id, message.sender_id
    for user_id in people:
        live.tell(rooms.member(user_id), "message", id=message_id, conversation=talk, sender=sender)


@task(queue="urgent", retries=())
def tell_read(sender_id: int, conversation_id: int) -> None:
    """Tells the pages of who wrote messages that they were read."""
    live.tell(rooms.member(sender_id), "read", conversation=conversation_id)


@task(queue="urgent", retries=())
def tell_task(task_id: int) -> None:
    """Tells the pages of a task's owner that it has ended."""
    with reading():
        changed = db.session.get(Task, task_id)
        owner = changed.user_id if changed else None
    if owner is not None:
        live.tell(rooms.member(owner), "task", id=task_id)


@task(queue="urgent", retries=())
def tell_post(post_id: int) -> None:
    """Tells the timelines that would show a new post, or have announced one that was deleted since.

    An open page chose its rooms when it was loaded, and everybody's posts have one room. So the members whose
    timelines leave the author out are read here, as blocks and mutes are at this moment.
    """
    with reading():
        post = db.session.get(Post, post_id)
        author = post.author if post and not post.is_reply else None
        if author is None or author.is_suspended:
            return
        author_id = author.id
        left_out = [rooms.member(id) for id in db.session.scalars(policy.without_posts_of(author_id))]
    for room in (rooms.posts_of(author_id), rooms.EVERYBODYS_POSTS):
        live.tell(room, "post", without=left_out, id=post_id)
