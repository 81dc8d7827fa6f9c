"""Counts the SQL statements of the pages, and their time beside a page that asks nothing.

    python -m bench.pages                                    a new SQLite database
    python -m bench.pages --database postgresql://…/empty    PostgreSQL

The site has 1,000 people who wrote 100 posts each and follow 50 others.
"""

import argparse
import tempfile
import time
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import event

from app import create_app
from app.cli.data import data
from app.extensions import db
from app.models import Post, PostTag, Tag, User
from app.services import sessions
from app.transaction import transaction
from config import Testing, database_url

ROUNDS = 15


def main() -> None:
    """Fills a site and prints a line for each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="")
    given = parser.parse_args().database
    with tempfile.TemporaryDirectory() as folder:
        settings = Testing()
        settings.SQLALCHEMY_DATABASE_URI = database_url(given or f"sqlite:///{folder}/bench.db")
        app = create_app(settings)
        with app.app_context():
            db.create_all()
        sizes = ["--users", "1000", "--posts", "100000", "--follows", "50", "--seed", "1"]
        app.test_cli_runner().invoke(data, ["generate", *sizes], catch_exceptions=False)
        client = app.test_client()
        with app.app_context():
            with transaction():
                reader = db.session.scalars(sa.select(User).order_by(User.following_count.desc())).first()
                assert reader is not None
                secret = sessions.open_for(reader, False, sessions.Browser("bench", "127.0.0.1"))
            pages = addresses(reader)
        client.set_cookie(app.config["SIGN_IN_COOKIE_NAME"], secret)
        report(client, pages)


def addresses(reader: User) -> dict[str, str]:
    """Returns the pages: a busy conversation from its middle, a writer of many posts, a tag of many posts."""
    reply = sa.select(Post.id).where(Post.parent_id.is_not(None)).order_by(Post.reply_count.desc())
    writer = sa.select(User.username).order_by(User.post_count.desc())
    tag = sa.select(Tag.key).join(PostTag).group_by(Tag.id).order_by(sa.func.count().desc())
    return {
        "home": "/",
        "explore": "/explore",
        "profile": f"/@{db.session.scalars(writer).first()}",
        "thread": f"/posts/{db.session.scalars(reply).first()}",
        "hashtag": f"/tags/{db.session.scalars(tag).first()}",
    }


def report(client: FlaskClient, pages: dict[str, str]) -> None:
    """Prints the statements of each page, and its median time over that of /healthz."""
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", count)
    nothing = timed(client, "/healthz")
    print(f"{'page':<10}{'statements':>12}{'times /healthz':>17}")
    for name, path in pages.items():
        client.get(path)
        statements.clear()
        assert client.get(path).status_code == 200, path
        number = len(statements)
        print(f"{name:<10}{number:>12}{timed(client, path) / nothing:>17.1f}")


def timed(client: FlaskClient, path: str) -> float:
    """Returns the median seconds of a page."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        client.get(path)
        taken.append(time.perf_counter() - start)
    return median(taken)


if __name__ == "__main__":
    main()
