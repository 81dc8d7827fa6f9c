"""Muting people, taking it back, and whom one mutes."""

from typing import Any

from app import limits
from app.api import bp
from app.api.auth import reads, viewer, writes
from app.api.paging import PageQuery, paged
from app.api.users import People, Person, show
from app.models import User
from app.models.keyset import Wanted
from app.services import mutes, users


@bp.route("/me/mutes", methods=["GET"], operation="list_mutes")
@reads
@bp.arguments(PageQuery, location="query")
@bp.response(200, People)
def own_mutes(wanted: Wanted) -> Any:
    """List whom the member mutes, the latest first."""
    return paged(User, mutes.listed(viewer(), wanted), wanted, show)


@bp.route("/users/<who>/mute", methods=["PUT"], operation="mute_user")
@limits.members_blocks
@writes
@bp.response(200, Person)
def mute(who: str) -> Any:
    """Mute a member: their posts stay out of timelines, and nobody is told of what they do or that they are muted."""
    mutes.mute(viewer(), users.find_by_id_or_name(who, viewer()))
    return show(users.find_by_id_or_name(who, viewer()))


@bp.route("/users/<who>/mute", methods=["DELETE"], operation="unmute_user")
@limits.members_blocks
@writes
@bp.response(200, Person)
def unmute(who: str) -> Any:
    """Take a mute back."""
    mutes.unmute(viewer(), users.find_by_id_or_name(who, viewer()))
    return show(users.find_by_id_or_name(who, viewer()))
