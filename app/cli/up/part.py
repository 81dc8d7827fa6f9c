"""One process of the site: started in a group of its own, its lines shown under its name, ended gently."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from config import ROOT

WIDTH = 9  # Characters of the longest name of a part.
STEADY = 30.0  # Seconds after which a part that ends is taken to have been well.
# Seconds before it is started again, after the first, second … end in a row.
BACK_OFF = (0.5, 1, 2, 4, 8, 15, 30)

_one_line_at_a_time = threading.Lock()


def show(line: str, name: str = "") -> None:
    """Writes a line to standard output, under a part's name; when nobody reads any more it is dropped."""
    shown = f"{name:{WIDTH}} | {line}" if name else line
    with _one_line_at_a_time:
        try:
            sys.stdout.buffer.write(shown.rstrip("\r\n").encode(errors="replace") + b"\n")
            sys.stdout.buffer.flush()
        except (OSError, ValueError):
            pass  # The parts write on: a full pipe would stop them.


@dataclass(eq=False)
class Part:
    """A process that is kept running.

    Args:
        stage: when it is ended; one of the supervisor's stages.
        name: shown before its lines.
        argv: the command.
        grace: seconds it gets to finish what it does.
        fds: open files it inherits.
    """

    stage: str
    name: str
    argv: Sequence[str]
    grace: float = 10.0
    fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    start_again_at: float | None = None
    _ends: int = 0
    _started_at: float = 0.0
    _shown: threading.Thread | None = None

    def start(self) -> int:
        """Starts it and returns its process id, which is its group's too.

        A group and session of its own: Ctrl-C in the terminal reaches the supervisor alone, which ends the parts in
        order. No part is told to die with the supervisor by the kernel, for then all would die at once and the
        running job with them; the guard does it in order.
        """
        self.start_again_at = None
        self._started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.argv,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=self.fds,
        )
        self._shown = threading.Thread(target=self._show_lines, args=(self.process,), daemon=True)
        self._shown.start()
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def plan_restart(self) -> float:
        """Sets when it is started again after it has ended, later after every end in a row; returns in how many
        seconds.
        """
        if time.monotonic() - self._started_at > STEADY:
            self._ends = 0
        delay = BACK_OFF[min(self._ends, len(BACK_OFF) - 1)]
        self._ends += 1
        self.start_again_at = time.monotonic() + delay
        return delay

    def terminate(self) -> None:
        """Asks it to end."""
        if self.process is not None and self.alive:
            self.process.terminate()

    def kill(self) -> None:
        """Ends it and everything it has started in its group, and waits until its last line is shown."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # Nobody is left; macOS says so with the second.
        self.process.wait()
        if self._shown is not None:
            self._shown.join(timeout=1)

    def _show_lines(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            return
        with process.stdout:
            for line in process.stdout:
                show(line.decode(errors="replace"), self.name)
