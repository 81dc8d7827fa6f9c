"""The member whose program asks: who they are to the site, and proving their address."""

from typing import Any

import marshmallow as ma
from flask import url_for
from marshmallow import fields, validate

from app import i18n, limits
from app.api import answers, bp, matching
from app.api.auth import reads_account, viewer, writes_account
from app.api.fields import N_, Number, OneOf, Timestamp, link
from app.api.users import ProfileChange, changed, states
from app.models import User
from app.services import accounts, users

LONGEST_ZONE = 64
NO_ZONE = N_("There is no such time zone.")


class MeLinks(ma.Schema):
    """Where what belongs to the member is."""

    self = link("This member. Change it with PATCH.")
    edit = link("The same: change it with PATCH.")
    profile = link("The member, as others see them.")
    html = link("The profile, as people see it.")
    home = link("What the member and the people they follow wrote.")
    tokens = link("The member's access tokens.")
    messages = link("The member's private conversations.")
    notifications = link("What the member is told.")
    notification_settings = link("Of which kinds the member is told, and how.")
    tasks = link("What the member has started in the background.")
    blocks = link("Whom the member has blocked.")
    mutes = link("Whom the member mutes.")
    sessions = link("The browsers in which the member is signed in. Sign all of them out with DELETE.")
    change_password = link("Change the password with POST.")
    change_email = link("Begin to change the address with POST.")
    change_username = link("Change the name with POST.")
    confirm = fields.String(
        metadata={
            "description": "Prove the address with POST and the code from the letter, where that is due."
        }
    )
    resend_code = fields.String(
        metadata={"description": "Have another letter with a code mailed with POST, where that is due."}
    )


class Me(ma.Schema):
    """What a member's program may know of them."""

    id = fields.Integer(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    about_me = fields.String(required=True)
    location = fields.String(required=True)
    link = fields.String(required=True)
    locale = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The language that the member reads in; null: as Accept-Language says."},
    )
    timezone = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "A name of the IANA database; null: the site's."},
    )
    is_confirmed = fields.Boolean(
        required=True,
        metadata={
            "description": "Whether the e-mail address is confirmed. Before that the account only reads."
        },
    )
    created_at = Timestamp(required=True)
    post_count = fields.Integer(required=True)
    follower_count = fields.Integer(required=True)
    following_count = fields.Integer(required=True)
    _links = fields.Nested(MeLinks, required=True)


class MeChange(ProfileChange):
    """What a member changes of themselves; what is left out stays."""

    locale = fields.String(
        allow_none=True,
        validate=OneOf([*i18n.LANGUAGES]),
        metadata={"description": "The language to read in; null: as Accept-Language says."},
    )
    timezone = fields.String(
        allow_none=True,
        validate=validate.Length(1, LONGEST_ZONE, error=NO_ZONE),
        metadata={"description": "By its name in the IANA database, as Asia/Seoul; null: as the site's."},
    )

    @ma.validates("timezone")
    def is_known(self, name: str | None, **_options: Any) -> None:
        """Allows time zones that there are.

        Raises:
            ValidationError: there is none of that name.
        """
        if name is not None and not i18n.is_timezone(name):
            raise ma.ValidationError(NO_ZONE)


class Code(ma.Schema):
    """The number from a letter."""

    code = Number(required=True)


@bp.route("/me", methods=["GET"], operation="get_me")
@reads_account
@bp.response(200, Me)
def me() -> Any:
    """Show the member whose token it is."""
    return show(viewer())


@bp.route("/me", methods=["PATCH"], operation="edit_me")
@writes_account
@matching.edits
@bp.arguments(MeChange)
@bp.response(200, Me)
def edit_me(change: dict[str, Any]) -> Any:
    """Change what others see of the member, and the language and time zone they read in."""
    member = viewer()
    changed(member, change)
    users.choose_display(member, change.get("locale", member.locale), change.get("timezone", member.timezone))
    return show(member)


@bp.route("/me/confirmation", methods=["POST"], operation="confirm_address")
@limits.codes
@writes_account
@bp.arguments(Code)
@bp.response(200, Me)
def confirm(sent: dict[str, str]) -> Any:
    """Prove the address signed up with, or a new one, by the code that was mailed to it."""
    accounts.confirm(viewer(), sent["code"])
    return show(viewer())


def show(member: User) -> dict[str, Any]:
    """Returns what a member's program sees of them."""
    answers.shows(states(member))
    here = url_for("api.me")
    links = {
        "self": here,
        "edit": here,
        "profile": url_for("api.user", who=member.id),
        "html": url_for("main.profile", username=member.username),
        "home": url_for("api.home"),
        "tokens": url_for("api.own_tokens"),
        "messages": url_for("api.conversations"),
        "notifications": url_for("api.own_notifications"),
        "notification_settings": url_for("api.notification_settings"),
        "tasks": url_for("api.own_tasks"),
        "blocks": url_for("api.own_blocks"),
        "mutes": url_for("api.own_mutes"),
        "sessions": url_for("api.own_sessions"),
        "change_password": url_for("api.change_password"),
        "change_email": url_for("api.change_email"),
        "change_username": url_for("api.change_username"),
    }
    if not member.is_confirmed or member.pending_email:
        links |= {"confirm": url_for("api.confirm"), "resend_code": url_for("api.resend_code")}
    return {name: getattr(member, name) for name in Me().fields if name != "_links"} | {"_links": links}
