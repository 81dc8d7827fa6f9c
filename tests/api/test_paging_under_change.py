"""Lists while people write, edit and delete: whoever follows ``next`` meets everything that stays, once, in order."""

import itertools
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models import Post
from app.services import posts, users
from app.transaction import transaction
from tests.api.conftest import Connect, Program
from tests.api.test_paging import header
from tests.cast import Cast

LISTS = (
    "/api/posts",
    "/api/timelines/explore",
    "/api/timelines/home",
    "/api/timelines/tags/{tag}",
    "/api/users/{author}/posts",
    "/api/posts/{top}/replies",
)
actions = st.lists(
    st.tuples(st.sampled_from(("write", "write", "edit", "delete")), st.integers(0, 30)), max_size=12
)
_turn = itertools.count()


class Writer:
    """Somebody who writes, edits and deletes posts of one kind.

    Args:
        app: the application.
        list_: the list in which the posts stand.
    """

    def __init__(self, app: Flask, list_: str) -> None:
        self.app = app
        self.tag = f"표{next(_turn)}"
        self.standing: list[int] = []
        with app.app_context(), transaction():
            self._top = posts.publish(self._author, "처음").id if "{top}" in list_ else None
            self.path = list_.format(tag=self.tag, author="바다", top=self._top)

    @property
    def _author(self) -> Any:
        return users.by_name_or_address("바다")

    def do(self, action: str, which: int) -> None:
        """Changes something."""
        with self.app.app_context(), transaction():
            if action == "write" or not self.standing:
                parent = posts.find(self._top, self._author) if self._top else None
                self.standing.append(posts.publish(self._author, f"글 #{self.tag}", parent).id)
                return
            id = self.standing[which % len(self.standing)]
            found: Post = posts.find(id, self._author)
            if action == "edit":
                posts.edit(found, self._author, f"고친 글 {which} #{self.tag}")
            else:
                posts.delete(found, self._author)
                self.standing.remove(id)


@pytest.fixture
def program(cast: Cast, connect: Connect) -> Program:
    """The writer's own program."""
    return connect(cast.member("바다"))


@pytest.mark.parametrize("list_", LISTS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=actions, between=actions, per_page=st.integers(1, 4))
def test_what_stays_is_met_once_and_in_order(
    app: Flask, program: Program, list_: str, before: Any, between: Any, per_page: int
) -> None:
    writer = Writer(app, list_)
    for action in before:
        writer.do(*action)
    there, waiting = set(writer.standing), iter(between)
    met: list[int] = []
    path = f"{writer.path}?per_page={per_page}"
    while path:
        answer = program.get(path)
        assert answer.status_code == 200
        met += [item["id"] for item in answer.json["items"]]
        assert header(answer) == {name: link for name, link in answer.json["_links"].items() if link}
        path = answer.json["_links"]["next"]
        if action := next(waiting, None):
            writer.do(*action)
    assert met == sorted(met, reverse="replies" not in list_), "in order, and each once"
    assert len(set(met)) == len(met)
    assert there & set(writer.standing) <= set(met)
