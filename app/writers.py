"""The queue of SQLite's writers, over all processes of the site.

SQLite has no queue of its own. A writer that waits asks again and again, after a while every 100 ms, and fails after
``busy_timeout`` although others have had the lock meanwhile. Here a writer first locks a file beside the database. The
kernel keeps the others asleep in the queue of that lock, so only one at a time asks SQLite.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

try:
    import fcntl
except ImportError:  # Windows; SQLite's own waiting has to do.
    fcntl = None  # type: ignore[assignment]

BUSY = 5.0  # Seconds that one statement waits for a lock of another process.
PATIENCE = 10.0  # Seconds that a transaction waits to begin, in the queue and at its head.


def begin(connection: sa.Connection) -> None:
    """Begins a transaction that may write, when it is its turn.

    Raises:
        sqlalchemy.exc.OperationalError: another transaction held the write lock for too long.
    """
    path = connection.engine.url.database
    if fcntl is None or not path or path == ":memory:" or path.startswith("file:"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    arrived = time.monotonic()
    with _turn(f"{path}-writers"):
        left = PATIENCE - (time.monotonic() - arrived)
        if left >= BUSY:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        # Whoever waited in the queue does not let those behind wait as long again.
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {max(0, round(left * 1000))}")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(BUSY * 1000)}")


@contextmanager
def _turn(path: str) -> Iterator[None]:
    """Waits for this writer's turn; each has an open file of its own, for threads of a process would share its lock."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield  # The folder takes no file, so SQLite says better what is wrong.
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
