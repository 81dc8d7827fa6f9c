"""Letters on their way, through a real mail server that is well, refuses, delays, hangs up, or is away."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import email
from app.extensions import db, queue
from app.models import Errand
from app.models.columns import now
from app.queue import marks_of
from app.services import errands
from app.tasks import errands as errand_tasks
from app.tasks import mail
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.servers import post_office
from tests.servers.post_office import ACCEPT_AND_HANG_UP, HANG_UP, Arrived, PostOffice

ADDRESS = "bada@example.com"


@pytest.fixture
def through(office: PostOffice, mails_to: Callable[..., None]) -> PostOffice:
    """The mail server that the site sends through."""
    mails_to(**office.settings())
    return office


def forget(stranger: Visitor) -> None:
    """Asks for a letter with a link that sets a new password."""
    assert stranger.post("/auth/forgot", email=ADDRESS).status_code == 200


def work(app: Flask) -> None:
    """Lets the worker do what waits."""
    with app.app_context():
        queue.run()


def sweep(app: Flask) -> None:
    """Lets the wait of everything owed be over, and the clock start it."""
    with app.app_context():
        with transaction():
            db.session.execute(sa.update(Errand).values(due_at=now()))
        queue.enqueue(errand_tasks.sweep)
        queue.run()


def owed(app: Flask) -> list[int]:
    """Returns how often each errand was begun that is not done."""
    with app.app_context():
        return list(db.session.scalars(sa.select(Errand.attempts).order_by(Errand.id)))


def link_in(letter: Arrived) -> str:
    """Returns the first link of a letter."""
    found = re.search(r"https?://\S+", letter.text())
    assert found
    return found[0]


def test_letter_arrives_as_every_mail_program_reads_it(
    through: PostOffice, cast: Cast, stranger: Visitor
) -> None:
    cast.member("바다", email=ADDRESS, locale="ko", display_name="바다 🌊")
    forget(stranger)
    work(cast.app)
    (letter,) = through.letters
    assert (letter.sender, letter.to) == ("no-reply@localhost", ADDRESS)
    read = letter.message
    assert read["Subject"] == "[한마디] 새 비밀번호 정하기"
    assert str(make_header(decode_header(letter.header("Subject")))) == read["Subject"]
    (sender,) = read["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("한마디", "no-reply@localhost")
    assert [address.addr_spec for address in read["To"].addresses] == [ADDRESS]
    assert abs(read["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=1)
    assert re.fullmatch(r"<\S+@localhost>", read["Message-ID"])
    assert (read["Auto-Submitted"], read["Content-Language"]) == ("auto-generated", "ko")
    assert read.get_content_type() == "multipart/alternative"
    assert "안녕하세요, 바다 🌊님." in letter.text() and "안녕하세요, 바다 🌊님." in letter.text("html")
    assert "List-Unsubscribe" not in read, "Nobody may do without a link that was asked for."
    assert letter.raw.isascii() and max(map(len, letter.raw.split(b"\r\n"))) <= 78
    assert b"\n" not in letter.raw.replace(b"\r\n", b"")


def test_every_letter_has_a_number_of_its_own(through: PostOffice, cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", email=ADDRESS)
    for _ in range(2):
        forget(stranger)
    work(cast.app)
    assert len({letter.message["Message-ID"] for letter in through.letters}) == 2


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_letter_that_is_not_taken_now_is_sent_later_and_once(
    through: PostOffice, cast: Cast, stranger: Visitor, command: str
) -> None:
    cast.member("바다", email=ADDRESS)
    through.answers[command].extend(["451 4.7.1 Greylisted, come back later"] * 2)
    forget(stranger)
    work(cast.app)
    assert owed(cast.app) == [1]
    sweep(cast.app)
    assert owed(cast.app) == [2]
    sweep(cast.app)
    assert len(through.letters) == 1 and owed(cast.app) == []
    assert not queue.rests(email.SERVICE), "Only this letter had to wait."


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_letter_that_is_refused_for_good_is_given_up_and_the_log_names_nobody(
    through: PostOffice, cast: Cast, stranger: Visitor, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    cast.member("바다", email=ADDRESS)
    through.answers[command].append(f"550 5.1.1 <{ADDRESS}>: nobody of that name")
    forget(stranger)
    work(cast.app)
    assert through.letters == [] and owed(cast.app) == []
    (line,) = [record for record in caplog.records if record.message == "A letter was refused"]
    assert (line.__dict__["letter"], line.__dict__["reason"]) == (
        "reset_password",
        "550 5.1.1 <…>: nobody of that name",
    )
    assert ADDRESS not in caplog.text


@pytest.mark.parametrize("answer", ["530 5.7.0 Sign in first", "421 4.3.2 Closing for a while"])
def test_server_that_lets_the_site_send_nothing_loses_no_letter(
    through: PostOffice, cast: Cast, stranger: Visitor, answer: str
) -> None:
    cast.member("바다", email=ADDRESS)
    through.answers["MAIL"].append(answer)
    forget(stranger)
    work(cast.app)
    assert owed(cast.app) == [1] and queue.rests(email.SERVICE)
    queue.note_down(email.SERVICE, 0)
    sweep(cast.app)
    assert len(through.letters) == 1 and owed(cast.app) == []


def test_silent_server_takes_one_worker_a_moment_and_the_others_none(
    mails_to: Callable[..., None], cast: Cast, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.email.transports.GREETING", 0.5)
    cast.member("바다", email=ADDRESS)
    with post_office.silent() as port:
        mails_to(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_STARTTLS=False)
        for _ in range(5):
            forget(stranger)
        began = time.monotonic()
        work(cast.app)
        assert 0.5 <= time.monotonic() - began < 2
    assert owed(cast.app) == [1] * 5


def test_silent_server_is_asked_by_one_for_all_whether_it_speaks_again(
    mails_to: Callable[..., None], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.email.transports.GREETING", 0.5)

    def seconds(_: int) -> float:
        began = time.monotonic()
        with app.app_context(), pytest.raises(email.MailDown):
            email.send("error", ADDRESS, "en", subject="a", text="b")
        return time.monotonic() - began

    queue.note_down(email.SERVICE, 0)
    with post_office.silent() as port:
        mails_to(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_STARTTLS=False)
        with ThreadPoolExecutor(4) as pool:
            took = sorted(pool.map(seconds, range(4)))
    assert took[-1] >= 0.5 and max(took[:-1]) < 0.4


def test_no_code_is_made_that_cannot_be_sent(through: PostOffice, cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", email=ADDRESS)
    through.answers["DATA"].append(ACCEPT_AND_HANG_UP)
    forget(stranger)
    work(cast.app)
    for _ in range(3):
        sweep(cast.app)
    assert owed(cast.app) == [4] and len(through.letters) == 1
    stranger.get(link_in(through.letters[0]).removeprefix("http://localhost"))
    assert stranger.post("/auth/reset", password="새로 정한 긴 비밀번호").status_code == 303


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_cut_connection_loses_no_letter(
    through: PostOffice, cast: Cast, stranger: Visitor, command: str
) -> None:
    cast.member("바다", email=ADDRESS)
    through.answers[command].append(HANG_UP)
    forget(stranger)
    work(cast.app)
    assert through.letters == [] and owed(cast.app) == [1]
    queue.note_down(email.SERVICE, 0)
    sweep(cast.app)
    assert len(through.letters) == 1 and owed(cast.app) == []


def test_letter_comes_twice_only_where_the_servers_yes_was_lost_and_then_the_last_link_counts(
    through: PostOffice, cast: Cast, stranger: Visitor
) -> None:
    cast.member("바다", email=ADDRESS)
    through.answers["DATA"].append(ACCEPT_AND_HANG_UP)
    forget(stranger)
    work(cast.app)
    queue.note_down(email.SERVICE, 0)
    sweep(cast.app)
    assert owed(cast.app) == []
    first, second = map(link_in, through.letters)
    assert first != second
    stranger.get(second.removeprefix("http://localhost"))
    assert stranger.get("/auth/reset").status_code == 200


@pytest.mark.parametrize("goodbye", [HANG_UP, "500 What?"])
def test_letter_that_was_taken_is_not_sent_again_whatever_the_server_says_at_the_end(
    through: PostOffice, cast: Cast, stranger: Visitor, goodbye: str
) -> None:
    cast.member("바다", email=ADDRESS)
    through.answers["QUIT"].append(goodbye)
    forget(stranger)
    work(cast.app)
    assert len(through.letters) == 1 and owed(cast.app) == []


def test_letter_that_was_owed_while_the_server_was_away_comes_when_it_is_back(
    through: PostOffice, cast: Cast, stranger: Visitor
) -> None:
    cast.member("바다", email=ADDRESS)
    through.close()
    forget(stranger)
    work(cast.app)
    waits: list[int] = []
    # An hour goes by.
    while sum(waits) < 3600:
        with cast.app.app_context():
            errand = db.session.scalars(sa.select(Errand)).one()
            waits.append(round((errand.due_at - now()).total_seconds()))
            assert errand.expires_at - now() > timedelta(hours=1, minutes=30)
        sweep(cast.app)
    assert waits[:6] == [10, 30, 60, 120, 300, 300] and through.letters == []
    through.open()
    queue.note_down(email.SERVICE, 0)
    sweep(cast.app)
    assert [letter.to for letter in through.letters] == [ADDRESS] and owed(cast.app) == []


def test_who_asks_again_while_the_server_is_away_gets_one_letter(
    through: PostOffice, cast: Cast, stranger: Visitor
) -> None:
    cast.member("바다", email=ADDRESS)
    cast.member("하늘", email="haneul@example.com")
    through.close()
    for _ in range(3):
        forget(stranger)
    stranger.post("/auth/forgot", email="haneul@example.com")
    work(cast.app)
    through.open()
    queue.note_down(email.SERVICE, 0)
    sweep(cast.app)
    assert sorted(letter.to for letter in through.letters) == [ADDRESS, "haneul@example.com"]
    assert owed(cast.app) == []


def test_try_that_takes_too_long_is_broken_off_before_another_may_begin() -> None:
    limit = marks_of(errand_tasks.run).timeout
    assert limit < errands.CLAIM_LASTS.total_seconds()


def test_error_is_told_to_every_admin(through: PostOffice, mails_to: Callable[..., None], app: Flask) -> None:
    mails_to(ADMINS=["a@example.com", "b@example.com"])
    with app.app_context():
        mail.report_error("ValueError in a.py:1\r\nBcc: x@example.com", "request 0123456789abcdef")
    assert [letter.to for letter in through.letters] == ["a@example.com", "b@example.com"]
    assert through.letters[0].message["Subject"] == "[한마디] ValueError in a.py:1 Bcc: x@example.com"
    assert "Bcc" not in through.letters[0].message


def test_letter_is_kept_whole_or_not_at_all_where_there_is_no_server(
    app: Flask, mails_to: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    mails_to(MAIL_FOLDER=tmp_path / "a file" / "mail")
    with app.app_context(), pytest.raises(email.MailDown):
        email.send("error", ADDRESS, "ko", subject="제목", text="글")


@pytest.mark.parametrize(
    "name",
    [
        "a" * 300,
        "가" * 300,
        "x",
        "20251121-140500-000000-ABCDEF01",
        "%00",
        "..%2f..%2fetc",
        "a.b",
        "-",
        "１" * 8,
    ],
)
def test_letter_of_an_odd_name_is_not_there(stranger: Visitor, name: str) -> None:
    forget(stranger)
    assert stranger.get(f"/dev/mailbox/{name}").status_code in (400, 404)
    assert stranger.get("/dev/mailbox").status_code == 200
