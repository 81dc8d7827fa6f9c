"""Statements that write rows without loading them: INSERT … ON CONFLICT, and an update of many rows by their ids."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_or(session: Session, model: Any) -> Any:
    """Returns an insert with ``on_conflict_do_nothing`` and ``on_conflict_do_update`` for the database in use."""
    dialect = session.get_bind().dialect.name
    return (postgresql if dialect == "postgresql" else sqlite).insert(model)


def update_each(session: Session, model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Updates rows by their ids in one call to the driver; a row that is gone meanwhile is left out.

    Args:
        session: the database session; instances that it has loaded keep their old values.
        model: the class of the rows.
        rows: for each its ``id`` and new values, with the same columns in all.
    """
    if rows:
        columns: Any = {name: sa.bindparam(f"new_{name}") for name in rows[0] if name != "id"}
        table = model.__table__
        statement = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(columns)
        parameters = [
            {"row_id" if name == "id" else f"new_{name}": value for name, value in row.items()}
            for row in rows
        ]
        session.connection().execute(statement, parameters)
