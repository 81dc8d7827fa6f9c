"""Where the next page of a search begins: opaque to whoever carries it, and checked when it comes back."""

import base64
import binascii
import json
import math
from dataclasses import dataclass

from app.models.keyset import BadCursor
from app.search.engine import Hit

STRICT, NEAR = "strict", "near"
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Place:
    """A place in the results of one search.

    Attributes:
        now: when the first page was asked for, in seconds since 1970; age counts from there on every page.
        stage: whether strict or near matches follow.
        after: the last hit that was looked at, or None at the beginning.
    """

    now: int
    stage: str = STRICT
    after: Hit | None = None

    def cursor(self) -> str:
        """Returns the place as opaque text."""
        after = [self.after.id, self.after.score, self.after.place] if self.after else None
        text = json.dumps([self.now, self.stage, after], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parse(cursor: str) -> Place:
    """Returns the place that a cursor stands for.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        now, stage, after = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        hit = None if after is None else Hit(_whole(after[0]), _real(after[1]), _whole(after[2]))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, binascii.Error, RecursionError):
        raise BadCursor from None
    if stage not in (STRICT, NEAR):
        raise BadCursor
    return Place(_whole(now), stage, hit)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        raise BadCursor
    return value


def _real(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise BadCursor
    return float(value)
