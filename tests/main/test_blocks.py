"""Blocking: who sees what on every page, in both directions, what one may do, and the pages that block."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.cast import Cast, Visitor, lasting, words
from tests.main.test_timelines import ids_on

BOTH_WAYS = pytest.mark.parametrize("direction", ["바다 하늘", "하늘 바다"])
"""Who blocks whom; what they then see of each other is the same, but for the profile's own words."""


@dataclass
class Scene:
    """Three people who have to do with each other.

    Attributes:
        people: by their names; 바다 and 하늘 will be apart, and 나무 sees what others see.
        ids: of the posts, for addresses.
    """

    people: dict[str, Visitor]
    ids: dict[str, int]

    def block(self, direction: str) -> None:
        """Lets one block the other."""
        blocker, blocked = direction.split()
        assert self.people[blocker].post(f"/@{blocked}/block").status_code == 303

    def unblock(self, direction: str) -> None:
        """Takes it back."""
        blocker, blocked = direction.split()
        assert self.people[blocker].post(f"/@{blocked}/unblock").status_code == 303


def build(cast: Cast) -> Scene:
    """Returns the people, who have written, answered, liked and followed."""
    people = {name: cast.member(name) for name in ("바다", "하늘", "나무")}
    bada, haneul, namu = people.values()
    ids = {"own": cast.post(haneul, "하늘의 글 #표시 #하늘표")}
    ids["top"] = cast.post(namu, "나무의 글")
    ids["reply"] = cast.post(haneul, "하늘의 답글 #표시", parent=ids["top"])
    ids["answer"] = cast.post(namu, "나무의 대답 #표시", parent=ids["reply"])
    ids["bada"] = cast.post(bada, "바다의 글")
    ids["under"] = cast.post(haneul, "하늘의 덧글", parent=ids["bada"])
    ids["mention"] = cast.post(namu, "나무가 부르는 @하늘")
    haneul.post(f"/posts/{ids['top']}/like")
    namu.post(f"/posts/{ids['own']}/like")
    haneul.post("/@나무/follow")
    namu.post("/@하늘/follow")
    bada.letters()
    return Scene(people, ids)


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """The people, before anybody blocks."""
    return build(cast)


# What 바다 reads there of 하늘 while nobody has blocked anybody, and not while one of the two has.
SEEN = {
    "/explore": "하늘의 글",
    "/tags/표시": "하늘의 글",
    "/@하늘": "하늘의 글",
    "/@하늘/replies": "하늘의 답글",
    "/@하늘/likes": "나무의 글",
    "/@하늘/followers": "@나무",
    "/@하늘/following": "@나무",
    "/@나무/likes": "하늘의 글",
    "/@나무/replies": "하늘의 답글",
    "/@나무/followers": "@하늘",
    "/@나무/following": "@하늘",
    "/posts/{top}": "하늘의 답글",
    "/posts/{top}?order=newest": "하늘의 답글",
    "/posts/{top}/likes": "@하늘",
    "/posts/{answer}": "하늘의 답글",
    "/posts/{bada}": "하늘의 덧글",
    "/search?q=하늘의": "하늘의 글",
    "/search?q=작성자:하늘": "하늘의 글",
    "/search?q=하늘&tab=people": "@하늘",
    "/search/suggestions?q=@하": "@하늘",
    "/tags/하늘표": "하늘의 글",
    "/search?q=하늘표&tab=tags": "#하늘표",
    "/search/suggestions?q=%23하늘표": "#하늘표",
    "/search/suggestions?q=답": "답글",
    "/search?q=답굴": 'href="/search?q=%EB%8B%B5%EA%B8%80"',
}
# What 바다 reads there all the same.
STILL = {
    "/@나무/replies": "나무의 대답",
    "/posts/{top}": "나무의 대답",
    "/posts/{answer}": "나무의 대답",
    "/tags/표시": "나무의 대답",
    "/explore": "나무가 부르는 ",
}
CLOSED = ("/posts/{own}", "/posts/{reply}", "/posts/{under}", "/posts/{own}/likes", "/posts/{own}/piece")
BESIDE = ("하늘 @하늘", "#하늘표")
"""What stands beside 바다's timeline: whom to follow, and what is talked of."""


def main_of(page: str) -> str:
    """Returns the middle of a page; a piece of one is all middle."""
    return page.partition("<main")[2].partition("<aside")[0] or page


def shown(visitor: Visitor, path: str) -> str:
    """Returns the middle of a page, and of a post's text nothing but the letters."""
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return re.sub("</?(mark|b)>", "", main_of(answer.text))


