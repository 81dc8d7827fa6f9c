"""Who looks at a page, and whether it is one of our own scripts that asks for a piece of it."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask_login import current_user

from app.models.keyset import Wanted
from app.security import local_path


def viewer() -> Any:
    """Returns the member who asks, or Flask-Login's stranger."""
    return current_user._get_current_object()


def wants_piece() -> bool:
    """Whether a script asks for a piece of a page instead of a whole one."""
    return "HX-Request" in request.headers


def cursor() -> str | None:
    """Returns where the page goes on."""
    return request.args.get("cursor")


def wanted() -> Wanted:
    """Returns which page of a list is asked for."""
    return Wanted(cursor())


def person_id() -> int | None:
    """Returns the id of the person whom a form acts on, if the page has put it into the form."""
    return request.values.get("person", None, int)


def back(endpoint: str, **values: Any) -> Response:
    """Returns a redirect to the page the form stood on, or to an endpoint when the form did not say."""
    target = local_path(request.form.get("next")) or url_for(endpoint, **values)
    return redirect(target, 303)  # type: ignore[return-value]
