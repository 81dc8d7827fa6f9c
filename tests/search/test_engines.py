"""What every engine does: one suite for all of them, so that they answer alike."""

from __future__ import annotations

import pytest

from app.search import plan
from app.search.engine import Document, Engine, Order
from app.search.plan import EVERYTHING, NOTHING, Plan, near, together
from app.search.query import parse
from tests.search.conftest import NOW, Posts, filtered, near_plan_of, plan_of

DAY = 24 * 3600


def test_what_was_put_is_found_at_once_and_what_was_dropped_is_not(posts: Posts) -> None:
    (post,) = posts.put("한글은 아름답다")
    assert posts.find("한글") == ["한글은 아름답다"]
    posts.drop(post)
    assert posts.find("한글") == []
    posts.drop(post)


def test_newer_revision_replaces_and_older_one_is_ignored(posts: Posts) -> None:
    (post,) = posts.put("사과를 먹었다")
    posts.engine.put_many("post", [Document(post.id, 3, NOW, "포도를 먹었다")])
    posts.engine.put_many("post", [Document(post.id, 2, NOW, "수박을 먹었다")])
    assert [len(posts.find(word)) for word in ("사과", "포도", "수박")] == [0, 1, 0]


def test_same_revision_can_be_put_again(posts: Posts) -> None:
    (post,) = posts.put("사과를 먹었다", revision=4)
    posts.engine.put_many("post", [post])
    assert posts.find("사과") == ["사과를 먹었다"]


def test_older_drop_does_not_take_out_what_is_newer(posts: Posts) -> None:
    (post,) = posts.put("사과를 먹었다", revision=5)
    posts.engine.drop_many("post", [(post.id, 4)])
    assert posts.find("사과") == ["사과를 먹었다"]


def test_nothing_to_put_or_drop_is_fine(posts: Posts) -> None:
    posts.engine.put_many("post", [])
    posts.engine.drop_many("post", [])


def test_indexes_do_not_see_each_other(posts: Posts) -> None:
    posts.put("바다에 갔다")
    asked = Plan(EVERYTHING)
    assert posts.engine.search("user", asked, limit=10) == []


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("한글", "한글은 쉽다"),
        ("한글은", "오늘도 한글 공부"),
        ("예쁘다", "오늘따라 예뻐졌네요"),
        ("예뻐졌네요", "꽃이 예쁘다"),
        ("먹다", "점심을 먹었습니다"),
        ("겨울산책", "오늘은 겨울 산책을 했다"),
        ("겨울 산책", "겨울산책은 즐겁다"),
        ("에어팟", "에어팟을 잃어버렸다"),
        ("ㅎㄱ", "한글을 배운다"),
        ("ㅋㅋ", "진짜 웃기다 ㅋㅋㅋㅋㅋ"),
        ("ㅋㅋㅋㅋ", "웃음 ㅋㅋ"),
        ("겨울산책길", "띄어쓰기없이쓰는사람도있다" * 6 + "겨울산책길"),
        ("run", "She was running"),
        ("Running", "they run fast"),
        ("developer", "The developer's laptop"),
        ("flask", "FLASK로 만들었다"),
        ("😀", "좋은 아침 😀 입니다"),
        ("ＡＢＣ", "abc 초콜릿"),
        ('"배가 고프다"', "나는 배가 고프다 정말"),
        ('"배가고프다"', "나는 배가 고프다 정말"),
        ("東京", "東京へ行く"),
        ("2026", "2026년 새해"),
        ("커퓌", "오늘도 커퓌 한 잔"),
    ],
)
def test_a_post_is_found_however_it_was_typed(posts: Posts, typed: str, text: str) -> None:
    posts.put(text, "전혀 다른 이야기")
    assert posts.find(typed) == [text]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("ㅎㄱ", "초성은 ㅋㅋ 없다"),
        ("ㅋㅋ", "쿠키를 굽다"),
        ("한글", "한 줄의 글"),
        ('"고프다 배가"', "나는 배가 고프다"),
        ("사과 포도", "사과를 먹었다"),
        ("바다 -파도", "바다에 파도가 친다"),
        ("😀", "😎"),
        ("커퓌", "글씨가 커서 크게 보인다"),
        ("산챡", "산에 오른다"),
    ],
)
def test_a_post_is_not_found_by_what_it_does_not_say(posts: Posts, typed: str, text: str) -> None:
    posts.put(text)
    assert posts.find(typed) == []


def test_single_syllable_is_found_as_a_word_first_then_as_a_beginning(posts: Posts) -> None:
    posts.put("선물", "물건", "물이")
    assert posts.find("물") == ["물이", "물건", "선물"]


