"""Made-up posts hang together, however many there are and however little of them is remembered."""

from collections import Counter
from itertools import islice
from random import Random

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import Flask

from app.extensions import db
from app.models import Post
from app.services import counters, generation
from app.services.generation import draws, plan, timeline


def test_replies_stand_after_what_they_answer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (plan, timeline):
        monkeypatch.setattr(module, "MEMORY", 30)
    monkeypatch.setattr(timeline, "AT_ONCE", 20)
    with app.app_context():
        made = list(generation.generate(generation.Order(10, 400, 3, 1, "")))
        assert made == [10, 30] + 20 * [20]
        parent = so.aliased(Post)
        pairs = db.session.execute(sa.select(Post, parent).join(parent, Post.parent_id == parent.id)).all()
        assert len(pairs) > 40
        for reply, answered in pairs:
            assert answered.id < reply.id <= answered.id + 50 and answered.created_at < reply.created_at
        db.session.rollback()
        assert list(counters.recount()) == []


def test_planned_replies_are_counted_before_anything_is_written() -> None:
    posts = list(plan.plan(Random(1), 500, [7] * 500))
    answers = Counter(post.parent for post in posts if post.parent >= 0)
    assert [post.replies for post in posts] == [answers[post.number] for post in posts]
    assert max(answers.values()) > 3


@pytest.mark.parametrize("count", [0, 1, 20, 26, 99, 100, 200])
def test_several_draws_are_all_different(count: int) -> None:
    drawn = draws.Skewed(Random(1), 100, 1).several(count)
    assert len(drawn) == len(set(drawn)) == min(count, 100)
    assert set(drawn) <= set(range(100))


def test_the_popular_are_drawn_more_often_than_the_others() -> None:
    skewed = draws.Skewed(Random(1), 100, 1, mixed=False)
    drawn = Counter(islice(skewed, 10_000))
    assert drawn[0] > 5 * drawn[20] > 0
    first = Counter(place for _ in range(200) for place in skewed.several(50))
    assert first[0] > first[99]
