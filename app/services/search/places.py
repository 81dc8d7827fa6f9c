"""Where the next page of a search begins: opaque to whoever carries it, and checked when it comes back."""

import base64
import binascii
import json
import math
from dataclasses import dataclass, replace
from typing import Any

from app.models.keyset import BadCursor
from app.search.engine import Hit

STRICT, NEAR = "strict", "near"
LONGEST = 2500
"""Characters of a cursor: enough to look back over thirty pages; with a long query it fits into an address."""
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Place:
    """A place in the results of one search.

    An engine goes on behind a hit and never back, so a place remembers where the pages before it began.

    Attributes:
        now: when the first page was asked for, in seconds since 1970; age counts from there on every page.
        stage: whether strict or near matches follow.
        after: the last hit that was looked at, or None at the beginning.
        trail: the stage and hit with which each page before this one began.
    """

    now: int
    stage: str = STRICT
    after: Hit | None = None
    trail: tuple[tuple[str, Hit | None], ...] = ()

    @property
    def is_first(self) -> bool:
        """Whether nothing stands before it."""
        return self.stage == STRICT and self.after is None

    @property
    def before(self) -> "Place | None":
        """Where the page before this one begins, as far as that is remembered."""
        return Place(self.now, *self.trail[-1], self.trail[:-1]) if self.trail else None

    def behind(self, page: "Place") -> "Place":
        """Returns this place as the one that follows a page."""
        return replace(self, trail=(*page.trail, (page.stage, page.after)))

    def cursor(self) -> str:
        """Returns the place as opaque text; what does not fit into it any more is forgotten, the oldest first."""
        steps = [_step(*step) for step in (*self.trail, (self.stage, self.after))]
        while True:
            text = json.dumps([self.now, *steps], separators=(",", ":"))
            cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
            if len(cursor) <= LONGEST:
                return cursor
            del steps[0]


def parse(cursor: str) -> Place:
    """Returns the place that a cursor stands for.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        now, *steps = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        *trail, (stage, after) = (_parsed(*step) for step in steps)
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        raise BadCursor from None
    return Place(_whole(now), stage, after, tuple(trail))


def _step(stage: str, after: Hit | None) -> list[Any]:
    return [stage] if after is None else [stage, after.id, after.score, after.place]


def _parsed(stage: str, *after: Any) -> tuple[str, Hit | None]:
    if stage not in (STRICT, NEAR):
        raise BadCursor
    if not after:
        return stage, None
    id, score, place = after
    return stage, Hit(_whole(id), _real(score), _whole(place))


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        raise BadCursor
    return value


def _real(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise BadCursor
    return float(value)
