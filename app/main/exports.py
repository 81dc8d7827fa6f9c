"""A member's copy of what is theirs: asking for it, watching it being made, fetching it."""

from contextlib import suppress
from typing import Any

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import login_required

from app.archive import STEPS
from app.exceptions import Conflict, Gone
from app.main import bp
from app.main.viewer import viewer, wants_piece
from app.models.keyset import Wanted
from app.services import exports, tasks

LATEST = Wanted(per_page=10)


@bp.get("/settings/exports")
@login_required
def settings_exports() -> str:
    """Shows what a member can take along, the copy that is being made, and earlier ones."""
    if wants_piece():
        return render_template("parts/exports.html", **shown())
    return whole()


@bp.post("/settings/exports")
@login_required
def start_export() -> Any:
    """Begins to make a copy; where one is under way, the page shows that one."""
    with suppress(Conflict):
        tasks.start(viewer(), tasks.EXPORT)
    return back()


@bp.get("/settings/exports/<row:id>/progress")
@login_required
def export_progress(id: int) -> Any:
    """Shows how far a copy is, for our scripts; when it has ended, all that the page shows."""
    task = tasks.find(id, viewer())
    if not wants_piece():
        return back()
    if task.state in tasks.UNENDED:
        return render_template("parts/export_progress.html", task=task, **words())
    return render_template("parts/exports.html", **shown())


@bp.post("/settings/exports/<row:id>/cancel")
@login_required
def cancel_export(id: int) -> Any:
    """Stops making a copy."""
    task = tasks.find(id, viewer())
    tasks.cancel(task, viewer())
    if task.state == tasks.CANCELLED:
        flash(_("The export is cancelled."))
    return back()


@bp.get("/settings/exports/<row:id>/file")
@login_required
def export_file(id: int) -> Any:
    """Hands out a finished copy; one that is not kept any longer can be made again on the same page."""
    task = tasks.find(id, viewer())
    try:
        found = exports.fetch(task)
    except Gone as gone:
        return whole(gone=gone.message), gone.status
    response = send_file(
        found.path, "application/zip", as_attachment=True, download_name=found.name, etag=found.state
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def whole(**more: Any) -> str:
    """Returns the page."""
    return render_template("settings/exports.html", section="exports", **shown(), **more)


def shown() -> dict[str, Any]:
    """Returns what the page shows: the task that is under way, if there is one, and those that have ended."""
    latest = tasks.listed(viewer(), LATEST).items
    return {
        "task": next((task for task in latest if task.state in tasks.UNENDED), None),
        "earlier": [task for task in latest if task.state not in tasks.UNENDED],
        "possible_from": tasks.possible_from(viewer(), tasks.EXPORT),
        "is_kept": exports.is_kept,
        **words(),
    }


def words() -> dict[str, Any]:
    """Returns what puts a task into words."""
    return {
        "steps": STEPS,
        "percent": tasks.percent,
        "seconds_left": tasks.seconds_left,
        "reasons": tasks.REASONS,
    }


def back() -> Response:
    """Returns to the page."""
    return redirect(url_for("main.settings_exports"), 303)  # type: ignore[return-value]
