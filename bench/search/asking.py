"""Queries as people ask them, taken from posts, and how long each way of asking takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from random import Random

from app.search import hangul, plan
from app.search.analysis import Reading
from app.search.engine import Engine, Order
from app.search.query import parse
from bench.search import report, site
from bench.search.posts import INDEX, Post

COUNT = 400
SUGGESTED = 8

Ask = Callable[[Engine, str], object]


def texts(posts: Sequence[Post], seed: int) -> list[str]:
    """Returns nouns, pairs of words, stretches of three words, and phrases in quotes, a quarter of each."""
    chance = Random(seed)
    makers = (_noun, _pair, _stretch, _phrase)
    found: list[str] = []
    while len(found) < COUNT:
        text = makers[len(found) % len(makers)](chance.choice(posts).text, chance)
        if text:
            found.append(text)
    return found


def beginnings(posts: Sequence[Post], seed: int) -> list[str]:
    """Returns words as they are being typed, keystroke by keystroke."""
    chance = Random(seed)
    found: list[str] = []
    while len(found) < COUNT:
        word = _noun(chance.choice(posts).text, chance)
        keys = hangul.jamo(word)
        found += [hangul.compose(keys[:end]) for end in range(1, len(keys) + 1)]
    return found


def by_relevance(engine: Engine, text: str) -> object:
    """Asks for the first page as the site does, near matches too where there is little."""
    return site.first_page(engine, text, _NOW)


def strictly(engine: Engine, text: str) -> object:
    """Asks for what fits strictly."""
    return engine.search(INDEX, site.strict(text), limit=site.PAGE, now=_NOW)


def newest(engine: Engine, text: str) -> object:
    """Asks for the newest first."""
    return engine.search(INDEX, site.strict(text), limit=site.PAGE, order=Order.NEWEST)


def nearly(engine: Engine, text: str) -> object:
    """Asks for near matches alone."""
    return engine.search(INDEX, plan.near(parse(text, {}), site.resolve, {}), limit=site.PAGE, now=_NOW)


def suggestions(engine: Engine, text: str) -> object:
    """Asks how a word may go on."""
    return engine.suggest(INDEX, text, limit=SUGGESTED)


def timed(engine: Engine, ask: Ask, asked: Sequence[str]) -> list[float]:
    """Returns the milliseconds of each."""
    taken = []
    for text in asked:
        start = time.perf_counter()
        ask(engine, text)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def row(name: str, taken: Sequence[float], unit: float) -> list[str]:
    """Returns a line of a table: milliseconds, and how many times the loop of ``report.calibration`` that is."""
    values = (report.share(taken, 0.5), report.share(taken, 0.95), max(taken))
    per_unit = [f"{value / unit:.2f}" for value in values]
    return [name, str(len(taken)), *(f"{value:.1f}" for value in values), *per_unit]


HEAD = ("", "asked", "p50 ms", "p95 ms", "max ms", "p50 ×", "p95 ×", "max ×")
WAYS: dict[str, Ask] = {
    "first page": by_relevance,
    "strict": strictly,
    "near": nearly,
    "newest": newest,
}
_NOW = 1_451_606_400  # The end of 2015, when the last of the reviews was written.


def _noun(text: str, chance: Random) -> str:
    words = sorted(Reading(text).words)
    return chance.choice(words) if words else ""


def _pair(text: str, chance: Random) -> str:
    words = sorted(Reading(text).words)
    return " ".join(chance.sample(words, 2)) if len(words) > 1 else ""


def _stretch(text: str, chance: Random) -> str:
    words = text.replace('"', " ").split()
    at = chance.randint(0, max(len(words) - 3, 0))
    return " ".join(words[at : at + 3]) if len(words) > 2 else ""


def _phrase(text: str, chance: Random) -> str:
    words = text.replace('"', " ").split()
    at = chance.randint(0, max(len(words) - 2, 0))
    return f'"{" ".join(words[at : at + 2])}"' if len(words) > 1 else ""
