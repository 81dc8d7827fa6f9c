"""What a program may do for the member whose token it sends."""

from typing import Any, NoReturn

from flask import g, request
from flask_babel import gettext as _
from flask_httpauth import HTTPBasicAuth
from flask_login import current_user
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app import limits
from app.api import bp
from app.exceptions import Forbidden, Invalid
from app.models import User
from app.services import sessions, tokens

REALM = "Hanmadi"
basic = HTTPBasicAuth(realm=REALM)


@bp.before_request
def count() -> None:
    """Counts every request, also one whose token does not count."""
    limits.count_program()


@bp.before_request
def admit() -> None:
    """Compares the token of a request with the security requirement of the operation, as the description shows it.

    A token that does not count is refused even where none is needed, since the answer would be that of a stranger.

    Raises:
        Unauthorized: the token has ended or is not ours, or there is none where one is needed.
        Forbidden: the token has none of the scopes that allow the operation.
    """
    if request.method == "OPTIONS":
        return  # A browser asks so before it sends the token.
    is_known = current_user.is_authenticated  # This looks the token up.
    given = request.authorization
    if given and given.type == "bearer" and not is_known:
        refuse(_("This token has ended or is not ours. Make a new one."), error="invalid_token")
    admit_to(str(request.endpoint))


def admit_to(endpoint: str) -> None:
    """Compares the token of a request with the security requirement of any operation; the errors are ``admit``'s."""
    required = bp.security[endpoint.removeprefix(f"{bp.name}.")]
    if current_user.is_authenticated:
        require(*(scope for scheme in required for scope in scheme.get("token", ())))
    elif not any(scheme == {} or "password" in scheme for scheme in required):
        refuse(_("This is for members. Send a token: make one with POST /api/tokens."))


def require(*scopes: str) -> None:
    """Requires one of some scopes, or nothing where there are none.

    Raises:
        Forbidden: the token has none of them.
    """
    if scopes and not {*scopes} & {*tokens.scopes(g.access_token)}:
        named = _(" or ").join(f"“{scope}”" for scope in scopes)
        raise Forbidden(
            _("This token does not allow this. Make one with the scope %(scopes)s.", scopes=named)
        )


def viewer() -> Any:
    """Returns the member whose program asks, or a stranger."""
    return current_user._get_current_object()


@basic.verify_password
def by_password(name: str, password: str) -> User | None:
    """Returns the member who knows the password; a wrong one takes as long as a wrong name."""
    if not name or not password:
        return None
    try:
        with limits.guess(sessions.meant(name)):
            return sessions.recognise(name, password)
    except Invalid:
        return None


@basic.error_handler
def no_password(_status: int) -> NoReturn:
    """Asks for name and password."""
    refuse(_("The name or the password is not right. Check both and try again."), scheme="basic")


def refuse(text: str, scheme: str = "bearer", **parameters: str) -> NoReturn:
    """Asks to be told who it is.

    Raises:
        Unauthorized: always.
    """
    raise Unauthorized(text, www_authenticate=WWWAuthenticate(scheme, {"realm": REALM, **parameters}))


def permits(*scopes: str) -> Any:
    """Returns a decorator that describes an operation as allowed by any one of some scopes; ``admit`` enforces it."""
    return bp.doc(security=[{"token": [scope]} for scope in scopes] or [{"token": []}])


reads = permits(tokens.READ)
"""Reads what is the member's."""
writes = permits(tokens.WRITE)
"""Changes something."""
reads_messages = permits(tokens.READ, tokens.MESSAGES)
writes_messages = permits(tokens.WRITE, tokens.MESSAGES)
reads_account = permits(tokens.READ, tokens.ACCOUNT)
writes_account = permits(tokens.WRITE, tokens.ACCOUNT)
any_token = permits()
