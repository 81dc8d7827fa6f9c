"""Deeds, readings and takings back that come at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import Notification, NotificationActor, Post
from app.models.columns import now
from app.services import follows, likes, notifications, posts
from app.services.notifications import choices
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.services.test_notifications import member, site, told


def at_once(app: Flask, *deeds: Callable[[], object]) -> None:
    """Does several things at the same moment, each in a transaction of its own; none may fail."""
    ready = Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        with app.app_context():
            ready.wait()
            with transaction():
                deed()

    with ThreadPoolExecutor(len(deeds)) as crowd:
        list(crowd.map(do, deeds))


def test_people_who_do_the_same_at_once_are_told_as_one(cast: Cast) -> None:
    bada = cast.member("바다")
    post = cast.post(bada, "글")
    fans = [cast.member(f"무리{number}") for number in range(6)]

    def like(fan: Visitor) -> None:
        likes.like(member(fan), db.session.get_one(Post, post))

    def follow(fan: Visitor) -> None:
        follows.follow(member(fan), member(bada))

    for deed in (like, follow):
        at_once(cast.app, *(partial(deed, fan) for fan in fans))
    assert [(kind, count) for kind, _, count, _ in told(cast, bada)] == [("follow", 6), ("like", 6)]
    with site(cast):
        assert set(db.session.scalars(sa.select(Notification.actor_count))) == {6}


def test_deeds_readings_and_takings_back_at_once_neither_deadlock_nor_miscount(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    fans = [cast.member(f"무리{number}") for number in range(4)]
    own = [cast.post(author, "글") for author in (bada, haneul)]
    doomed = cast.post(bada, "글")

    def call_both(fan: Visitor, turned: bool) -> None:
        posts.publish(member(fan), "@하늘 @바다" if turned else "@바다 @하늘")

    def like(fan: Visitor, post: int) -> None:
        likes.like(member(fan), db.session.get_one(Post, post))

    def read(reader: Visitor) -> None:
        notifications.read_all(member(reader), now(), choices.KINDS)

    def unlike(fan: Visitor, post: int) -> None:
        likes.unlike(member(fan), db.session.get_one(Post, post))

    for turn in range(5):
        at_once(
            cast.app,
            lambda: call_both(fans[0], True),
            lambda: call_both(fans[1], False),
            lambda: like(fans[2], own[0]),
            lambda: like(fans[3], doomed),
            lambda: read(bada),
            lambda: unlike(fans[2], own[0]),
            partial(like, fans[turn % 4], own[1]),
        )
    at_once(
        cast.app,
        lambda: posts.delete(db.session.get_one(Post, doomed), member(bada)),
        lambda: read(bada),
        lambda: unlike(fans[3], doomed),
    )
    with site(cast):
        assert not db.session.scalars(sa.select(Notification.id).where(Notification.post_id == doomed)).all()
        counted = (
            sa.select(sa.func.count())
            .where(NotificationActor.notification_id == Notification.id)
            .scalar_subquery()
        )
        wrong = sa.select(Notification.id).where(Notification.actor_count != counted)
        assert not db.session.scalars(wrong).all()
