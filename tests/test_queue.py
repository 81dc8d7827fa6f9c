"""The queue's door, as every test uses it: in memory; and its clock and its patience, without a store."""

import functools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, current_app
from redis.exceptions import ConnectionError as AwayError

from app.queue import Call, Marks, Queue, QueueDown, marks_of, task
from app.queue.down import Breaker
from app.queue.failures import in_one_line
from app.queue.scheduler import Entry, Scheduler
from app.tasks.schedule import SCHEDULE

SEOUL = ZoneInfo("Asia/Seoul")
done: list[object] = []


@task(queue="urgent", timeout=5, retries=())
def first(number: int) -> None:
    """Leaves its number, and the next call."""
    done.append((current_app.name, number))
    if number:
        queue.enqueue(first, number=number - 1)


@task()
def listed(words: list[str]) -> None:
    """Leaves the type of what it was given."""
    done.append(type(words))


@task()
def by_the_clock() -> None:
    """Is started by the clock."""


def unmarked() -> None:
    """Is no task."""


queue = Queue()


@pytest.fixture(autouse=True)
def memory() -> None:
    """An empty queue in memory."""
    app = Flask("test")
    app.config["REDIS_URL"] = "memory://"
    queue.init_app(app)
    done.clear()


def test_calls_run_in_order_with_what_they_leave_each_in_an_application_context() -> None:
    queue.enqueue(first, number=1)
    queue.enqueue(first, number=0)
    assert [call.arguments for call in queue.waiting] == [{"number": 1}, {"number": 0}]
    assert queue.waiting[0].name == "tests.test_queue.first"
    assert queue.waiting[0].marks == Marks("urgent", 5, ())
    assert queue.run() == 3
    assert done == [("test", 1), ("test", 0), ("test", 0)]
    assert queue.waiting == []


def test_arguments_arrive_as_json_would_bring_them() -> None:
    queue.enqueue(listed, words=("a", "b"))
    queue.run()
    assert done == [list]
    with pytest.raises(TypeError, match="not JSON serializable"):
        queue.enqueue(listed, words={"a", "b"})


def test_an_error_reaches_the_test_and_the_rest_still_waits() -> None:
    queue.enqueue(first, wrong=1)
    queue.enqueue(first, number=0)
    with pytest.raises(TypeError):
        queue.run()
    assert queue.waiting == [Call(first, {"number": 0})]


def test_only_marked_functions_are_enqueued() -> None:
    with pytest.raises(TypeError, match=r"tests\.test_queue\.unmarked is no task"):
        queue.enqueue(unmarked)
    assert marks_of(by_the_clock) == Marks("default", 60, (10, 60, 300))


def test_a_decorator_between_keeps_the_marks() -> None:
    @functools.wraps(first)
    def wrapped(number: int) -> None:
        first(number)

    assert marks_of(wrapped) == marks_of(first)


def test_a_store_that_is_sent_away_refuses_everything() -> None:
    queue.memory.away = True
    for verb in (
        queue.ping,
        queue.wake,
        queue.recover,
        queue.recover_all,
        lambda: queue.enqueue(by_the_clock),
    ):
        with pytest.raises(QueueDown):
            verb()
    assert queue.waiting == []


def test_a_turn_is_taken_once() -> None:
    assert queue.enqueue_once("morning", 60, by_the_clock)
    assert not queue.enqueue_once("morning", 60, by_the_clock)
    assert queue.enqueue_once("evening", 60, by_the_clock)
    assert len(queue.waiting) == 2


def test_gathered_ids_are_returned_once_the_earliest_first() -> None:
    queue.gather("seen", {1: 30.0, 2: 10.0})
    queue.gather("seen", {1: 20.0, 3: 40.0})
    assert queue.gathered("seen", 2) == {2: 10.0, 1: 30.0}
    assert queue.gathered("seen", 2) == {3: 40.0}
    assert queue.gathered("seen", 2) == {}


def test_a_queue_without_a_store_says_what_is_missing() -> None:
    with pytest.raises(RuntimeError, match="init_app"):
        Queue().enqueue(by_the_clock)


def test_memory_is_only_at_hand_where_calls_are_kept_in_memory() -> None:
    app = Flask("test")
    app.config["REDIS_URL"] = "redis://127.0.0.1:1/0"
    real = Queue()
    real.init_app(app)
    with pytest.raises(TypeError, match="memory://"):
        real.run()


