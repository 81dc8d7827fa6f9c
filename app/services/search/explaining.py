"""Why a query finds what it finds: the tree it was read as, what the engine is asked, and how the best posts match."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from app.extensions import search
from app.models import Post
from app.models.columns import now
from app.search import analysis, plan
from app.search.morphemes import OwnWords
from app.services.search.filters import Asked

EXPLAINED = 3
"""Of how many posts it is told why they match."""


@dataclass(frozen=True)
class Match:
    """A post that was found.

    Attributes:
        id: the post's.
        stage: ``strict``, or ``near`` for a near match.
        score: how well it fits.
        text: the beginning of its text.
        reason: the engine's own account.
    """

    id: int
    stage: str
    score: float
    text: str
    reason: str


@dataclass(frozen=True)
class Explanation:
    """What is known of a query.

    Attributes:
        tree: how it was read, a line a part.
        gate: what a post must match, a line a node.
        lemmas: the dictionary forms that are scored.
        bigrams: the bigrams that are scored.
        notes: what the person is told.
        matches: the best posts.
    """

    tree: list[str]
    gate: list[str]
    lemmas: list[str]
    bigrams: list[str]
    notes: list[str]
    matches: list[Match]


def explain(text: str, viewer: Any) -> Explanation:
    """Returns how a query is read and why the best posts match; what the viewer may not see is found here too.

    Raises:
        SearchDown: the engine cannot answer.
    """
    asked = Asked(text, viewer)
    tuning = search.engine.tuning()
    strict = plan.strict(asked.query, asked.resolve, tuning.synonyms)
    near = plan.near(asked.query, asked.resolve, tuning.synonyms)
    matches = [*_matches("strict", strict), *_matches("near", near)][:EXPLAINED]
    return Explanation(
        [line for part in asked.query.parts for line in _lines(part)],
        list(_lines(strict.gate)),
        analysis.lemmas(asked.query.text, OwnWords(tuning.words)),
        analysis.bigrams(asked.query.text),
        asked.notes,
        matches,
    )


def _matches(stage: str, asked: plan.Plan) -> Iterator[Match]:
    hits = Post.hits(asked, limit=EXPLAINED, now=int(now().timestamp()))
    texts = {document.id: document.text for document in Post.documents([hit.id for hit in hits])}
    for hit in hits:
        reason = search.engine.explain(Post.__tablename__, asked, hit.id)
        yield Match(hit.id, stage, hit.score, texts.get(hit.id, "")[:60], reason)


def _lines(thing: Any, depth: int = 0) -> Iterator[str]:
    """Yields a tree of dataclasses, a line a node, its children below it."""
    name, inset = type(thing).__name__, "  " * depth
    values = [getattr(thing, field.name) for field in fields(thing) if field.name not in {"start", "end"}]
    children = [value for value in values if is_dataclass(value)]
    children += [child for value in values if isinstance(value, tuple) for child in value]
    own = " ".join(str(value) for value in values if isinstance(value, str | int))
    yield f"{inset}{name} {own}".rstrip()
    for child in children:
        yield from _lines(child, depth + 1)
