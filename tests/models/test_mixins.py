"""The outbox for search: what changed stands there once, with its latest revision."""

import sqlalchemy as sa

from app.extensions import db
from app.models import OutboxRow, Post, User
from app.transaction import transaction
from tests.cast import Cast


def noted(cast: Cast) -> list[tuple[str, int, int]]:
    """Returns the outbox."""
    with cast.app.app_context():
        rows = db.session.scalars(sa.select(OutboxRow).order_by(OutboxRow.index_name, OutboxRow.row_id))
        return [(row.index_name, row.row_id, row.revision) for row in rows]


def test_bulk_changes_are_noted_when_they_say_so(cast: Cast) -> None:
    bada = cast.member("바다")
    first, second = cast.post(bada), cast.post(bada)
    with cast.app.app_context(), transaction():
        db.session.execute(sa.delete(OutboxRow))
        db.session.execute(sa.update(Post).values(body="한꺼번에"))
        Post.reindex(Post.id == second)
    assert noted(cast) == [("post", second, 2)]
    with cast.app.app_context(), transaction():
        Post.reindex()
    assert noted(cast) == [("post", first, 2), ("post", second, 3)]
    with cast.app.app_context(), transaction():
        db.session.execute(sa.delete(OutboxRow))
        Post.note()
        Post.note()
    assert noted(cast) == [("post", first, 2), ("post", second, 3)]


def test_row_that_is_removed_is_noted_too(cast: Cast) -> None:
    cast.member("바다")
    with cast.app.app_context(), transaction():
        user = db.session.scalars(sa.select(User)).one()
        id = user.id
        user.about_me = "바뀐 소개"
        db.session.flush()
        user.location = "찾지 않는 칸"
        db.session.flush()
        assert user.revision == 2
        db.session.delete(user)
    assert noted(cast) == [("user", id, 3)]


def test_tag_is_noted_when_it_is_new_and_not_when_it_is_used_again(cast: Cast) -> None:
    bada = cast.member("바다")
    cast.post(bada, "#처음")
    with cast.app.app_context(), transaction():
        db.session.execute(sa.delete(OutboxRow))
    cast.post(bada, "#처음 다시")
    assert [index for index, _, _ in noted(cast)] == ["post"]
