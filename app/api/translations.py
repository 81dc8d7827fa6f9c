"""Posts in another language, as far as they are."""

from typing import Any

import marshmallow as ma
from flask import url_for
from marshmallow import fields

from app import i18n, limits, translate
from app.api import bp
from app.api.auth import reads, viewer, writes
from app.api.fields import OneOf, link
from app.models import Translation
from app.services import posts, translations

UNASKED = "unasked"
STATES = (UNASKED, translations.ASKED, translations.DONE, translations.FAILED)
LANGUAGE = f"<any({', '.join(i18n.LANGUAGES)}):target>"
AFTER_A_SECOND = {"Retry-After": "1"}
RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds; while it is asked.",
        "schema": {"type": "integer", "format": "int64"},
    }
}


class TranslationLinks(ma.Schema):
    """Where a translation is."""

    self = link("This translation: ask for it with PUT, then look with GET until it is done.")
    post = link("The post.")


class TranslationShown(ma.Schema):
    """A post in another language, or how far it is."""

    state = fields.String(
        required=True,
        validate=OneOf(STATES),
        metadata={"description": "Nobody has asked; a worker is at it; here it is; it did not work."},
    )
    target = fields.String(
        required=True,
        validate=OneOf([*i18n.LANGUAGES]),
        metadata={"description": "The language of the translation."},
    )
    source = fields.String(
        required=True, metadata={"description": "ISO 639; empty until it is done, or where it is unclear."}
    )
    body = fields.String(required=True, metadata={"description": "The translation; empty until it is done."})
    translator = fields.String(
        required=True, metadata={"description": "Who has translated; name them beside the text."}
    )
    error = fields.String(
        required=True,
        allow_none=True,
        validate=OneOf(translate.FAILURES),
        metadata={"description": "Why it has failed; half a minute later one may ask again."},
    )
    _links = fields.Nested(TranslationLinks, required=True)


@bp.route(f"/posts/<row:id>/translations/{LANGUAGE}", methods=["GET"], operation="get_translation")
@reads
@bp.alt_response(403, "FORBIDDEN")
@bp.response(200, TranslationShown, headers=RETRY_AFTER)
def translation(id: int, target: str) -> Any:
    """Show a post in another language, or how far its translation is."""
    found = posts.find_bare(id, viewer())
    kept = translations.find(viewer(), found, target)
    return show(id, target, kept), 200, wait(kept)


@bp.route(f"/posts/<row:id>/translations/{LANGUAGE}", methods=["PUT"], operation="request_translation")
@limits.members_translations
@writes
@bp.alt_response(202, schema=TranslationShown, headers=RETRY_AFTER, success=True)
@bp.response(200, TranslationShown)
def translate_post(id: int, target: str) -> Any:
    """Ask for a post in another language; once, however often it is asked."""
    asked = translations.ask(viewer(), posts.find_bare(id, viewer()), target)
    told = show(id, target, asked)
    if asked.state != translations.ASKED:
        return told, 200
    return told, 202, {"Location": told["_links"]["self"], **AFTER_A_SECOND}


def wait(kept: Translation | None) -> dict[str, str]:
    """Returns the header that says when it is worth asking again, where it is."""
    return AFTER_A_SECOND if kept is not None and kept.state == translations.ASKED else {}


def show(id: int, target: str, kept: Translation | None) -> dict[str, Any]:
    """Returns what a program sees of a translation."""
    links = {
        "self": url_for("api.translation", id=id, target=target),
        "post": url_for("api.post", id=id),
    }
    if kept is None:
        nothing = {"source": "", "body": "", "translator": "", "error": None}
        return {"state": UNASKED, "target": target, **nothing, "_links": links}
    told = {name: getattr(kept, name) for name in ("state", "target", "source", "body", "translator")}
    return {**told, "error": kept.error, "_links": links}
