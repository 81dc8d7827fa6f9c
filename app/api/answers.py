"""What every answer of the interface carries: links, an entity tag, and what it depends on."""

import hashlib
import json

from flask import Response, g, request
from flask_babel import gettext as _
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from app import limits
from app.api import bp

VARY = ("Authorization", "Accept-Language")


@bp.after_request
def describe(response: Response) -> Response:
    """Adds the links of the body as a header (RFC 8288), and lets a client ask whether anything has changed."""
    response.vary.update(VARY)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if "links" in g and response.status_code == 200:
        response.headers["Link"] = links_header(g.links)
    if response.status_code == 200 and not response.direct_passthrough:  # A file has a tag of its own.
        digest = hashlib.sha256(response.get_data()).hexdigest()[:32]
        response.set_etag(f"{g.revision}.{digest}" if "revision" in g else digest)
        if request.method in ("GET", "HEAD"):
            response.make_conditional(request)
    tell_limit(response)
    return response


def tell_limit(response: Response) -> None:
    """Says how often one may still ask (draft-ietf-httpapi-ratelimit-headers-10), and the same as many clients know it.

    Where several limits hold, it is the one with the least left.
    """
    limit = limits.nearest()
    if limit is None:
        return
    left = max(0, limit.left)
    response.headers["RateLimit-Policy"] = f'"requests";q={limit.most};w={limit.seconds}'
    response.headers["RateLimit"] = f'"requests";r={left};t={limit.wait}'
    told = {"Limit": limit.most, "Remaining": left, "Reset": int(limit.reset_at + 1)}
    response.headers.update({f"X-RateLimit-{name}": str(value) for name, value in told.items()})


def shows(revision: object) -> None:
    """Notes which state of a resource the answer shows: what changes it by itself, and no counts beside it."""
    g.revision = str(revision)


def fingerprint(*values: object) -> str:
    """Returns what tells the states of a resource apart that has no revision: a hash of all that can be changed."""
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:12]


edits = bp.doc(
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
    known = request.if_match
    if not known.star_tag and not any(
        tag.startswith(f"{revision}.") for tag in known.as_set(include_weak=True)
    ):
        raise PreconditionFailed(_("This has changed meanwhile. Read it again, then change it."))


def links_header(links: dict[str, str | None]) -> str:
    """Returns a body's links as the value of a Link header; what is null in the body is left out."""
    return ", ".join(f'<{target}>; rel="{name}"' for name, target in links.items() if target)
