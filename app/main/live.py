"""Connections that tell open pages what is new, and what such a page then asks for."""

from typing import Any

from flask import g, request
from werkzeug.exceptions import NotFound

from app import limits
from app.extensions import live
from app.main import bp
from app.main.viewer import viewer
from app.security import own_origins
from app.services import rooms, sessions, timelines


@bp.get("/socket.io/")
@limits.connections
def connect() -> Any:
    """Lets a member's page become a connection; only where connections are held, and only if it is a page of ours."""
    if not live.is_asked():
        raise NotFound
    if not viewer().is_authenticated:
        return "", 401
    if request.headers.get("Origin") not in own_origins():
        return "", 403
    live.let_in(viewer().id, g.session_id, [rooms.member(viewer().id)])
    return "", 204


@live.validator
def still_signed_in(session_ids: set[int]) -> set[int]:
    """Returns the sessions that have not ended: by signing out, a new password, suspension or time."""
    return sessions.alive(session_ids)


@live.chooser
def rooms_of(user_id: int, wish: Any) -> list[str]:
    """Returns the rooms of the timeline that a page shows, as ``{"timeline": "home"}``."""
    timeline = wish.get("timeline") if isinstance(wish, dict) else None
    if timeline == "explore":
        return [rooms.EVERYBODYS_POSTS]
    if timeline == "home":
        return [rooms.posts_of(author_id) for author_id in timelines.heard_at_home(user_id)]
    return []