@pytest.mark.parametrize(
    ("typed", "found", "others"),
    [
        ("산", "뒷산에 다녀왔다", "스산한 바람이 분다"),
        ("말", "짧은말로 끝냈다", "정말 그랬다"),
        ("달", "새달에 만나자", "귀찮게 매달렸다"),
        ("물", "바닷물에 들어갔다", "오래 머물렀다"),
        ("-봄 산", "뒷산에 다녀왔다", "스산한 바람이 분다"),
        ("“산”", "뒷산에 다녀왔다", "스산한 바람이 분다"),
    ],
)
def test_single_syllable_is_no_part_of_a_verb_or_adverb(
    posts: Posts, typed: str, found: str, others: str
) -> None:
    posts.put(found, others)
    assert posts.find(typed) == [found]


def test_single_syllable_ranks_higher_as_a_word_by_itself_than_in_a_compound(posts: Posts) -> None:
    posts.put("하늘을 보면 자꾸 눈이 부시다", age=9 * DAY)
    posts.put("눈물", "눈물이 났다", "눈빛")
    assert posts.find("눈")[0] == "하늘을 보면 자꾸 눈이 부시다"


def test_words_that_stand_together_come_first(posts: Posts) -> None:
    posts.put("겨울 산책", age=60)
    posts.put("산책은 봄이 좋고 겨울은 춥다")
    assert posts.find("겨울 산책")[0] == "겨울 산책"


def test_either_of_two_words_is_enough(posts: Posts) -> None:
    posts.put("사과를 먹었다", "포도를 먹었다", "수박을 먹었다")
    assert set(posts.find("사과 OR 포도")) == {"사과를 먹었다", "포도를 먹었다"}


def test_synonym_finds_what_its_words_find(posts: Posts) -> None:
    posts.put("카페에 갔다", "커피숍에 갔다", "공원에 갔다")
    hits = posts.hits(plan_of("카페", {"카페": ("커피숍",)}))
    assert set(posts.texts_of(hits)) == {"카페에 갔다", "커피숍에 갔다"}


def test_same_text_comes_first_where_it_is_newer(posts: Posts) -> None:
    old, new = posts.document("한글 이야기", age=90 * DAY), posts.document("한글 이야기")
    posts.engine.put_many("post", [new, old])
    hits = posts.hits(plan_of("한글"))
    assert [hit.id for hit in hits] == [new.id, old.id]
    assert hits[1].score / hits[0].score == pytest.approx(plan.recency(90 * DAY), rel=1e-3)


def test_filters_narrow_what_words_find(posts: Posts) -> None:
    posts.put("바다 sea", terms=("lang:ko",))
    posts.put("sea side", terms=("lang:en",))
    assert posts.find("sea lang:en") == ["sea side"]
    assert posts.find("sea -lang:en") == ["바다 sea"]


def test_every_node_matches_what_it_says(posts: Posts) -> None:
    posts.put("바람이 분다", age=30, terms=("lang:ko", "by:7"), names=("바다",))
    posts.put("산에 갔다", age=10, terms=("lang:ko",), names=("산 사람",))
    wind, hill = "바람이 분다", "산에 갔다"
    expected: list[tuple[plan.Node, set[str]]] = [
        (EVERYTHING, {wind, hill}),
        (NOTHING, set()),
        (plan.Lemmas("바람은"), {wind}),
        (plan.Lemmas("은"), set()),
        (plan.Run("바 람이"), {wind}),
        (plan.Run("!?"), set()),
        (plan.Enough("바람이 분가"), {wind}),
        (plan.Enough("!?"), set()),
        (plan.Part("갔다"), {hill}),
        (plan.Part("^산"), {hill}),
        (plan.Initials("ㅂㄹ"), {wind}),
        (plan.Start("사람"), {hill}),
        (plan.Start("ㅅㄹ"), {hill}),
        (plan.Start("ㅂㄷ"), {wind}),
        (plan.Start("받"), {wind}),
        (plan.Term("by:7"), {wind}),
        (plan.Term("by"), set()),
        (plan.HasWord("바람"), {wind}),
        (plan.Within(NOW - 20), {hill}),
        (plan.Within(None, NOW - 20), {wind}),
        (plan.Within(NOW - 30, NOW - 10), {wind}),
        (plan.Within(), {wind, hill}),
        (plan.Within(-(10**30), 10**30), {wind, hill}),
        (plan.Every((plan.Term("lang:ko"), plan.Term("by:7"))), {wind}),
        (plan.Some((plan.Term("by:7"), plan.HasWord("산"))), {wind}),
        (plan.No(plan.Term("by:7")), {hill}),
        (plan.No(EVERYTHING), set()),
        (plan.Every((plan.No(NOTHING), plan.Some((plan.No(plan.Term("by:7")),)))), {hill}),
    ]
    assert [(node, posts.match(node)) for node, _ in expected] == expected


