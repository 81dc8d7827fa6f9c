"""Measures the making of a member's copy: time, memory, size, and the longest silence between two signs of life.

    python -m bench.exports --posts 10000                              a new SQLite database
    python -m bench.exports --database postgresql://…/empty            PostgreSQL

The member has written so many posts, a fifth of them replies, likes half as many, follows and is followed by two
hundred, and has a tenth as many messages in twenty conversations. The try is the worker's own, without the queue.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from app import create_app, files
from app.extensions import db
from app.models import Conversation, Follow, Like, Message, Participation, Post, Task, User
from app.models.columns import now
from app.services import bulk, tasks, texts
from app.tasks import exports
from app.transaction import transaction
from config import Testing, database_url

PEOPLE, TALKS = 200, 20
MEMBER = "쓰는이"


def main() -> None:
    """Fills a site, makes one copy, and prints what it cost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--database", default="", help="the address of an empty database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = (folder, options.database or f"sqlite:///{folder}/bench.db", options.posts)
        # In a process of its own, so that the memory is that of the making.
        filling = multiprocessing.get_context("spawn").Process(target=fill, args=where)
        filling.start()
        filling.join()
        measure(site(folder, where[1]))


def site(folder: str, database: str) -> Flask:
    """Returns the application over a folder and a database."""
    settings = Testing()
    settings.SQLALCHEMY_DATABASE_URI = database_url(database)
    settings.DATA_DIR = Path(folder)
    settings.MAIL_FOLDER = Path(folder) / "mail"
    return create_app(settings)


def fill(folder: str, database: str, posts: int) -> None:
    """Makes the member, those around them, and what the member has."""
    with site(folder, database).app_context(), transaction():
        db.create_all()
        names = [MEMBER, *(f"이웃{number}" for number in range(PEOPLE))]
        people = [
            User(
                username=name, username_key=name, email=f"{name}@x.invalid", email_key=name, password_hash=""
            )
            for name in names
        ]
        for person in people:
            person.confirmed_at = now()
        db.session.add_all(people)
        db.session.flush()
        me, *others = [person.id for person in people]
        theirs = write_posts(others, posts, Random(1), [])
        write_posts([me], posts, Random(2), theirs)
        moment = now()
        likes = [(me, id, moment - timedelta(minutes=nth)) for nth, id in enumerate(theirs[: posts // 2])]
        bulk.write(Like, ("user_id", "post_id", "created_at"), likes)
        bonds = [pair for other in others for pair in ((me, other, moment), (other, me, moment))]
        bulk.write(Follow, ("follower_id", "followed_id", "created_at"), bonds)
        talk(me, others[:TALKS], posts // 10)
        db.session.add(Task(user_id=me, kind=tasks.EXPORT, heartbeat_at=now()))


def write_posts(authors: list[int], count: int, chance: Random, answered: list[int]) -> list[int]:
    """Writes everyday posts over three years; every fifth answers one of those given, if there are any."""
    openings, reviews, tags = [talk.question for talk in texts.talks()], texts.reviews(), texts.words().tags
    written: list[int] = []
    for piece in bulk.pieces(range(count), 5000):
        ids = bulk.take_ids(Post, len(piece))
        rows = []
        for id, nth in zip(ids, piece, strict=True):
            body = f"{chance.choice(openings)} {chance.choice(reviews)}"[:280] + f" #{chance.choice(tags)}"
            parent = chance.choice(answered) if answered and nth % 5 == 0 else None
            at = now() - timedelta(minutes=157 * nth)
            rows.append((id, chance.choice(authors), parent, body, "ko", at))
        bulk.write(Post, ("id", "author_id", "parent_id", "body", "language", "created_at"), rows)
        written.extend(ids)
    return written


def talk(me: int, others: list[int], count: int) -> None:
    """Lets the member and others write to one another."""
    moment = now()
    for other in others:
        first, second = sorted((me, other))
        conversation = Conversation(first_id=first, second_id=second, begun_by_id=me)
        db.session.add(conversation)
        db.session.flush()
        messages = [
            Message(
                conversation_id=conversation.id,
                sender_id=(me, other)[nth % 2],
                body=f"쪽지 {nth}",
                created_at=moment,
            )
            for nth in range(count // len(others))
        ]
        db.session.add_all(messages)
        db.session.flush()
        for mine, theirs in ((me, other), (other, me)):
            ends = {"user_id": mine, "other_id": theirs, "last_id": messages[-1].id, "last_at": moment}
            db.session.add(Participation(conversation_id=conversation.id, **ends))


def measure(app: Flask) -> None:
    """Makes the copy and prints a line."""
    with app.app_context():
        task_id, attempt = db.session.execute(sa.select(Task.id, Task.attempt)).one()
        db.session.remove()
        before, silences = memory(), beats()
        clock, processor = time.perf_counter(), time.process_time()
        exports.make(task_id, attempt)
        seconds, own = time.perf_counter() - clock, time.process_time() - processor
        task = db.session.get_one(Task, task_id)
        assert task.state == tasks.DONE and task.result, (task.state, task.error)
        path = files.exports().path(task.result["file"])
        assert path
        print(f"{task.result['counts']}")
        print(
            f"{seconds:.1f} s ({own:.1f} s of this process), {path.stat().st_size / 1e6:.1f} MB, "
            f"{memory()} MB at most, {before} MB before; "
            f"{len(silences)} signs of life, {max(silences):.2f} s between two at most"
        )


def memory() -> int:
    """Returns the most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def beats() -> list[float]:
    """Returns a list that grows by the seconds between every two writings of the task's row."""
    silences: list[float] = []
    told = [time.perf_counter()]

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE task"):
            moment = time.perf_counter()
            silences.append(moment - told[0])
            told[0] = moment

    event.listen(sa.Engine, "after_cursor_execute", note)
    return silences


if __name__ == "__main__":
    main()
