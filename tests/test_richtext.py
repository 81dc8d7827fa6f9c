"""People's text as HTML: links where they belong, and no tag gets through."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from app import links, richtext
from tests.timing import loops

MEMBERS = {"바다": "Bada", "jiwoo": "jiwoo", "나래님": "나래님", "나래": "나래"}


def render(text: str) -> Markup:
    """Returns the text as the pages show it."""
    return richtext.render(text, MEMBERS, "/@{}".format, "/tags/{}".format, "/@{}/card".format)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("한마디", "한마디"),
        ("", ""),
        ("첫째\n둘째", "첫째\n둘째"),
        ("<b>&amp;'\"", "&lt;b&gt;&amp;amp;&#39;&#34;"),
        ("@바다님!", '<a href="/@Bada" class="tag" data-card="/@Bada/card">@바다</a>님!'),
        ("@Jiwoo가", '<a href="/@jiwoo" class="tag" data-card="/@jiwoo/card">@Jiwoo</a>가'),
        ("@나래님", '<a href="/@나래님" class="tag" data-card="/@나래님/card">@나래님</a>'),
        ("@바다나무 @누구", "@바다나무 @누구"),
        ("#한글날에", '<a href="/tags/한글날에" class="tag">#한글날에</a>'),
        ("＃Ｆlask", '<a href="/tags/flask" class="tag">＃Ｆlask</a>'),
        (
            "www.example.com",
            '<a href="https://www.example.com" rel="nofollow noopener ugc">www.example.com</a>',
        ),
        (
            "https://example.com/a?b=1&c='d'e=에서",
            '<a href="https://example.com/a?b=1&amp;c=&#39;d&#39;e=%EC%97%90%EC%84%9C" rel="nofollow noopener ugc">'
            "example.com/a?b=1&amp;c=&#39;d&#39;e=에서</a>",
        ),
        (
            "https://example.com/" + "a" * 50,
            f'<a href="https://example.com/{"a" * 50}" rel="nofollow noopener ugc" '
            f'title="https://example.com/{"a" * 50}">example.com/{"a" * 27}…</a>',
        ),
    ],
)
def test_text_is_rendered(text: str, html: str) -> None:
    assert render(text) == html


def test_mention_without_cards_carries_none() -> None:
    html = richtext.render("@바다", MEMBERS, "/@{}".format, "/tags/{}".format)
    assert html == '<a href="/@Bada" class="tag">@바다</a>'


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#한글 #한글날에 #flask", ["한글", "한글날에", "flask"]),
        ("#서울#카페#산책", ["서울", "카페", "산책"]),
        ("#Flask #flask #FLASK", ["Flask"]),
        ("#ㅋㅋ #東京 #привет #a_1 #2026년", ["ㅋㅋ", "東京", "привет", "a_1", "2026년"]),
        ("(#제철반찬)", ["제철반찬"]),
        ("#고마워요!", ["고마워요"]),
        ("#a😀b", ["a"]),
        ("#" + "가" * 50, ["가" * 50]),
        ("#" + "가" * 51, []),
        ("#ﷺﷺﷺ", []),
        ("#1 #_ #12_3 # ## #! #️⃣", []),
        ("#\u3164 #\u115f", []),
        ("C# F#a 가#나 &#39; &#x27; a_#b", []),
        ("https://example.com/#위 www.example.com/#a example.com/#b", []),
    ],
)
def test_hashtags_are_found(text: str, tags: list[str]) -> None:
    assert richtext.hashtags(text) == tags


def test_hashtag_and_key_have_a_greatest_length() -> None:
    (tag,) = richtext.hashtags("#" + "ß" * 25)
    assert len(richtext.tag_key(tag)) == richtext.TAG_LENGTH
    assert richtext.hashtags("#" + "ß" * 26) == []


def marked(text: str, *marks: tuple[int, int]) -> str:
    """Returns the text as the search's page shows it."""
    links_to = ("/@{}".format, "/tags/{}".format)
    return str(richtext.render(text, MEMBERS, *links_to, marks=marks))


