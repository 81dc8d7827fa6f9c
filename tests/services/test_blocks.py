"""Blocks and mutes through the services: who is apart, what a search counts, and what the rows refuse."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_login import current_user

from app.exceptions import Forbidden
from app.extensions import db, live
from app.models import Block, Follow, Message, Mute, Notification, User
from app.models.columns import now
from app.models.keyset import FIRST, Wanted
from app.services import blocks, follows, mutes, notifications, posts, rooms, users
from app.services import search as searching
from app.services.notifications import listing
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.main.test_timelines import Statements
from tests.services.conftest import STRANGER, site, work


def member(name: str) -> User:
    """Returns a member as they are to themselves."""
    found = users.by_name_or_address(name)
    assert found
    return found


def test_each_is_done_once_and_not_to_oneself(app: Flask, cast: Cast) -> None:
    cast.member("바다"), cast.member("하늘")
    with app.app_context(), transaction():
        bada, haneul = member("바다"), member("하늘")
        for _ in range(2):
            blocks.block(bada, haneul)
            mutes.mute(bada, haneul)
        assert len(db.session.scalars(sa.select(Block)).all()) == 1
        assert len(db.session.scalars(sa.select(Mute)).all()) == 1
        for deed in (blocks.block, mutes.mute):
            with pytest.raises(Forbidden):
                deed(bada, bada)
        blocks.unblock(haneul, bada)
        assert blocks.listed(bada, FIRST).items == [haneul], "Nobody takes back what another has done."
        for _ in range(2):
            blocks.unblock(bada, haneul)
            mutes.unmute(bada, haneul)
        assert (
            not db.session.scalars(sa.select(Block)).all() and not db.session.scalars(sa.select(Mute)).all()
        )


def test_follow_that_was_overtaken_by_a_block_is_refused(app: Flask, cast: Cast) -> None:
    cast.member("바다"), cast.member("하늘")
    with app.app_context():
        before = users.find("바다", member("하늘"))
        db.session.expunge(before)  # What another request has read does not change with the row.
        with transaction():
            blocks.block(member("바다"), member("하늘"))
        assert not before.is_apart
        with pytest.raises(Forbidden), transaction():
            follows.follow(member("하늘"), before)
        assert not db.session.scalars(sa.select(Follow)).all()
        assert member("바다").follower_count == member("하늘").following_count == 0


@pytest.mark.parametrize("direction", ["바다 하늘", "하늘 바다"])
def test_search_counts_and_pages_without_the_blocked(app: Flask, cast: Cast, direction: str) -> None:
    bada, haneul, namu = cast.member("바다"), cast.member("하늘"), cast.member("나무")
    expected = set()
    for number in range(36):
        cast.post(haneul, f"겨울 산책 {number}")
        if number % 3 == 0:
            expected.add(cast.post(namu, f"겨울 산책길 {number}"))
    work(app)
    blocker, blocked = direction.split()
    {"바다": bada, "하늘": haneul}[blocker].post(f"/@{blocked}/block")
    met: list[int] = []
    with site(app, bada):
        cursor: str | None = None
        while cursor or not met:
            found = searching.posts("겨울 산책", current_user, Wanted(cursor, per_page=5, with_total=True))
            assert found.page.total == len(expected)
            met += [post.id for post in found.page]
            cursor = found.page.next
    assert len(met) == len(set(met)) and set(met) == expected


def test_search_leaves_the_blocked_out_while_the_engine_rests(
    app: Flask, cast: Cast, engine_with: Callable[..., None]
) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    cast.post(haneul, "겨울 산책")
    engine_with(ELASTICSEARCH_URL="http://127.0.0.1:9")
    with site(app, bada):
        assert len(searching.posts("겨울", current_user, FIRST).page) == 1
        assert len(searching.people("하늘", current_user, FIRST).page) == 1
    haneul.post("/@바다/block")
    with site(app, bada):
        resting = searching.posts("겨울", current_user, FIRST)
        assert resting.is_resting and not resting.page.items
        assert not searching.people("하늘", current_user, FIRST).page.items


@pytest.mark.parametrize("page", ["/", "/explore", "/@하늘", "/posts/{id}", "/tags/나열", "/@구름"])
def test_blocks_and_mutes_cost_a_page_no_statement_more(cast: Cast, page: str) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(haneul, "여는 글 #나열 @바다")
    cast.post(bada, "답글 @하늘", parent=id)
    cast.member("구름")

    def cost() -> int:
        with Statements() as statements:
            assert bada.get(page.format(id=id)).status_code == 200
        return len(statements.seen)

    before = cost()
    for name in ("구름", "안개", "바람"):
        if name != "구름":
            cast.member(name)
        bada.post(f"/@{name}/block")
        bada.post(f"/@{name}/mute")
    bada.get("/")
    assert cost() <= before <= 6


def test_stranger_is_asked_nothing_of_blocks_and_mutes(app: Flask, cast: Cast) -> None:
    cast.post(cast.member("하늘"), "글 #나열")
    with app.app_context():
        for query in (posts.shown_to(STRANGER), posts.told_to(STRANGER), users.listed_to(STRANGER)):
            sql = str(query)
            assert "block" not in sql and "mute" not in sql


SILENCES = pytest.mark.parametrize("silence", ["바다 block 하늘", "하늘 block 바다", "바다 mute 하늘"])
"""Who does what to whom; after each of them 바다 is told nothing of 하늘."""


def do(people: dict[str, Visitor], silence: str, undo: bool = False) -> None:
    """Blocks or mutes, or takes it back."""
    who, deed, whom = silence.split()
    assert people[who].post(f"/@{whom}/{'un' if undo else ''}{deed}").status_code == 303


def act(cast: Cast, people: dict[str, Visitor], post: int) -> None:
    """Lets 하늘 do everything of which 바다 would be told, as far as it is let through."""
    haneul = people["하늘"]
    haneul.post(f"/posts/{post}/like")
    haneul.post(f"/posts/{post}/replies", body="하늘의 답글")
    haneul.post("/@바다/follow")
    haneul.post("/messages/바다", body="하늘의 쪽지")
    cast.post(haneul, "하늘이 부른 @바다")
    haneul.post(f"/posts/{cast.post(haneul, '하늘의 글')}/edit", body="하늘이 고쳐 부른 @바다")


def told(app: Flask, reader: Visitor) -> tuple[int, int, int]:
    """Returns how much somebody is told: on the page, by the number beside the bell, and by a letter."""
    with site(app, reader):
        everything = listing.listed(current_user, listing.Which(), FIRST)
        numbers = current_user.unread_notifications
        letter = notifications.unmailed(current_user)
    return len(everything), numbers, len(letter)


def grow_old(app: Flask) -> None:
    """Lets what was told have come so long ago that a letter would tell of it, to somebody who was never here."""
    with app.app_context(), transaction():
        earlier = now() - timedelta(minutes=20)
        db.session.execute(sa.update(Notification).values(updated_at=earlier))
        db.session.execute(sa.update(User).values(last_seen_at=None))


@pytest.fixture
def people(cast: Cast) -> dict[str, Visitor]:
    """바다, who may be told something, and 하늘, who does something."""
    return {name: cast.member(name) for name in ("바다", "하늘")}


@SILENCES
def test_no_notification_gets_through(
    app: Flask, cast: Cast, people: dict[str, Visitor], silence: str
) -> None:
    post = cast.post(people["바다"], "바다의 글")
    people["바다"].letters()
    live.told.clear()
    do(people, silence)
    act(cast, people, post)
    with app.app_context():
        assert not db.session.scalars(sa.select(Notification)).all(), (
            "Nothing is stored, so nothing can leak."
        )
    people["바다"].letters()
    assert not [news for news in live.told if news.kind == "notification"]
    do(people, silence, undo=True)
    grow_old(app)
    assert told(app, people["바다"]) == (0, 0, 0), "What was not told is not told later."


@SILENCES
def test_what_was_told_before_is_out_of_sight_until_it_is_taken_back(
    app: Flask, cast: Cast, people: dict[str, Visitor], silence: str
) -> None:
    people["바다"].wants_letters()
    act(cast, people, cast.post(people["바다"], "바다의 글"))
    grow_old(app)
    everything = told(app, people["바다"])
    assert everything[0] == 6 and everything[1] == 5 and everything[2] >= 3
    live.told.clear()
    do(people, silence)
    people["바다"].letters()
    assert told(app, people["바다"]) == (0, 0, 0)
    with app.app_context():
        assert member("바다").id not in notifications.to_mail()
    room = [news.room for news in live.told if news.kind == "badges"]
    assert rooms.member(id_of(app, "바다")) in room, "An open page asks for the number anew."
    do(people, silence, undo=True)
    lost = 0 if "mute" in silence else 1  # The follow has ended, and with it what was told of it.
    assert told(app, people["바다"])[:2] == (everything[0] - lost, everything[1] - lost)


def id_of(app: Flask, name: str) -> int:
    """Returns a member's id."""
    with app.app_context():
        return member(name).id


