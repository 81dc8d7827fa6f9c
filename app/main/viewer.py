"""Who looks at a page, and whether it is one of our own scripts that asks for a piece of it."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask_login import current_user

from app import cursors
from app.models.keyset import Wanted
from app.security import local_path

FILTERS = ("q", "tab", "sort", "order")
"""What decides, in the address of a page, which rows its list has and in which order."""


def viewer() -> Any:
    """Returns the member who asks, or Flask-Login's stranger."""
    return current_user._get_current_object()


def wants_piece() -> bool:
    """Whether a script asks for a piece of a page instead of a whole one."""
    return "HX-Request" in request.headers


def cursor() -> str | None:
    """Returns where the page goes on.

    Raises:
        BadCursor: this site has not made the cursor, or has made it for another list.
    """
    given = request.args.get("cursor")
    if given is None:
        return None
    return cursors.unseal(given, str(request.endpoint), request.view_args or {}, chosen())


def wanted() -> Wanted:
    """Returns which page of a list is asked for.

    Raises:
        BadCursor: the cursor is not one of this list.
    """
    return Wanted(cursor())


def person_id() -> int | None:
    """Returns the id of the person whom a form acts on, if the page has put it into the form."""
    return request.values.get("person", None, int)


def chosen() -> dict[str, str]:
    """Returns the filters in the address of the page."""
    return {name: request.args[name] for name in FILTERS if request.args.get(name)}


def page_url(cursor: str) -> str:
    """Returns the address of another page of the list that is shown, with the same filters."""
    kept, route, values = chosen(), str(request.endpoint), request.view_args or {}
    sealed = cursors.seal(cursor, route, values, kept)
    return url_for(route, **{**kept, "cursor": sealed, **values})


def list_url(route: str, cursor: str, **values: Any) -> str:
    """Returns the address of a page of another list, which has no filters."""
    return url_for(route, cursor=cursors.seal(cursor, route, values, {}), **values)


def back(endpoint: str, **values: Any) -> Response:
    """Returns a redirect to the page the form stood on, or to an endpoint when the form did not say."""
    target = local_path(request.form.get("next")) or url_for(endpoint, **values)
    return redirect(target, 303)  # type: ignore[return-value]
