"""Every few requests once more, with a parameter of another name, and with an entity tag.

Schemathesis makes up values only. Names that mean something to whoever makes addresses, and tags at the edges of the
grammar in RFC 9110, are where a value becomes a name of the program's own.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import requests
import schemathesis

# The arguments of Flask's url_for, of the routes, and of what Python, PHP and others gather a query into.
NAMES = (
    "endpoint",
    "_method",
    "_external",
    "_scheme",
    "_anchor",
    "_values",
    "values",
    "self",
    "cls",
    "kwargs",
    "who",
    "id",
    "target",
    "username",
    "filename",
    "__class__",
    "page",
    "CURSOR",
    "q[]",
    "a.b",
    "",
    "이름",
    "\u0000",
    "%00",
)
# RFC 9110, 8.8.3 and 13.1: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE; a list of them, or "*".
TAGS = (
    '""',
    'W/""',
    '"x"',
    'W/"x"',
    '"x", "y",W/"z"',
    '"', '"x', "x", "W/", 'w/"x"', "*, *", ",", ", ,", '"x" "y"', "\\", '"\\""', '"\xe9"', "0" * 4000,
)  # fmt: skip
_EVERY = 4
"""One in so many requests is sent again: with the others a run takes twice its time."""
_UNSAFE = ("PATCH", "PUT", "DELETE")


@schemathesis.check
def varied(context: Any, response: Any, case: Any) -> None:
    """Fails when the same request with another name or tag is no longer answered as the documents say."""
    sign = zlib.crc32(f"{case.method} {case.path} {case.path_parameters} {case.query} {case.body}".encode())
    if sign % _EVERY or case.method == "OPTIONS":  # What a browser asks before is the same for every query.
        return
    sent: requests.PreparedRequest = response.request
    for vary in (_named, _tagged):
        again = sent.copy()
        told = vary(again, sign // _EVERY)
        with requests.Session() as session:
            answer = session.send(again, timeout=30, allow_redirects=False)
        kind = answer.headers.get("Content-Type", "")
        assert answer.status_code < 500, f"{told}: {answer.status_code}"
        assert answer.status_code < 400 or kind == "application/problem+json", f"{told}: refused as {kind}"
        assert _is_right(vary, case.method, answer.status_code), f"{told}: {answer.status_code}"


def _is_right(vary: Callable[..., str], method: str, status: int) -> bool:
    """Tells whether a status may follow: nothing is done that holds an unknown name or a state that nobody has seen."""
    return status >= 400 if vary is _named else method not in _UNSAFE or status >= 400


def _named(request: requests.PreparedRequest, sign: int) -> str:
    name = NAMES[sign % len(NAMES)]
    request.prepare_url(request.url, [(name, "x")])  # type: ignore[no-untyped-call]
    return f"{request.method} {request.url}"


def _tagged(request: requests.PreparedRequest, sign: int) -> str:
    tag = TAGS[sign % len(TAGS)]
    name = "If-Match" if request.method in _UNSAFE or sign // len(TAGS) % 2 else "If-None-Match"
    request.headers[name] = tag.encode("latin-1")  # type: ignore[assignment]
    return f"{request.method} {request.url} {name}: {tag}"