@pytest.mark.parametrize(
    ("text", "marks", "html"),
    [
        ("겨울 산책", [(0, 2)], "<mark>겨울</mark> 산책"),
        ("겨울 산책", [(3, 5), (0, 2)], "<mark>겨울</mark> <mark>산책</mark>"),
        ("겨울산책", [(0, 3), (1, 4)], "<mark>겨울산</mark><mark>책</mark>"),
        ("겨울", [(1, 1), (2, 9), (-3, 1)], "<mark>겨</mark>울"),
        ("<b>&", [(0, 2), (3, 4)], "<mark>&lt;b</mark>&gt;<mark>&amp;</mark>"),
        ("#서울", [(1, 3)], '<a href="/tags/서울" class="tag">#<mark>서울</mark></a>'),
        (
            "봄 @바다님",
            [(0, 4), (5, 6)],
            '<mark>봄 </mark><a href="/@Bada" class="tag"><mark>@바</mark>다</a><mark>님</mark>',
        ),
        (
            "https://a.kr/b 글",
            [(8, 16)],
            '<a href="https://a.kr/b" rel="nofollow noopener ugc"><mark>a.kr/b</mark></a><mark> 글</mark>',
        ),
    ],
)
def test_highlights_are_split_at_links(text: str, marks: list[tuple[int, int]], html: str) -> None:
    assert marked(text, *marks) == html


def test_shortened_address_is_not_highlighted_inside() -> None:
    text = "https://example.com/" + "a" * 50 + " 글"
    html = marked(text, (0, len(text)))
    assert "<mark>" not in html.split("</a>")[0]
    assert html.endswith("</a><mark> 글</mark>")


class Reader(HTMLParser):
    """Takes HTML apart, and asserts on the way that it holds links only."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.open = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert tag == "a" and self.open == 0 and len(values) == len(attrs)
        assert set(values) <= {"href", "class", "rel", "title", "data-card"}
        href = values["href"] or ""
        assert href.startswith(("/@", "/tags/")) or urlsplit(href).scheme in ("http", "https")
        assert values.get("rel") == "nofollow noopener ugc" or values.get("class") == "tag"
        self.open += 1

    def handle_endtag(self, tag: str) -> None:
        assert tag == "a" and self.open == 1
        self.open -= 1

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def shown(text: str) -> str:
    """Returns the text with each address as it is shown."""
    made, end = "", 0
    for link in links.find(text):
        made += text[end : link.start] + link.label
        end = link.end
    return made + text[end:]


PIECES = (
    "<script>alert(1)</script>", "<a href=", "<!--", "-->", "<?", "<![CDATA[", '"', "'", ">", "<", "&", "&lt;", "&#39;",
    "javascript:", "https://", "http://", "www.", "a.kr", "example.com/", "한국", "@", "@바다", "@jiwoo", "#", "#서울",
    "＃", "＠", "님", "에서", " ", "\n", "%22", "%3Cscript%3E", "onclick=", "\u202e", "\u200b", "\x00", "\ud800", "😀",
    "(", ")", "?q=", "../", "`",
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(PIECES), st.text(st.characters(exclude_categories=()), max_size=4))
    ).map("".join)
)
def test_no_tag_gets_through(text: str) -> None:
    html = render(text)
    assert isinstance(html, Markup)
    reader = Reader()
    reader.feed(str(html))
    reader.close()
    assert reader.open == 0
    # Parsers read NUL and carriage returns in their own way; text.clean lets neither in.
    assert (
        reader.text.replace("\r", "\n") == shown(text).replace("\r\n", "\n").replace("\r", "\n")
        or "\x00" in text
    )


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4))).map("".join),
    st.lists(st.tuples(st.integers(-2, 60), st.integers(-2, 60))),
)
def test_highlights_change_nothing_but_themselves(text: str, marks: list[tuple[int, int]]) -> None:
    html = marked(text, *marks)
    assert re.sub("</?mark>", "", html) == marked(text)
    assert re.fullmatch("(?:[^<]|</?a[^>]*>|<mark>[^<]+</mark>)*", html)
    if links.find(text):
        return
    plain = re.sub("<a[^>]*>|</a>", "", html)
    inside = "".join(unescape(part) for part in re.findall("<mark>(.*?)</mark>", plain, re.DOTALL))
    wanted = {at for start, end in marks for at in range(max(start, 0), min(end, len(text)))}
    assert inside == "".join(text[at] for at in sorted(wanted)) or "\x00" in text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_links_of_our_own_are_escaped_too(username: str) -> None:
    html = richtext.render("@바다 #서울", {"바다": username}, str, lambda tag: tag + username, str)
    assert html.count("<") == html.count(">") == 4


@pytest.mark.parametrize(
    "piece",
    [
        "#가",
        "#",
        "#a",
        "＃a#",
        "@가 #나 https://a.kr ",
        "&#",
        "<",
        "@",
        "a./#b",
        "한글 ",
        "#가#",
        "_#",
        "https://a.kr/#",
        "\u0301",
    ],
)
def test_time_grows_with_the_text_only(piece: str) -> None:
    """A post of 3,000 code points takes a tenth of this text, whatever somebody makes it of."""
    for text in (piece * 30_000, "#" + piece * 30_000, "@" + piece * 30_000):
        assert loops(lambda: render(text[:30_000])) < 100  # noqa: B023
