"""What a member signs in with, and where: the address, the name, the password and the browsers."""

from typing import Any

import marshmallow as ma
from flask import g, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import fields

from app import limits
from app.api import bp
from app.api.auth import reads_account, viewer, writes_account
from app.api.fields import CurrentPassword, EmailAddress, Password, Text, Timestamp, link
from app.api.me import Me, show
from app.api.paging import PageQuery, collection, paged
from app.api.users import LONGEST_NAME
from app.devices import device
from app.exceptions import Conflict
from app.models import LoginSession
from app.models.keyset import Wanted
from app.services import accounts, passwords, sessions, users


class PasswordChange(ma.Schema):
    """Another password."""

    current = CurrentPassword(required=True)
    password = Password(required=True, metadata={"description": "The new password."})


class EmailChange(ma.Schema):
    """Another address."""

    email = EmailAddress(required=True, metadata={"description": "Where the code to prove it is sent."})
    password = CurrentPassword(required=True)


class UsernameChange(ma.Schema):
    """Another name."""

    username = Text(
        LONGEST_NAME,
        LONGEST_NAME,
        least=1,
        required=True,
        metadata={"description": "The name that others find the member by."},
    )
    password = CurrentPassword(required=True)


class SessionLinks(ma.Schema):
    """What can be done with a session."""

    self = link("This session. End it with DELETE.")
    delete = link("The same: sign this browser out with DELETE.")


class Session(ma.Schema):
    """A browser in which the member is signed in."""

    id = fields.Integer(required=True)
    device = fields.String(
        required=True, metadata={"description": "The browser and the system, in the reader's language."}
    )
    user_agent = fields.String(required=True, metadata={"description": "What the browser calls itself."})
    address = fields.String(
        required=True, metadata={"description": "The network address at which it signed in."}
    )
    created_at = Timestamp(required=True)
    seen_at = Timestamp(required=True, metadata={"description": "When it was last in use, to the minute."})
    expires_at = Timestamp(
        required=True, metadata={"description": "When it ends unless it is in use before."}
    )
    _links = fields.Nested(SessionLinks, required=True)


@bp.route("/me/confirmation/letter", methods=["POST"], operation="resend_code")
@limits.mailed_from_network
@writes_account
@bp.response(202, Me)
@bp.alt_response(409, "CONFLICT")
def resend_code() -> Any:
    """Have another code mailed to the address that is still to be proved."""
    address = accounts.unproved(viewer())
    if address is None:
        raise Conflict(_l("Your address is confirmed. There is nothing to prove."))
    limits.count_letter(users.email_key(address))
    accounts.request_code(viewer())
    return show(viewer())


@bp.route("/me/password", methods=["POST"], operation="change_password")
@writes_account
@bp.arguments(PasswordChange)
@bp.response(200, Me)
def change_password(sent: dict[str, str]) -> Any:
    """Change the password, and end every session, every other token and what was begun by mail."""
    member = viewer()
    with limits.confirmation(sessions.key_of(member)):
        passwords.change(member, sent["current"], sent["password"], token_id=g.access_token.id)
    return show(member)


@bp.route("/me/email", methods=["POST"], operation="change_email")
@writes_account
@bp.arguments(EmailChange)
@bp.response(202, Me)
def change_email(sent: dict[str, str]) -> Any:
    """Begin to change the address: it changes when the new one is proved with the code that is mailed there."""
    member = viewer()
    limits.count_letter(users.email_key(sent["email"]))
    with limits.confirmation(sessions.key_of(member)):
        accounts.change_email(member, sent["email"], sent["password"])
    return show(member)


@bp.route("/me/username", methods=["POST"], operation="change_username")
@writes_account
@bp.arguments(UsernameChange)
@bp.response(200, Me)
def change_username(sent: dict[str, str]) -> Any:
    """Change the name that others find the member by; the old one is kept from others for a while."""
    member = viewer()
    with limits.confirmation(sessions.key_of(member)):
        accounts.change_username(member, sent["username"], sent["password"])
    return show(member)


@bp.route("/me/sessions", methods=["GET"], operation="list_sessions")
@reads_account
@bp.arguments(PageQuery, location="query")
@bp.response(200, collection("Sessions", Session))
def own_sessions(wanted: Wanted) -> Any:
    """List the browsers in which the member is signed in, the latest sign-in first."""
    return paged(LoginSession, sessions.page(viewer(), wanted), wanted, show_session)


@bp.route("/me/sessions", methods=["DELETE"], operation="end_sessions")
@writes_account
@bp.response(204)
def end_sessions() -> None:
    """Sign every browser out, and void what was begun by mail; tokens stay."""
    sessions.end_others(viewer())


@bp.route("/me/sessions/<row:id>", methods=["GET"], operation="get_session")
@reads_account
@bp.response(200, Session)
def session(id: int) -> Any:
    """Show one of the browsers in which the member is signed in."""
    return show_session(sessions.find_own(viewer(), id))


@bp.route("/me/sessions/<row:id>", methods=["DELETE"], operation="end_session")
@writes_account
@bp.response(204)
def end_session(id: int) -> None:
    """Sign one browser out; where there is none, nothing happens."""
    sessions.end(viewer(), id)


def show_session(session: LoginSession) -> dict[str, Any]:
    """Returns what a program sees of a session."""
    here = url_for("api.session", id=session.id)
    told = {name: getattr(session, name) for name in Session().fields if name not in ("_links", "device")}
    return told | {"device": device(session.user_agent), "_links": {"self": here, "delete": here}}
