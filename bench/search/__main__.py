"""Measures search.

    python -m bench.search quality --posts 20000 --engine both
    python -m bench.search speed --posts 1000000
    python -m bench.search memory --posts 1000000
    python -m bench.search fuzz --queries 20000

It needs what requirements-dev.txt and bench/requirements.txt pin, and for Elasticsearch a server with analysis-nori.
"""

import argparse
import tempfile
from pathlib import Path

from bench.search import fuzz, memory, quality, report, speed

DATA = Path(__file__).parents[3] / "shared" / "data" / "nsmc_all.tsv.gz"
COMMANDS = {"quality": quality.run, "speed": speed.run, "memory": memory.run, "fuzz": fuzz.run}


def main() -> None:
    """Runs one of the measurements."""
    options = parsed()
    report.opening()
    COMMANDS[options.command](options)


def parsed() -> argparse.Namespace:
    """Returns what was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--data", type=Path, default=DATA, help="the film reviews")
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--engine", choices=("embedded", "elasticsearch", "both"), default="embedded")
    parser.add_argument("--elasticsearch", default="http://127.0.0.1:9200", help="the server's address")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--least", type=int, default=5, help="in so many posts a word that is asked for must be"
    )
    parser.add_argument("--show", type=int, default=0, help="how many failures of each row are shown")
    parser.add_argument("--queries", type=int, default=20_000, help="how many are fuzzed")
    parser.add_argument("--processes", type=int, default=3, help="how many serve while memory is measured")
    parser.add_argument("--keep", action="store_true", help="leave the index, and use it again")
    cache = Path(tempfile.gettempdir()) / "hanmadi-bench"
    parser.add_argument("--cache", type=Path, default=cache, help="where analyses and kept indexes stay")
    return parser.parse_args()


if __name__ == "__main__":
    main()
