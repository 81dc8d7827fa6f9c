"""What a page may hold: no colour, style or script of its own, and nothing from another host."""

import re
from collections.abc import Iterator

from tests.rules.rule import Source, rule

# A letter is read where no stylesheet reaches it.
PAGES = ("app/templates/**/*.html", "!app/templates/mail/**")
TAG = re.compile(r"<[a-zA-Z](?:\{\{.*?\}\}|\{%.*?%\}|\"[^\"]*\"|'[^']*'|[^>\"'])*>", re.S)
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.S)
COLOUR = re.compile(r"(?<![\w&])#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b")
DARK = {
    "by the switch": re.compile(r'^\[data-bs-theme="dark"\] \{(.*?)\}', re.S | re.M),
    "by the system": re.compile(
        r"@media \(prefers-color-scheme: dark\) \{\s*:root:not\(\[data-bs-theme\]\) \{(.*?)\}", re.S
    ),
}


def blanked(pattern: re.Pattern[str], text: str) -> str:
    """Returns the text with blanks where the pattern matches, so that every line keeps its number."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def tags(source: Source) -> Iterator[tuple[int, str]]:
    """Yields each tag's line and text, without the template's own expressions."""
    for found in TAG.finditer(blanked(COMMENT, source.text)):
        yield source.line_of(found.start()), EXPRESSION.sub("", found[0])


@rule(
    *PAGES,
    instead="A colour has a name: use a --hm-… variable in app/static/css/hanmadi.css.",
    breaks={"app/templates/a.html": '<path fill="#17674f">\n', "app/templates/a.svg.html": "<b>#fff</b>\n"},
    keeps={
        "app/templates/a.html": '<a href="#main">&#39; #한글 {{ url_for("x", _anchor="fff") }} #{{ tag }}</a>\n'
    },
)
def colour_stands_in_the_stylesheet(source: Source) -> Iterator[int]:
    text = blanked(COMMENT, blanked(EXPRESSION, source.text))
    text = blanked(re.compile(r"""(?:href|action|xlink:href)=(?:"[^"]*"|'[^']*')"""), text)
    yield from (source.line_of(found.start()) for found in COLOUR.finditer(text))


@rule(
    *PAGES,
    instead="The page's policy runs nothing inline: put the style into hanmadi.css, and the script into app/static/js.",
    breaks={
        "app/templates/a.html#style": '<p style="color: red">\n',
        "app/templates/a.html#handler": '<a href="/" onclick="go()">\n',
        "app/templates/a.html#element": "<style>p {}</style>\n",
        "app/templates/a.html#script": "<script>go()</script>\n",
        "app/templates/a.html#address": '<a href="javascript:go()">\n',
        "app/templates/a.html#htmx": '<a hx-on:click="go()">\n',
        "app/templates/a.html#data": '<a data-hx-on:click="go()">\n',
    },
    keeps={
        "app/templates/a.html": '<script nonce="{{ csp_nonce() }}">1</script><script src="{{ x }}"></script>'
        '<p data-on="x" title="on a = b">on x=1 style="no"</p>\n'
    },
)
def nothing_is_inline(source: Source) -> Iterator[int]:
    for line, tag in tags(source):
        bare = re.sub(r"""=\s*(?:"[^"]*"|'[^']*')""", "=", tag)
        inline = re.search(r"\s(?:style|on[a-z]+|(?:data-)?hx-on[:\w-]*)\s*=", bare, re.I) or re.match(
            r"<style\b", tag, re.I
        )
        script = re.match(r"<script\b", tag, re.I) and not re.search(r"\s(?:nonce|src)=", bare)
        if inline or script or re.search(r"=\s*[\"']?\s*javascript:", tag, re.I):
            yield line


@rule(
    *PAGES,
    instead="Write htmx's attributes as data-hx-…, as HTML asks of attributes that it does not know.",
    breaks={"app/templates/a.html": '<a href="/" hx-get="/">\n'},
    keeps={"app/templates/a.html": '<a href="/" data-hx-get="/" title="hx-get=1">\n'},
)
def htmx_attributes_are_data_attributes(source: Source) -> Iterator[int]:
    for line, tag in tags(source):
        if re.search(r"\shx-", re.sub(r"""=\s*(?:"[^"]*"|'[^']*')""", "=", tag)):
            yield line


