"""Events are told once, after the commit that made them true, and what is owed is done whatever happens."""

from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.events import BadgesChanged, PostLiked, UserSeen, record, turn_of
from app.extensions import db, queue
from app.models import Errand, Tag
from app.models.columns import now
from app.services import errands
from app.tasks import errands as errand_tasks
from app.tasks import mail, users
from app.transaction import reading, release, savepoint, step, transaction, transactional
from tests.cast import Cast, Visitor


def waiting() -> list[object]:
    return [call.arguments for call in queue.waiting]


def test_event_is_told_after_the_commit_and_once(app: Flask) -> None:
    with app.app_context():
        with transaction():
            record(BadgesChanged(1))
            record(BadgesChanged(1))
            assert waiting() == []
        assert waiting() == [{"user_id": 1}]
        with transaction():
            db.session.execute(sa.select(1))
        assert len(waiting()) == 1


def test_rollback_forgets_what_was_recorded(app: Flask) -> None:
    with app.app_context():
        with suppress(ZeroDivisionError), transaction():
            record(BadgesChanged(1))
            raise ZeroDivisionError
        with transaction():
            db.session.execute(sa.select(1))
        assert waiting() == []


def test_savepoint_that_is_undone_forgets_only_its_own(app: Flask) -> None:
    with app.app_context(), transaction():
        record(BadgesChanged(1))
        with suppress(ZeroDivisionError), savepoint():
            with savepoint():
                record(BadgesChanged(2))
            record(BadgesChanged(3))
            raise ZeroDivisionError
        with savepoint():
            record(BadgesChanged(4))
        assert waiting() == []
    assert waiting() == [{"user_id": 1}, {"user_id": 4}]


def test_commit_that_fails_tells_nothing_and_owes_nothing(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다", email="bada@example.com")
    queue.run()

    def fail(_session: object, _context: object) -> None:
        raise ZeroDivisionError

    sa.event.listen(db.session, "after_flush", fail)
    try:
        assert bada.post("/auth/forgot", email="bada@example.com").status_code == 500
    finally:
        sa.event.remove(db.session, "after_flush", fail)
    assert waiting() == []
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Errand)) == 0


def test_event_without_reaction_starts_nothing(app: Flask) -> None:
    with app.app_context(), transaction():
        record(PostLiked(1, 2))
    assert waiting() == []


def test_steps_release_and_reading_keep_their_promises(app: Flask) -> None:
    @transactional
    def write(name: str) -> None:
        db.session.add(Tag(key=name, name=name))

    with app.app_context():
        with suppress(ZeroDivisionError), transaction():
            write("하나")
            db.session.add(Tag(key="둘", name="둘"))
            step()
            db.session.add(Tag(key="셋", name="셋"))
            raise ZeroDivisionError
        db.session.add(Tag(key="넷", name="넷"))
        release()
        with reading():
            assert sorted(db.session.scalars(sa.select(Tag.key))) == ["둘", "하나"]


def test_store_that_is_away_breaks_no_request_and_the_letter_still_comes(
    cast: Cast, stranger: Visitor
) -> None:
    cast.member("바다", email="bada@example.com")
    queue.memory.away = True
    try:
        assert stranger.post("/auth/forgot", email="bada@example.com").status_code == 200
    finally:
        queue.memory.away = False
    assert stranger.letters() == []
    with cast.app.app_context():
        queue.enqueue(errand_tasks.sweep)
    assert stranger.letters() == [], "Whoever was just told of it may be on the way."
    later(cast.app, due_at=now())
    with cast.app.app_context():
        queue.enqueue(errand_tasks.sweep)
    assert [letter.to for letter in stranger.letters()] == ["bada@example.com"]


def later(app: Flask, **values: object) -> None:
    with app.app_context(), transaction():
        db.session.execute(sa.update(Errand).values(**values))


def test_errand_is_done_once_even_when_it_is_started_twice(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", email="bada@example.com")
    stranger.post("/auth/forgot", email="bada@example.com")
    queue.waiting.append(queue.waiting[0])
    assert len(stranger.letters()) == 1
    with cast.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Errand)) == 0


