"""What is found: nouns, verbs and compounds against an analyser's truth, known items, and whether engines agree."""

from __future__ import annotations

import argparse
from collections.abc import Sequence, Set
from contextlib import ExitStack
from statistics import mean

from app.search import plan
from app.search.engine import Engine
from app.search.query import parse
from bench.search import engines, posts, report, scores, site, words
from bench.search.items import Item, Items
from bench.search.posts import Post
from bench.search.scores import Score, score
from bench.search.truth import Truth
from bench.search.words import Chosen

AGREED = 0.8
_MIXED = 100  # Queries of each of four kinds.


def run(options: argparse.Namespace) -> None:
    """Prints the tables of each engine, and how far two agree."""
    sample = posts.sample(options.data, options.posts, options.seed)
    everything, english = posts.with_english(sample, options.data, options.seed)
    truth = Truth(everything, options.cache)
    items = Items(everything, truth, options.seed)
    known = items.korean() | items.english(english)
    chosen = Chosen(truth, options.seed, options.least)
    mixed = _mixed(items, Chosen(truth, options.seed + 1, options.least))
    print(f"{len(sample):,} posts and {len(english)} English ones, seed {options.seed}")
    pages = []
    with ExitStack() as stack:
        for name in engines.asked(options):
            engine = stack.enter_context(engines.place(name, options)).open()
            engines.filled(engine, everything)
            _words(engine, chosen, options, everything)
            _known(engine, known, everything, options)
            now = max(post.moment for post in everything)
            pages.append([site.first_page(engine, text, now) for text in mixed])
    if len(pages) == 2:
        _agreement(mixed, *pages)


def _words(engine: Engine, chosen: Chosen, options: argparse.Namespace, found: Sequence[Post]) -> None:
    """Prints recall and precision of words; the averages are over all hits (micro), and over queries (macro)."""
    rows = [*_plain(engine, chosen), *_compounds(engine, chosen)]
    report.table(f"{engine.name}: strict", scores.HEAD, [row.row for row in rows])
    _first_ten(engine, chosen, max(post.moment for post in found))
    texts = {post.id: post.text for post in found}
    for row in rows if options.show else ():
        row.show(texts, options.show)


def _plain(engine: Engine, chosen: Chosen) -> list[Score]:
    def find(text: str) -> Set[int]:
        return site.everything(engine, site.strict(text))

    return [
        score("nouns of 2 syllables and more", words.nouns(chosen, 2), find),
        score("nouns of 2 syllables", words.nouns(chosen, 2, 2), find),
        score("nouns of 3 syllables and more", words.nouns(chosen, 3), find),
        score("nouns of 1 syllable", words.nouns(chosen, 1, 1), find),
        score("verbs and adjectives", words.verbs(chosen), find),
    ]


def _compounds(engine: Engine, chosen: Chosen) -> list[Score]:
    """Returns the scores of compounds: without a space; with one, what ranks first; with one, all that is found."""
    truth = chosen.truth
    unspaced, first = Score("compounds without a space"), Score("with a space: together, ranked first")
    anywhere, both = Score("with a space: all hits"), Score("with a space: all hits, truth anywhere")
    for pair, asked in words.compounds(chosen):
        spaced = " ".join(pair)
        found = site.everything(engine, site.strict(spaced))
        unspaced.note(asked, site.everything(engine, site.strict(asked.text)))
        first.note(asked, site.everything(engine, plan.together(parse(spaced, {}))))
        anywhere.note(asked, found)
        apart = asked.truth | (truth.noun(pair[0]) & truth.noun(pair[1]))
        both.note(words.Asked(spaced, apart, truth.open(*pair)), found)
    return [unspaced, first, anywhere, both]


def _first_ten(engine: Engine, chosen: Chosen, now: int) -> None:
    """Prints how many of the first ten hold a noun of one syllable, of those that ten posts and more hold."""
    asked = [one for one in words.nouns(chosen, 1, 1) if len(one.truth) >= site.PAGE]
    free = [one for one in asked if chosen.truth.stands_free(one.text)]
    for name, some in (("all", asked), ("that mostly begin a word", free)):
        shares = []
        for one in some:
            hits = {
                hit.id for hit in engine.search(posts.INDEX, site.strict(one.text), limit=site.PAGE, now=now)
            }
            sure = hits - (one.open - one.truth)
            shares.append(len(sure & one.truth) / max(len(sure), 1))
        right = mean(shares) if shares else 0.0
        print(f"nouns of 1 syllable, {name} ({len(some)}): {right:.3f} of the first ten are right")


def _known(
    engine: Engine, known: dict[str, list[Item]], found: Sequence[Post], options: argparse.Namespace
) -> None:
    texts, now = {post.id: post.text for post in found}, max(post.moment for post in found)
    rows = []
    for kind, items in known.items():
        ranks = [_rank(site.first_page(engine, item.query, now), texts, item.post.text) for item in items]
        reciprocal = mean(1 / rank if rank else 0 for rank in ranks)
        rows.append([kind, str(len(items)), f"{reciprocal:.3f}", f"{mean(rank > 0 for rank in ranks):.3f}"])
        failed = [item for item, rank in zip(items, ranks, strict=True) if rank != 1]
        for item in failed[: options.show]:
            print(f"  {kind}: {item.query} | {item.post.text}")
    report.table(f"{engine.name}: known items", ("", "asked", "MRR@10", "recall@10"), rows)


def _rank(page: Sequence[int], texts: dict[int, str], wanted: str) -> int:
    """Returns the place of the first post with the text, or 0."""
    return next((rank for rank, id in enumerate(page, 1) if texts[id] == wanted), 0)


def _mixed(items: Items, chosen: Chosen) -> list[str]:
    made = [one.text for one in words.nouns(chosen, 2)[:_MIXED]]
    made += [one.text for one in words.verbs(chosen)[: _MIXED // 2]]
    made += [" ".join(pair) for pair, _ in words.compounds(chosen)[: _MIXED // 2]]
    made += [item.query for item in items.korean()["two words"]][:_MIXED]
    return made + items.stretches()[:_MIXED]


def _agreement(asked: Sequence[str], one: list[list[int]], other: list[list[int]]) -> None:
    shares = [
        len(set(a) & set(b)) / max(len(a), len(b)) if a or b else 1.0 for a, b in zip(one, other, strict=True)
    ]
    agreed, same = mean(each >= AGREED for each in shares), mean(each == 1 for each in shares)
    first = mean(a[:1] == b[:1] for a, b in zip(one, other, strict=True))
    print(f"\nfirst ten of {len(asked)} queries: {mean(shares):.3f} of the hits in common;")
    print(
        f"{agreed:.3f} of the queries have 8 of 10 and more in common, {same:.3f} all, {first:.3f} the first"
    )
