"""How news get from the process that tells them to those that hold connections: through the store."""

import logging
import time
from collections.abc import Iterable, Iterator
from threading import RLock, Timer
from typing import Any

import socketio
from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.exceptions import ConnectionError as Silence
from redis.exceptions import RedisError
from redis.retry import Retry

from app.breaker import REST, Breaker

log = logging.getLogger(__name__)
LIBRARY = logging.getLogger("app.live.library")
LIBRARY.setLevel(logging.WARNING)  # Below, it tells of every packet.

CHANNEL = "hanmadi-live"  # Of the store's publish and subscribe.
CATCH_UP = "catch-up"
PATIENCE = 0.3  # Seconds that whoever tells something waits for the store.
QUIET = 5.0  # Seconds without news after which the store is asked for an answer, for which it has as long.
RETRY = 1.0  # Seconds between two tries to reach it.
SETTLED = REST + 1.0  # Seconds after its return from which everybody has noticed it.


class NewsLost(Exception):
    """The store is away, and news are not told."""


class Rooms(socketio.Manager):  # type: ignore[misc]
    """Who is in which room of this process.

    The library looks whether a room exists and then uses it; another thread may have removed it in between.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._one_at_a_time = RLock()

    def basic_enter_room(self, *args: Any, **options: Any) -> None:
        """Adds somebody to a room."""
        with self._one_at_a_time:
            super().basic_enter_room(*args, **options)

    def pages_in(self, rooms: Iterable[str]) -> list[str]:
        """Returns the connections of this process that are in one of the rooms."""
        return [sid for room in rooms for sid, _ in self.get_participants("/", room)]

    def basic_leave_room(self, *args: Any, **options: Any) -> None:
        """Takes somebody out of a room, and removes it when it is empty."""
        with self._one_at_a_time:
            super().basic_leave_room(*args, **options)


class Exchange(Rooms, socketio.RedisManager):  # type: ignore[misc]
    """Rooms that hear what any process tells.

    Args:
        url: where the store is: ``redis://``, ``rediss://`` or ``unix://``.
        write_only: whether this process tells, and hears nothing.
    """

    def __init__(self, url: str, *, write_only: bool) -> None:
        super().__init__(url, CHANNEL, write_only=write_only, logger=LIBRARY)
        once = Retry(NoBackoff(), retries=0)
        self._store = Redis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=once
        )
        self._ear = Redis.from_url(url, socket_connect_timeout=QUIET, socket_timeout=QUIET, retry=once)
        self._breaker = Breaker("The store", NewsLost, failures=RedisError)
        self._is_losing = self._is_deaf = False

    def _handle_emit(self, message: dict[str, Any]) -> None:
        """Delivers a message here, but not to the rooms that it leaves out; each process knows who is in them."""
        super()._handle_emit(message | {"skip_sid": self.pages_in(message.get("skip_sid") or ())})

    def _publish(self, data: dict[str, Any]) -> None:
        """Sends a message to every process; while the store is away it is lost, which is logged once."""
        try:
            with self._breaker.closed():
                self._store.publish(self.channel, self.json.dumps(data))
        except NewsLost as lost:
            if not self._is_losing:
                log.warning("News are lost: %s", lost)
            self._is_losing = True
        else:
            self._is_losing = False

    def _listen(self) -> Iterator[Any]:
        """Yields what other processes send, for good."""
        while True:
            try:
                with self._ear.pubsub() as pubsub:  # type: ignore[no-untyped-call]
                    pubsub.subscribe(self.channel)
                    yield from self._heard(pubsub)
            except RedisError as error:
                if not self._is_deaf:
                    log.warning("No news are heard: %s", error)
                self._is_deaf = True
            time.sleep(RETRY)

    def _heard(self, pubsub: PubSub) -> Iterator[Any]:
        """Yields messages until the store falls silent; pages ask for what was told before somebody listened.

        Raises:
            RedisError: it is away, or does not answer.
        """
        is_asked = False
        while True:
            message = pubsub.get_message(timeout=QUIET)
            if message is None and is_asked:
                raise Silence("it does not answer")
            if message is None:
                pubsub.ping()
            is_asked = message is None
            if message and message["type"] == "subscribe":
                self._is_deaf = False
                # What others tell before they have noticed the store's return is lost as well.
                later = Timer(SETTLED, self._catch_up)
                later.daemon = True
                later.start()
            if message and message["type"] == "message":
                yield message["data"]

    def _catch_up(self) -> None:
        self.emit(CATCH_UP, {}, namespace="/", ignore_queue=True)
