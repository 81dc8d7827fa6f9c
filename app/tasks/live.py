"""Telling open pages what has changed; what comes too late or is lost, they ask for by themselves."""

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
        ids = {"id": message.id, "conversation": message.conversation_id, "sender": message.sender_id}
    for user_id in people:
        live.tell(rooms.member(user_id), "message", **ids)


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
    """Tells the timelines that would show a new post, or have announced one that was deleted since."""
    with reading():
        post = db.session.get(Post, post_id)
        author = post.author_id if post and not post.is_reply else None
    if author is not None:
        live.tell(rooms.posts_of(author), "post", id=post_id)
        live.tell(rooms.EVERYBODYS_POSTS, "post", id=post_id)
