"""How fast an index is made, how large it is, and how long searches take: alone, and while others read and write."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from bench.search import asking, engines, load, posts, report
from bench.search.engines import Place
from bench.search.posts import Post

_WARM = 50


def run(options: argparse.Namespace) -> None:
    """Prints the tables of each engine."""
    fresh = load.SECONDS * load.BATCH
    found = posts.sample(options.data, options.posts + fresh, options.seed)
    standing, fresh_posts = found[: options.posts], found[options.posts :]
    for name in engines.asked(options):
        with engines.place(name, options) as place:
            _measure(place, standing, fresh_posts, options.seed)


def _measure(place: Place, standing: Sequence[Post], fresh: Sequence[Post], seed: int) -> None:
    engine = place.open()
    taken = engines.filled(engine, standing)
    if taken:
        rate, own_rate = (len(standing) / seconds for seconds in taken)
        print(
            f"{engine.name}: {len(standing):,} posts in {taken[0]:.1f} s ({taken[1]:.1f} s of this process),"
        )
        print(f"{rate:,.0f} a second ({own_rate:,.0f}); a loop took {report.calibration():.1f} ms afterwards")
    size = place.size()
    print(f"{size / 1e6:,.0f} MB on disk, {size / len(standing):.0f} bytes a post")
    asked, begun = asking.texts(standing, seed), asking.beginnings(standing, seed)
    unit = report.calibration()
    for ask in asking.WAYS.values():
        asking.timed(engine, ask, asked[:_WARM])
    rows = [asking.row(name, asking.timed(engine, ask, asked), unit) for name, ask in asking.WAYS.items()]
    rows.append(asking.row("suggest", asking.timed(engine, asking.suggestions, begun), unit))
    report.table(f"{engine.name}: alone, × {unit:.1f} ms of a Python loop", asking.HEAD, rows)
    loaded = load.under_load(place, asked, begun, fresh)
    together = [asking.row(name, each, unit) for name, each in loaded.items()]
    title = f"{engine.name}: {load.READERS} readers and a writer of {load.BATCH} posts a second"
    report.table(f"{title}, loop {report.calibration():.1f} ms afterwards", asking.HEAD, together)
