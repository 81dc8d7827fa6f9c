"""Which letters of a text a query has found, for the reader's eye."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from app.search import analysis, hangul
from app.search.morphemes import OwnWords, parse
from app.search.normal import even
from app.search.query import Query

_CLUSTER = regex.compile(r"\X")
_LONGEST = 3
"""So many letters in a row that also stand in the query are worth a mark in a near match."""

Span = tuple[int, int]


def spans(text: str, query: Query, own: OwnWords | None = None) -> list[Span]:
    """Returns the stretches of a text that match a query's words and phrases, in order and apart.

    Args:
        text: as it is stored.
        query: what was asked.
        own: the site's own words.
    """
    wanted = query.texts
    evened, places = _even(text)
    found = [span for word in wanted for span in _literal(evened, word)]
    known = [word for word in wanted if not analysis.is_signs(word)]
    lemmas = {lemma for word in known for lemma in analysis.lemmas(word, own)}
    initials = {word for word in wanted if hangul.is_initials(word)}
    found += _by_words(evened, lemmas, initials, own)
    if not found:
        found = list(_by_bigrams(evened, wanted))
    return _joined([(places[start][0], places[end - 1][1]) for start, end in found])


def _even(text: str) -> tuple[str, list[Span]]:
    """Returns the text as it is compared, and the place in it that each character of that form comes from.

    A grapheme cluster is the smallest part with a place: full-width HELLO is hello letter by letter, and ㎏ is two
    letters from one place.
    """
    made: list[str] = []
    places: list[Span] = []
    for cluster in _CLUSTER.finditer(text):
        form = even(cluster[0])
        made.append(form)
        places += [cluster.span()] * len(form)
    return "".join(made), places


def _literal(text: str, word: str) -> Iterator[Span]:
    """Yields where a word stands as it was typed, whatever spaces are in it, there or here."""
    letters = [letter for letter in even(word) if not letter.isspace()]
    if not analysis.runs(word):
        return
    pattern = r"\s*+".join(map(regex.escape, letters))
    if len(letters) == 1:
        pattern = rf"(?<![\p{{L}}\p{{N}}]){pattern}"  # Inside words a single syllable says little.
    elif word.isascii():
        pattern = rf"(?<![\p{{L}}\p{{N}}]){pattern}(?![\p{{L}}\p{{N}}])"
    for match in regex.finditer(pattern, text):
        yield match.span()


def _by_words(text: str, lemmas: set[str], initials: set[str], own: OwnWords | None) -> Iterator[Span]:
    """Yields the words whose dictionary form, or initial consonants, were asked for."""
    end = 0
    for morpheme in parse(text, own):
        start = text.find(morpheme.surface, end)
        if start < 0:
            continue  # The dictionary has spelled it otherwise.
        end = start + len(morpheme.surface)
        if lemmas.intersection(analysis.lemmas_of(morpheme)) or hangul.initials(morpheme.surface) in initials:
            yield start, end


def _by_bigrams(text: str, wanted: Sequence[str]) -> Iterator[Span]:
    """Yields the longer stretches whose letters all follow one another in the query too."""
    known = {gram for word in wanted for gram in analysis.bigrams(word) if len(gram) == 2}
    start = None
    for at in range(len(text)):
        if text[at : at + 2] in known:
            start = at if start is None else start
        elif start is not None:
            if at + 1 - start >= _LONGEST:
                yield start, at + 1
            start = None


def _joined(found: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
