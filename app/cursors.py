"""Cursors as they stand in addresses: each is signed for the list that it was made for, and for no other."""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

from flask import current_app

from app.models.keyset import BadCursor

SIGN = 8
"""Characters of a signature: 48 bits, so that a made-up cursor is not worth a try."""


def seal(cursor: str, route: str, values: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    """Returns a cursor for an address.

    Args:
        cursor: the service's own, which says where in a list the page begins.
        route: the endpoint of the list.
        values: the path parameters of the list.
        asked: what else decides which rows the list has and in which order: filters, words, sort.
    """
    return cursor + _sign(cursor, route, values, asked)


def unseal(sealed: str, route: str, values: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    """Returns the service's own cursor; the arguments are those of ``seal``.

    Raises:
        BadCursor: this site has not made it, or has made it for another list.
    """
    cursor, sign = sealed[:-SIGN], sealed[-SIGN:]
    if not sealed.isascii() or not hmac.compare_digest(sign, _sign(cursor, route, values, asked)):
        raise BadCursor
    return cursor


def _sign(cursor: str, route: str, values: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    scope = [cursor, route, sorted(values.items()), sorted(asked.items())]
    text = json.dumps(scope, ensure_ascii=True, default=str)
    made = hmac.digest(b"cursor:" + current_app.config["SECRET_KEY"].encode(), text.encode(), "sha256")
    return base64.urlsafe_b64encode(made)[:SIGN].decode()
