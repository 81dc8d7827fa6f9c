"""What else to try when a query finds little."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from app.extensions import search
from app.models import Post
from app.models.search_marks import trusted
from app.search import analysis, hangul, plan
from app.search.query import Query, Word
from app.services.search.filters import Asked
from app.services.search.results import Hint

_SHORT = 6
"""Keystrokes: in a word no longer than that, two wrong ones leave nothing to recognise it by."""
_SHORTEST = 4
"""Keystrokes: anything is near to a word that is shorter."""
_MOST_WORDS = 4  # Of a query that are looked at one by one.


def find(asked: Asked, rows: list[Any], near_from: int | None, in_time: Callable[[], bool]) -> Hint:
    """Returns what helps a query that has found few posts.

    Args:
        asked: the query.
        rows: what it has found.
        near_from: from where on that is near matches.
        in_time: whether there is time to ask the engine once more.

    Raises:
        SearchDown: the engine cannot answer any more.
    """
    exact = len(rows) if near_from is None else near_from

    keyboard = other_keyboard(asked.query, partial(_finds, asked)) if exact < 3 and in_time() else None
    meant = _did_you_mean(asked) if keyboard is None and in_time() else None
    fewer = tuple(_fewer(asked, meant is not None, in_time)) if exact == 0 else ()
    return Hint(meant, keyboard, fewer)


def other_keyboard(query: Query, finds: Callable[[str], bool]) -> str | None:
    """Returns what the same keys give in the other input mode, if that finds something.

    Args:
        query: as it was typed.
        finds: whether a text finds something.
    """
    words = {word.text: other for word in query.words if (other := hangul.other_keyboard(word.text))}
    if not words or any(map(hangul.is_initials, words)):
        return None
    meant = query.replace_words(words)
    return meant if finds(meant) else None


def _did_you_mean(asked: Asked) -> str | None:
    """Returns the query with each word nobody here writes replaced by the nearest one that somebody does."""
    nearer = {}
    for word in asked.query.words[:_MOST_WORDS]:
        runs = analysis.runs(word.text)
        if len(runs) != 1 or len(runs[0].text) < 2 or hangul.is_initials(word.text):
            continue
        typed = runs[0].text
        keys = hangul.jamo(typed)
        if len(keys) < _SHORTEST:
            continue
        for found in trusted().similar(Post.__tablename__, typed, limit=1, within=asked.visible):
            if 0 < hangul.distance(keys, hangul.jamo(found), 2) <= (1 if len(keys) <= _SHORT else 2):
                nearer[word.text] = found
    meant = asked.query.replace_words(nearer)
    return meant if nearer and _finds(asked, meant) else None


def _fewer(asked: Asked, is_mistyped: bool, in_time: Callable[[], bool]) -> Iterator[str]:
    """Yields what is found of the query without one of its words, or of the pieces of its only one.

    A word that was mistyped has no pieces: in 커퓌, which means 커피, the dictionary sees a form of 크다.
    """
    words = [part for part in asked.query.parts if isinstance(part, Word)][:_MOST_WORDS]
    rests = [asked.query.without(word) for word in words] if len(words) > 1 else []
    if len(words) == 1 and not is_mistyped:
        # A word that was run together may hold words that are found.
        reading = analysis.Reading(words[0].text)
        known = reading.words.union(lemma for _, lemma in reading.lemmas if len(lemma) > 1)
        pieces = sorted(known - {words[0].text})
        rests = [asked.query.replace_words({words[0].text: piece}) for piece in pieces[:_MOST_WORDS]]
    for rest in rests:
        if in_time() and _finds(asked, rest):
            yield rest


def _finds(asked: Asked, text: str) -> bool:
    """Whether a query strictly finds a post of somebody who is not apart from the viewer."""
    other = asked.with_text(text)
    made = plan.strict(other.query, other.resolve, search.engine.tuning().synonyms)
    return bool(Post.hits(plan.Plan(plan.Every((made.gate, asked.visible))), limit=1))
