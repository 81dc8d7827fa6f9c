"""The cookie that keeps somebody signed in: the session's secret, and nothing else."""

from typing import Any

from flask import Response, current_app, redirect, request

from app.services.sessions import Browser

MOST_SECONDS = (
    400 * 86_400
)  # The longest life that browsers allow (RFC 6265bis); the session's row ends earlier.


def secret() -> str | None:
    """Returns the session's secret that the browser sent."""
    return request.cookies.get(current_app.config["SIGN_IN_COOKIE_NAME"])


def browser() -> Browser:
    """Returns what the browser says of itself."""
    return Browser(request.user_agent.string, request.remote_addr or "", secret())


def signed_in(session_secret: str, target: str, remember: bool) -> Any:
    """Returns a redirect that signs the browser in."""
    response = redirect(target, 303)
    response.set_cookie(
        current_app.config["SIGN_IN_COOKIE_NAME"],
        session_secret,
        max_age=MOST_SECONDS if remember else None,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def signed_out(response: Response) -> Response:
    """Takes the cookie out of the browser."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    name = current_app.config["SIGN_IN_COOKIE_NAME"]
    response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax")
    return response
