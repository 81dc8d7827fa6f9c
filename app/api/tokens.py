"""Access tokens: making, listing, naming and ending them."""

from datetime import timedelta
from typing import Any

import marshmallow as ma
from flask import g, request, url_for
from marshmallow import fields

from app.api import answers, bp, matching
from app.api.auth import any_token, basic, reads_account, require, writes_account
from app.api.fields import OneOf, Several, Text, Timestamp, Whole, link
from app.api.paging import PageQuery, collection, paged
from app.models import AccessToken as Row
from app.models.keyset import Wanted
from app.services import tokens

AN_HOUR, A_MINUTE, A_MONTH = 3600, 60, 30 * 86400


class TokenLinks(ma.Schema):
    """What can be done with a token."""

    self = link("This token.")
    edit = link("Rename it with PATCH.")
    delete = link("End it with DELETE.")


class AccessToken(ma.Schema):
    """A program's right to act for a member."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"description": "What the member calls the program."})
    scopes = fields.List(
        fields.String(validate=OneOf(tokens.SCOPES)),
        required=True,
        metadata={"description": "What the token allows."},
    )
    created_at = Timestamp(required=True)
    expires_at = Timestamp(required=True, metadata={"description": "When the token ends by itself."})
    used_at = Timestamp(
        required=True,
        allow_none=True,
        metadata={"description": "When the token was last used; null where it never was."},
    )
    is_current = fields.Boolean(required=True, metadata={"description": "Whether this request bears it."})
    _links = fields.Nested(TokenLinks, required=True)


class IssuedToken(AccessToken):
    """A token that has just been made; it is told this once."""

    token = fields.String(required=True, metadata={"description": "Send it as “Authorization: Bearer …”."})


class TokenOrder(ma.Schema):
    """What the new token may do, and for how long."""

    may_be_left_out = True
    name = Text(*tokens.NAME, least=1, load_default="API")
    scopes = Several(
        fields.String(validate=OneOf(tokens.SCOPES)),
        most=len(tokens.SCOPES),
        load_default=[tokens.READ],
        metadata={"description": "What the token allows."},
    )
    expires_in = Whole(A_MINUTE, A_MONTH, load_default=AN_HOUR, metadata={"description": "Seconds."})


class TokenName(ma.Schema):
    """Another name."""

    name = Text(*tokens.NAME, least=1, required=True)


@bp.route("/tokens", methods=["POST"], operation="create_token")
@basic.login_required
@bp.doc(security=[{"password": []}])
@bp.arguments(TokenOrder, required=False)
@bp.response(201, IssuedToken)
def make_token(order: dict[str, Any]) -> Any:
    """Make a token for the member whose name and password come as Basic credentials."""
    lasts = timedelta(seconds=order["expires_in"])
    secret, token = tokens.issue(basic.current_user(), order["name"], order["scopes"], lasts)
    headers = {"Location": url_for("api.token", id=token.id), "Cache-Control": "no-store"}
    return {**show(token), "token": secret}, 201, headers


@bp.route("/tokens", methods=["GET"], operation="list_tokens")
@reads_account
@bp.arguments(PageQuery, location="query")
@bp.response(200, collection("Tokens", AccessToken))
def own_tokens(wanted: Wanted) -> Any:
    """List the member's tokens, the latest first."""
    return paged(Row, tokens.listed(g.access_token.user, wanted), wanted, show)


@bp.route("/tokens/<row:id>", methods=["GET"], operation="get_token")
@reads_account
@bp.response(200, AccessToken)
def token(id: int) -> Any:
    """Show one of the member's tokens."""
    return shown_alone(tokens.find_own(g.access_token.user, id))


@bp.route("/tokens/<row:id>", methods=["PATCH"], operation="edit_token")
@writes_account
@matching.edits
@bp.arguments(TokenName)
@bp.response(200, AccessToken)
def rename_token(change: dict[str, str], id: int) -> Any:
    """Give a token another name."""
    found = tokens.find_own(g.access_token.user, id)
    tokens.hold(found)
    matching.require_match(revision(found))
    tokens.rename(found, change["name"])
    return shown_alone(found)


@bp.route("/tokens/<row:id>", methods=["DELETE"], operation="delete_token")
@any_token
@bp.alt_response(403, "FORBIDDEN")
@bp.response(204)
def end_token(id: int) -> None:
    """End a token; a program may always end its own, and any other with the scope “write” or “account”."""
    if id != g.access_token.id:
        require(tokens.WRITE, tokens.ACCOUNT)
    if "If-Match" in request.headers:
        found = tokens.find_own(g.access_token.user, id)
        tokens.hold(found)
        matching.respect_match(revision(found))
    tokens.end(g.access_token.user, id)


def shown_alone(token: Any) -> dict[str, Any]:
    """Returns a token as the whole answer, with the state that an edit has to know."""
    answers.shows(revision(token))
    return show(token)


def revision(token: Any) -> str:
    """Returns what tells a token's states apart: its name is all that can be changed."""
    return answers.fingerprint(token.name)


def show(token: Any) -> dict[str, Any]:
    """Returns what a program sees of a token."""
    here = url_for("api.token", id=token.id)
    shown = {name: getattr(token, name) for name in ("id", "name", "created_at", "expires_at", "used_at")}
    return {
        **shown,
        "scopes": tokens.scopes(token),
        "is_current": bool(g.access_token and g.access_token.id == token.id),
        "_links": {"self": here, "edit": here, "delete": here},
    }
