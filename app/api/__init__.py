"""The JSON interface: what a page can do, for programs, over the same services."""

from flask import Flask
from flask_smorest import Blueprint

from app import limits
from app.api.document import Interface
from app.extensions import csrf

bp = Blueprint("api", __name__, url_prefix="/api", description="Everything.")
limits.programs(bp)

from app.api import answers, auth, entry, me, posts, search, timelines, tokens, users  # noqa: E402, F401


def init_app(app: Flask) -> None:
    """Binds the interface, and describes it from its code."""
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    csrf.exempt(bp)  # Nothing here believes a cookie, so nothing can be forged with one.
    Interface(app).register_blueprint(bp)
