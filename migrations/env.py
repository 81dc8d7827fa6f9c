"""Runs the migrations over the application's own database."""

from typing import Any

from alembic import context
from flask import current_app

from app.models.columns import UtcDateTime

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


arguments = {"process_revision_directives": skip_empty, "render_item": render_item, **migrate.configure_args}
if context.is_offline_mode():
    context.configure(
        url=str(database.engine.url), target_metadata=database.metadata, literal_binds=True, **arguments
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    with database.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=database.metadata, **arguments)
        with context.begin_transaction():
            context.run_migrations()
