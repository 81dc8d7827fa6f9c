"""Work in the background: starting an export, watching it, fetching what came of it."""

from typing import Any

import marshmallow as ma
from flask import Response, send_file, url_for
from marshmallow import fields

from app import limits
from app.api import bp
from app.api.auth import reads, viewer, writes
from app.api.fields import OneOf, Timestamp, link
from app.api.once import once
from app.api.paging import PageQuery, collection, paged
from app.archive import STEPS
from app.models import Task
from app.models.keyset import Wanted
from app.services import exports, tasks


class TaskOrder(ma.Schema):
    """What is to be done."""

    kind = fields.String(
        required=True,
        validate=OneOf(tasks.KINDS),
        metadata={"description": "What to do."},
    )


class TaskProgress(ma.Schema):
    """How far a task is."""

    step = fields.String(
        required=True,
        validate=OneOf(("", *STEPS)),
        metadata={"description": "Which part of the work it is at; empty before the first."},
    )
    done = fields.Integer(required=True, metadata={"description": "Number of pieces that are done."})
    total = fields.Integer(required=True, metadata={"description": "How many pieces there are, about."})
    percent = fields.Integer(required=True, metadata={"description": "100 only when it is done."})


class TaskResult(ma.Schema):
    """What came of a task."""

    name = fields.String(required=True, metadata={"description": "What the file is called."})
    size = fields.Integer(required=True, metadata={"description": "Bytes."})
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How much is in it, by kind."},
    )


class TaskError(ma.Schema):
    """Why a task failed."""

    code = fields.String(
        required=True,
        validate=OneOf(tuple(tasks.REASONS)),
        metadata={"description": "The reason, for programs."},
    )
    detail = fields.String(
        required=True, metadata={"description": "The same in the reader's language, and what to do."}
    )


class TaskLinks(ma.Schema):
    """What can be done with a task."""

    self = link("This task. Read it again to watch it.")
    html = link("The same as a page for people.")
    cancel = fields.String(metadata={"description": "Cancel it with PUT, while it has not ended."})
    file = fields.String(metadata={"description": "The file, once it is done and until expires_at."})


class TaskShown(ma.Schema):
    """Work in the background."""

    id = fields.Integer(required=True)
    kind = fields.String(
        required=True, validate=OneOf(tasks.KINDS), metadata={"description": "What is done."}
    )
    state = fields.String(
        required=True, validate=OneOf(tasks.STATES), metadata={"description": "How far it is."}
    )
    progress = fields.Nested(TaskProgress, required=True)
    result = fields.Nested(TaskResult, required=True, allow_none=True)
    error = fields.Nested(TaskError, required=True, allow_none=True)
    created_at = Timestamp(required=True)
    begun_at = Timestamp(
        required=True, allow_none=True, metadata={"description": "When a worker began; null before."}
    )
    ended_at = Timestamp(
        required=True, allow_none=True, metadata={"description": "When it ended, well or not; null before."}
    )
    expires_at = Timestamp(
        required=True,
        allow_none=True,
        metadata={"description": "Until when the file is kept; null where there is none."},
    )
    _links = fields.Nested(TaskLinks, required=True)


TIMES = ("created_at", "begun_at", "ended_at", "expires_at")


@bp.route("/tasks", methods=["GET"], operation="list_tasks")
@reads
@bp.arguments(PageQuery, location="query")
@bp.response(200, collection("Tasks", TaskShown))
def own_tasks(wanted: Wanted) -> Any:
    """List what the member has started, the latest first."""
    return paged(Task, tasks.listed(viewer(), wanted), wanted, show)


@bp.route("/tasks", methods=["POST"], operation="start_task")
@writes
@once
@bp.arguments(TaskOrder)
@bp.response(202, TaskShown)
@bp.alt_response(409, "CONFLICT")
def start_task(order: dict[str, str]) -> Any:
    """Start an export of everything that is the member's: one at a time, three a day."""
    task = tasks.start(viewer(), order["kind"])
    limits.note(tasks.day_limit(viewer(), order["kind"]))
    return show(task), 202, {"Location": url_for("api.task", id=task.id)}


@bp.route("/tasks/<row:id>", methods=["GET"], operation="get_task")
@reads
@bp.response(200, TaskShown)
def task(id: int) -> Any:
    """Show how far a task is, or what came of it."""
    return show(tasks.find(id, viewer()))


@bp.route("/tasks/<row:id>/cancel", methods=["PUT"], operation="cancel_task")
@writes
@bp.response(200, TaskShown)
def cancel_task(id: int) -> Any:
    """Cancel a task; it stays, as cancelled. One that has ended stays as it is."""
    found = tasks.find(id, viewer())
    tasks.cancel(found, viewer())
    return show(found)


@bp.route("/tasks/<row:id>/file", methods=["GET"], operation="download_task_file")
@reads
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
@bp.alt_response(410, "GONE")
def task_file(id: int) -> Response:
    """Fetch the file that a task has made; parts of it with Range."""
    found = exports.fetch(tasks.find(id, viewer()))
    response = send_file(
        found.path, "application/zip", as_attachment=True, download_name=found.name, etag=found.state
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def show(found: Task) -> dict[str, Any]:
    """Returns what a program sees of a task."""
    here = url_for("api.task", id=found.id)
    links = {"self": here, "html": url_for("main.settings_exports")}
    if found.state in tasks.UNENDED:
        links["cancel"] = url_for("api.cancel_task", id=found.id)
    if exports.is_kept(found):
        links["file"] = url_for("api.task_file", id=found.id)
    return {
        "id": found.id,
        "kind": found.kind,
        "state": found.state,
        "progress": {
            "step": found.step,
            "done": found.done,
            "total": found.total,
            "percent": tasks.percent(found),
        },
        "result": found.result and {name: found.result[name] for name in TaskResult().fields},
        "error": found.error and {"code": found.error, "detail": str(tasks.REASONS[found.error])},
        **{name: getattr(found, name) for name in TIMES},
        "_links": links,
    }
