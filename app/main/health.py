"""Whether the site is up, for machines that ask."""

from typing import Any

from app.extensions import limiter
from app.main import bp
from app.services import health


@bp.get("/healthz")
@limiter.exempt
def healthz() -> Any:
    """Says that this process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@limiter.exempt
def readyz() -> Any:
    """Says which parts are there, and what to do for them: without the database nothing works, without the others
    only what may wait, and searching.
    """
    parts = health.parts()
    ready = parts["database"].state == health.OK
    told = {
        "status": "ok" if ready else "unavailable",
        "parts": {name: part.state for name, part in parts.items()},
        "advice": {name: part.advice for name, part in parts.items() if part.advice},
    }
    return told, 200 if ready else 503
