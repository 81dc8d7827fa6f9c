"""What a member is told: listing it, marking it as read, and choosing what is told."""

from datetime import datetime
from typing import Any

import marshmallow as ma
from flask import url_for
from marshmallow import fields

from app.api import answers, bp, matching
from app.api.auth import reads, reads_account, viewer, writes, writes_account
from app.api.fields import Moment, OneOf, Timestamp, YesOrNo, link
from app.api.paging import PageMeta, PageQuery, collection, paged
from app.api.users import UserCard, card
from app.models import Notification
from app.models.keyset import Wanted
from app.services import notifications, users
from app.services.notifications import badges, choices, listing
from app.services.notifications.choices import KINDS, MAILED, Choice
from app.services.notifications.listing import Which


class WhichQuery(ma.Schema):
    """Which notifications are listed."""

    kind = fields.String(
        validate=OneOf(KINDS),
        metadata={"description": "Of this kind alone; of all kinds where it is left out."},
    )
    unread = fields.Boolean(
        load_default=False, metadata={"description": "Only what the member has not read."}
    )

    @ma.post_load
    def which(self, asked: dict[str, Any], **_options: Any) -> Which:
        """Returns what the service understands."""
        return Which([asked["kind"]] if "kind" in asked else KINDS, asked["unread"])


class ReadUntil(ma.Schema):
    """Up to when all is read."""

    until = Moment(
        required=True,
        metadata={"description": "The updated_at of the first one that was seen; what came later stays new."},
    )


class NotificationLinks(ma.Schema):
    """Where a notification is, and what it is about."""

    self = link("This notification.")
    html = link("What it is about, as people see it.")
    post = link("The liked post, the reply, or the post that mentions; null for others.", allow_none=True)
    conversation = link("The conversation, where it tells of messages.", allow_none=True)
    task = link("The task, where it tells of one.", allow_none=True)
    read = fields.String(metadata={"description": "Mark it as read with PUT, where it is new."})


