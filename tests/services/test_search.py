"""What a query finds through the services: filters, near matches, pages and what else to try."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_login import current_user

from app.extensions import db, search
from app.models import Post, Tag, User
from app.models.keyset import FIRST, PER_PAGE, Wanted
from app.search.engine import Document
from app.services import rebuilds
from app.services import search as searching
from app.services.search import budget
from app.services.search.explaining import explain
from app.services.search.results import Results, Sort
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.main.test_timelines import seed_posts
from tests.services.conftest import STRANGER, site, work

WALK, HILL, ANSWER, CALL, ENGLISH = "산책", "산", "답글", "부름", "영어"
TEXTS = {
    WALK: "겨울 바다를 걸었어요 #제주",
    HILL: "겨울 산에 올랐어요 https://example.com/hill",
    ANSWER: "겨울 이야기 고마워요",
    CALL: "겨울 @바다 어디에 있어요?",
    ENGLISH: "Winter walks are the best thing of all",
}
WINTER = {WALK, HILL, ANSWER, CALL}
FILTERED: list[tuple[str, set[str]]] = [
    ("from:바다", {WALK, ENGLISH}),
    ("FROM:@바다", {WALK, ENGLISH}),
    ("겨울 작성자:하늘", {HILL, ANSWER, CALL}),
    ("겨울 작성자：@하늘", {HILL, ANSWER, CALL}),
    ("to:바다", {ANSWER, CALL}),
    ("받는사람:@바다", {ANSWER, CALL}),
    ("lang:en", {ENGLISH}),
    ("언어:영어", {ENGLISH}),
    ("lang:English", {ENGLISH}),
    ("언어:한국어", WINTER),
    ("lang:korean", WINTER),
    ("has:link", {HILL}),
    ("포함:링크", {HILL}),
    ("is:reply", {ANSWER}),
    ("종류:답글", {ANSWER}),
    ("#제주", {WALK}),
    ("겨울 #제주", {WALK}),
    ("from:아무도없음", set()),
    ("겨울 -from:바다", {HILL, ANSWER, CALL}),
    ("겨울 -to:바다", {WALK, HILL}),
    ("-lang:en", WINTER),
    ("겨울 -has:link", {WALK, ANSWER, CALL}),
    ("겨울 -is:reply", {WALK, HILL, CALL}),
    ("겨울 -#제주", {HILL, ANSWER, CALL}),
    ("겨울 -since:2000", set()),
    ("겨울 -from:아무도없음", WINTER),
    ("겨울 -이야기", {WALK, HILL, CALL}),
    ('겨울 -"산에 올랐어요"', {WALK, ANSWER, CALL}),
    ("겨울 from:바다 since:2000 until:2100", {WALK}),
]
ALTERNATIVES: list[tuple[str, set[str]]] = [
    ("#제주 OR has:link", {WALK, HILL}),
    ("from:바다 OR is:reply", {WALK, ENGLISH, ANSWER}),
    ("겨울 lang:en OR #제주", {WALK}),
]


@pytest.fixture
def shore(app: Flask, cast: Cast) -> None:
    """Two people and what they wrote, which the engine has heard of."""
    bada, haneul = cast.member("바다"), cast.member("하늘")
    first = cast.post(bada, TEXTS[WALK])
    cast.post(haneul, TEXTS[HILL])
    cast.post(haneul, TEXTS[ANSWER], parent=first)
    cast.post(haneul, TEXTS[CALL])
    cast.post(bada, TEXTS[ENGLISH])
    work(app)


def look(app: Flask, text: str, cursor: str | None = None, sort: Sort = Sort.RELEVANCE) -> Results[Post]:
    """Returns what a stranger is given for a query."""
    with site(app):
        return searching.posts(text, STRANGER, Wanted(cursor), sort)


def exact(results: Results[Post]) -> list[str]:
    """Returns the texts that were found strictly."""
    return [post.body for post in results.page][: results.near_from]


def named(results: Results[Post]) -> set[str]:
    """Returns the names of the shore's texts that were found strictly."""
    return {name for name, text in TEXTS.items() if text in exact(results)}


@pytest.mark.usefixtures("shore")
def test_filters_in_both_languages_find_what_they_say(app: Flask) -> None:
    assert [(text, named(look(app, text))) for text, _ in FILTERED + ALTERNATIVES] == FILTERED + ALTERNATIVES


@pytest.mark.usefixtures("shore")
def test_database_answers_the_same_filters_while_the_engine_is_away(
    app: Flask, engine_with: Callable[..., None]
) -> None:
    engine_with(ELASTICSEARCH_URL="http://127.0.0.1:9")
    for text, expected in FILTERED:
        results = look(app, text)
        assert results.is_resting and (text, named(results)) == (text, expected)
    results = look(app, "겨울 from:바다 lang:???")
    (post,) = results.page
    assert [post.body[start:end] for start, end in results.marks[post.id]] == ["겨울"]
    assert [chip.label for chip in results.chips] == ["from:바다", "lang:???"]
    assert results.notes == ("lang:??? was left out. Write a language like this: lang:ko",)


