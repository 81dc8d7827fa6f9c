"""Ends the parts when the supervisor was killed and could not; a process of its own that imports nothing of the site.

It reads from its standard input what the supervisor starts and ends. When that input ends without the word "done",
the supervisor is gone, and the parts are ended in order, within eight seconds. The guard also holds the lock of the
data folder until then, so that no second store opens the same files meanwhile.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable

# The stages in order, and how many seconds a part gets after each time it is asked, before it is killed. A worker
# that is asked a second time takes the process of its running job along.
STAGES = (("web", (1.5,)), ("scheduler", (0.5,)), ("worker", (3.0, 1.0)), ("store", (1.5,)))


def running(lines: Iterable[str]) -> dict[int, str] | None:
    """Returns the stages, by process id, of the parts that run when the input ends; None after "done"."""
    parts: dict[int, str] = {}
    for line in lines:
        word, *rest = line.split()
        if word == "done":
            return None
        if word == "started":
            parts[int(rest[0])] = rest[1]
        else:
            parts.pop(int(rest[0]), None)
    return parts


def lives(pid: int) -> bool:
    """Returns whether the process runs; one that ended and that nobody has asked about yet does not."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True  # Other systems than Linux have no such file.


def send(pid: int, signum: int, to: Callable[[int, int], None] = os.kill) -> None:
    """Sends a signal to a process, or to its group, if it is still there."""
    try:
        to(pid, signum)
    except OSError:
        pass


def end(pids: list[int], patience: tuple[float, ...]) -> None:
    """Ends some parts at once: asks, waits, asks again, waits, and kills what is left of their groups."""
    for seconds in patience:
        for pid in pids:
            send(pid, signal.SIGTERM)
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(lives(pid) for pid in pids):
            time.sleep(0.05)
    for pid in pids:
        send(pid, signal.SIGKILL, to=os.killpg)


def main() -> None:
    """Waits for the supervisor's end; the arguments are the sockets to remove after the parts."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    parts = running(sys.stdin)
    if parts is None:
        return
    for stage, patience in STAGES:
        end([pid for pid, part in parts.items() if part == stage], patience)
    for socket in sys.argv[1:]:
        try:
            os.unlink(socket)
        except OSError:
            pass


if __name__ == "__main__":
    main()
