"""Pages of collections: which one is asked for, and the envelope that it comes in."""

from collections.abc import Callable
from typing import Any, TypeVar

import marshmallow as ma
from flask import current_app, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from app import cursors
from app.api import bp, query
from app.api.fields import N_, WholeInQuery, link
from app.exceptions import Fault, Malformed
from app.models.keyset import PER_PAGE, BadCursor, Page, Wanted
from app.models.mixins import PaginatedAPIMixin

M = TypeVar("M", bound=PaginatedAPIMixin)
MOST = 100
LAST_NUMBER = 50  # Later pages are reached by their links: counting to them would take ever longer.


NO_CURSOR = N_("This cursor is not one of this list. Begin with the first page.")
CURSOR = {"description": "From a link of another page; do not make one up."}
LONGEST_CURSOR = 2500


def cursor_of(most: int) -> validate.Regexp:
    """Returns what lets pass only what looks like a cursor of so many characters at most."""
    return validate.Regexp(f"^[A-Za-z0-9_-]{{1,{most}}}$", error=NO_CURSOR)


class CursorQuery(ma.Schema):
    """Which page of a collection that has no numbers."""

    cursor = fields.String(metadata=CURSOR, validate=cursor_of(LONGEST_CURSOR))
    per_page = WholeInQuery(1, MOST, load_default=PER_PAGE, metadata={"description": "Items on a page."})
    total = fields.Boolean(load_default=False, metadata={"description": "Whether all items are counted."})

    @ma.post_load
    def wanted(self, asked: dict[str, Any], **_options: Any) -> Wanted:
        """Returns what the services understand.

        Raises:
            BadCursor: the cursor is not one of this list.
        """
        return Wanted(unsealed(asked.get("cursor")), asked["per_page"], asked.get("page", 1), asked["total"])


class PageQuery(CursorQuery):
    """Which page of a collection."""

    page = WholeInQuery(
        1,
        LAST_NUMBER,
        load_default=1,
        metadata={"description": "Counted from the first; 1 to 50; without a cursor."},
    )

    @ma.validates_schema
    def is_one_way(self, asked: dict[str, Any], **_options: Any) -> None:
        """Allows a cursor or a number.

        Raises:
            ValidationError: there are both.
        """
        if {"cursor", "page"} <= request.args.keys():
            raise ma.ValidationError(
                N_("Ask for a page by its cursor or by its number, not by both."), "page"
            )


def unsealed(cursor: str | None) -> str | None:
    """Returns the service's own cursor of the one that a request brings.

    Raises:
        BadCursor: it is not one of this list.
    """
    return None if cursor is None else cursors.unseal(cursor, *_list())


def _list() -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Returns what tells the list that is asked for from all others."""
    return str(request.endpoint), request.view_args or {}, query.filters()


@bp.errorhandler(BadCursor)
def refuse_cursor(_error: BadCursor) -> Any:
    """Says which parameter it was."""
    fault = Fault(_(NO_CURSOR), parameter="cursor")
    return current_app.handle_user_exception(Malformed(400, [fault], kind="invalid-cursor"))


class PageLinks(ma.Schema):
    """Where a page and its neighbours are."""

    self = link("This page.")
    first = link("The first page.")
    prev = link("The page before this one; null on the first.", allow_none=True)
    next = link("The page behind this one; null on the last.", allow_none=True)
    newer = fields.String(
        metadata={
            "description": "What will have come after the newest item: ask for it now and then. It is there in "
            "lists in the order of time, on the page that holds their newest item.",
            "format": "uri-reference",
        }
    )


class PageMeta(ma.Schema):
    """What is said of a page."""

    per_page = fields.Integer(required=True)
    total = fields.Integer(metadata={"description": "All items of all pages; there when total=true asked."})


def collection(
    name: str,
    item: type[ma.Schema],
    meta: type[ma.Schema] = PageMeta,
    links: type[ma.Schema] = PageLinks,
) -> type[ma.Schema]:
    """Returns the schema of a page of items."""
    page = ma.Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "_links": fields.Nested(links, required=True),
            "_meta": fields.Nested(meta, required=True),
        },
        name=name,
    )
    page.__doc__ = f"A page of a list of {item.__name__}."
    return page


def paged(
    model: type[M], page: Page[M], wanted: Wanted, show: Callable[[M], dict[str, Any]]
) -> dict[str, Any]:
    """Returns a page in its envelope; the links keep everything else that was asked for."""
    kept = query.kept()

    def address(**place: str) -> str:
        if "cursor" in place:
            place["cursor"] = cursors.seal(place["cursor"], *_list())
        return url_for(str(request.endpoint), **{**kept, **place, **(request.view_args or {})})

    here = {name: request.args[name] for name in ("cursor", "page") if name in request.args}
    itself = url_for(str(request.endpoint), **{**kept, **here, **(request.view_args or {})})
    return model.to_collection_dict(page, show, wanted.per_page, itself, address)
