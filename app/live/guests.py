"""Open connections of pages: how many there may be, and which have to be cut."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

MOST_EACH = 10  # Connections of one owner in one process; further pages ask now and then.
MOST_SAID = 100  # Messages from one connection; a page says two or three, and may come again.
CHECKED_EVERY = 0.4  # Seconds.


class Guest:
    """A page that is to hear news.

    Args:
        owner: the number of whoever looks at it.
        ticket: the number of what let it in; when that counts no more, the connection is cut.
        rooms: what it hears from the beginning.
    """

    def __init__(self, owner: int, ticket: int, rooms: Sequence[str]) -> None:
        self.owner = owner
        self.ticket = ticket
        self.rooms = frozenset(rooms)
        self.watched: frozenset[str] = frozenset()
        self.is_greeted = False
        self.said = 0
        self.socket: socket.socket | None = None

    def cut(self) -> None:
        """Ends the connection at once, whatever waits for it or writes to it."""
        try:
            if self.socket is not None:
                self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # It has ended by itself.


class Guests:
    """The guests of one process.

    Args:
        most: how many there may be.
        valid: returns those of some tickets that still count.
    """

    def __init__(self, most: int, valid: Callable[[set[int]], set[int]]) -> None:
        self.most = most
        self._valid = valid
        self._here: set[Guest] = set()
        self._lock = threading.Lock()
        self._is_closed = False
        self._is_watched = False

    def __len__(self) -> int:
        return len(self._here)

    @property
    def rooms(self) -> frozenset[str]:
        """What they hear."""
        with self._lock:
            return frozenset().union(*(guest.rooms | guest.watched for guest in self._here))

    @property
    def is_full(self) -> bool:
        """Whether nobody more is let in."""
        return self._is_closed or len(self._here) >= self.most

    def enter(self, guest: Guest) -> bool:
        """Returns whether there is a place, and takes it."""
        with self._lock:
            if self.is_full or sum(one.owner == guest.owner for one in self._here) >= MOST_EACH:
                return False
            self._here.add(guest)
            if not self._is_watched:
                self._is_watched = True
                threading.Thread(target=self._watch, name="live-tickets", daemon=True).start()
        return True

    def leave(self, guest: Guest) -> None:
        """Gives the place back."""
        with self._lock:
            self._here.discard(guest)

    def close(self) -> None:
        """Lets nobody in any more and cuts everybody; a signal's handler may call this, so it waits for no lock."""
        self._is_closed = True
        for guest in tuple(self._here):
            guest.cut()

    def _watch(self) -> None:
        """Asks which tickets still count as long as anybody is here."""
        has_failed = False
        while True:
            time.sleep(CHECKED_EVERY)
            with self._lock:
                here = tuple(self._here)
                self._is_watched = bool(here)
            if not here:
                return
            try:
                self._cut_invalid(here)
                has_failed = False
            except Exception:
                # While nobody can tell, everybody stays: what they ask for is not answered either.
                if not has_failed:
                    log.warning("It cannot be told which connections are to be cut", exc_info=True)
                has_failed = True

    def _cut_invalid(self, here: Sequence[Guest]) -> None:
        valid = self._valid({guest.ticket for guest in here})
        for guest in here:
            if guest.ticket not in valid:
                guest.cut()