def test_the_clock_starts_each_turn_once_and_catches_up_after_a_night_without_power() -> None:
    entries = [Entry(by_the_clock, 10), Entry(listed, "10 4 * * *")]
    scheduler = Scheduler(queue, entries, SEOUL)
    moment = datetime(2026, 11, 21, 14, 5, 3, tzinfo=SEOUL)
    for seconds in (0, 1, 6):
        scheduler.tick(moment + timedelta(seconds=seconds))
    assert [call.function for call in queue.waiting] == [by_the_clock, listed]
    scheduler.tick(moment + timedelta(seconds=7))
    assert [call.function for call in queue.waiting] == [by_the_clock, listed, by_the_clock]

    another = Scheduler(queue, entries, SEOUL)
    another.tick(moment + timedelta(seconds=8))
    assert len(queue.waiting) == 3
    another.tick(datetime(2026, 11, 22, 9, 0, 5, tzinfo=SEOUL))
    assert len(queue.waiting) == 5


def test_a_crontab_means_the_sites_clock() -> None:
    turn = Entry(listed, "10 4 * * *").turn(datetime(2026, 11, 21, 14, 5, tzinfo=SEOUL))
    assert turn == f"tests.test_queue.listed@{int(datetime(2026, 11, 20, 19, 10, tzinfo=UTC).timestamp())}"


def test_a_turn_stays_due_while_the_store_is_away() -> None:
    scheduler = Scheduler(queue, [Entry(by_the_clock, 10)], SEOUL)
    moment = datetime(2026, 11, 21, 14, 5, 3, tzinfo=SEOUL)
    queue.memory.away = True
    with pytest.raises(QueueDown):
        scheduler.tick(moment)
    queue.memory.away = False
    scheduler.tick(moment)
    assert len(queue.waiting) == 1


def test_everything_in_the_schedule_can_be_enqueued() -> None:
    for entry in SCHEDULE:
        queue.enqueue_once(entry.turn(datetime.now(SEOUL)), entry.keep, entry.function)
    assert len(queue.waiting) == len(SCHEDULE)


def test_one_caller_finds_out_for_all_that_a_store_is_back() -> None:
    breaker = Breaker(rest=0.05)

    def call(error: Exception | None = None) -> None:
        with breaker.closed():
            if error:
                raise error

    with pytest.raises(QueueDown, match="failed: gone"):
        call(AwayError("gone"))
    with pytest.raises(QueueDown, match="a moment ago"):
        call()
    breaker._next_try = 1e-9
    with breaker.closed(), pytest.raises(QueueDown, match="a moment ago"):
        call()
    call()
    with pytest.raises(ValueError, match="ours"):
        call(ValueError("ours"))
    call()


def test_after_a_failure_of_a_service_one_caller_tries_for_all() -> None:
    assert queue.may_try("mail", 60) and queue.may_try("mail", 60)
    queue.note_down("mail", 60)
    assert queue.rests("mail") and not queue.may_try("mail", 60)
    queue.note_down("mail", 0)
    assert [queue.may_try("mail", 60) for _ in range(3)] == [True, False, False]
    queue.note_up("mail")
    assert not queue.rests("mail") and queue.may_try("mail", 60) and queue.may_try("mail", 60)


def test_one_caller_at_a_time_is_at_a_work() -> None:
    with queue.alone("drain", 60) as sign:
        assert sign
        sign()
        with queue.alone("drain", 60) as second:
            assert second is None
    with queue.alone("drain", 60) as sign:
        assert sign


def test_call_that_fails_is_kept_put_back_and_dropped() -> None:
    queue.enqueue(first, wrong=1)
    with pytest.raises(TypeError):
        queue.run()
    (failed,) = queue.failed()
    assert (failed.task, failed.queue, failed.tries, failed.arguments) == (
        "tests.test_queue.first",
        "urgent",
        1,
        {"wrong": 1},
    )
    assert failed.error.startswith("TypeError: first() got an unexpected keyword argument")
    assert queue.retry(failed.id) and not queue.retry(failed.id) and queue.failed() == []
    with pytest.raises(TypeError):
        queue.run()
    (failed,) = queue.failed()
    assert failed.tries == 2
    assert queue.drop(failed.id) and not queue.drop(failed.id) and queue.waiting == []


@pytest.mark.parametrize(
    ("trace", "line"),
    [
        ("", ""),
        ("Lost its worker 3 times.", "Lost its worker 3 times."),
        (
            'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    x\nValueError: a\nb',
            "ValueError: a",
        ),
        (
            'Traceback:\n  File "a.py", line 1\nOSError: 1\n\nDuring …\n\n  File "b.py", line 2\n    y\nKeyError: 2',
            "KeyError: 2",
        ),
        ('  File "a.py", line 1\n    x', "x"),
    ],
)
def test_error_is_told_in_one_line(trace: str, line: str) -> None:
    assert in_one_line(trace) == line
