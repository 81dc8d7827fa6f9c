"""Rows that are written in bulk are like those that the session writes."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import OutboxRow, Post, Tag, User
from app.models.columns import now
from app.services import bulk, demo
from app.transaction import transaction

COLUMNS = ("created_at", "id", "name", "key", "revision")


def test_pieces_hold_everything_in_its_order() -> None:
    assert list(bulk.pieces(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(bulk.pieces([], 3)) == []


def test_bulk_rows_are_read_back_as_they_were(app: Flask) -> None:
    then = datetime(2024, 2, 29, 12, 30, 15, 250_001, tzinfo=UTC)
    body = "tab\there, line\nthere, \\N, \u2603 and \U0001f363"
    with app.app_context():
        with transaction():
            people = demo.move_in("")
            (id,) = bulk.take_ids(Post, 1)
            columns = ("body", "created_at", "id", "author_id", "parent_id", "language")
            bulk.write(Post, columns, [(body, then, id, people["seoha"], None, "en")])
            bulk.write(Post, columns, [])
        post = db.session.get_one(Post, id)
        assert (post.body, post.created_at, post.parent_id, post.language) == (body, then, None, "en")
        assert (post.like_count, post.reply_count, post.revision, post.deleted_at) == (0, 0, 1, None)


def test_taken_ids_are_nobody_elses(app: Flask) -> None:
    with app.app_context(), transaction():
        first = bulk.take_ids(Tag, 3)
        bulk.write(Tag, COLUMNS, [(now(), id, f"tag{id}", f"tag{id}", 1) for id in first])
        db.session.add(Tag(key="own", name="own"))
        db.session.flush()
        own = db.session.scalars(sa.select(Tag.id).where(Tag.key == "own")).one()
        assert sorted({*first, own, *bulk.take_ids(Tag, 2)}) == list(range(first[0], first[0] + 6))


def test_a_row_that_stands_there_already_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(IntegrityError), transaction():
        bulk.write(Tag, COLUMNS, [(now(), id, "same", "same", 1) for id in (1, 2)])


def test_counters_are_added_to_in_one_go(app: Flask) -> None:
    with app.app_context(), transaction():
        people = demo.move_in("")
        bulk.add(User.post_count, {people["seoha"]: 3, people["haru"]: -1, people["narae"]: 0})
        counts = {user.username: user.post_count for user in db.session.scalars(sa.select(User))}
        assert (counts["seoha"], counts["haru"], counts["narae"]) == (3, -1, 0)


def test_a_new_tag_keeps_its_first_spelling(app: Flask) -> None:
    with app.app_context():
        with transaction():
            first = bulk.tag_ids(["Snow", "snow", "rain"])
        with transaction():
            again = bulk.tag_ids(["SNOW", "wind"])
        assert first.keys() == {"snow", "rain"} and again.keys() == {"snow", "wind"}
        assert again["snow"] == first["snow"]
        assert sorted(db.session.scalars(sa.select(Tag.name))) == ["Snow", "rain", "wind"]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxRow)) == 3
