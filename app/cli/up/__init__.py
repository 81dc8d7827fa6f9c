"""``flask up``: the whole site in one command, with its store, its workers, its schedule and its web server."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.up import prepare, store
from app.cli.up.part import Part, show
from app.cli.up.supervisor import Asked, Supervisor
from app.cli.up.words import said
from app.extensions import queue
from app.queue import QueueDown
from config import ROOT, socket_path

JOB_GRACE = 60.0  # Seconds that a running job gets to finish when the site is stopped.


@click.command()
@with_appcontext
def up() -> None:
    """Run the whole site until Ctrl-C: store, web, workers and schedule."""
    config = current_app.config
    data: Path = config["DATA_DIR"]
    lock = prepare.lock(data)
    door = prepare.listen(config["HOST"], config["PORT"])
    supervisor = Supervisor(door, lock, [socket_path(data)])
    try:
        start(config, supervisor)
        supervisor.run()
    except Asked:
        pass
    finally:
        supervisor.stop()


def start(config: dict[str, Any], supervisor: Supervisor) -> None:
    """Prepares what is needed, starts the parts and says where the site is.

    Raises:
        Asked: somebody asked the site to stop meanwhile.
        CannotRun: something is in the way.
    """
    if config["REDIS_URL"] == f"unix://{socket_path(config['DATA_DIR'])}":
        start_store(config["DATA_DIR"], supervisor)
    prepare.compile_words(ROOT)
    prepare.migrate()
    web = web_part(supervisor.door.fileno())
    supervisor.start(web)
    supervisor.wait_for_answer(web, urlsplit(config["EXTERNAL_URL"]).netloc)
    # They need what the web server needs to start, so the first page comes before them.
    for part in background_parts():
        supervisor.start(part)
    where = config["EXTERNAL_URL"]
    show(said(f"\n{where} 에서 열렸어요. (멈추려면 Ctrl-C)", f"\nOpen at {where}  (Ctrl-C stops it)"))


def start_store(data: Path, supervisor: Supervisor) -> None:
    """Starts the store that comes along, and queues again the jobs that its last end cut off."""
    listens_at = socket_path(data)
    part = store.part(data, listens_at)
    supervisor.start(part)
    store.wait_until_ready(part, listens_at)
    # This store has no other workers than this supervisor's, and they do not run yet.
    try:
        queue.recover_all()
    except QueueDown:
        pass  # The schedule looks for them too, only later.


def web_part(door: int) -> Part:
    """Returns the web server, which serves the socket with that number."""
    argv = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"fd://{door}"]
    return Part("web", "web", [*argv, "microblog:app"], grace=27, fds=(door,))


def background_parts() -> list[Part]:
    """Returns the workers, of which one never takes slow jobs, and the schedule."""
    worker = [sys.executable, "worker.py"]
    return [
        Part("worker", "worker-1", [*worker, "urgent", "default", "slow"], grace=JOB_GRACE),
        Part("worker", "worker-2", [*worker, "urgent", "default"], grace=JOB_GRACE),
        Part("scheduler", "scheduler", [sys.executable, "-m", "flask", "scheduler"], grace=3),
    ]
