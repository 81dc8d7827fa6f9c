"""What a program may do for the member whose token it sends."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_httpauth import HTTPBasicAuth, HTTPTokenAuth
from flask_login import current_user
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.api import bp
from app.exceptions import Forbidden, Invalid
from app.models import User
from app.services import sessions, tokens

REALM = "Hanmadi"
NEEDS_WRITE = _l("This token may only read. Make one with the scope “write”.")
bearer = HTTPTokenAuth("Bearer", realm=REALM)
basic = HTTPBasicAuth(realm=REALM)

P = ParamSpec("P")
R = TypeVar("R")


@bp.before_request
def recognise() -> None:
    """Refuses a token that does not count, where a request without one would be answered as a stranger's.

    Raises:
        Unauthorized: there is a token, and it has ended, or is not ours.
    """
    is_known = current_user.is_authenticated  # To ask is to have the token looked up.
    given = request.authorization
    if given and given.type == "bearer" and not is_known:
        refuse(_("This token has ended or is not ours. Make a new one."), error="invalid_token")


def viewer() -> Any:
    """Returns the member whose program asks, or a stranger."""
    return current_user._get_current_object()


@bearer.verify_token
def by_token(_token: str) -> User | None:
    """Returns whose token it is, which was found out when the request came."""
    member: User | None = current_user._get_current_object() if current_user.is_authenticated else None
    return member


@basic.verify_password
def by_password(name: str, password: str) -> User | None:
    """Returns the member who knows the password; a wrong one takes as long as a wrong name."""
    if not name or not password:
        return None
    try:
        return sessions.recognise(name, password)
    except Invalid:
        return None


@bearer.error_handler
def no_token(_status: int) -> NoReturn:
    """Asks for a token."""
    refuse(_("This is for members. Send a token: make one with POST /api/tokens."))


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


def reads(view: Callable[P, R]) -> Callable[P, R]:
    """Lets only members' programs in."""
    return bp.doc(security=[{"token": [tokens.READ]}])(bearer.login_required(view))


def writes(view: Callable[P, R]) -> Callable[P, R]:
    """Lets only members' programs in that may change something.

    Raises:
        Forbidden: the token may only read.
    """

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not g.access_token.can_write:
            raise Forbidden(NEEDS_WRITE)
        return view(*args, **kwargs)

    return bp.doc(security=[{"token": [tokens.WRITE]}])(bearer.login_required(checked))