def test_people_and_tags_are_found_by_their_beginning_while_the_engine_is_away(
    app: Flask, cast: Cast, engine_with: Callable[..., None]
) -> None:
    cast.post(cast.member("바다누리"), "하나 #겨울바다 #봄바다")
    cast.member("바다유령", confirmed=False)
    engine_with(ELASTICSEARCH_URL="http://127.0.0.1:9")
    with site(app):
        people, tags = searching.people("@바다", STRANGER, FIRST), searching.tags("#겨울", STRANGER, FIRST)
        assert people.is_resting and [user.username for user in people.page] == ["바다누리"]
        assert tags.is_resting and [tag.name for tag in tags.page] == ["겨울바다"]
        assert searching.suggest("바다", STRANGER) == searching.Suggestions()


@pytest.mark.usefixtures("shore")
@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("겨울 lang:???", "lang:??? was left out. Write a language like this: lang:ko"),
        ("겨울 since:어제", "since:어제 was left out. Write a date like this: 2026-01-31"),
        ("겨울 부터:2024-13", "부터:2024-13 was left out. Write a date like this: 2026-01-31"),
        ("겨울 until:2024-02-30", "until:2024-02-30 was left out. Write a date like this: 2026-01-31"),
        ("겨울 until:9999", "until:9999 was left out. Write a date like this: 2026-01-31"),
        ("겨울 since:0000", "since:0000 was left out. Write a date like this: 2026-01-31"),
        ("겨울 has:cake", "has:cake was left out. Try has:link or is:reply."),
        ("겨울 종류:링크", "종류:링크 was left out. Try has:link or is:reply."),
    ],
)
def test_filter_that_cannot_be_read_is_left_out_with_a_note(app: Flask, text: str, note: str) -> None:
    results = look(app, text)
    assert results.notes == (note,) and named(results) == WINTER


@pytest.mark.usefixtures("shore")
def test_unknown_person_and_a_query_that_is_too_long_have_their_notes(app: Flask) -> None:
    assert look(app, "from:@유령").notes == ("There is nobody called 유령 here.",)
    long = look(app, "겨울 " * 150)
    assert long.notes == ("This query is too long. Only its first part was searched for.",)
    assert named(long) == WINTER
    nothing = look(app, " \t")
    assert not nothing.page.items and nothing.notes == () and nothing.text == ""


@pytest.mark.usefixtures("shore")
def test_each_filter_can_be_taken_out_of_the_query_again(app: Flask) -> None:
    results = look(app, "겨울 작성자:하늘 -이야기 #제주 -has:link 산")
    assert [(chip.label, chip.without) for chip in results.chips] == [
        ("작성자:하늘", "겨울 -이야기 #제주 -has:link 산"),
        ("-이야기", "겨울 작성자:하늘 #제주 -has:link 산"),
        ("#제주", "겨울 작성자:하늘 -이야기 -has:link 산"),
        ("-has:link", "겨울 작성자:하늘 -이야기 #제주 산"),
    ]


@pytest.mark.usefixtures("shore")
@pytest.mark.parametrize("text", ["겨울 -since:어제", "겨울 -lang:???", "-has:cake 겨울"])
def test_excluded_filter_that_cannot_be_read_is_left_out_as_its_note_says(app: Flask, text: str) -> None:
    assert named(look(app, text)) == WINTER


@pytest.mark.usefixtures("shore")
def test_near_matches_keep_to_filters_of_which_one_is_enough(app: Flask) -> None:
    assert [post.body for post in look(app, "겨울 우주선 from:바다 OR from:유령").page] == [TEXTS[WALK]]


@pytest.mark.usefixtures("shore")
@pytest.mark.parametrize(
    ("text", "expected"), [("바다를 OR 산에", {WALK, HILL}), ("#제주 OR has:link", {WALK, HILL})]
)
def test_database_takes_one_of_the_alternatives_for_enough(
    app: Flask, engine_with: Callable[..., None], text: str, expected: set[str]
) -> None:
    engine_with(ELASTICSEARCH_URL="http://127.0.0.1:9")
    assert named(look(app, text)) == expected


LATE, EARLY, NEXT = "이월의 마지막 밤", "삼월의 첫 밤", "새해 첫 아침"