class NotificationShown(ma.Schema):
    """Something a member is told; while it is new, what is like it joins it, and moves it to the front."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=OneOf(KINDS), metadata={"description": "What happened."})
    people = fields.List(
        fields.Nested(UserCard),
        required=True,
        metadata={"description": "Who did it: the latest six at most; empty for a task."},
    )
    people_count = fields.Integer(required=True, metadata={"description": "How many they are."})
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True, metadata={"description": "When it last grew."})
    read_at = Timestamp(required=True, allow_none=True, metadata={"description": "Null while it is new."})
    _links = fields.Nested(NotificationLinks, required=True)


class NotificationsMeta(PageMeta):
    """What is said of a page of notifications."""

    unread = fields.Integer(
        required=True,
        metadata={"description": "How many are new, messages apart, whatever is listed; at most 100."},
    )


ON_SITE = "Whether notifications of this kind appear on the site."
BY_MAIL = "Whether a letter tells of what was not read for a while."


class OnSite(ma.Schema):
    """Whether a kind is told."""

    on_site = fields.Boolean(required=True, metadata={"description": ON_SITE})


class OnSiteAndByMail(OnSite):
    """Whether a kind is told, and how."""

    by_mail = fields.Boolean(required=True, metadata={"description": BY_MAIL})


class OnSiteChange(ma.Schema):
    """Whether to show notifications of a kind; what is left out stays."""

    on_site = YesOrNo(metadata={"description": ON_SITE})


class OnSiteAndByMailChange(OnSiteChange):
    """Whether to show notifications of a kind, and how; what is left out stays."""

    by_mail = YesOrNo(metadata={"description": BY_MAIL})


class ChoiceLinks(ma.Schema):
    """Where the choices are."""

    self = link("These choices.")
    edit = link("Change some of them with PATCH.")


NotificationChange = ma.Schema.from_dict(
    {kind: fields.Nested(OnSiteAndByMailChange if kind in MAILED else OnSiteChange) for kind in KINDS},
    name="NotificationChange",
)
NotificationChange.__doc__ = "Of which kinds the member is told, and how; what is left out stays."
_chosen: dict[str, fields.Field[Any]] = {
    kind: fields.Nested(OnSiteAndByMail if kind in MAILED else OnSite, required=True) for kind in KINDS
}
NotificationChoices = ma.Schema.from_dict(
    _chosen | {"_links": fields.Nested(ChoiceLinks, required=True)}, name="NotificationChoices"
)
NotificationChoices.__doc__ = "Of which kinds the member is told, and how."
TIMES = ("created_at", "updated_at", "read_at")


@bp.route("/notifications", methods=["GET"], operation="list_notifications")
@reads
@bp.arguments(WhichQuery, location="query")
@bp.arguments(PageQuery, location="query")
@bp.response(200, collection("Notifications", NotificationShown, NotificationsMeta))
def own_notifications(which: Which, wanted: Wanted) -> Any:
    """List what the member is told, what happened last first.

    A new one that grows moves to the front: whoever follows next may miss it there, and meets it on the first page.
    """
    body = paged(Notification, listing.listed(viewer(), which, wanted), wanted, show)
    body["_meta"]["unread"] = badges.count(viewer())
    return body


@bp.route("/notifications/<row:id>", methods=["GET"], operation="get_notification")
@reads
@bp.response(200, NotificationShown)
def notification(id: int) -> Any:
    """Show one notification."""
    return show(listing.find(id, viewer()))


@bp.route("/notifications/<row:id>/read", methods=["PUT"], operation="read_notification")
@writes
@bp.response(200, NotificationShown)
def read_notification(id: int) -> Any:
    """Mark a notification as read; one that was read stays as it is."""
    notifications.read(viewer(), listing.find(id, viewer()).id)
    return show(listing.find(id, viewer()))


@bp.route("/notifications/read", methods=["PUT"], operation="read_notifications")
@writes
@bp.arguments(ReadUntil)
@bp.response(204)
def read_notifications(mark: dict[str, datetime]) -> None:
    """Mark all as read that came up to a moment; what came or grew since then stays new."""
    notifications.read_all(viewer(), mark["until"], KINDS)


@bp.route("/me/notification-settings", methods=["GET"], operation="get_notification_settings")
@reads_account
@bp.response(200, NotificationChoices)
def notification_settings() -> Any:
    """Show of which kinds the member is told, and how."""
    return show_choices(choices.chosen(viewer()))


@bp.route("/me/notification-settings", methods=["PATCH"], operation="edit_notification_settings")
@writes_account
@matching.edits
@bp.arguments(NotificationChange)
@bp.response(200, NotificationChoices)
def edit_notification_settings(change: dict[str, dict[str, bool]]) -> Any:
    """Change of which kinds the member is told, and how; what is left out stays."""
    member = viewer()
    users.hold(member)
    kept = choices.chosen(member)
    matching.require_match(states(kept))
    wishes = {kind: Choice(**(vars(kept[kind]) | changed)) for kind, changed in change.items()}
    choices.choose(member, wishes)
    return show_choices(kept | wishes)


def states(kept: dict[str, Choice]) -> str:
    """Returns what tells the states of a member's choices apart."""
    return answers.fingerprint(*([kind, choice.on_site, choice.by_mail] for kind, choice in kept.items()))


def show_choices(kept: dict[str, Choice]) -> dict[str, Any]:
    """Returns what a program sees of a member's choices, with the state that an edit has to know."""
    answers.shows(states(kept))
    here = url_for("api.notification_settings")
    told = {
        kind: {"on_site": choice.on_site} | ({"by_mail": choice.by_mail} if kind in MAILED else {})
        for kind, choice in kept.items()
    }
    return told | {"_links": {"self": here, "edit": here}}


def show(told: Notification) -> dict[str, Any]:
    """Returns what a program sees of a notification."""
    first = told.people[0] if told.people else None
    about: dict[str, str | None] = {"post": None, "conversation": None, "task": None}
    if told.post_id:
        html, about["post"] = url_for("main.post", id=told.post_id), url_for("api.post", id=told.post_id)
    elif told.task_id:
        html, about["task"] = url_for("main.settings_exports"), url_for("api.task", id=told.task_id)
    elif told.conversation_id and first:
        html = url_for("main.talk", username=first.username)
        about["conversation"] = url_for("api.conversation", who=first.id)
    else:
        html = url_for("main.followers", username=viewer().username)
    links = {"self": url_for("api.notification", id=told.id), "html": html, **about}
    if told.is_unread:
        links["read"] = url_for("api.read_notification", id=told.id)
    shown = {name: getattr(told, name) for name in ("id", "kind", "people_count", *TIMES)}
    return shown | {"people": [card(person) for person in told.people], "_links": links}
