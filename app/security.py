"""What every answer says to the browser about safety, and which places a redirect may lead to."""

import hashlib
import hmac
import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user
from itsdangerous import Signer
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    RequestEntityTooLarge,
    RequestHeaderFieldsTooLarge,
    RequestURITooLarge,
)
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.urls import iri_to_uri

from app.exceptions import Fault, Malformed
from app.programs import PageSessions
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
LONGEST_LINE = 16_384
"""The most bytes of an address or a header; gunicorn takes half of it."""
PROGRAMS = ("api", "api-docs")
"""The blueprints that believe no cookie."""
ONE_YEAR = 31_536_000  # Seconds.
USUAL_PORTS = {"http": 80, "https": 443}


def csp_nonce() -> str:
    """Returns this answer's nonce; made when first asked for, as a refusal may come before any other code."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def sign_in_key() -> str:
    """Returns a name of the sign-in that a page is rendered for, which its scripts may know; "" for a stranger."""
    secret = request.cookies.get(current_app.config["SIGN_IN_COOKIE_NAME"])
    if not secret:
        return ""
    current_user._get_current_object()  # Loads the session, if there is one, and no attribute of the member.
    if "session_id" not in g:
        return ""
    return _keyed("page", secret)[:16]


def _keyed(purpose: str, secret: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{purpose}:{secret}".encode(), hashlib.sha256).hexdigest()


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


def own_origins() -> set[str]:
    """Returns what browsers say about our own pages (RFC 6454); whoever says nothing is no browser."""
    origins = {origin(current_app.config["EXTERNAL_URL"])}
    if current_app.config["ENVIRONMENT"] != "production":
        origins.add(origin(request.host_url))
    return origins


def origin(url: str) -> str:
    """Returns an address's origin as browsers write it."""
    parts = urlsplit(iri_to_uri(url))
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def is_own_page() -> bool:
    """Whether a form comes from a page of this site; browsers send an Origin header with every POST."""
    given = request.headers.get("Origin")
    return given is None or given in own_origins() or given == origin(request.host_url)


def bind_forms() -> None:
    """Binds the CSRF token of every form to the sign-in that its page is rendered for.

    Flask-WTF compares a form's token with the one in the session cookie. For a signed-in browser that one is derived
    from the secret in the sign-in cookie. So a page that was rendered for one sign-in is refused after the browser has
    changed to another one, whatever order the two cookies were set in.
    """
    sign_in = request.cookies.get(current_app.config["SIGN_IN_COOKIE_NAME"])
    if not sign_in or request.blueprint in PROGRAMS or (request.endpoint or "").endswith("static"):
        return
    token = _keyed("form", sign_in)
    if session.get("csrf_token") != token:
        session["csrf_token"] = token


def refuse_overlong() -> None:
    """Refuses an address or a header that is longer than the web servers of the site pass on.

    Raises:
        RequestURITooLarge: the address is.
        RequestHeaderFieldsTooLarge: a header is.
    """
    if len(request.path) + len(request.query_string) > LONGEST_LINE:
        raise RequestURITooLarge
    if any(len(value) > LONGEST_LINE for value in request.headers.values()):
        raise RequestHeaderFieldsTooLarge


def refuse_long_body() -> None:
    """Reads a body of unknown length (chunked) to its end, so that one over the limit is refused and not cut.

    Werkzeug stops at the limit and hands on what it has read until then.

    Raises:
        RequestEntityTooLarge: it is longer than MAX_CONTENT_LENGTH.
        BadRequest: it ends in the middle.
    """
    if request.content_length is not None:
        if request.content_length > (request.max_content_length or request.content_length):
            raise RequestEntityTooLarge
        return
    if "wsgi.input_terminated" not in request.environ:
        return
    try:
        request.get_data()
        if request.environ["wsgi.input"].read(1):
            raise RequestEntityTooLarge
    except HTTPException:
        raise
    except Exception as error:  # What a server raises for broken chunks is its own; gunicorn's is no OSError.
        raise BadRequest from error


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
    app.session_interface = PageSessions()
    # Flask-WTF signs its tokens with itsdangerous' default, which is SHA-1.
    Signer.default_digest_method = staticmethod(hashlib.sha256)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.before_request(refuse_overlong)
    app.jinja_env.globals["sign_in_key"] = sign_in_key
    app.before_request(refuse_long_body)
    app.before_request(refuse_unstorable)
    app.before_request(bind_forms)
    app.after_request(protect)
