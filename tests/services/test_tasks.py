"""Work that members start: one at a time, so many a day, and never stuck, whatever becomes of its workers."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.events import TaskEnded, TaskStarted
from app.exceptions import Conflict, Forbidden, NotFound, Refused, TooOften
from app.extensions import db
from app.models import Notification, Task, User
from app.models.columns import now
from app.services import tasks, users
from app.transaction import transaction
from tests.cast import Cast
from tests.services.conftest import STRANGER, site


def member(name: str = "바다") -> User:
    """Returns a member of the cast."""
    found = users.by_name_or_address(name)
    assert found
    return found


@pytest.fixture
def bada(app: Flask, cast: Cast) -> int:
    """The id of a member."""
    cast.member("바다")
    with app.app_context():
        return member().id


def started(app: Flask, attempt: int = 1, **values: Any) -> int:
    """Returns the id of a new task of the member, changed so."""
    with app.app_context(), transaction():
        task = tasks.start(member(), tasks.EXPORT)
        for name, value in {"attempt": attempt, **values}.items():
            setattr(task, name, value)
        return task.id


def change(app: Flask, task_id: int, **values: Any) -> None:
    """Changes a task's row."""
    with app.app_context(), transaction():
        db.session.execute(sa.update(Task).where(Task.id == task_id).values(**values))


def look(app: Flask, task_id: int) -> Task:
    """Returns a task as it is."""
    with app.app_context():
        return db.session.get_one(Task, task_id)


def swept(app: Flask) -> list[tuple[int, int]]:
    """Sweeps, and returns the tries to begin."""
    with app.app_context(), transaction():
        return [(due.task_id, due.attempt) for due in tasks.sweep()]


def long_ago(**ago: float) -> Any:
    """Returns a moment that is over."""
    return now() - timedelta(**ago)


@pytest.mark.usefixtures("bada")
def test_only_one_is_under_way_at_a_time(app: Flask) -> None:
    first = started(app)
    with site(app), pytest.raises(Conflict, match="being done already"):
        tasks.start(member(), tasks.EXPORT)
    with app.app_context(), transaction():
        tasks.cancel(tasks.find(first, member()), member())
    assert started(app) != first


@pytest.mark.usefixtures("bada")
def test_those_who_start_at_the_same_moment_start_one(app: Flask) -> None:
    together, met = Barrier(4), list[type[BaseException] | None]()

    def start() -> None:
        with app.app_context():
            together.wait()
            try:
                with transaction():
                    tasks.start(member(), tasks.EXPORT)
            except Refused as refusal:
                met.append(type(refusal))
            else:
                met.append(None)

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert met.count(None) == 1 and met.count(Conflict) == 3


@pytest.mark.usefixtures("bada")
def test_three_a_day_are_possible_and_what_failed_does_not_count(app: Flask) -> None:
    done = []
    for number in range(tasks.MOST_A_DAY):
        failed = started(app, state="failed")
        done.append(started(app, state="done", created_at=long_ago(hours=23 - number)))
    with site(app):
        with pytest.raises(TooOften, match="3 times a day") as refused:
            tasks.start(member(), tasks.EXPORT)
        again = tasks.possible_from(member(), tasks.EXPORT)
        assert again and timedelta(minutes=59) < again - now() < timedelta(hours=1)
        assert 59 * 60 < refused.value.wait <= 3601
    change(app, done[0], created_at=long_ago(hours=25))
    assert started(app) > failed


def test_stranger_starts_and_finds_nothing(app: Flask, bada: int) -> None:
    task_id = started(app)
    with site(app):
        with pytest.raises(Forbidden):
            tasks.start(STRANGER, tasks.EXPORT)
        with pytest.raises(NotFound):
            tasks.find(task_id, STRANGER)


@pytest.mark.usefixtures("bada")
def test_tasks_of_others_are_not_there(app: Flask, cast: Cast) -> None:
    task_id = started(app)
    cast.member("하늘")
    with app.app_context(), transaction():
        task = tasks.find(task_id, member())
        with pytest.raises(NotFound):
            tasks.find(task_id, member("하늘"))
        with pytest.raises(NotFound):
            tasks.cancel(task, member("하늘"))
    assert look(app, task_id).state == "queued"


@pytest.mark.usefixtures("bada")
def test_try_is_begun_once(app: Flask) -> None:
    task_id = started(app)
    with app.app_context():
        with transaction():
            tasks.claim(task_id, 1)
        for attempt in (1, 2):
            with pytest.raises(tasks.Overtaken), transaction():
                tasks.claim(task_id, attempt)


@pytest.mark.usefixtures("bada")
@pytest.mark.parametrize("became", ["retried", "cancelled", "done", "removed"])
def test_try_that_does_not_count_any_more_writes_nothing(app: Flask, became: str) -> None:
    task_id = started(app, state="running")
    if became == "retried":
        change(app, task_id, attempt=2)
    elif became == "removed":
        with app.app_context(), transaction():
            db.session.execute(sa.delete(Task))
    else:
        change(app, task_id, state=became)
    with app.app_context():
        for write in (
            lambda: tasks.beat(task_id, 1, "likes", 5, 6),
            lambda: tasks.finish(task_id, 1, {"file": "old.zip"}, now()),
            lambda: tasks.fail(task_id, 1, tasks.BROKEN),
            lambda: tasks.lay_down(task_id, 1),
        ):
            with pytest.raises(tasks.Overtaken), transaction():
                write()
    if became != "removed":
        task = look(app, task_id)
        assert (task.step, task.done, task.result, task.error) == ("", 0, None, None)


