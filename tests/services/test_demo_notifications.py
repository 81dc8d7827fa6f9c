"""The demo's people are told of what they did: most of it was read, and the latest was not."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask_login import AnonymousUserMixin

from app.extensions import db
from app.models import Like, Notification, NotificationActor, Post
from app.models.columns import now
from app.models.keyset import FIRST
from app.services import demo, notifications, users
from app.services.notifications import badges, listing
from app.transaction import transaction


def test_demo_is_told_of_all_that_was_done_and_has_read_most_of_it(app: Flask) -> None:
    with app.app_context():
        assert demo.furnish("")
        seoha = users.by_name_or_address("seoha")
        assert seoha
        told = db.session.scalars(sa.select(Notification).where(Notification.user_id == seoha.id)).all()
        assert 2 < badges.count(seoha) < len(told) / 5
        assert {notice.kind for notice in told} == {"like", "follow", "reply", "mention"}
        page = listing.listed(seoha, listing.Which(), FIRST)
        assert all(notice.people_count == notice.actor_count for notice in page)
        liked = sa.select(sa.func.count()).select_from(Like).join(Post, Post.id == Like.post_id)
        since = now() - timedelta(weeks=6)
        liked = liked.where(Like.user_id != Post.author_id, Like.created_at > since)
        likes = sa.select(sa.func.count()).select_from(NotificationActor).join(Notification)
        assert db.session.scalar(likes.where(Notification.kind == "like")) == db.session.scalar(liked)
        own = sa.select(NotificationActor).join(Notification)
        assert not db.session.scalars(own.where(Notification.user_id == NotificationActor.actor_id)).all()


def test_what_the_demo_left_unread_is_joined_and_nobody_is_mailed(app: Flask) -> None:
    with app.app_context():
        demo.furnish("")
        unread = db.session.scalars(
            sa.select(Notification).where(Notification.read_at.is_(None), Notification.kind == "like")
        ).first()
        assert unread and unread.post
        before, post = unread.actor_count, unread.post
        with transaction():
            known = sa.select(NotificationActor.actor_id).where(
                NotificationActor.notification_id == unread.id
            )
            taken = {*db.session.scalars(known), post.author_id}
            fan = next(
                person for person in users.listed(AnonymousUserMixin(), FIRST) if person.id not in taken
            )
            notifications.tell_of_like(post, fan)
        db.session.refresh(unread)
        assert unread.actor_count == before + 1
        db.session.execute(sa.update(Notification).values(updated_at=now() - timedelta(hours=1)))
        assert notifications.to_mail() == []
