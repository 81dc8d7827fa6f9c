"""What a member is told: the page with its tabs, marking as read, and how much is new since a page was made."""

from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from flask import flash, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from werkzeug.exceptions import BadRequest

from app.i18n import local
from app.main import bp
from app.main.timelines import beside
from app.main.viewer import back, cursor, viewer, wanted, wants_piece
from app.models import Notification
from app.models.columns import now
from app.models.keyset import Page, parse_cursor
from app.services import notifications, tasks
from app.services.notifications import listing

TABS = {
    "all": listing.ON_PAGE,
    "replies": ("reply", "mention"),
    "likes": ("like",),
    "follows": ("follow",),
}
TODAY, YESTERDAY, THIS_WEEK, EARLIER = range(4)
DAYS = (_l("Today"), _l("Yesterday"), _l("This week"), _l("Earlier"))
LAST_DAY_OF_THE_WEEK = 6  # Days ago; times are told by the name of the day for as long.


@bp.get("/notifications", endpoint="notifications")
@login_required
def told() -> Any:
    """Shows what a member is told, in days; whoever comes back to it sees it as it is then."""
    tab = chosen_tab()
    made_at = now()
    page = listing.listed(viewer(), listing.Which(TABS[tab]), wanted())
    shown = {"page": page, "days": days(page), "reasons": tasks.REASONS}
    if wants_piece():
        return render_template("parts/notices.html", goes_on=day_before(page), **shown)
    whole = make_response(
        render_template("main/notifications.html", tab=tab, made_at=made_at, **shown, **beside())
    )
    whole.cache_control.no_store = True
    return whole


@bp.post("/notifications/read")
@login_required
def read_notifications() -> Any:
    """Marks all that the page shows as read; what came since it was made stays new."""
    notifications.read_all(viewer(), moment_of(request.form.get("until", "")), listing.ON_PAGE)
    flash(_("All of it is marked as read."))
    return back("main.notifications")


@bp.post("/notifications/<row:id>/read")
@login_required
def read_notification(id: int) -> Any:
    """Marks one as read, for our script, while the reader goes on to what it is about."""
    notifications.read(viewer(), id)
    return "", 204


@bp.get("/notifications/new")
@login_required
def new_notifications() -> Any:
    """Says how many came since a page was made; nothing when there are none."""
    count = listing.count_since(viewer(), moment_of(request.args.get("after", "")), listing.ON_PAGE)
    return render_template("parts/notices_pill.html", count=count) if count else ("", 204)


def chosen_tab() -> str:
    """Returns the tab that the address names, or the first one."""
    tab = request.args.get("tab", "")
    return tab if tab in TABS else "all"


def moment_of(text: str) -> datetime:
    """Returns the moment that a page of ours has named.

    Raises:
        BadRequest: it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadRequest


def days(page: Page[Notification]) -> list[tuple[int, Any, list[Notification]]]:
    """Returns a page in pieces, each with its day's number and words."""
    return [(day, DAYS[day], list(rows)) for day, rows in groupby(page, lambda told: day_of(told.updated_at))]


def day_before(page: Page[Notification]) -> int | None:
    """Returns the day that stands last above the piece that is asked for."""
    place = parse_cursor(cursor() or "").values[0].value if cursor() else None
    return day_of(place) if place else None


def day_of(moment: datetime) -> int:
    """Returns the number of the day, or of the days, that a moment belongs to in the reader's calendar."""
    ago = (local(now()).date() - local(moment).date()).days
    if ago > LAST_DAY_OF_THE_WEEK:
        return EARLIER
    return (TODAY, YESTERDAY, THIS_WEEK)[min(max(ago, 0), THIS_WEEK)]
