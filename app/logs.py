"""Logs as JSON lines, each with the request it belongs to, and uncaught errors handed on to be mailed."""

import logging
import re
import secrets
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestContext(logging.Filter):
    """Adds the request's id, method and path to a line; never its query, which may hold a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Adds to the line, and lets it pass."""
        if has_request_context():
            record.request_id = g.get("request_id")
            record.method = request.method
            record.path = request.path
        return True


class ErrorMailer(logging.Handler):
    """Hands errors to a function that mails them.

    Args:
        mail: takes a subject, which tells this error from others, and the text; whether it was mailed lately is for
            it to know.
    """

    def __init__(self, mail: Callable[[str, str], object]) -> None:
        super().__init__(logging.ERROR)
        self.mail = mail

    def emit(self, record: logging.LogRecord) -> None:
        """Mails an uncaught exception; an error while mailing goes to stderr, never back here."""
        if not record.exc_info or not record.exc_info[1]:
            return
        try:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)
            where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"
            self.mail(f"{type(error).__name__} in {where}", self.format(record))
        except Exception:
            # The error itself is in the log already; a store that is away must not hide it.
            self.handleError(record)


def name_request() -> None:
    """Gives the request an id: the one a trusted proxy gave it, or a new one."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def show_request(response: Response) -> Response:
    """Tells the client the request's id, which it can quote."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    return response


def init_app(app: Flask) -> None:
    """Makes every log line one JSON object on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", json_ensure_ascii=False)
    )
    handler.addFilter(RequestContext())
    app.logger.handlers = [handler]
    app.logger.setLevel(app.config["LOG_LEVEL"])
    app.logger.propagate = app.testing
    app.before_request(name_request)
    app.after_request(show_request)
