"""A standing cast of named people, who write in Korean, follow and like one another: the same on every machine."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from app import names
from app.exceptions import Conflict
from app.extensions import db
from app.models import Conversation, Follow, Like, Message, Participation, Post, User
from app.models.columns import now
from app.services import bulk, demo_notifications, held_names, imports, posts, texts, users
from app.transaction import transaction

PASSWORD = "hanmadi-demo"
"""What everybody of the cast signs in with; it is known to all the world, so they never live on a real site."""
SOURCE = "flask data demo"
_SEED = 2026
_WEEKS = 6  # How far back conversations and reviews reach.
_FIRST = 200  # Minutes ago; what is younger are the cast's own posts.
_LINES_AT_ONCE = 2000
_PERSON = ("locale", "display_name", "about_me", "location", "link", "timezone")


@dataclass(frozen=True)
class Made:
    """How much was made."""

    people: int
    posts: int
    follows: int
    likes: int
    messages: int


def move_in(password_hash: str) -> dict[str, int]:
    """Makes the people alone, without a word, and returns their ids by their usernames.

    Args:
        password_hash: what they sign in with (``passwords.keep``).

    Raises:
        Conflict: somebody else has one of the names or addresses.
    """
    cast, moment = texts.people(), now()
    same_name = User.username_key.in_([names.key(person["username"]) for person in cast])
    same_address = User.email_key.in_([users.email_key(person["email"]) for person in cast])
    taken = sorted(db.session.scalars(sa.select(User.username).where(same_name | same_address)))
    taken += sorted(held_names.held_of([names.key(person["username"]) for person in cast]))
    if taken:
        raise Conflict(
            f"The name or the address of somebody in the demo belongs to {', '.join(taken)} here. "
            "Start with an empty database: name another folder in DATA_DIR."
        )
    made = [_person(values, password_hash, moment) for values in cast]
    db.session.add_all(made)
    db.session.flush()
    return {user.username: user.id for user in made}


def is_there() -> bool:
    """Whether the cast has moved in and written already."""
    first = imports.key_of(SOURCE, texts.posts()[0]["id"])
    return db.session.scalar(sa.select(Post.id).where(Post.import_key == first)) is not None


def furnish(password_hash: str) -> Made | None:
    """Makes the people and all they have written, in one transaction; None when it is all there already.

    Args:
        password_hash: what they sign in with (``passwords.keep``).

    Raises:
        Conflict: somebody else has one of the names or addresses.
    """
    with transaction():
        if is_there():
            return None
        chance, moment = Random(_SEED), now()  # noqa: S311 - nothing secret comes of it, and it must come again
        people = move_in(password_hash)
        lines = _lines(chance, moment)
        batch = imports.Batch()
        for piece in bulk.pieces(lines, _LINES_AT_ONCE):
            imports.write(piece, batch)
        follows = _follow(people, chance, moment)
        likes = _like(people, chance, moment)
        _edit_and_delete(moment)
        demo_notifications.tell(moment)
        messages = _write_privately(people, moment)
    return Made(len(people), batch.loaded, follows, likes, messages)


def _person(values: dict[str, Any], password_hash: str, moment: datetime) -> User:
    username = values["username"]
    joined = moment - timedelta(days=values["joined_days_ago"])
    user = User(username=username, username_key=names.key(username), password_hash=password_hash)
    for name in _PERSON:
        setattr(user, name, values[name])
    user.email, user.email_key = values["email"], users.email_key(values["email"])
    user.created_at = user.confirmed_at = joined
    user.last_seen_at = moment - timedelta(minutes=values["seen_minutes_ago"])
    return user


def _lines(chance: Random, moment: datetime) -> list[imports.Line]:
    """Returns all posts, the oldest first, so that each comes after the one it answers."""
    written = [*texts.posts(), *_talks(chance), *_reviews(chance)]
    written.sort(key=lambda values: -values["minutes_ago"])
    return [_line(number, values, moment) for number, values in enumerate(written, start=1)]


def _line(number: int, values: dict[str, Any], moment: datetime) -> imports.Line:
    parent = values.get("reply_to")
    return imports.Line(
        number=number,
        username=values["username"],
        author_key=names.key(values["username"]),
        body=values["body"],
        created_at=moment - timedelta(minutes=values["minutes_ago"]),
        key=imports.key_of(SOURCE, values["id"]),
        parent_key=imports.key_of(SOURCE, parent) if parent else None,
        reply_to=parent or "",
    )


def _talks(chance: Random) -> Iterator[dict[str, Any]]:
    """Yields questions and answers, some with a hashtag of what they are about, and some that call the other one."""
    speakers = _speakers()
    words = texts.words()
    for number, talk in enumerate(texts.talks()):
        asking, answering = chance.sample(speakers, 2)
        asked = _long_ago(chance)
        about = [tag for word, tag in words.topics.items() if f" {word}" in f" {talk.question}"]
        tag = f" #{about[0]}" if about and chance.random() < 0.7 else ""
        call = words.call.format(name=asking) if chance.random() < 0.15 else ""
        question = {
            "id": f"talk-{number}",
            "username": asking,
            "body": talk.question + tag,
            "minutes_ago": asked,
        }
        yield question
        answered = max(asked - chance.expovariate(1 / 60) - 1, 1)
        yield {
            "id": f"answer-{number}",
            "username": answering,
            "body": call + talk.answer,
            "minutes_ago": answered,
            "reply_to": question["id"],
        }


def _reviews(chance: Random) -> Iterator[dict[str, Any]]:
    """Yields film reviews; most carry the hashtag that the site's film lovers use."""
    speakers = _speakers()
    tag = texts.words().review_tag
    for number, review in enumerate(texts.reviews()):
        body = f"{review} #{tag}" if chance.random() < 0.8 else review
        yield {
            "id": f"review-{number}",
            "username": chance.choice(speakers),
            "body": body,
            "minutes_ago": _long_ago(chance),
        }