def test_boosts_lift_what_they_match(posts: Posts) -> None:
    posts.put("한글 하나", age=100, terms=("by:1",))
    posts.put("한글 둘")
    boosted = Plan(EVERYTHING, "한글", ((plan.Term("by:1"), 20.0),))
    hits = posts.hits(boosted)
    assert posts.texts_of(hits) == ["한글 하나", "한글 둘"]
    assert hits[0].score > 15


def test_near_plan_finds_typing_errors_and_leaves_out_what_is_exact(posts: Posts) -> None:
    posts.put("오늘 저녁은 김치찌개 먹자", "김치찌게 만들기", "비빔밥 만들기")
    hits = posts.hits(near_plan_of("김치찌게"))
    assert posts.texts_of(hits) == ["오늘 저녁은 김치찌개 먹자"]


def test_near_match_with_more_of_the_words_comes_first(posts: Posts) -> None:
    posts.put("도서관에서 책을 빌려 한강 공원에 앉아 해가 질 때까지 읽다가 돌아왔다", age=9 * DAY)
    posts.put("돌고래 돌고래 돌고래", "돌고래를 보았다", "책", "한강")
    assert posts.texts_of(posts.hits(near_plan_of("책 한강 돌고래")))[0].startswith("도서관")


def test_near_matches_stand_by_nearness_and_the_newer_one_first_where_they_are_equally_near(
    posts: Posts,
) -> None:
    old, new = posts.document("김치찌개 이야기", age=90 * DAY), posts.document("김치찌개 이야기")
    posts.engine.put_many("post", [old, new])
    hits = posts.hits(near_plan_of("김치찌게"))
    assert [hit.id for hit in hits] == [new.id, old.id]
    assert hits[0].score == hits[1].score
    rest = posts.engine.search("post", near_plan_of("김치찌게"), limit=9, after=hits[0], now=NOW)
    assert [hit.id for hit in rest] == [old.id]


def test_near_plan_keeps_its_filters(posts: Posts) -> None:
    posts.put("사과를 먹었다", terms=("lang:ko",))
    posts.put("포도를 먹었다", terms=("lang:en",))
    query = parse("사과 포도 lang:ko", {"lang": "lang"})
    assert posts.texts_of(posts.hits(near(query, filtered, {}))) == ["사과를 먹었다"]


def test_text_stands_together_with_or_without_spaces(posts: Posts) -> None:
    posts.put("겨울산책 좋다", "겨울 산책 좋다", "산책 겨울")
    hits = posts.hits(together(parse("겨울 산책", {})))
    assert set(posts.texts_of(hits)) == {"겨울산책 좋다", "겨울 산책 좋다"}


def test_newest_come_first_and_heaviest_come_first(posts: Posts) -> None:
    posts.put("사과 하나", age=10, weight=3)
    posts.put("사과 둘", age=5, weight=9)
    posts.put("사과 셋", age=20, weight=9)
    assert posts.find("사과", Order.NEWEST) == ["사과 둘", "사과 하나", "사과 셋"]
    assert posts.find("사과", Order.WEIGHT) == ["사과 둘", "사과 셋", "사과 하나"]


