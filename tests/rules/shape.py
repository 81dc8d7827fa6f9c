"""What models, events and tasks look like."""

import ast
import re
from collections.abc import Iterator

from tests.rules.layout import functions
from tests.rules.rule import Source, rule

PAST = re.compile(r"[a-z]ed$")
IRREGULAR = frozenset(
    "Seen Forgotten Sent Left Begun Made Read Taken Written Told Lost Found Held Given Chosen Hidden Shown".split()
)
JSON = re.compile(
    r"(?:int|str|bool|float|None|list\[.+\]|dict\[str, .+\])(?: \| (?:int|str|bool|float|None))*"
)


def decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
    """Returns a definition's decorators as they are written."""
    return {ast.unparse(decorator) for decorator in node.decorator_list}


@rule(
    "app/models/**/*.py",
    instead="A model's column is `name: Mapped[type] = mapped_column(…)`, over app.extensions.Base.",
    breaks={
        "app/models/a.py#column": "class A(Base):\n    id = sa.Column(sa.Integer)\n",
        "app/models/a.py#untyped": "class A(Base):\n    id = so.mapped_column(primary_key=True)\n",
        "app/models/a.py#relationship": "class A(Base):\n    author = so.relationship()\n",
        "app/models/a.py#model": "class A(db.Model):\n    pass\n",
    },
    keeps={
        "app/models/a.py": "class A(Base):\n    id: so.Mapped[int] = so.mapped_column(primary_key=True)\n"
    },
)
def model_is_mapped(source: Source) -> Iterator[int]:
    for node in ast.walk(source.tree):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in ("Column", "Model"):
            yield getattr(node, "lineno", 1)
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                value = ast.unparse(part.value) if isinstance(part, ast.Assign) else ""
                if re.match(r"(?:\w+\.)?(?:mapped_column|relationship)\(", value):
                    yield part.lineno


@rule(
    "app/models/**/*.py",
    "!app/models/columns.py",
    instead="A time is aware and in UTC on every database: use UtcDateTime, Moment or Created from app.models.columns.",
    breaks={"app/models/a.py": "at: so.Mapped[datetime] = so.mapped_column(sa.DateTime)\n"},
    keeps={"app/models/a.py": "at: so.Mapped[datetime] = so.mapped_column(UtcDateTime)\n"},
)
def time_is_kept_in_utc(source: Source) -> Iterator[int]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("DateTime", "TIMESTAMP"):
            yield node.lineno


@rule(
    "app/events.py",
    instead="An event is a frozen dataclass, named in the past tense (PostLiked), whose fields are ids and plain "
    "int, str or bool values.",
    breaks={
        "app/events.py#not frozen": "@dataclass\nclass PostLiked(Event):\n    post_id: int\n",
        "app/events.py#a row": "@dataclass(frozen=True)\nclass PostLiked(Event):\n    post: Post\n",
        "app/events.py#present": "@dataclass(frozen=True)\nclass LikePost(Event):\n    post_id: int\n",
    },
    keeps={"app/events.py": "@dataclass(frozen=True)\nclass PostLiked(Event):\n    post_id: int\n"},
)
def event_is_frozen_past_and_plain(source: Source) -> Iterator[int]:
    for node in source.tree.body:
        if not isinstance(node, ast.ClassDef) or "Event" not in {ast.unparse(base) for base in node.bases}:
            continue
        words = re.findall(r"[A-Z][a-z]+", node.name)
        fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
        plain = all(ast.unparse(field.annotation) in ("int", "str", "bool", "int | None") for field in fields)
        past = any(PAST.search(word) or word in IRREGULAR for word in words)
        if "dataclass(frozen=True)" not in decorators(node) or not plain or not past:
            yield node.lineno


@rule(
    "app/tasks/**/*.py",
    instead="A task is a module's function marked with @task(…), named by what it does (export_posts), and takes "
    "ids and other JSON values; what is no task begins with an underscore.",
    breaks={
        "app/tasks/a.py#unmarked": "def export_posts(user_id: int) -> None: pass\n",
        "app/tasks/a.py#a row": "@task()\ndef export_posts(user: User) -> None: pass\n",
        "app/tasks/a.py#untyped": "@task()\ndef export_posts(user_id) -> None: pass\n",
        "app/tasks/a.py#past": "@task()\ndef exported_posts(user_id: int) -> None: pass\n",
        "app/tasks/a.py#anything": "@task()\ndef export_posts(**ids: int) -> None: pass\n",
    },
    keeps={"app/tasks/a.py": "@task('slow')\ndef export_posts(user_id: int, to: str = '') -> None: pass\n"},
)
def task_is_marked_imperative_and_plain(source: Source) -> Iterator[int]:
    for node in functions(source.tree):
        if node not in source.tree.body or node.name.startswith("_"):
            continue
        marked = any(re.match(r"(?:\w+\.)?task\(", decorator) for decorator in decorators(node))
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        plain = all(
            arg.annotation is not None and JSON.fullmatch(ast.unparse(arg.annotation)) for arg in given
        )
        anything = node.args.vararg or node.args.kwarg
        first = node.name.split("_")[0]
        if not marked or not plain or anything or first.endswith(("ed", "ing")):
            yield node.lineno
