"""Measures the bulk commands: generate, recount --check, and load, the second time with everything there already.

    python -m bench.data                                     a new SQLite database, a million posts
    python -m bench.data --posts 100000 --database postgresql://…/empty

The seconds are of the clock; those of this process are what an idle machine would need at least.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from flask import Flask

from app import create_app
from app.cli.data import data
from app.extensions import db
from app.services import texts
from config import Testing, database_url

PEOPLE = 1000


def main() -> None:
    """Runs the commands one after the other and prints a line for each."""
    options = parsed()
    with tempfile.TemporaryDirectory() as folder:
        settings = Testing()
        settings.SQLALCHEMY_DATABASE_URI = database_url(options.database or f"sqlite:///{folder}/bench.db")
        app = create_app(settings)
        with app.app_context():
            db.create_all()
        archive = Path(folder) / "archive.jsonl"
        write_archive(archive, options.lines)
        posts, people = options.posts, options.users
        sizes = ["--users", str(people), "--posts", str(posts), "--follows", "50", "--seed", "1"]
        measure(f"generate {' '.join(sizes)}", posts, lambda: run(app, "generate", *sizes))
        measure("recount --check", posts, lambda: run(app, "recount", "--check"))
        for times in ("first", "again"):
            measure(f"load ({times})", options.lines, lambda: run(app, "load", str(archive)))


def parsed() -> argparse.Namespace:
    """Returns what was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", default="", help="the address of an empty database")
    parser.add_argument("--users", type=int, default=PEOPLE)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=100_000, help="how many lines are loaded")
    return parser.parse_args()


def run(app: Flask, *arguments: str) -> None:
    """Runs a command of ``flask data``; its failure is ours."""
    result = app.test_cli_runner().invoke(data, list(arguments))
    if result.exit_code:
        raise SystemExit(f"{' '.join(arguments)} failed: {result.output} {result.exception!r}")


def measure(name: str, count: int, work: Callable[[], None]) -> None:
    """Prints how long the work took, and how much of it was done in a second."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    seconds, own = time.perf_counter() - clock, time.process_time() - processor
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name}: {seconds:.1f} s ({own:.1f} s of this process), {count / seconds:,.0f} a second, {memory} MB"
    )


def write_archive(path: Path, lines: int) -> None:
    """Writes an archive of everyday posts: a fifth are replies, a tenth carry a tag, a twentieth call somebody."""
    chance, opening, tags = Random(1), [talk.question for talk in texts.talks()], texts.words().tags
    names = [f"{chance.choice(texts.words().names)}_{number}" for number in range(PEOPLE)]
    with path.open("w", encoding="utf-8") as file:
        for number in range(lines):
            body = f"{chance.choice(opening)} {chance.choice(texts.reviews())}"
            if number % 10 == 0:
                body += f" #{chance.choice(tags)}"
            if number % 20 == 1:
                body = texts.words().call.format(name=chance.choice(names)) + body
            values = {"id": str(number), "username": chance.choice(names), "body": body}
            values["created_at"] = f"2024-01-01T00:{number // 60 % 60:02}:{number % 60:02}Z"
            if number % 5 == 4:
                values["reply_to"] = str(chance.randrange(number))
            file.write(json.dumps(values, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
