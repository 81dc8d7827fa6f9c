"""How long one page may ask the search engine, however slowly that answers."""

import time

from app.search.engine import SearchDown

SECONDS = 0.3
"""After which nothing more is asked that the page can do without; one answer may take half a second."""


class Budget:
    """The time that all questions of one page have together; it begins when it is made."""

    def __init__(self) -> None:
        self._end = time.monotonic() + SECONDS

    @property
    def is_spent(self) -> bool:
        """Whether so much time has gone by that the page had better be shown."""
        return time.monotonic() > self._end

    def require(self) -> None:
        """Gives up where the page would have to wait for what it cannot do without.

        Raises:
            SearchDown: the time is spent.
        """
        if self.is_spent:
            raise SearchDown("The engine answers, but far too slowly.")
