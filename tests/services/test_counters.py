"""The kept counters stay right whatever people do, and are mended when something else has broken them."""

import threading
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import Follow, Like, Post, User
from app.services import counters, demo, follows, likes, posts
from app.transaction import transaction


def wrong() -> list[counters.Difference]:
    return [difference for window in counters.windows() for difference in counters.check(window)]


def people() -> list[User]:
    with transaction():
        demo.move_in("")
    return list(db.session.scalars(sa.select(User)))


def do_something(chance: Random, cast: list[User]) -> None:
    """Lets somebody do one thing that a counter counts."""
    person, other = chance.sample(cast, 2)
    alive = list(db.session.scalars(sa.select(Post).where(Post.deleted_at.is_(None)).order_by(Post.id)))
    post = chance.choice(alive) if alive else posts.publish(person, "first")
    deeds = [
        lambda: posts.publish(person, "more"),
        lambda: posts.publish(person, "answer", post),
        lambda: posts.delete(post, post.author),
        lambda: likes.like(person, post),
        lambda: likes.unlike(person, post),
        lambda: follows.follow(person, other),
        lambda: follows.unfollow(person, other),
    ]
    chance.choices(deeds, [3, 4, 2, 5, 1, 4, 1])[0]()


@pytest.mark.parametrize("seed", range(3))
def test_counters_stay_right_whatever_people_do(app: Flask, seed: int) -> None:
    chance = Random(seed)
    with app.app_context():
        cast = people()
        for _ in range(60):
            with transaction():
                do_something(chance, cast)
        assert wrong() == []
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Like))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Follow))


def test_broken_counters_are_found_and_then_mended(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "WINDOW", 7)
    with app.app_context():
        demo.furnish("")
        ids = list(db.session.scalars(sa.select(User.id).order_by(User.id)))
        post_id = db.session.scalar(sa.select(sa.func.min(Post.id)))
        with transaction():
            db.session.execute(
                sa.update(User).where(User.id == ids[0]).values(post_count=User.post_count + 5)
            )
            db.session.execute(
                sa.update(User).where(User.id == ids[-1]).values(follower_count=-1, following_count=0)
            )
            db.session.execute(
                sa.update(Post).where(Post.id == post_id).values(like_count=77, reply_count=78)
            )
        found = wrong()
        assert [(each.table, each.counter, each.id) for each in found] == [
            ("user", "post_count", ids[0]),
            ("user", "follower_count", ids[-1]),
            ("user", "following_count", ids[-1]),
            ("post", "like_count", post_id),
            ("post", "reply_count", post_id),
        ]
        assert found[0].kept == found[0].counted + 5
        assert wrong() == found, "checking changes nothing"
        assert list(counters.recount()) == found
        assert wrong() == []


def test_windows_cover_rows_whose_ids_are_far_apart(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "WINDOW", 2)
    with app.app_context():
        cast = people()
        with transaction():
            for id in (1, 2, 3, 10**12):
                db.session.add(Post(id=id, author_id=cast[0].id, body="far away"))
        found = counters.windows_of(Post, 0)
        assert [(window.first, window.last) for window in found] == [(0, 2), (3, 10**12)]
        assert len(counters.windows()) == 12 + 2


def test_mending_waits_for_somebody_who_is_just_writing(app: Flask) -> None:
    with app.app_context():
        person = people()[0]
        with transaction():
            posts.publish(person, "one")
            db.session.execute(sa.update(User).where(User.id == person.id).values(post_count=9))
        id, writing, go_on = person.id, threading.Event(), threading.Event()
        writer = threading.Thread(target=write_slowly, args=(app, id, writing, go_on))
        db.session.remove()
        writer.start()
        assert writing.wait(5)
        threading.Timer(0.3, go_on.set).start()
        mended = list(counters.recount())
        writer.join()
        # The other one's post was committed while this one waited, so it is counted too.
        assert [(each.kept, each.counted) for each in mended] == [(10, 2)]
        assert wrong() == []


def write_slowly(app: Flask, user_id: int, writing: threading.Event, go_on: threading.Event) -> None:
    with app.app_context(), transaction():
        posts.publish(db.session.get_one(User, user_id), "two")
        writing.set()
        go_on.wait(5)
