"""The rules of the house (CONTRIBUTING.md): each is kept everywhere, and each is seen to refuse what breaks it."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule as Route
from werkzeug.utils import import_string

from app import events, wiring
from app.events import Event
from app.extensions import Base, db
from app.models import LoginSession
from app.models.columns import now
from app.queue.marks import marks_of, name_of
from app.tasks.schedule import SCHEDULE
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.rules import RULES, Rule, Source
from tests.rules.tree import ROOT, files

# What the owner has fixed, the usual files of a project, and nothing else.
FIXED = frozenset("app migrations translations worker.py microblog.py boot.sh Dockerfile config.py".split())
USUAL = frozenset(
    "tests bench docs deploy examples compose.yaml babel.cfg pyproject.toml requirements.txt "
    "requirements-dev.txt README.md CONTRIBUTING.md SECURITY.md CHANGELOG.md LICENSE .ci .github "
    ".gitignore .gitattributes .dockerignore .env.example .flaskenv "
    ".editorconfig".split()
)
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_house_keeps_its_rule(rule: Rule) -> None:
    sources = list(rule.sources())
    assert sources, f"No file is like {rule.where}: correct where the rule looks, in tests/rules."
    complaints = [complaint for source in sources for complaint in rule.complaints(source)]
    assert not complaints, "\n" + "\n".join(complaints)


SAMPLES = [(rule, source, True) for rule in RULES for source in rule.breaks]
SAMPLES += [(rule, source, False) for rule in RULES for source in rule.keeps]


@pytest.mark.parametrize(
    ("rule", "sample", "is_broken"),
    SAMPLES,
    ids=[
        f"{rule.name}-{'refused' if broken else 'passed'}-{source.path}" for rule, source, broken in SAMPLES
    ],
)
def test_rule_tells_broken_from_kept(rule: Rule, sample: Source, is_broken: bool) -> None:
    broken = rule.covers(sample.path) and bool(rule.complaints(sample))
    assert broken is is_broken, f"{rule.name} has {'missed' if is_broken else 'refused'}:\n{sample.text}"


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """Runs the layer contracts of pyproject.toml over a tree."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    return subprocess.run(
        [*command, "--no-cache", "--no-logo"], cwd=tree, capture_output=True, text=True, check=False
    )


def test_every_module_looks_only_the_way_it_may() -> None:
    checked = lint_imports(ROOT)
    assert checked.returncode == 0, (
        f"{checked.stdout}{checked.stderr}\nA module looks up. Move what it needs down, or let the upper one "
        "hand it over; a new module gets its place in [tool.importlinter] of pyproject.toml."
    )


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("models/like.py", "from app.services import likes"),
        ("services/likes.py", "from app.main import viewer"),
        ("main/likes.py", "from app.auth import cookie"),
        ("tasks/users.py", "from app.main import viewer"),
        ("queue/store.py", "from app.models import Post"),
        ("text.py", "import flask"),
        ("services/likes.py", "from app.tasks import mail"),
        ("stray.py", "import this"),
    ],
)
def test_module_that_looks_up_is_found(tmp_path: Path, module: str, line: str) -> None:
    shutil.copytree(
        ROOT / "app", tmp_path / "app", ignore=lambda _, names: {n for n in names if n in ("static", "data")}
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "app" / module).open("a") as file:
        file.write(f"\n{line}\n")
    checked = lint_imports(tmp_path)
    assert checked.returncode == 1
    assert module.removesuffix(".py").replace("/", ".") in checked.stdout


def untold(told: Iterable[type[Event]], reactions: dict[type[Event], Any]) -> list[str]:
    """Returns the events that have no line in the table."""
    return sorted(event.__name__ for event in told if event not in reactions)


def test_every_event_has_its_line_in_the_wiring() -> None:
    missing = untold(Event.__subclasses__(), wiring.REACTIONS)
    assert not missing, (
        f"Give {', '.join(missing)} a line in app/wiring.py, with an empty list when nothing follows."
    )
    assert untold([events.PostLiked], {}) == ["PostLiked"]


def tasks_of(reactions: dict[type[Event], list[Any]]) -> Iterator[Callable[..., object]]:
    """Yields every task that an event or the clock starts."""
    for following in reactions.values():
        yield from (reaction if callable(reaction) else reaction.task for reaction in following)
    yield from (entry.function for entry in SCHEDULE)


def test_every_task_is_marked_and_found_by_its_name() -> None:
    for task in tasks_of(wiring.REACTIONS):
        marks_of(task)
        assert import_string(name_of(task)) is task, (
            f"A worker cannot import {name_of(task)}: make it a module's function."
        )
    with pytest.raises(TypeError):
        marks_of(untold)


