"""Writes the lines of an import, a batch in one transaction, as the form and the sign-up would have done it.

Nobody is told: no event is recorded, because what was said long ago is no news.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from app import language, names, policy, richtext
from app.models import Mention, Post, PostTag, User
from app.models.columns import now
from app.services import bulk, held_names
from app.services.imports.lines import BadLine, Line, read, split
from app.services.mentions import MOST_MENTIONS
from app.services.tags import MOST_TAGS
from app.transaction import transaction

LINES = 2000  # In a batch.
TRIES = 3

_USER_COLUMNS = (
    "id", "username", "username_key", "email", "email_key", "password_hash", "created_at", "confirmed_at"
)  # fmt: skip
_POST_COLUMNS = (
    "id", "author_id", "parent_id", "body", "language", "created_at", "import_key", "like_count", "reply_count",
    "revision",
)  # fmt: skip


@dataclass
class Batch:
    """What came of some lines.

    Attributes:
        loaded: how many were written.
        known: how many were there already.
        bad: the numbers of the lines that could not be loaded, and why not.
        size: how many bytes of the file they are.
    """

    loaded: int = 0
    known: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)
    size: int = 0


def load(stream: BinaryIO, source: str) -> Iterator[Batch]:
    """Loads a file of any length and yields what came of each batch; what was yielded stays.

    Args:
        stream: JSON objects, one a line, in UTF-8.
        source: the name of the collection; a line of the same source and id is never written twice.
    """
    numbered = enumerate(split(stream), start=1)
    for raw in bulk.pieces(numbered, LINES):
        batch = Batch(size=sum(len(line) for _, line in raw))
        lines = list(_read(raw, source, batch))
        _write_once_more_when_disturbed(lines, batch)
        batch.bad.sort()
        yield batch


def write(lines: Sequence[Line], batch: Batch) -> None:
    """Writes lines in the transaction that is open, and counts them in the batch.

    Args:
        lines: at most a few thousand; a line may answer an earlier one, here or in an earlier batch.
        batch: where to count.
    """
    new = _new(lines, batch)
    people, refused = _people(new)
    parents = _parents(line.parent_key for line in new if line.parent_key)
    accepted = list(_accepted(new, refused, parents, batch))
    authors = people | _make_people([line for line in accepted if line.author_key not in people])
    if accepted:
        _write_posts(accepted, authors, parents)
    batch.loaded += len(accepted)


def _read(raw: list[tuple[int, bytes]], source: str, batch: Batch) -> Iterator[Line]:
    moment = now()
    for number, line in raw:
        try:
            if not line.isspace():
                yield read(line, number, source, moment)
        except BadLine as problem:
            batch.bad.append((number, str(problem)))


def _write_once_more_when_disturbed(lines: list[Line], batch: Batch) -> None:
    """Writes lines in a transaction of their own.

    Somebody may take a name, a key or a lock at the same moment; then everything is looked up once more.
    """
    bad_before = len(batch.bad)
    for tries_left in reversed(range(TRIES)):
        batch.loaded = batch.known = 0
        del batch.bad[bad_before:]
        try:
            with transaction():
                bulk.make_room()
                write(lines, batch)
            return
        except (IntegrityError, OperationalError):
            if not tries_left:
                raise


def _new(lines: Sequence[Line], batch: Batch) -> list[Line]:
    """Returns the lines that are not written yet, each key once."""
    first = {line.key: line for line in reversed(lines)}
    for row in bulk.find(sa.select(Post.import_key), Post.import_key, list(first)):
        del first[row.import_key]
    new = [line for line in lines if first.get(line.key) is line]
    batch.known += len(lines) - len(new)
    return new


def _people(lines: list[Line]) -> tuple[dict[str, int], dict[str, str]]:
    """Returns the ids of those who are members, and why others may not write, both by the keys of their names."""
    named = {line.author_key: line.username for line in reversed(lines)}
    members = {
        row.User.username_key: row.User for row in bulk.find(sa.select(User), User.username_key, named)
    }
    missing = {key: name for key, name in named.items() if key not in members}
    refused = {
        key: f"username: {problem}" for key, name in missing.items() if (problem := names.problem(name))
    }
    refused |= dict.fromkeys(held_names.held_of(list(missing)), "username: it is held for its former owner")
    for key, member in members.items():
        if not policy.may_write(member):
            refused[key] = (
                f"{member.username} may not write: the address is not confirmed, or the account is suspended"
            )
    return {key: member.id for key, member in members.items()}, refused


def _parents(keys: Iterable[str]) -> dict[str, Any]:
    """Returns the posts that are answered and stand there already, by their keys; they stay so until the end."""
    query = (
        sa.select(Post.id, Post.import_key, Post.deleted_at).order_by(Post.id).with_for_update(key_share=True)
    )
    return {row.import_key: row for row in bulk.find(query, Post.import_key, sorted(set(keys)))}


def _accepted(
    lines: list[Line], refused: dict[str, str], parents: dict[str, Any], batch: Batch
) -> Iterator[Line]:
    """Yields the lines whose authors may write and whose parents are there."""
    before: set[str] = set()
    for line in lines:
        if problem := refused.get(line.author_key) or _lost_parent(line, parents, before):
            batch.bad.append((line.number, problem))
        else:
            before.add(line.key)
            yield line


def _lost_parent(line: Line, parents: dict[str, Any], before: set[str]) -> str:
    """Returns why the line cannot answer what it wants to answer, or an empty text."""
    if line.parent_key is None or line.parent_key in before:
        return ""
    if line.parent_key not in parents:
        return f"reply_to: no earlier line that was loaded has the id {line.reply_to!r:.80}"
    return f"reply_to: {line.reply_to!r:.80} was deleted" if parents[line.parent_key].deleted_at else ""


def _make_people(lines: list[Line]) -> dict[str, int]:
    """Makes the authors of some lines, who have written before they came, and returns their ids by their keys.

    Their addresses count as confirmed, for an unconfirmed account can have no posts and is removed after a week. The
    addresses lead nowhere (RFC 2606) and hold the id, for a name may change hands. There is no password that fits.
    """
    moment = now()
    missing = {line.author_key: line.username for line in reversed(lines)}
    joined = dict.fromkeys(missing, moment)
    for line in lines:
        joined[line.author_key] = min(joined[line.author_key], line.created_at or moment)
    ids = dict(zip(missing, bulk.take_ids(User, len(missing)), strict=True))
    addresses = {key: f"member-{id}@imported.invalid" for key, id in ids.items()}
    rows = [
        (id, missing[key], key, addresses[key], addresses[key], "", joined[key], moment)
        for key, id in ids.items()
    ]
    if rows:
        bulk.write(User, _USER_COLUMNS, rows)
        User.note(User.id.between(rows[0][0], rows[-1][0]))
    return ids


def _write_posts(lines: list[Line], authors: dict[str, int], parents: dict[str, Any]) -> None:
    ids = bulk.take_ids(Post, len(lines))
    known = {key: row.id for key, row in parents.items()} | {
        line.key: id for line, id in zip(lines, ids, strict=True)
    }
    replies = Counter(known[line.parent_key] for line in lines if line.parent_key)
    moment = now()
    rows = [
        (
            id, authors[line.author_key], known[line.parent_key] if line.parent_key else None, line.body,
            language.detect(line.body), line.created_at or moment, line.key, 0, replies[id], 1,
        )
        for line, id in zip(lines, ids, strict=True)
    ]  # fmt: skip
    bulk.add(Post.reply_count, {row.id: replies[row.id] for row in parents.values()})
    bulk.write(Post, _POST_COLUMNS, rows)
    bulk.add(User.post_count, Counter(row[1] for row in rows))
    _write_mentions(rows)
    _write_tags(rows)
    Post.note(Post.id.between(ids[0], ids[-1]))


def _write_mentions(rows: list[tuple[Any, ...]]) -> None:
    """Stores whom the texts call, as ``mentions.store`` does for one."""
    called = {
        id: [
            [names.key(name) for name in mention.names]
            for mention in names.mention_candidates(body)[:MOST_MENTIONS]
        ]
        for id, _, _, body, *_ in rows
        if "@" in body or "\uff20" in body
    }
    wanted = {key for choices in called.values() for keys in choices for key in keys}
    seen = sa.select(User.username_key, User.id).where(
        User.suspended_at.is_(None), User.confirmed_at.is_not(None)
    )
    members = {row.username_key: row.id for row in bulk.find(seen, User.username_key, sorted(wanted))}
    meant: dict[tuple[int, int], str] = {}
    for id, choices in called.items():
        for keys in choices:
            if key := next((key for key in keys if key in members), None):
                meant.setdefault((id, members[key]), key)
    bulk.write(Mention, ("post_id", "user_id", "key"), [(*pair, key) for pair, key in meant.items()])


def _write_tags(rows: list[tuple[Any, ...]]) -> None:
    """Stores which tags the texts carry, as ``tags.store`` does for one."""
    carried = {
        row[0]: (richtext.hashtags(row[3])[:MOST_TAGS], row[5])
        for row in rows
        if "#" in row[3] or "\uff03" in row[3]
    }
    ids = bulk.tag_ids(name for tags, _ in carried.values() for name in tags)
    found = [
        (id, ids[richtext.tag_key(name)], created_at)
        for id, (tags, created_at) in carried.items()
        for name in tags
    ]
    bulk.write(PostTag, ("post_id", "tag_id", "created_at"), found)
