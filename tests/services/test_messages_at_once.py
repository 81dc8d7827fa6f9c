"""Private conversations while several things happen in the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from app.exceptions import Refused
from app.extensions import db
from app.models import Conversation
from app.transaction import transaction
from tests.services.talks import BADA, HANEUL, Site, assert_kept_is_counted, leave, read, say, unread


def at_once(app: Flask, *deeds: Callable[[], object]) -> list[Refused | None]:
    """Does things at the same moment, each in a transaction of its own, and returns what was refused."""
    ready = Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> Refused | None:
        with app.app_context():
            ready.wait()
            try:
                with transaction():
                    deed()
            except Refused as refusal:
                return refusal
        return None

    with ThreadPoolExecutor(len(deeds)) as crowd:
        return list(crowd.map(do, deeds))


def test_message_with_one_key_that_comes_at_once_is_stored_once(app: Flask, both: Site) -> None:
    with both():
        say(HANEUL, BADA)
    assert at_once(app, *[lambda: say(BADA, HANEUL, key="k")] * 4) == [None] * 4
    with both():
        assert unread(HANEUL, BADA) == 1


@pytest.mark.parametrize("begun", [False, True])
def test_two_who_write_at_once_wait_for_each_other_in_no_circle(app: Flask, both: Site, begun: bool) -> None:
    if begun:
        with both():
            say(BADA, HANEUL)
            leave(BADA, HANEUL)
            read(HANEUL, BADA, 2**60)

    def speak(one: str, other: str) -> None:
        for number in range(5):
            with transaction():
                say(one, other, f"{one} {number}")

    deeds = [lambda: speak(BADA, HANEUL), lambda: speak(HANEUL, BADA)] * 2
    assert at_once(app, *deeds) == [None] * 4
    with both():
        assert (unread(BADA, HANEUL), unread(HANEUL, BADA)) == (10, 10)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Conversation)) == 1
        assert_kept_is_counted()


def test_reading_while_others_write_leaves_the_right_number(app: Flask, both: Site) -> None:
    with both():
        say(BADA, HANEUL)

    def write() -> None:
        for _ in range(8):
            with transaction():
                say(BADA, HANEUL)

    def read_on() -> None:
        for _ in range(8):
            with transaction():
                read(HANEUL, BADA, 2**60)

    assert at_once(app, write, read_on, write, read_on) == [None] * 4
    with both():
        assert_kept_is_counted()
        read(HANEUL, BADA, 2**60)
    with both():
        assert unread(HANEUL, BADA) == 0
