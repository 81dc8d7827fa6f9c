"""Telling members what others did: who hears of it, how it joins, and how it is taken back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from app.events import BadgesChanged, Event, MemberNotified
from app.extensions import db, live, queue
from app.models import Block, Mute, Notification, NotificationActor, Post, Task, User
from app.models.columns import now
from app.models.keyset import FIRST
from app.services import accounts, follows, likes, messages, notifications, posts, sessions, users
from app.services.notifications import badges, choices, listing
from app.services.notifications.choices import Choice
from app.services.notifications.listing import Which
from app.transaction import transaction
from tests.cast import Cast, Visitor


def member(visitor: Visitor) -> User:
    """Returns the row of somebody."""
    found = users.by_name_or_address(visitor.username)
    assert found
    return found


@contextmanager
def site(cast: Cast) -> Iterator[None]:
    """One transaction on the site."""
    with cast.app.app_context(), transaction():
        yield


def told(cast: Cast, reader: Visitor, **which: object) -> list[tuple[str, list[str], int, bool]]:
    """Returns what somebody is told: the kind, who did it, how many they are, and whether it is new."""
    with site(cast):
        page = listing.listed(member(reader), Which(**which), FIRST)  # type: ignore[arg-type]
        return [
            (found.kind, [person.username for person in found.people], found.people_count, found.is_unread)
            for found in page
        ]


def badge(cast: Cast, reader: Visitor) -> int:
    """Returns the number beside somebody's bell, as every page has it."""
    cookie = reader.client.get_cookie(cast.app.config["SIGN_IN_COOKIE_NAME"])
    with site(cast):
        found = sessions.find(cookie.value) if cookie else None
        assert found and found.user.unread_notifications == badges.count(found.user)
        return found.user.unread_notifications or 0


def read_all(cast: Cast, reader: Visitor) -> None:
    """Marks all as read."""
    with site(cast):
        notifications.read_all(member(reader), now(), choices.KINDS)


def rows(cast: Cast) -> int:
    """Returns how many notifications are stored."""
    with site(cast):
        return db.session.scalar(sa.select(sa.func.count()).select_from(Notification)) or 0


def choose(cast: Cast, reader: Visitor, kind: str, on_site: bool, by_mail: bool) -> None:
    """Sets how somebody is told of a kind."""
    with site(cast):
        choices.choose(member(reader), {kind: Choice(on_site, by_mail)})


@pytest.fixture
def people(cast: Cast) -> tuple[Visitor, Visitor, Visitor]:
    """Three people."""
    return cast.member("바다"), cast.member("하늘"), cast.member("나무")


People = tuple[Visitor, Visitor, Visitor]


def test_each_deed_is_told_to_whom_it_concerns(cast: Cast, people: People) -> None:
    bada, haneul, namu = people
    post = cast.post(bada, "첫 글")
    haneul.post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    reply = cast.post(haneul, "답글 @나무", parent=post)
    assert told(cast, bada) == [
        ("reply", ["하늘"], 1, True),
        ("follow", ["하늘"], 1, True),
        ("like", ["하늘"], 1, True),
    ]
    assert told(cast, namu) == [("mention", ["하늘"], 1, True)]
    assert told(cast, haneul) == []
    with site(cast):
        (mention,) = db.session.scalars(sa.select(Notification).where(Notification.kind == "mention"))
        assert mention.post_id == reply
    assert badge(cast, bada) == 3 and badge(cast, namu) == 1 and badge(cast, haneul) == 0


def test_many_who_do_the_same_are_told_as_one_until_it_is_read(cast: Cast, people: People) -> None:
    bada, haneul, namu = people
    post = cast.post(bada, "첫 글")
    other = cast.post(bada, "둘째 글")
    for fan in (haneul, namu):
        fan.post(f"/posts/{post}/like")
        fan.post("/@바다/follow")
    haneul.post(f"/posts/{other}/like")
    assert told(cast, bada) == [
        ("like", ["하늘"], 1, True),
        ("follow", ["나무", "하늘"], 2, True),
        ("like", ["나무", "하늘"], 2, True),
    ]
    read_all(cast, bada)
    assert badge(cast, bada) == 0
    cast.member("별님").post(f"/posts/{post}/like")
    assert told(cast, bada)[0] == ("like", ["별님"], 1, True)
    assert told(cast, bada)[3] == ("like", ["나무", "하늘"], 2, False)


def test_one_that_grows_moves_to_the_front(cast: Cast, people: People) -> None:
    bada, haneul, namu = people
    post = cast.post(bada, "글")
    haneul.post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    namu.post(f"/posts/{post}/like")
    assert [kind for kind, *_ in told(cast, bada)] == ["like", "follow"]


def test_six_faces_are_shown_and_all_are_counted(cast: Cast) -> None:
    bada = cast.member("바다")
    post = cast.post(bada, "글")
    fans = [cast.member(f"무리{number}") for number in range(9)]
    for fan in fans:
        fan.post(f"/posts/{post}/like")
    latest = [fan.username for fan in reversed(fans)]
    assert told(cast, bada) == [("like", latest[:6], 9, True)]


