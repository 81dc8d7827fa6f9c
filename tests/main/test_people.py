"""Profiles and following."""

import pytest

from tests.cast import Cast, Visitor


def test_profile_is_found_whatever_the_spelling(cast: Cast, stranger: Visitor) -> None:
    cast.member(
        "Narae",
        display_name="나래",
        about_me="산을 걸어요 #산책",
        location="서울",
        link="https://example.org/",
    )
    page = stranger.get("/@nARAE")
    assert page.status_code == 200
    for words in ("나래", "@Narae", "산을 걸어요", "서울", 'href="https://example.org/"', "/tags/"):
        assert words in page.text, words


def test_unconfirmed_member_is_seen_by_nobody_else(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다", confirmed=False)
    assert stranger.get("/@바다").status_code == 404
    assert bada.get("/@바다").status_code == 200


def test_following_twice_is_following_once(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    for _ in range(2):
        assert haneul.post("/@바다/follow").status_code == 303
    assert "하늘" in bada.read("/@바다/followers")
    assert "바다" in bada.read("/@하늘/following")
    for _ in range(2):
        assert haneul.post("/@바다/unfollow").status_code == 303
    assert "하늘" not in bada.get("/@바다/followers").text.split("<main", 1)[1].split("<aside", 1)[0]


def test_nobody_follows_oneself(cast: Cast) -> None:
    assert cast.member("바다").post("/@바다/follow").status_code == 403


def test_follow_button_answers_a_script_with_itself(cast: Cast) -> None:
    bada = cast.member("바다")
    cast.member("하늘")
    followed = bada.live("/@하늘/follow")
    assert "팔로잉" in followed.text and "/unfollow" in followed.text and "<html" not in followed.text


def test_card_tells_who_it_is(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", about_me="파도를 보아요")
    card = stranger.get("/@바다/card")
    assert "파도를 보아요" in card.text and "<html" not in card.text


def test_suggestions_leave_out_oneself_and_the_followed(cast: Cast) -> None:
    bada = cast.member("바다")
    for name in ("하늘", "별님", "구름"):
        cast.member(name)
    bada.post("/@하늘/follow")
    aside = bada.get("/explore").text.split("<aside", 1)[1]
    assert "@별님" in aside and "@구름" in aside and "@하늘" not in aside and "@바다" not in aside


@pytest.mark.parametrize("path", ["/@바다/likes", "/@바다/replies", "/@바다/followers", "/@바다/following"])
def test_empty_lists_help(cast: Cast, stranger: Visitor, path: str) -> None:
    cast.member("바다")
    assert 'class="empty' in stranger.get(path).text


def test_likes_are_listed_latest_first(cast: Cast, stranger: Visitor) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    first, second = cast.post(bada, "먼저 쓴 글"), cast.post(bada, "나중 쓴 글")
    haneul.post(f"/posts/{second}/like")
    haneul.post(f"/posts/{first}/like")
    text = stranger.get("/@하늘/likes").text
    assert text.index("먼저 쓴 글") < text.index("나중 쓴 글")
    assert "하늘" in stranger.read(f"/posts/{first}/likes")
