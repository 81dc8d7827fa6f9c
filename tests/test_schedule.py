"""What the clock starts: however often and however many at once, it leaves the same behind as one turn alone."""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from app import files
from app.email import MailFolder
from app.events import turn_of
from app.extensions import Base, db, queue, search
from app.models import (
    SEARCHED,
    AccessToken,
    KeptAnswer,
    LoginSession,
    OneTimeCode,
    Post,
    Task,
    Translation,
    User,
)
from app.models.columns import now
from app.queue.marks import name_of
from app.services import errands
from app.tasks import users
from app.tasks.schedule import SCHEDULE
from app.transaction import transaction
from tests.cast import Cast
from tests.letters import NAMES, row, told_of

TASKS = {name_of(entry.function): entry.function for entry in SCHEDULE}
LONG_AGO = now() - timedelta(days=400)
Run = Callable[[Flask, Callable[[], object]], None]


def once(app: Flask, task: Callable[[], object]) -> None:
    """One turn."""
    with app.app_context():
        task()
        queue.run()


def twice(app: Flask, task: Callable[[], object]) -> None:
    """A turn that comes again, as it does when a worker dies between the task and the word that it is done."""
    for _ in range(2):
        once(app, task)


def before_the_workers(app: Flask, task: Callable[[], object]) -> None:
    """A turn that comes again before the workers have done what the first one left."""
    with app.app_context():
        task()
        task()
        queue.run()


