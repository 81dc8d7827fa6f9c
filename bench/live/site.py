"""The sites to measure, which are those of the tests, and their people."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

from app.extensions import db
from app.models import Post
from app.services import posts, users
from app.transaction import transaction
from tests.integration.live_site import OneMachine, Site, Split


@contextmanager
def running(is_split: bool) -> Iterator[Site]:
    """Runs a site until the block ends."""
    with tempfile.TemporaryDirectory(prefix="hanmadi-live-") as folder:
        site: Site | None = None
        try:
            site = Split(Path(folder)) if is_split else OneMachine(Path(folder))
            yield site
        finally:
            if site is not None:
                with redirect_stdout(StringIO()):  # A program that ends shows all it has said.
                    site.stop()


def write(site: Site, name: str, number: int) -> list[int]:
    """Writes posts past the front door, whose limit is lower, and returns their ids."""
    site.member(name)
    with site.app.app_context(), transaction():
        author = users.by_name_or_address(name)
        assert author
        made: list[Post] = [posts.publish(author, f"{count}번째 글") for count in range(number)]
        db.session.flush()
        return [post.id for post in made]


def quantile(measured: list[float], part: float) -> float:
    """Returns the milliseconds below which a part of some seconds lie."""
    return sorted(measured)[min(int(len(measured) * part), len(measured) - 1)] * 1000