@pytest.mark.usefixtures("bada")
def test_cancelling_twice_is_cancelling_once_and_what_is_done_stays_done(app: Flask) -> None:
    running, moments = started(app, state="running"), set()
    for _ in range(2):
        with app.app_context(), transaction():
            tasks.cancel(tasks.find(running, member()), member())
        moments.add(look(app, running).ended_at)
    assert look(app, running).state == "cancelled" and len(moments) == 1
    done = started(app, state="done")
    with app.app_context(), transaction():
        tasks.cancel(tasks.find(done, member()), member())
    assert look(app, done).state == "done"


@pytest.mark.parametrize(("done", "total", "shown"), [(0, 0, 0), (0, 9, 0), (796, 1284, 61), (9, 9, 99)])
def test_hundred_percent_are_shown_only_when_it_is_done(done: int, total: int, shown: int) -> None:
    assert tasks.percent(Task(state="running", done=done, total=total)) == shown
    assert tasks.percent(Task(state="done", done=done, total=total)) == 100
    assert tasks.percent(Task(state="failed", done=done, total=total)) == shown


def test_time_left_goes_by_the_pace_so_far() -> None:
    begun = now()
    running = Task(
        state="running", done=25, total=100, begun_at=begun, heartbeat_at=begun + timedelta(seconds=5)
    )
    assert tasks.seconds_left(running) == 15
    assert tasks.seconds_left(Task(state="queued", done=0, total=0)) is None


@pytest.mark.usefixtures("bada")
def test_task_of_a_silent_worker_is_tried_again_and_given_up_after_three_tries(app: Flask) -> None:
    task_id = started(app, state="running", heartbeat_at=long_ago(seconds=19))
    assert swept(app) == [], "It may still be alive."
    for attempt in (2, 3):
        change(app, task_id, state="running", heartbeat_at=long_ago(seconds=21))
        assert swept(app) == [(task_id, attempt)] and swept(app) == []
        assert look(app, task_id).state == "queued"
    change(app, task_id, state="running", heartbeat_at=long_ago(seconds=21))
    assert swept(app) == []
    task = look(app, task_id)
    assert (task.state, task.error, task.attempt) == ("failed", tasks.LOST, 3) and task.ended_at
    assert tasks.percent(task) < 100


@pytest.mark.usefixtures("bada")
def test_try_that_came_to_grief_is_followed_by_the_next_sweep(app: Flask) -> None:
    task_id = started(app, state="running")
    for attempt in (1, 2, 3):
        with app.app_context(), transaction():
            tasks.lay_down(task_id, attempt)
        again = swept(app)
        change(app, task_id, state="running") if again else None
    assert (look(app, task_id).state, look(app, task_id).error) == ("failed", tasks.BROKEN)


@pytest.mark.usefixtures("bada")
def test_task_that_nobody_begins_is_left_again_and_given_up_after_a_day(app: Flask) -> None:
    task_id = started(app, heartbeat_at=long_ago(seconds=59))
    assert swept(app) == []
    change(app, task_id, heartbeat_at=long_ago(seconds=61))
    assert swept(app) == [(task_id, 1)] and swept(app) == []
    change(app, task_id, heartbeat_at=long_ago(seconds=61), created_at=long_ago(hours=25))
    assert swept(app) == [] and look(app, task_id).error == tasks.NEVER_BEGUN


@pytest.mark.usefixtures("bada")
def test_two_sweeps_at_once_take_each_task_once(app: Flask) -> None:
    task_id = started(app, state="running", heartbeat_at=long_ago(seconds=30))
    together, taken = Barrier(3), list[tuple[int, int]]()

    def sweep() -> None:
        together.wait()
        taken.extend(swept(app))

    threads = [Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [(task_id, 2)]


@pytest.mark.usefixtures("bada")
def test_worker_that_wakes_up_before_the_sweep_goes_on(app: Flask) -> None:
    task_id = started(app, state="running", heartbeat_at=long_ago(seconds=30))
    with app.app_context(), transaction():
        tasks.beat(task_id, 1, "posts", 1, 2)
    assert swept(app) == [] and look(app, task_id).attempt == 1


def test_member_is_told_of_what_was_done_and_what_failed_and_not_of_what_they_cancelled(
    app: Flask, bada: int
) -> None:
    events: list[str] = []
    for state in ("done", "failed", "cancelled"):
        task_id = started(app, state="running")
        with app.app_context(), transaction():
            if state == "done":
                tasks.finish(task_id, 1, {"file": "a.zip"}, now())
            elif state == "failed":
                tasks.fail(task_id, 1, tasks.FULL)
            else:
                tasks.cancel(tasks.find(task_id, member()), member())
            events += [type(event).__name__ for event in db.session.info["pending events"]]
    with app.app_context():
        of = sa.select(Notification.task_id).where(Notification.user_id == bada)
        told = list(db.session.scalars(of.order_by(Notification.id)))
    assert told == [task_id - 2, task_id - 1]
    assert events.count(TaskEnded.__name__) == 3 and TaskStarted.__name__ not in events


@pytest.mark.usefixtures("bada")
def test_tasks_of_long_ago_are_removed(app: Flask) -> None:
    old = started(app, state="done", ended_at=long_ago(days=91))
    kept = started(app, state="done", ended_at=long_ago(days=89))
    with app.app_context(), transaction():
        tasks.tidy()
        assert db.session.get(Task, old) is None and db.session.get(Task, kept) is not None


def test_every_reason_says_what_to_do_in_both_languages(app: Flask) -> None:
    with site(app):
        assert all(len(str(reason)) > 30 for reason in tasks.REASONS.values())
