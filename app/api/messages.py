"""Private conversations between two people, and the messages in them."""

from typing import Any

import marshmallow as ma
from flask import url_for
from flask_babel import lazy_gettext as _l
from marshmallow import fields

from app import limits, text
from app.api import bp
from app.api.auth import reads_messages, viewer, writes_messages
from app.api.fields import Text, Timestamp, Whole, link
from app.api.once import once
from app.api.paging import PageQuery, collection, paged
from app.api.users import LONGEST_NAME, UserCard, card
from app.exceptions import Invalid, NotFound
from app.models import Message, Participation, User
from app.models.columns import LAST_ID
from app.models.keyset import Wanted
from app.services import messages

NOBODY = _l("There is nobody of that name to whom you can write.")


class MessageText(ma.Schema):
    """What a message says."""

    body = Text(text.MESSAGE_LENGTH, text.MESSAGE_CODE_POINTS, least=1, required=True)


class MessageOrder(MessageText):
    """A message, and to whom it goes."""

    to = Text(
        LONGEST_NAME,
        LONGEST_NAME,
        least=1,
        required=True,
        metadata={"description": "The id or the username of a member."},
    )


class ReadMark(ma.Schema):
    """Up to where a conversation was read."""

    last_id = Whole(
        0, LAST_ID, required=True, metadata={"description": "The id of the last message that was shown."}
    )


class MessageLinks(ma.Schema):
    """Where a message is."""

    self = link("This message.")
    conversation = link("The conversation it stands in.")
    delete = link("Delete it with DELETE; the other still has it.")


class MessageShown(ma.Schema):
    """A message of a conversation."""

    id = fields.Integer(required=True)
    body = fields.String(required=True, metadata={"description": "The text."})
    created_at = Timestamp(required=True)
    is_mine = fields.Boolean(required=True, metadata={"description": "Whether the reader wrote it."})
    is_read = fields.Boolean(
        required=True,
        metadata={"description": "Whether the other has seen it, or the reader where the other wrote it."},
    )
    sender = fields.Nested(UserCard, required=True)
    _links = fields.Nested(MessageLinks, required=True)


class ConversationLinks(ma.Schema):
    """Where a conversation is, and what can be done with it."""

    self = link("This conversation.")
    html = link("The same as a page for people.")
    person = fields.String(metadata={"description": "The other person, where they can be seen."})
    messages = link("The messages in it.")
    read = link("Say with PUT up to where it was read.")
    delete = link("Delete it with DELETE; the other still has it.")
    send = fields.String(metadata={"description": "Write to the other with POST, where one may."})


class ConversationShown(ma.Schema):
    """A conversation, as the reader has it."""

    id = fields.Integer(required=True)
    person = fields.Nested(UserCard, required=True)
    unread_count = fields.Integer(
        required=True, metadata={"description": "How many of the other's messages wait to be read."}
    )
    last_message = fields.Nested(MessageShown, required=True)
    _links = fields.Nested(ConversationLinks, required=True)


@bp.route("/messages", methods=["GET"], operation="list_conversations")
@reads_messages
@bp.arguments(PageQuery, location="query")
@bp.response(200, collection("Conversations", ConversationShown))
def conversations(wanted: Wanted) -> Any:
    """List the member's conversations, the one with the latest message first."""
    return paged(Participation, messages.conversations(viewer(), wanted), wanted, show)


@bp.route("/messages", methods=["POST"], operation="send_message")
@limits.members_messages
@writes_messages
@once
@bp.arguments(MessageOrder)
@bp.response(201, MessageShown)
def send_message(order: dict[str, str]) -> Any:
    """Write to somebody, whether or not there is a conversation with them."""
    try:
        person = messages.partner_by_id_or_name(order["to"], viewer())
    except NotFound:
        raise Invalid("to", NOBODY) from None
    return written(person, order["body"])


@bp.route("/messages/<who>", methods=["GET"], operation="get_conversation")
@reads_messages
@bp.response(200, ConversationShown)
def conversation(who: str) -> Any:
    """Show the conversation with a member, by their id or username."""
    return show(had(who))


