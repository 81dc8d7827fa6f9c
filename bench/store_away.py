"""Takes the store away while people post, like and message, and prints what became of each thing they caused.

    python -m bench.store_away --seconds 30

It runs the whole site as ``./boot.sh`` does: web processes, workers, the scheduler, a store that is killed and
started again. A wrong outcome, or a request that took a second, ends the bench with 1.
"""

import argparse
import io
import signal
import sys
import tempfile
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

from tests.integration.away_site import AwaySite, outage


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.store_away",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=30.0, help="for how long the store is away")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # Leaves no process behind.
    with tempfile.TemporaryDirectory(prefix="hanmadi-away-") as folder:
        site, report = AwaySite(Path(folder)), None
        try:
            report = outage(site, options.seconds)
        finally:
            # What the site has said is of use only where something went wrong.
            with redirect_stdout(io.StringIO()) if report else nullcontext():
                site.stop()
    print(report.table())
    raise SystemExit(0 if report.slowest < 1 and all(effect.is_right for effect in report.effects) else 1)


if __name__ == "__main__":
    main()
