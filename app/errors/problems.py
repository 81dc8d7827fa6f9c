"""Pages about the kinds of problems, at the addresses that ``type`` of a problem names."""

from flask import Response, render_template

from app.errors import bp
from app.errors.kinds import KINDS
from app.exceptions import NotFound


@bp.get("/api/problems")
def problems() -> str:
    """Lists the kinds of problems."""
    return render_template("errors/problems.html", kinds=KINDS)


@bp.get("/api/problems/<kind>")
def problem(kind: str) -> str:
    """Shows what a kind of problem means, and what a client does then.

    Raises:
        NotFound: there is none of this name.
    """
    if kind not in KINDS:
        raise NotFound
    return render_template("errors/problem.html", name=kind, kind=KINDS[kind])


@bp.after_request
def vary(response: Response) -> Response:
    """Tells caches that the pages depend on who asks, and in which language."""
    response.vary.update(("Accept-Language", "Cookie"))
    return response
