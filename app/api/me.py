"""The member whose program asks."""

from typing import Any

import marshmallow as ma
from flask import g, url_for
from marshmallow import fields

from app.api import bp
from app.api.auth import reads
from app.api.fields import link


class MeLinks(ma.Schema):
    """Where what belongs to the member is."""

    self = link("This member.")
    html = link("The profile, as people see it.")
    tokens = link("The member's access tokens.")


class Me(ma.Schema):
    """What a member's program may know of them."""

    id = fields.Integer(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    about_me = fields.String(required=True)
    location = fields.String(required=True)
    link = fields.String(required=True)
    locale = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True, allow_none=True)
    is_confirmed = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)
    post_count = fields.Integer(required=True)
    follower_count = fields.Integer(required=True)
    following_count = fields.Integer(required=True)
    _links = fields.Nested(MeLinks, required=True)


@bp.route("/me", methods=["GET"])
@reads
@bp.response(200, Me)
def me() -> Any:
    """Show the member whose token it is."""
    person = g.access_token.user
    shown = {name: getattr(person, name) for name in Me().fields if name != "_links"}
    links = {
        "self": url_for("api.me"),
        "html": url_for("main.profile", username=person.username),
        "tokens": url_for("api.own_tokens"),
    }
    return {**shown, "_links": links}
