"""Every word that people see is translated, and none is written into the sources in one language."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

from app.cli import catalogue

APP = catalogue.ROOT / "app"
# What is the same in every language: the mark's own name, languages by what they call themselves, technical words.
SAME_EVERYWHERE = ("Hanmadi", "한마디", "한국어", "English", "API", "https://")
READ_ALOUD = frozenset(
    "title alt aria-label aria-description aria-roledescription aria-valuetext aria-placeholder placeholder label "
    "data-copy data-ask-words data-words".split()
)
# These are about Korean itself, or hold the people of the demonstration; cli/up speaks both languages at once, because
# no application that could choose runs yet.
KOREAN_MODULES = (
    "api/examples.py",
    "names.py",
    "particles.py",
    "links.py",
    "hashtags.py",
    "language.py",
    "search",
    "services/search/filters.py",
    "data",
    "cli/voice.py",
    "cli/data",
    "cli/up",
)
LETTERS = re.compile(r"[^\W\d_]{2,}|[^\W\d_a-zA-Z]")
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
GETTEXT = frozenset("_ gettext ngettext pgettext npgettext".split())
HOLE = "\ufffc"  # Stands where the template puts a value: no letter, and no blank.
ATTRIBUTES = re.compile(r'[\w:-]+="([^"<>]*)"')  # A macro may make attributes only, for a tag elsewhere.


def test_every_message_is_translated() -> None:
    problems = catalogue.problems(catalogue.ROOT)
    assert not problems, (
        "Run flask translate update, translate, and run flask translate check:\n" + "\n".join(problems)
    )


def templates() -> list[Path]:
    """Returns all templates."""
    return sorted(file for file in (APP / "templates").rglob("*") if file.suffix in (".html", ".txt"))


class Words(HTMLParser):
    """Gathers the letters of a page: its text, and the attributes that are shown or read aloud."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.inside = tag
        values = dict(attrs)
        shown = {name: value for name, value in attrs if name in READ_ALOUD}
        if tag == "input" and values.get("type") in ("submit", "button", "reset"):
            shown["value"] = values.get("value")
        if tag == "meta" and values.get("name") in (
            "description",
            "apple-mobile-web-app-title",
            "application-name",
        ):
            shown["content"] = values.get("content")
        self.found += [f'{name}="{value}"' for name, value in shown.items() if has_letters(value or "")]

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        text = ATTRIBUTES.sub(r"\1", data)
        if not self.inside and has_letters(text):
            self.found.append(" ".join(text.split()))


def has_letters(text: str) -> bool:
    """Tells whether a text says something in some language."""
    for name in SAME_EVERYWHERE:
        text = text.replace(name, "")
    return LETTERS.search(text) is not None


def without_expressions(source: str) -> str:
    """Returns a template's own text, with a hole for each value; what stands between trans and endtrans is no part."""
    text, block, translated = "", "", False
    for _, kind, value in Environment(autoescape=True).lex(source):
        if kind == "block_begin":
            block = " "
        elif kind == "block_end":
            translated = block.split()[0] in ("trans", "pluralize") if block.split() else translated
            block = ""
        elif block and kind != "whitespace":
            block += f"{value} "
        elif kind == "variable_begin":
            text += HOLE
        elif kind == "data" and not translated:
            text += value
    return text


def hard_coded(source: str, is_page: bool = True) -> list[str]:
    """Returns what a template says by itself, and the literals in it that look like sentences.

    Args:
        source: the template.
        is_page: it makes HTML, and not plain text.
    """
    text = without_expressions(source)
    if is_page:
        words = Words()
        words.feed(text.replace(f"<{HOLE}", "<x").replace(f"</{HOLE}", "</x"))
        words.close()
        found = words.found
    else:
        found = [line.strip() for line in text.split("\n") if has_letters(line)]
    return found + [literal for literal in literals(source) if is_sentence(literal)]


def literals(source: str) -> Iterator[str]:
    """Yields the text literals of a template's expressions that go through no gettext."""
    name, depth, translated = "", 0, 0
    for _, kind, value in Environment(autoescape=True).lex(source):
        if kind == "name":
            name = value
        elif kind == "operator" and value in "([":
            depth += 1
            if value == "(" and name in GETTEXT and not translated:
                translated = depth
        elif kind == "operator" and value in ")]":
            translated = 0 if translated == depth else translated
            depth -= 1
        elif kind == "string" and not translated:
            yield str(ast.literal_eval(value))
        if kind not in ("name", "whitespace"):
            name = ""


