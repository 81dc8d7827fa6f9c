"""What a member's program is told of: the list, its filters, reading, choosing, and what happens while it changes."""

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.models import Notification, Post, User
from app.models.columns import now
from app.services import follows, likes, notifications, posts, users
from app.transaction import transaction
from tests.api.conftest import Connect, Program
from tests.api.test_writing import at_once
from tests.cast import Cast, Visitor

HERE = "/api/notifications"
CHOICES = "/api/me/notification-settings"
CROWD = 5
_turn = itertools.count()


@pytest.fixture
def program(cast: Cast, connect: Connect) -> Program:
    """A member's program."""
    return connect(cast.member("바다"))


@pytest.fixture
def bada(cast: Cast) -> Visitor:
    """The member."""
    return cast.member("바다")


def listed(program: Program, **query: Any) -> list[dict[str, Any]]:
    """Returns the items of the list."""
    answer = program.get(HERE, query_string=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def test_each_kind_says_who_did_what_and_leads_there(cast: Cast, connect: Connect, bada: Visitor) -> None:
    haneul, namu = cast.member("하늘"), cast.member("나무")
    post = cast.post(bada, "글")
    for fan in (namu, haneul):
        fan.post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    call = cast.post(haneul, "@바다")
    reply = cast.post(haneul, "답글", parent=post)
    haneul.post("/messages/바다", body="쪽지", key="k")
    task = cast.export(bada)
    program = connect(bada)
    told = {item["kind"]: item for item in listed(program)}
    assert list(told) == ["task", "message", "reply", "mention", "follow", "like"]
    assert [person["username"] for person in told["like"]["people"]] == ["하늘", "나무"]
    assert told["like"]["people_count"] == 2 and told["task"]["people"] == []
    leads = {
        kind: [item["_links"][name] for name in ("post", "conversation", "task")]
        for kind, item in told.items()
    }
    person = told["message"]["people"][0]["id"]
    assert leads == {
        "task": [None, None, f"/api/tasks/{task}"],
        "message": [None, f"/api/messages/{person}", None],
        "reply": [f"/api/posts/{reply}", None, None],
        "mention": [f"/api/posts/{call}", None, None],
        "follow": [None, None, None],
        "like": [f"/api/posts/{post}", None, None],
    }
    for item in told.values():
        assert program.get(item["_links"]["self"]).json == item
        assert bada.get(item["_links"]["html"]).status_code == 200
        for link in leads[item["kind"]]:
            assert link is None or program.get(link).status_code == 200


def test_list_is_filtered_and_says_how_many_are_new(cast: Cast, connect: Connect, bada: Visitor) -> None:
    haneul = cast.member("하늘")
    haneul.post(f"/posts/{cast.post(bada, '글')}/like")
    haneul.post("/@바다/follow")
    haneul.post("/messages/바다", body="쪽지", key="k")
    program = connect(bada)
    assert [item["kind"] for item in listed(program, kind="like")] == ["like"]
    assert len(listed(program, unread="true")) == 3
    assert program.get(HERE).json["_meta"]["unread"] == 2, "Messages have a number of their own."
    program.ask("PUT", listed(program, kind="like")[0]["_links"]["read"])
    assert [item["kind"] for item in listed(program, unread="true")] == ["message", "follow"]
    assert listed(program, unread="true", kind="like") == []
    assert program.get(f"{HERE}?per_page=1&total=true").json["_meta"] == {
        "per_page": 1,
        "total": 3,
        "unread": 1,
    }
    following = program.get(f"{HERE}?unread=true&per_page=1").json["_links"]["next"]
    assert "unread=true" in following and program.get(following).json["items"][0]["kind"] == "follow"


@pytest.mark.parametrize("query", [{"kind": "poke"}, {"kind": ""}, {"unread": "perhaps"}])
def test_filter_that_is_none_is_named(program: Program, query: dict[str, str]) -> None:
    answer = program.get(HERE, query_string=query)
    assert answer.status_code == 400
    assert [fault["parameter"] for fault in answer.json["errors"]] == list(query)


def test_one_is_read_once_and_by_its_member_alone(cast: Cast, connect: Connect, bada: Visitor) -> None:
    haneul = cast.member("하늘")
    haneul.post("/@바다/follow")
    program = connect(bada)
    (item,) = listed(program)
    link = item["_links"]["read"]
    assert connect(haneul).ask("PUT", link).status_code == 404
    assert connect(haneul).get(item["_links"]["self"]).status_code == 404
    assert connect(bada, scopes=["read"]).ask("PUT", link).status_code == 403
    first, again = program.ask("PUT", link), program.ask("PUT", link)
    assert first.status_code == again.status_code == 200 and first.json == again.json
    assert first.json["read_at"] and "read" not in first.json["_links"]


def test_all_that_was_seen_is_read_and_what_came_since_stays_new(
    cast: Cast, connect: Connect, bada: Visitor
) -> None:
    haneul, namu = cast.member("하늘"), cast.member("나무")
    post = cast.post(bada, "글")
    haneul.post("/@바다/follow")
    haneul.post(f"/posts/{post}/like")
    program = connect(bada)
    seen = listed(program)[0]["updated_at"]
    namu.post(f"/posts/{post}/like")
    assert program.ask("PUT", f"{HERE}/read", json={"until": seen}).status_code == 204
    assert [item["kind"] for item in listed(program, unread="true")] == ["like"]
    later = listed(program)[0]["updated_at"]
    assert program.ask("PUT", f"{HERE}/read", json={"until": later}).status_code == 204
    assert listed(program, unread="true") == []


@pytest.mark.parametrize(
    "until", ["", "now", 3, None, "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:59", "가"]
)
def test_moment_that_is_none_is_refused(program: Program, until: Any) -> None:
    answer = program.ask("PUT", f"{HERE}/read", json={"until": until})
    assert answer.status_code == 422 and answer.json["errors"][0]["pointer"] == "#/until"
    assert program.ask("PUT", f"{HERE}/read", json={}).status_code == 422


def test_choices_are_changed_in_part_by_who_knows_them(cast: Cast, program: Program) -> None:
    seen = program.get(CHOICES)
    assert seen.json["like"] == {"on_site": True, "by_mail": False} and seen.json["task"] == {"on_site": True}
    change = {"like": {"on_site": False}, "message": {"by_mail": True}}
    assert program.ask("PATCH", CHOICES, json=change).status_code == 428
    known = {"If-Match": seen.headers["ETag"]}
    changed = program.ask("PATCH", CHOICES, json=change, headers=known)
    assert changed.status_code == 200 and changed.json == program.get(CHOICES).json
    assert changed.json == seen.json | {
        "like": {"on_site": False, "by_mail": False},
        "message": {"on_site": True, "by_mail": True},
    }
    assert program.ask("PATCH", CHOICES, json=change, headers=known).status_code == 412
    cast.member("하늘").post("/@바다/follow")
    known = {"If-Match": program.get(CHOICES).headers["ETag"]}
    assert program.ask("PATCH", CHOICES, json={}, headers=known).json == changed.json


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"poke": {"on_site": True}}, "#/poke"),
        ({"like": {"by_pigeon": True}}, "#/like/by_pigeon"),
        ({"like": {"on_site": "perhaps"}}, "#/like/on_site"),
        ({"like": {"on_site": "0"}}, "#/like/on_site"),
        ({"like": {"by_mail": 1}}, "#/like/by_mail"),
        ({"like": {"by_mail": None}}, "#/like/by_mail"),
        ({"task": {"by_mail": True}}, "#/task/by_mail"),
        ({"like": True}, "#/like"),
    ],
)
def test_choice_that_is_none_is_refused(program: Program, change: Any, pointer: str) -> None:
    answer = program.ask("PATCH", CHOICES, json=change, headers={"If-Match": "*"})
    assert answer.status_code == 422 and answer.json["errors"][0]["pointer"] == pointer


