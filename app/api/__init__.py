"""The JSON interface: what a page can do, for programs, over the same services."""

from flask import Flask
from flask_compress import Compress

from app.api.document import Interface, Operations
from app.extensions import csrf

KINDS = ["application/json", "application/problem+json"]
"""What is compressed; pages are not, because they hold secrets beside what somebody else may have written (BREACH)."""
bp = Operations("api", __name__, url_prefix="/api")

from app.api import (  # noqa: E402, F401
    account,
    answers,
    auth,
    blocks,
    cors,
    entry,
    matching,
    me,
    messages,
    mutes,
    notifications,
    posts,
    query,
    reference,
    search,
    tasks,
    timelines,
    tokens,
    translations,
    users,
)


def init_app(app: Flask) -> None:
    """Binds the interface, and describes it from its code."""
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["COMPRESS_MIMETYPES"] = KINDS
    Compress(app)
    csrf.exempt(bp)  # Nothing here believes a cookie, so nothing can be forged with one.
    Interface(app).register_blueprint(bp)
    # The description is served by a blueprint of flask-smorest's own.
    app.after_request_funcs.setdefault("api-docs", []).append(answers.describe)
    app.before_request_funcs.setdefault("api-docs", []).append(query.refuse_unknown)
    app.register_blueprint(reference.bp)
    app.after_request(cors.share)
