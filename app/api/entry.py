"""Where a client begins."""

from typing import Any

import marshmallow as ma
from flask import current_app, url_for
from flask_login import current_user
from marshmallow import fields

from app.api import bp
from app.api.fields import link


class EntryLinks(ma.Schema):
    """What the interface offers to whoever asks."""

    self = link("This entry.")
    tokens = link("Access tokens: make one with POST and Basic credentials, and see those that count.")
    me = fields.String(metadata={"description": "The member whose program asks, where there is one."})
    posts = link("The posts that open conversations, the newest first.")
    users = link("The members, the newest first; become one with POST.")
    explore = link("What everybody wrote.")
    tasks = fields.String(metadata={"description": "What the member has started; start an export with POST."})
    messages = fields.String(metadata={"description": "The member's private conversations; write with POST."})
    notifications = fields.String(metadata={"description": "What the member is told, the latest first."})
    home = fields.String(metadata={"description": "What the member and the people they follow wrote."})
    search = link("Posts by their words: add q.")
    search_users = link("People: add q.")
    search_tags = link("Hashtags: add q.")
    suggestions = link("What somebody may be typing: add q.")
    describedby = link("The description of the interface, as OpenAPI 3.1.")
    service_doc = link("The same as a page for people.", data_key="service-doc")


class Entry(ma.Schema):
    """The site, and where everything begins."""

    name = fields.String(required=True, metadata={"description": "What the site is called."})
    _links = fields.Nested(EntryLinks, required=True)


@bp.route("", methods=["GET"], operation="get_entry")
@bp.doc(security=[{}, {"token": []}])
@bp.response(200, Entry)
def entry() -> dict[str, Any]:
    """Name the site, and link to what the interface offers."""
    links = {
        "self": url_for("api.entry"),
        "tokens": url_for("api.own_tokens"),
        "posts": url_for("api.posts_list"),
        "users": url_for("api.users_list"),
        "explore": url_for("api.explore"),
        "search": url_for("api.search_posts"),
        "search_users": url_for("api.search_users"),
        "search_tags": url_for("api.search_tags"),
        "suggestions": url_for("api.search_suggestions"),
        "describedby": url_for("api-docs.openapi_json"),
        "service_doc": url_for("reference.page"),
    }
    if current_user.is_authenticated:
        links |= {"me": url_for("api.me"), "home": url_for("api.home"), "tasks": url_for("api.own_tasks")}
        links["messages"] = url_for("api.conversations")
        links["notifications"] = url_for("api.own_notifications")
    return {"name": current_app.config["SITE_NAME"], "_links": links}
