"""Where the next page of a search begins: what comes back is one of ours, or refused."""

import base64
import json

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.models.keyset import BadCursor, Wanted
from app.search.engine import Hit
from app.services import search as searching
from app.services.search import places
from tests.services.conftest import STRANGER, site

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)
_step = st.tuples(st.sampled_from(["strict", "near"]) | _json, _json, _json, _json) | st.lists(
    _json, max_size=4
)
_cursor = st.builds(lambda now, steps: [now, *steps], _json, st.lists(_step, max_size=3))
_hit = st.builds(
    Hit, st.integers(0, 2**31), st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 2**62)
)
_stage = st.sampled_from(["strict", "near"])


def encoded(value: object) -> str:
    """Returns a value as a cursor carries it."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@settings(max_examples=300, deadline=None)
@given(st.text() | st.binary().map(lambda data: data.hex()) | _json.map(encoded) | _cursor.map(encoded))
def test_every_text_is_a_cursor_of_ours_or_refused(text: str) -> None:
    try:
        place = places.parse(text)
    except BadCursor:
        return
    assert places.parse(place.cursor()) == place


@settings(deadline=None)
@given(
    st.integers(0, 2**40),
    _stage,
    st.none() | _hit,
    st.lists(st.tuples(_stage, st.none() | _hit), max_size=5).map(tuple),
)
def test_place_comes_back_from_its_cursor(
    now: int, stage: str, after: Hit | None, trail: tuple[tuple[str, Hit | None], ...]
) -> None:
    place = places.Place(now, stage, after, trail)
    assert places.parse(place.cursor()) == place


def test_far_place_forgets_the_oldest_pages_and_leads_back_through_the_others() -> None:
    place = places.Place(2**31)
    for number in range(200):
        place = places.Place(place.now, "strict", Hit(10**9 + number, 12.345678901234567, 2**60)).behind(
            place
        )
    cursor = place.cursor()
    assert len(cursor) <= places.LONGEST
    back = places.parse(cursor)
    assert back.after == place.after and back.trail == place.trail[-len(back.trail) :]
    assert 25 <= len(back.trail) < 200
    steps = []
    while back.before:
        back = back.before
        steps.append(back.after)
    assert steps == [after for _, after in reversed(place.trail)][: len(steps)]


@pytest.mark.parametrize(
    "cursor",
    [
        "!!",
        "한글",
        "e30",
        encoded([1]),
        encoded([1, "strict"]),
        encoded([1, ["other"]]),
        encoded([1, [[]]]),
        encoded([1, ["near", 1, 10**400, 1]]),
        encoded([1, ["near", 1, True, 1]]),
        encoded([1, ["near", 1, 1.5]]),
        encoded([1, ["near", None], ["strict"]]),
        encoded([-1, ["near"]]),
        encoded([True, ["near"]]),
        encoded([1, {"0": 1}]),
    ],
)
def test_cursor_that_is_not_ours_is_refused_everywhere(app: Flask, cursor: str) -> None:
    with site(app):
        for find in (searching.posts, searching.people, searching.tags):
            with pytest.raises(BadCursor):
                find("겨울", STRANGER, Wanted(cursor))
