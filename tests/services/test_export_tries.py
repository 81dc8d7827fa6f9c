"""The tries at a copy: interrupted, cancelled, broken, too late; there is one file in the end, or none."""

import errno
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import archive, files
from app.extensions import db, live
from app.models import Task
from app.models.columns import now
from app.services import exports, tasks
from app.tasks import cleanup
from app.tasks import exports as work
from app.transaction import transaction
from tests.cast import Cast, Visitor


@pytest.fixture
def bada(cast: Cast) -> Visitor:
    """A member who has written and liked something."""
    bada, haneul = cast.member("바다"), cast.member("하늘")
    cast.post(bada, "담을 글")
    theirs = cast.post(haneul, "하늘의 글")
    cast.post(bada, "답글", parent=theirs)
    bada.post(f"/posts/{theirs}/like")
    bada.post("/@하늘/follow")
    return bada


def look(app: Flask) -> Task:
    """Returns the only task."""
    with app.app_context():
        return db.session.scalars(sa.select(Task)).one()


def kept(app: Flask) -> list[str]:
    """Returns the names of all files and left workshops."""
    with app.app_context():
        return files.exports().names()


def test_progress_is_written_and_told_while_it_is_made(
    cast: Cast, bada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "TELL_EVERY", 0.0)
    seen: list[tuple[str, int, int, int]] = []

    real = work.Watch._tell

    def watched(self: work.Watch) -> None:
        real(self)
        for row in db.session.execute(sa.select(Task.step, Task.done, Task.total, Task.state)):
            assert row.state == "running"
            seen.append((row.step, row.done, row.total, tasks.percent(Task(**row._mapping))))

    monkeypatch.setattr(work.Watch, "_tell", watched)
    live.told.clear()
    cast.export(bada)
    steps = list(dict.fromkeys(step for step, *_ in seen))
    assert tuple(steps) == archive.STEPS
    assert [done for _, done, *_ in seen] == sorted(done for _, done, *_ in seen)
    assert max(percent for *_, percent in seen) < 100
    told = [news for news in live.told if news.kind == "task"]
    assert len(told) > len(seen) > 8 and len({(news.room, news.ids["id"]) for news in told}) == 1


def interrupt(monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
    """Lets something happen in the middle of the next making."""
    real = exports.material

    def material(user_id: int) -> Any:
        whole = real(user_id)

        def likes() -> Iterator[Any]:
            yield from whole.likes
            monkeypatch.setattr(exports, "material", real)
            what()

        return archive.Material(**{**vars(whole), "likes": likes()})

    monkeypatch.setattr(work, "TELL_EVERY", 0.0)
    monkeypatch.setattr(exports, "material", material)


def make(app: Flask, attempt: int = 1) -> None:
    """Does a try of the only task."""
    with app.app_context():
        work.make(db.session.scalars(sa.select(Task.id)).one(), attempt)


def change(app: Flask, **values: Any) -> None:
    """Changes the only task."""
    with app.app_context(), transaction():
        db.session.execute(sa.update(Task).values(**values))


def test_cancelled_making_stops_and_leaves_nothing(
    app: Flask, bada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bada.post("/settings/exports")
    interrupt(monkeypatch, lambda: bada.post(f"/settings/exports/{look(app).id}/cancel"))
    make(app)
    assert look(app).state == "cancelled" and kept(app) == []


def test_try_that_was_taken_for_dead_leaves_nothing_and_there_is_one_file(
    app: Flask, bada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bada.post("/settings/exports")

    def another() -> None:
        change(app, heartbeat_at=now() - timedelta(minutes=1))
        with app.app_context(), transaction():
            (due,) = tasks.sweep()
        make(app, due.attempt)

    interrupt(monkeypatch, another)
    make(app)
    task = look(app)
    assert task.result and (task.state, task.attempt, kept(app)) == ("done", 2, [task.result["file"]])


def test_try_that_ends_after_another_is_refused_with_its_file(
    app: Flask, bada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bada.post("/settings/exports")
    real = files.Folder.keep

    def keep(self: files.Folder, made: Path, name: str) -> None:
        real(self, made, name)
        if name.split("-")[1] == "1":
            change(app, state="queued", attempt=2, heartbeat_at=now())
            make(app, 2)

    monkeypatch.setattr(files.Folder, "keep", keep)
    make(app)
    task = look(app)
    assert task.result and (task.state, kept(app)) == ("done", [task.result["file"]])


def test_same_job_given_twice_makes_one_file(app: Flask, bada: Visitor) -> None:
    bada.post("/settings/exports")
    make(app)
    make(app)
    assert len(kept(app)) == 1 and look(app).attempt == 1


def test_broken_making_is_tried_again_and_then_done(
    app: Flask, bada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bada.post("/settings/exports")

    def stumble() -> None:
        raise RuntimeError("A stone lay in the way")

    interrupt(monkeypatch, stumble)
    with pytest.raises(RuntimeError):
        make(app)
    assert (look(app).state, kept(app)) == ("running", [])
    with app.app_context():
        work.sweep()
    bada.letters()
    assert (look(app).state, look(app).attempt) == ("done", 2)


@pytest.mark.parametrize("trouble", ["disk", "time"])
def test_what_another_try_would_not_mend_is_told_at_once(
    app: Flask, bada: Visitor, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    bada.post("/settings/exports")

    def trip() -> None:
        if trouble == "disk":
            raise OSError(errno.ENOSPC, "No space left on device")
        monkeypatch.setattr(work, "ENOUGH", -1)

    interrupt(monkeypatch, trip)
    with pytest.raises((OSError, work.TooLong)):
        make(app)
    reason = {"disk": tasks.FULL, "time": tasks.TOO_LONG}[trouble]
    assert (look(app).state, look(app).error, kept(app)) == ("failed", reason, [])


def test_member_who_leaves_meanwhile_leaves_no_copy(
    app: Flask, bada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bada.post("/settings/exports")
    task_id = look(app).id

    def leave() -> None:
        with app.app_context(), transaction():
            db.session.execute(sa.delete(Task))

    interrupt(monkeypatch, leave)
    with app.app_context():
        work.make(task_id, 1)
    assert kept(app) == []


def test_files_are_removed_when_nobody_can_fetch_them(app: Flask, cast: Cast, bada: Visitor) -> None:
    task_id = cast.export(bada)
    store = app.config["DATA_DIR"] / "exports"
    for name in ("999-1-abc.zip", "999-1-abc.zip.part", f"{task_id}-1-abc.zip"):
        (store / name).write_text("left")
    (store / "notes of the administrator.txt").write_text("hers")

    def clear() -> list[str]:
        with app.app_context():
            cleanup.clear_exports()
        return kept(app)

    result = look(app).result
    assert result and clear() == [result["file"], "notes of the administrator.txt"]
    change(app, expires_at=now() - timedelta(seconds=1))
    assert clear() == ["notes of the administrator.txt"]
    (store / "notes of the administrator.txt").unlink()


def test_file_of_a_running_try_is_left_alone(
    app: Flask, bada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bada.post("/settings/exports")

    def clear() -> None:
        with app.app_context():
            cleanup.clear_exports()

    interrupt(monkeypatch, clear)
    make(app)
    assert look(app).state == "done" and len(kept(app)) == 1
