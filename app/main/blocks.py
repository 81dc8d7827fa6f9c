"""Blocking people, taking it back, and whom one has blocked."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_login import login_required

from app import limits, policy
from app.exceptions import Forbidden
from app.main import bp
from app.main.settings import page as settings_page
from app.main.viewer import back, person_id, viewer, wanted, wants_piece
from app.services import blocks, users


@bp.route("/@<username>/block", methods=["GET", "POST"])
@login_required
@limits.members_blocks
def block(username: str) -> Any:
    """Asks whether to block a member, and does it."""
    person = users.find_meant(username, person_id(), viewer())
    if not policy.may_block(viewer(), person):
        raise Forbidden(blocks.NOT_ONESELF)
    if request.method == "GET":
        return render_template("main/block.html", person=person)
    blocks.block(viewer(), person)
    flash(_("You blocked %(name)s.", name=person.name))
    return back("main.profile", username=username)


@bp.post("/@<username>/unblock")
@login_required
@limits.members_blocks
def unblock(username: str) -> Any:
    """Takes a block back."""
    person = users.find_meant(username, person_id(), viewer())
    blocks.unblock(viewer(), person)
    flash(_("%(name)s is no longer blocked.", name=person.name))
    return back("main.profile", username=username)


@bp.get("/settings/blocks")
@login_required
def settings_blocks() -> Any:
    """Shows whom a member has blocked."""
    page = blocks.listed(viewer(), wanted())
    if wants_piece():
        return render_template("parts/silenced_page.html", page=page, tab="blocks")
    return settings_page("blocks", False, page=page, tab="blocks")
