"""Muting people, taking it back, and whom one mutes."""

from typing import Any

from flask import Response, flash, render_template
from flask_babel import gettext as _
from flask_login import login_required

from app import limits
from app.main import bp
from app.main.settings import page as settings_page
from app.main.viewer import back, person_id, viewer, wanted, wants_piece
from app.services import mutes, users


@bp.post("/@<username>/mute")
@login_required
@limits.members_blocks
def mute(username: str) -> Any:
    """Mutes a member; a script takes their posts out of the timeline, and says what is answered."""
    person = users.find_meant(username, person_id(), viewer())
    mutes.mute(viewer(), person)
    said = _("You muted %(name)s.", name=person.name)
    if wants_piece():
        return Response(said, mimetype="text/plain")
    flash(said)
    return back("main.profile", username=username)


@bp.post("/@<username>/unmute")
@login_required
@limits.members_blocks
def unmute(username: str) -> Any:
    """Takes a mute back."""
    person = users.find_meant(username, person_id(), viewer())
    mutes.unmute(viewer(), person)
    flash(_("%(name)s is no longer muted.", name=person.name))
    return back("main.profile", username=username)


@bp.get("/settings/mutes")
@login_required
def settings_mutes() -> Any:
    """Shows whom a member mutes."""
    page = mutes.listed(viewer(), wanted())
    if wants_piece():
        return render_template("parts/silenced_page.html", page=page, tab="mutes")
    return settings_page("blocks", False, page=page, tab="mutes")
