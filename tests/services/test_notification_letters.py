"""Whom a letter tells of what they have not read, and when it is forgotten altogether."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Mute, Notification, User
from app.models.columns import now
from app.services import accounts, notifications, users
from app.services.notifications import choices
from app.tasks import cleanup
from tests.cast import Cast, Visitor
from tests.services.test_notifications import People, choose, member, read_all, rows, site


@pytest.fixture
def people(cast: Cast) -> People:
    """Three people."""
    bada, haneul, namu = (cast.member(name).wants_letters() for name in ("바다", "하늘", "나무"))
    return bada, haneul, namu


def age(cast: Cast, by: timedelta, **values: object) -> None:
    """Lets all notifications have come so long ago."""
    with site(cast):
        long_ago = now() - by
        db.session.execute(sa.update(Notification).values(updated_at=long_ago, **values))
        db.session.execute(sa.update(User).values(last_seen_at=long_ago - timedelta(hours=1)))


def mailed(cast: Cast) -> list[int]:
    """Returns whom a letter tells of something now."""
    with site(cast):
        return notifications.to_mail()


def test_letter_tells_of_what_waited_for_ten_minutes_once_a_day(cast: Cast, people: People) -> None:
    bada, haneul, namu = people
    post = cast.post(bada, "글")
    cast.post(haneul, "답글", parent=post)
    namu.post(f"/posts/{post}/like")
    assert mailed(cast) == []
    age(cast, timedelta(minutes=11))
    with site(cast):
        me = member(bada)
        assert notifications.to_mail() == [me.id]
        (found,) = notifications.unmailed(me)
        assert (found.kind, [person.username for person in found.people]) == ("reply", ["하늘"])
        assert found.post and found.post.body == "답글"
        notifications.mark_mailed(me.id, [found.id])
    assert mailed(cast) == []
    cast.post(namu, "또 답글", parent=post)
    age(cast, timedelta(hours=1))
    assert mailed(cast) == [], "One letter a day."
    with site(cast):
        db.session.execute(
            sa.update(Notification)
            .where(Notification.mailed_at.is_not(None))
            .values(mailed_at=now() - timedelta(days=1, minutes=1))
        )
    with site(cast):
        me = member(bada)
        assert notifications.to_mail() == [me.id]
        assert [found.people[0].username for found in notifications.unmailed(me)] == ["나무"]


def spoil_read(cast: Cast, bada: Visitor) -> None:
    read_all(cast, bada)


def spoil_seen(cast: Cast, bada: Visitor) -> None:
    with site(cast):
        member(bada).last_seen_at = now()


def spoil_old(cast: Cast, bada: Visitor) -> None:
    age(cast, timedelta(days=3, minutes=1))


def spoil_suspended(cast: Cast, bada: Visitor) -> None:
    with site(cast):
        accounts.suspend("바다")


def spoil_unconfirmed(cast: Cast, bada: Visitor) -> None:
    with site(cast):
        member(bada).confirmed_at = None


def spoil_refused(cast: Cast, bada: Visitor) -> None:
    choose(cast, bada, "reply", on_site=True, by_mail=False)


def spoil_muted(cast: Cast, bada: Visitor) -> None:
    with site(cast):
        somebody = users.by_name_or_address("하늘")
        assert somebody
        db.session.add(Mute(muter_id=member(bada).id, muted_id=somebody.id))


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_read,
        spoil_seen,
        spoil_old,
        spoil_suspended,
        spoil_unconfirmed,
        spoil_refused,
        spoil_muted,
    ],
)
def test_no_letter_tells_of_what_was_seen_is_old_or_unwanted(
    cast: Cast, people: People, spoil: Callable[[Cast, Visitor], None]
) -> None:
    bada, haneul, _ = people
    cast.post(haneul, "답글", parent=cast.post(bada, "글"))
    age(cast, timedelta(hours=1))
    assert len(mailed(cast)) == 1
    spoil(cast, bada)
    assert mailed(cast) == []


@pytest.mark.parametrize("kind", choices.MAILED)
def test_letters_are_off_until_they_are_switched_on(cast: Cast, people: People, kind: str) -> None:
    _, haneul, _ = people
    newcomer = cast.member("새싹")
    post = cast.post(newcomer, "글")
    deeds: dict[str, Callable[[], object]] = {
        "reply": lambda: cast.post(haneul, "답글", parent=post),
        "mention": lambda: cast.post(haneul, "@새싹 안녕하세요"),
        "like": lambda: haneul.post(f"/posts/{post}/like"),
        "follow": lambda: haneul.post("/@새싹/follow"),
        "message": lambda: cast.message(haneul, newcomer),
    }
    deeds[kind]()
    age(cast, timedelta(hours=1))
    assert rows(cast) == 1 and mailed(cast) == []
    choose(cast, newcomer, kind, on_site=True, by_mail=True)
    assert len(mailed(cast)) == 1


def test_letter_tells_of_likes_where_that_is_wanted(cast: Cast, people: People) -> None:
    bada, haneul, _ = people
    haneul.post(f"/posts/{cast.post(bada, '글')}/like")
    age(cast, timedelta(hours=1))
    assert mailed(cast) == []
    choose(cast, bada, "like", on_site=True, by_mail=True)
    assert len(mailed(cast)) == 1


def test_old_notifications_are_removed(cast: Cast, people: People) -> None:
    bada, haneul, _ = people
    haneul.post("/@바다/follow")
    age(cast, timedelta(days=179))
    with cast.app.app_context():
        cleanup.tidy()
    assert rows(cast) == 1
    age(cast, timedelta(days=181))
    with cast.app.app_context():
        cleanup.tidy()
    assert rows(cast) == 0
