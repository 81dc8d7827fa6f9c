"""The interface's description, made from its code: OpenAPI 3.1."""

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from apispec.ext.marshmallow.common import resolve_schema_instance
from flask import Flask, g
from flask_smorest import Api, Blueprint
from marshmallow import fields

from app.api.details import Details
from app.api.parser import Parser
from app.api.schemas import Paths, Requests, Schemas

VERSION = "1.0.0"
ABOUT = {
    "summary": "A small place for short texts.",
    "description": "JSON over HTTP. The links of an answer lead to everything that follows; start at GET /api. "
    "Answers may gain properties, so clients ignore those they do not know.",
    "license": {"name": "MIT", "identifier": "MIT"},
    "contact": {"name": "The people who run this site"},
}
TAGS = {
    "account": "What the member signs in with, and where.",
    "blocks": "Whom the member has blocked.",
    "entry": "Where everything begins.",
    "me": "The member whose program asks.",
    "messages": "Private conversations between two people, and the messages in them.",
    "mutes": "Whom the member mutes.",
    "notifications": "What the member is told of others and of their work.",
    "posts": "Posts, the conversations they stand in, and who likes them.",
    "search": "Finding posts, people and hashtags, in the words of the search box.",
    "tasks": "Work in the background: exports of what is a member's own.",
    "timelines": "Posts in the order in which they were written.",
    "tokens": "What lets a program act for a member.",
    "translations": "Posts in another language.",
    "users": "Members, what they write and like, and who follows whom.",
}
"""What belongs together, named as the modules."""


Security = list[dict[str, list[str]]]
"""A security requirement: alternatives, each with the scopes that it needs; an empty one needs nothing."""


class Fault(ma.Schema):
    """What is wrong with one part of a request."""

    detail = fields.String(
        required=True, metadata={"description": "What is wrong, in the reader's language."}
    )
    pointer = fields.String(
        metadata={"description": "Where in the body: a JSON pointer (RFC 6901) as a fragment."}
    )
    parameter = fields.String(metadata={"description": "Which parameter of the query."})


class Problem(ma.Schema):
    """Why a request was refused (RFC 9457)."""

    type = fields.String(
        required=True,
        metadata={"description": "The kind of problem, as an address.", "format": "uri-reference"},
    )
    title = fields.String(
        required=True, metadata={"description": "The kind of problem, in the reader's language."}
    )
    status = fields.Integer(required=True, metadata={"description": "The status of the answer."})
    detail = fields.String(required=True, metadata={"description": "What to do, in the reader's language."})
    request_id = fields.String(required=True, metadata={"description": "Tells us which request it was."})
    errors = fields.List(
        fields.Nested(Fault),
        metadata={"description": "Each fault of the request, where there are several parts."},
    )
    more_errors = fields.Integer(
        metadata={"description": "How many more faults there are: errors tells the first twenty."}
    )


class Operations(Blueprint):
    """flask-smorest's blueprint. The tag of an operation is the module of its view."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.security: dict[str, Security] = {}
        self.queries: dict[str, dict[str, fields.Field[Any]]] = {}  # By the names of the views.
        self.closed: set[str] = set()  # The views that take a password.

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        *,
        operation: str,
        **options: Any,
    ) -> None:
        """Adds an operation.

        Args:
            rule: its path.
            endpoint: the name for ``url_for``; that of the view unless given.
            view_func: the view.
            provide_automatic_options: see Flask.
            operation: the ``operationId``, from which clients make the name of a function: a verb and a noun.
            options: see Flask.
        """
        told = getattr(view_func, "_apidoc", {}).get("manual_doc", {})
        # Where no token is needed, a reader with one is shown what is theirs.
        open_to_all = [{}, {"token": ["read"]}] if "GET" in options["methods"] else [{}]
        security: Security = told.get("security", open_to_all)
        self.security[endpoint or view_func.__name__] = security
        named = self.doc(operationId=operation, security=security)(view_func)
        self._learn(view_func.__name__, getattr(named, "_apidoc", {}))
        options["tags"] = [view_func.__module__.rpartition(".")[2]]
        super().add_url_rule(rule, endpoint, named, provide_automatic_options, **options)

    def _learn(self, view: str, told: dict[str, Any]) -> None:
        """Notes which parameters the query of a view has, and whether it takes a password."""
        self.queries[view] = {}
        is_closed = any("password" in scheme for scheme in told.get("manual_doc", {}).get("security", ()))
        for argument in told.get("arguments", {}).get("parameters", ()):
            found = resolve_schema_instance(argument["schema"]).fields
            if argument["in"] == "query":
                self.queries[view] |= {field.data_key or name: field for name, field in found.items()}
            is_closed |= any(field.metadata.get("format") == "password" for field in found.values())
        if is_closed:
            self.closed.add(view)

    def _prepare_response_content(self, data: Any) -> Any:
        """Keeps the links of an answer; they go into its head as well."""
        if isinstance(data, dict) and "_links" in data:
            g.links = data["_links"]
        return super()._prepare_response_content(data)


class Interface(Api):
    """flask-smorest's interface, whose errors the site answers itself, in the reader's language.

    Args:
        app: the application.
    """

    def __init__(self, app: Flask) -> None:
        app.config.update(OPENAPI_URL_PREFIX="/api", OPENAPI_JSON_PATH="openapi.json")
        schemes = {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "An access token, made with POST /api/tokens or in the settings of the site.",
            },
            "password": {
                "type": "http",
                "scheme": "basic",
                "description": "The name and the password of a member, to make a token.",
            },
        }
        super().__init__(
            app,
            spec_kwargs={
                "title": "Hanmadi",
                "version": VERSION,
                "openapi_version": "3.1.0",
                "info": ABOUT,
                "servers": [{"url": "/", "description": "The site that serves this description."}],
                "flask_plugin": Paths(),
                "marshmallow_plugin": Schemas(),
                "extra_plugins": [Requests(), Details()],
                "tags": [{"name": name, "description": said} for name, said in TAGS.items()],
                "components": {"securitySchemes": schemes},
            },
        )

    def _register_pagination_header(self) -> None:
        """Leaves out a header that no answer has."""

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
