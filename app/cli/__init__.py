"""The commands of ``flask``."""

from flask import Flask

from app.cli.users import users


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(users)
