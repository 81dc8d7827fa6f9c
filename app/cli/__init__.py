"""The commands of ``flask``."""

from flask import Flask

from app.cli import catalogue
from app.cli.data import data
from app.cli.health import health
from app.cli.jobs import jobs
from app.cli.scheduler import scheduler
from app.cli.search import search
from app.cli.translate import translate
from app.cli.up import up
from app.cli.users import users


def init_app(app: Flask) -> None:
    """Adds the commands, and compiles the translations."""
    for command in (data, health, jobs, scheduler, search, translate, up, users):
        app.cli.add_command(command)
    if not app.testing:
        compile_words(app)


def compile_words(app: Flask) -> None:
    """Compiles the translations where that is due, in every role, or says that pages are not translated."""
    try:
        catalogue.compile_older(catalogue.ROOT)
    except OSError as error:
        app.logger.warning(
            "The translations cannot be compiled (%s), so texts are missing or English: run "
            "./boot.sh flask translate compile as the account that owns the folder translations",
            error.strerror,
        )
