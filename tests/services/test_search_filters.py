"""What each filter asks for, of the engine and, while that rests, of the database."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_login import AnonymousUserMixin
from hypothesis import given
from hypothesis import strategies as st

from app.extensions import queue, search
from app.i18n import spoken_to
from app.models import SEARCHED, Post
from app.models.keyset import FIRST, BadCursor
from app.services import search as searching
from app.services.search import places
from app.services.search.explaining import explain
from app.transaction import transaction
from tests.cast import Cast

STRANGER = AnonymousUserMixin()
LAST_YEAR = datetime(2025, 5, 5, 3, tzinfo=UTC)


@pytest.fixture(params=["engine", "database"])
def diary(
    request: pytest.FixtureRequest, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """A few posts, found by the engine, or by the database while the engine is away."""
    bada, hana = cast.member("바다"), cast.member("하나")
    old = cast.post(bada, "지난 봄의 일기 #일기")
    cast.post(hana, "저도 일기를 써요", parent=old)
    cast.post(hana, "@바다 님, 일기는 여기 있어요 https://example.com/diary")
    cast.post(bada, "I keep a diary, and it is all in English, since nobody here reads it")
    with app.app_context(), transaction():
        post = app.extensions["sqlalchemy"].session.get(Post, old)
        post.created_at = LAST_YEAR
        Post.note(Post.id == old)
    with app.app_context():
        queue.run()
    if request.param == "database":
        monkeypatch.setitem(app.config, "ELASTICSEARCH_URL", "http://127.0.0.1:9")
        search.init_app(app, [model.__tablename__ for model in SEARCHED], [Post.__tablename__])
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        yield app


def found(text: str) -> set[str]:
    """Returns the first words of the posts that a stranger finds, near matches left out."""
    results = searching.posts(text, STRANGER, FIRST)
    return {post.body.split()[0] for post in results.page.items[: results.near_from]}


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("typed", "first_words"),
    [
        ("from:바다", {"지난", "I"}),
        ("작성자:@바다 일기", {"지난"}),
        ("일기 -from:바다", {"저도", "@바다"}),
        ("from:nobody", set()),
        ("to:바다", {"저도", "@바다"}),
        ("받는사람:바다 -is:reply", {"@바다"}),
        ("lang:en", {"I"}),
        ("언어:영어", {"I"}),
        ("lang:English", {"I"}),
        ("since:2025-05-06 일기", {"저도", "@바다"}),
        ("부터:2025 까지:2025", {"지난"}),
        ("until:2025-05", {"지난"}),
        ("until:2025.5.4", set()),
        ("-since:2026 일기", {"지난"}),
        ("has:link", {"@바다"}),
        ("포함:링크", {"@바다"}),
        ("is:reply", {"저도"}),
        ("종류:답글 -from:하나", set()),
        ("#일기", {"지난"}),
        ("일기 -#일기 -여기", {"저도"}),
    ],
)
def test_filter_finds_what_it_says(typed: str, first_words: set[str]) -> None:
    assert found(typed) == first_words


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("일기 from:nobody", "There is nobody called nobody here."),
        ("일기 since:yesterday", "Write a date like this"),
        ("일기 until:2026-02-30", "Write a date like this"),
        ("일기 since:9999-12-31 until:9999-12-31", "Write a date like this"),
        ("일기 lang:한국말로", "Write a language like this"),
        ("일기 has:money", "Try has:link or is:reply."),
        ("일기 " + "가" * 300, "too long"),
    ],
)
def test_filter_that_cannot_be_read_is_named_and_left_out(typed: str, told: str) -> None:
    results = searching.posts(typed, STRANGER, FIRST)
    assert any(told in note for note in results.notes)
    assert bool(results.page.items) is ("nobody" not in typed)


@pytest.mark.usefixtures("diary")
def test_either_of_two_filters_and_chips_to_take_them_out() -> None:
    results = searching.posts('일기 from:바다 -"여기 있어요"', STRANGER, FIRST)
    assert [(chip.label, chip.without) for chip in results.chips] == [
        ("from:바다", '일기 -"여기 있어요"'),
        ('-"여기 있어요"', "일기 from:바다"),
    ]
    if not results.is_resting:
        assert found("is:reply OR has:link") == {"저도", "@바다"}


@pytest.mark.usefixtures("diary")
def test_people_and_tags_are_found_by_their_beginning_whoever_answers() -> None:
    assert [user.username for user in searching.people("바", STRANGER, FIRST).page] == ["바다"]
    assert [user.username for user in searching.people("@하나", STRANGER, FIRST).page] == ["하나"]
    assert [tag.name for tag in searching.tags("#일", STRANGER, FIRST).page] == ["일기"]
    assert not searching.people("  ", STRANGER, FIRST).page.items
    assert searching.posts("", STRANGER, FIRST).page.items == []


def test_hints_say_what_else_finds_something(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다누리")
    for body in ("산책을 했어요", "봄동 겉절이", "레시피 모음", "안녕하세요"):
        cast.post(bada, body)
    with app.test_request_context("/"):
        queue.run()
        hint = searching.posts("봄동레시피", STRANGER, FIRST).hint
        assert set(hint.fewer) == {"봄동", "레시피"}
        assert set(searching.posts("산책 호랑나비", STRANGER, FIRST).hint.fewer) == {"산책"}
        assert searching.posts("dkssud", STRANGER, FIRST).hint.other_keyboard == "안녕"
        assert searching.posts("산챽", STRANGER, FIRST).hint.did_you_mean == "산책"
        assert searching.posts("ㅎㄱㅎㄱ", STRANGER, FIRST).hint == searching.Hint()
        assert searching.people("qkek", STRANGER, FIRST).hint.other_keyboard == "바다"
        assert searching.people("ㅂㄷ", STRANGER, FIRST).page.items


def test_explanation_names_tree_gate_tokens_and_reason(app: Flask, cast: Cast) -> None:
    cast.post(cast.member("바다"), "겨울 산책은 귀부터 준비해요")
    with app.test_request_context("/"):
        queue.run()
        told = explain("겨울 OR 여름 -책", STRANGER)
        assert told.tree == ["Either", "  Word 겨울", "  Word 여름", "Not", "  Word 책"]
        assert "Every" in told.gate[0] and told.lemmas == ["겨울", "여름"]
        assert [match.stage for match in told.matches] == ["strict"] and told.matches[0].reason


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_cursor_of_ones_own_making_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        places.parse(text)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=6)
)
def test_cursor_is_read_as_it_was_made_or_refused(value: object) -> None:
    text = base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    try:
        place = places.parse(text)
    except BadCursor:
        return
    assert places.parse(place.cursor()) == place


@pytest.mark.parametrize(
    "kept", [[1, "far", None], [1, "near", [1, "1", 2]], [1, "near", [True, 1.0, 2]], [-1, "near", None]]
)
def test_cursor_of_the_wrong_shape_is_refused(kept: object) -> None:
    with pytest.raises(BadCursor):
        places.parse(base64.urlsafe_b64encode(json.dumps(kept).encode()).decode())


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("zone", ["Asia/Seoul", "Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
@pytest.mark.parametrize(
    ("typed", "are_all"),
    [
        ("since:0001-01-01", True),
        ("since:0001", True),
        ("since:1000-06", True),
        ("since:1969-12-31", True),
        ("since:1970-01-01", True),
        ("until:0001-01-01", False),
        ("until:1970-01-01", False),
        ("until:9999-12-30", True),
        ("until:9998", True),
        ("since:9999-12-30", False),
    ],
)
def test_dates_at_the_ends_of_the_calendar_are_dates(typed: str, are_all: bool, zone: str) -> None:
    with spoken_to("en", zone):
        results = searching.posts(f"일기 {typed}", STRANGER, FIRST)
    assert bool(len(results.page)) == are_all and not results.notes
