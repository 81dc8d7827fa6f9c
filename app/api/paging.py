"""Pages of collections: which one is asked for, and the envelope that it comes in."""

from collections.abc import Callable
from typing import Any, TypeVar

import marshmallow as ma
from flask import current_app, g, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from app.api import bp
from app.api.fields import N_, WholeInQuery, link
from app.exceptions import Fault, Malformed
from app.models.keyset import PER_PAGE, BadCursor, Page, Wanted
from app.models.mixins import PaginatedAPIMixin

M = TypeVar("M", bound=PaginatedAPIMixin)
MOST = 100
LAST_NUMBER = 50  # Later pages are reached by their links: counting to them would take ever longer.


NO_CURSOR = N_("This cursor is not one of ours.")
CURSOR = {"description": "From a link of another page; do not make one up."}
LONGEST_CURSOR = 200


def cursor_of(most: int) -> validate.Regexp:
    """Returns what lets pass only what looks like a cursor of so many characters at most."""
    return validate.Regexp(f"^[A-Za-z0-9_-]{{1,{most}}}$", error=NO_CURSOR)


class PageQuery(ma.Schema):
    """Which page of a collection."""

    cursor = fields.String(metadata=CURSOR, validate=cursor_of(LONGEST_CURSOR))
    page = WholeInQuery(
        1, LAST_NUMBER, load_default=1, metadata={"description": "Counted from the first; 1 to 50."}
    )
    per_page = WholeInQuery(1, MOST, load_default=PER_PAGE, metadata={"description": "Items on a page."})
    total = fields.Boolean(load_default=False, metadata={"description": "Whether all items are counted."})

    @ma.post_load
    def wanted(self, asked: dict[str, Any], **_options: Any) -> Wanted:
        """Returns what the services understand."""
        return Wanted(asked.get("cursor"), asked["per_page"], asked["page"], asked["total"])


@bp.errorhandler(BadCursor)
def refuse_cursor(_error: BadCursor) -> Any:
    """Says which parameter it was."""
    fault = Fault(_(NO_CURSOR), parameter="cursor")
    return current_app.handle_user_exception(Malformed(400, [fault]))


class PageLinks(ma.Schema):
    """Where a page and its neighbours are."""

    self = link("This page.")
    first = link("The first page.")
    prev = link("The page before this one; null on the first.", allow_none=True)
    next = link("The page behind this one; null on the last.", allow_none=True)


class PageMeta(ma.Schema):
    """What is said of a page."""

    per_page = fields.Integer(required=True)
    total = fields.Integer(metadata={"description": "All items of all pages; there when total=true asked."})


def collection(name: str, item: type[ma.Schema], meta: type[ma.Schema] = PageMeta) -> type[ma.Schema]:
    """Returns the schema of a page of items."""
    page = ma.Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "_links": fields.Nested(PageLinks, required=True),
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
    kept = {**(request.view_args or {}), **request.args.to_dict()}
    for name in ("cursor", "page"):
        kept.pop(name, None)

    def address(**place: Any) -> str:
        return url_for(str(request.endpoint), **kept, **place)

    here = {name: request.args[name] for name in ("cursor", "page") if name in request.args}
    body = model.to_collection_dict(page, show, wanted.per_page, address(**here), address)
    g.links = body["_links"]  # They go into the answer's head as well.
    return body
