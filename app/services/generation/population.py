"""The made-up people, and who of them follows whom."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from app import names
from app.models import Follow, User
from app.models.columns import now
from app.services import bulk, texts
from app.services.generation.draws import Skewed
from app.transaction import step

DAYS = 365
"""How many days their posts and follows are spread over; they all joined in the year before."""
_AT_ONCE = 5000  # People.
_ROWS_AT_ONCE = 50_000
_STEEPNESS = 0.6  # Of popularity; with 1 the first of a thousand would be followed by nearly all.
_COLUMNS = (
    "id", "username", "username_key", "email", "email_key", "password_hash", "created_at", "confirmed_at",
    "last_seen_at", "display_name", "about_me",
)  # fmt: skip


@dataclass
class People:
    """Those who were made.

    Attributes:
        ids: their ids, by their places.
        names: their usernames, by their places.
    """

    ids: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def join(people: People, count: int, password_hash: str, chance: Random) -> Iterator[int]:
    """Makes people, and yields how many after each step.

    Their names end in their ids, so that nobody has one of them already; their addresses lead nowhere (RFC 2606).
    """
    words, abouts = texts.words().names, [talk.question for talk in texts.talks()]
    moment = now()
    for piece in bulk.pieces(range(count), _AT_ONCE):
        ids = bulk.take_ids(User, len(piece))
        rows = []
        for id in ids:
            word = chance.choice(words)
            username, address = f"{word}{id}", f"member-{id}@generated.invalid"
            joined = moment - timedelta(days=DAYS * (1 + chance.random()))
            seen = moment - timedelta(minutes=chance.expovariate(1 / 3000))
            about = chance.choice(abouts)
            rows.append(
                (
                    id,
                    username,
                    names.key(username),
                    address,
                    address,
                    password_hash,
                    joined,
                    joined,
                    seen,
                    word,
                    about,
                )
            )
            people.names.append(username)
        bulk.write(User, _COLUMNS, rows)
        User.note(User.id.between(ids[0], ids[-1]))
        step()
        people.ids.extend(ids)
        yield len(ids)


def follow(people: People, each: int, chance: Random) -> Iterator[int]:
    """Lets each one follow some others, the popular ones more often, and yields how many after each step."""
    popular = Skewed(chance, len(people.ids), _STEEPNESS)
    moment = now()
    pairs = (
        (people.ids[follower], people.ids[followed], moment - timedelta(days=DAYS * chance.random()))
        for follower in range(len(people.ids))
        for followed in _others(popular, follower, each)
    )
    for piece in bulk.pieces(pairs, _ROWS_AT_ONCE):
        bulk.write(Follow, ("follower_id", "followed_id", "created_at"), piece)
        step()
        yield len(piece)


def _others(popular: Skewed, follower: int, each: int) -> list[int]:
    found = popular.several(each + 1) if each else []
    return [place for place in found if place != follower][:each]
