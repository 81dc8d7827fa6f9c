"""Waiting in one place for time, signals and ended children, without a race between them."""

import os
import select
import signal

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Counts the signals that ask the supervisor to stop; a child's end only ends the wait."""

    def __init__(self) -> None:
        self.stops = 0
        self._read, write = os.pipe()
        for end in (self._read, write):
            os.set_blocking(end, False)
        for signum in (*STOP, signal.SIGCHLD):
            if signum == signal.SIGHUP and signal.getsignal(signum) == signal.SIG_IGN:
                continue  # The site was started with nohup, to go on when the terminal closes.
            # The interpreter writes every signal's number into the pipe; a handler has to be there for that.
            signal.signal(signum, lambda _number, _frame: None)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)

    def wait(self, seconds: float) -> None:
        """Returns after so many seconds, or earlier when a signal came."""
        if select.select([self._read], [], [], max(seconds, 0))[0]:
            self.stops += sum(number in STOP for number in os.read(self._read, 512))