def _speakers() -> list[str]:
    return [person["username"] for person in texts.people() if person["is_talkative"]]


def _long_ago(chance: Random) -> float:
    """Returns a number of minutes, some weeks at most, and more often few than many."""
    share: float = chance.random() ** 1.5
    return _FIRST + share * _WEEKS * 7 * 24 * 60


def _follow(people: dict[str, int], chance: Random, moment: datetime) -> int:
    """Lets each one follow some others, the popular ones more often."""
    cast = texts.people()
    rows = []
    for person in cast:
        others = [other for other in cast if other is not person]
        drawn = chance.choices(others, [other["popularity"] for other in others], k=chance.randint(6, 16))
        for other in {other["username"]: other for other in drawn}.values():
            days = chance.random() * min(person["joined_days_ago"], other["joined_days_ago"])
            rows.append(
                (people[person["username"]], people[other["username"]], moment - timedelta(days=days))
            )
    bulk.write(Follow, ("follower_id", "followed_id", "created_at"), rows)
    bulk.add(User.following_count, Counter(follower for follower, _, _ in rows))
    bulk.add(User.follower_count, Counter(followed for _, followed, _ in rows))
    return len(rows)


def _like(people: dict[str, int], chance: Random, moment: datetime) -> int:
    """Lets people like posts: many like what the cast itself wrote, few the rest."""
    own = {imports.key_of(SOURCE, values["id"]) for values in texts.posts()}
    popular = {people[person["username"]]: person["popularity"] for person in texts.people()}
    rows = []
    for post in db.session.execute(_written().order_by(Post.created_at, Post.id)):
        most = popular[post.author_id] * (2 if post.import_key in own else 1) // 2
        others = [id for id in people.values() if id != post.author_id]
        for liker in chance.sample(others, min(chance.randint(0, most), len(others))):
            rows.append((liker, post.id, post.created_at + (moment - post.created_at) * chance.random() ** 2))
    bulk.write(Like, ("user_id", "post_id", "created_at"), rows)
    bulk.add(Post.like_count, Counter(post_id for _, post_id, _ in rows))
    return len(rows)


def _written() -> sa.Select[*tuple[Any, ...]]:
    authors = sa.select(User.id).where(
        User.username_key.in_([names.key(p["username"]) for p in texts.people()])
    )
    return sa.select(Post.id, Post.author_id, Post.created_at, Post.import_key).where(
        Post.author_id.in_(authors)
    )


def _edit_and_delete(moment: datetime) -> None:
    """Marks what was edited, and takes back what was deleted."""
    for values in texts.posts():
        if not values.keys() & {"edited_minutes_ago", "deleted"}:
            continue
        post = db.session.scalars(
            sa.select(Post).where(Post.import_key == imports.key_of(SOURCE, values["id"]))
        ).one()
        if "deleted" in values:
            posts.delete(post, post.author)
        else:
            post.edited_at = moment - timedelta(minutes=values["edited_minutes_ago"])


def _write_privately(people: dict[str, int], moment: datetime) -> int:
    """Lets people write to each other, the oldest messages first; the last of some wait to be read."""
    written = sorted(texts.messages(), key=lambda values: -values["minutes_ago"])
    kept: dict[tuple[int, int], Participation] = {}
    for values in written:
        sender, recipient = people[values["from"]], people[values["to"]]
        at = moment - timedelta(minutes=values["minutes_ago"])
        if (sender, recipient) not in kept:
            kept |= _begin(sender, recipient, at)
        mine, theirs = kept[sender, recipient], kept[recipient, sender]
        message = Message(
            conversation_id=mine.conversation_id, sender_id=sender, body=values["body"], created_at=at
        )
        db.session.add(message)
        db.session.flush()
        mine.last_id = theirs.last_id = message.id
        mine.last_at = theirs.last_at = at
        db.session.get_one(Conversation, mine.conversation_id).last_at = at
        if values.get("unread"):
            theirs.unread_count += 1
        else:
            theirs.read_id = message.id
    return len(written)


def _begin(sender: int, recipient: int, at: datetime) -> dict[tuple[int, int], Participation]:
    first, second = sorted((sender, recipient))
    talk = Conversation(first_id=first, second_id=second, begun_by_id=sender, created_at=at, last_at=at)
    db.session.add(talk)
    db.session.flush()
    both = {
        (one, other): Participation(
            conversation_id=talk.id, user_id=one, other_id=other, unread_count=0, read_id=0
        )
        for one, other in ((first, second), (second, first))
    }
    db.session.add_all(both.values())
    return both
