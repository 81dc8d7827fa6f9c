"""Reads what programs send, and says what is wrong with it and where."""

from collections.abc import Iterator
from typing import Any, NoReturn

import marshmallow as ma
from flask_babel import gettext
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app import exceptions


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
