"""The reference of the interface for people: its description, rendered as a page of the site."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, render_template, url_for

from app import limits
from app.api.reference.description import read
from app.api.reference.outline import Outline
from app.api.reference.words import WORDS
from app.i18n import current_language

bp = Blueprint("reference", __name__)  # Not the interface's own, so that the page does not describe itself.

INDENT = re.compile(r"(?P<kept><pre.*?</pre>)|\s*\n\s*", re.S)  # A fifth of so long a page.


@bp.get("/api/docs")
def page() -> str:
    """Shows people what programs can do here, and how."""
    address = current_app.config["EXTERNAL_URL"]
    most, minutes = re.findall(r"\d+", limits.PROGRAMS)
    return render_template(
        "api/reference.html",
        outline=_outlined(),
        operations=_operations(current_language()),
        address=address,
        lines=list(_first_lines(address)),
        most=most,
        minutes=minutes,
        **WORDS,
    )


@bp.after_request
def vary(response: Response) -> Response:
    """Tells caches that the page depends on who asks, and in which language."""
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def _outlined() -> Outline:
    """Returns the outline of the description, which is made from the code once in the life of a process."""
    kept: dict[str, Any] = current_app.extensions
    if "reference" not in kept:
        interface = kept["flask-smorest"]["apis"][""]["ext_obj"]
        kept["reference"] = read(interface.spec.to_dict())
    found: Outline = kept["reference"]
    return found


def _operations(language: str) -> str:
    """Returns the operations as HTML, which differs by the reader's language alone and is long; so it is kept."""
    kept: dict[str, str] = current_app.extensions.setdefault("reference-operations", {})
    if language not in kept:
        page = render_template("api/operations.html", outline=_outlined(), **WORDS)
        kept[language] = INDENT.sub(lambda found: found["kept"] or "\n", page)
    return kept[language]


def _first_lines(address: str) -> Iterator[str]:
    """Yields three lines for a shell: get a token, keep it, use it."""
    yield f"curl -su bada {address}{url_for('api.make_token')} --json '{{}}'"
    yield "TOKEN=eyJhbGciOi…"
    yield f'curl -s {address}{url_for("api.me")} -H "Authorization: Bearer $TOKEN"'
