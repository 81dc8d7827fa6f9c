"""SQLite's writers of several processes take turns, and none waits until it fails."""

import multiprocessing
import sys
import time
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import (
    extensions,  # noqa: F401  # It has SQLAlchemy begin SQLite's transactions.
    writers,
)

WRITERS, SECONDS = 5, 2.5


def write(path: Path, told: "Queue[Any]") -> None:
    """Writes without a pause for a while, and tells how often that went well and how often it failed."""
    engine = sa.create_engine(f"sqlite:///{path}")
    done = failed = 0
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql("INSERT INTO turn VALUES (1)")
                time.sleep(0.02)  # What a request does before it commits.
            done += 1
        except sa.exc.OperationalError:
            failed += 1
    told.put((done, failed))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with one table."""
    path = tmp_path / "queue.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE turn (number INTEGER)")
    engine.dispose()
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="The processes are forked")
def test_writers_that_never_pause_take_turns(database: Path) -> None:
    fork = multiprocessing.get_context("fork")
    told: Queue[Any] = fork.Queue()
    processes = [fork.Process(target=write, args=(database, told)) for _ in range(WRITERS)]
    for process in processes:
        process.start()
    turns = [told.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(20)
    assert [failed for _, failed in turns] == [0] * WRITERS
    counts = sorted(done for done, _ in turns)
    assert counts[0] * 2 >= counts[-1], f"Left alone, SQLite lets one write ten times as often: {counts}"


def test_who_waits_behind_a_long_transaction_fails_in_time(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "PATIENCE", 0.3)
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.begin() as first:
        first.exec_driver_sql("INSERT INTO turn VALUES (1)")
        began = time.monotonic()
        with pytest.raises(sa.exc.OperationalError, match="locked"), engine.begin():
            pass
        assert 0.2 < time.monotonic() - began < 3
    with engine.begin() as next_one:
        assert next_one.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
