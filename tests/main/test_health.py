"""Health: which part is away or late, told to machines, and with numbers to whoever runs the site."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db, queue
from app.models import OutboxRow, User
from app.models.columns import now
from app.queue import QueueStatus, Status
from app.services import errands
from app.tasks import mail
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.conftest import another_app, settings_for

WELL = dict.fromkeys(
    (
        *("database", "schema", "outbox", "letters", "store", "clock", "workers"),
        *("queue urgent", "queue default", "queue slow", "search", "disk"),
    ),
    "ok",
)


@pytest.fixture(autouse=True)
def ticks(app: Flask) -> None:
    """A scheduler that goes on."""
    queue.beat()


def ready(visitor: Visitor) -> Any:
    """Returns what /readyz says."""
    return visitor.get("/readyz").json


def test_health_needs_nothing_and_readiness_names_the_parts(stranger: Visitor) -> None:
    assert stranger.get("/healthz").json == {"status": "ok"}
    assert ready(stranger) == {"status": "ok", "parts": WELL, "advice": {}}


def test_ages_and_numbers_are_for_administrators(cast: Cast) -> None:
    bada = cast.member("바다")
    assert "details" not in ready(bada)
    with cast.app.app_context(), transaction():
        db.session.execute(sa.update(User).values(is_admin=True))
    details = ready(bada)["details"]
    assert details["workers"] == {"urgent": 1, "default": 1, "slow": 1}
    assert details["disk"]["free_bytes"] > 0
    assert details["outbox"].keys() == {"waiting", "oldest_seconds"}


def test_tables_of_nothing_are_not_ready(new_database: str, app: Flask, tmp_path: Path) -> None:
    with another_app(settings_for(new_database, tmp_path)) as empty:
        answer = empty.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json and answer.json["parts"]["schema"] == "down"
    assert "./boot.sh migrate" in answer.json["advice"]["schema"]


@pytest.mark.parametrize(
    ("status", "part", "state"),
    [
        (Status(clock=61), "clock", "down"),
        (Status(clock=None), "clock", "down"),
        (Status(clock=59), "clock", "ok"),
        (Status({"slow": QueueStatus(0, 0)}, 1), "workers", "down"),
        (Status({"slow": QueueStatus(1, 3, 3601.0)}, 1), "queue slow", "late"),
        (Status({"urgent": QueueStatus(1, 3, 59.0)}, 1), "queue urgent", "ok"),
        (Status({"urgent": QueueStatus(1, 3, 61.0)}, 1), "queue urgent", "late"),
    ],
)
def test_dead_scheduler_missing_worker_and_old_job_are_named(
    stranger: Visitor, monkeypatch: pytest.MonkeyPatch, status: Status, part: str, state: str
) -> None:
    monkeypatch.setattr(queue.memory, "status", lambda: status)
    answer = stranger.get("/readyz")
    assert answer.status_code == 200, "Pages are served all the same."
    assert answer.json and answer.json["parts"][part] == state
    assert (part in answer.json["advice"]) is (state != "ok")


def test_letter_that_waits_too_long_is_late(app: Flask, stranger: Visitor) -> None:
    task = f"{mail.__name__}.password_changed"
    with app.app_context(), transaction():
        errands.owe(task, {"user_id": 1}, now() + timedelta(days=1))
    assert ready(stranger)["parts"]["letters"] == "ok"
    with app.app_context(), transaction():
        for errand in errands.listed():
            errand.created_at = now() - timedelta(minutes=11)
    assert ready(stranger)["parts"]["letters"] == "late"


def test_change_that_the_index_has_not_heard_of_is_late(cast: Cast, stranger: Visitor) -> None:
    cast.post(cast.member("바다"), "아직 못 찾는 글")
    with cast.app.app_context(), transaction():
        db.session.execute(sa.update(OutboxRow).values(changed_at=now() - timedelta(minutes=2)))
    assert ready(stranger)["parts"]["outbox"] == "late"


def test_full_disk_is_named(stranger: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.health.shutil.disk_usage", lambda _: SimpleNamespace(free=10**8))
    assert ready(stranger)["parts"]["disk"] == "down"


def test_store_that_is_away_leaves_the_site_ready(stranger: Visitor) -> None:
    queue.memory.away = True
    try:
        answer = ready(stranger)
    finally:
        queue.memory.away = False
    assert answer["status"] == "ok" and answer["parts"]["store"] == "down"
    assert "workers" not in answer["parts"], "Nothing can be known of them."


def test_command_shows_every_part_and_fails_unless_all_are_well(app: Flask) -> None:
    run: Callable[..., Any] = app.test_cli_runner().invoke
    told = run(args=["health"])
    assert told.exit_code == 0, told.output
    assert [line.split("  ")[0].strip() for line in told.output.splitlines()] == list(WELL)
    queue.memory._beaten = 0.0
    told = run(args=["health"])
    assert told.exit_code == 1 and "./boot.sh scheduler" in told.output
    assert told.output.endswith("Error: Not well: clock.\n")
