"""How the reference puts into words what the description says in codes and numbers."""

import json
from collections.abc import Iterator
from http import HTTPStatus

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.api.reference.outline import Answer, Operation
from app.api.reference.shapes import Shape

NAMES = {
    "": _l("Where to begin"),
    "api": _l("Where to begin"),
    "entry": _l("Where to begin"),
    "me": _l("The member"),
    "account": _l("Account"),
    "blocks": _l("Blocks"),
    "mutes": _l("Mutes"),
    "tokens": _l("Tokens"),
    "messages": _l("Messages"),
    "notifications": _l("Notifications"),
    "posts": _l("Posts"),
    "users": _l("Members"),
    "timelines": _l("Timelines"),
    "translations": _l("Translations"),
    "search": _l("Search"),
    "tasks": _l("Work in the background"),
}
"""What groups of operations are called; others keep the name that the description gives them."""
PLACES = {"path": _l("in the path"), "query": _l("in the query"), "header": _l("as a header")}
MEANINGS = {
    "200": _l("Done; this is the answer."),
    "201": _l("Made; the Location header says where."),
    "202": _l("Taken; the rest is done later."),
    "204": _l("Done; there is nothing to say."),
    "304": _l("Unchanged since the ETag that was sent."),
    "400": _l("The request cannot be read, or a parameter is wrong."),
    "401": _l("A token, or name and password, is missing or does not count."),
    "403": _l("The token, or the member, may not do this."),
    "404": _l("It is not there, or not for this reader."),
    "405": _l("The address knows other methods only."),
    "409": _l("The same request is being done just now."),
    "410": _l("It was kept for a while, and that is over."),
    "412": _l("Somebody has changed it since."),
    "413": _l("The body is too large."),
    "415": _l("The body is not JSON."),
    "422": _l("The body is not what is asked for."),
    "428": _l("If-Match is missing: say which state was seen."),
    "429": _l("Too often; Retry-After says when to go on."),
    "503": _l("A part of the site is resting."),
    "default": _l("Any other refusal."),
}
LARGEST = 2**63 - 1


def _said(answer: Answer) -> str:
    """Returns what the description says of an answer beyond its status."""
    if answer.status in ("304", "default"):  # Of these everything is said.
        return ""
    phrase = HTTPStatus(int(answer.status)).phrase
    return "" if answer.description.rstrip(".").casefold() == phrase.casefold() else answer.description


def _needs(operation: Operation) -> str:
    """Returns what a program must send to be let in; nothing where everybody is."""
    if not operation.security or {} in operation.security:
        return ""
    scopes = [scope for scheme in operation.security for scope in scheme.get("token", ())]
    if any("password" in scheme for scheme in operation.security):
        return _("Name and password")
    return _("Token: %(scopes)s", scopes=", ".join(scopes)) if scopes else _("Token")


def _allowed(shape: Shape) -> Iterator[str]:
    """Yields what a value may be, in words."""
    told = shape.limits
    if "minimum" in told or "maximum" in told:
        yield _range(told.get("minimum"), told.get("maximum"))
    if "maxLength" in told:
        yield _("%(span)s characters", span=f"{told.get('minLength', 0)}–{told['maxLength']}")
    if "maxItems" in told:
        yield _("%(span)s items", span=f"{told.get('minItems', 0)}–{told['maxItems']}")
    if told.get("default") not in (None, ""):
        yield _("%(value)s unless given", value=_plain(told["default"]))


def _choices(shape: Shape) -> str:
    """Returns the values that are allowed, where they can be counted."""
    return " | ".join(_plain(value) for value in shape.limits["enum"])


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _range(least: int | None, most: int | None) -> str:
    """Returns from where to where; the largest number of any database goes without saying."""
    if most is None or most == LARGEST:
        return _("from %(least)s", least=least)
    return f"{least}–{most}" if least is not None else _("at most %(most)s", most=most)


WORDS = {
    "names": NAMES,
    "places": PLACES,
    "meanings": MEANINGS,
    "said": _said,
    "needs": _needs,
    "allowed": _allowed,
    "choices": _choices,
}
"""What the templates need to put the description into words."""
