"""What people type into the search field, read as a tree."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search import terms
from app.search.query import (
    MOST_CHARACTERS,
    MOST_TERMS,
    Either,
    Filter,
    Not,
    Part,
    Phrase,
    Query,
    Word,
    parse,
)
from app.search.terms import Term
from tests.timing import loops

OPERATORS = {"from": "from", "작성자": "from", "since": "since", "부터": "since", "has": "has", "포함": "has"}
QUOTES = '"＂“”„「」『』'
ANY_TEXT = st.text(st.characters(exclude_categories=()))
PIECES = (
    '한글|가|OR|or|-|－|--|"|“|”|「|」| |\u3000|\x00|\ud800|:|：|#|＃|'
    "from|작성자|from:|foo:|바다|x|é|e\u0301|,|1|\u200d|\u3164|\u200b"
).split("|")
QUERIES = st.lists(st.sampled_from(PIECES + [" "] * 6), max_size=60).map("".join) | ANY_TEXT


def ask(text: str) -> Query:
    """Returns the query that the text is."""
    return parse(text, OPERATORS)


def shape(part: Part) -> str:
    """Returns a part in a short notation: 단어, "구절", name=value, -part, (part | part)."""
    match part:
        case Word():
            return part.text
        case Phrase():
            return f'"{part.text}"'
        case Filter():
            return f"{part.name}={part.value}"
        case Not():
            return f"-{shape(part.part)}"
        case Either():
            return f"({' | '.join(map(shape, part.parts))})"


def shapes(query: Query) -> list[str]:
    """Returns the parts of a query in the short notation."""
    return [shape(part) for part in query.parts]


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("", []),
        (" \t\n\u3000 ", []),
        ("한글 검색", ["한글", "검색"]),
        ("한글\u3000검색\u200b엔진", ["한글", "검색", "엔진"]),
        ('"한글 검색"', ['"한글 검색"']),
        ('"한글  \n검색 " 좋아', ['"한글 검색"', "좋아"]),
        ('가"나 다"라', ["가", '"나 다"', "라"]),
        ('가 "" 나 " " -""', ["가", "나"]),
        ('"한글 검색', ["한글", "검색"]),
        ('한글" 검색', ["한글", "검색"]),
        ('-"한글', ["-", "한글"]),
        ("from:바다", ["from=바다"]),
        ("From:바다 작성자:하늘 부터:2026-01-01", ["from=바다", "from=하늘", "since=2026-01-01"]),
        ('from:"푸른 바다"', ["from=푸른 바다"]),
        ("from:a:b", ["from=a:b"]),
        ('from:바다"구절"', ["from=바다", '"구절"']),
        ("from: 바다", ["from:", "바다"]),
        ('from:"" 바다', ["from:", "바다"]),
        ('from:"바다', ["from:", "바다"]),
        (":바다 ::", [":바다", "::"]),
        ("foo:bar https://a.kr/b:c", ["foo:bar", "https://a.kr/b:c"]),
        ('foo:"바 다"', ["foo:", '"바 다"']),
        ("#서울 #카페_1", ["tag=서울", "tag=카페_1"]),
        ("#서울#카페", ["tag=서울", "tag=카페"]),
        ("# #1 C# #c++ ##가", ["#", "#1", "C#", "#c++", "##가"]),
        ("가 -나 -'다'", ["가", "-나", "-'다'"]),
        ('-"나 다" -from:바다 -#서울 -foo:"x"', ['-"나 다"', "-from=바다", "-tag=서울", "-foo:", '"x"']),
        ("-#서울#카페", ["-tag=서울", "tag=카페"]),
        ("- -- --가 가-나 -－가 -from:", ["-", "--", "--가", "가-나", "-－가", "-from:"]),
        ("가 OR 나", ["(가 | 나)"]),
        ("가 OR 나 OR 다 라", ["(가 | 나 | 다)", "라"]),
        ('가 OR "나 다" OR -라 OR from:바다', ['(가 | "나 다" | -라 | from=바다)']),
        ("OR 가 OR", ["OR", "가", "OR"]),
        ("OR", ["OR"]),
        ("OR OR OR", ["OR", "OR", "OR"]),
        ("가 OR OR 나", ["(가 | 나)"]),
        ('가 "" OR "" 나', ["(가 | 나)"]),
        ("가 or 나 Or 다", ["가", "or", "나", "Or", "다"]),
        ('가 "OR" 나 -OR', ["가", '"OR"', "나", "-OR"]),
        ("“한글 검색” „가 나“ ＂다 라＂", ['"한글 검색"', '"가 나"', '"다 라"']),
        ("「별 헤는 밤」 『하늘과 바람』", ['"별 헤는 밤"', '"하늘과 바람"']),
        ("작성자：바다 ＃서울 －가 −나", ["from=바다", "tag=서울", "-가", "-나"]),
        ("작성자:“푸른 바다”", ["from=푸른 바다"]),
        (unicodedata.normalize("NFD", "작성자:바다 한글 #서울"), ["from=바다", "한글", "tag=서울"]),
        ("가\x00나\ud800다", ["가", "나", "다"]),
        ('"가\x00나"', ['"가 나"']),
        ("\u3164 \u200d #\u3164", ["#\u3164"]),
        ("👨\u200d👩\u200d👧 ㅋㅋ", ["👨\u200d👩\u200d👧", "ㅋㅋ"]),
    ],
)
def test_text_is_read_as_people_mean_it(typed: str, parts: list[str]) -> None:
    query = ask(typed)
    assert shapes(query) == parts
    assert not query.cut
    assert query.is_empty == (not parts)


def test_part_knows_where_it_stands() -> None:
    typed = '가 -"나 다" OR ＃서울 작성자：바다'
    word, either, author = ask(typed).parts
    assert (word, author) == (Word("가", 0, 1), Filter("from", "바다", 16, 22))
    assert either == Either((Not(Phrase("나 다", 3, 8), 2, 8), Filter("tag", "서울", 12, 15)), 2, 15)


def test_what_is_looked_for_is_told_apart_from_what_is_excluded() -> None:
    query = ask('가 -나 "다 라" -"마 바" from:바다 -from:하늘 사 OR "아 자" OR -차 OR #카')
    assert [word.text for word in query.words] == ["가", "사"]
    assert query.text == "가 다 라 사 아 자"


@pytest.mark.parametrize(
    ("typed", "taken", "left"),
    [
        ("가  나   다", "나", "가 다"),
        ("가 from:바다", "from=바다", "가"),
        ('가"나 다"라', '"나 다"', "가 라"),
        ("가 -나  다", "-나", "가 다"),
        ('가 "나  다"  라', "가", '"나  다"  라'),
        ("#서울#카페", "tag=서울", "#카페"),
        ("가 OR 나 다", "(가 | 나)", "다"),
        ("가 OR 나 OR 다", "가", "나 OR 다"),
        ("가 OR 나 OR 다", "나", "가 OR 다"),
        ("가 OR 나", "나", "가"),
        ("가", "가", ""),
    ],
)
def test_part_can_be_taken_out(typed: str, taken: str, left: str) -> None:
    query = ask(typed)
    inner = [term for part in query.parts if isinstance(part, Either) for term in part.parts]
    part = next(part for part in (*query.parts, *inner) if shape(part) == taken)
    assert query.without(part) == left


def test_part_of_another_query_cannot_be_taken_out() -> None:
    with pytest.raises(ValueError, match="no such part"):
        ask("가 OR 나").without(Word("가", 5, 6))


def test_words_are_replaced_and_all_else_is_kept() -> None:
    query = ask('검섹  OR 엔진 -검섹 "검섹" from:검섹 가 검섹')
    assert query.replace_words({"검섹": "검색"}) == '검색  OR 엔진 -검섹 "검섹" from:검섹 가 검색'
    assert query.replace_words({}) == query.source


def test_number_of_terms_is_limited() -> None:
    query = ask(" ".join("가" * (MOST_TERMS + 1)))
    assert query.cut and len(query.parts) == MOST_TERMS
    assert not ask(" ".join("가" * MOST_TERMS)).cut


def test_alternatives_count_as_terms_and_those_that_join_them_do_not() -> None:
    assert not ask(" OR ".join("가" * MOST_TERMS)).cut
    query = ask(" OR ".join("가" * (MOST_TERMS + 1)))
    assert query.cut and shapes(query) == [f"({' | '.join('가' * MOST_TERMS)})"]


@pytest.mark.parametrize(
    ("beyond", "parts"),
    [
        ("나" * MOST_CHARACTERS, ["가"]),
        (" " * MOST_CHARACTERS + "나", ["가"]),
        ("OR " + "나" * MOST_CHARACTERS, ["가"]),
        ('"나 ' + "다" * MOST_CHARACTERS + '"', ["가", "나"]),
        ("from:" + "나" * MOST_CHARACTERS, ["가"]),
    ],
)
def test_what_is_beyond_the_length_is_left_out_whole(beyond: str, parts: list[str]) -> None:
    query = ask(f"가 {beyond}")
    assert query.cut and shapes(query) == parts


@pytest.mark.parametrize("filling", [" ", "\n", "\x00", "\u200b"])
def test_blanks_beyond_the_length_are_not_missed(filling: str) -> None:
    query = ask("가" * MOST_CHARACTERS + filling * 1000)
    assert not query.cut and len(query.words[0].text) == MOST_CHARACTERS


def test_one_word_beyond_the_length_is_no_query() -> None:
    query = ask("가" * (MOST_CHARACTERS + 1))
    assert query.cut and query.is_empty


def terms_of(query: Query) -> list[Term]:
    """Returns the terms of a query, also those that OR joins."""
    return [term for part in query.parts for term in (part.parts if isinstance(part, Either) else (part,))]


def spaced(text: str) -> str:
    """Returns the text in NFC, with single blanks for what separates words."""
    separators = {one for one in text if unicodedata.category(one) in ("Cc", "Cs") or one == "\u200b"}
    blank = "".join(" " if one in separators else one for one in text)
    return unicodedata.normalize("NFC", " ".join(blank.split()))


@given(QUERIES)
def test_every_text_is_read_and_every_part_stands_where_it_says(typed: str) -> None:
    end = 0
    for term in terms_of(ask(typed)):
        assert end <= term.start < term.end <= min(len(typed), MOST_CHARACTERS)
        end = term.end
        part = term.part if isinstance(term, Not) else term
        written = typed[part.start : part.end]
        match part:
            case Word():
                assert spaced(written) == part.text
            case Phrase():
                assert spaced(written[1:-1]) == part.text
            case Filter():
                assert spaced(written.rstrip(QUOTES)).endswith(part.value)


@given(QUERIES.filter(lambda typed: not ask(typed).cut), st.data())
def test_without_a_part_the_others_are_left(typed: str, data: st.DataObject) -> None:
    query = ask(typed)
    if query.is_empty:
        return
    i = data.draw(st.integers(0, len(query.parts) - 1))
    left = ask(query.without(query.parts[i]))
    assert shapes(left) == [*shapes(query)[:i], *shapes(query)[i + 1 :]]


@given(QUERIES)
def test_alternative_can_be_taken_out_alone(typed: str) -> None:
    query = ask(typed)
    for i, either in enumerate(() if query.cut else query.parts):
        if not isinstance(either, Either):
            continue
        for part in either.parts:
            left = [shape(other) for other in either.parts if other is not part]
            now = f"({' | '.join(left)})" if len(left) > 1 else left[0]
            assert shapes(ask(query.without(part))) == [*shapes(query)[:i], now, *shapes(query)[i + 1 :]]


@given(QUERIES)
def test_replacing_words_by_themselves_changes_no_reading(typed: str) -> None:
    query = ask(typed)
    same = query.replace_words({word.text: word.text for word in query.words})
    if not query.cut:
        assert shapes(ask(same)) == shapes(query)


@pytest.mark.parametrize(
    "filling",
    [
        '"',
        "-",
        ":",
        "#",
        "#가",
        "a:",
        'a:"',
        "OR ",
        "가",
        " ",
        "\x00",
        "\ud800",
        '-"',
        "“가",
        "가:",
        "e\u0301",
        "\u0301",
    ],
)
def test_time_grows_with_the_text_only(filling: str) -> None:
    text = filling * (1_000_000 // len(filling))
    assert loops(lambda: ask(text)) < 100
    # The limit is not what makes it so.
    assert loops(lambda: sum(1 for _ in terms.read(text, OPERATORS))) < 200
