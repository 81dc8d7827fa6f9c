"""Measures news for open pages.

    python -m bench.live latency --likes 200
    python -m bench.live latency --likes 200 --split
    python -m bench.live sockets --sockets 200

Split means web processes and a live process behind nginx, which has to be there; the other is one ./boot.sh.
"""

import argparse
import os
import shlex
import sys
from datetime import UTC, datetime

from bench.live import latency, sockets

COMMANDS = {"latency": latency.run, "sockets": sockets.run}


def main() -> None:
    """Runs one of the measurements."""
    options = parsed()
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    print(f"$ python -m bench.live {shlex.join(sys.argv[1:])}")
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors, load {load}", flush=True)
    COMMANDS[options.command](options)


def parsed() -> argparse.Namespace:
    """Returns what was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--likes", type=int, default=200)
    parser.add_argument("--split", action="store_true", help="with the parts on their own")
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5, help="how often pages are opened and closed again")
    parser.add_argument(
        "--pages", type=int, default=40, help="how many pages are asked for in each half of a round"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
