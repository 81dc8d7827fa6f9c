"""A client that knows one address reaches everything that is described, and each page costs few statements."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Connect, Program
from tests.cast import Cast
from tests.main.test_timelines import Statements

DEEDS = (
    *("message", "block", "unblock", "mute", "unmute", "cancel", "read"),
    *("change_password", "change_email", "change_username", "resend_code"),
)
"""Links to what is only done and never read."""


@pytest.fixture
def program(cast: Cast, connect: Connect) -> Program:
    """A member's program on a site where there is a bit of everything."""
    bada, haneul = cast.member("바다"), cast.member("하늘")
    top = cast.post(bada, "첫 글 #나들이 @하늘")
    cast.post(haneul, "둘째 답글 @바다", parent=cast.post(haneul, "답글 @바다", parent=top))
    for number in range(3):
        cast.post(haneul, f"{number}째 글 #나들이 @바다")
    cast.post(haneul, "A walk in the snow, with nobody around")
    haneul.post(f"/posts/{top}/like")
    bada.post("/@하늘/follow")
    haneul.post("/@바다/follow")
    for body in ("첫 쪽지", "둘째 쪽지"):
        cast.message(haneul, bada, body)
        cast.message(bada, haneul, body)
    cast.message(cast.member("노을"), bada)
    for name in ("구름", "안개"):
        cast.member(name)
        bada.post(f"/@{name}/block")
        bada.post(f"/@{name}/mute")
    for _ in range(2):  # The second one has not ended.
        bada.letters()
        bada.post("/settings/exports")
    return connect(bada)


def links_in(value: Any) -> Iterator[str]:
    """Yields the addresses of the interface in a body."""
    if isinstance(value, dict):
        for name, link in value.get("_links", {}).items():
            if link and name not in ("html", *DEEDS):
                yield link
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from links_in(inner)


def crawl(program: Program, start: str) -> dict[str, Any]:
    """Returns the bodies of everything that links lead to from an address."""
    found: dict[str, Any] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in found:
            answer = program.get(path)
            assert answer.status_code == 200, (path, answer.text)
            found[path] = answer.get_json(silent=True)  # The page that describes everything is HTML.
            waiting += links_in(found[path]) if path != "/api/openapi.json" else ()  # It holds examples.
    return found


def operations(app: Flask) -> dict[str, re.Pattern[str]]:
    """Returns every path with a GET that the description has, and what its addresses look like."""
    paths = app.test_client().get("/api/openapi.json").json["paths"]  # type: ignore[index]
    return {
        path: re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/?]+", re.escape(path)) + r"(\?.*)?")
        for path, methods in paths.items()
        if "get" in methods
    }


def test_links_lead_from_the_entry_to_everything_described(app: Flask, program: Program) -> None:
    reached = crawl(program, "/api")
    missed = [path for path, shape in operations(app).items() if not any(map(shape.fullmatch, reached))]
    assert not missed and len(operations(app)) > 15


def test_page_costs_few_statements_whatever_its_length(app: Flask, program: Program) -> None:
    counted: dict[str, int] = {}
    for path in crawl(program, "/api"):
        if path in ("/api/openapi.json", "/api/docs"):
            continue
        more = "&" if "?" in path else "?"
        is_list = "items" in (program.get(path).json or {}) and "thread" not in path
        with Statements() as statements:
            program.get(f"{path}{more}total=true&per_page=100" if is_list else path)
        counted[path] = len(statements.seen)
        assert counted[path] <= (5 if is_list else 4), (path, statements.seen)
    assert max(counted.values()) > 2
