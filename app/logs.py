"""Logs as JSON lines, each with the request it belongs to, and uncaught errors handed on to be mailed."""

import logging
import re
import secrets
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

from app import traces

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


SECURITY_EVENTS = (
    "signed_up",
    "signed_in",
    "sign_in_failed",
    "signed_out",
    "session_ended",
    "other_sessions_ended",
    "password_refused",
    "password_changed",
    "reset_requested",
    "email_change_requested",
    "email_proved",
    "username_changed",
    "promoted",
    "suspended",
    "token_made",
    "token_ended",
)
"""What ``security`` writes down; docs/operations.md says what each means."""


def security(event: str, user_id: int | None) -> None:
    """Writes a security event into the log, without secrets and addresses; the request's id leads to the access log.

    Args:
        event: one of ``SECURITY_EVENTS``.
        user_id: whose account it is about; None where there is no such account.
    """
    if event not in SECURITY_EVENTS:
        raise ValueError(f"{event} is no security event.")
    current_app.logger.info("Security event", extra={"security_event": event, "user_id": user_id})


class RequestContext(logging.Filter):
    """Adds the request's id, method and path to a line; never its query, which may hold a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Adds to the line, and lets it pass."""
        if has_request_context():
            record.request_id = g.get("request_id")
            record.method = request.method
            record.path = request.path
        return True


class Lines(JsonFormatter):
    """JSON lines whose tracebacks hold no texts of people."""

    def formatException(self, ei: Any) -> str:
        """Returns a traceback; what a database error says of the statement's values is left out."""
        return traces.text(ei[1]) if ei[1] else ""


class ErrorMailer(logging.Handler):
    """Hands errors to a function that mails them.

    Args:
        mail: takes a subject, which tells this error from others, and the id of its request or job, which leads to
            the log. Whether the error was mailed lately is for the function to know.
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
            kind = " ".join(filter(None, (type(error).__name__, traces.code(error))))
            job = getattr(record, "job", "")
            request_id = g.get("request_id", "") if has_request_context() else ""
            self.mail(
                f"{kind} in {traces.place(error)}", f"job {job}" if job else f"request {request_id or 'none'}"
            )
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
    handler.setFormatter(Lines("%(asctime)s %(levelname)s %(name)s %(message)s", json_ensure_ascii=False))
    handler.addFilter(RequestContext())
    app.logger.handlers = [handler]
    app.logger.setLevel(app.config["LOG_LEVEL"])
    app.logger.propagate = app.testing
    app.before_request(name_request)
    app.after_request(show_request)
