"""Ends well when this container's part is well: a web server answers, a worker or scheduler shows a sign of life."""

import http.client
import os
import sys
import tempfile
import time
from pathlib import Path

SERVES = ("web", "live", "up", "gunicorn")
BEATS = ("worker", "slow-worker", "worker.py", "scheduler")
# Seconds without a sign of life; a worker whose store is silent shows one after 75 seconds.
PATIENCE = 120


def answers(port: int) -> bool:
    """Returns whether the site says that it is healthy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False


def beats(pid: int) -> bool:
    """Returns whether a process has shown a sign of life lately; see app/queue/pulse.py."""
    try:
        beat = (Path(tempfile.gettempdir()) / f"hanmadi-pulse-{pid}").stat().st_mtime
        os.kill(pid, 0)
    except OSError:
        return False
    return time.time() - beat < PATIENCE


def main(arguments: list[str]) -> int:
    """Returns the exit code.

    Args:
        arguments: what runs and, for a worker or scheduler, its process id; by default the container's first process.
    """
    pid = int(arguments.pop()) if arguments and arguments[-1].isdecimal() else 1
    runs = arguments or Path("/proc/1/cmdline").read_text().split("\0")
    if any(word in SERVES for word in runs):
        return 0 if answers(int(os.environ.get("PORT", "5000"))) else 1
    if any(word in BEATS for word in runs):
        return 0 if beats(pid) else 1
    return 0  # A command, such as migrate, is well as long as it runs.


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
