"""The way to the server: who we are, how long we wait, and what its errors become."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from elasticsearch import Elasticsearch, OrjsonSerializer

from app.breaker import Breaker
from app.search.elastic import failures
from app.search.engine import SearchDown


@dataclass(frozen=True)
class Account:
    """Who we are for the server; all None where it asks nobody.

    Attributes:
        username: the user's name.
        password: and password.
        api_key: instead of both, a key as ``POST _security/api_key`` returns it in ``encoded``.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)


class Connection:
    """Speaks to one server, or to what stands before several.

    Args:
        url: the address; it may hold a user name and a password.
        account: who we are, where the address does not say so.
        ca_file: path of the certificates that are trusted, or None for those of the system.
        patience: seconds that a reader waits.
        write_patience: seconds that writing and commands wait.
    """

    def __init__(
        self, url: str, account: Account, *, ca_file: str | None, patience: float, write_patience: float
    ) -> None:
        parts = urlsplit(url)
        if parts.username is not None:
            account = Account(unquote(parts.username), unquote(parts.password or ""))
        self.where = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        self.patience, self.write_patience = patience, write_patience
        self.deadline = (
            f"{round(patience * 1000)}ms"  # The same for the server, which takes whole numbers only.
        )
        self._account, self._ca_file = account, ca_file
        self._breaker = Breaker(
            f"Elasticsearch at {self.where}",
            SearchDown,
            failures=failures.AWAY,
            passes=failures.WELL,
            tell=failures.meaning,
        )
        self._connect()

    @contextmanager
    def reading(self) -> Iterator[Elasticsearch]:
        """Lets the block ask and read the answer, unless the server failed a moment ago.

        Raises:
            SearchDown: the server failed.
        """
        with self._translated(), self._breaker.closed():
            yield self._client.options(request_timeout=self.patience)

    @contextmanager
    def working(self) -> Iterator[Elasticsearch]:
        """Lets the block do what no reader waits for: writing, and what commands ask; it waits longer.

        Raises:
            SearchDown: the server failed.
        """
        with self.within(self.write_patience) as client:
            yield client

    @contextmanager
    def within(self, seconds: float) -> Iterator[Elasticsearch]:
        """Lets the block speak to the server, even if it failed a moment ago.

        Args:
            seconds: how long each request waits.

        Raises:
            SearchDown: the server failed.
        """
        with self._translated():
            yield self._client.options(request_timeout=seconds)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except failures.AWAY as error:
            raise failures.down(self.where, error) from error

    @property
    def _client(self) -> Elasticsearch:
        # Two processes must not speak through the same sockets, as they would after a fork.
        if self._process != os.getpid():
            self._connect()
        return self._server

    def _connect(self) -> None:
        account = self._account
        options: dict[str, object] = {"max_retries": 0, "retry_on_timeout": False, "retry_on_status": ()}
        options["serializer"] = OrjsonSerializer()
        if account.api_key:
            options["api_key"] = account.api_key
        elif account.username:
            options["basic_auth"] = (account.username, account.password or "")
        if self._ca_file:
            options["ca_certs"] = self._ca_file
        self._server = Elasticsearch(self.where, **options)  # type: ignore[arg-type]
        self._process = os.getpid()
