"""Web addresses in a text: where they end, where they lead, and what is shown of them."""

import re

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from app import links
from tests.timing import loops


def only(text: str) -> tuple[str, str, str]:
    """Returns the one address of a text as typed, where it leads, and what is shown."""
    (link,) = links.find(text)
    return text[link.start : link.end], link.href, link.label


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.com", "https://example.com"),
        ("보세요 https://example.com/a에서 봤어요", "https://example.com/a"),
        ("https://example.com에서", "https://example.com"),
        ("https://example.com보세요", "https://example.com"),
        ("https://example.com:8080에서", "https://example.com:8080"),
        ("https://example.com:8080보세요", "https://example.com:8080"),
        ("https://example.com/에서", "https://example.com/"),
        ("https://example.com.그리고", "https://example.com"),
        ("https://example.com/a입니다.", "https://example.com/a"),
        ("https://ko.wikipedia.org/wiki/한글", "https://ko.wikipedia.org/wiki/한글"),
        ("https://ko.wikipedia.org/wiki/한글에서", "https://ko.wikipedia.org/wiki/한글에서"),
        ("https://example.com/?q=에서", "https://example.com/?q=에서"),
        ("http://도메인.한국에서", "http://도메인.한국"),
        ("(https://example.com/a_(b))", "https://example.com/a_(b)"),
        ("[https://example.com/a]", "https://example.com/a"),
        ("“https://example.com/a”라고", "https://example.com/a"),
        ("<https://example.com/a>", "https://example.com/a"),
        ("https://example.com/a, https에", "https://example.com/a"),
        ("https://example.com/a?!...", "https://example.com/a"),
        ("https://example.com/a~", "https://example.com/a"),
        ("여기https://example.com/a", "https://example.com/a"),
        ("www.naver.com입니다", "www.naver.com"),
        ("HTTP://EXAMPLE.COM/A", "HTTP://EXAMPLE.COM/A"),
        ("http://127.0.0.1:5000/x", "http://127.0.0.1:5000/x"),
        ("https://example.com#위", "https://example.com#위"),
        ('https://example.com/"onclick=x', "https://example.com/"),
        ("공지(https://example.com/a)참고하세요", "https://example.com/a"),
        ("공지(https://example.com)참고", "https://example.com"),
        ("[글](https://example.com/a)입니다", "https://example.com/a"),
        ("{https://example.com/a}참고", "https://example.com/a"),
        ("**https://example.com/a**참고", "https://example.com/a"),
        ("'https://example.com/a'라고", "https://example.com/a"),
        ("https://example.com/a(참고 하세요)", "https://example.com/a"),
        ("https://example.com/a)에서", "https://example.com/a"),
        ("https://en.wikipedia.org/wiki/A_(b_(c))d", "https://en.wikipedia.org/wiki/A_(b_(c))d"),
        ("https://ko.wikipedia.org/wiki/한글_(문자)는", "https://ko.wikipedia.org/wiki/한글_(문자)"),
        ("https://example.com/?q=(a)&b=[c]", "https://example.com/?q=(a)&b=[c]"),
        ("https://ko.wikipedia.org/wiki/3·1_운동", "https://ko.wikipedia.org/wiki/3·1_운동"),
        ("https://ja.wikipedia.org/wiki/ダ・ヴィンチ", "https://ja.wikipedia.org/wiki/ダ・ヴィンチ"),
        ("https://example.com/a·", "https://example.com/a"),
        ("https://example.com·한국", "https://example.com"),
        ("https://한국.kr·미국", "https://한국.kr"),
        ("https://ko.wikipedia.org/wiki/이란", "https://ko.wikipedia.org/wiki/이란"),
        ("https://namu.wiki/w/나", "https://namu.wiki/w/나"),
        ("https://example.com/a_이", "https://example.com/a_이"),
        ("https://example.com/posts/12/에서", "https://example.com/posts/12/"),
        ("https://my_site.example.com/", "https://my_site.example.com/"),
    ],
)
def test_address_ends_where_the_sentence_goes_on(text: str, address: str) -> None:
    assert only(text)[0] == address


@pytest.mark.parametrize(
    "text",
    [
        "example.com",
        "http://localhost:5000/",
        "http://[::1]/",
        "http://",
        "www.",
        "https://..",
        "https://a..com",
        "https://-a.com",
        "https://bank.example@evil.example/",
        "https://example.com:80@evil.example/",
        "https://example.com:99999/",
        "javascript:alert(1)",
        "http://javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.com/",
        "xhttps://example.com",
        "https://🦄.ws/",
        "https://example.com/" + "a" * 3000,
        "https://" + "a." * 200 + "com",
        "https://한글",
    ],
)
def test_what_is_no_safe_address_is_not_linked(text: str) -> None:
    assert links.find(text) == []


