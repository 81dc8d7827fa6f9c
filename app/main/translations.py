"""A post in the reader's language, beneath its text."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_required

from app import i18n, limits, policy
from app.main import bp
from app.main.viewer import viewer, wants_piece
from app.models import Post, Translation
from app.models.columns import now
from app.services import posts, translations

PATIENCE = 10  # Seconds that a page asks by itself whether a translation is there.
SLOW = _l("This takes longer than usual. Try again in a moment.")
REASONS = {
    "unreachable": _l("The translator is away. Try again in half a minute."),
    "quota": _l("The translator has a lot to do right now. Try again a little later."),
    "language": _l("The translator does not know this language."),
    "refused": _l("The translator does not work right now. We have noted it. Try again later."),
    "answer": _l("The translator does not work right now. We have noted it. Try again later."),
}
"""Why there is no translation, and what to do."""


@bp.app_context_processor
def words() -> dict[str, Any]:
    """Gives pages what they need to know of translations; asking it of every post of a timeline costs nothing."""
    return {"may_translate": may_translate, "is_under_way": is_under_way, "why_not": why_not}


@bp.post("/posts/<row:id>/translation")
@login_required
@limits.members_translations
def translate(id: int) -> Any:
    """Asks for a post in the reader's language; without a script the post's own page shows it."""
    found = posts.find(id, viewer())
    translation = translations.ask(viewer(), found, i18n.current_language())
    return piece(found, translation) if wants_piece() else whole(id)


@bp.get("/posts/<row:id>/translation")
@login_required
def translation(id: int) -> Any:
    """Shows how far a translation is, or the button that asks for it when the reader wants it out of sight.

    While there is nothing new the answer is empty, and the event in its head lets the page ask again. A page that
    polls for some seconds needs neither a socket nor a list of who waits for what, and one translation that several
    people wait for reaches each of them.
    """
    found = posts.find(id, viewer())
    kept = translations.find(viewer(), found, i18n.current_language())
    if not wants_piece():
        return whole(id)
    if "hide" in request.args:
        return piece(found, None)
    if kept is not None and is_under_way(kept):
        return Response(status=204, headers={"HX-Trigger": "again"})
    return piece(found, kept)


def asked_for(post: Post) -> Translation | None:
    """Returns the translation that the address of a post's own page asks to show."""
    if "translation" not in request.args or not may_translate(post):
        return None
    return translations.find(viewer(), post, i18n.current_language())


def may_translate(post: Post) -> bool:
    """Whether the reader is offered a post in their language."""
    return policy.may_translate(current_user) and translations.is_offered(post, i18n.current_language())


def piece(post: Post, translation: Translation | None) -> str:
    """Returns what stands beneath the post's text."""
    return render_template("parts/translation.html", post=post, translation=translation)


def whole(id: int) -> Any:
    """Returns a redirect to the post's page with its translation."""
    return redirect(url_for("main.post", id=id, translation=1, _anchor=f"post-{id}"), 303)


def is_under_way(translation: Translation) -> bool:
    """Whether a worker may still be at it, so that it is worth waiting."""
    waits = (now() - translation.asked_at).total_seconds()
    return translation.state == translations.ASKED and waits < PATIENCE


def why_not(translation: Translation) -> Any:
    """Returns why there is no translation, and what to do."""
    return SLOW if translation.state == translations.ASKED else REASONS[str(translation.error)]
