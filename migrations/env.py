"""Runs the migrations over the application's own database."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.models.columns import UtcDateTime

LOCK = 0x68616E6D61646931  # An advisory lock's key: "hanmadi1" in ASCII.
TEN_MINUTES = 600_000  # Milliseconds.

migrate = current_app.extensions["migrate"]
database = migrate.db


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | bool:
    """Writes our column type as what the database sees, so that a migration needs nothing of the application."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def skip_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Writes no migration when the models have not changed."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def lock(connection: sa.Connection) -> None:
    """Waits until no other process migrates this database; the end of the transaction releases the lock.

    The version is read after this, so a process that has waited finds nothing left to do. A migration, and the wait for
    another one, may take longer than the time limits of ordinary connections allow. On SQLite all migrations are one
    transaction, too: alembic takes its DDL for not transactional, which holds for the driver's own BEGIN only.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    else:
        connection.connection.driver_connection.execute(f"PRAGMA busy_timeout = {TEN_MINUTES}")
        connection.execute(sa.text("SELECT 1"))  # Begins the transaction, which takes the write lock.


arguments = {"process_revision_directives": skip_empty, "render_item": render_item, **migrate.configure_args}
if context.is_offline_mode():
    context.configure(
        url=str(database.engine.url), target_metadata=database.metadata, literal_binds=True, **arguments
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    with database.engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=database.metadata, transactional_ddl=True, **arguments
        )
        with context.begin_transaction():
            lock(connection)
            context.run_migrations()
