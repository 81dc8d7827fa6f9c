"""The letter about notifications that were not read: when it comes, what it tells, and how it is stopped."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from itsdangerous import URLSafeSerializer

from app import email
from app.email import KeptLetter
from app.extensions import db, queue
from app.models import Notification, NotificationSetting, User
from app.models.columns import now
from app.services import letters
from app.tasks import mail
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.letters import ADDRESS, a_while_ago, row
from tests.servers.post_office import PostOffice

SITE = "https://hanmadi.example"
ASKED = dict.fromkeys(("reply", "mention", "message"), (True, True))
"""What ``wants_letters`` switches on."""


@pytest.fixture
def bada(cast: Cast) -> Visitor:
    """Whoever gets the letter."""
    return cast.member("바다", email=ADDRESS, locale="ko").wants_letters()


@pytest.fixture
def haneul(cast: Cast) -> Visitor:
    """Whoever does something."""
    return cast.member("하늘", locale="ko")


@pytest.fixture
def through(office: PostOffice, mails_to: Callable[..., None]) -> PostOffice:
    """The mail server that the site sends through."""
    mails_to(**office.settings())
    return office


def reply(cast: Cast, author: Visitor, reader: Visitor, body: str = "그러게요") -> None:
    """Lets somebody answer a new post, a while ago."""
    cast.post(author, body, parent=cast.post(reader, "가을 하늘이 높아요"))
    a_while_ago(cast)


def turn(cast: Cast) -> None:
    """Lets the clock's turn for letters come, and the workers do what it leaves."""
    with cast.app.app_context():
        queue.enqueue(mail.tell_unread)
        queue.run()


def letters_to(visitor: Visitor) -> list[KeptLetter]:
    """Returns the letters to the reader, the latest first."""
    return [letter for letter in visitor.letters() if letter.to == ADDRESS]


def days_go_by(cast: Cast, days: float) -> None:
    """Lets letters have gone so much earlier."""
    with cast.app.app_context(), transaction():
        mailed = sa.select(Notification.id, Notification.mailed_at).where(Notification.mailed_at.is_not(None))
        for id, at in db.session.execute(mailed).all():
            assert at
            earlier = sa.update(Notification).where(Notification.id == id)
            db.session.execute(earlier.values(mailed_at=at - timedelta(days=days)))


def raw(cast: Cast) -> EmailMessage:
    """Returns the letter that has come last, as it came."""
    latest = max(cast.app.config["MAIL_FOLDER"].glob("*.eml"))
    return message_from_bytes(latest.read_bytes(), _class=EmailMessage, policy=policy.default)


def stop_link(letter: KeptLetter) -> str:
    """Returns the path that a letter's last link leads to."""
    found = re.findall(r"https?://[^/]+(/letters/stop\S+)", letter.text)
    return str(found[-1])


def wishes(cast: Cast, visitor: Visitor) -> dict[str, tuple[bool, bool]]:
    """Returns what a member has set otherwise than everybody: kind, on the site, by mail."""
    with cast.app.app_context():
        query = sa.select(NotificationSetting).where(NotificationSetting.user_id == row(visitor).id)
        return {one.kind: (one.on_site, one.by_mail) for one in db.session.scalars(query)}


