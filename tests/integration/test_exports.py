"""Exports whose worker is killed or falls asleep in the middle: each ends, soon, with one whole file."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from functools import partial

import pytest

from app.models import Task
from app.services import tasks
from tests.integration.export_site import MEMBERS, POSTS, SOON, ExportSite, Interruption
from tests.integration.processes import until

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc"),
    pytest.mark.timeout(300),
]

DEEDS = ("worker and horse", "worker", "horse", "asleep")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExportSite]:
    """A site at work."""
    site = ExportSite(tmp_path_factory.mktemp("exports"))
    yield site
    site.stop()


@pytest.fixture(scope="module")
def interrupted(site: ExportSite) -> dict[str, Interruption]:
    """Four exports, each interrupted in another way while it was made, and ended."""
    made = {}
    sleeper = 0
    for deed, who in zip(DEEDS, MEMBERS, strict=True):
        made[deed] = export = site.export(who)
        until(partial(site.is_in_the_middle, export), 60, "the export is being made")
        if deed == "asleep":
            sleeper = site.put_to_sleep(export)
        else:
            site.kill(export, *deed.split(" and "))
    site.watch(list(made.values()), 2 * SOON)
    # What was taken for dead wakes up when another try has done its work.
    os.kill(sleeper, signal.SIGCONT)
    until(lambda: not os.path.exists(f"/proc/{sleeper}"), 60, "the sleeper has noticed")
    site.look(made["asleep"])
    until(lambda: not [name for name in site.files() if name.endswith(".part")], 30, "nothing is left over")
    return made


@pytest.mark.parametrize("deed", DEEDS)
def test_interrupted_export_is_made_by_another_try_and_never_stuck(
    site: ExportSite, interrupted: dict[str, Interruption], deed: str
) -> None:
    export = interrupted[deed]
    print(f"{deed}: {export.states[-1]}, {export.seconds:.1f} s after the interruption")
    state, attempt, done, total = export.states[-1]
    assert (state, attempt, export.error) == ("done", 2, None) and done == total
    assert export.seconds < SOON
    assert site.posts_in(export) == POSTS


@pytest.mark.parametrize("deed", DEEDS)
def test_hundred_percent_were_never_shown_before_it_was_done(
    interrupted: dict[str, Interruption], deed: str
) -> None:
    for state, _, done, total in interrupted[deed].states[:-1]:
        assert state != "done" and tasks.percent(Task(state=state, done=done, total=total)) < 100


def test_worker_goes_on_working_after_its_job_was_killed(
    site: ExportSite, interrupted: dict[str, Interruption]
) -> None:
    site.rows("UPDATE task SET created_at = '2026-01-01 00:00:00.000000'")
    began = time.monotonic()
    again = site.export(MEMBERS[0])
    again.at = began
    site.watch([again], SOON)
    assert again.states[-1][:2] == ("done", 1) and site.posts_in(again) == POSTS
