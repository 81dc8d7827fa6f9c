"""Somebody remembers a post and asks for it, well or badly: it stands on the first page, and near its top."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from random import Random
from statistics import mean

import pytest

from app.search import hangul, plan
from app.search.embedded import EmbeddedEngine
from app.search.engine import Engine
from app.search.query import parse
from app.services import texts
from tests.search.conftest import INDEXES, WORDED, Posts, answer, filtered, fresh_build

SEED, ASKED = 2026, 150
PAGE, FEW = 10, 5
_PLAIN = re.compile(r"([가-힣]+)[.,!?~…]*")
_LETTERS = re.compile(r"[^가-힣]+")
_CONSONANTS, _VOWELS = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ", "ㅏㅐㅓㅔㅗㅛㅜㅠㅡㅣ"

Bend = Callable[[Sequence[str], Random], str]


@cache
def written() -> tuple[str, ...]:
    """Returns the texts of the demo, each once: posts, talks and reviews."""
    bodies = [post["body"] for post in texts.posts()]
    bodies += [line for talk in texts.talks() for line in (talk.question, talk.answer)]
    return tuple(dict.fromkeys([*bodies, *texts.reviews()]))


@cache
def remembered() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Returns posts, and of each three or four words in a row that no other text has."""
    chance, found = Random(SEED), []
    letters = [_LETTERS.sub("", text) for text in written()]
    for text in chance.sample(written(), len(written())):
        words = text.split()
        length = chance.randint(3, 4)
        if len(words) < length:
            continue
        at = chance.randint(0, len(words) - length)
        run = [match[1] for word in words[at : at + length] if (match := _PLAIN.fullmatch(word))]
        if len(run) == length and sum("".join(run) in one for one in letters) == 1:
            found.append((text, tuple(run)))
    return tuple(found[:ASKED])


def exact(words: Sequence[str], chance: Random) -> str:
    """Returns the words as they stand."""
    return " ".join(words)


def run_together(words: Sequence[str], chance: Random) -> str:
    """Returns the words without their spaces."""
    return "".join(words)


def split_apart(words: Sequence[str], chance: Random) -> str:
    """Returns the words with a space inside each that has three syllables and more."""
    cuts = [chance.randrange(1, len(word)) if len(word) > 2 else len(word) for word in words]
    return " ".join(f"{word[:cut]} {word[cut:]}".strip() for word, cut in zip(words, cuts, strict=True))


def one_typo(words: Sequence[str], chance: Random) -> str:
    """Returns the words with one wrong key."""
    keys = hangul.jamo(" ".join(words))
    at = chance.choice([at for at, key in enumerate(keys) if key in _CONSONANTS + _VOWELS])
    others = (_CONSONANTS if keys[at] in _CONSONANTS else _VOWELS).replace(keys[at], "")
    return hangul.compose(keys[:at] + chance.choice(others) + keys[at + 1 :])


def asked(bend: Bend) -> Iterator[tuple[str, str]]:
    """Yields what is typed, and the text that is meant."""
    chance = Random(f"{SEED} {bend.__name__}")
    for text, words in remembered():
        yield bend(words, chance), text


def first_page(posts: Posts, typed: str) -> list[str]:
    """Returns the texts that somebody sees first: what fits strictly, and near matches where that is little."""
    query = parse(typed, {})
    hits = posts.hits(plan.strict(query, filtered, {}), limit=PAGE)
    if len(hits) < FEW:
        hits += posts.hits(plan.near(query, filtered, {}), limit=PAGE - len(hits))
    return posts.texts_of(hits)


@pytest.fixture
def library(posts: Posts) -> Posts:
    """The engine with all texts of the demo, as old as each other."""
    posts.engine.put_many("post", [posts.document(text) for text in written()])
    return posts


@pytest.mark.parametrize(
    ("bend", "least"), [(exact, 0.98), (run_together, 0.97), (split_apart, 0.95), (one_typo, 0.93)]
)
def test_remembered_post_is_found_near_the_top(library: Posts, bend: Bend, least: float) -> None:
    ranks = []
    for typed, text in asked(bend):
        page = first_page(library, typed)
        ranks.append(page.index(text) + 1 if text in page else 0)
    assert len(ranks) == ASKED
    reciprocal = mean(1 / rank if rank else 0 for rank in ranks)
    assert reciprocal >= least


def test_engines_agree_on_the_first_ten(library: Posts) -> None:
    other: Engine = EmbeddedEngine(None, indexes=INDEXES, worded=WORDED)
    answer(other, fresh_build(other))
    reference = Posts(other)
    reference.engine.put_many("post", [reference.document(text) for text in written()])
    overlaps = []
    for bend in (exact, run_together, split_apart, one_typo):
        for typed, _ in list(asked(bend))[::3]:
            ours, theirs = set(first_page(library, typed)), set(first_page(reference, typed))
            overlaps.append(len(ours & theirs) / max(len(ours), len(theirs), 1) if ours or theirs else 1.0)
    agreed = mean(overlap >= 0.8 for overlap in overlaps)
    assert agreed >= 0.8
