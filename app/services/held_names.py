"""Held usernames: for some days after a change, only the former owner can take the old name again."""

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.models import HeldName
from app.models.columns import now
from app.models.upsert import insert_or


def hold(username_key: str, user_id: int) -> None:
    """Holds a username for the member who gives it up."""
    until = now() + timedelta(days=current_app.config["HELD_NAME_DAYS"])
    held = insert_or(db.session(), HeldName).values(
        username_key=username_key, user_id=user_id, held_until=until
    )
    values = {"user_id": held.excluded.user_id, "held_until": held.excluded.held_until}
    db.session.execute(
        held.on_conflict_do_update(index_elements=["username_key"], set_=values),
        execution_options={"synchronize_session": False},
    )


def is_held(username_key: str, user_id: int | None = None) -> bool:
    """Whether a username is held for another member than this one."""
    return bool(held_of([username_key], user_id))


def held_of(username_keys: Collection[str], user_id: int | None = None) -> set[str]:
    """Returns those of some usernames that are held for other members than this one."""
    query = sa.select(HeldName.username_key).where(
        HeldName.username_key.in_(username_keys), HeldName.held_until > now()
    )
    if user_id is not None:
        query = query.where(HeldName.user_id != user_id)
    return set(db.session.scalars(query))


def release(username_key: str) -> None:
    """Ends the hold of a username that its owner has again."""
    _drop(HeldName.username_key == username_key)


def tidy() -> None:
    """Deletes the holds that have ended."""
    _drop(HeldName.held_until < now())


def _drop(where: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.delete(HeldName).where(where).execution_options(synchronize_session=False))
