"""The made-up posts, with their tags, mentions and likes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from app import names, richtext
from app.models import Like, Mention, Post, PostTag
from app.models.columns import now
from app.services import bulk, texts
from app.services.generation.draws import Skewed, Texts
from app.services.generation.plan import MEMORY, Planned, plan
from app.services.generation.population import DAYS, People
from app.transaction import step

AT_ONCE = 10_000  # Posts in one transaction.
_TAGGED, _CALLING = 0.15, 0.1  # The chance of a post to carry a tag, and of a reply to call whom it answers.
_MOST_LIKES = 500
_STEEPNESS = 0.6
_COLUMNS = (
    "id", "author_id", "parent_id", "body", "language", "created_at", "like_count", "reply_count", "revision"
)  # fmt: skip


class Timeline:
    """Posts of a year by some people.

    Args:
        people: who writes and likes.
        count: how many posts.
        chance: where the numbers come from.
    """

    def __init__(self, people: People, count: int, chance: Random) -> None:
        self.people, self.count, self.chance = people, count, chance
        self.texts, self.call = Texts(chance), texts.words().call
        self.tags = texts.words().tags
        self.used_tags = iter(Skewed(chance, len(self.tags), 1, mixed=False))
        self.likers = iter(Skewed(chance, len(people.ids), _STEEPNESS))
        self.now = now()
        self.start = self.now - timedelta(days=DAYS)
        self.between = timedelta(days=DAYS) / max(count, 1)
        # A post's id, by its number modulo the length: the latest are enough, for older ones get no replies.
        self.ids = [0] * (MEMORY + AT_ONCE + 1)
        self.tag_ids: list[int] = []
        self.rows: dict[Any, list[tuple[Any, ...]]] = {}

    def write(self) -> Iterator[int]:
        """Writes the posts, and yields how many after each step."""
        ids = bulk.tag_ids(self.tags)
        self.tag_ids = [ids[richtext.tag_key(tag)] for tag in self.tags]
        step()
        authors = Skewed(self.chance, len(self.people.ids), _STEEPNESS)
        for posts in bulk.pieces(plan(self.chance, self.count, authors), AT_ONCE):
            self._write(posts)
            step()
            yield len(posts)

    def _write(self, posts: list[Planned]) -> None:
        self.rows = {Post: [], PostTag: [], Mention: [], Like: []}
        ids = bulk.take_ids(Post, len(posts))
        for post, id in zip(posts, ids, strict=True):
            self.ids[post.number % len(self.ids)] = id
            self._add(post, id)
        bulk.write(Post, _COLUMNS, self.rows[Post])
        bulk.write(PostTag, ("post_id", "tag_id", "created_at"), self.rows[PostTag])
        bulk.write(Mention, ("post_id", "user_id", "key"), self.rows[Mention])
        bulk.write(Like, ("user_id", "post_id", "created_at"), self.rows[Like])
        Post.note(Post.id.between(ids[0], ids[-1]))

    def _add(self, post: Planned, id: int) -> None:
        """Adds a post's rows."""
        moment = self.start + self.between * (post.number + self.chance.random())
        if post.parent < 0:
            parent = None
            body, language = self.texts.opening()
            if self.chance.random() < _TAGGED:
                body += self._tag(id, moment)
        else:
            parent = self.ids[post.parent % len(self.ids)]
            body, language = self.texts.answer()
            if self.chance.random() < _CALLING and post.author != post.parent_author:
                body = self._mention(id, post.parent_author) + body
        likes = self._like(id, moment)
        author = self.people.ids[post.author]
        self.rows[Post].append((id, author, parent, body, language, moment, likes, post.replies, 1))

    def _tag(self, id: int, moment: datetime) -> str:
        places = dict.fromkeys(islice(self.used_tags, self.chance.randint(1, 2)))
        self.rows[PostTag].extend((id, self.tag_ids[place], moment) for place in places)
        return "".join([f" #{self.tags[place]}" for place in places])

    def _mention(self, id: int, called: int) -> str:
        name = self.people.names[called]
        self.rows[Mention].append((id, self.people.ids[called], names.key(name)))
        return self.call.format(name=name)

    def _like(self, id: int, moment: datetime) -> int:
        """Adds likes, for a few posts very many (Pareto), and returns how many."""
        count = min(int(self.chance.paretovariate(2)) - 1, _MOST_LIKES)
        if not count:
            return 0
        people = dict.fromkeys(islice(self.likers, count))
        at = min(moment + timedelta(minutes=self.chance.expovariate(1 / 300)), self.now)
        self.rows[Like].extend((self.people.ids[place], id, at) for place in people)
        return len(people)
