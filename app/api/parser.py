"""Reads what programs send, and says what is wrong with it and where."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

import marshmallow as ma
from flask_babel import gettext
from flask_babel import gettext as _
from webargs.flaskparser import FlaskParser

from app import exceptions
from app.exceptions import Unreadable, Unsupported, tellable

JSON = "application/json"


class Parser(FlaskParser):
    """Reads what a request says; what cannot be read at all is told apart from what is not allowed."""

    def load_json(self, req: Any, schema: Any) -> Any:
        """Returns the body; ``{}`` where there is none, and the schema says that there need not be one."""
        is_empty = req.mimetype != JSON and not (req.get_data() or req.form or req.files)
        if is_empty and getattr(schema, "may_be_left_out", False):
            return {}
        return super().load_json(req, schema)

    def _raw_load_json(self, req: Any) -> Any:
        """Returns the body.

        Raises:
            Unsupported: it is not announced as plain JSON in UTF-8.
            Unreadable: it is none, or nested so deeply, or with so long a number, that nobody reads it.
        """
        if req.mimetype != JSON:
            raise Unsupported(_("Send JSON, and say so: Content-Type: application/json"))
        if req.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            raise Unsupported(_("The body is compressed. Send it as it is, without Content-Encoding."))
        if req.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise Unsupported(_("JSON is UTF-8. Send it so, or leave charset out of Content-Type."))
        return _read(req.get_data()) if req.get_data() else _refuse_empty()

    def handle_error(
        self, error: ma.ValidationError, req: Any, schema: ma.Schema, **options: Any
    ) -> NoReturn:
        """Refuses what a schema does not allow: 422 for a body, 400 for a query."""
        messages: Any = error.messages
        ((place, found),) = messages.items()
        faults = list(_faults(found))
        told = faults[: exceptions.MOST_FAULTS]
        if place == "json":
            raise exceptions.Malformed(
                422, [exceptions.Fault(gettext(text), pointer=f"#{path}") for path, text in told], len(faults)
            )
        raise exceptions.Malformed(
            400, [exceptions.Fault(gettext(text), parameter=path[1:]) for path, text in told], len(faults)
        )


def _refuse_empty() -> NoReturn:
    raise Unreadable(_("The body is empty. Send JSON, such as {}."))


def _read(body: bytes) -> Any:
    """Returns what a body holds.

    Raises:
        Unreadable: it is no JSON text in UTF-8 (RFC 8259), or one that programs read differently.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            _(
                "The body is not UTF-8 from byte %(place)s on. Encode it as UTF-8 and send it again.",
                place=error.start + 1,
            )
        ) from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise Unreadable(
            _(
                "The body is not JSON: something is wrong in line %(line)s, column %(column)s.",
                line=error.lineno,
                column=error.colno,
            )
        ) from None
    except RecursionError:
        raise Unreadable(_("The body is nested too deeply. Send it flatter.")) from None
    except ValueError:
        raise Unreadable(_("The body holds a number of too many digits. Send a shorter one.")) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        name = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Unreadable(
            _("The field “%(name)s” stands twice in one object. Send it once.", name=tellable(name))
        )
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(_("JSON has no %(name)s. Send a number, or null.", name=name))


def _faults(found: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yields where each fault stands, as a JSON pointer (RFC 6901), and what it is, untranslated."""
    if isinstance(found, dict):
        for name, inner in found.items():
            step = "" if name == "_schema" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from _faults(inner, path + step)
    else:
        yield from ((path, text) for text in found)
