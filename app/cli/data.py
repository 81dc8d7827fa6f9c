"""``flask data``: a demo, made-up and imported posts, and the counters."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import PurePath
from typing import Any, BinaryIO

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from app.cli import progress
from app.exceptions import Refused
from app.services import counters, demo, generation, imports, passwords

SHOWN = 20  # Differences of one kind that are printed; the rest is counted.

data = AppGroup("data", help="Fill the database, and prove its counters.")


def in_english(command: Callable[..., None]) -> Callable[..., None]:
    """Lets what services say be in the language of the commands, and a refusal end the command with its sentence."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        with force_locale("en"):
            try:
                command(*args, **kwargs)
            except Refused as refusal:
                raise click.ClickException(str(refusal.message)) from None

    return run


@data.command("demo")
@in_english
def make_demo() -> None:
    """Make the demo's people, and what they have written."""
    _refuse_in_production()
    made = demo.furnish(passwords.keep(demo.PASSWORD))
    if made is None:
        click.echo("The demo is here already; nothing was added.")
    else:
        click.echo(
            f"{made.people} people, {made.posts} posts, {made.follows} follows, {made.likes} likes "
            f"and {made.messages} messages are here."
        )
    click.echo(f"Sign in as seoha, or any of them, with the password {demo.PASSWORD}.")


@data.command()
@click.option("--users", default=1000, show_default=True, type=click.IntRange(1), help="How many people.")
@click.option("--posts", default=100_000, show_default=True, type=click.IntRange(0), help="How many posts.")
@click.option(
    "--follows", default=50, show_default=True, type=click.IntRange(0), help="How many each one follows."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same people and texts.")
@in_english
def generate(users: int, posts: int, follows: int, seed: int) -> None:
    """Make up people and posts for measurements, beside what is there."""
    _refuse_in_production()
    order = generation.Order(users, posts, follows, seed, passwords.keep(demo.PASSWORD))
    with (
        _unless_interrupted("The counters are not right yet: run flask data recount."),
        progress.bar(order.size, "Making") as bar,
    ):
        for made in generation.generate(order):
            bar.update(made)
    click.echo(f"{users:,} people wrote {posts:,} posts, and each follows {order.follows_each:,} others.")
    click.echo(f"All of them sign in with the password {demo.PASSWORD}.")


@data.command()
@click.argument("file", type=click.File("rb"))
@click.option("--source", help="Within what ids are unique; by default the file's name.")
@in_english
def load(file: BinaryIO, source: str | None) -> None:
    """Load posts from FILE, or from standard input when it is -.

    Each line is a JSON object with username, body, and if wanted created_at (ISO 8601, UTC unless it says otherwise),
    id (any string, unique in its source) and reply_to (the id of an earlier line). People who are missing are made.
    What is there already is passed over, so a load that was interrupted is simply started again.
    """
    total: Counter[str] = Counter()
    name = source or PurePath(str(getattr(file, "name", "stdin"))).name.strip("<>")
    with (
        _unless_interrupted("What was loaded stays; start it again to go on."),
        progress.bar(progress.size(file), "Loading") as bar,
    ):
        for batch in imports.load(file, name):
            for number, reason in batch.bad:
                progress.clear()
                click.echo(f"line {number}: {reason}", err=True)
            bar.update(batch.size)
            total.update(loaded=batch.loaded, known=batch.known, bad=len(batch.bad))
    click.echo(f"{total['loaded']:,} loaded, {total['known']:,} there already, {total['bad']:,} bad.")
    if total["bad"]:
        sys.exit(1)


@data.command()
@click.option("--check", is_flag=True, help="Change nothing; end with 1 when a counter is wrong.")
@in_english
def recount(check: bool) -> None:
    """Prove that the kept counters are right, and mend those that are not."""
    verb = counters.check if check else counters.mend
    windows = counters.windows()
    found: Counter[str] = Counter()
    with progress.bar(len(windows), "Counting") as bar:
        for window in windows:
            _show(verb(window), found)
            bar.update(1)
    for counter, number in sorted(found.items()):
        click.echo(f"{counter}: {number:,} {'wrong' if check else 'mended'}")
    if not found:
        click.echo("All counters are right.")
    elif check:
        sys.exit(1)


def _show(differences: Iterable[counters.Difference], found: Counter[str]) -> None:
    for each in differences:
        name = f"{each.table}.{each.counter}"
        found[name] += 1
        if found[name] <= SHOWN:
            progress.clear()
            click.echo(f"{each.table} {each.id}: {each.counter} was {each.kept}, counted {each.counted}")


def _refuse_in_production() -> None:
    if current_app.config["ENVIRONMENT"] == "production":
        raise click.ClickException(
            "Made-up people have a password that everybody knows, so they never live on a real site. "
            "Set APP_ENV=development and a database of its own (DATA_DIR or DATABASE_URL), and start again."
        )


@contextmanager
def _unless_interrupted(sentence: str) -> Iterator[None]:
    """Ends with a sentence when the person at the keyboard has seen enough."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"\n{sentence}", err=True)
        raise click.Abort from None
