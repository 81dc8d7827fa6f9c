"""The interface's description, made from its code: OpenAPI 3.1."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NoReturn

import marshmallow as ma
from flask import Flask
from flask_babel import gettext
from flask_smorest import Api, Blueprint
from marshmallow import fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app import exceptions

VERSION = "1.0.0"


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


class Parser(FlaskParser):
    """Reads what a request says; what cannot be read at all is told apart from what is not allowed."""

    def _raw_load_json(self, req: Any) -> Any:
        """Returns the body.

        Raises:
            UnsupportedMediaType: it is not announced as JSON.
            BadRequest: it is no JSON, or nested so deeply, or with so long a number, that nobody reads it.
        """
        if not req.is_json:
            raise UnsupportedMediaType
        try:
            return super()._raw_load_json(req)
        except ma.ValidationError:
            raise
        except (ValueError, RecursionError):
            raise BadRequest from None

    def handle_error(
        self, error: ma.ValidationError, req: Any, schema: ma.Schema, **options: Any
    ) -> NoReturn:
        """Refuses what a schema does not allow: 422 for a body, 400 for a query."""
        messages: Any = error.messages
        ((place, found),) = messages.items()
        if place == "json":
            raise exceptions.Malformed(
                422, [exceptions.Fault(text, pointer=f"#{path}") for path, text in _faults(found)]
            )
        raise exceptions.Malformed(
            400, [exceptions.Fault(text, parameter=path[1:]) for path, text in _faults(found)]
        )


def _faults(found: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yields where each fault stands, as a JSON pointer (RFC 6901), and what it is."""
    if isinstance(found, dict):
        for name, inner in found.items():
            step = "" if name == "_schema" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from _faults(inner, path + step)
    else:
        yield from ((path, gettext(text)) for text in found)


Blueprint.ARGUMENTS_PARSER = Parser()
