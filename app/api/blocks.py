"""Blocking people, taking it back, and whom one has blocked."""

from typing import Any

from app import limits
from app.api import bp
from app.api.auth import reads, viewer, writes
from app.api.paging import PageQuery, paged
from app.api.users import People, Person, show
from app.models import User
from app.models.keyset import Wanted
from app.services import blocks, users


@bp.route("/me/blocks", methods=["GET"], operation="list_blocks")
@reads
@bp.arguments(PageQuery, location="query")
@bp.response(200, People)
def own_blocks(wanted: Wanted) -> Any:
    """List whom the member has blocked, the latest first."""
    return paged(User, blocks.listed(viewer(), wanted), wanted, show)


@bp.route("/users/<who>/block", methods=["PUT"], operation="block_user")
@limits.members_blocks
@writes
@bp.response(200, Person)
def block(who: str) -> Any:
    """Block a member: the two no longer follow each other, read each other's posts or exchange messages."""
    blocks.block(viewer(), users.find_by_id_or_name(who, viewer()))
    return show(users.find_by_id_or_name(who, viewer()))


@bp.route("/users/<who>/block", methods=["DELETE"], operation="unblock_user")
@limits.members_blocks
@writes
@bp.response(200, Person)
def unblock(who: str) -> Any:
    """Take a block back; neither follows the other again by it."""
    blocks.unblock(viewer(), users.find_by_id_or_name(who, viewer()))
    return show(users.find_by_id_or_name(who, viewer()))