@pytest.mark.parametrize("order", [Order.NEWEST, Order.RELEVANCE])
@pytest.mark.parametrize("typed", ["한글", "ㅎㄱ"])
def test_pages_follow_one_another_without_gap_or_repetition(posts: Posts, order: Order, typed: str) -> None:
    made = [posts.document(f"한글 {'맛 ' * (number % 4)}", age=number // 5) for number in range(23)]
    posts.engine.put_many("post", made)
    seen: list[int] = []
    after = None
    while page := posts.hits(plan_of(typed), limit=5, order=order, after=after):
        seen += [hit.id for hit in page]
        after = page[-1]
    assert len(seen) == 23 and set(seen) == {post.id for post in made}
    assert seen == [hit.id for hit in posts.hits(plan_of(typed), order=order)]


def test_limit_of_nothing_finds_nothing(posts: Posts) -> None:
    posts.put("한글")
    assert posts.hits(plan_of("한글"), limit=1) and posts.find("") == []


def test_words_are_suggested_while_a_syllable_is_unfinished(posts: Posts) -> None:
    posts.put("한국 여행", "한국 음식", "한국 음악", "한국인 친구", "한글 공부")
    assert posts.engine.suggest("post", "한구", limit=5)[0] == "한국"
    assert "한글" not in posts.engine.suggest("post", "한구", limit=5)
    assert {"한국", "한글"} <= set(posts.engine.suggest("post", "ㅎㄱ", limit=9))
    assert posts.engine.suggest("post", "한", limit=1) == ["한국"]
    assert posts.engine.suggest("post", "", limit=5) == []


def test_suggestions_are_of_posts_that_may_be_seen(posts: Posts) -> None:
    posts.put("비밀 계획", terms=("to:1",))
    posts.put("비닐 하나")
    public = plan.No(plan.Term("to:1"))
    assert posts.engine.suggest("post", "ㅂ", limit=9, within=public) == ["비닐"]
    assert posts.engine.similar("post", "비밀", limit=9, within=public) == ["비닐"]


def test_suggestions_vanish_with_the_last_post_that_has_the_word(posts: Posts) -> None:
    first, second = posts.put("고구마 하나", "고구마 둘")
    posts.drop(first)
    assert posts.engine.suggest("post", "고구", limit=5) == ["고구마"]
    posts.drop(second)
    assert posts.engine.suggest("post", "고구", limit=5) == []
    assert posts.engine.similar("post", "고구마", limit=5) == []


def test_words_are_corrected_to_the_nearest_then_the_most_used(posts: Posts) -> None:
    posts.put("도서관 갔다", "도서관 책", "도서전 갔다", "기차 여행")
    assert posts.engine.similar("post", "도서괸", limit=5)[0] == "도서관"
    assert posts.engine.similar("post", "도서관", limit=1) == ["도서관"]
    assert "기차" not in posts.engine.similar("post", "도서괸", limit=5)
    assert posts.engine.similar("post", "", limit=5) == []


def test_explanation_tells_how_a_post_matches(posts: Posts) -> None:
    first, second = posts.put("한글은 쉽다", "영어는 어렵다")
    assert "한글" in posts.engine.explain("post", plan_of("한글"), first.id)
    assert posts.engine.explain("post", plan_of("한글"), second.id) == ""
    assert posts.engine.explain("post", plan_of("한글"), 2**40) == ""


def test_revisions_are_told_in_the_order_of_ids(posts: Posts) -> None:
    made = [posts.document("글", revision=number) for number in (3, 1, 2)]
    posts.engine.put_many("post", made[::-1])
    before = made[0].id - 1
    assert posts.engine.revisions("post", before, 10) == [(post.id, post.revision) for post in made]
    assert posts.engine.revisions("post", before, 1) == [(made[0].id, 3)]
    assert posts.engine.revisions("post", made[-1].id, 10) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "a\x00b",
        "\ud800",
        "한\udfff글",
        "😀😀😀",
        "👨‍👩‍👧",
        "가" * 10_000,
        "a" * 10_000,
        "한글 " * 3_400,
    ]
    + [
        "ㅋ" * 10_000,
        "\u1100\u1161",
        '(){}[]^"~*?:\\/ AND OR NOT',
        "1 " * 5_000,
        "e\u0301" * 5_000,
        "'" * 40,
    ],
)
def test_no_text_and_no_query_breaks_anything(posts: Posts, text: str) -> None:
    posts.put(text, names=(text,))
    for asked in (plan_of(text), near_plan_of(text), plan_of(f"lang:{text}"), plan.named(text)):
        for order in Order:
            posts.hits(asked, order=order)
    for node in (plan.Lemmas, plan.Run, plan.Enough, plan.Start):
        posts.match(node(text))
    posts.engine.suggest("post", text, limit=3)
    posts.engine.similar("post", text, limit=3)
    posts.engine.explain("post", plan_of(text), 1)


def test_health_tells_what_answers(posts: Posts) -> None:
    health = posts.engine.health()
    assert health.engine == posts.engine.name and health.problem is None and not health.is_stale
    assert set(health.documents) == {"post", "user", "tag"} and health.generation


def test_names_are_found_by_their_beginnings(engine: Engine) -> None:
    people = [
        Document(1, 1, NOW, names=("바다", "sea_lover"), weight=2),
        Document(2, 1, NOW, names=("바람",), weight=9),
    ]
    engine.put_many("user", people)
    asked = [("바", [2, 1]), ("바다", [1]), ("ㅂㄷ", [1]), ("SEA", [1]), ("람", [])]
    found = [
        (typed, [hit.id for hit in engine.search("user", plan.named(typed), limit=9, order=Order.WEIGHT)])
        for typed, _ in asked
    ]
    engine.drop_many("user", [(1, 1), (2, 1)])
    assert found == asked
