"""The page of the search and the suggestions under its box, as a reader sees them."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from app import limits
from app.extensions import limiter, queue, search
from app.models import SEARCHED, Post
from app.models.keyset import PER_PAGE
from app.services.search import typed
from tests.cast import Cast, Visitor
from tests.main.test_timelines import Statements, ids_on, next_on, seed_posts

PIECE = {"HX-Request": "true"}


def settle(cast: Cast) -> None:
    """Lets the worker bring the index up to date."""
    with cast.app.app_context():
        queue.run()


def look(visitor: Visitor, text: str, **options: str) -> str:
    """Returns the page of a search."""
    answer = visitor.get("/search", query_string={"q": text, **options})
    assert answer.status_code == 200
    return answer.text


def links_of(html: str, words: str) -> list[str]:
    """Returns the addresses of the links that say this."""
    found = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>((?:(?!</a>).)*)</a>', html, re.DOTALL)
    return [url.replace("&amp;", "&") for url, inner in found if words in re.sub("<[^>]+>", "", inner)]


def test_stranger_finds_a_post_by_a_part_of_a_word_and_sees_where(cast: Cast, stranger: Visitor) -> None:
    id = cast.post(cast.member("바다"), "한글날에는 한글을 배워요 <b>")
    cast.post(cast.member("하늘"), "다른 이야기예요")
    settle(cast)
    html = look(stranger, "한글")
    assert ids_on(html) == [id]
    assert "<mark>한글" in html and "&lt;b&gt;" in html and "<b>&" not in html
    assert "<title>한글 검색 · " in html and "‘한글’ 검색 결과" in html


def test_query_is_never_html(stranger: Visitor) -> None:
    html = look(stranger, '"><script>alert(1)</script>')
    assert "<script>alert" not in html and "&lt;script&gt;" in html


def test_tabs_keep_the_query_and_find_people_and_tags(cast: Cast, stranger: Visitor) -> None:
    cast.post(cast.member("바다새"), "첫 글 #바다낚시")
    settle(cast)
    html = look(stranger, "바다")
    for name, tab in (("사람", "people"), ("태그", "tags")):
        (url,) = [url for url in links_of(html, name) if url.startswith("/search?")]
        assert f"tab={tab}" in url and "q=" in url
        assert 'aria-current="page"' in stranger.get(url).text
    assert "@바다새" in stranger.read("/search?q=바다&tab=people")
    assert "#바다낚시" in stranger.read("/search?q=바다&tab=tags")


def test_order_is_chosen_for_posts_only(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    ids = [cast.post(bada, f"겨울 이야기 {number}") for number in range(3)]
    settle(cast)
    html = look(stranger, "겨울", sort="newest")
    assert ids_on(html) == ids[::-1]
    assert '<input type="hidden" name="sort" value="newest">' in html
    assert links_of(html, "관련순") == ["/search?q=%EA%B2%A8%EC%9A%B8"]
    assert links_of(look(stranger, "바다", tab="people"), "관련순") == []


@pytest.mark.parametrize("wrong", ["", "x", "POSTS", "1"])
def test_unknown_tab_and_order_are_the_first_ones(cast: Cast, stranger: Visitor, wrong: str) -> None:
    cast.post(cast.member("바다"), "겨울 바다")
    settle(cast)
    html = look(stranger, "겨울", tab=wrong, sort=wrong)
    assert ids_on(html) and 'name="tab"' not in html


def test_filters_are_links_to_the_query_without_them(cast: Cast, stranger: Visitor) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    mine, theirs = cast.post(bada, "겨울 산책"), cast.post(haneul, "겨울 산책 둘")
    settle(cast)
    html = look(stranger, "겨울 작성자:바다")
    assert ids_on(html) == [mine]
    (url,) = links_of(html, "작성자:바다")
    assert "조건 빼기:" in html
    assert sorted(ids_on(stranger.get(url).text)) == sorted([mine, theirs])


def test_what_could_not_be_read_is_told(cast: Cast, stranger: Visitor) -> None:
    cast.post(cast.member("바다"), "겨울 바다")
    settle(cast)
    assert "어제" in re.sub(r"(?s)^.*?</form>", "", look(stranger, "겨울 부터:어제"))


def test_pages_neither_repeat_nor_miss(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다")
    expected = seed_posts(cast, "바다", PER_PAGE * 2 + 5)
    settle(cast)
    whole = look(stranger, "나열", sort="newest")
    seen = ids_on(whole)
    here = next_on(whole)
    while here:
        piece = stranger.get(here, headers=PIECE).text
        assert "<html" not in piece and "더 보여" in piece
        seen += ids_on(piece)
        here = next_on(piece)
    assert seen == expected


def test_cursor_that_is_not_ours_is_a_bad_request(cast: Cast, stranger: Visitor) -> None:
    answer = stranger.get("/search", query_string={"q": "겨울", "cursor": "!!"})
    assert answer.status_code == 400


def test_near_matches_stand_below_a_heading(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    near, exact = (
        cast.post(bada, "겨울나무 앞 산책길도 좋아요"),
        cast.post(bada, "겨울나무 옆 산책길이 좋아요"),
    )
    settle(cast)
    html = look(stranger, "겨울나무 옆 산책길")
    assert ids_on(html) == [exact, near]
    assert html.index(f'id="post-{exact}"') < html.index("비슷한 글") < html.index(f'id="post-{near}"')
    assert "모두 들어 있지는 않지만" in html
    html = look(stranger, "겨울나무 뒤 산책길")
    assert sorted(ids_on(html)) == sorted([exact, near])
    assert "모두 들어 있는 글은 없어서" in html


def test_near_matches_for_which_there_was_no_time_stand_below_a_heading_too(
    cast: Cast, stranger: Visitor, slowly: Callable[[], None]
) -> None:
    bada = cast.member("바다")
    near, exact = (
        cast.post(bada, "겨울나무 앞 산책길도 좋아요"),
        cast.post(bada, "겨울나무 옆 산책길이 좋아요"),
    )
    settle(cast)
    slowly()
    html = look(stranger, "겨울나무 옆 산책길")
    assert ids_on(html) == [exact] and "비슷한 글" not in html
    piece = stranger.get(next_on(html) or "", headers=PIECE).text
    assert ids_on(piece) == [near] and "비슷한 글" in piece and "모두 들어 있지는 않지만" in piece


def test_search_that_had_no_time_to_find_anything_leads_on(
    cast: Cast, stranger: Visitor, slowly: Callable[[], None]
) -> None:
    cast.post(cast.member("바다"), "안녕하세요 여러분")
    settle(cast)
    slowly()
    html = look(stranger, "봄동겉절이레시피모음")
    assert "아직 찾은 것이 없어요" in html and "찾은 글이 없어요" not in html
    (further,) = links_of(html, "더 찾아보기")
    assert "찾은 글이 없어요" in stranger.read(further)


def test_nothing_found_says_what_else_to_try(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    cast.post(bada, "안녕하세요 여러분")
    cast.post(bada, "제주 바다가 좋아요")
    settle(cast)
    keyboard = look(stranger, "dkssud")
    assert "한/영을 바꿔 치면" in keyboard and links_of(keyboard, "안녕")
    words = stranger.read("/search?q=봄동겉절이레시피모음")
    assert "찾은 글이 없어요" in words and "이렇게 찾을 수 있어요" in words
    assert "찾은 사람이 없어요" in stranger.read("/search?q=봄동겉절이&tab=people")
    assert "찾은 태그가 없어요" in stranger.read("/search?q=봄동겉절이&tab=tags")


def test_page_without_a_query_tells_what_one_may_type(stranger: Visitor) -> None:
    html = stranger.get("/search").text
    assert "작성자:바다" in html and '<details class="tips" open>' in html
    assert "autofocus" in html and "결과 종류" not in html


@pytest.mark.parametrize("path", ["/explore", "/@바다", "/tags/겨울", "/posts/{post}"])
def test_box_stands_on_every_page_once(cast: Cast, stranger: Visitor, path: str) -> None:
    post = cast.post(cast.member("바다"), "겨울")
    assert stranger.get(path.format(post=post)).text.count('role="search"') == 1
    assert stranger.get("/search").text.count('role="search"') == 1


@contextmanager
def away(app: Flask) -> Iterator[None]:
    """Lets the engine be away: nothing listens where it is looked for."""
    app.config["ELASTICSEARCH_URL"] = "http://127.0.0.1:9"
    search.init_app(app, [model.__tablename__ for model in SEARCHED], [Post.__tablename__])
    yield
    app.config["ELASTICSEARCH_URL"] = ""


def test_search_that_rests_says_so_and_gives_what_the_database_has(cast: Cast, stranger: Visitor) -> None:
    id = cast.post(cast.member("바다"), "붕어빵 지도를 만들고 있어요")
    with away(cast.app):
        html = look(stranger, "붕어빵")
        suggested = stranger.get("/search/suggestions?q=붕")
    assert "검색이 쉬고 있어요" in html and "글은 모두 안전해요" in html
    assert ids_on(html) == [id]
    assert not links_of(html, "최신순")
    assert suggested.status_code == 200 and not suggested.text.strip()


@pytest.mark.parametrize("tab", ["posts", "people", "tags"])
def test_page_costs_at_most_ten_statements_whatever_its_length(
    cast: Cast, stranger: Visitor, tab: str
) -> None:
    bada = cast.member("나열꾼")
    seed_posts(cast, "나열꾼", 40)
    cast.post(bada, "나열 #나열")
    settle(cast)
    path = f"/search?q=나열&tab={tab}"
    bada.get(path)
    with Statements() as statements:
        bada.get(path)
    assert len(statements.seen) <= 10, statements.seen


def test_suggestions_are_options_that_lead_somewhere(cast: Cast, stranger: Visitor) -> None:
    cast.post(cast.member("한국인"), "한국 이야기 #한국말")
    settle(cast)
    answer = stranger.get("/search/suggestions?q=한구", headers=PIECE)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert answer.headers["Cache-Control"] == "private, max-age=10"
    assert "Cookie" in answer.headers["Vary"]
    assert "<b>한국</b>" in answer.text
    options = re.findall(r'<a role="option"[^>]*href="([^"]+)"', answer.text)
    assert any(url.startswith("/search?q=") for url in options)
    assert "/@%ED%95%9C%EA%B5%AD%EC%9D%B8" in options
    assert any(url.startswith("/tags/") for url in options)


def test_searches_are_limited_below_at_above_and_after(
    limited: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    bada, stranger = Cast(limited).member("바다"), Visitor(limited)
    most = int(limits.SEARCHES.split()[0])
    for reader in (bada, stranger):
        assert reader.get("/search?q=겨울").status_code == 200
        counts = limiter.storage.storage  # type: ignore[attr-defined]
        for counted in [key for key in counts if "/searches/" in key]:
            counts[counted] = most - 1
        assert reader.get("/search?q=겨울&tab=people").status_code == 200
        refused = reader.get("/search?q=겨울")
        assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
        assert "조금만 천천히" in refused.text and "</html>" in refused.text
        assert reader.get("/search?q=겨울&cursor=x", headers=PIECE).status_code == 429
        assert reader.get("/explore").status_code == 200
    assert Cast(limited).member("하늘").get("/search?q=겨울").status_code == 200
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 301)
    assert bada.get("/search?q=겨울").status_code == 200


@pytest.mark.parametrize("text", ["", " ", "#", "@", '"', "<b>", "가" * 500])
def test_odd_text_is_answered_with_suggestions_or_none(cast: Cast, stranger: Visitor, text: str) -> None:
    answer = stranger.get("/search/suggestions", query_string={"q": text})
    assert answer.status_code == 200 and "<b><" not in answer.text


@pytest.mark.parametrize(
    ("word", "text", "length"),
    [
        ("한국인", "한구", 2),
        ("한국인", "ㅎㄱ", 0),
        ("제주 겨울", "제주 겨", 4),
        ("겨울", "제주 겨", 1),
        ("Flask", "fl", 2),
        ("가 가나", "가 가", 3),
        ("바다", "@바", 1),
        ("바다", "", 0),
        ("바다", " # ", 0),
    ],
)
def test_what_was_typed_of_a_suggestion_is_told_apart(word: str, text: str, length: int) -> None:
    assert typed(word, text) == length