@rule(
    *PAGES,
    instead='HTML knows no microseconds: datetime="{{ when.isoformat(timespec="seconds") }}".',
    breaks={"app/templates/a.html": '<time datetime="{{ when.isoformat() }}">\n'},
    keeps={"app/templates/a.html": '<time datetime="{{ when.isoformat(timespec="seconds") }}">\n'},
)
def times_are_exact_to_the_second(source: Source) -> Iterator[int]:
    for found in re.finditer(r'datetime="\{\{[^}]*isoformat\(\)', source.text):
        yield source.line_of(found.start())


@rule(
    *PAGES,
    "app/static/css/**",
    "app/static/js/**",
    instead="A page asks no other host for anything: fetch the file with deploy/vendor.py and serve it ourselves.",
    breaks={
        "app/templates/a.html": '<script src="https://cdn.example/a.js"></script>\n',
        "app/templates/b.html": '<link rel="stylesheet" href="//cdn.example/a.css">\n',
        "app/static/css/a.css": "a { background: url(https://cdn.example/a.png); }\n",
        "app/static/js/a.js": 'import "https://cdn.example/a.js";\n',
    },
    keeps={
        "app/templates/a.html": '<svg xmlns="http://www.w3.org/2000/svg"><a href="https://example.org">\n'
    },
)
def nothing_comes_from_another_host(source: Source) -> Iterator[int]:
    host = r"(?:https?:)?//[\w.-]+\."
    if source.path.endswith(".html"):
        for line, tag in tags(source):
            loads = re.search(rf"\s(?:src|srcset|poster|data)\s*=\s*[\"']?{host}", tag, re.I)
            if loads or re.search(rf"<link\b.*\shref\s*=\s*[\"']?{host}", tag, re.I | re.S):
                yield line
        return
    loads_from = re.compile(rf"""(?:url\(\s*|@import\s*|import\s*\(?|from\s*|fetch\(\s*)["']?{host}""", re.I)
    yield from (source.line_of(found.start()) for found in loads_from.finditer(source.text))


@rule(
    "app/static/js/**/*.js",
    instead="No script puts HTML together, for a name may hold a tag: use textContent, or ask the server.",
    breaks={
        "app/static/js/a.js#pieces": "box.innerHTML = '<b>' + name;\n",
        "app/static/js/a.js#template": "box.outerHTML = `<b>${name}`;\n",
        "app/static/js/a.js#insert": 'box.insertAdjacentHTML("beforeend", name);\n',
        "app/static/js/a.js#eval": "eval(name);\n",
        "app/static/js/a.js#write": "document.write(name);\n",
    },
    keeps={"app/static/js/a.js": 'box.textContent = "a" + name;\nbox.innerHTML = await answer.text();\n'},
)
def script_puts_no_html_together(source: Source) -> Iterator[int]:
    pieces = r"\.(?:inner|outer)HTML\s*\+?=[^=][^;\n]*[`'\"+]|insertAdjacentHTML"
    yield from (
        source.line_of(found.start())
        for found in re.finditer(rf"{pieces}|\beval\(|document\.write|new Function", source.text)
    )


@rule(
    "app/static/css/hanmadi.css",
    instead="The dark values stand twice, for the system and for the switch: make the two blocks equal.",
    breaks={
        "app/static/css/hanmadi.css#differ": '[data-bs-theme="dark"] { --a: #000; }\n@media '
        "(prefers-color-scheme: dark) {\n  :root:not([data-bs-theme]) { --a: #111; } }\n",
        "app/static/css/hanmadi.css#one": '[data-bs-theme="dark"] { --a: #000; }\n',
    },
    keeps={
        "app/static/css/hanmadi.css": '[data-bs-theme="dark"] {\n  --a: #000;\n}\n@media (prefers-color-scheme: dark) '
        "{\n  :root:not([data-bs-theme]) {\n    --a: #000;\n  } }\n",
    },
)
def two_dark_blocks_are_equal(source: Source) -> Iterator[int]:
    blocks = [pattern.search(source.text) for pattern in DARK.values()]
    values = [" ".join(block[1].split()) if block else None for block in blocks]
    if None in values or values[0] != values[1]:
        yield source.line_of(blocks[0].start()) if blocks[0] else 1
