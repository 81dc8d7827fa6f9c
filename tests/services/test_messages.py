"""Private conversations: what both people have of them, how far they are read, and who may write to whom."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.exceptions import Conflict, Forbidden, NotFound, TooOften
from app.extensions import db, live, queue
from app.models import Block, Conversation, Follow, Message, Notification, User
from app.models.columns import now
from app.models.keyset import FIRST, Wanted
from app.services import blocks, messages
from app.services.messages.sending import MOST_BEGUN
from tests.cast import Cast
from tests.services.talks import (
    BADA,
    HANEUL,
    Site,
    assert_kept_is_counted,
    delete,
    leave,
    of,
    read,
    say,
    texts,
    unread,
    who,
)


def test_message_stands_in_both_lists_and_waits_for_one(both: Site) -> None:
    with both():
        say(BADA, HANEUL, "먼저 보낸 말")
        say(BADA, HANEUL, "둘째 말")
    with both():
        mine, theirs = of(BADA, HANEUL), of(HANEUL, BADA)
        assert mine and theirs and mine.last and theirs.last
        assert (mine.unread_count, theirs.unread_count) == (0, 2)
        assert mine.last.body == theirs.last.body == "둘째 말" and mine.other.username == HANEUL
        assert [one.other.username for one in messages.conversations(who(HANEUL), FIRST)] == [BADA]
        assert texts(HANEUL, BADA) == ["먼저 보낸 말", "둘째 말"]


def test_message_is_told_to_the_pages_of_both_and_notified_to_one(both: Site) -> None:
    with both():
        id = say(BADA, HANEUL)
    with both():
        queue.run()
        rooms = [news.room for news in live.told if news.kind == "message" and news.ids["id"] == id]
        assert sorted(rooms) == sorted(f"member:{who(name).id}" for name in (BADA, HANEUL))
        notified = db.session.scalars(sa.select(Notification)).all()
        assert [(row.kind, row.user_id) for row in notified] == [("message", who(HANEUL).id)]


def test_sender_is_told_that_a_message_was_read_unless_they_are_apart(both: Site) -> None:
    def told() -> list[str]:
        return [news.room for news in live.told if news.kind == "read"]

    with both():
        first = say(BADA, HANEUL)
    with both():
        read(HANEUL, BADA, first)
    with both():
        read(HANEUL, BADA, first)
    with both():
        queue.run()
        assert told() == [f"member:{who(BADA).id}"], "What was read already is not told again."
        second = say(BADA, HANEUL)
    with both():
        blocks.block(who(HANEUL), who(BADA))
    with both():
        read(HANEUL, BADA, second)
    with both():
        queue.run()
        assert len(told()) == 1


def test_message_with_one_key_is_stored_once(both: Site) -> None:
    with both():
        first = say(BADA, HANEUL, key="k")
        assert say(BADA, HANEUL, key="k") == first
        with pytest.raises(Conflict):
            say(BADA, HANEUL, "또", key="k")
        assert say(HANEUL, BADA, key="k") != first, "A key is its sender's own."
    with both():
        assert unread(HANEUL, BADA) == 1
        assert_kept_is_counted()


def test_clock_that_stands_behind_makes_no_message_older_than_the_one_before(both: Site) -> None:
    with both():
        say(BADA, HANEUL, "앞선 시계")
        ahead = now() + timedelta(hours=1)
        db.session.execute(sa.update(Message).values(created_at=ahead))
        db.session.execute(sa.update(Conversation).values(last_at=ahead))
    with both():
        say(HANEUL, BADA, "늦은 시계")
    with both():
        assert texts(BADA, HANEUL) == ["앞선 시계", "늦은 시계"]
        assert_kept_is_counted()


def test_reading_goes_as_far_as_was_shown_and_no_further(both: Site) -> None:
    with both():
        ids = [say(BADA, HANEUL) for _ in range(3)]
    with both():
        read(HANEUL, BADA, ids[1])
        assert unread(HANEUL, BADA) == 1
        assert [row.read_at for row in db.session.scalars(sa.select(Notification))] == [None]
    with both():
        read(HANEUL, BADA, ids[0])
        assert unread(HANEUL, BADA) == 1, "What was read stays read."
        read(HANEUL, BADA, 2**62)
        assert unread(HANEUL, BADA) == 0
        assert all(row.read_at for row in db.session.scalars(sa.select(Notification)))
    with both():
        say(BADA, HANEUL)
        assert unread(HANEUL, BADA) == 1, "Nobody reads what is not written yet."


def test_sender_sees_how_far_the_other_has_read(both: Site) -> None:
    with both():
        first = say(BADA, HANEUL)
        say(BADA, HANEUL)
        read(HANEUL, BADA, first)
    with both():
        mine = of(BADA, HANEUL)
        assert mine and mine.other_read_id == first
        db.session.add(Block(blocker_id=who(HANEUL).id, blocked_id=who(BADA).id))
    with both():
        mine = of(BADA, HANEUL)
        assert mine and mine.other_read_id == 0


def test_message_deleted_by_one_stays_with_the_other(both: Site) -> None:
    with both():
        kept = say(BADA, HANEUL, "남는 말")
        gone = say(BADA, HANEUL, "지운 말")
        delete(HANEUL, BADA, gone)
    with both():
        assert texts(HANEUL, BADA) == ["남는 말"] and texts(BADA, HANEUL) == ["남는 말", "지운 말"]
        assert unread(HANEUL, BADA) == 1
        assert_kept_is_counted()
        with pytest.raises(NotFound):
            delete(HANEUL, BADA, gone)
        delete(BADA, HANEUL, kept)
    with both():
        assert texts(HANEUL, BADA) == ["남는 말"] and texts(BADA, HANEUL) == ["지운 말"]
        delete(BADA, HANEUL, gone)
    with both():
        assert db.session.get(Message, gone) is None, "What nobody has any more is not kept."
        delete(HANEUL, BADA, kept)
    with both():
        assert say(BADA, HANEUL, "새말") > gone and texts(HANEUL, BADA) == ["새말"], "An id never comes back."


def test_conversation_deleted_by_one_comes_back_with_new_messages_only(both: Site) -> None:
    with both():
        hidden = say(BADA, HANEUL, "혼자 지운 말")
        say(BADA, HANEUL, "옛말")
        delete(HANEUL, BADA, hidden)
        leave(HANEUL, BADA)
    with both():
        assert of(HANEUL, BADA) is None and not messages.conversations(who(HANEUL), FIRST).items
        assert texts(BADA, HANEUL) == ["혼자 지운 말", "옛말"]
        assert all(row.read_at for row in db.session.scalars(sa.select(Notification)))
        say(BADA, HANEUL, "새말")
    with both():
        assert texts(HANEUL, BADA) == ["새말"] and unread(HANEUL, BADA) == 1
        assert_kept_is_counted()
        leave(HANEUL, BADA)
        leave(BADA, HANEUL)
    with both():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 0


def test_message_that_came_after_the_page_outlives_the_conversation(both: Site) -> None:
    with both():
        shown = say(BADA, HANEUL, "보인 말")
        say(BADA, HANEUL, "못 본 말")
        leave(HANEUL, BADA, until=shown)
    with both():
        assert texts(HANEUL, BADA) == ["못 본 말"] and unread(HANEUL, BADA) == 1


@pytest.mark.parametrize(("blocker", "blocked"), [(BADA, HANEUL), (HANEUL, BADA)])
def test_block_ends_writing_both_ways_in_the_same_words(both: Site, blocker: str, blocked: str) -> None:
    with both():
        say(BADA, HANEUL, "막히기 전")
        db.session.add(Block(blocker_id=who(blocker).id, blocked_id=who(blocked).id))
    with both():
        said = set()
        for one, other in ((BADA, HANEUL), (HANEUL, BADA)):
            with pytest.raises(Forbidden) as refused:
                say(one, other)
            said.add(str(refused.value.message))
            assert texts(one, other) == ["막히기 전"]
            read(one, other, 2**60)
        assert len(said) == 1
    with both():
        db.session.execute(sa.update(User).where(User.username == blocked).values(suspended_at=now()))
    with both():
        with pytest.raises(Forbidden) as refused:
            say(blocker, blocked)
        assert str(refused.value.message) in said, "A suspension is not told from a block."
        assert messages.partner(blocked, who(blocker)).username == blocked


def test_who_may_not_write_is_told_how_to_go_on(both: Site, cast: Cast) -> None:
    cast.member("새내기", confirmed=False)
    with both():
        with pytest.raises(Forbidden, match="이메일을 먼저 확인"):
            say("새내기", BADA)
        with pytest.raises(Forbidden):
            say(BADA, "새내기")
        with pytest.raises(Forbidden, match="다른 사람"):
            say(BADA, BADA)
        for name in (BADA, "새내기", "아무도"):
            with pytest.raises(NotFound):
                messages.partner(name, who(BADA))


def test_strangers_are_written_to_so_often_a_day(both: Site, cast: Cast) -> None:
    with both():
        for number in range(MOST_BEGUN + 2):
            name = f"사람{number}"
            db.session.add(
                User(
                    username=name,
                    username_key=name,
                    email="",
                    email_key=name,
                    password_hash="",
                    confirmed_at=now(),
                )
            )
    with both():
        for number in range(MOST_BEGUN):
            say(BADA, f"사람{number}")
        with pytest.raises(TooOften) as refused:
            say(BADA, f"사람{MOST_BEGUN}")
        assert 86_000 < refused.value.wait <= 86_400
        say(BADA, "사람0", "이어지는 말")
        say(f"사람{MOST_BEGUN}", BADA)
        say(BADA, f"사람{MOST_BEGUN}", "먼저 걸어 온 말에 하는 대답")
        db.session.add(Follow(follower_id=who(HANEUL).id, followed_id=who(BADA).id))
        say(BADA, HANEUL, "팔로워에게")
    with both():
        first = sa.select(sa.func.min(Conversation.id)).scalar_subquery()
        older = sa.update(Conversation).where(Conversation.id == first)
        db.session.execute(older.values(created_at=now() - timedelta(days=1)))
    with both():
        say(BADA, f"사람{MOST_BEGUN + 1}")


actions = st.lists(
    st.tuples(
        st.sampled_from(("say", "say", "say", "read", "delete", "leave")),
        st.booleans(),
        st.integers(0, 30),
    ),
    max_size=14,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=actions)
def test_what_is_kept_is_what_counting_finds_whatever_happens(both: Site, actions: Any) -> None:
    with both():
        for deed, turned, which in actions:
            one, other = (HANEUL, BADA) if turned else (BADA, HANEUL)
            participation = of(one, other)
            if deed == "say":
                say(one, other, f"{which}")
            elif participation:
                left = messages.messages(who(one), participation, Wanted(per_page=100)).items
                {"read": read, "delete": delete, "leave": leave}[deed](one, other, left[which % len(left)].id)
        assert_kept_is_counted()
        if of(BADA, HANEUL) is None and of(HANEUL, BADA) is None:
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 0
        db.session.execute(sa.delete(Conversation))
        db.session.execute(sa.delete(Notification))
