"""``flask jobs`` as somebody at a terminal uses it."""

import importlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.extensions import queue
from app.models.columns import now
from app.queue import task
from app.services import errands
from app.tasks import errands as errand_tasks
from app.transaction import transaction
from tests.cast import Cast, Visitor

_open: set[str] = set()


@task(queue="urgent")
def walk(road: str) -> None:
    """Fails while the road is closed."""
    if road not in _open:
        raise ConnectionError(f"A stone lies\non {road}")


@pytest.fixture(autouse=True)
def closed() -> None:
    """No road is open."""
    _open.clear()


def flask_jobs(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["jobs", *words])


def fail(app: Flask, road: str) -> str:
    """Lets a job fail and returns its id."""
    with app.app_context():
        queue.enqueue(walk, road=road)
        with pytest.raises(ConnectionError):
            queue.run()
        return queue.failed()[0].id


def test_nothing_that_has_failed_is_said_in_words(app: Flask) -> None:
    assert flask_jobs(app, "list").output == "No job has failed.\n"
    assert flask_jobs(app, "retry", "--all").output == "0 jobs put back.\n"
    assert json.loads(flask_jobs(app, "list", "--json").output) == {"failed": [], "owed": []}


def test_failed_job_is_listed_without_what_it_was_called_with(app: Flask) -> None:
    job_id = fail(app, "산길")
    listed = flask_jobs(app, "list")
    assert listed.exit_code == 0
    lines = listed.output.splitlines()
    assert (
        lines[0] == "1 job failed."
        and lines[2].startswith(f"{job_id}  20")
        and lines[2].endswith("UTC  urgent")
    )
    assert lines[3:] == ["    tests.cli.test_jobs.walk, tried once", "    ConnectionError: A stone lies"]
    assert '{"road": "산길"}' in flask_jobs(app, "list", "--arguments").output


def test_programs_read_the_list_as_json(app: Flask) -> None:
    job_id = fail(app, "산길")
    (job,) = json.loads(flask_jobs(app, "list", "--json").output)["failed"]
    assert job.pop("failed_at").endswith("+00:00")
    assert job == {
        "id": job_id,
        "task": "tests.cli.test_jobs.walk",
        "queue": "urgent",
        "tries": 1,
        "error": "ConnectionError: A stone lies",
    }
    (job,) = json.loads(flask_jobs(app, "list", "--json", "--arguments").output)["failed"]
    assert job["arguments"] == {"road": "산길"}


def test_job_that_is_put_back_is_done_again_and_counts_its_tries(app: Flask) -> None:
    job_id = fail(app, "산길")
    assert flask_jobs(app, "retry", job_id).output == "1 job put back.\n"
    assert flask_jobs(app, "list").output == "No job has failed.\n"
    with pytest.raises(ConnectionError):
        queue.run()
    assert "tried 2 times" in flask_jobs(app, "list").output
    _open.add("산길")
    assert flask_jobs(app, "retry", "--all").output == "1 job put back.\n"
    assert queue.run() == 1
    assert flask_jobs(app, "list").output == "No job has failed.\n"


def test_job_that_is_dropped_is_forgotten(app: Flask) -> None:
    first, second = fail(app, "산길"), fail(app, "들길")
    assert [job.id for job in queue.failed()] == [second, first], "The latest comes first."
    assert flask_jobs(app, "drop", first).output == "1 job forgotten.\n"
    assert [job.id for job in queue.failed()] == [second]
    assert flask_jobs(app, "drop", "--all").output == "1 job forgotten.\n"
    assert queue.failed() == [] and queue.waiting == []


def test_only_old_jobs_are_dropped_where_that_is_asked_for(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(app, "산길")
    assert flask_jobs(app, "drop", "--all", "--older-than", "3").output == "0 jobs forgotten.\n"
    monkeypatch.setattr(importlib.import_module("app.cli.jobs"), "now", lambda: now() + timedelta(days=4))
    assert flask_jobs(app, "drop", "--all", "--older-than", "3").output == "1 job forgotten.\n"


@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_job_that_is_not_there_is_named_and_the_others_are_changed(app: Flask, verb: str) -> None:
    job_id = fail(app, "산길")
    changed = flask_jobs(app, verb, job_id, "none", "nothing")
    assert changed.exit_code == 1
    assert (
        changed.output.startswith("1 job ")
        and "Error: No failed job is called none, nothing." in changed.output
    )
    assert queue.failed() == []


@pytest.mark.parametrize(
    "words",
    [
        ("retry",),
        ("drop",),
        ("retry", "x", "--all"),
        ("drop", "x", "--older-than", "2"),
        ("drop", "--older-than", "2"),
    ],
)
def test_command_that_does_not_say_which_jobs_changes_none(app: Flask, words: tuple[str, ...]) -> None:
    fail(app, "산길")
    refused = flask_jobs(app, *words)
    assert refused.exit_code == 2 and "--all" in refused.output
    assert len(queue.failed()) == 1


@pytest.mark.parametrize("words", [("list",), ("retry", "--all"), ("drop", "x")])
def test_store_that_is_away_is_said_in_a_sentence(app: Flask, words: tuple[str, ...]) -> None:
    queue.memory.away = True
    try:
        refused = flask_jobs(app, *words)
    finally:
        queue.memory.away = False
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ") and "REDIS_URL" in refused.output


def test_what_is_owed_and_was_tried_in_vain_is_listed_too(
    app: Flask, cast: Cast, stranger: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mail").touch()
    monkeypatch.setitem(app.config, "MAIL_FOLDER", tmp_path / "mail")
    cast.member("바다", email="bada@example.com")
    stranger.post("/auth/forgot", email="bada@example.com")
    assert flask_jobs(app, "list").output == "No job has failed.\n", "What was not tried is not in vain."
    queue.run()
    told = flask_jobs(app, "list", "--json", "--arguments").output
    (owed,) = json.loads(told)["owed"]
    assert (owed["task"], owed["tries"]) == ("app.tasks.mail.reset_password", 1)
    assert owed["arguments"].keys() == {"user_id"} and owed["due_at"] < owed["expires_at"]
    assert "app.tasks.mail.reset_password, tried once, next at " in flask_jobs(app, "list").output


def test_owed_job_that_failed_may_be_put_back_before_its_time(app: Flask) -> None:
    with app.app_context(), transaction():
        name = f"{walk.__module__}.{walk.__name__}"
        errand_id = errands.owe(name, {"road": "산길"}, now() + timedelta(days=1))
    with app.app_context():
        queue.enqueue(errand_tasks.run, errand_id=errand_id)
        with pytest.raises(ConnectionError):
            queue.run()
    _open.add("산길")
    flask_jobs(app, "retry", "--all")
    queue.run()
    with app.app_context(), transaction():
        assert errands.listed() == []
