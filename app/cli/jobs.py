"""``flask jobs``: what the workers could not do, and what becomes of it."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup

from app.extensions import queue
from app.models import Errand
from app.models.columns import now
from app.queue import FailedJob, QueueDown
from app.services import errands
from app.transaction import reading

jobs = AppGroup("jobs", help="What the workers could not do: see it, do it again, forget it.")

named = click.argument("ids", metavar="[ID]...", nargs=-1)
all_of_them = click.option("--all", "everything", is_flag=True, help="Every job that has failed.")


def of_the_store(command: Callable[..., None]) -> Callable[..., None]:
    """Lets a store that is away end the command with a sentence."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except QueueDown as error:
            raise click.ClickException(
                f"{error} Start it again, or correct REDIS_URL, and repeat the command."
            ) from None

    return run


@jobs.command("list")
@click.option("--arguments", is_flag=True, help="Show what each was called with, which may name people.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@of_the_store
def list_jobs(arguments: bool, as_json: bool) -> None:
    """List the jobs that have failed, the latest first, and what is owed and was tried in vain."""
    failed = queue.failed()
    with reading():
        owed = [errand for errand in errands.listed() if errand.attempts]
        if as_json:
            click.echo(_json(failed, owed, arguments))
            return
        _show(failed, arguments)
        _show_owed(owed)


@jobs.command()
@named
@all_of_them
@of_the_store
def retry(ids: tuple[str, ...], everything: bool) -> None:
    """Put failed jobs back into their queues, with as many tries as new ones."""
    _change(_chosen(ids, everything), queue.retry, "put back")


@jobs.command()
@named
@all_of_them
@click.option("--older-than", type=click.IntRange(min=0), metavar="DAYS", help="With --all: only these.")
@of_the_store
def drop(ids: tuple[str, ...], everything: bool, older_than: int | None) -> None:
    """Forget failed jobs; after a week they are forgotten anyway."""
    if older_than is not None and not everything:
        raise click.UsageError("--older-than goes with --all.")
    before = now() - timedelta(days=older_than or 0)
    _change(_chosen(ids, everything, before), queue.drop, "forgotten")


def _chosen(ids: tuple[str, ...], everything: bool, before: datetime | None = None) -> Sequence[str]:
    """Returns the jobs that a command is about.

    Raises:
        UsageError: it names none, or some and all.
    """
    if bool(ids) is everything:
        raise click.UsageError("Name the jobs by their ids, or give --all.")
    if ids:
        return ids
    return [job.id for job in queue.failed() if before is None or job.failed_at <= before]


def _change(ids: Sequence[str], verb: Callable[[str], bool], done: str) -> None:
    """Changes some jobs and says how many.

    Raises:
        ClickException: some are not there.
    """
    lost = [job_id for job_id in ids if not verb(job_id)]
    click.echo(f"{_jobs(len(ids) - len(lost))} {done}.")
    if lost:
        raise click.ClickException(f"No failed job is called {', '.join(lost)}.")


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count:,} jobs"


def _show(failed: Sequence[FailedJob], arguments: bool) -> None:
    click.echo(f"{_jobs(len(failed))} failed." if failed else "No job has failed.")
    for job in failed:
        tries = "once" if job.tries == 1 else f"{job.tries} times"
        click.echo(f"\n{job.id}  {job.failed_at:%Y-%m-%d %H:%M} UTC  {job.queue}")
        click.echo(f"    {job.task}, tried {tries}\n    {job.error}")
        if arguments:
            click.echo(f"    {json.dumps(job.arguments, ensure_ascii=False)}")


def _show_owed(owed: Sequence[Errand]) -> None:
    if owed:
        click.echo("\nOwed, and tried again without being asked:")
    for errand in owed:
        tries = "once" if errand.attempts == 1 else f"{errand.attempts} times"
        click.echo(
            f"    {errand.task}, tried {tries}, next at {errand.due_at:%H:%M:%S}, "
            f"given up at {errand.expires_at:%Y-%m-%d %H:%M} UTC"
        )


def _json(failed: Sequence[FailedJob], owed: Sequence[Errand], arguments: bool) -> str:
    jobs = [
        {
            "id": job.id,
            "task": job.task,
            "queue": job.queue,
            "failed_at": job.failed_at.isoformat(),
            "tries": job.tries,
            "error": job.error,
            **({"arguments": job.arguments} if arguments else {}),
        }
        for job in failed
    ]
    debts = [
        {
            "task": errand.task,
            "tries": errand.attempts,
            "due_at": errand.due_at.isoformat(),
            "expires_at": errand.expires_at.isoformat(),
            **({"arguments": errand.arguments} if arguments else {}),
        }
        for errand in owed
    ]
    return json.dumps({"failed": jobs, "owed": debts}, ensure_ascii=False, indent=2)
