"""``flask users``: accounts from the command line."""

from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from app import mailboxes, passwords
from app.exceptions import Refused
from app.extensions import db
from app.models import User
from app.services import accounts
from app.transaction import transaction

users = AppGroup("users", help="Make and manage accounts.")


def mailbox(_context: click.Context, _parameter: click.Parameter, typed: str) -> str:
    """Returns an address as it is stored.

    Raises:
        BadParameter: it is not well formed.
    """
    try:
        return mailboxes.normal(typed)
    except mailboxes.Unfit as refusal:
        raise click.BadParameter(str(refusal.sentence)) from None


def password_that_fits(_context: click.Context, _parameter: click.Parameter, typed: str) -> str:
    """Returns a password of the right length.

    Raises:
        BadParameter: it is too short or too long.
    """
    if not passwords.fits(typed):
        raise click.BadParameter(str(passwords.UNFITTING))
    return typed


@users.command()
@click.argument("name")
@click.argument("email", callback=mailbox)
@click.password_option(callback=password_that_fits, help="Asked for when it is not given.")
@click.option("--confirmed", is_flag=True, help="Take the address as proved.")
@click.option("--admin", is_flag=True, help="Make an administrator.")
def create(name: str, email: str, password: str, confirmed: bool, admin: bool) -> None:
    """Make an account called NAME with the address EMAIL."""
    _do(accounts.create, name, email, password, confirmed, admin)
    click.echo(f"{name} can sign in now.")


@users.command()
@click.argument("name")
def promote(name: str) -> None:
    """Make the member called NAME an administrator."""
    _do(accounts.promote, name)
    click.echo(f"{name} is an administrator now.")


@users.command()
@click.argument("name")
def suspend(name: str) -> None:
    """Put the member called NAME out, and end every session."""
    _do(accounts.suspend, name)
    click.echo(f"{name} is suspended.")


@users.command("list")
@click.option("--limit", default=50, show_default=True, help="How many, the latest first.")
def list_users(limit: int) -> None:
    """List accounts, the latest first."""
    for user in db.session.scalars(sa.select(User).order_by(User.id.desc()).limit(limit)):
        marks = [name for name in ("confirmed", "suspended", "admin") if getattr(user, f"is_{name}")]
        click.echo(f"{user.id:>8}  {user.username:<30}  {user.email:<40}  {' '.join(marks)}")


def _do(verb: Any, *arguments: Any) -> None:
    """Runs a service's verb as one transaction; a refusal ends the command with its sentence."""
    try:
        with transaction():
            verb(*arguments)
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from None
