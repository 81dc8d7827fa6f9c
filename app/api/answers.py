"""What every answer of the interface carries: links, an entity tag, and what it depends on."""

import hashlib
import json

from flask import Response, g, request

from app import limits
from app.api import bp

VARY = ("Authorization", "Accept-Language")


@bp.after_request
def describe(response: Response) -> Response:
    """Adds the links of the body as a header (RFC 8288), and lets a client ask whether anything has changed."""
    response.vary.update(VARY)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    mark(response)
    if response.status_code == 200 and request.method in ("GET", "HEAD"):
        response.make_conditional(request)
    tell_limit(response)
    return response


def mark(response: Response) -> None:
    """Gives an answer that shows something its links and its tag as headers; what has them keeps its own."""
    is_file = response.direct_passthrough
    if response.status_code not in (200, 201, 202) or is_file or request.method == "OPTIONS":
        return
    if "links" in g:
        response.headers.setdefault("Link", links_header(g.links))
    if response.status_code != 202 and "ETag" not in response.headers:
        digest = hashlib.sha256(response.get_data()).hexdigest()[:32]
        response.set_etag(f"{g.revision}.{digest}" if "revision" in g else digest)


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


def links_header(links: dict[str, str | None]) -> str:
    """Returns a body's links as the value of a Link header; what is null in the body is left out."""
    return ", ".join(f'<{target}>; rel="{name}"' for name, target in links.items() if target)