def test_of_choices_that_are_made_at_once_one_counts(app: Flask, program: Program) -> None:
    seen = {"If-Match": program.get(CHOICES).headers["ETag"]}

    def choose(number: int) -> Any:
        change = {"like": {"by_mail": True}, "reply": {"on_site": bool(number % 2), "by_mail": False}}
        return Program(app, program.token).ask("PATCH", CHOICES, json=change, headers=seen)

    assert at_once(choose) == [200, 412, 412, 412, 412, 412]


def test_likes_of_six_programs_at_once_are_one_notification(
    app: Flask, cast: Cast, connect: Connect, bada: Visitor
) -> None:
    post = cast.post(bada, "글")
    tokens = [connect(cast.member(f"무리{number}")).token for number in range(6)]
    statuses = at_once(lambda number: Program(app, tokens[number]).ask("PUT", f"/api/posts/{post}/likes"))
    assert statuses == [200] * 6
    assert [(item["kind"], item["people_count"]) for item in listed(connect(bada))] == [("like", 6)]


actions = st.lists(
    st.tuples(st.sampled_from(("come", "come", "grow", "grow", "go", "read")), st.integers(0, 30)),
    max_size=14,
)


class Life:
    """What happens to one member: people call them, like their posts and take it back, and they read some of it.

    Args:
        app: the application.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.moved: set[int] = set()
        with app.app_context(), transaction():
            name = f"주인{next(_turn)}"
            owner = User(username=name, username_key=name, email="", email_key=name, password_hash="")
            owner.confirmed_at = now()
            db.session.add(owner)
            db.session.flush()
            self.owner, self.name = owner.id, name
            self.own = [posts.publish(owner, f"{number}째 글").id for number in range(3)]
            self.calls: list[int] = []
        self.told = sa.select(Notification).where(Notification.user_id == self.owner)

    def ids(self) -> list[int]:
        """Returns the notifications that there are, what happened last first."""
        times = self.updated()
        return sorted(times, key=lambda id: (times[id], id), reverse=True)

    def do(self, action: str, which: int) -> None:
        """Lets one thing happen, and notes what moves because of it."""
        before = self.updated()
        with self.app.app_context(), transaction():
            getattr(self, action)(which, users.by_name_or_address(f"무리{which % CROWD}"))
        after = self.updated()
        self.moved |= {id for id, moment in before.items() if after.get(id) != moment}

    def updated(self) -> dict[int, Any]:
        """Returns when each notification last grew."""
        with self.app.app_context():
            rows = db.session.scalars(self.told)
            return {row.id: row.updated_at for row in rows}

    def come(self, which: int, person: User) -> None:
        """Somebody calls the member."""
        self.calls.append(posts.publish(person, f"@{self.name}").id)

    def grow(self, which: int, person: User) -> None:
        """Somebody likes a post of the member's, or follows them."""
        if which % 4 == 3:
            follows.follow(person, db.session.get_one(User, self.owner))
        else:
            likes.like(person, posts.find(self.own[which % 3], person))

    def go(self, which: int, person: User) -> None:
        """Somebody takes back what they did."""
        if self.calls and which % 2:
            post = db.session.get_one(Post, self.calls.pop(which % len(self.calls)))
            posts.delete(post, post.author)
        else:
            likes.unlike(person, posts.find(self.own[which % 3], person))

    def read(self, which: int, person: User) -> None:
        """The member reads one of it."""
        ids = [row.id for row in db.session.scalars(self.told)]
        if ids:
            notifications.read(db.session.get_one(User, self.owner), ids[which % len(ids)])


@pytest.fixture
def crowd(cast: Cast) -> list[Visitor]:
    """Those who do something."""
    return [cast.member(f"무리{number}") for number in range(CROWD)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=actions, between=actions, per_page=st.integers(1, 4))
def test_nothing_is_met_twice_and_what_does_not_move_is_not_missed(
    app: Flask, connect: Connect, crowd: list[Visitor], before: Any, between: Any, per_page: int
) -> None:
    life = Life(app)
    program = connect(Visitor(app, username=life.name))
    for action in before:
        life.do(*action)
    stood, waiting = life.ids(), iter(between)
    life.moved.clear()
    met: list[int] = []
    path = f"{HERE}?per_page={per_page}"
    while path:
        answer = program.get(path)
        assert answer.status_code == 200
        met += [item["id"] for item in answer.json["items"]]
        path = answer.json["_links"]["next"]
        if action := next(waiting, None):
            life.do(*action)
    assert len(set(met)) == len(met), "each once"
    stays = [id for id in stood if id not in life.moved and id in life.ids()]
    assert [id for id in met if id in stays] == stays, "all that neither moved nor went, in order"
    latest = [item["id"] for item in listed(program, per_page=100)]
    assert latest == life.ids(), "What has moved is met on the first page."
