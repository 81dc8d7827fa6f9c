"""``flask search``: the state of the search index, and what mends it."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from flask_login import AnonymousUserMixin

from app.cli import progress
from app.cli.data import in_english
from app.exceptions import Conflict
from app.extensions import db
from app.extensions import search as searching
from app.models import SEARCHED, search_marks
from app.models.columns import now
from app.search.engine import SearchDown
from app.search.tuning import BadTuning
from app.services import outbox, rebuilds, reconcile
from app.services.search.explaining import explain as explain_query
from app.transaction import reading

search = AppGroup("search", help="The search index: its state, and what mends it.")
FOREVER = float("inf")
_LOOK_AGAIN = 0.5  # Seconds.


def told_plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Lets an engine that is away, or a file that cannot be read, end the command with its sentence."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            in_english(command)(*args, **kwargs)
        except (SearchDown, BadTuning) as error:
            raise click.ClickException(str(error)) from None

    return run


@search.command()
@told_plainly
@reading()
def status() -> None:
    """Show the engine, its analysis, documents against rows, and what waits; fail when something is wrong."""
    health, waiting, rebuild = searching.engine.health(), outbox.backlog(), rebuilds.current()
    click.echo(f"engine      {health.engine}")
    click.echo(f"analysis    {health.analysis}")
    click.echo(f"generation  {health.generation or 'none'}")
    wrong: list[str] = []
    for model in SEARCHED:
        name = model.__tablename__
        rows = db.session.scalar(sa.select(sa.func.count()).select_from(model))
        documents = health.documents.get(name, 0)
        click.echo(f"{name:<11} {documents:,} documents, {rows:,} rows")
        wanted = db.session.scalar(sa.select(sa.func.count()).select_from(model.indexed().subquery())) or 0
        # What waits in the outbox, and documents of deleted rows that it has yet to remove, explain as many.
        if abs(documents - wanted) > waiting.rows:
            wrong.append(f"{name}: {documents:,} documents for {wanted:,} rows that should be found")
    lag = f", the oldest for {(now() - waiting.since).total_seconds():.0f} s" if waiting.since else ""
    click.echo(f"outbox      {waiting.rows:,} waiting{lag}")
    if rebuild:
        state = "at work" if rebuild.busy_until and rebuild.busy_until > now() else "interrupted"
        click.echo(f"rebuild     {state}, begun {rebuild.begun_at:%Y-%m-%d %H:%M} UTC")
    if health.problem:
        raise click.ClickException(health.problem)
    search_marks.require_ours()
    if wrong:
        raise click.ClickException(f"{'; '.join(wrong)}. Put it right with: flask search check --repair")


@search.command("rebuild")
@click.option("--restart", is_flag=True, help="Begin anew instead of going on with one that was interrupted.")
@told_plainly
def rebuild_index(restart: bool) -> None:
    """Make the index anew beside the one that answers, and let it take over; people can write meanwhile. Where
    somebody is at work on it, wait for them, or go on with what they leave.
    """
    if restart:
        rebuilds.abandon()
    with ExitStack() as bars:
        shown: dict[str, progress.Bar] = {}
        done: dict[str, int] = {}

        def show(index: str, rows: int, all_rows: int) -> None:
            if index not in shown:
                bars.close()
                shown[index] = bars.enter_context(progress.bar(max(all_rows, 1), f"{index:<5}"))
            shown[index].update(rows - done.get(index, 0))
            done[index] = rows

        while not _advance(show):
            time.sleep(_LOOK_AGAIN)
    click.echo(f"The new index answers: {searching.engine.generation()}.")


@search.command()
@told_plainly
def drain() -> None:
    """Bring what has changed to the engine now, instead of waiting for a worker."""
    rows = outbox.drain(FOREVER)
    click.echo(f"{rows:,} rows were brought to the engine.")


@search.command()
@click.option("--repair", is_flag=True, help="Put what differs right.")
@told_plainly
def check(repair: bool) -> None:
    """Compare the index with the database; fail when they differ, unless that was repaired."""
    total = 0
    for model in SEARCHED:
        name = model.__tablename__
        with reading():
            rows = db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
        with progress.bar(max(rows, 1), f"{name:<5}") as bar:
            found = reconcile.compare(name, bar.update)
        kinds = {
            "missing": found.missing,
            "outdated": found.outdated,
            "surplus": found.surplus,
            "newer": found.newer,
        }
        click.echo(f"{name:<5} " + ", ".join(f"{len(ids):,} {kind}" for kind, ids in kinds.items()))
        total += found.count
        if repair:
            reconcile.repair(name, found)
    if repair:
        outbox.drain(FOREVER)
        click.echo(f"{total:,} rows were put right." if total else "Nothing had to be put right.")
    elif total:
        raise click.ClickException(f"{total:,} rows differ. Put them right with: flask search check --repair")


@search.command()
@click.argument("query")
@told_plainly
@reading()
def explain(query: str) -> None:
    """Show how a query is read, what the engine is asked, and why the best posts match."""
    told = explain_query(query, AnonymousUserMixin())
    _section("The query was read as", told.tree)
    _section("A post must match", told.gate)
    _section("Scored", [f"lemmas  {' '.join(told.lemmas)}", f"bigrams {' '.join(told.bigrams)}"])
    _section("The person is told", told.notes)
    for match in told.matches:
        _section(f"{match.stage} {match.score:.3f}  post {match.id}  {match.text}", match.reason.splitlines())
    if not told.matches:
        click.echo("Nothing matches.")


def _advance(show: rebuilds.Progress) -> bool:
    """Makes the index, unless somebody is at work on it; returns whether it is made, by whomever."""
    try:
        return rebuilds.advance(FOREVER, show)
    except Conflict:
        # A worker, or somebody who was killed a moment ago and counts as alive for a minute.
        with reading():
            return rebuilds.current() is None


def _section(title: str, lines: list[str]) -> None:
    if lines:
        click.secho(title, bold=True)
        click.echo("".join(f"  {line}\n" for line in lines))
