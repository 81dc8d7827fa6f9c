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
    """Says which parts are there: without the database nothing works, without the store only what may wait."""
    parts = health.parts()
    ready = parts["database"] == "ok"
    return {"status": "ok" if ready else "unavailable", "parts": parts}, 200 if ready else 503