def is_sentence(literal: str) -> bool:
    """Tells whether a literal speaks: it is Korean, or a capital letter begins words with blanks between them."""
    return has_letters(literal) and bool(HANGUL.search(literal) or re.match(r"[A-Z][a-z]+ [a-z]", literal))


@pytest.mark.parametrize("file", templates(), ids=lambda file: file.relative_to(APP / "templates").as_posix())
def test_template_holds_no_words_of_its_own(file: Path) -> None:
    found = hard_coded(file.read_text("utf-8"), file.suffix == ".html")
    assert not found, "Put these through _(): " + "; ".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        "<p>{{ name }}님</p>",
        "<p>{% if a %}a post{% else %}{{ b }}{% endif %}</p>",
        '<img alt="A picture">',
        '<button aria-label="{{ name }} close">',
        '<input placeholder="검색">',
        '<input type="submit" value="Send">',
        '<meta name="description" content="A microblog">',
        "<title>Home · {{ site.name }}</title>",
        "{{ button('글쓰기') }}",
        '{% set title = "Write a post" %}',
        "{{ f(_('Name'), 'Write a name') }}",
        "{% trans %}Home{% endtrans %} page",
        "&nbsp;&#72;i there",
        '{% macro hooks() %}data-words="Just now"{% endmacro %}',
    ],
)
def test_hard_coded_words_are_found(source: str) -> None:
    assert hard_coded(source)


@pytest.mark.parametrize(
    "source",
    [
        '<p class="empty">{{ _("Hello") }}</p>',
        '<a href="/settings" class="btn {{ \'is-on\' if on }}" data-kind="post">{{ _("Settings") }} · 3</a>',
        "<p>{# Nobody reads this. #}{{ name }}, {{ count }} / 300 @{{ username }}</p>",
        '{% trans name=name %}Hello {{ name }}{% pluralize %}Hello all{% endtrans %}{% include "a/b.html" %}',
        "<script nonce=x>let words = 1;</script><style>a { color: red }</style>",
        "<title>{{ site.name }} · Hanmadi 한마디</title>",
        '{{ ngettext("%(num)d reply here", "Many replies", (n)) }}{{ f(_("Write a name", x=(1)), "form-select") }}',
        '<{{ tag }} class="post">{{ text }}</{{ tag }}>{% macro hooks() %}data-words="{{ _("now") }}"{% endmacro %}',
        '<svg viewBox="0 0 1 1" role="img" aria-label="{{ site.name }}"><path d="M10 27H62"/></svg>',
    ],
)
def test_markup_and_translated_words_are_left_alone(source: str) -> None:
    assert not hard_coded(source)


def test_plain_text_template_is_read_too() -> None:
    assert hard_coded("{{ _('Hello') }}\nBest wishes", is_page=False) == ["Best wishes"]
    assert not hard_coded("{{ _('Hello') }}\n\n-- \n{{ url }}\n", is_page=False)


def korean_literals(source: str) -> list[str]:
    """Returns the Korean text literals of a module; docstrings and comments may show examples."""
    tree = ast.parse(source)
    told = {
        id(node.value)
        for parent in ast.walk(tree)
        for node in ast.iter_child_nodes(parent)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        f"line {node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
        if HANGUL.search(node.value)
    ]


def test_sources_are_english() -> None:
    found = [
        f"app/{file.relative_to(APP)}, {literal}"
        for file in sorted(APP.rglob("*.py"))
        if not any(file.is_relative_to(APP / module) for module in KOREAN_MODULES)
        for literal in korean_literals(file.read_text("utf-8"))
    ]
    assert not found, "Write English, put it through _() and translate it in translations/ko:\n" + "\n".join(
        found
    )


def test_korean_in_a_module_is_found() -> None:
    assert korean_literals('"""한마디"""\nX = "글"\nY = f"{X}님"  # 예\ndef f():\n    "가"\n') == [
        "line 2: '글'",
        "line 3: '님'",
    ]