def test_others_who_did_the_same_are_still_told_of(
    app: Flask, cast: Cast, people: dict[str, Visitor]
) -> None:
    post = cast.post(people["바다"], "바다의 글")
    for fan in (cast.member("나무"), people["하늘"]):
        fan.post(f"/posts/{post}/like")

    def likers() -> tuple[list[str], int]:
        with site(app, people["바다"]):
            (only,) = listing.listed(current_user, listing.Which(), FIRST)
            return [person.username for person in only.people], only.people_count

    assert likers() == (["하늘", "나무"], 2)
    people["바다"].post("/@하늘/mute")
    assert likers() == (["나무"], 1)


@pytest.mark.parametrize("direction", ["바다 block 하늘", "하늘 block 바다"])
def test_no_message_gets_through_a_block(app: Flask, people: dict[str, Visitor], direction: str) -> None:
    haneul, bada = people["하늘"], people["바다"]
    assert haneul.post("/messages/바다", body="먼저 쓴 쪽지").status_code == 303
    do(people, direction)
    assert haneul.post("/messages/바다", body="막힌 쪽지").status_code == 403
    assert bada.post("/messages/하늘", body="막힌 쪽지").status_code == 403
    with app.app_context():
        assert [message.body for message in db.session.scalars(sa.select(Message))] == ["먼저 쓴 쪽지"]
    assert "먼저 쓴 쪽지" in bada.read("/messages/하늘"), "What was written before stays theirs to read."
    assert "/messages/" not in bada.get("/@하늘").text.partition("profile-top")[2].partition("</h1>")[0]
    do(people, direction, undo=True)
    assert haneul.post("/messages/바다", body="다시 쓴 쪽지").status_code == 303


def test_message_of_the_muted_comes_without_a_notification(app: Flask, people: dict[str, Visitor]) -> None:
    people["바다"].post("/@하늘/mute")
    assert people["하늘"].post("/messages/바다", body="조용한 쪽지").status_code == 303
    assert told(app, people["바다"]) == (0, 0, 0)
    assert "조용한 쪽지" in people["바다"].read("/messages/하늘")
