"""Finding people by what they are called: on the search page, in suggestions, by filters, and with the interface."""

from urllib.parse import quote

import pytest

from tests.api.conftest import Connect, connect  # noqa: F401 - A fixture.
from tests.cast import Cast, Visitor, words
from tests.main.test_search import look, settle
from tests.main.test_timelines import ids_on


@pytest.fixture
def narae(cast: Cast) -> Visitor:
    """Somebody called 나래 whose username is written otherwise."""
    return cast.member("narae", display_name="나래", about_me="노을을 좋아해요")


def people_on(html: str) -> list[str]:
    """Returns the usernames of the people in the middle of a page, in their order."""
    main = html.partition("<main")[2].partition("<aside")[0]
    found = words(main).split()
    return [word[1:] for word in found if word.startswith("@")]


def tabs(html: str) -> str:
    """Returns the words of the tabs."""
    return words(html.partition('<nav class="tabs"')[2].partition("</nav>")[0].partition(">")[2])


def test_person_is_found_by_display_name_above_posts_and_in_every_other_place(
    cast: Cast,
    narae: Visitor,
    stranger: Visitor,
    connect: Connect,  # noqa: F811
) -> None:
    cast.post(cast.member("bada"), "노래를 들어요")
    settle(cast)
    for text in ("나래", "narae", "NARAE", "@나래", '"나래"'):
        html = look(stranger, text)
        assert people_on(html)[:1] == ["narae"], text
        assert tabs(html) == "글 0 사람 1 태그 0", text
    assert people_on(look(stranger, "나래", tab="people")) == ["narae"]
    assert "@narae" in words(stranger.get("/search/suggestions?q=나래").text)
    assert "@narae" in words(stranger.get("/search/suggestions?q=%40나").text)
    program = connect(narae)
    for path in ("/api/search/users?q=나래", "/api/search/suggestions?q=나래"):
        assert '"username":"narae"' in program.get(path).text, path


def test_posts_are_found_by_the_display_name_of_their_author(
    cast: Cast, narae: Visitor, stranger: Visitor
) -> None:
    bada = cast.member("bada")
    id = cast.post(narae, "산에 갔어요")
    reply = cast.post(bada, "저도 산에 갈래요", parent=id)
    cast.post(bada, "산 이야기")
    settle(cast)
    for query in ("작성자:나래", "from:나래", "작성자:narae", "산 작성자:나래"):
        html = look(stranger, query)
        assert ids_on(html) == [id] and "여기에 없어요" not in html, query
    assert ids_on(look(stranger, "받는사람:나래")) == [reply]
    assert ids_on(look(stranger, "산 -작성자:나래 -종류:답글")) not in ([], [id])
    assert "여기에 없어요" in look(stranger, "작성자:아무개") and "여기에 없어요" in look(
        stranger, "작성자:@나래"
    )


@pytest.mark.parametrize(
    ("word", "others"),
    [("산", "스산한 바람이 부네요"), ("말", "정말 그래요"), ("물", "조금만 더 머무를게요")],
)
def test_word_of_one_syllable_brings_none_of_their_posts_that_only_hold_the_syllable(
    cast: Cast, narae: Visitor, stranger: Visitor, word: str, others: str
) -> None:
    cast.post(narae, others)
    id = cast.post(narae, f"{word}이 좋아요")
    settle(cast)
    assert ids_on(look(stranger, f"작성자:narae {word}")) == [id]
    narae.post(f"/posts/{id}/delete")
    settle(cast)
    html = look(stranger, f"작성자:narae {word}")
    assert ids_on(html) == [] and "찾은 글이 없어요" in html


def test_several_people_of_one_name_are_all_meant_unless_one_has_it_as_username(
    cast: Cast, narae: Visitor, stranger: Visitor
) -> None:
    other = cast.member("narae2", display_name="나래")
    ids = [cast.post(narae, "하나"), cast.post(other, "둘")]
    settle(cast)
    html = look(stranger, "작성자:나래")
    assert sorted(ids_on(html)) == ids and "여러 명" in html
    cast.member("나래")
    settle(cast)
    assert ids_on(look(stranger, "작성자:나래")) == []
    assert sorted(people_on(look(stranger, "나래"))) == ["narae", "narae2", "나래"]


def test_whoever_has_just_this_name_stands_first_and_three_at_most(
    cast: Cast, narae: Visitor, stranger: Visitor
) -> None:
    for number in range(5):
        cast.member(f"many{number}", display_name=f"나래{number}", follower_count=50)
    settle(cast)
    html = look(stranger, "나래")
    assert len(people_on(html)) == 3 and people_on(html)[0] == "narae"
    assert "사람 6" in tabs(html) and "tab=people" in html.partition("@narae")[2].partition("<aside")[0]
    for query in ("나래 -산", "나래 작성자:narae", "나래 OR 산", "나", "산책길을 걷는 나래 이야기"):
        assert "@many" not in look(stranger, query).partition("<aside")[0], query


def test_numbers_on_tabs_are_those_of_the_lists_that_the_reader_gets(cast: Cast, stranger: Visitor) -> None:
    bada, haneul = (
        cast.member("bada", display_name="강릉 바다"),
        cast.member("haneul", display_name="강릉 하늘"),
    )
    for author in (bada, haneul, haneul):
        cast.post(author, "강릉에서 #강릉")
    cast.post(haneul, "#강릉여행")
    settle(cast)
    assert tabs(look(stranger, "강릉")) == tabs(look(bada, "강릉", tab="people")) == "글 4 사람 2 태그 2"
    bada.post("/@haneul/block")
    assert tabs(look(bada, "강릉")) == "글 1 사람 1 태그 1" and people_on(look(bada, "강릉"))[0] == "bada"
    assert "haneul" not in look(bada, "강릉").partition("<aside")[0]
    assert "여기에 없어요" in look(bada, '작성자:"강릉 하늘"')
    cast.app.test_cli_runner().invoke(args=["users", "suspend", "haneul"])
    assert tabs(look(stranger, "강릉")) == "글 1 사람 1 태그 1"
    assert quote("강릉") in look(stranger, "강릉")