@BOTH_WAYS
def test_neither_sees_the_other_while_one_has_blocked_the_other(scene: Scene, direction: str) -> None:
    bada = scene.people["바다"]
    places = {path.format(**scene.ids): text for path, text in SEEN.items()}

    def seen() -> list[str]:
        return [path for path, text in places.items() if text in shown(bada, path)]

    assert seen() == list(places), "Without these the test would prove nothing."
    scene.block(direction)
    assert seen() == []
    for path, text in STILL.items():
        assert text in shown(bada, path.format(**scene.ids)), path
    for path in CLOSED:
        assert bada.get(path.format(**scene.ids)).status_code == 404, path
    scene.unblock(direction)
    assert seen() == list(places)


@BOTH_WAYS
def test_what_stands_beside_a_timeline_leaves_the_other_out(scene: Scene, direction: str) -> None:
    def beside() -> list[str]:
        aside = words(scene.people["바다"].get("/explore").text.partition("<aside")[2])
        return [text for text in BESIDE if text in aside]

    assert beside() == list(BESIDE)
    scene.block(direction)
    assert beside() == []
    scene.unblock(direction)
    assert beside() == list(BESIDE)


@BOTH_WAYS
def test_nobody_else_sees_a_difference(scene: Scene, direction: str, stranger: Visitor) -> None:
    paths = ["/", "/explore", "/@하늘", "/@바다", *(path.format(**scene.ids) for path in SEEN)]

    def pages() -> list[str]:
        watchers = (scene.people["나무"], stranger)
        return [lasting(watcher.get(path).text) for watcher in watchers for path in paths]

    pages()  # Toasts are shown once.
    before = pages()
    scene.block(direction)
    assert pages() == before


@BOTH_WAYS
def test_neither_can_do_anything_with_the_other(scene: Scene, cast: Cast, direction: str) -> None:
    bada = scene.people["바다"]
    scene.block(direction)
    own = scene.ids["own"]
    refused = {
        f"/posts/{own}/like": 404,
        f"/posts/{own}/unlike": 404,
        f"/posts/{own}/replies": 404,
        "/@하늘/follow": 403,
    }
    for path, status in refused.items():
        assert bada.post(path, body="답글").status_code == status, path
    said = bada.live("/@하늘/follow").text
    assert ("차단을 풀" if direction.startswith("바다") else "팔로우할 수 없") in said
    id = cast.post(bada, "@하늘 안녕하세요 @나무")
    page = shown(scene.people["나무"], f"/posts/{id}")
    assert 'href="/@%ED%95%98%EB%8A%98"' not in page and 'href="/@%EB%82%98%EB%AC%B4"' in page
    scene.unblock(direction)
    assert bada.post("/@하늘/follow").status_code == bada.post(f"/posts/{own}/like").status_code == 303