def one_sided(mappers: Iterable[so.Mapper[Any]]) -> list[str]:
    """Returns the relationships whose other end exists and is not named by ``back_populates``."""
    ends = [relationship for mapper in mappers for relationship in mapper.relationships]

    def columns(end: so.RelationshipProperty[Any]) -> set[frozenset[Any]]:
        return {frozenset(pair) for pair in end.local_remote_pairs or ()}

    return [
        str(one)
        for one, other in permutations(ends, 2)
        if not one.back_populates
        and (one.parent, one.mapper) == (other.mapper, other.parent)
        and columns(one) == columns(other)
    ]


@pytest.mark.usefixtures("app")
def test_relationship_with_two_ends_names_the_other() -> None:
    found = one_sided(Base.registry.mappers)
    assert not found, f"Give {', '.join(found)} its back_populates, or one end shows old rows."

    class Apart(so.DeclarativeBase):
        pass

    class Parent(Apart):
        __tablename__ = "parent"
        id: so.Mapped[int] = so.mapped_column(primary_key=True)
        children: so.Mapped[list["Child"]] = so.relationship(viewonly=True)

    class Child(Apart):
        __tablename__ = "child"
        id: so.Mapped[int] = so.mapped_column(primary_key=True)
        parent_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("parent.id"))
        parent: so.Mapped[Parent] = so.relationship()

    Apart.registry._class_registry.update(Parent=Parent, Child=Child)
    assert len(one_sided(Apart.registry.mappers)) == 2


def out_of_place(paths: Iterable[str]) -> set[str]:
    """Returns what stands at the top of the repository and should not, or should and does not."""
    top = {path.split("/")[0] for path in paths}
    return (top - FIXED - USUAL) | (FIXED - top)


def test_top_of_the_repository_holds_what_the_house_says() -> None:
    found = out_of_place(files())
    assert not found, (
        f"{', '.join(sorted(found))}: put it into app/, tests/, deploy/ or docs/ (what is yours alone: "
        ".git/info/exclude), or bring back what is missing."
    )
    assert out_of_place([*files(), "helpers.py"]) == {"helpers.py"}
    assert out_of_place([path for path in files() if path != "worker.py"]) == {"worker.py"}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects every statement that the database is sent."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def writing(sent: Iterable[str]) -> list[str]:
    """Returns the statements that change something; a common table expression may hide one."""
    return [
        statement
        for statement in sent
        if statement.lstrip().upper().startswith(WRITES)
        or (
            statement.lstrip().upper().startswith("WITH") and any(f" {verb} " in statement for verb in WRITES)
        )
    ]


@dataclass
class Town:
    """Some people who wrote, answered, liked and followed.

    Attributes:
        reader: one of them.
        stranger: somebody who is not signed in.
        values: what stands in a path, by the argument's name, or by the endpoint where that tells more.
    """

    reader: Visitor
    stranger: Visitor
    values: dict[str, Any]


@pytest.fixture
def town(cast: Cast) -> Town:
    """A database with a row of every kind that a page shows."""
    bada, haneul = cast.member("바다"), cast.member("하늘", email="haneul@example.com")
    post = cast.post(bada, "가을 #하늘이 높아요 @하늘 https://example.org/a")
    cast.post(haneul, "그러게요", parent=post)
    haneul.post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    haneul.post("/auth/forgot", email="haneul@example.com")
    letter = haneul.letters()[0].name
    task = cast.export(bada)
    cast.message(haneul, bada)
    with cast.app.app_context(), transaction():
        # Long unseen, so that a visit has something to tell.
        db.session.execute(sa.update(LoginSession).values(seen_at=now() - timedelta(hours=1)))
    values = {
        "id": post,
        "username": "바다",
        "who": "바다",
        "name": "하늘이",
        "timeline": "explore",
        "target": "en",
        "kind": "not-found",
        "filename": "css/hanmadi.css",
        "mailbox.letter": letter,
        **dict.fromkeys(("main.talk", "main.new_messages", "main.delete_talk"), "하늘"),
        **dict.fromkeys(("main.export_progress", "main.export_file", "api.task", "api.task_file"), task),
    }
    return Town(bada, Visitor(cast.app), values)


def readable(app: Flask) -> list[Route]:
    """Returns every route that can be got."""
    return [route for route in app.url_map.iter_rules() if "GET" in (route.methods or ())]


def test_get_changes_nothing(app: Flask, town: Town) -> None:
    for route in readable(app):
        unknown = route.arguments - town.values.keys() - set(route.defaults or {})
        assert not unknown, f"Tell the town of this test what {', '.join(unknown)} of {route.rule} may be."
        with app.test_request_context():
            adapter = app.url_map.bind("localhost")
            values = {name: town.values.get(route.endpoint, town.values[name]) for name in route.arguments}
            path = adapter.build(route.endpoint, values)
        for visitor in (town.stranger, town.reader):
            with statements() as sent:
                assert visitor.get(path).status_code < 500, path
            assert not writing(sent), (
                f"GET {path} writes; make it a POST, or record an event:\n{writing(sent)}"
            )


def test_change_is_noticed_where_there_is_one(town: Town) -> None:
    with statements() as sent:
        town.reader.post(f"/posts/{town.values['id']}/like")
    assert writing(sent)
