"""The parameters of an operation's query: which there are, and what of them decides about a list."""

from collections.abc import Iterable
from typing import Any

import marshmallow as ma
from flask import request
from flask_babel import gettext as _
from marshmallow import fields

from app.api import bp
from app.exceptions import Fault, Malformed

PLACING = ("cursor", "page", "per_page", "total")
"""What says which piece of a list is shown, and nothing of what is in the list."""


@bp.before_request
def refuse_unknown() -> None:
    """Refuses parameters that the operation does not have, or that are there twice.

    Raises:
        Malformed: there are such parameters; each is named.
    """
    if request.method == "OPTIONS":
        return
    known = declared()
    unknown = [name for name in request.args if name not in known]
    if unknown:
        raise _malformed(unknown, _takes(known))
    doubled = [name for name, values in request.args.lists() if len(values) > 1]
    if doubled:
        raise _malformed(doubled, _("This is there more than once. Send it once."))


def declared() -> dict[str, fields.Field[Any]]:
    """Returns the query parameters of the operation that is asked for, by their names."""
    return bp.queries.get(str(request.endpoint).rpartition(".")[2], {})


def kept() -> dict[str, str]:
    """Returns what a link to another page of the list has to repeat, as it was sent."""
    return {
        name: request.args[name] for name in declared() if name in request.args and name not in PLACING[:2]
    }


def filters() -> dict[str, Any]:
    """Returns what decides which rows a list has and in which order, left-out parameters as their defaults."""
    found = {}
    for name, field in declared().items():
        if name not in PLACING:
            found[name] = _loaded(field, request.args.get(name))
    return found


def _loaded(field: fields.Field[Any], sent: str | None) -> Any:
    if sent is None:
        return None if field.load_default is ma.missing else field.load_default
    return field.deserialize(sent)


def _takes(known: Iterable[str]) -> str:
    names = ", ".join(known)
    if not names:
        return _("There is no such parameter: this address takes none.")
    return _("There is no such parameter. This address takes: %(names)s.", names=names)


def _malformed(names: list[str], said: str) -> Malformed:
    return Malformed(400, [Fault(said, parameter=name) for name in names])
