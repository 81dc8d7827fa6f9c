"""How a file reads: it says what it is for, stays small, and bears a name that tells something."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.rules.rule import Source, rule

PYTHON = ("**/*.py", "!migrations/**")
PROGRAM = ("app/**/*.py", "*.py", "deploy/**/*.py", "bench/**/*.py")
OURS = (*PYTHON, "app/templates/**", "app/static/js/**/*.js")
NAMELESS = frozenset("util utils helper helpers common manager managers base misc".split())
# In two pieces, so that this file does not hold what it looks for.
LEFT_OVER = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|X" + "XX|HA" + r"CK)\b")
DIRECTIVE = re.compile(r"#!|# ?(?:noqa|type:|fmt:|ruff:|pragma:|mypy:|djlint:)|# -\*-")
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Yields every function, nested ones and methods too."""
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


@rule(
    *PYTHON,
    instead="Open the module with one sentence, in a docstring, that says what it is for.",
    breaks={
        "app/services/a.py#none": "x = 1\n",
        "app/services/a.py#no sentence": '"""Posts"""\n',
        "tests/test_a.py": "",
    },
    keeps={"app/services/a.py": '"""Writing posts."""\n'},
)
def module_opens_by_saying_what_it_is_for(source: Source) -> Iterator[int]:
    first = (ast.get_docstring(source.tree) or "").partition("\n\n")[0].strip()
    if not first.endswith((".", ":", "?")):
        yield 1


@rule(
    *PROGRAM,
    instead="Give it a docstring that says what it does for the caller, or begin its name with an underscore.",
    breaks={
        "app/a.py#function": '"""A."""\ndef find(): return 1\n',
        "app/a.py#class": '"""A."""\nclass Post: x = 1\n',
        "app/a.py#method": '"""A."""\nclass Post:\n    """A post."""\n    def like(self): return 1\n',
    },
    keeps={
        "app/a.py": '"""A."""\ndef _find(): pass\nclass Store(Protocol):\n    """S."""\n    def put(self): ...\n',
    },
)
def public_name_says_what_it_does(source: Source) -> Iterator[int]:
    yield from _undocumented(source.tree)


def _undocumented(parent: ast.AST) -> Iterator[int]:
    for node in ast.iter_child_nodes(parent):
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        # A protocol's method is told by the class that keeps the promise.
        is_promise = ast.unparse(node.body[-1]) == "..." and isinstance(node, Function)
        if not ast.get_docstring(node) and not is_promise:
            yield node.lineno
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(node)


@rule(
    *OURS,
    instead=f"No file is longer than {MOST_LINES} lines. Make it a package, or find the second noun in it.",
    breaks={
        "app/a.py": "#\n" * 401,
        "app/templates/a.html": "<p>\n" * 401,
        "app/static/js/a.js": ";\n" * 401,
    },
    keeps={"app/a.py": "#\n" * 400},
)
def file_stays_small(source: Source) -> Iterator[int]:
    if len(source.lines) > MOST_LINES:
        yield MOST_LINES + 1


@rule(
    *PYTHON,
    instead=f"No function is longer than {MOST_LINES_OF_A_FUNCTION} lines. Name a step of it and move it out.",
    breaks={"app/a.py": "def f():\n" + "    x = 1\n" * 50},
    keeps={"app/a.py": "def f():\n" + "    x = 1\n" * 49},
)
def function_stays_small(source: Source) -> Iterator[int]:
    for node in functions(source.tree):
        if (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION:
            yield node.lineno


@rule(
    *PYTHON,
    instead="Import at the top. Only register_blueprints in app/__init__.py imports inside, for the surfaces use what "
    "the factory has just bound; if this is to break a circle, one of the two looks the wrong way.",
    breaks={
        "app/services/a.py": "def f():\n    from app.models import Post\n",
        "app/__init__.py": "def create_app():\n    import config\n",
    },
    keeps={"app/__init__.py": "def register_blueprints(app):\n    from app import main\n"},
)
def imports_stand_at_the_top(source: Source) -> Iterator[int]:
    for node in functions(source.tree):
        if (source.path, node.name) != ("app/__init__.py", "register_blueprints"):
            yield from (
                part.lineno for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)
            )


@rule(
    "app/**",
    "deploy/**",
    "!app/templates/**",
    "!app/static/vendor/**",
    instead="This name says nothing. Name the file after the noun it is about.",
    breaks={f"app/services/{name}.py": "" for name in NAMELESS} | {"app/helpers/posts.py": ""},
    keeps={"app/services/posts.py": "", "app/templates/base.html": ""},
)
def name_tells_something(source: Source) -> Iterator[int]:
    path = PurePosixPath(source.path)
    if not NAMELESS.isdisjoint({*path.parts[:-1], path.stem}):
        yield 1