def test_letter_comes_once_a_day_and_tells_what_is_new(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    reply(cast, haneul, bada)
    turn(cast)
    (letter,) = letters_to(bada)
    assert letter.subject == "[한마디] 하늘님이 답글을 남겼어요"
    lines = letter.text.splitlines()
    place = lines.index("* 하늘님이 답글을 남겼어요")
    assert lines[place + 1] == "  그러게요" and lines[place + 2].startswith("  http://localhost/posts/")
    turn(cast)
    reply(cast, haneul, bada, "또 그러게요")
    turn(cast)
    assert len(letters_to(bada)) == 1, "That is for tomorrow."
    days_go_by(cast, 1)
    turn(cast)
    assert len(letters_to(bada)) == 2
    assert "또 그러게요" in letters_to(bada)[0].text and "  그러게요" not in letters_to(bada)[0].text


def test_nothing_is_told_that_was_read_or_happened_just_now(
    cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    reply(cast, haneul, bada)
    with cast.app.app_context(), transaction():
        db.session.execute(sa.update(Notification).values(read_at=now()))
    cast.post(haneul, "방금 쓴 답글", parent=cast.post(bada, "방금 쓴 글"))
    turn(cast)
    assert letters_to(bada) == []


def test_two_clocks_at_once_send_one_letter(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    reply(cast, haneul, bada)
    with cast.app.app_context():
        user_id = row(bada).id
    together = Barrier(4)

    def write() -> None:
        together.wait()
        with cast.app.app_context():
            mail.notifications(user_id)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(write) for _ in range(4)]:
            done.result()
    assert len(letters_to(bada)) == 1


def test_clock_that_comes_again_before_the_workers_leaves_no_second_call(
    cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    reply(cast, haneul, bada)
    with cast.app.app_context():
        mail.tell_unread()
        mail.tell_unread()
        assert [call.function for call in queue.waiting] == [mail.notifications]
        queue.run()
        days_go_by(cast, 1)
    reply(cast, haneul, bada)
    turn(cast)
    assert len(letters_to(bada)) == 2, "The next day there is a call again."


def test_letter_that_cannot_go_now_goes_when_the_mail_server_is_back(
    cast: Cast, bada: Visitor, haneul: Visitor, through: PostOffice
) -> None:
    reply(cast, haneul, bada)
    through.close()
    turn(cast)
    through.open()
    turn(cast)
    assert through.letters == [], "It rests for half a minute."
    queue.note_down(email.SERVICE, 0)
    through.answers["RCPT"].append("450 4.2.1 Later")
    for _ in range(3):
        turn(cast)
    assert [letter.to for letter in through.letters] == [ADDRESS]


def test_letter_that_is_refused_for_good_is_not_tried_again_the_same_day(
    cast: Cast, bada: Visitor, haneul: Visitor, through: PostOffice
) -> None:
    reply(cast, haneul, bada)
    through.answers["RCPT"].append("550 5.1.1 Nobody of that name")
    for _ in range(3):
        turn(cast)
    assert through.letters == [] and through.connections == 1


def test_letter_names_ten_and_counts_the_others(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    post = cast.post(bada, "가을 하늘이 높아요")
    for number in range(12):
        cast.post(haneul, f"답글 {number}", parent=post)
    a_while_ago(cast)
    turn(cast)
    (letter,) = letters_to(bada)
    assert letter.subject == "[한마디] 읽지 않은 알림 12개"
    assert letter.text.count("* 하늘님이") == letter.html.count("하늘님이") == 10
    assert "그 밖에 2개가 더 있습니다." in letter.text and "그 밖에 2개가 더 있습니다." in letter.html
    days_go_by(cast, 1)
    turn(cast)
    assert len(letters_to(bada)) == 1, "All twelve were told."


def test_no_name_reaches_beyond_its_place_in_a_letter(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    reply(cast, haneul, bada, '<i>그러게요</i> & "예"')
    with cast.app.app_context(), transaction():
        strange = "<b>하늘</b>\r\nBcc: other@example.com"
        db.session.execute(sa.update(User).where(User.username == "하늘").values(display_name=strange))
    turn(cast)
    (letter,) = letters_to(bada)
    assert letter.subject == "[한마디] <b>하늘</b> Bcc: other@example.com님이 답글을 남겼어요"
    assert "Bcc" not in raw(cast)
    assert "<b>하늘</b>" not in letter.html and "&lt;b&gt;하늘&lt;/b&gt;" in letter.html
    assert "<i>" not in letter.html and '<i>그러게요</i> & "예"' in letter.text


@pytest.fixture
def letter(cast: Cast, bada: Visitor, haneul: Visitor, monkeypatch: pytest.MonkeyPatch) -> KeptLetter:
    """A letter of a site that is reached over TLS."""
    monkeypatch.setitem(cast.app.config, "EXTERNAL_URL", SITE)
    reply(cast, haneul, bada)
    turn(cast)
    return letters_to(bada)[0]


def test_letter_says_to_mail_programs_how_it_is_stopped(cast: Cast, letter: KeptLetter) -> None:
    message = raw(cast)
    assert message["List-Unsubscribe"] == f"<{SITE}{stop_link(letter)}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (line,) = re.findall(
        rb"(?m)^List-Unsubscribe: .*$",
        max(cast.app.config["MAIL_FOLDER"].glob("*.eml")).read_bytes().replace(b"\r\n", b"\n"),
    )
    assert line == f"List-Unsubscribe: <{SITE}{stop_link(letter)}>".encode(), (
        "No program puts it together again."
    )


def test_one_click_is_only_promised_where_it_is_safe(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    reply(cast, haneul, bada)
    turn(cast)
    assert raw(cast)["List-Unsubscribe"].startswith("<http://localhost/letters/stop?token=")
    assert "List-Unsubscribe-Post" not in raw(cast)


def test_mail_program_stops_the_letters_with_one_click(
    cast: Cast, bada: Visitor, letter: KeptLetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cast.app.config, "WTF_CSRF_ENABLED", True)
    program = cast.app.test_client()
    for _ in range(2):
        answer = program.post(stop_link(letter), data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200, "A redirect is none of its business."
    assert wishes(cast, bada) == {}, "Everything is told on the site, and nothing by mail."
    assert "hanmadi-in" not in str(answer.headers.getlist("Set-Cookie")), "It signs nobody in."


def test_stopped_letters_come_no_more_and_the_site_tells_as_before(
    cast: Cast, bada: Visitor, haneul: Visitor, letter: KeptLetter
) -> None:
    Visitor(cast.app).post(stop_link(letter))
    days_go_by(cast, 1)
    reply(cast, haneul, bada)
    turn(cast)
    assert len(letters_to(bada)) == 1
    assert bada.read("/notifications").count("답글을 남겼어요") == 2
    bada.post("/auth/forgot", email=ADDRESS)
    assert len(letters_to(bada)) == 2, "What is asked for comes."


def test_what_was_chosen_for_the_site_stays_when_letters_are_stopped(
    cast: Cast, bada: Visitor, letter: KeptLetter
) -> None:
    bada.post("/settings/notifications", on_site=["reply", "mention"], by_mail=["reply", "like"])
    Visitor(cast.app).post(stop_link(letter))
    assert wishes(cast, bada) == {
        "like": (False, False),
        "follow": (False, False),
        "message": (False, False),
        "task": (False, False),
    }


def test_link_asks_before_it_changes_anything(cast: Cast, bada: Visitor, letter: KeptLetter) -> None:
    stranger = Visitor(cast.app)
    page = stranger.read(stop_link(letter))
    assert "이 메일을 그만 받을까요?" in page and "그만 받기" in page and "메일로 받을 알림 고르기" in page
    assert "바다" not in page, "Whoever has the link need not know whose it is."
    assert wishes(cast, bada) == ASKED
    html = stranger.get(stop_link(letter)).text
    action = re.search(r'method="post" action="(/letters/stop[^"]+)"', html)
    assert action and "이제 이 메일을 보내지 않아요" in stranger.post(action[1]).text
    assert wishes(cast, bada) == {}


def test_link_that_is_not_ours_is_not_found(cast: Cast, bada: Visitor, letter: KeptLetter) -> None:
    good = stop_link(letter).partition("token=")[2]

    def signed(key: str, salt: str, what: object) -> str:
        return str(URLSafeSerializer(key, salt=salt).dumps(what))

    key = cast.app.config["SECRET_KEY"]
    bad = ["", "x", good[:-1], good[1:], good + "x", good.replace(".", "..")]
    bad += [signed("another key", "letters", [1, letters.KIND]), signed(key, "other", [1, letters.KIND])]
    for token in bad:
        for ask in (Visitor(cast.app).get, Visitor(cast.app).post):
            assert ask(f"/letters/stop?token={token}").status_code == 404, token
    assert wishes(cast, bada) == ASKED


@pytest.mark.parametrize("what", [[10**9, letters.KIND], [1, "passwords"], 1, "바다", [1], {"a": 1}])
def test_signed_text_that_says_something_else_is_not_found(app: Flask, what: object) -> None:
    with app.app_context():
        token = letters._signer().dumps(what)
    assert Visitor(app).post(f"/letters/stop?token={token}").status_code == 404


def test_link_works_for_years_and_whoever_is_signed_in(
    cast: Cast, bada: Visitor, haneul: Visitor, letter: KeptLetter
) -> None:
    with cast.app.app_context():
        assert letters.token(row(bada)) in stop_link(letter), "It says whose it is, and nothing that changes."
    assert haneul.wants_letters().post(stop_link(letter)).status_code == 200
    assert wishes(cast, haneul) == ASKED and wishes(cast, bada) == {}


def test_language_of_the_letter_is_its_readers(cast: Cast, haneul: Visitor) -> None:
    english: Callable[..., Visitor] = cast.member
    reader = english("Sam", email=ADDRESS, locale="en").wants_letters()
    reply(cast, haneul, reader)
    turn(cast)
    assert letters_to(reader)[0].subject == "[한마디] 하늘 replied to you"
