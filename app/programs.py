"""Which addresses belong to the interface for programs, to which cookies say nothing; pages about it lie beside it."""

import hashlib
import re

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

PREFIX = "/api"
PAGES = re.compile(r"/api/(docs|problems(/[^/]*)?)")


def is_program() -> bool:
    """Tells whether the request is one of a program: to an address under /api that is no page."""
    path = request.path
    is_page = request.method in ("GET", "HEAD") and PAGES.fullmatch(path)
    return (path == PREFIX or path.startswith(f"{PREFIX}/")) and not is_page


class PageSessions(SecureCookieSessionInterface):
    """Sessions of pages, signed with SHA-256 in place of SHA-1.

    An answer to a program depends on no cookie, and sets none.
    """

    digest_method = staticmethod(hashlib.sha256)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keeps a page's session."""
        if not is_program():
            super().save_session(app, session, response)
