"""The letters of a site without a mail server; for development only."""

from flask import Blueprint, render_template

from app.email import MailFolder, transport
from app.exceptions import NotFound

bp = Blueprint("mailbox", __name__, url_prefix="/dev")


def folder() -> MailFolder:
    """Returns where the letters are kept.

    Raises:
        NotFound: they go to a mail server.
    """
    kept = transport()
    if not isinstance(kept, MailFolder):
        raise NotFound
    return kept


@bp.get("/mailbox")
def mailbox() -> str:
    """Shows the letters, the latest first."""
    return render_template("dev/mailbox.html", letters=list(folder().letters())[:100])


@bp.get("/mailbox/<name>")
def letter(name: str) -> str:
    """Shows one letter.

    Raises:
        NotFound: there is no such letter.
    """
    found = folder().letter(name)
    if found is None:
        raise NotFound
    return render_template("dev/letter.html", letter=found)