@pytest.mark.parametrize(
    ("text", "seoul", "new_york"),
    [
        ("since:2024-03-01", {EARLY, NEXT}, {NEXT}),
        ("until:2024-02-29", {LATE}, {LATE, EARLY}),
        ("부터:2024.3", {EARLY, NEXT}, {NEXT}),
        ("까지:2024/2", {LATE}, {LATE, EARLY}),
        ("since:2024 until:2024.", {LATE, EARLY}, {LATE, EARLY, NEXT}),
        ("since:2025", {NEXT}, set()),
        ("since:2024-2-29 -since:2024-3-1", {LATE}, {LATE, EARLY}),
    ],
)
def test_days_months_and_years_are_those_of_the_reader(
    app: Flask, cast: Cast, text: str, seoul: set[str], new_york: set[str]
) -> None:
    bada = cast.member("바다", timezone="America/New_York")
    moments = ("2024-02-29T14:30Z", "2024-02-29T15:30Z", "2024-12-31T15:30Z")
    ids = [cast.post(bada, body) for body in (LATE, EARLY, NEXT)]
    with app.app_context(), transaction():
        for id, moment in zip(ids, moments, strict=True):
            db.session.get_one(Post, id).created_at = datetime.fromisoformat(moment)
        Post.reindex()
    work(app)
    assert set(exact(look(app, text))) == seoul
    with site(app, bada):
        assert set(exact(searching.posts(text, current_user, FIRST))) == new_york


@pytest.mark.parametrize("count", [0, 1, 4, 5, 6])
def test_near_matches_follow_only_where_fewer_than_five_are_found(app: Flask, cast: Cast, count: int) -> None:
    bada = cast.member("바다")
    near = "겨울나무 앞 산책길도 좋아요"
    cast.post(bada, near)
    for number in range(count):
        cast.post(bada, f"{number} 겨울나무 옆 산책길")
    work(app)
    results = look(app, "겨울나무 옆 산책길")
    assert results.near_from == (count if count < 5 else None)
    assert len(exact(results)) == count and near not in exact(results)
    assert (near in {post.body for post in results.page}) is (count < 5)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("strict", [0, 3, PER_PAGE + 2])
def test_pages_through_strict_and_near_matches_never_repeat(
    app: Flask, cast: Cast, sort: Sort, strict: int
) -> None:
    cast.member("바다")
    rows = seed_posts(cast, "바다", strict + 2 * PER_PAGE)
    with app.app_context(), transaction():
        for number, id in enumerate(rows):
            body = "겨울나무 옆 산책길" if number < strict else "겨울나무 앞 산책길"
            db.session.get_one(Post, id).body = f"{number} {body}"
    work(app)
    results = look(app, "겨울나무 옆 산책길", None, sort)
    pages = [results]
    while pages[-1].page.next:
        pages.append(look(app, "겨울나무 옆 산책길", pages[-1].page.next, sort))
    seen = [post.id for page in pages for post in page.page]
    wanted = rows if strict < 5 else rows[:strict]
    assert len(seen) == len(set(seen)) and set(seen) == set(wanted)
    assert set(seen[:strict]) == set(rows[:strict])
    if sort is Sort.NEWEST:
        assert seen == wanted
    assert [page.near_from for page in pages[1:]] == [0 if strict < 5 else None] * (len(pages) - 1)


def test_what_the_viewer_may_not_see_leaves_no_holes_and_no_end(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    ids = [cast.post(bada, f"겨울 {number}") for number in range(8)]
    work(app)
    with app.app_context():
        ghosts = [Document(10_000 + number, 1, 2_000_000_000, "겨울") for number in range(150)]
        search.engine.put_many("post", [*ghosts])
    results = look(app, "겨울", None, Sort.NEWEST)
    assert not results.page.items and results.page.next
    seen: list[int] = []
    while results.page.next:
        results = look(app, "겨울", results.page.next, Sort.NEWEST)
        seen += [post.id for post in results.page]
    assert seen == ids[::-1]


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("dkssud", searching.Hint(other_keyboard="안녕")),
        ("ㅗ디ㅣㅐ", searching.Hint(other_keyboard="hello")),
        ("강아쥐", searching.Hint(did_you_mean="강아지")),
        ("강아쥐 -고양이", searching.Hint(did_you_mean="강아지 -고양이")),
        ("안녕 우주선", searching.Hint(fewer=("안녕",))),
        ("강아지우주선", searching.Hint(fewer=("강아지",))),
        ("우주컸습니다", searching.Hint(fewer=("크다",))),
        ("ㅊㅋㅌ", searching.Hint()),
        ("커퓌", searching.Hint(did_you_mean="커피")),
        ("뷁", searching.Hint()),
        ("!!!", searching.Hint()),
        ("zz", searching.Hint()),
        ("우주선", searching.Hint()),
    ],
)
def test_query_that_finds_little_is_told_what_else_to_try(
    app: Flask, cast: Cast, typed: str, hint: searching.Hint
) -> None:
    bada = cast.member("바다")
    for body in ("안녕 여러분, 반가워요", "hello everybody", "강아지가 귀여워요", "커피는 큰 잔에"):
        cast.post(bada, body)
    work(app)
    assert look(app, typed).hint == hint


