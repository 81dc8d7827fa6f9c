"""Whether the site is up, for machines that ask."""

from typing import Any

from flask_login import current_user

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
    """Says how each part is, and what to do for it; 503 while one is away without which no page can be made.

    Numbers and ages are for administrators; ``flask health`` shows them in a terminal.
    """
    parts = health.parts()
    is_ready = health.is_ready(parts)
    answer: dict[str, Any] = {
        "status": "ok" if is_ready else "unavailable",
        "parts": {name: part.state for name, part in parts.items()},
        "advice": {name: part.advice for name, part in parts.items() if part.advice},
    }
    if is_ready and current_user.is_authenticated and current_user.is_admin:
        answer["details"] = {name: part.details for name, part in parts.items() if part.details}
    return answer, 200 if is_ready else 503
