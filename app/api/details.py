"""What the description says of an operation because of the rest: refusals, headers, examples, what comes next."""

from http import HTTPStatus
from typing import Any

from apispec import BasePlugin

from app.api.examples import EXAMPLES

REFUSALS = {
    "requestBody": (400, 413, 415, 422),
    "path": (400, 404),
    "query": (400,),
    "If-Match": (412, 428),
    "Idempotency-Key": (409, 422),
}
"""With what a request may be refused that has such a part; a token that has ended, and too many, are refused always."""
HEADERS = {
    "200": {"ETag": {"description": "The state of what is shown.", "schema": {"type": "string"}}},
    "201": {"Location": {"description": "Where what was made is.", "schema": {"type": "string"}}},
    "202": {"Location": {"description": "Where to watch it.", "schema": {"type": "string"}}},
    "304": {"ETag": {"description": "The state that is known.", "schema": {"type": "string"}}},
}
ID, AUTHOR = "$response.body#/id", "$response.body#/author/id"
PERSON = "$response.body#/person/id"
STATE = {"If-Match": "$response.header.ETag"}
LEADS: dict[str, dict[str, dict[str, str]]] = {
    "PostShown": {
        "get_post": {"id": ID},
        "edit_post": {"id": ID} | STATE,
        "delete_post": {"id": ID},
        "like_post": {"id": ID},
        "unlike_post": {"id": ID},
        "list_likers": {"id": ID},
        "list_replies": {"id": ID},
        "reply_to_post": {"id": ID},
        "get_thread": {"id": ID},
        "get_translation": {"id": ID, "target": "en"},
        "request_translation": {"id": ID, "target": "en"},
        "get_user": {"who": AUTHOR},
        "list_posts_of_user": {"who": AUTHOR},
        "list_posts_with_tag": {"name": "$response.body#/tags/0/name"},
    },
    "Person": {
        "follow_user": {"who": ID},
        "unfollow_user": {"who": ID},
        "block_user": {"who": ID},
        "unblock_user": {"who": ID},
        "mute_user": {"who": ID},
        "unmute_user": {"who": ID},
        "list_followers": {"who": ID},
        "list_following": {"who": ID},
        "list_posts_of_user": {"who": ID},
        "list_replies_of_user": {"who": ID},
        "list_likes_of_user": {"who": ID},
    },
    "Me": {"edit_me": STATE, "get_user": {"who": ID}, "edit_user": {"who": ID} | STATE},
    "AccessToken": {"get_token": {"id": ID}, "edit_token": {"id": ID} | STATE, "delete_token": {"id": ID}},
    "TaskShown": {"get_task": {"id": ID}, "cancel_task": {"id": ID}},
    "ConversationShown": {
        "get_conversation": {"who": PERSON},
        "list_messages": {"who": PERSON},
        "write_message": {"who": PERSON},
        "read_conversation": {"who": PERSON},
        "delete_conversation": {"who": PERSON},
    },
    "NotificationShown": {"get_notification": {"id": ID}, "read_notification": {"id": ID}},
    "NotificationChoices": {"edit_notification_settings": STATE},
    "IssuedToken": {"get_token": {"id": ID}, "delete_token": {"id": ID}},
}
"""By the schema of an answer: which operations it leads to, and what they are given of it."""


class Details(BasePlugin):
    """Completes every operation."""

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **_options: Any
    ) -> None:
        """Completes the operations of a path."""
        for method, operation in (operations or {}).items():
            parts = (operation.get("description", ""), _credentials(operation["security"]))
            operation["description"] = "\n\n".join(filter(None, parts))
            answers = operation["responses"]
            answers.pop(422, None)  # flask-smorest supposes it for all that can be wrong with arguments.
            for status in _refusals(path or "", operation):
                answers.setdefault(str(status), HTTPStatus(status).name)
            if method == "get":
                answers["304"] = {"description": "It is as If-None-Match says."}
            for status, answer in answers.items():
                if isinstance(answer, dict):
                    answer.setdefault("headers", {}).update(HEADERS.get(str(status), {}))
                    for name in _exemplified(answer):
                        answer["links"] = _leads(name)
            _exemplified(operation.get("requestBody", {}))


def _credentials(security: list[dict[str, list[str]]]) -> str:
    """Returns what an operation needs to be done, for the comments of generated clients."""
    if {} in security:
        return "Needs no token."
    if any("password" in scheme for scheme in security):
        return "Needs the name and the password of a member."
    scopes = [scope for scheme in security for scope in scheme["token"]]
    if not scopes:
        return "Needs a token of any scope."
    return f"Needs a token with the scope {' or '.join(f'`{scope}`' for scope in scopes)}."


def _refusals(path: str, operation: dict[str, Any]) -> list[int]:
    parts = {"requestBody"} & operation.keys() | ({"path"} if "{" in path else set())
    for parameter in operation.get("parameters", ()):
        parts |= {parameter["in"], parameter["name"]}
    found = {401, 429, *(status for part in parts & REFUSALS.keys() for status in REFUSALS[part])}
    if any(scheme.get("token") for scheme in operation["security"]):
        found.add(403)
    return sorted(found)


def _exemplified(message: dict[str, Any]) -> list[str]:
    """Gives the body of a request or an answer its example, and returns the names of its schemas."""
    names = []
    for kind in message.get("content", {}).values():
        name = kind.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if name in EXAMPLES:
            kind["example"] = EXAMPLES[name]
        names.append(name)
    return names


def _leads(schema: str) -> dict[str, Any]:
    return {
        operation: {"operationId": operation, "parameters": parameters}
        for operation, parameters in LEADS.get(schema, {}).items()
    }
