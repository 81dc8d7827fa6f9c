"""POST requests that are done once, however often a program sends them with the same ``Idempotency-Key``."""

import hmac
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, current_app, make_response, request
from flask_babel import lazy_gettext as _l

from app import limits
from app.api import answers, bp
from app.exceptions import Refused
from app.services import kept_answers
from app.services.kept_answers import Answer

KEY = "Idempotency-Key"
LONGEST = 255
BELONGS = ("Location", "Content-Type", "ETag", "Link")

P = ParamSpec("P")


def once(view: Callable[P, object]) -> Callable[P, Response]:
    """Answers a repeated request as the first time; without a key every request is a new one.

    Raises:
        Refused: the key is none, or the service cannot use it.
    """
    described = bp.doc(
        parameters=[
            {
                "in": "header",
                "name": KEY,
                "description": "Made up by the client; the same request with the same key is done once in 24 hours.",
                "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
            }
        ]
    )(view)

    @wraps(described)
    def answered(*args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get(KEY)
        if key is None:
            return make_response(described(*args, **kwargs))
        if not 1 <= len(key) <= LONGEST or not all("!" <= character <= "~" for character in key):
            raise Refused(_l("An Idempotency-Key is 1 to 255 visible ASCII characters."))
        owner = limits.by_member()
        told = kept_answers.claim(owner, key, _fingerprint())
        if told is not None:
            return Response(told.body, told.status, {**told.headers, "Idempotency-Replayed": "true"})
        try:
            response = make_response(described(*args, **kwargs))
        except BaseException:
            kept_answers.give_up(owner, key)
            raise
        answers.mark(response)
        headers = {name: response.headers[name] for name in BELONGS if name in response.headers}
        kept_answers.keep(owner, key, Answer(response.status_code, headers, response.get_data(as_text=True)))
        return response

    return answered


def _fingerprint() -> str:
    """Returns what tells this request from others under the same key; nobody can guess a password from it."""
    whole = f"{request.method} {request.full_path}\n".encode() + request.get_data()
    return hmac.new(current_app.config["SECRET_KEY"].encode(), whole, "sha256").hexdigest()
