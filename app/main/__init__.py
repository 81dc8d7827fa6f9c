"""The pages."""

from flask import Blueprint

bp = Blueprint("main", __name__)

from app.main import (  # noqa: E402, F401
    blocks,
    context,
    exports,
    health,
    letters,
    likes,
    live,
    messages,
    mutes,
    news,
    notification_settings,
    notifications,
    people,
    posts,
    search,
    settings,
    timelines,
    tokens,
    translations,
)
