"""Tasks that leave traces in a folder, for tests that watch workers."""

import os
import signal
import time
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.queue import Later, task


def note(folder: str, word: str) -> None:
    """Adds a word to the folder's traces."""
    with (Path(folder) / "traces").open("a") as file:
        file.write(word + "\n")


def traces(folder: Path) -> list[str]:
    """Returns the words that jobs have left in the folder, oldest first."""
    file = folder / "traces"
    return file.read_text().split("\n")[:-1] if file.exists() else []


@task()
def greet(folder: str, name: str) -> None:
    """Leaves a greeting and the name of the application it runs in."""
    note(folder, f"{name} {current_app.name}")


@task(queue="urgent")
def hurry(folder: str) -> None:
    """Leaves a trace from the urgent queue."""
    note(folder, "urgent")


@task(queue="slow")
def dawdle(folder: str) -> None:
    """Leaves a trace from the slow queue."""
    note(folder, "slow")


@task(timeout=120, retries=())
def wait_for_bell(folder: str) -> None:
    """Begins, and is done when a file called ``bell`` is there."""
    note(folder, "began")
    for _ in range(1000):
        if (Path(folder) / "bell").exists():
            break
        time.sleep(0.1)
    note(folder, "done")


@task(timeout=120, retries=())
def look_and_wait_for_bell(folder: str) -> None:
    """Does the same with the database open, and leaves it open."""
    db.session.execute(sa.text("SELECT 1"))
    wait_for_bell(folder)


@task(retries=(1,))
def stumble(folder: str) -> None:
    """Fails at the first try."""
    note(folder, "tried")
    if len(traces(Path(folder))) == 1:
        raise RuntimeError("A stone lay in the way")


@task(queue="slow", retries=(1,))
def need_bell(folder: str) -> None:
    """Fails until a file called ``bell`` is there."""
    note(folder, "tried")
    if not (Path(folder) / "bell").exists():
        raise FileNotFoundError(f"No bell\nin {folder}")


SECRET = "words that nobody may read"


@task(retries=())
def write_secret(folder: str) -> None:
    """Fails with a statement whose value nobody may read."""
    note(folder, "tried")
    db.session.execute(sa.text("SELECT :secret FROM nowhere"), {"secret": SECRET})


@task(retries=())
def put_off(folder: str) -> None:
    """Says that it cannot be done now."""
    note(folder, "asked")
    raise Later("The road is closed")


@task()
def kill_worker(folder: str) -> None:
    """Takes its worker along."""
    note(folder, "killed")
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
