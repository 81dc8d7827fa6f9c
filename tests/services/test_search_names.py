"""Finding people and tags by their names, and suggestions while somebody types."""

import pytest
from flask import Flask

from app.extensions import db
from app.models.keyset import FIRST, PER_PAGE, Wanted
from app.services import accounts
from app.services import search as searching
from app.services.search.suggestions import MOST_TYPED
from app.transaction import transaction
from tests.cast import Cast
from tests.services.conftest import STRANGER, site, work


@pytest.fixture
def village(app: Flask, cast: Cast) -> None:
    """People and what they tag, of whom some may not be found."""
    bada = cast.member("바다누리", about_me="등대지기로 일해요", display_name="Ocean Kim")
    cast.member("바다유령", confirmed=False)
    gone = cast.member("바다도둑", about_me="등대지기였어요")
    cast.member("하늘")
    cast.post(bada, "제주에서 동백꽃을 봤어요 #동백나무 #겨울바다")
    cast.post(bada, "또 걸었어요 #동백나무")
    cast.post(gone, "훔친 동백섬 사진 #동백섬")
    work(app)
    with app.app_context(), transaction():
        accounts.suspend("바다도둑")
    work(app)


def people(app: Flask, text: str) -> list[str]:
    """Returns the names of the people whom a stranger finds."""
    with site(app):
        return [user.username for user in searching.people(text, STRANGER, FIRST).page]


def tags(app: Flask, text: str) -> list[str]:
    """Returns the names of the tags that a stranger finds."""
    with site(app):
        return [tag.name for tag in searching.tags(text, STRANGER, FIRST).page]


@pytest.mark.usefixtures("village")
@pytest.mark.parametrize(
    "text",
    [
        "바다누리",
        "@바다누리",
        "바다",
        "바다ㄴ",
        "@바",
        "ㅂㄷㄴㄹ",
        "ㅂㄷ",
        "ocean",
        "kim",
        "등대지기",
        "  바다  ",
    ],
)
def test_person_is_found_by_any_of_their_names_and_what_they_tell(app: Flask, text: str) -> None:
    assert people(app, text) == ["바다누리"]


@pytest.mark.usefixtures("village")
def test_whoever_may_not_be_found_is_never_found(app: Flask) -> None:
    for text in ("바다유령", "바다도둑", "ㅂㄷㅇㄹ", "ㅂㄷㄷㄷ", "", "@", "  "):
        assert people(app, text) == []


@pytest.mark.usefixtures("village")
@pytest.mark.parametrize("text", ["동백나무", "#동백나무", "동백", "#동", "ㄷㅂㄴㅁ", "동백나ㅁ"])
def test_tag_is_found_by_its_beginning_and_its_initials(app: Flask, text: str) -> None:
    assert tags(app, text) == ["동백나무"]


@pytest.mark.usefixtures("village")
def test_tag_is_found_by_a_word_in_it_and_not_by_what_nobody_may_see(app: Flask) -> None:
    assert tags(app, "바다") == ["겨울바다"]
    assert tags(app, "동백섬") == tags(app, "#") == tags(app, "") == []


@pytest.mark.usefixtures("village")
def test_name_in_the_wrong_input_mode_is_understood(app: Flask) -> None:
    with site(app):
        assert searching.people("qkek", STRANGER, FIRST).hint.other_keyboard == "바다"
        assert searching.people("ㅊㅋ", STRANGER, FIRST).hint.other_keyboard is None
        assert searching.people("ㅋㅌㅍ", STRANGER, FIRST).hint.other_keyboard is None
        assert searching.tags("ehdqor", STRANGER, FIRST).hint.other_keyboard == "동백"
        assert searching.people("zzzz", STRANGER, FIRST).hint.other_keyboard is None


def test_pages_of_people_neither_repeat_nor_miss(app: Flask, cast: Cast) -> None:
    names = {f"바다{number}" for number in range(PER_PAGE + 5)}
    for number, name in enumerate(names):
        cast.member(name, email=f"{number}@example.com")
    work(app)
    seen: list[str] = []
    with site(app):
        first = searching.people("바다", STRANGER, FIRST)
        second = searching.people("바다", STRANGER, Wanted(first.page.next))
        seen = [user.username for page in (first, second) for user in page.page]
        assert second.page.next is None
    assert len(seen) == len(names) and set(seen) == names


@pytest.mark.usefixtures("village")
@pytest.mark.parametrize(
    ("typed", "words", "members", "tagged"),
    [
        ("동백", {"동백꽃", "동백나무"}, [], ["동백나무"]),
        ("동ㅂ", {"동백꽃", "동백나무"}, [], ["동백나무"]),
        ("제주 동백", {"제주 동백꽃", "제주 동백나무"}, [], ["동백나무"]),
        ("바다", set(), ["바다누리"], []),
        ("@바다", set(), ["바다누리"], []),
        ("#동", set(), [], ["동백나무"]),
        ("#바다누리", set(), [], []),
        ("동백 ", set(), [], []),
        ("", set(), [], []),
        ("@", set(), [], []),
        ("제주 #", set(), [], []),
        ("동" * (MOST_TYPED + 1), set(), [], []),
    ],
)
def test_last_word_is_completed_with_words_people_and_tags(
    app: Flask, typed: str, words: set[str], members: list[str], tagged: list[str]
) -> None:
    with site(app):
        given = searching.suggest(typed, STRANGER)
        assert words <= set(given.words) if words else not {"동백꽃", "동백섬"}.intersection(given.words)
        assert [user.username for user in given.people] == members
        assert [tag.name for tag in given.tags] == tagged


def test_heaviest_come_first_and_no_more_than_three(app: Flask, cast: Cast) -> None:
    for number in range(5):
        cast.member(f"바다{number}", email=f"{number}@example.com", follower_count=number)
    bada = cast.member("산")
    for number in range(4):
        cast.post(bada, " ".join(f"#가을{tag}번" for tag in range(number + 1)))
    work(app)
    with site(app):
        assert [user.username for user in searching.suggest("@바다", STRANGER).people] == [
            "바다4",
            "바다3",
            "바다2",
        ]
        found = [tag.name for tag in searching.suggest("#가을", STRANGER).tags]
        assert len(found) == 3 and found[0] == "가을0번"
        assert db.session.is_active
