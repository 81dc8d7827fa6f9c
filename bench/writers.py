"""How many posts fail when members of several processes write to SQLite at the same time.

    python -m bench.writers
    python -m bench.writers --writers 6 --requests 1000

Two of three requests of each writer are posts, the third is a look at the timeline.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections import Counter
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.extensions import db
from tests.cast import Cast
from tests.conftest import settings_for


def main() -> None:
    """Lets the writers write and prints what they were answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=6)
    parser.add_argument("--requests", type=int, default=1000, help="of each writer")
    options = parser.parse_args()
    fork = multiprocessing.get_context("fork")
    told: Queue[Any] = fork.Queue()
    with tempfile.TemporaryDirectory(prefix="hanmadi-writers-") as folder:
        app = create_app(settings_for(f"sqlite:///{folder}/hanmadi.db", Path(folder)))
        app.logger.setLevel("CRITICAL")
        with app.app_context():
            db.create_all()
        cast = Cast(app)
        clients = [cast.member(f"손님{chr(0xAC00 + number)}").client for number in range(options.writers)]
        forget_connections(app, close=True)
        began = time.monotonic()
        for client in clients:
            fork.Process(target=write, args=(app, client, options.requests, told)).start()
        answers: Counter[int] = Counter()
        slowest = 0.0
        for _ in clients:
            of_one, seconds = told.get()
            answers.update(of_one)
            slowest = max(slowest, seconds)
    print(
        f"{answers.total()} requests in {time.monotonic() - began:.0f} s, slowest {slowest:.1f} s: {dict(answers)}"
    )


def forget_connections(app: Flask, *, close: bool) -> None:
    """Drops this process's connections; after a fork they belong to the parent and stay open."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=close)


def write(app: Flask, client: FlaskClient, requests: int, told: Queue[Any]) -> None:
    """Sends the requests of one writer and tells how they were answered, and the seconds of the slowest."""
    forget_connections(app, close=False)
    answers: Counter[int] = Counter()
    slowest = 0.0
    for number in range(requests):
        began = time.monotonic()
        answer = (
            client.get("/explore")
            if number % 3 == 2
            else client.post("/posts", data={"body": f"{number} 글"})
        )
        slowest = max(slowest, time.monotonic() - began)
        answers[answer.status_code] += 1
    told.put((answers, slowest))


if __name__ == "__main__":
    main()
