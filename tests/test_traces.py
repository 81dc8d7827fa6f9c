"""What people wrote reaches neither the log, nor the store, nor the letters to administrators."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from app import logs, traces
from app.extensions import db, queue
from app.models import Post, User
from app.queue import task
from app.services import posts
from app.wiring import mail_error
from tests.cast import Cast, Visitor
from tests.servers.post_office import PostOffice

PRIVATE = "아무에게도 보이지 않을 글"
ADDRESS = "someone.private@example.com"


class Kept(logging.Handler):
    """The lines as they are written to the log."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.format = app.logger.handlers[0].format  # type: ignore[method-assign]
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines(app: Flask, mails_to: Callable[..., None], office: PostOffice) -> Iterator[list[str]]:
    """The log of a site whose administrators want to know of errors."""
    mails_to(ADMINS=["admin@example.com"], **office.settings())
    kept, mailer = Kept(app), logs.ErrorMailer(mail_error)
    app.logger.addHandler(kept)
    app.logger.addHandler(mailer)
    yield kept.lines
    app.logger.removeHandler(kept)
    app.logger.removeHandler(mailer)


def without_author(*_arguments: object, **_more: object) -> Any:
    """Inserts a row that the database refuses, and whose values PostgreSQL quotes in its DETAIL line."""
    return db.session.execute(sa.insert(Post).values(body=PRIVATE, author_id=None))


def without_name(*_arguments: object, **_more: object) -> Any:
    """Does the same where the value is an address, and the error is the cause of another one."""
    try:
        db.session.execute(sa.insert(User).values(email=ADDRESS, email_key=ADDRESS, password_hash=PRIVATE))
    except sa.exc.IntegrityError as error:
        raise RuntimeError(f"No account for {ADDRESS}") from error


def of_no_time(*_arguments: object, **_more: object) -> Any:
    """Sends a value that the database cannot read, which it quotes in its message."""
    if db.engine.dialect.name == "sqlite":
        return without_author()
    return db.session.execute(sa.text("SELECT CAST(:written AS timestamp)"), {"written": PRIVATE})


@pytest.mark.parametrize("fault", [without_author, without_name, of_no_time])
def test_failed_statement_leaves_no_private_text(
    cast: Cast,
    lines: list[str],
    monkeypatch: pytest.MonkeyPatch,
    office: PostOffice,
    fault: Callable[..., Any],
) -> None:
    bada = cast.member("바다")
    monkeypatch.setattr(posts, "publish", fault)
    answer = bada.post("/posts", body=PRIVATE)
    assert answer.status_code == 500
    (call,) = [call for call in queue.waiting if call.name.endswith("report_error")]
    assert set(call.arguments) == {"subject", "where"}
    request_id = answer.headers["X-Request-ID"]
    assert call.arguments["where"] == f"request {request_id}"
    with cast.app.app_context():
        queue.run()
    (letter,) = office.letters
    written = "\n".join([*lines, str(call.arguments), letter.message.as_string(), letter.text()])
    assert PRIVATE not in written and ADDRESS not in written
    assert "Traceback" not in letter.text() and request_id in letter.text()
    (line,) = [line for line in lines if "Uncaught" in line]
    assert request_id in line and ("INSERT" in line or "SELECT" in line)
    assert re.search(r"NOT NULL constraint failed|23502|22007", line)


def test_sign_up_with_a_taken_address_leaves_no_private_text(
    cast: Cast, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unique index that refuses is told by PostgreSQL with the value: Key (email_key)=(…) already exists."""
    cast.member("바다", email=ADDRESS)

    def twice(*_arguments: object) -> Any:
        values = {"username": "다른", "username_key": "다른", "email": ADDRESS, "email_key": ADDRESS}
        return db.session.execute(
            sa.insert(User).values(**values, password_hash=PRIVATE, confirmed_at=sa.func.now())
        )

    monkeypatch.setattr("app.services.accounts.sign_up", twice)
    form = {"username": "하늘", "email": "other@example.com", "password": "대나무 숲에서 한마디"}
    assert Visitor(cast.app).post("/auth/signup", **form).status_code == 500
    written = "\n".join(lines)
    assert ADDRESS not in written and PRIVATE not in written
    assert "email_key" in written


@task(retries=())
def stumble() -> None:
    """Fails as a job with a statement that names what somebody wrote."""
    without_author()


def test_failed_job_leaves_no_private_text(cast: Cast, lines: list[str]) -> None:
    with cast.app.app_context():
        queue.enqueue(stumble)
        with pytest.raises(sa.exc.IntegrityError):
            queue.run()
        (job,) = queue.failed()
        listed = cast.app.test_cli_runner().invoke(args=["jobs", "list"]).output
        db.session.rollback()
    assert PRIVATE not in job.error + listed and "IntegrityError" in job.error


def test_engine_hides_what_statements_are_called_with(app: Flask) -> None:
    with app.app_context():
        assert db.engine.hide_parameters


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except BaseException as caught:
        return caught


def test_message_of_postgresql_is_kept_by_code_and_names_only() -> None:
    quoted = psycopg.errors.UniqueViolation(f"Key (email)=({ADDRESS}) already exists.")
    wrapped = sa.exc.IntegrityError("INSERT INTO member VALUES (…)", {"email": ADDRESS}, quoted)
    pending = sa.exc.PendingRollbackError(f"… Original exception was: DETAIL: Key (email)=({ADDRESS})")
    for error in (quoted, wrapped, pending):
        text = traces.text(raised(RuntimeError(f"for {ADDRESS}"), raised(error)))
        assert ADDRESS not in text and "someone.private" not in text
        assert type(error).__name__ in text and "RuntimeError: for …" in text
    assert "23505" in traces.text(raised(wrapped)) and "INSERT INTO member" in traces.text(raised(wrapped))
    assert ADDRESS not in traces.words(raised(quoted))


def test_connection_that_fails_is_told_in_full() -> None:
    away = psycopg.OperationalError("connection refused: is the server running?\nmore")
    wrapped = sa.exc.OperationalError("SELECT 1", {}, away)
    assert "connection refused" in traces.text(raised(wrapped))


def test_groups_notes_and_loops_are_cleaned() -> None:
    inner = psycopg.errors.NotNullViolation(f"Failing row contains ({PRIVATE})")
    inner.add_note(f"while {PRIVATE}")
    group = raised(ExceptionGroup("two", [inner, ValueError(ADDRESS)]))
    text = traces.text(group)
    assert PRIVATE not in text and ADDRESS not in text and "NotNullViolation" in text
    loop = raised(ValueError("one"))
    loop.__context__ = other = raised(ValueError("two"))
    other.__context__ = loop
    assert "ValueError: one" in traces.text(loop)


def test_place_is_the_innermost_frame_of_ours_and_codes_tell_errors_apart(
    cast: Cast, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bada = cast.member("바다")
    for fault in (without_author, of_no_time):
        monkeypatch.setattr(posts, "publish", fault)
        assert bada.post("/posts", body=PRIVATE).status_code == 500
    subjects = [call.arguments["subject"] for call in queue.waiting if call.name.endswith("report_error")]
    assert all(re.search(r"Error \w+ in app/main/posts\.py:\d+$", subject) for subject in subjects), subjects
    # SQLite has no type that refuses the text, so there both are the same error.
    assert len(subjects) == (1 if bada.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else 2)


def test_system_errors_have_their_code() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        Path("/nowhere/at/all").read_text()
    assert traces.code(caught.value) == "ENOENT"
