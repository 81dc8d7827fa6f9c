"""Migrations: several processes may start them at once, as replicas of one image do."""

import multiprocessing
import os
import traceback
from pathlib import Path

import flask_migrate
import sqlalchemy as sa

from app import create_app
from app.models import NotificationSetting
from tests.cast import Cast
from tests.conftest import settings_for

PROCESSES = 6
FOLDER = str(Path(__file__).resolve().parents[2] / "migrations")


def migrate(database: str, folder: Path, barrier: "multiprocessing.synchronize.Barrier") -> None:
    """Migrates a database in a process of its own, and ends that process with 0 or 1."""
    status = 1
    try:
        app = create_app(settings_for(database, folder))  # Extensions are shared, so not in the parent.
        with app.app_context():
            barrier.wait(60)
            flask_migrate.upgrade(directory=FOLDER)
            status = 0
    except BaseException:
        traceback.print_exc()
    os._exit(status)  # The parent's fixtures are not this process's to end.


def test_many_processes_migrate_an_empty_database_once(new_database: str, tmp_path: Path) -> None:
    forked = multiprocessing.get_context("fork")  # The code is loaded once.
    barrier = forked.Barrier(PROCESSES)
    processes = [
        forked.Process(target=migrate, args=(new_database, tmp_path, barrier)) for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    engine = sa.create_engine(new_database)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM alembic_version")) == 1
        assert connection.scalar(sa.text("SELECT count(*) FROM tag")) == 0
    engine.dispose()


def test_letters_that_were_chosen_while_they_were_the_default_stay_chosen(
    new_database: str, tmp_path: Path
) -> None:
    app = create_app(settings_for(new_database, tmp_path))
    with app.app_context():
        flask_migrate.upgrade(directory=FOLDER)
    cast = Cast(app)
    for name in ("never_chose", "wants_likes", "wants_none"):
        cast.member(name)
    chosen = [(2, "like", True), (2, "mention", False)]
    chosen += [(3, kind, False) for kind in ("reply", "mention", "message")]
    engine = sa.create_engine(new_database)
    with engine.begin() as connection:
        for user_id, kind, by_mail in chosen:
            row = {"user_id": user_id, "kind": kind, "on_site": True, "by_mail": by_mail}
            connection.execute(sa.insert(NotificationSetting).values(row))
    with app.app_context():
        flask_migrate.stamp(directory=FOLDER, revision="0009")
        flask_migrate.upgrade(directory=FOLDER, revision="0010")
    table = NotificationSetting.__table__.c
    with engine.connect() as connection:
        kept = connection.execute(sa.select(table.user_id, table.kind, table.by_mail)).all()
    engine.dispose()
    assert {tuple(row) for row in kept} == {*chosen, (2, "reply", True), (2, "message", True)}
