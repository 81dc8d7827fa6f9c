"""Starting an export, watching it, cancelling it and fetching the file, as a program does."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import Task
from app.models.columns import now
from app.services import tasks
from app.transaction import transaction
from tests.api.conftest import Connect, Program
from tests.cast import Cast, Visitor
from tests.copies import Copy

EXPORT = {"kind": "export"}


def change(app: Flask, **values: Any) -> None:
    """Changes every task."""
    with app.app_context(), transaction():
        db.session.execute(sa.update(Task).values(**values))


@pytest.fixture
def bada(cast: Cast) -> Visitor:
    """A member, and the worker behind them."""
    return cast.member("바다")


@pytest.fixture
def program(bada: Visitor, connect: Connect) -> Program:
    """The member's program."""
    return connect(bada)


def test_export_is_started_watched_and_fetched_by_its_links(
    app: Flask, cast: Cast, bada: Visitor, program: Program
) -> None:
    cast.post(bada, "담을 글")
    address = program.get("/api").json["_links"]["tasks"]
    assert program.get("/api/me").json["_links"]["tasks"] == address
    started = program.ask("POST", address, json=EXPORT)
    assert started.status_code == 202 and started.location == started.json["_links"]["self"]
    assert (started.json["state"], started.json["progress"]["percent"]) == ("queued", 0)
    assert {"cancel"} == set(started.json["_links"]) - {"self", "html"}
    change(app, state="running", step="likes", done=5, total=10)
    running = program.get(started.location).json
    assert running["progress"] == {"step": "likes", "done": 5, "total": 10, "percent": 50}
    change(app, state="queued")
    bada.letters()
    done = program.get(started.location).json
    assert (done["state"], done["progress"]["percent"], done["error"]) == ("done", 100, None)
    assert set(done["result"]) == {"name", "size", "counts"} and done["result"]["counts"]["posts"] == 1
    assert {"file"} == set(done["_links"]) - {"self", "html"}
    file = program.get(done["_links"]["file"])
    assert file.mimetype == "application/zip" and len(file.data) == done["result"]["size"]
    copy = Copy(file.data)
    copy.check()
    assert copy.json("posts")[0]["body"] == "담을 글"


def test_file_has_a_tag_and_comes_in_parts(cast: Cast, bada: Visitor, program: Program) -> None:
    path = f"/api/tasks/{cast.export(bada)}/file"
    whole = program.get(path)
    assert whole.headers["Cache-Control"] == "private, no-store"
    assert program.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    part = program.get(path, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"PK\x03\x04")
    head = program.ask("HEAD", path)
    assert head.status_code == 200 and head.content_length == len(whole.data) and not head.data


def test_same_request_starts_one(app: Flask, program: Program) -> None:
    answers = [
        program.ask("POST", "/api/tasks", json=EXPORT, headers={"Idempotency-Key": "once"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json == answers[1].json and answers[1].headers["Idempotency-Replayed"] == "true"
    other = program.ask("POST", "/api/tasks", json=EXPORT, headers={"Idempotency-Key": "twice"})
    assert other.status_code == 409 and "이미 하고 있어요" in other.json["detail"]


def test_fourth_of_a_day_is_told_when_it_is_possible(app: Flask, program: Program) -> None:
    for _ in range(tasks.MOST_A_DAY):
        assert program.ask("POST", "/api/tasks", json=EXPORT).status_code == 202
        change(app, state="cancelled", created_at=now() - timedelta(hours=23))
    refused = program.ask("POST", "/api/tasks", json=EXPORT, headers={"Accept-Language": "en"})
    assert refused.status_code == 429 and "3 times a day" in refused.json["detail"]
    assert 3500 < int(refused.headers["Retry-After"]) <= 3601
    change(app, created_at=now() - timedelta(hours=25))
    assert program.ask("POST", "/api/tasks", json=EXPORT).status_code == 202


def test_task_is_cancelled_once_and_what_has_ended_stays(app: Flask, program: Program) -> None:
    links = program.ask("POST", "/api/tasks", json=EXPORT).json["_links"]
    first, again = (program.ask("PUT", links["cancel"]) for _ in range(2))
    assert first.status_code == again.status_code == 200 and first.json == again.json
    assert first.json["state"] == "cancelled" and "cancel" not in first.json["_links"]
    change(app, state="done", result=None)
    assert program.ask("PUT", links["cancel"]).json["state"] == "done"


def test_failure_is_told_by_a_code_and_in_the_readers_language(app: Flask, program: Program) -> None:
    here = program.ask("POST", "/api/tasks", json=EXPORT).location
    change(app, state="failed", error="full", ended_at=now(), done=9, total=9)
    told = program.get(here, headers={"Accept-Language": "en"}).json
    assert told["error"]["code"] == "full" and "no room" in told["error"]["detail"]
    assert told["progress"]["percent"] == 99 and told["result"] is None
    assert "저장 공간" in program.get(here, headers={"Accept-Language": "ko"}).json["error"]["detail"]


def test_file_is_there_only_once_it_is_done_and_until_its_days_are_over(
    app: Flask, cast: Cast, bada: Visitor, program: Program
) -> None:
    unended = program.ask("POST", "/api/tasks", json=EXPORT).json["_links"]["self"]
    assert program.get(f"{unended}/file").status_code == 404
    change(app, state="cancelled")
    done = f"/api/tasks/{cast.export(bada)}"
    change(app, expires_at=now() - timedelta(seconds=1))
    gone = program.get(f"{done}/file")
    assert gone.status_code == 410 and gone.content_type == "application/problem+json"
    assert "다시 내보내면" in gone.json["detail"] and "file" not in program.get(done).json["_links"]


def test_tasks_of_others_are_not_there(cast: Cast, bada: Visitor, connect: Connect) -> None:
    here = f"/api/tasks/{cast.export(bada)}"
    haneul = connect(cast.member("하늘"))
    for method, path in (("GET", here), ("GET", f"{here}/file"), ("PUT", f"{here}/cancel")):
        assert haneul.ask(method, path).status_code == 404
    assert haneul.get("/api/tasks").json["items"] == []


def test_token_that_only_reads_watches_and_fetches_and_starts_nothing(
    cast: Cast, bada: Visitor, connect: Connect
) -> None:
    task_id, reader = cast.export(bada), connect(bada, scopes=["read"])
    assert reader.get(f"/api/tasks/{task_id}/file").status_code == 200
    for method, path in (("POST", "/api/tasks"), ("PUT", f"/api/tasks/{task_id}/cancel")):
        refused = reader.ask(method, path, json=EXPORT if method == "POST" else None)
        assert refused.status_code == 403 and "write" in refused.json["detail"]


@pytest.mark.parametrize(
    "order", [{}, {"kind": "import"}, {"kind": None}, {"kind": "export", "all": True}, []]
)
def test_wrong_order_is_pointed_at(program: Program, order: Any) -> None:
    refused = program.ask("POST", "/api/tasks", json=order)
    assert refused.status_code == 422 and refused.json["errors"]