def test_errand_that_fails_stays_and_is_started_again(
    cast: Cast, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.member("바다", email="bada@example.com")
    stranger.post("/auth/forgot", email="bada@example.com")

    def refuse(*_: object, **__: object) -> None:
        raise OSError("the mail server is away")

    with monkeypatch.context() as patch:
        patch.setattr("app.email.send", refuse)
        with pytest.raises(OSError, match="away"):
            stranger.letters()
    with cast.app.app_context():
        assert db.session.scalars(sa.select(Errand.attempts)).all() == [1]
        with transaction():
            assert errands.overdue() == []
    later(cast.app, due_at=now())
    with cast.app.app_context():
        queue.enqueue(errand_tasks.sweep)
    assert len(stranger.letters()) == 1


def test_errand_of_a_worker_that_has_died_is_started_again(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", email="bada@example.com")
    stranger.post("/auth/forgot", email="bada@example.com")
    queue.waiting.clear()
    later(cast.app, due_at=now(), claimed_until=now() + timedelta(seconds=1), attempts=1)
    with cast.app.app_context():
        queue.enqueue(errand_tasks.sweep)
    assert stranger.letters() == [], "Somebody may still be at work on it."
    later(cast.app, claimed_until=now() - timedelta(seconds=1))
    with cast.app.app_context():
        queue.enqueue(errand_tasks.sweep)
    assert len(stranger.letters()) == 1


def test_try_that_fails_after_another_has_begun_changes_nothing(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", email="bada@example.com")
    stranger.post("/auth/forgot", email="bada@example.com")
    with cast.app.app_context():
        with transaction():
            (errand,) = errands.listed()
            assert errands.claim(errand.id)
        later(cast.app, claimed_until=now() - timedelta(seconds=1))
        with transaction():
            again = errands.claim(errand.id)
            assert again is not None and again.attempts == 2
            errands.postpone(errand.id, 1)
        with transaction():
            assert errands.claim(errand.id) is None, "The second one is still at work."
            errands.postpone(errand.id, 2)
        with transaction():
            assert errands.claim(errand.id)


def test_waiting_errand_is_left_in_the_queue_once_however_often_it_is_swept(
    cast: Cast, stranger: Visitor
) -> None:
    cast.member("바다", email="bada@example.com")
    stranger.post("/auth/forgot", email="bada@example.com")
    queue.waiting.clear()
    later(cast.app, due_at=now())
    with cast.app.app_context():
        for _ in range(3):
            errand_tasks.sweep()
    assert [call.function for call in queue.waiting] == [errand_tasks.run]


def test_errand_that_would_come_too_late_is_struck_off(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", email="bada@example.com")
    stranger.post("/auth/forgot", email="bada@example.com")
    later(cast.app, expires_at=now() - timedelta(seconds=1))
    with cast.app.app_context():
        queue.enqueue(errand_tasks.sweep)
    assert stranger.letters() == []
    with cast.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Errand)) == 0


@pytest.mark.parametrize(
    "work", [mail.confirm_email, mail.change_email, mail.reset_password, mail.password_changed]
)
def test_letters_to_nobody_are_not_written(app: Flask, stranger: Visitor, work: object) -> None:
    with app.app_context():
        work(user_id=10**9)  # type: ignore[operator]
        mail.email_changed(user_id=10**9, old_email="x@example.com")
        queue.gather(turn_of(users.note_seen), {10**9: 0.0})
        users.note_seen()
        assert queue.gathered(turn_of(users.note_seen), 1) == {}
    assert stranger.letters() == []


def test_gathered_events_start_no_task_and_are_handled_together(app: Flask) -> None:
    with app.app_context():
        for session_id in (1, 2, 1):
            with transaction():
                record(UserSeen(session_id))
        assert waiting() == []
        assert queue.gathered(turn_of(users.note_seen), 10).keys() == {1, 2}