def test_nobody_is_told_of_their_own_deeds(cast: Cast, people: People) -> None:
    bada, *_ = people
    post = cast.post(bada, "글 @바다")
    bada.post(f"/posts/{post}/like")
    cast.post(bada, "답글 @바다", parent=post)
    assert rows(cast) == 0


def test_author_of_what_is_answered_is_told_of_the_reply_alone(cast: Cast, people: People) -> None:
    bada, haneul, _ = people
    post = cast.post(bada, "글")
    reply = cast.post(haneul, "@바다 답글", parent=post)
    assert [kind for kind, *_ in told(cast, bada)] == ["reply"]
    haneul.post(f"/posts/{reply}/edit", body="@바다 고친 답글")
    assert [kind for kind, *_ in told(cast, bada)] == ["reply"]


def test_edit_tells_only_whom_it_newly_calls_and_each_once(cast: Cast, people: People) -> None:
    bada, haneul, namu = people
    post = cast.post(bada, "글 @하늘")
    read_all(cast, haneul)
    bada.post(f"/posts/{post}/edit", body="고친 글 @하늘 @나무")
    assert told(cast, haneul) == [("mention", ["바다"], 1, False)]
    assert told(cast, namu) == [("mention", ["바다"], 1, True)]
    bada.post(f"/posts/{post}/edit", body="고친 글")
    bada.post(f"/posts/{post}/edit", body="고친 글 @하늘")
    assert told(cast, haneul) == [("mention", ["바다"], 1, False)], "To call again and again rings once."


def test_like_and_follow_are_taken_back_with_what_they_told(cast: Cast, people: People) -> None:
    bada, haneul, namu = people
    post = cast.post(bada, "글")
    for fan in (haneul, namu):
        fan.post(f"/posts/{post}/like")
        fan.post("/@바다/follow")
    namu.post(f"/posts/{post}/unlike")
    namu.post("/@바다/unfollow")
    assert told(cast, bada) == [("follow", ["하늘"], 1, True), ("like", ["하늘"], 1, True)]
    with site(cast):
        assert set(db.session.scalars(sa.select(Notification.actor_count))) == {1}
    read_all(cast, bada)
    haneul.post(f"/posts/{post}/unlike")
    haneul.post("/@바다/unfollow")
    haneul.post("/@바다/unfollow")
    assert told(cast, bada) == [] and rows(cast) == 0


def test_liking_on_and_off_tells_once(cast: Cast, people: People) -> None:
    bada, haneul, _ = people
    post = cast.post(bada, "글")
    for _ in range(3):
        haneul.post(f"/posts/{post}/like")
        haneul.post(f"/posts/{post}/unlike")
    haneul.post(f"/posts/{post}/like")
    assert told(cast, bada) == [("like", ["하늘"], 1, True)] and badge(cast, bada) == 1


def test_deleted_post_takes_away_all_that_was_told_of_it(cast: Cast, people: People) -> None:
    bada, haneul, namu = people
    post = cast.post(bada, "글 @나무")
    haneul.post(f"/posts/{post}/like")
    reply = cast.post(haneul, "답글 @나무", parent=post)
    read_all(cast, namu)
    haneul.post(f"/posts/{reply}/delete")
    assert [kind for kind, *_ in told(cast, bada)] == ["like"] and badge(cast, bada) == 1
    bada.post(f"/posts/{post}/delete")
    assert rows(cast) == 0 and badge(cast, bada) == 0
    with site(cast):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(NotificationActor)) == 0


def test_like_that_arrives_after_the_deletion_is_not_told(cast: Cast, people: People) -> None:
    bada, haneul, _ = people
    post = cast.post(bada, "글")
    bada.post(f"/posts/{post}/delete")
    with site(cast):
        likes.like(member(haneul), db.session.get_one(Post, post))
    assert rows(cast) == 0


@pytest.mark.parametrize("bond", ["mutes", "blocks", "is blocked"])
def test_people_who_are_not_heard_tell_nothing_and_are_not_shown(
    cast: Cast, people: People, bond: str
) -> None:
    bada, haneul, namu = people
    post = cast.post(bada, "글")
    for fan in (haneul, namu):
        fan.post(f"/posts/{post}/like")
    cast.post(haneul, "답글", parent=post)
    assert badge(cast, bada) == 2
    with site(cast):
        me, them = member(bada).id, member(haneul).id
        db.session.add(
            {
                "mutes": Mute(muter_id=me, muted_id=them),
                "blocks": Block(blocker_id=me, blocked_id=them),
                "is blocked": Block(blocker_id=them, blocked_id=me),
            }[bond]
        )
    assert told(cast, bada) == [("like", ["나무"], 1, True)], "What was told before is decided anew."
    assert badge(cast, bada) == 1
    before = rows(cast)
    with site(cast):
        notifications.tell_of_follow(member(bada), member(haneul))
        notifications.tell_of_like(db.session.get_one(Post, post), member(haneul))
        notifications.tell_of_mentions(posts.publish(member(haneul), "글"), [member(bada).id])
    assert rows(cast) == before


