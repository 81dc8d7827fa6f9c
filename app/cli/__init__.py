"""The commands of ``flask``."""

from flask import Flask

from app.cli.data import data
from app.cli.jobs import jobs
from app.cli.scheduler import scheduler
from app.cli.search import search
from app.cli.translate import translate
from app.cli.up import up
from app.cli.users import users


def init_app(app: Flask) -> None:
    """Adds the commands."""
    for command in (data, jobs, scheduler, search, translate, up, users):
        app.cli.add_command(command)
