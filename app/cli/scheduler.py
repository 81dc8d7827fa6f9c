"""``flask scheduler``: the process that starts tasks by the clock."""

import signal
import sys
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from app.extensions import queue
from app.queue import pulse
from app.queue.scheduler import Scheduler
from app.tasks.schedule import SCHEDULE


@click.command()
@with_appcontext
def scheduler() -> None:
    """Start tasks by the clock until SIGTERM; more than one of these do no harm."""
    # Whatever is written to the store is one transaction, so it may end anywhere.
    signal.signal(signal.SIGTERM, lambda _signum, _frame: sys.exit(0))
    try:
        Scheduler(queue, SCHEDULE, ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])).run()
    except KeyboardInterrupt:
        pass
    finally:
        pulse.end()