def at_once(app: Flask, task: Callable[[], object]) -> None:
    """Three clocks' turns at the same moment, each done by another worker."""
    together = Barrier(3)

    def work() -> None:
        together.wait()
        with app.app_context():
            task()

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(work) for _ in range(3)]:
            done.result()
    with app.app_context():
        queue.run()


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the site keeps its files for the length of a test."""
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    monkeypatch.setitem(app.config, "MAIL_FOLDER", tmp_path / "mail")
    return tmp_path


def prepare(app: Flask) -> None:
    """Leaves something to do for everything that the clock starts."""
    cast = Cast(app)
    bada, *others = (cast.member(name, locale="ko") for name in NAMES["ko"])
    told_of(cast, bada, others, "ko")
    unseen = cast.post(bada, "검색이 아직 모르는 글")
    with app.app_context(), transaction():
        user = row(bada)
        owe(user.id)
        lie(user.id)
        expire(user.id)
        db.session.execute(sa.update(Post).where(Post.id == unseen).values(body="검색이 이제 아는 글"))
        with search.engine.writing():
            search.engine.drop_many("user", [(user.id, user.revision)])
    with app.app_context():
        leave_files(app)
        queue.waiting.clear()
        for task, model in ((users.note_seen, LoginSession), (users.note_tokens, AccessToken)):
            queue.gather(
                turn_of(task), dict.fromkeys(db.session.scalars(sa.select(model.id)), LONG_AGO.timestamp())
            )


def owe(user_id: int) -> None:
    """Owes a letter, three times; and one that would come too late."""
    task = "app.tasks.mail.password_changed"
    for _ in range(3):
        errands.owe(task, {"user_id": user_id}, now() + timedelta(hours=1))
    errands.owe(task, {"user_id": user_id}, now() - timedelta(hours=1))
    for errand in errands.listed():
        errand.due_at = now() - timedelta(minutes=1)


def lie(user_id: int) -> None:
    """Has an export that lost its worker, and one that ended long ago."""
    heartbeat = now() - timedelta(minutes=3)
    db.session.add(Task(user_id=user_id, kind="export", state="running", heartbeat_at=heartbeat))
    db.session.add(Task(user_id=user_id, kind="export", state="failed", error="lost", ended_at=LONG_AGO))


def expire(user_id: int) -> None:
    """Has one of everything that is kept for a while only."""
    db.session.add_all(
        [
            OneTimeCode(
                user_id=user_id, purpose="reset", email="a@b.c", code_hash="0" * 64, expires_at=LONG_AGO
            ),
            LoginSession(user_id=user_id, token_hash="0" * 64, expires_at=LONG_AGO),
            AccessToken(user_id=user_id, token_hash="0" * 64, name="a", can_write=True, expires_at=LONG_AGO),
            KeptAnswer(owner="a", key="b", request_hash="0" * 64, expires_at=LONG_AGO),
            Translation(text_hash="0" * 64, target="en", state="done", asked_at=LONG_AGO),
        ]
    )
    db.session.add(
        User(
            username="누구",
            username_key="누구",
            email="n@example.com",
            email_key="n@example.com",
            password_hash="",
            created_at=LONG_AGO,
        )
    )


def leave_files(app: Flask) -> None:
    """Leaves an exported file of nobody's, and a letter of last year."""
    store = files.exports()
    with store.workshop("999-1-abcdef.zip") as workshop:
        (workshop / "made").touch()
        store.keep(workshop / "made", "999-1-abcdef.zip")
    letter = app.config["MAIL_FOLDER"] / "20251121-140500-000000-abcdef01.eml"
    letter.parent.mkdir(exist_ok=True)
    letter.write_bytes(b"Date: Fri, 21 Nov 2025 14:05:00 +0000\r\n\r\n")
    os.utime(letter, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def state(app: Flask) -> dict[str, object]:
    """Returns what there is, without what differs each time: numbers of rows, keys, moments."""
    with app.app_context():
        counts = {
            table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
        kept = MailFolder(app.config["MAIL_FOLDER"])
        return {
            "rows": counts,
            "tasks": sorted(tuple(row) for row in db.session.execute(sa.select(Task.state, Task.attempt))),
            "letters": Counter((letter.to, letter.subject) for letter in kept.letters()),
            "files": [name.split("-")[1] for name in files.exports().names()],
            "found": {model.__tablename__: documents(model.__tablename__) for model in SEARCHED},
            "seen": [
                db.session.scalar(sa.select(sa.func.count()).where(column == LONG_AGO))
                for column in (LoginSession.seen_at, AccessToken.used_at, User.last_seen_at)
            ],
            "waiting": [call.name for call in queue.waiting],
        }


def documents(index: str) -> int:
    """Returns how many documents an index holds."""
    return search.engine.health().documents.get(index, 0) if search.engine.generation() else 0


def emptied(app: Flask) -> None:
    """Begins anew."""
    queue.memory.clear()
    search.init_app(app, [model.__tablename__ for model in SEARCHED], [Post.__tablename__])
    with app.app_context():
        for name in files.exports().names():
            files.exports().remove(name)
        for letter in app.config["MAIL_FOLDER"].glob("*"):
            letter.unlink()
        with db.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())


@pytest.mark.parametrize("again", [twice, before_the_workers, at_once])
@pytest.mark.parametrize("name", TASKS)
def test_turn_that_comes_again_leaves_the_same_behind(
    app: Flask, folder: Path, name: str, again: Run
) -> None:
    prepare(app)
    before = state(app)
    once(app, TASKS[name])
    wanted = state(app)
    emptied(app)
    prepare(app)
    assert state(app) == before
    again(app, TASKS[name])
    assert state(app) == wanted
    assert wanted != before, "There was something to do."


def test_every_task_of_the_schedule_has_its_turn_once_a_moment() -> None:
    assert len(TASKS) == len(SCHEDULE), "Two entries for one task would share their turns."


def test_folder_of_letters_keeps_what_is_young(app: Flask, folder: Path, cast: Cast) -> None:
    prepare(app)
    cast.member("나루", email="naru@example.com").post("/auth/forgot", email="naru@example.com")
    once(app, TASKS["app.tasks.cleanup.tidy"])
    with app.app_context():
        assert [letter.to for letter in MailFolder(folder / "mail").letters()] == ["naru@example.com"]
