"""What every answer says to the browser about safety, and which places a redirect may lead to."""

import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from app.exceptions import Fault, Malformed
from app.text import UNREADABLE

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
ONE_YEAR = 31_536_000  # Seconds.


def csp_nonce() -> str:
    """Returns this answer's nonce; made when first asked for, as a refusal may come before any other code."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def local_path(target: str | None) -> str | None:
    """Returns the target when it is a path on this site, else None.

    Browsers read a backslash as a slash and drop tabs and newlines, so anything but a plain path is refused.
    """
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if any(ord(character) <= 32 or ord(character) == 127 for character in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return target if not parts.scheme and not parts.netloc else None


def refuse_unstorable() -> None:
    """Refuses what no database stores: NUL, and halves of surrogate pairs.

    Raises:
        BadRequest: the path or the form holds one.
        Malformed: the query does.
    """
    texts = [*(request.view_args or {}).values(), *(value for _, value in request.form.items(multi=True))]
    if any(isinstance(text, str) and UNSTORABLE.search(text) for text in texts):
        raise BadRequest
    wrong = [name for name, value in request.args.items(multi=True) if UNSTORABLE.search(value)]
    if wrong:
        raise Malformed(400, [Fault(str(UNREADABLE), parameter=name) for name in wrong])


def protect(response: Response) -> Response:
    """Adds the headers to an answer; one that set its own keeps it."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY.format(nonce=csp_nonce()))
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}; includeSubDomains")
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = (
            "no-store" if "Set-Cookie" in response.headers else "private, no-cache"
        )
    return response


def init_app(app: Flask) -> None:
    """Protects every answer, and believes as many proxies as are configured about who asks."""
    proxies = app.config["PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.before_request(refuse_unstorable)
    app.after_request(protect)