@pytest.mark.parametrize(
    "between", [",", ";", "·", "ㆍ", ")(", "](", " ", "에서", "(", "\n", "），（", "·www.c.kr,"]
)
def test_addresses_that_stand_together_are_told_apart(between: str) -> None:
    found = [link.label for link in links.find(f"(https://a.kr{between}https://b.kr)")]
    assert found == ["a.kr", *(["www.c.kr"] if "www" in between else []), "b.kr"]


def test_what_stands_beside_an_address_is_left_when_addresses_are_left_out() -> None:
    text = "공지(https://example.com/a)참고 (http://localhost/x)시험 www.a.kr에서 a.kr/b"
    assert links.left_out(text).split() == ["공지(", ")참고", "(", ")시험", "에서", "a.kr/b"]


@pytest.mark.parametrize(
    ("text", "href", "label"),
    [
        ("https://example.com/", "https://example.com/", "example.com"),
        ("www.example.com/a", "https://www.example.com/a", "www.example.com/a"),
        ("HTTP://Example.COM/A", "http://example.com/A", "Example.COM/A"),
        ("https://ko.wikipedia.org/wiki/%ED%95%9C%EA%B8%80", None, "ko.wikipedia.org/wiki/한글"),
        ("https://example.com/%E2%80%AE%20a%00", None, "example.com/%E2%80%AE%20a%00"),
        ("https://example.com/%ED%95", None, "example.com/%ED%95"),
        ("https://example.com/한 ", "https://example.com/%ED%95%9C", "example.com/한"),
        ("https://한글.kr/a", "https://xn--bj0bj06e.kr/a", "한글.kr/a"),
        ("https://аррӏе.com/", "https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"),
        ("https://pаypal.com/", "https://xn--pypal-4ve.com/", "xn--pypal-4ve.com"),
        ("https://xn--80ak6aa92e.com/", "https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"),
        ("https://bücher.de/", "https://xn--bcher-kva.de/", "bücher.de"),
    ],
)
def test_address_leads_where_it_says(text: str, href: str | None, label: str) -> None:
    assert only(text)[1:] == (href or text, label)


def test_long_address_is_shown_shortened_and_told_whole() -> None:
    (link,) = links.find("https://example.com/" + "가" * 60)
    assert link.label == "example.com/" + "가" * 27 + "…"
    assert len(link.label) == links.LABEL_LENGTH
    assert link.title == "https://example.com/" + "가" * 60


def test_long_host_shows_its_end_because_that_says_whose_it_is() -> None:
    label = only("https://naver.com." + "a" * 50 + ".evil.example/login")[2]
    assert len(label) == links.LABEL_LENGTH and label.startswith("…") and label.endswith(".evil.example")


def test_nothing_is_found_inside_addresses() -> None:
    text = "@가 https://x.com/@나 x.com/@다 https://bank.example@evil.example/@라 @마"
    found = [match[0] for match in links.outside(text, re.finditer("@[가-힣]", text))]  # type: ignore[arg-type]
    assert found == ["@가", "@마"]


PIECES = [
    "https://",
    "http://",
    "www.",
    "a.kr",
    "한국",
    ".",
    "/",
    "(",
    ")",
    "[",
    "]",
    "@",
    ":",
    "80",
    "에서",
    " ",
    "%ED",
    "#",
    "?",
]


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3))).map("".join))
def test_every_link_is_a_web_address_within_the_text(text: str) -> None:
    end = 0
    for link in links.find(text):
        assert end <= link.start < link.end <= len(text)
        assert re.fullmatch(r"https?://[a-z0-9_.-]+(:[0-9]{1,5})?([/?#][!-~]*)?", link.href)
        assert len(link.label) <= links.LABEL_LENGTH and not re.search(r"[\s\x00-\x1f]", link.label)
        end = link.end


@pytest.mark.parametrize(
    "piece",
    [
        "http://",
        "www.",
        "https://a.kr/",
        "a.",
        "https://a.kr/)",
        ")",
        "(",
        "에서",
        "%ED",
        ",https://a.kr",
        "가.",
        "한국.",
        "(https://a.kr",
        "https://a.kr)",
        "https://a.kr가",
        "·https://a.kr",
        "'https://a.kr",
        "https://a.kr가/",
        "가(www.a..",
        "(a.kr/(",
        "a.kr/가",
    ],
)
def test_time_grows_with_the_text_only(piece: str) -> None:
    for text in (piece, "https://a.kr/" + piece, "https://" + piece):
        written = (text + piece * 3000)[:30_000]
        assert loops(lambda: links.find(written)) < 60  # noqa: B023
        assert loops(lambda: list(links.outside(written, regex.finditer("가", written)))) < 60  # noqa: B023