def test_name_that_was_called_before_falls_back_to_text_when_the_post_is_edited(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(bada, "@하늘 안녕하세요")
    link = 'href="/@%ED%95%98%EB%8A%98"'
    haneul.post("/@바다/block")
    assert link in shown(bada, f"/posts/{id}"), "Nothing that was written is taken back."
    bada.post(f"/posts/{id}/edit", body="@하늘 안녕")
    assert link not in shown(bada, f"/posts/{id}")


def test_block_ends_following_both_ways_and_takes_back_nothing_else(app: Flask, cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    ids = cast.post(bada, "바다의 글"), cast.post(haneul, "하늘의 글")
    cast.post(haneul, "하늘의 답글", parent=ids[0])
    bada.post(f"/posts/{ids[1]}/like")
    bada.post("/@하늘/follow")
    haneul.post("/@바다/follow")
    for _ in range(2):
        assert bada.post("/@하늘/block").status_code == 303
    assert app.test_cli_runner().invoke(args=["data", "recount", "--check"]).exit_code == 0
    for _ in range(2):
        assert bada.post("/@하늘/unblock").status_code == 303
    for name in ("바다", "하늘"):
        page = shown(bada, f"/@{name}")
        assert "팔로잉 0" in page and "팔로워 0" in page, name
    assert 'aria-pressed="true"' in shown(bada, f"/posts/{ids[1]}"), "The like stays."
    assert "하늘의 답글" in shown(bada, f"/posts/{ids[0]}")
    assert app.test_cli_runner().invoke(args=["data", "recount", "--check"]).exit_code == 0


def test_place_of_a_reply_stays_for_what_is_below_it_and_goes_with_the_last(scene: Scene) -> None:
    bada, ids = scene.people["바다"], scene.ids
    scene.block("하늘 바다")
    top = shown(bada, f"/posts/{ids['top']}")
    assert "볼 수 없는 글" in top and ids_on(top) == [ids["top"], ids["answer"]]
    assert "볼 수 없는 글" in shown(bada, f"/posts/{ids['answer']}")
    assert "하늘" not in shown(bada, "/tags/표시"), "Whom a reply answers is not said either."
    assert "볼 수 없는 글" not in shown(bada, f"/posts/{ids['bada']}"), "Nothing is below it."


def test_profile_tells_who_has_blocked_and_offers_the_way_back(scene: Scene) -> None:
    bada, haneul = scene.people["바다"], scene.people["하늘"]
    bada.post("/settings/profile", display_name="파도", about_me="바다를 보며 걸어요")
    scene.block("바다 하늘")
    for path in ("/@하늘", "/@하늘/replies", "/@하늘/likes", "/@하늘/followers", "/@하늘/following"):
        page = shown(bada, path)
        assert "차단한 사람이에요" in page and "/unblock" in page, path
        seen = shown(haneul, path.replace("하늘", "바다"))
        assert "이 사람의 글을 볼 수 없어요" in seen and "차단" not in seen.replace("차단하기", ""), path
    page = shown(haneul, "/@바다")
    assert "파도" in page and "바다를 보며" not in page and "팔로워" not in page and "/follow" not in page
    card = haneul.get("/@바다/card").text
    assert "파도" in card and "바다를 보며" not in card and "팔로워" not in card and "/follow" not in card
    assert "차단한 사람이에요" in bada.get("/@하늘/card").text


def test_both_may_block_and_each_takes_back_their_own(scene: Scene) -> None:
    bada, haneul = scene.people["바다"], scene.people["하늘"]
    for direction in ("바다 하늘", "하늘 바다"):
        scene.block(direction)
    scene.unblock("바다 하늘")
    assert "하늘의 글" not in shown(bada, "/explore") and "볼 수 없어요" in shown(bada, "/@하늘")
    assert "차단한 사람이에요" in shown(haneul, "/@바다")
    scene.unblock("하늘 바다")
    assert "하늘의 글" in shown(bada, "/explore")


def test_block_is_asked_about_before_it_is_done(cast: Cast) -> None:
    bada = cast.member("바다")
    cast.member("하늘", display_name="높은 하늘")
    asked = bada.read("/@하늘/block")
    assert "높은 하늘님을 차단할까요?" in asked and "그대로 두기" in asked and "차단하기" in asked
    assert "차단한 사람" not in bada.read("/@하늘"), "To ask changes nothing."
    done = bada.post("/@하늘/block", next="/explore")
    assert done.status_code == 303 and done.location == "/explore"
    assert "높은 하늘님을 차단했어요" in bada.read("/explore")


def test_newcomer_may_block_before_the_address_is_confirmed(cast: Cast) -> None:
    newcomer, haneul = cast.member("새내기", confirmed=False), cast.member("하늘")
    cast.post(haneul, "하늘의 글")
    assert newcomer.post("/@하늘/block").status_code == 303
    assert "하늘의 글" not in newcomer.read("/explore")


def test_settings_list_the_blocked_page_by_page_with_the_way_back(cast: Cast) -> None:
    bada = cast.member("바다")
    assert "차단한 사람이 없어요" in bada.read("/settings/blocks")
    for number in range(25):
        cast.member(f"남{number}", about_me="혼잣말", email=f"{number}@example.com")
        bada.post(f"/@남{number}/block")
    first = bada.get("/settings/blocks").text
    assert first.index("@남24") < first.index("@남23") and "@남4 " not in first and "혼잣말" in first
    link = next(part for part in first.split('"') if "/settings/blocks?cursor=" in part)
    piece = bada.get(link, headers={"HX-Request": "true"}).text
    assert "<html" not in piece and "@남0" in piece
    assert bada.post("/@남24/unblock", next="/settings/blocks").location == "/settings/blocks"
    assert "@남24" not in bada.get("/settings/blocks").text


def test_menu_of_somebody_elses_post_offers_both_and_of_ones_own_neither(scene: Scene) -> None:
    haneul = scene.people["하늘"]
    assert "나무님 뮤트하기" in shown(haneul, f"/posts/{scene.ids['top']}")
    assert "바다님 차단하기" in shown(haneul, "/@바다")
    own = shown(haneul, f"/posts/{scene.ids['own']}")
    assert "하늘님 차단하기" not in own and "하늘님 뮤트하기" not in own


@pytest.mark.parametrize("deed", ["block", "mute"])
def test_nobody_does_it_to_oneself(cast: Cast, deed: str) -> None:
    assert cast.member("바다").post(f"/@바다/{deed}").status_code == 403
