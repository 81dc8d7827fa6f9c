"""Who asks: from the cookie, or a program's token, to the member, in one statement."""

from typing import Any

from flask import Request, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Unauthorized

from app.auth import cookie
from app.errors.refused_form import is_writing
from app.extensions import login
from app.models import User
from app.security import local_path
from app.services import sessions, tokens

INTERFACE = "api"  # The blueprint that programs use.


@login.request_loader
def load(_request: Request) -> User | None:
    """Returns the member whose session the browser holds, or whose token a program sends."""
    if request.blueprint == INTERFACE:
        return by_token()
    secret = cookie.secret()
    session = sessions.find(secret) if secret else None
    if session is None:
        return None
    g.session_id = session.id
    sessions.see(session)
    return session.user


def by_token() -> User | None:
    """Returns the member whose token (RFC 6750) came along; a browser's cookie says nothing to the interface."""
    given = request.authorization
    g.access_token = tokens.find(given.token or "") if given and given.type == "bearer" else None
    if g.access_token is None:
        return None
    tokens.note(g.access_token)
    member: User = g.access_token.user
    return member


@login.unauthorized_handler
def ask_to_sign_in() -> Any:
    """Redirects to the sign-in page and back.

    Raises:
        Unauthorized: a script asks, or a client that wants JSON, or a redirect would lose a text.
    """
    wants_words = "HX-Request" in request.headers or request.accept_mimetypes.best == "application/json"
    if wants_words or is_writing():
        raise Unauthorized(_("Sign in first."))
    flash(_("Sign in first."))
    asked = request.full_path.rstrip("?") if request.method == "GET" else local_path(request.form.get("next"))
    return redirect(url_for("auth.login", next=asked), 303)
