"""What an open page asks for once it has heard that there is something new."""

from typing import Any

from flask import jsonify, render_template
from flask_login import login_required

from app.main import bp
from app.main.viewer import viewer
from app.services.notifications import listing


@bp.get("/news")
@login_required
def news() -> Any:
    """Says the numbers beside the bell and the envelope."""
    answer = jsonify(notifications=viewer().unread_notifications, messages=viewer().unread_messages)
    answer.cache_control.no_store = True
    return answer


@bp.get("/news/notifications/<row:id>")
@login_required
def told_now(id: int) -> Any:
    """Shows one notification as a toast; nothing when it was read meanwhile."""
    notice = listing.find(id, viewer())
    return render_template("parts/toast.html", notice=notice) if notice.is_unread else ("", 204)
