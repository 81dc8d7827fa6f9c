"""What every answer of the interface carries: links, an entity tag, and what it depends on."""

import hashlib
import time

from flask import Response, g, request
from flask_babel import gettext as _
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from app.api import bp
from app.extensions import limiter

VARY = ("Authorization", "Accept-Language")


@bp.after_request
def describe(response: Response) -> Response:
    """Adds the links of the body as a header (RFC 8288), and lets a client ask whether anything has changed."""
    response.vary.update(VARY)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if "links" in g and response.status_code == 200:
        response.headers["Link"] = links_header(g.links)
    if response.status_code == 200:
        digest = hashlib.sha256(response.get_data()).hexdigest()[:32]
        response.set_etag(f"{g.revision}.{digest}" if "revision" in g else digest)
        if request.method in ("GET", "HEAD"):
            response.make_conditional(request)
    tell_limit(response)
    return response


def tell_limit(response: Response) -> None:
    """Says how often one may still ask (draft-ietf-httpapi-ratelimit-headers-10), beside the older X-RateLimit."""
    limit = limiter.current_limit
    if limit is None:
        return
    item = limit.limit
    seconds = max(0, round(limit.reset_at - time.time()))
    response.headers["RateLimit-Policy"] = f'"requests";q={item.amount};w={item.get_expiry()}'
    response.headers["RateLimit"] = f'"requests";r={limit.remaining};t={seconds}'


def shows(revision: object) -> None:
    """Notes which state of a resource the answer shows: what changes it by itself, and no counts beside it."""
    g.revision = str(revision)


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
