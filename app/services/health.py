"""Whether the parts that the site stands on are there."""

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db, queue
from app.queue import QueueDown


def parts() -> dict[str, str]:
    """Returns each part with ``ok`` or ``down``; a part that is down is also logged with the reason."""
    return {"database": _state(_ask_database, SQLAlchemyError), "store": _state(queue.ping, QueueDown)}


def _ask_database() -> None:
    db.session.execute(sa.select(sa.literal(1)))


def _state(ask: object, failure: type[Exception]) -> str:
    assert callable(ask)
    try:
        ask()
    except failure as error:
        current_app.logger.warning("A part is down", extra={"reason": str(error)})
        return "down"
    return "ok"