@bp.route("/messages/<who>", methods=["DELETE"], operation="delete_conversation")
@writes_messages
@bp.response(204)
def delete_conversation(who: str) -> None:
    """Delete a conversation for the member alone; it comes back, empty of this, when the other writes again."""
    messages.delete_conversation_for_me(viewer(), had(who))


@bp.route("/messages/<who>/read", methods=["PUT"], operation="read_conversation")
@writes_messages
@bp.arguments(ReadMark)
@bp.response(200, ConversationShown)
def read_conversation(mark: dict[str, int], who: str) -> Any:
    """Say up to where a conversation was read; what came after it stays unread."""
    messages.read(viewer(), had(who), mark["last_id"])
    return show(had(who))


@bp.route("/messages/<who>/messages", methods=["GET"], operation="list_messages")
@reads_messages
@bp.arguments(PageQuery, location="query")
@bp.response(200, collection("Messages", MessageShown))
def messages_with(wanted: Wanted, who: str) -> Any:
    """List the messages of a conversation, the newest first."""
    found = had(who)
    page = messages.messages(viewer(), found, wanted)
    return paged(Message, page, wanted, lambda message: show_message(message, found))


@bp.route("/messages/<who>/messages", methods=["POST"], operation="write_message")
@limits.members_messages
@writes_messages
@once
@bp.arguments(MessageText)
@bp.response(201, MessageShown)
def write_to(order: dict[str, str], who: str) -> Any:
    """Write to a member, by their id or username."""
    return written(messages.partner_by_id_or_name(who, viewer()), order["body"])


@bp.route("/messages/<who>/messages/<row:id>", methods=["GET"], operation="get_message")
@reads_messages
@bp.response(200, MessageShown)
def message(who: str, id: int) -> Any:
    """Show a message of a conversation."""
    found = had(who)
    return show_message(messages.find(viewer(), found, id), found)


@bp.route("/messages/<who>/messages/<row:id>", methods=["DELETE"], operation="delete_message")
@writes_messages
@bp.response(204)
def delete_message(who: str, id: int) -> None:
    """Delete a message for the member alone."""
    messages.delete_for_me(viewer(), messages.find(viewer(), had(who), id))


def had(who: str) -> Participation:
    """Returns the conversation that the member has with somebody.

    Raises:
        NotFound: there is none.
    """
    found = messages.open(viewer(), messages.partner_by_id_or_name(who, viewer()))
    if found is None:
        raise NotFound
    return found


def written(person: User, body: str) -> Any:
    """Writes a message, and returns the answer that shows it."""
    made = messages.send(viewer(), person, body)
    shown = show_message(made, had(str(person.id)))
    return shown, 201, {"Location": shown["_links"]["self"]}


def show(found: Participation) -> dict[str, Any]:
    """Returns what a program sees of a conversation."""
    other = found.other
    here = url_for("api.conversation", who=other.id)
    links = {
        "self": here,
        "html": url_for("main.talk", username=other.username),
        "person": url_for("api.user", who=other.id),
        "messages": url_for("api.messages_with", who=other.id),
        "read": url_for("api.read_conversation", who=other.id),
        "delete": here,
    }
    if other.is_suspended:
        del links["person"]
    if other.reachable:
        links["send"] = links["messages"]
    return {
        "id": found.conversation_id,
        "person": card(other),
        "unread_count": found.unread_count,
        "last_message": found.last and show_message(found.last, found),
        "_links": links,
    }


def show_message(found: Message, where: Participation) -> dict[str, Any]:
    """Returns what a program sees of a message."""
    is_mine = found.sender_id == where.user_id
    here = url_for("api.message", who=where.other_id, id=found.id)
    return {
        "id": found.id,
        "body": found.body,
        "created_at": found.created_at,
        "is_mine": is_mine,
        "is_read": found.id <= (where.other_read_id if is_mine else where.read_id),
        "sender": card(found.sender),
        "_links": {
            "self": here,
            "conversation": url_for("api.conversation", who=where.other_id),
            "delete": here,
        },
    }
