"""The headers of letters, as programs on the other side read them."""

import re
from collections.abc import Callable
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import email
from app.email.headers import POLICY, encoded, mailable, one_line
from tests.servers.post_office import Arrived, PostOffice


@pytest.fixture
def through(office: PostOffice, mails_to: Callable[..., None]) -> PostOffice:
    """The mail server that the site sends through."""
    mails_to(**office.settings())
    return office


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("bada@한글.kr", "bada@xn--bj0bj06e.kr"),
        ("bada@BÜCHER.example", "bada@xn--bcher-kva.example"),
        (f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 50}.example", None),
    ],
)
def test_every_address_is_written_as_mail_servers_know_it(
    through: PostOffice, app: Flask, address: str, envelope: str | None
) -> None:
    with app.app_context():
        email.send("error", address, "ko", subject="제목", text="글")
    (letter,) = through.letters
    assert letter.to == (envelope or address)
    assert letter.header("To").strip() == letter.to


def test_address_beyond_ascii_needs_a_server_that_knows_it(
    through: PostOffice, mails_to: Callable[..., None], app: Flask
) -> None:
    with app.app_context():
        email.send("error", "바다@example.com", "ko", subject="제목", text="글")
    assert through.letters == []
    office = PostOffice(utf8=True).open()
    try:
        mails_to(**office.settings())
        with app.app_context():
            email.send("error", "바다@example.com", "ko", subject="제목 " * 30, text="글")
    finally:
        office.close()
    (letter,) = office.letters
    assert (
        letter.to == "바다@example.com" and letter.message["Subject"] == f"[한마디] {('제목 ' * 30).strip()}"
    )


SUBJECTS = st.text(
    st.one_of(st.sampled_from("  가나다마바사 ab,:?=_<>\"'🌊é"), st.characters(exclude_categories=["Cs"])),
    max_size=200,
)


@given(SUBJECTS)
def test_no_letter_of_a_subject_is_lost_on_the_way(text: str) -> None:
    wanted = one_line(text)
    message = EmailMessage(policy=POLICY)
    message["Subject"] = wanted
    raw = bytes(message)
    read = Arrived("", "", raw, False, "").message["Subject"]
    assert read == wanted
    header = raw.decode("ascii").removeprefix("Subject:").split("\r\n\r\n")[0].strip()
    assert str(make_header(decode_header(re.sub(r"\r\n(?=[ \t])", "", header)))) == wanted
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 78 and sum(bool(line) for line in lines) == len(lines) - 2


@given(SUBJECTS)
def test_no_name_of_a_sender_reaches_beyond_its_place(name: str) -> None:
    message = EmailMessage(policy=POLICY)
    message["From"] = f"{one_line(name)} <no-reply@example.org>"
    letter = Arrived("", "", bytes(message), False, "")
    assert list(letter.message.keys()) == ["From"]
    # Python's own reader of addresses puts a blank between two encoded words (RFC 2047, 6.2, has none).
    written, address = parseaddr(letter.header("From"))
    assert (str(make_header(decode_header(written))), address) == (one_line(name), "no-reply@example.org")


def test_encoded_words_part_no_character_and_stay_short() -> None:
    words = encoded("한글과 🌊" * 40, 66)
    assert all(len(word) <= 75 for word in words) and len(words[0]) <= 66
    assert "".join(str(make_header(decode_header(word))) for word in words) == "한글과 🌊" * 40


def test_address_keeps_what_is_before_its_domain() -> None:
    assert mailable("A.b+c@Example.com") == "A.b+c@Example.com"
    assert mailable("가@나라.한국") == "가@xn--910bs4k.xn--3e0b707e"
