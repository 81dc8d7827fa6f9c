"""Lists of people, likes and tokens while they change: whoever follows ``next`` meets everything that stays, once."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.models import Message, Task, User
from app.models.columns import now
from app.services import accounts, blocks, follows, likes, messages, mutes, posts, tokens, users
from app.transaction import transaction
from tests.api.conftest import Connect, Program
from tests.api.test_paging import header
from tests.cast import Cast

CROWD = 8
actions = st.lists(st.tuples(st.booleans(), st.integers(0, CROWD - 1)), max_size=14)
_turn = itertools.count()


class Rows:
    """Rows that come and go; each of them can come back, as a new row.

    Args:
        app: the application.
    """

    path = ""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.standing: dict[int, int] = {}  # By which of the crowd: what the interface calls the row.
        with app.app_context(), transaction():
            self.prepare(next(_turn))

    def prepare(self, turn: int) -> None:
        """Makes what the rows belong to, and ``path``."""

    def add(self, which: int) -> int:
        """Adds the row of one of the crowd, and returns its id."""
        raise NotImplementedError

    def remove(self, which: int) -> None:
        """Removes it."""
        raise NotImplementedError

    def do(self, adds: bool, which: int) -> int | None:
        """Adds or removes a row, and returns the id of one that has gone."""
        with self.app.app_context(), transaction():
            if which not in self.standing:
                if adds:
                    self.standing[which] = self.add(which)
                return None
            if adds:
                return None
            self.remove(which)
            return self.standing.pop(which)


def member(name: str) -> User:
    """Returns a new member; nobody will sign in, so that hashing a password is spared."""
    made = User(
        username=name, username_key=name, email="", email_key=name, password_hash="", confirmed_at=now()
    )
    db.session.add(made)
    db.session.flush()
    return made


def one_of_the_crowd(which: int) -> User:
    """Returns one of those who follow and like."""
    found = users.by_name_or_address(f"무리{which}")
    assert found
    return found


def owner() -> User:
    """Returns the member whose program asks."""
    found = users.by_name_or_address("바다")
    assert found
    return found


class Followers(Rows):
    """Who follows somebody."""

    def prepare(self, turn: int) -> None:
        self.person = member(f"인기{turn}").id
        self.path = f"/api/users/{self.person}/followers"

    def add(self, which: int) -> int:
        follower = one_of_the_crowd(which)
        follows.follow(follower, db.session.get_one(User, self.person))
        return follower.id

    def remove(self, which: int) -> None:
        follows.unfollow(one_of_the_crowd(which), db.session.get_one(User, self.person))


class Following(Rows):
    """Whom somebody follows."""

    def prepare(self, turn: int) -> None:
        self.person = member(f"관심{turn}").id
        self.path = f"/api/users/{self.person}/following"

    def add(self, which: int) -> int:
        followed = one_of_the_crowd(which)
        follows.follow(db.session.get_one(User, self.person), followed)
        return followed.id

    def remove(self, which: int) -> None:
        follows.unfollow(db.session.get_one(User, self.person), one_of_the_crowd(which))


class Likers(Rows):
    """Who likes a post."""

    def prepare(self, turn: int) -> None:
        self.post = posts.publish(one_of_the_crowd(0), "좋은 글").id
        self.path = f"/api/posts/{self.post}/likes"

    def add(self, which: int) -> int:
        liker = one_of_the_crowd(which)
        likes.like(liker, posts.find(self.post, liker))
        return liker.id

    def remove(self, which: int) -> None:
        liker = one_of_the_crowd(which)
        likes.unlike(liker, posts.find(self.post, liker))


class Liked(Rows):
    """What somebody likes."""

    def prepare(self, turn: int) -> None:
        self.person = member(f"애정{turn}").id
        self.posts = [posts.publish(one_of_the_crowd(0), f"{which}째 글").id for which in range(CROWD)]
        self.path = f"/api/users/{self.person}/likes"

    def add(self, which: int) -> int:
        liker = db.session.get_one(User, self.person)
        likes.like(liker, posts.find(self.posts[which], liker))
        return self.posts[which]

    def remove(self, which: int) -> None:
        liker = db.session.get_one(User, self.person)
        likes.unlike(liker, posts.find(self.posts[which], liker))


class Blocked(Rows):
    """Whom a member has blocked."""

    path = "/api/me/blocks"

    def add(self, which: int) -> int:
        person = one_of_the_crowd(which)
        blocks.block(owner(), person)
        return person.id

    def remove(self, which: int) -> None:
        blocks.unblock(owner(), one_of_the_crowd(which))


class Muted(Rows):
    """Whom a member mutes."""

    path = "/api/me/mutes"

    def add(self, which: int) -> int:
        person = one_of_the_crowd(which)
        mutes.mute(owner(), person)
        return person.id

    def remove(self, which: int) -> None:
        mutes.unmute(owner(), one_of_the_crowd(which))


class Talks(Rows):
    """With whom a member exchanges messages."""

    path = "/api/messages"

    def add(self, which: int) -> int:
        return messages.send(one_of_the_crowd(which), owner(), "안녕하세요").conversation_id

    def remove(self, which: int) -> None:
        talk = messages.open(owner(), one_of_the_crowd(which))
        assert talk
        messages.delete_conversation_for_me(owner(), talk)


class Said(Rows):
    """What two people have written to each other; the first of it stays."""

    def prepare(self, turn: int) -> None:
        self.person = member(f"말벗{turn}").id
        self.path = f"/api/messages/{self.person}/messages"
        self.add(0)

    def add(self, which: int) -> int:
        person = db.session.get_one(User, self.person)
        sides = (person, owner()) if which % 2 else (owner(), person)
        return messages.send(*sides, f"{which}째 말").id

    def remove(self, which: int) -> None:
        messages.delete_for_me(owner(), db.session.get_one(Message, self.standing[which]))


class Members(Rows):
    """Who has signed up and was not put out."""

    path = "/api/users"

    def add(self, which: int) -> int:
        return member(f"새얼굴{next(_turn)}").id

    def remove(self, which: int) -> None:
        accounts.suspend(db.session.get_one(User, self.standing[which]).username)


class Tokens(Rows):
    """What a member has let programs have."""

    path = "/api/tokens"

    def add(self, which: int) -> int:
        return tokens.issue(owner(), f"{which}", [tokens.READ], timedelta(hours=1))[1].id

    def remove(self, which: int) -> None:
        tokens.end(owner(), self.standing[which])


class Tasks(Rows):
    """What a member has started in the background, and has ended."""

    path = "/api/tasks"

    def add(self, which: int) -> int:
        task = Task(user_id=owner().id, kind="export", state="failed", error="lost", ended_at=now())
        db.session.add(task)
        db.session.flush()
        return task.id

    def remove(self, which: int) -> None:
        db.session.delete(db.session.get_one(Task, self.standing[which]))


@pytest.fixture
def program(cast: Cast, connect: Connect) -> Program:
    """A member's program, on a site where others are as well."""
    for which in range(CROWD):
        cast.member(f"무리{which}")
    return connect(cast.member("바다"))


@pytest.mark.parametrize(
    "kind", [Followers, Following, Likers, Liked, Members, Tokens, Blocked, Muted, Tasks, Talks, Said]
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=actions, between=actions, per_page=st.integers(1, 4))
def test_what_stays_is_met_once_and_in_order(
    app: Flask, program: Program, kind: Callable[[Flask], Rows], before: Any, between: Any, per_page: int
) -> None:
    rows = kind(app)
    for action in before:
        rows.do(*action)
    stays, waiting = list(rows.standing.values()), iter(between)
    met: list[int] = []
    path = f"{rows.path}?per_page={per_page}"
    while path:
        answer = program.get(path)
        assert answer.status_code == 200, answer.text
        met += [item["id"] for item in answer.json["items"]]
        assert header(answer) == {name: link for name, link in answer.json["_links"].items() if link}
        path = answer.json["_links"]["next"]
        if (action := next(waiting, None)) and (gone := rows.do(*action)) in stays:
            stays.remove(gone)
    assert len(set(met)) == len(met), "each once"
    assert [id for id in met if id in stays] == stays[::-1], "all of them, the latest first"
    for which in list(rows.standing):  # The next example begins without them.
        rows.do(False, which)
