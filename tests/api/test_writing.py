"""Writing with the interface: permission, repetition, and two who edit at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import KeptAnswer, Post
from app.models.columns import now
from app.services import kept_answers
from app.transaction import transaction
from tests.api.conftest import Connect, Program
from tests.cast import Cast


@pytest.fixture
def program(cast: Cast, connect: Connect) -> Program:
    """A member's program."""
    return connect(cast.member("바다"))


def publish(program: Program, body: str = "안녕하세요", key: str | None = None, **more: Any) -> Any:
    """Writes a post."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return program.ask("POST", "/api/posts", json={"body": body, **more}, headers=headers)


def count(app: Flask) -> int:
    """Returns how many posts there are."""
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Post)) or 0


def test_post_and_reply_are_written_and_stand_on_the_pages(
    cast: Cast, connect: Connect, program: Program
) -> None:
    made = publish(program, "첫 글 ")
    assert made.status_code == 201 and made.location == made.json["_links"]["self"]
    assert made.json["body"] == "첫 글" and made.json["author"]["username"] == "바다"
    reply = publish(connect(cast.member("하늘")), "답글", parent_id=made.json["id"])
    assert reply.json["_links"]["parent"] == made.json["_links"]["self"]
    assert "첫 글" in cast.member("나무").read("/explore")
    assert program.get(made.location).json["reply_count"] == 1


@pytest.mark.parametrize("body", ["", " \n ", "가" * 301, "\u200b", 3, None, ["글"]])
def test_post_that_cannot_be_written_says_why(app: Flask, program: Program, body: Any) -> None:
    answer = publish(program, body)
    assert answer.status_code == 422 and answer.json["errors"][0]["pointer"] == "#/body"
    assert count(app) == 0


def test_only_who_may_write_writes(cast: Cast, connect: Connect, app: Flask) -> None:
    haneul = cast.member("하늘")
    id = cast.post(haneul, "글")
    newcomer = connect(cast.member("새내기", confirmed=False))
    assert publish(newcomer).status_code == 403
    assert publish(Program(app)).status_code == 401
    assert newcomer.ask("PUT", f"/api/posts/{id}/likes").status_code == 403
    assert "like" not in newcomer.get(f"/api/posts/{id}").json["_links"]
    reader = connect(haneul, scopes=["read"])
    assert publish(reader).status_code == 403
    assert reader.ask("DELETE", f"/api/posts/{id}").status_code == 403


def test_links_of_actions_are_for_whoever_may(cast: Cast, connect: Connect, app: Flask) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    path = f"/api/posts/{cast.post(bada, '글')}"
    actions = {"reply", "like", "edit", "delete"}
    assert actions <= connect(bada).get(path).json["_links"].keys()
    assert actions & connect(haneul).get(path).json["_links"].keys() == {"reply", "like"}
    assert not actions & Program(app).get(path).json["_links"].keys()
    assert "follow" in connect(haneul).get("/api/users/바다").json["_links"]
    assert "follow" not in connect(bada).get("/api/users/바다").json["_links"]


def test_edit_is_the_authors_and_knows_what_it_changes(
    cast: Cast, connect: Connect, program: Program
) -> None:
    made = publish(program, "처음")
    path, haneul = made.location, cast.member("하늘")
    seen = program.get(path).headers["ETag"]
    assert program.ask("PATCH", path, json={"body": "둘째"}).status_code == 428
    haneul.post(f"/posts/{made.json['id']}/like")
    changed = program.ask("PATCH", path, json={"body": "둘째"}, headers={"If-Match": seen})
    assert changed.status_code == 200 and changed.json["edited_at"], "A like in between spoils no edit."
    assert program.ask("PATCH", path, json={"body": "셋째"}, headers={"If-Match": seen}).status_code == 412
    other = connect(haneul).ask("PATCH", path, json={"body": "남의 글"}, headers={"If-Match": "*"})
    assert other.status_code == 403
    assert program.ask("DELETE", path).status_code == 204
    assert program.get(path).status_code == program.ask("DELETE", path).status_code == 404


def test_likes_and_follows_are_done_once_and_undone(cast: Cast, program: Program) -> None:
    path = f"/api/posts/{cast.post(cast.member('하늘'), '글')}"
    for _ in range(2):
        liked = program.ask("PUT", f"{path}/likes")
        assert (liked.status_code, liked.json["like_count"], liked.json["liked"]) == (200, 1, True)
        followed = program.ask("PUT", "/api/users/하늘/followers")
        assert (followed.json["follower_count"], followed.json["followed"]) == (1, True)
    for _ in range(2):
        assert program.ask("DELETE", f"{path}/likes").json["like_count"] == 0
        assert program.ask("DELETE", "/api/users/하늘/followers").json["followed"] is False
    assert program.ask("PUT", "/api/users/바다/followers").status_code == 403


def test_repeated_request_is_done_once(app: Flask, program: Program) -> None:
    first, again = publish(program, "글", "a-1"), publish(program, "글", "a-1")
    assert first.status_code == again.status_code == 201 and again.data == first.data
    assert again.location == first.location and again.headers["Idempotency-Replayed"] == "true"
    assert again.content_type == first.content_type
    assert count(app) == 1
    publish(program, "글", "a-2")
    publish(program, "글")
    assert count(app) == 3


def test_key_of_another_request_is_refused(
    cast: Cast, connect: Connect, app: Flask, program: Program
) -> None:
    publish(program, "글", "a-1")
    other = publish(program, "다른 글", "a-1")
    assert other.status_code == 422 and "Idempotency-Key" in other.json["detail"]
    assert publish(connect(cast.member("하늘")), "하늘의 글", "a-1").status_code == 201
    assert count(app) == 2


def test_key_of_a_running_request_is_a_conflict_until_it_is_taken_for_dead(
    app: Flask, program: Program
) -> None:
    publish(program, "글", "a-1")
    with app.app_context(), transaction():
        db.session.execute(sa.update(KeptAnswer).values(status=None, expires_at=now() + timedelta(seconds=9)))
    running = publish(program, "글", "a-1")
    assert running.status_code == 409 and "다시" in running.json["detail"]
    assert running.headers["Retry-After"] == "1"
    with app.app_context(), transaction():
        db.session.execute(sa.update(KeptAnswer).values(expires_at=now() - timedelta(seconds=1)))
    assert publish(program, "글", "a-1").status_code == 201
    assert count(app) == 2


def test_refused_request_can_be_sent_again_with_its_key(app: Flask, program: Program) -> None:
    assert publish(program, "", "a-1").status_code == 422
    assert publish(program, "글", "a-1").status_code == 201
    lost = publish(program, "답글", "a-2", parent_id=10**9)
    assert lost.status_code == 422 and lost.json["errors"][0]["pointer"] == "#/parent_id"
    assert count(app) == 1


def test_error_of_ours_leaves_nothing_and_the_key_free(
    app: Flask, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("app.services.tags.store", lambda _post: 1 / 0)
        assert publish(program, "글", "a-1").status_code == 500
    assert count(app) == 0
    assert publish(program, "글", "a-1").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "a" * 256, "\u00e9"])
def test_key_that_is_none_is_refused(app: Flask, program: Program, key: str) -> None:
    assert publish(program, "글", key).status_code == 400
    assert count(app) == 0


def test_answers_are_kept_for_a_day(app: Flask, program: Program) -> None:
    publish(program, "글", "a-1")
    with app.app_context(), transaction():
        kept_answers.tidy()
        row = db.session.scalars(sa.select(KeptAnswer)).one()
        assert timedelta(hours=23) < row.expires_at - now() <= timedelta(hours=24)
        row.expires_at = now() - timedelta(seconds=1)
    with app.app_context(), transaction():
        kept_answers.tidy()
        assert not db.session.scalars(sa.select(KeptAnswer)).all()


def at_once(ask: Callable[[int], Any], times: int = 6) -> list[int]:
    """Returns the sorted statuses of requests that are sent at the same moment."""
    ready = Barrier(times)

    def send(number: int) -> int:
        ready.wait()
        return int(ask(number).status_code)

    with ThreadPoolExecutor(times) as crowd:
        return sorted(crowd.map(send, range(times)))


@pytest.mark.parametrize("path", ["/api/posts/{post}", "/api/me", "/api/users/바다", "/api/tokens/{token}"])
def test_of_edits_that_have_seen_the_same_state_one_is_done(
    app: Flask, cast: Cast, connect: Connect, path: str
) -> None:
    bada = cast.member("바다")
    program = connect(bada)
    token = program.get("/api/tokens").json["items"][0]["id"]
    path = path.format(post=cast.post(bada, "글"), token=token)
    name = {"posts": "body", "tokens": "name"}.get(path.split("/")[2], "about_me")
    seen = {"If-Match": program.get(path).headers["ETag"]}

    def edit(number: int) -> Any:
        return Program(app, program.token).ask("PATCH", path, json={name: f"{number}째"}, headers=seen)

    assert at_once(edit) == [200, 412, 412, 412, 412, 412]


def test_of_requests_with_one_key_that_come_at_once_one_is_done(app: Flask, program: Program) -> None:
    statuses = at_once(lambda _: publish(Program(app, program.token), "글", "a-1"))
    assert set(statuses) <= {201, 409} and 201 in statuses and count(app) == 1


@pytest.mark.parametrize(
    ("deed", "shown", "counter"),
    [
        ("/api/posts/{post}/likes", "/api/posts/{post}", "like_count"),
        ("/api/users/하늘/followers", "/api/users/하늘", "follower_count"),
    ],
)
def test_deeds_that_come_at_once_count_once(
    app: Flask, cast: Cast, program: Program, deed: str, shown: str, counter: str
) -> None:
    top = cast.post(cast.member("하늘"), "글")
    assert at_once(lambda _: Program(app, program.token).ask("PUT", deed.format(post=top))) == [200] * 6
    assert program.get(shown.format(post=top)).json[counter] == 1
