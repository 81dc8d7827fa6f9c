"""Ending letters about notifications from the link in one of them, without signing in (RFC 8058)."""

from flask import render_template, request

from app.extensions import csrf
from app.main import bp
from app.services import letters


@bp.get("/letters/stop")
def ask_to_stop_letters() -> str:
    """Asks whether the letters should end: a mail program may open every link of a letter to look for harm.

    Raises:
        NotFound: the link is not one of ours.
    """
    letters.find(_token())
    return render_template("main/stop_letters.html", stopped=False)


@bp.post("/letters/stop")
@csrf.exempt  # The token is the proof; a mail program that sends this for its reader has no other.
def stop_letters() -> str:
    """Ends the letters; a redirect would be one too much for mail programs.

    Raises:
        NotFound: the link is not one of ours.
    """
    letters.stop(_token())
    return render_template("main/stop_letters.html", stopped=True)


def _token() -> str:
    # It stands in the query, which no log keeps.
    return request.args.get("token", "")
