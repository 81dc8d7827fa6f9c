"""The interface's description, made from its code: OpenAPI 3.1."""

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Flask
from flask_smorest import Api, Blueprint
from marshmallow import fields

from app.api.details import Details
from app.api.parser import Parser

VERSION = "1.0.0"
TAGS = {
    "entry": "Where everything begins.",
    "me": "The member whose program asks.",
    "messages": "Private conversations between two people, and the messages in them.",
    "notifications": "What the member is told of others and of their work.",
    "posts": "Posts, the conversations they stand in, and who likes them.",
    "search": "Finding posts, people and hashtags, in the words of the search box.",
    "tasks": "Work in the background: exports of what is a member's own.",
    "timelines": "Posts in the order in which they were written.",
    "tokens": "What lets a program act for a member.",
    "users": "Members, what they write and like, and who follows whom.",
}
"""What belongs together, named as the modules."""


class Fault(ma.Schema):
    """What is wrong with one part of a request."""

    detail = fields.String(required=True)
    pointer = fields.String(
        metadata={"description": "Where in the body: a JSON pointer (RFC 6901) as a fragment."}
    )
    parameter = fields.String(metadata={"description": "Which parameter of the query."})


class Problem(ma.Schema):
    """Why a request was refused (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What to do, in the reader's language."})
    request_id = fields.String(required=True, metadata={"description": "Tells us which request it was."})
    errors = fields.List(fields.Nested(Fault))


class Operations(Blueprint):
    """flask-smorest's blueprint; an operation is called as its view, and belongs to the module in which that is."""

    ARGUMENTS_PARSER = Parser()

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Adds an operation."""
        named = self.doc(operationId=view_func.__name__)(view_func)
        options["tags"] = [view_func.__module__.rpartition(".")[2]]
        super().add_url_rule(rule, endpoint, named, provide_automatic_options, **options)


class Interface(Api):
    """flask-smorest's interface, whose errors the site answers itself, in the reader's language.

    Args:
        app: the application.
    """

    def __init__(self, app: Flask) -> None:
        app.config.update(OPENAPI_URL_PREFIX="/api", OPENAPI_JSON_PATH="openapi.json")
        schemes = {
            "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "password": {"type": "http", "scheme": "basic"},
        }
        super().__init__(
            app,
            spec_kwargs={
                "title": "Hanmadi",
                "version": VERSION,
                "openapi_version": "3.1.0",
                "extra_plugins": [Details()],
                "tags": [{"name": name, "description": said} for name, said in TAGS.items()],
                "components": {"securitySchemes": schemes},
            },
        )

    def _register_responses(self) -> None:
        """Describes how every refusal looks (RFC 9457)."""
        content = {"application/problem+json": {"schema": Problem}}
        for status in HTTPStatus:
            answer = {"description": status.phrase, "content": content}
            self.spec.components.response(status.name, answer, lazy=True)
        everything = {"description": "Whatever goes wrong.", "content": content}
        self.spec.components.response("DEFAULT_ERROR", everything, lazy=True)

    def _register_error_handlers(self) -> None:
        """Leaves errors to ``app.errors``, which knows pages from programs."""
