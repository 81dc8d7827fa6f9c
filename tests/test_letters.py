"""Every letter of the site, in both languages: whole, in one language, and saying the same with and without looks."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from app.email import KeptLetter
from app.i18n import LANGUAGES
from tests.cast import Cast, words
from tests.letters import ADDRESS, CAUSES, NAMES

TO_ADMINS = {"error"}
URL = re.compile(r"https?://[^\s<>\"]+")
OUTSIDE = re.compile(
    r"<(?:img|link|script|iframe|object|embed|video|audio|form|input)\b|url\(|@import|@font-face"
)
COLOURED = re.compile(r"(?:^|;)(?:color|background|border-top):")


class Elements(HTMLParser):
    """The tags of a letter, each with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps a tag."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def test_every_letter_is_read_here(app: Flask) -> None:
    folder = Path(app.root_path) / "templates" / "mail"
    assert {path.name for path in folder.iterdir() if path.is_dir()} == CAUSES.keys() | TO_ADMINS


@pytest.fixture(params=sorted(LANGUAGES))
def locale(request: pytest.FixtureRequest) -> str:
    """Each language."""
    return str(request.param)


@pytest.fixture(params=sorted(CAUSES))
def letter(request: pytest.FixtureRequest, cast: Cast, locale: str) -> KeptLetter:
    """Each letter."""
    return CAUSES[request.param](cast, locale)


def test_letter_is_whole_and_in_its_readers_language(letter: KeptLetter, locale: str) -> None:
    assert letter.to == ADDRESS
    assert re.fullmatch(r"\[한마디\] \S.*", letter.subject) and len(letter.subject) < 70
    for said in (letter.subject, letter.text, words(letter.html)):
        assert not re.search(r"%\(|\{\{|\{%|&(?:amp|lt|gt|quot|#\d+);|None|  $", said), said
        assert foreign(said, locale) == [], said
    is_proved = "/auth/confirm" in letter.text or not re.search(r"\b\d{6}\b", letter.text)
    assert (NAMES[locale][0] in letter.text) == is_proved and f'<html lang="{locale}">' in letter.html
    if locale == "ko":
        assert all(line.endswith(("니다.", "니다!", "시오.")) for line in sentences(letter.text)), letter.text


def foreign(text: str, locale: str) -> list[str]:
    """Returns the words of another language; addresses, names and the site's name belong to all."""
    text = URL.sub("", text).replace("한마디", "")
    other = r"[A-Za-z]{2,}" if locale == "ko" else r"[가-힣]+"
    return re.findall(other, text)


def sentences(text: str) -> list[str]:
    """Returns the lines of a letter that are sentences of ours, which end in a full stop or the like."""
    ours = (line for line in text.splitlines() if not line.startswith(("안녕하세요", "* ", "  ")))
    return [line for line in ours if line.endswith((".", "!"))]


def test_letter_says_the_same_with_and_without_looks(letter: KeptLetter) -> None:
    links = {attributes["href"] for tag, attributes in Elements(letter.html).found if tag == "a"}
    assert links == set(URL.findall(letter.text))
    assert links >= {"http://localhost"} and all(link.startswith("http://localhost") for link in links)
    plain = " ".join(URL.sub("", words(letter.html)).split())
    for line in URL.sub("", letter.text).splitlines():
        said = re.sub(r"^\* |^--$|^한마디 · *$|: *$", "", line.strip())
        assert said in plain, f"{said!r} is not in {plain!r}"


def test_letter_asks_nobody_for_anything_and_is_read_in_the_dark(letter: KeptLetter) -> None:
    assert not OUTSIDE.search(letter.html)
    assert '<meta name="color-scheme" content="light dark">' in letter.html
    (dark,) = re.findall(r"(?s)@media \(prefers-color-scheme: dark\) \{(.*?)\n\}", letter.html)
    known = set(re.findall(r"\.([a-z]+) \{", dark))
    for tag, attributes in Elements(letter.html).found:
        if COLOURED.search(attributes.get("style", "").replace("color:inherit", "")):
            assert known & set(attributes.get("class", "").split()), (
                f"Give {tag} {attributes} its dark colours."
            )


def test_letters_lines_stay_short_enough_to_be_quoted(letter: KeptLetter) -> None:
    assert all(len(line) <= 140 or URL.search(line) for line in letter.text.splitlines()), letter.text
