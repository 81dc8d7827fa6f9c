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
_cursor = st.tuples(_json, st.sampled_from(["strict", "near"]) | _json, _json | st.lists(_json, max_size=3))


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
    st.sampled_from(["strict", "near"]),
    st.none()
    | st.builds(
        Hit, st.integers(0, 2**31), st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 2**62)
    ),
)
def test_place_comes_back_from_its_cursor(now: int, stage: str, after: Hit | None) -> None:
    place = places.Place(now, stage, after)
    assert places.parse(place.cursor()) == place


@pytest.mark.parametrize(
    "cursor",
    [
        "!!",
        "한글",
        "e30",
        encoded([1, "strict"]),
        encoded([1, "other", None]),
        encoded([1, [], None]),
        encoded([1, "near", [1, 10**400, 1]]),
        encoded([1, "near", [1, True, 1]]),
        encoded([-1, "near", None]),
        encoded([True, "near", None]),
        encoded([1, "near", {"0": 1}]),
    ],
)
def test_cursor_that_is_not_ours_is_refused_everywhere(app: Flask, cursor: str) -> None:
    with site(app):
        for find in (searching.posts, searching.people, searching.tags):
            with pytest.raises(BadCursor):
                find("겨울", STRANGER, Wanted(cursor))
