"""Which state of a resource a request wants to change: If-Match and If-None-Match (RFC 9110, 13)."""

from collections.abc import Callable
from typing import Any

from flask import current_app, g, request
from flask_babel import gettext as _
from werkzeug.exceptions import (
    Forbidden,
    MethodNotAllowed,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Unauthorized,
)

from app import preconditions
from app.api import bp
from app.api.answers import mark
from app.api.auth import admit_to
from app.preconditions import ANY

edits: Callable[[Any], Any] = bp.doc(
    parameters=[
        {
            "in": "header",
            "name": "If-Match",
            "required": True,
            "description": "The ETag of what you have read, or * for whatever it is by now.",
            "schema": {"type": "string", "minLength": 1},
            "example": "*",
        }
    ]
)
"""Describes an operation that calls ``require_match``."""


def require_match(revision: object) -> None:
    """Lets only somebody change a resource who has seen this state of it (RFC 9110, 13.1.1; RFC 6585, 3).

    Raises:
        PreconditionRequired: the request has no If-Match.
        PreconditionFailed: the resource has changed since.
    """
    if "If-Match" not in request.headers:
        raise PreconditionRequired(_("Send If-Match with the ETag of what you have read."))
    respect_match(revision)


def respect_match(revision: object) -> None:
    """Refuses a request with an If-Match that does not name this state of the resource.

    Raises:
        PreconditionFailed: the resource has changed since.
    """
    wanted = preconditions.sent("If-Match")
    if wanted not in (None, ANY) and not _names(preconditions.strong(str(wanted)), revision):
        raise _failed()


@bp.before_request
def respect() -> None:
    """Compares the conditions of a request that changes something with the resource at its own address.

    What has no representation of its own has no tag that a client could know. Operations that lock a row compare once
    more when they hold it: with ``require_match`` and ``respect_match``.

    Raises:
        PreconditionFailed: a condition does not hold.
    """
    match, none = preconditions.sent("If-Match"), preconditions.sent("If-None-Match")
    is_compared = match not in (None, ANY) and request.method in ("POST", "PUT", "DELETE")
    is_compared |= none is not None and request.method in ("POST", "PUT", "PATCH", "DELETE")
    if not is_compared:
        return
    tag = _current_tag()
    if match not in (None, ANY) and not (tag and _is_among(tag, preconditions.strong(str(match)))):
        raise _failed()
    if none is not None and tag and (none == ANY or _is_among(tag, preconditions.weak(none))):
        raise _failed()


def _names(tags: set[str], revision: object) -> bool:
    return any(tag.startswith(f"{revision}.") for tag in tags)


def _is_among(tag: str, known: set[str]) -> bool:
    """Tells whether a state is among those that a client knows; counts beside a revision make no other state."""
    revision, dot, _digest = tag.partition(".")
    return _names(known, revision) if dot else preconditions.names(known, tag)


def _current_tag() -> str | None:
    """Returns the tag that GET would answer at this address; None where there is no GET."""
    asked = request.url_rule, request.view_args
    try:
        routes: Any = current_app.create_url_adapter(request)
        request.url_rule, request.view_args = routes.match(method="GET", return_rule=True)
        admit_to(str(request.endpoint))  # Who may not read it learns nothing of its state either.
        view: Any = current_app.view_functions[str(request.endpoint)]
        answer = current_app.make_response(view(**(request.view_args or {})))
    except (MethodNotAllowed, NotFound, Unauthorized, Forbidden):
        return None
    finally:
        request.url_rule, request.view_args = asked
    mark(answer)
    answer.close()
    for name in ("revision", "links"):
        g.pop(name, None)
    tag: str | None = answer.get_etag()[0]
    return tag


def _failed() -> PreconditionFailed:
    return PreconditionFailed(_("This has changed meanwhile. Read it again, then change it."))
