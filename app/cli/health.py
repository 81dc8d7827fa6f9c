"""``flask health``: how each part of the site is, for whoever runs it."""

import click
from flask.cli import with_appcontext

from app.services import health as parts_of_site


@click.command()
@with_appcontext
def health() -> None:
    """Show how each part is, with ages in seconds; fail unless all are well."""
    parts = parts_of_site.parts()
    for name, part in parts.items():
        numbers = ", ".join(
            f"{label.replace('_', ' ')} {value:,.0f}"
            for label, value in part.details.items()
            if value is not None
        )
        click.echo(f"{name:<14} {part.state:<5} {numbers}".rstrip())
        if part.advice:
            click.echo(f"{'':<14} {part.advice}")
    wrong = [name for name, part in parts.items() if part.state != parts_of_site.OK]
    if wrong:
        raise click.ClickException(f"Not well: {', '.join(wrong)}.")
