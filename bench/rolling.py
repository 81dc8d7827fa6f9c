"""How many requests fail through nginx in bursts around gunicorn's keep-alive time, and while servers are restarted.

    python -m bench.rolling
    python -m bench.rolling --requests 5000 --steady --database postgresql://…/empty

Two gunicorns serve behind nginx as deploy/nginx sets it up. 24 members send bursts of requests, half of them posts, and
both gunicorns are restarted one after the other, again and again. Every post that was answered has to be there once.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import sqlalchemy as sa

from app.extensions import db
from app.models import Post
from tests.integration.live_site import Split
from tests.integration.traffic import Traffic

MEMBERS = 24
WEBS = ("web", "web-2")
BURSTS, STEADY = (4.7, 5.3), (0.0, 0.05)


def main() -> None:
    """Sends the requests and prints what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--steady", action="store_true", help="without pauses")
    parser.add_argument("--workers", type=int, default=2, help="web processes of each gunicorn")
    parser.add_argument("--threads", type=int, default=8, help="of each web process")
    parser.add_argument("--database", default="", help="an empty one; SQLite by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hanmadi-rolling-") as folder:
        changes = {"DATABASE_URL": options.database} if options.database else {}
        changes |= {"WEB_WORKERS": str(options.workers), "WEB_THREADS": str(options.threads)}
        site = Split(Path(folder), WEBS, RATELIMIT_ENABLED="0", **changes)
        try:
            measure(site, options.requests, STEADY if options.steady else BURSTS)
        finally:
            with redirect_stdout(StringIO()):  # A program that ends shows all it has said.
                site.stop()


def measure(site: Split, requests: int, pause: tuple[float, float]) -> None:
    """Sends requests while both servers are restarted in turn, and prints a line for each kind of answer."""
    traffic = Traffic([site.member(f"손님{chr(0xAC00 + number)}") for number in range(MEMBERS)], 4, pause)
    for member in traffic.members:
        member.post("/auth/forgot")  # Fetches the proof of origin that later posts carry.
    restarts = 0

    def restart() -> None:
        nonlocal restarts
        while traffic.sent < requests:
            time.sleep(1)
            site.restart_web(WEBS[restarts % len(WEBS)])
            restarts += 1

    began = time.monotonic()
    traffic.during(restart, requests)
    with site.app.app_context():
        stored = list(db.session.scalars(sa.select(Post.body)))
    twice = len(stored) - len(set(stored))
    lost = len(set(traffic.written) - set(stored))
    print(f"{traffic.sent} requests in {time.monotonic() - began:.0f} s, {restarts} restarts")
    for answer, count in traffic.answers.most_common():
        print(f"  {answer}: {count}")
    print(
        f"{len(traffic.failed)} failed, {lost} posts lost, {twice} stored twice, slowest {traffic.slowest:.1f} s"
    )
    for failed in traffic.failed[:5]:
        print(f"  {failed}")


if __name__ == "__main__":
    main()
