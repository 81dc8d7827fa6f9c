"""Muting: what stays out of the muter's pages, what is found all the same, and that nobody else notices."""

import pytest

from tests.cast import Cast, Visitor, lasting, words
from tests.main.test_blocks import SEEN, Scene, build, shown

HIDDEN = ("/explore", "/tags/표시", "/tags/하늘표")
"""Of the places where 바다 reads 하늘: those that bring what one has not looked for."""


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """The people, before anybody mutes; 바다 follows 하늘."""
    made = build(cast)
    made.people["바다"].post("/@하늘/follow")
    return made


def beside(visitor: Visitor) -> str:
    """Returns the words beside a timeline."""
    return words(visitor.get("/explore").text.partition("<aside")[2])


def test_posts_of_the_muted_stay_out_of_timelines_and_are_found_where_one_looks(scene: Scene) -> None:
    bada = scene.people["바다"]
    places = {"/": "하늘의 글", **{path.format(**scene.ids): text for path, text in SEEN.items()}}

    def seen() -> set[str]:
        return {path for path, text in places.items() if text in shown(bada, path)}

    assert seen() == set(places)
    for _ in range(2):
        assert bada.post("/@하늘/mute").status_code == 303
    assert set(places) - seen() == {"/", *HIDDEN}
    assert bada.get(f"/posts/{scene.ids['own']}").status_code == 200
    for _ in range(2):
        assert bada.post("/@하늘/unmute").status_code == 303
    assert seen() == set(places)


def test_muted_people_and_their_tags_are_not_put_before_the_reader(scene: Scene) -> None:
    bada = scene.people["바다"]
    bada.post("/@하늘/unfollow")
    assert "@하늘" in beside(bada) and "#하늘표" in beside(bada)
    bada.post("/@하늘/mute")
    assert "@하늘" not in beside(bada) and "#하늘표" not in beside(bada)


def test_nobody_notices_that_they_are_muted(scene: Scene, stranger: Visitor) -> None:
    paths = ["/", "/explore", "/@하늘", "/@바다", *(path.format(**scene.ids) for path in SEEN)]

    def pages() -> list[str]:
        watchers = (scene.people["하늘"], scene.people["나무"], stranger)
        return [lasting(watcher.get(path).text) for watcher in watchers for path in paths]

    pages()  # Toasts are shown once.
    before = pages()
    scene.people["바다"].post("/@하늘/mute")
    assert pages() == before


def test_muter_and_muted_go_on_having_to_do_with_each_other(scene: Scene, cast: Cast) -> None:
    bada, haneul, ids = scene.people["바다"], scene.people["하늘"], scene.ids
    bada.post("/@하늘/mute")
    assert "팔로잉" in shown(bada, "/@하늘"), "The follow stays."
    assert bada.post(f"/posts/{ids['own']}/like").status_code == 303
    assert haneul.post(f"/posts/{ids['bada']}/replies", body="하늘의 새 덧글").status_code == 303
    assert haneul.post("/@바다/follow").status_code == 303
    page = shown(bada, f"/posts/{ids['bada']}")
    assert "하늘의 새 덧글" in page and "하늘님 뮤트 풀기" in page


def test_profile_says_so_and_offers_the_way_back(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘", display_name="높은 하늘")
    cast.post(haneul, "하늘의 글")
    done = bada.post("/@하늘/mute", next="/explore")
    assert done.location == "/explore" and "높은 하늘님을 뮤트했어요" in bada.read("/explore")
    page = shown(bada, "/@하늘")
    assert "뮤트한 사람이에요" in page and "/unmute" in page and "하늘의 글" in page


def test_settings_list_the_muted_with_the_way_back(cast: Cast) -> None:
    bada = cast.member("바다")
    assert "뮤트한 사람이 없어요" in bada.read("/settings/mutes")
    for name in ("하늘", "나무"):
        cast.member(name)
        bada.post(f"/@{name}/mute")
    page = shown(bada, "/settings/mutes")
    assert page.index("@나무") < page.index("@하늘") and "/@%ED%95%98%EB%8A%98/unmute" in page
    assert "@나무" not in shown(bada, "/settings/blocks")
    piece = bada.get("/settings/mutes", headers={"HX-Request": "true"}).text
    assert "<html" not in piece and "@하늘" in piece
