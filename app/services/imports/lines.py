"""Reads one line of an import: a JSON object that says who wrote what, and when."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, BinaryIO

from app import names, text
from app.models.keyset import EPOCH

MOST_BYTES = 1024 * 1024
"""How long a line may be; 3,000 code points take 36,000 bytes at most, so what is longer is no post."""


class BadLine(Exception):
    """A line that cannot be loaded; the text says why."""


@dataclass(frozen=True)
class Line:
    """A post to be written.

    Attributes:
        number: the line's number in its file, from 1.
        username: the author's name, in the form of ``names.normal``.
        author_key: what is unique among such names.
        body: clean text that fits.
        created_at: when it was written; None means now.
        key: what tells it from all other lines, and stays the same when it comes again.
        parent_key: the key of the post that it answers, if any.
        reply_to: the same as the file calls it.
    """

    number: int
    username: str
    author_key: str
    body: str
    created_at: datetime | None
    key: str
    parent_key: str | None = None
    reply_to: str = ""


def split(stream: BinaryIO) -> Iterator[bytes]:
    """Yields the lines of a stream; of one that is too long only a beginning, which is too long as well."""
    while line := stream.readline(MOST_BYTES + 1):
        rest = line
        while len(rest) > MOST_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(MOST_BYTES + 1)
        yield line


def read(raw: bytes, number: int, source: str, now: datetime) -> Line:
    """Returns what a line says.

    Args:
        raw: the line's bytes, UTF-8.
        number: its number, from 1.
        source: the name of the collection within which ids are unique.
        now: this moment; nothing may be written later.

    Raises:
        BadLine: it is not what an import needs.
    """
    values = _object(raw)
    username, author_key = _author(_string(values, "username"))
    identity, reply_to = _identity(values, "id"), _identity(values, "reply_to")
    return Line(
        number=number,
        username=username,
        author_key=author_key,
        body=_body(_string(values, "body")),
        created_at=_moment(values["created_at"], now) if values.get("created_at") is not None else None,
        key=hashlib.sha256(b"line\0" + raw.strip()).hexdigest()
        if identity is None
        else key_of(source, identity),
        parent_key=None if reply_to is None else key_of(source, reply_to),
        reply_to=reply_to or "",
    )


def key_of(source: str, identity: str) -> str:
    """Returns what a post is known by when it comes again: the SHA-256 of its source and its id there."""
    return hashlib.sha256(f"id\0{source}\0{identity}".encode("utf-8", "surrogatepass")).hexdigest()


def _object(raw: bytes) -> dict[str, Any]:
    if len(raw) > MOST_BYTES:
        raise BadLine(f"it is longer than {MOST_BYTES:,} bytes")
    try:
        values = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadLine("it is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise BadLine(f"it is not JSON: {error}") from None
    if not isinstance(values, dict):
        raise BadLine("it is not a JSON object")
    return values


def _string(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        raise BadLine(f"{name} is missing" if value is None else f"{name} is not a string")
    return value


def _identity(values: dict[str, Any], name: str) -> str | None:
    """Returns an id; many collections count, so a whole number is taken as its digits."""
    value = values.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None if value is None else _string(values, name)


@lru_cache(maxsize=10_000)
def _author(written: str) -> tuple[str, str]:
    """Returns a name that a database can be asked for, and its key; whether it may be taken is another question."""
    name = names.normal(written)
    if len(name) > names.LONGEST or not name.isprintable():
        raise BadLine(f"username: {names.problem(name)}")
    return name, names.key(name)


def _body(written: str) -> str:
    # Only blanks can go, so what is much longer cannot come to fit; cleaning it would only take time.
    if len(written) > 2 * text.POST_CODE_POINTS:
        raise BadLine(f"body is longer than {text.POST_CODE_POINTS:,} code points")
    try:
        body = text.clean(written)
    except ValueError as error:
        raise BadLine(f"body: {error}") from None
    if text.is_blank(body):
        raise BadLine("body is empty")
    if len(body) > text.POST_CODE_POINTS:
        raise BadLine(f"body is longer than {text.POST_CODE_POINTS:,} code points")
    if len(body) > text.POST_LENGTH and (length := text.length(body)) > text.POST_LENGTH:
        raise BadLine(f"body has {length} characters, {length - text.POST_LENGTH} too many")
    return body


def _moment(value: Any, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise BadLine(f"created_at is not a time in ISO 8601: {value!r:.40}") from None
    if moment < EPOCH:
        raise BadLine("created_at is before 1970")
    if moment > now:
        raise BadLine("created_at is in the future")
    return moment
