"""Whether the parts that the site stands on are there."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db, queue, search
from app.queue import QueueDown
from app.search.engine import NotReady, SearchDown

OK, DOWN = "ok", "down"


@dataclass(frozen=True)
class Part:
    """How a part is.

    Attributes:
        state: ``ok`` or ``down``.
        advice: what has to be done by whoever runs the site, where waiting will not help.
    """

    state: str
    advice: str = ""


def parts() -> dict[str, Part]:
    """Returns how each part is; one that is down is also logged with the reason."""
    return {
        "database": _state(_ask_database, SQLAlchemyError),
        "store": _state(queue.ping, QueueDown),
        "search": _state(search.engine.tuning, SearchDown),
    }


def _ask_database() -> None:
    db.session.execute(sa.select(sa.literal(1)))


def _state(ask: Callable[[], object], failure: type[Exception]) -> Part:
    try:
        ask()
    except failure as error:
        current_app.logger.warning("A part is down", extra={"reason": str(error)})
        # Strangers may read this, so what may name an address stays in the log.
        advice = search.engine.health().problem if isinstance(error, NotReady) else None
        return Part(DOWN, advice or "")
    return Part(OK)