def test_suspended_people_are_not_shown_and_not_told(cast: Cast, people: People) -> None:
    bada, haneul, namu = people
    post = cast.post(bada, "글")
    for fan in (haneul, namu):
        fan.post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    with site(cast):
        accounts.suspend("하늘")
    assert told(cast, bada) == [("like", ["나무"], 1, True)] and badge(cast, bada) == 1
    before = rows(cast)
    with site(cast):
        follows.follow(member(namu), member(haneul))
    assert rows(cast) == before


@pytest.mark.parametrize("kind", ["like", "follow", "reply", "mention"])
def test_kind_that_is_not_wanted_on_the_site_is_not_told(cast: Cast, people: People, kind: str) -> None:
    bada, haneul, _ = people
    choose(cast, bada, kind, on_site=False, by_mail=True)
    post = cast.post(bada, "글")
    haneul.post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    cast.post(haneul, "답글", parent=post)
    cast.post(haneul, "@바다")
    assert sorted(one for one, *_ in told(cast, bada)) == sorted(
        {"like", "follow", "reply", "mention"} - {kind}
    )


def test_choices_that_are_as_for_everybody_take_no_row(cast: Cast, people: People) -> None:
    bada, *_ = people
    choose(cast, bada, "like", on_site=True, by_mail=True)
    choose(cast, bada, "like", on_site=False, by_mail=False)
    with site(cast):
        assert choices.chosen(member(bada)) == choices.UNASKED | {"like": Choice(False, False)}
        choices.choose(member(bada), choices.UNASKED)
        assert choices.chosen(member(bada)) == choices.UNASKED
        assert not db.session.execute(sa.text("SELECT * FROM notification_setting")).all()


def test_messages_of_a_conversation_join_and_are_read_with_it(cast: Cast, people: People) -> None:
    bada, haneul, _ = people
    for _ in range(3):
        with site(cast):
            conversation = messages.send(member(haneul), member(bada), "안녕").conversation_id
    assert told(cast, bada) == [("message", ["하늘"], 1, True)]
    assert badge(cast, bada) == 0, "Messages have a number of their own."
    with site(cast):
        notifications.read_about(member(bada).id, f"message:{conversation}")
    assert told(cast, bada) == [("message", ["하늘"], 1, False)]


def test_task_that_ended_is_told_although_nobody_did_it(cast: Cast, people: People) -> None:
    bada, *_ = people
    with site(cast):
        task = Task(user_id=member(bada).id, kind="export", state="done")
        db.session.add(task)
        db.session.flush()
        notifications.tell_of_task(task)
    assert told(cast, bada) == [("task", [], 0, True)] and badge(cast, bada) == 1


def test_what_came_since_a_moment_stays_new(cast: Cast, people: People) -> None:
    bada, haneul, namu = people
    post = cast.post(bada, "글")
    haneul.post(f"/posts/{post}/like")
    with site(cast):
        seen = now()
    haneul.post("/@바다/follow")
    with site(cast):
        assert listing.count_since(member(bada), seen, choices.KINDS) == 1
        notifications.read_all(member(bada), seen, choices.KINDS)
    assert [(kind, new) for kind, _, _, new in told(cast, bada)] == [("follow", True), ("like", False)]
    assert [kind for kind, *_ in told(cast, bada, is_new=True)] == ["follow"]
    namu.post(f"/posts/{post}/like")
    with site(cast):
        (id,) = (told.id for told in listing.listed(member(bada), Which(["like"], is_new=True), FIRST))
        notifications.read(member(haneul), id)
    assert badge(cast, bada) == 2, "Nobody reads for another."
    with site(cast):
        notifications.read(member(bada), id)
    assert badge(cast, bada) == 1


def recorded(monkeypatch: pytest.MonkeyPatch, app: Flask) -> list[Event]:
    """Notes what is told after commits."""
    noted: list[Event] = []
    react = app.extensions["reactions"]

    def note(event: Event) -> object:
        noted.append(event)
        return react(event)

    monkeypatch.setitem(app.extensions, "reactions", note)
    return noted


def test_pages_are_told_of_what_is_new_and_of_what_was_read(
    cast: Cast, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    bada, haneul, _ = people
    post = cast.post(bada, "글")
    events = recorded(monkeypatch, cast.app)
    haneul.post(f"/posts/{post}/like")
    with site(cast):
        me = member(bada).id
        id = db.session.scalar(sa.select(Notification.id))
    assert id and MemberNotified(me, id) in events and BadgesChanged(me) not in events
    with site(cast):
        queue.run()
    assert ("notification", {"id": id}) in [(news.kind, news.ids) for news in live.told]
    read_all(cast, bada)
    assert events.count(BadgesChanged(me)) == 1
    read_all(cast, bada)
    assert events.count(BadgesChanged(me)) == 1, "Where nothing was new, nothing is told."
    haneul.post(f"/posts/{post}/unlike")
    assert events.count(BadgesChanged(me)) == 2