@rule(
    "app/**/*.py",
    "*.py",
    "deploy/**/*.py",
    "!config.py",
    "!app/cli/up/words.py",  # Which language the terminal speaks is no setting of ours.
    "!deploy/healthy.py",  # A container starts it every half minute, so it loads nothing of the site.
    instead="Give the setting a name in config.py and read it from current_app.config.",
    breaks={
        "app/a.py#get": "import os\nos.environ.get('PORT')\n",
        "app/a.py#getenv": "import os\nos.getenv('PORT')\n",
        "app/a.py#from": "from os import environ\n",
    },
    keeps={
        "app/a.py": "import os\nrun(env={**os.environ, 'TZ': 'UTC'})\n",
        "app/main/a.py": "held = request.environ['hanmadi.guest']\n",
    },
)
def settings_are_read_in_config_alone(source: Source) -> Iterator[int]:
    # Handing the whole environment on to a program reads no setting.
    handed_on = {
        id(value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if key is None
    }
    words = {"environ", "environb", "getenv"}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in words and id(node) not in handed_on:
            # What a web server hands over with a request is called the same, and holds no setting.
            yield from [] if ast.unparse(node) == "request.environ" else [node.lineno]
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and words & {name.name for name in node.names}
        ):
            yield node.lineno


@rule(
    "**",
    "!app/static/vendor/**",
    "!app/data/**",
    "!**/*.po",
    "!requirements*.txt",
    instead="Do it now, or open an issue; the code says what is, not what may be one day.",
    breaks={
        "app/a.py": "# TO" + "DO: faster\n",
        "docs/a.md": "FIX" + "ME\n",
        "app/static/js/a.js": "// X" + "XX\n",
    },
    keeps={"docs/a.md": "A list of things to do.\n"},
)
def nothing_is_left_for_later(source: Source) -> Iterator[int]:
    yield from (number for number, line in enumerate(source.lines, 1) if LEFT_OVER.search(line))


@rule(
    *PYTHON,
    instead="A comment on its own line says why, in a full sentence, from a capital to a full stop.",
    breaks={"app/a.py#begins": "# the order matters.\nx = 1\n", "app/a.py#ends": "# Order\nx = 1\n"},
    keeps={"app/a.py": "# The order matters,\n# as the tests show.\nx = 1  # noqa: E501\n# noqa: D1\n"},
)
def comment_is_a_sentence(source: Source) -> Iterator[int]:
    for start, text in _own_line_comments(source):
        if not re.match(r"[A-Z0-9`\"'*/_.<({가-힣]|[a-z_]+[(._]|[a-z]{2} ", text) or not re.search(
            r"[.:?!)…]$", text
        ):
            yield start


def _own_line_comments(source: Source) -> Iterator[tuple[int, str]]:
    """Yields each run of comment lines: its first line's number, and its words."""
    words: list[str] = []
    last = 0
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        own_line = token.type == tokenize.COMMENT and token.line.lstrip().startswith("#")
        if not own_line or DIRECTIVE.match(token.string):
            continue
        if words and token.start[0] != last + 1:
            yield last - len(words) + 1, " ".join(words).strip()
            words = []
        words.append(token.string.lstrip("# ").rstrip())
        last = token.start[0]
    if words:
        yield last - len(words) + 1, " ".join(words).strip()


@rule(
    "tests/**/test_*.py",
    instead="A test's name is a sentence, of three words or more: test_hidden_post_leaves_the_index.",
    breaks={"tests/test_a.py": "def test_like(): pass\n"},
    keeps={"tests/test_a.py": "def test_hidden_post_leaves_the_index(): pass\ndef seed(): pass\n"},
)
def test_name_is_a_sentence(source: Source) -> Iterator[int]:
    for node in functions(source.tree):
        if node.name.startswith("test_") and len(node.name.split("_")) < 4:
            yield node.lineno


@rule(
    "tests/**/*.py",
    instead="Write a fake that does the work in memory: a mock agrees with whatever the test believes.",
    breaks={
        "tests/test_a.py#module": "from unittest.mock import Mock\n",
        "tests/test_a.py#package": "from unittest import mock\n",
        "tests/test_a.py#plugin": "def test_that_it_is_called(mocker): pass\n",
    },
    keeps={"tests/test_a.py": "from unittest import TestCase\ndef test_a_b_c(monkeypatch): pass\n"},
)
def fakes_are_implementations(source: Source) -> Iterator[int]:
    for node in ast.walk(source.tree):
        names = (
            {alias.name for alias in node.names} if isinstance(node, ast.Import | ast.ImportFrom) else set()
        )
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        mocks = any("mock" in name.split(".") for name in (*names, module))
        if mocks or (isinstance(node, ast.arg) and node.arg == "mocker"):
            yield getattr(node, "lineno", 1)
