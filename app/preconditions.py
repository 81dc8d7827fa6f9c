"""Entity tags that a request names, and what reading a resource does with If-Match (RFC 9110, 8.8.3 and 13.1)."""

import re

from flask import Flask, Response, g, request

ANY = "*"
READING = ("GET", "HEAD")
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_TAGS = re.compile(rf"[ \t,]*{_TAG.pattern}(?:[ \t]*,[ \t,]*{_TAG.pattern})*[ \t,]*")
_LONGEST = 4000


def strong(sent: str) -> set[str]:
    """Returns the strong tags of a header; a weak one never says that two states are the same to the letter."""
    return {tag for is_weak, tag in _parsed(sent) if not is_weak}


def weak(sent: str) -> set[str]:
    """Returns the tags of a header, weak ones too."""
    return {tag for _is_weak, tag in _parsed(sent)}


def sent(header: str) -> str | None:
    """Returns what a header of the request says; None where it is not there."""
    given: str | None = g.get("if_match") if header == "If-Match" else None
    given = request.headers.get(header) if given is None else given
    return None if given is None else given.strip(" \t")


def names(tags: set[str], tag: str) -> bool:
    """Tells whether a tag is among some; compression marks the same state with a suffix."""
    return any(each.partition(":")[0] == tag.partition(":")[0] for each in tags)


def is_refused(response: Response) -> bool:
    """Tells whether the request wants another state than the one that a response shows."""
    wanted = sent("If-Match")
    if request.method not in READING or wanted in (None, ANY) or response.status_code not in (200, 206, 304):
        return False
    tag, is_weak = response.get_etag()
    return not tag or bool(is_weak) or not names(strong(str(wanted)), tag)


def take_over() -> None:
    """Takes If-Match of a request that reads out of Werkzeug's hands, which refuses ``*`` and sends the body along."""
    if request.method in READING:
        g.if_match = request.environ.pop("HTTP_IF_MATCH", None)


def init_app(app: Flask) -> None:
    """Looks at every request."""
    app.before_request(take_over)


def _parsed(text: str) -> list[tuple[str, str]]:
    """Returns the tags of a list, each with whether it is weak; of a list that is none, nothing."""
    if len(text) > _LONGEST or not _TAGS.fullmatch(text):
        return []
    return _TAG.findall(text)
