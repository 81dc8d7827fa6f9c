"""Sends made-up requests to the running interface, and counts what is wrong with the answers.

    python -m bench.api                                              20,000 on SQLite
    python -m bench.api --database postgresql://postgres@127.0.0.1   20,000 on PostgreSQL
    python -m bench.api --cases 2000 --seed 7

Every address gets a new database, gunicorn, a few people and their posts. A fault ends the bench with 1, after all that
schemathesis said about it.
"""

import argparse
import signal
import sys

from bench.api import cases, site

_FOR_AN_EXAMPLE = 15  # About so many different cases come of one more example for every operation.


def main() -> None:
    """Runs until there were as many cases as asked for, and prints a line for every run."""
    options = _parsed()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # Leaves no server and no database behind.
    faults = 0
    for database in options.database or ["sqlite"]:
        with site.running(database) as address:
            kind = database.partition(":")[0]
            count, seed = 0, options.seed
            while count < options.cases:
                verdict = cases.run(address, max(10, (options.cases - count) // _FOR_AN_EXAMPLE), seed)
                if verdict.faults:
                    print(verdict.said)
                print(
                    f"{kind}, seed {seed}: {verdict.cases:,} cases for {verdict.operations} operations in "
                    f"{verdict.seconds:.0f} s, {len(verdict.faults)} faults"
                )
                print(*(f"  {fault}" for fault in verdict.faults), sep="\n", flush=True)
                count, seed, faults = count + verdict.cases, seed + 1, faults + len(verdict.faults)
            print(f"{kind}: {count:,} cases", flush=True)
    raise SystemExit(1 if faults else 0)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.api", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=20_000, help="how many at least, on each database")
    parser.add_argument(
        "--database",
        action="append",
        help="sqlite, or the address of a PostgreSQL server, where a database is made and dropped; may be repeated",
    )
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
