"""Hashtags: which are shown as much used, and what belongs to one."""

import pytest

from app.extensions import queue
from tests.cast import Cast, Visitor, words


def trending(reader: Visitor) -> list[str]:
    """Returns the tags beside a timeline, in their order."""
    aside = words(reader.get("/explore").text.partition("<aside")[2])
    return [word for word in aside.split() if word.startswith("#")]


def test_much_used_tags_are_those_of_many_people(cast: Cast, stranger: Visitor) -> None:
    bada, haneul, byeol = (cast.member(name) for name in ("바다", "하늘", "별님"))
    for _ in range(5):
        cast.post(bada, "#혼자")
    for person in (bada, haneul):
        cast.post(person, "#둘이")
    for person in (bada, haneul, byeol):
        cast.post(person, "#셋이")
    assert trending(stranger) == ["#셋이", "#둘이", "#혼자"]
    byeol.post("/@하늘/block")
    assert trending(byeol) == ["#셋이", "#혼자", "#둘이"], "To 별님 only 바다 uses the last two."


def test_tags_of_a_suspended_member_are_not_much_used(cast: Cast, stranger: Visitor) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    cast.post(bada, "#남는태그")
    for _ in range(3):
        cast.post(haneul, "#사라질태그 #남는태그")
    assert trending(stranger) == ["#남는태그", "#사라질태그"]
    cast.app.test_cli_runner().invoke(args=["users", "suspend", "하늘"])
    assert trending(stranger) == trending(bada) == ["#남는태그"]
    stranger.letters()
    assert "#사라질태그" not in stranger.get("/search/suggestions?q=%23사라질").text


TAGS = [
    (
        "#5·18민주화운동 을 기억해요",
        "5·18민주화운동",
        ("5·18민주화운동", "5ㆍ18민주화운동", "5・18민주화운동"),
    ),
    ("오늘은 #3·1절", "3·1절", ("3·1절", "3ㆍ1절")),
    ("La #il·lusió de viure", "il·lusió", ("il·lusió", "IL·LUSIÓ", "iŀlusió")),
    ("#می\u200cخواهم", "می\u200cخواهم", ("می\u200cخواهم", "میخواهم")),
    ("#서울· 그리고", "서울", ("서울",)),
    ("(https://example.com/a)#태그", "태그", ("태그",)),
]


@pytest.mark.parametrize(("body", "name", "spellings"), TAGS)
def test_tag_is_one_however_its_dots_and_joiners_are_typed(
    cast: Cast, stranger: Visitor, body: str, name: str, spellings: tuple[str, ...]
) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, body)
    with cast.app.app_context():
        queue.run()
    assert trending(stranger) == [f"#{name}"]
    assert f'class="tag">#{name}</a>' in stranger.get(f"/posts/{id}").text
    for spelling in spellings:
        page = stranger.get(f"/tags/{spelling}")
        assert page.status_code == 200 and f'id="post-{id}"' in page.text, spelling
        for query in (f"#{spelling}", f"#{spelling}#{name}"):
            assert f'id="post-{id}"' in stranger.get("/search", query_string={"q": query}).text, query
    cast.post(bada, f"#{spellings[-1]}")
    assert trending(stranger) == [f"#{name}"]


def test_text_beside_an_address_is_found_and_gives_the_language(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다", locale="ko")
    bodies = (
        "공지(https://example.com/a)참고하세요",
        "(https://example.com/a)(https://example.com/b)달맞이꽃",
    )
    for body, word in zip(bodies, ("참고", "달맞이꽃"), strict=True):
        id = cast.post(bada, body)
        with cast.app.app_context():
            queue.run()
        html = stranger.get("/search", query_string={"q": word}).text
        assert f'id="post-{id}"' in html and f"<mark>{word}</mark>" in html
        assert (
            stranger.get("/search", query_string={"q": f"{word} 언어:한국어 포함:링크"}).text.count("<mark>")
            == 1
        )
