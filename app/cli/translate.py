"""``flask translate``: the words of the site in other languages than English."""

from pathlib import Path

import click
from babel import UnknownLocaleError
from flask.cli import AppGroup

from app.cli import catalogue

translate = AppGroup("translate", help="Gather, compile and check the translated words.")


@translate.command()
@click.argument("language")
def init(language: str) -> None:
    """Make the catalogue of a new LANGUAGE, such as ja."""
    try:
        file = catalogue.init(catalogue.ROOT, language)
    except FileExistsError:
        raise click.ClickException(f"{language} has a catalogue. Run flask translate update.") from None
    except (UnknownLocaleError, ValueError):
        raise click.ClickException(
            f"There is no language {language!r}. Use a code such as ja or pt_BR."
        ) from None
    click.echo(f"Made {_short(file)}. Translate it, then add {language!r} to LANGUAGES in app/i18n.py.")


@translate.command()
def update() -> None:
    """Bring every catalogue up to date with the sources."""
    for file in catalogue.paths(catalogue.ROOT):
        gone = catalogue.update(catalogue.ROOT, file)
        click.echo(f"Updated {_short(file)}.")
        for message in gone:
            click.echo(f"  gone: {message.id!r} was {message.string!r}")


@translate.command("compile")
def compile_() -> None:
    """Write what the application reads; the running application must be started again to see it."""
    _fail_on(catalogue.compile_all(catalogue.ROOT))


@translate.command()
def check() -> None:
    """Fail when a message is untranslated, fuzzy, obsolete, missing or wrong."""
    _fail_on(catalogue.problems(catalogue.ROOT))
    click.echo("Every message is translated.")


def _fail_on(problems: list[str]) -> None:
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} to mend.")


def _short(file: Path) -> Path:
    return file.relative_to(catalogue.ROOT)