def test_hints_never_make_the_page_wait(app: Flask, cast: Cast, slowly: Callable[[], None]) -> None:
    cast.post(cast.member("바다"), "안녕 여러분")
    work(app)
    hints = [look(app, typed).hint for typed in ("dkssud", "안녕 우주선")]
    assert searching.Hint() not in hints
    slowly()
    for typed in ("dkssud", "안녕 우주선"):
        late = look(app, typed)
        assert late.hint == searching.Hint() and not late.is_resting


def test_numbers_for_which_there_was_no_time_stay_unknown(
    app: Flask, shore: None, slowly: Callable[[], None]
) -> None:
    with site(app):
        assert searching.numbers("겨울", STRANGER, searching.Budget()) == searching.Numbers(len(WINTER), 0, 0)
    slowly()
    with site(app):
        assert searching.numbers("겨울", STRANGER, searching.Budget()) == searching.Numbers(len(WINTER))


def test_page_whose_time_is_spent_asks_the_database_alone(
    app: Flask, shore: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "SECONDS", -1)
    assert look(app, "겨울").is_resting
    with site(app):
        assert searching.numbers("겨울", STRANGER, searching.Budget()) == searching.Numbers()
        assert searching.suggest("겨", STRANGER) == searching.Suggestions()


def test_near_matches_for_which_there_was_no_time_are_on_the_next_page(
    app: Flask, cast: Cast, slowly: Callable[[], None]
) -> None:
    bada = cast.member("바다")
    cast.post(bada, "안녕 여러분")
    cast.post(bada, "안녕 우주선")
    work(app)
    slowly()
    first = look(app, "안녕 우주선")
    assert [post.body for post in first.page] == ["안녕 우주선"] and first.near_from is None
    second = look(app, "안녕 우주선", cursor=first.page.next)
    assert [post.body for post in second.page] == ["안녕 여러분"] and second.near_from == 0
    assert second.page.next is None


def test_words_of_the_site_work_after_a_rebuild(
    app: Flask, cast: Cast, tmp_path: Path, engine_with: Callable[..., None]
) -> None:
    words, synonyms = tmp_path / "words.txt", tmp_path / "synonyms.txt"
    words.write_text("갓생  # the young say so\n", "utf-8")
    synonyms.write_text("카페, 커피숍\n폰 => 휴대폰\n", "utf-8")
    engine_with(SEARCH_DICTIONARY=str(words), SEARCH_SYNONYMS=str(synonyms), SEARCH_PATH=tmp_path / "search")
    bada: Visitor = cast.member("바다")
    bodies = ("카페에 갔어요", "커피숍에 갔어요", "휴대폰을 샀어요", "폰을 샀어요", "갓생살기 첫날")
    for body in bodies:
        cast.post(bada, body)
    with app.app_context():
        assert rebuilds.advance(100)
    assert set(exact(look(app, "카페"))) == set(exact(look(app, "커피숍"))) == set(bodies[:2])
    assert "휴대폰을 샀어요" in exact(look(app, "폰"))
    assert exact(look(app, "휴대폰")) == ["휴대폰을 샀어요"]
    results = look(app, "갓생")
    assert [post.body[slice(*results.marks[post.id][0])] for post in results.page] == ["갓생"]
    with site(app):
        assert searching.suggest("갓", STRANGER).words == ("갓생",)
        assert explain("갓생살기", STRANGER).lemmas[0] == "갓생"


@pytest.mark.usefixtures("shore")
def test_query_is_explained_from_its_tree_to_its_best_posts(app: Flask) -> None:
    with site(app):
        told = explain("겨울 산 -이야기 from:하늘 until:어제 바다 OR 산", STRANGER)
    assert told.tree[:2] == ["Word 겨울", "Word 산"] and told.tree[2:4] == ["Not", "  Word 이야기"]
    assert "Filter from 하늘" in told.tree and told.tree[-3:] == ["Either", "  Word 바다", "  Word 산"]
    assert any(line.strip().startswith("Term from:") for line in told.gate)
    assert told.lemmas[:2] == ["겨울", "산"] and told.bigrams and len(told.notes) == 1
    assert [match.stage for match in told.matches] == ["strict", "near"]
    assert told.matches[0].text == TEXTS[HILL] and told.matches[0].score > 0 and told.matches[0].reason


def test_tables_of_people_and_tags_are_searched_with_their_models(app: Flask, cast: Cast) -> None:
    cast.post(cast.member("바다"), "하나 #겨울")
    work(app)
    with app.app_context():
        assert [user.username for user in User.search("바다")] == ["바다"]
        assert [tag.name for tag in Tag.search("겨울")] == ["겨울"]
