"""The documentation is complete and says nothing that is not so: settings, events, commands, links and paths.

Each check takes a document's text and returns what is wrong with it, so that it is also seen to find what is.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from app import wiring
from app.events import Event
from app.queue.marks import name_of
from app.wiring import Owed
from tests.rules.tree import ROOT, files

# What reads a setting in config.py, and which of its arguments is the default.
READERS = {"setting": 1, "number": 1, "switch": 1, "time_zone": 1, "certificates": 1, "matching": 3}
WORDS_OF_A_PAGE = 550
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.S | re.M)
SHELL = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.S | re.M)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
OURS = re.compile(r"(?:app|tests|docs|deploy|bench|migrations|translations|\.ci|\.github)/[\w./-]*")


def text_of(path: str) -> str:
    """Returns a file's text."""
    return (ROOT / path).read_text("utf-8")


def documents() -> list[str]:
    """Returns the paths of everything that people read."""
    return [path for path in files() if path.endswith(".md") and not path.startswith("app/static/vendor/")]


def rows(document: str) -> Iterator[list[str]]:
    """Yields the cells of each row of a document's tables, without the heads."""
    for line in document.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) > 1 and cells[0].startswith("`"):
            yield cells


def code(cell: str) -> list[str]:
    """Returns what stands in backticks."""
    return CODE.findall(cell)


def settings() -> dict[str, str | None]:
    """Returns every setting that config.py reads, with its default; None where it is worked out."""
    found: dict[str, str | None] = {}
    for node in ast.walk(ast.parse(text_of("config.py"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        name = node.args[0]
        if node.func.id not in READERS or not isinstance(name, ast.Constant):
            continue
        place = READERS[node.func.id]
        default = node.args[place] if len(node.args) > place else ast.Constant("")
        shown = None
        if isinstance(default, ast.Constant):
            shown = str(int(default.value) if isinstance(default.value, bool) else default.value)
        # One that is read again, to ask whether it is set, has told its default before.
        found.setdefault(str(name.value), shown)
    return found


def wrong_settings(document: str) -> Iterator[str]:
    """Yields what a table of settings leaves out, has wrong or has made up."""
    told = {code(cells[0])[0]: cells for cells in rows(document)}
    for name, default in settings().items():
        if name not in told or len(told[name]) < 3 or not all(told[name][:3]):
            yield f"Give {name} a row in docs/settings.md, with its default and what it does."
        elif default is not None and code(told[name][1]) != ([default] if default else []):
            yield f"The default of {name} is {default or 'none'}: correct docs/settings.md."
    readers = "".join(
        text_of(path) for path in files() if path.startswith(("boot.sh", ".ci/", "tests/conftest"))
    )
    for name in told.keys() - settings().keys():
        if not re.search(rf"\b{name}\b", readers):
            yield f"Nothing reads {name}: take it out of docs/settings.md."


def test_every_setting_is_documented_with_its_default() -> None:
    document = text_of("docs/settings.md")
    assert not list(wrong_settings(document))
    assert len(list(wrong_settings(document.replace("| `PORT` | `5000`", "| `PORT` | `80`")))) == 1
    assert len(list(wrong_settings(document.replace("| `PORT`", "| `HARBOUR`")))) == 2


def test_example_of_settings_names_them_all() -> None:
    named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", text_of(".env.example"), re.M))
    missing = settings().keys() - named
    assert not missing, f"Give {missing} a line in .env.example."
    made_up = [name for name in named - settings().keys() if f"`{name}`" not in text_of("docs/settings.md")]
    assert not made_up, f"Nothing reads {made_up}: take it out of .env.example."


def wrong_events(document: str) -> Iterator[str]:
    """Yields what a table of events leaves out, has wrong or has made up."""
    told = {code(cells[0])[0]: cells for cells in rows(document)}
    signatures = {
        f"{event.__name__}({', '.join(field.name for field in fields(event))})": wiring.REACTIONS[event]
        for event in Event.__subclasses__()
    }
    yield from (
        f"There is no {name}: take it out of docs/events.md." for name in told.keys() - signatures.keys()
    )
    for signature, reactions in signatures.items():
        if signature not in told:
            yield f"Give {signature} a row in docs/events.md."
            continue
        started: Any = (getattr(reaction, "task", reaction) for reaction in reactions)
        tasks = [name_of(task).removeprefix("app.tasks.") for task in started]
        if code(told[signature][2]) != tasks:
            yield f"After {signature} comes {tasks or 'nothing'}: say so in docs/events.md."
        if ("owed" in told[signature][2]) is not any(isinstance(reaction, Owed) for reaction in reactions):
            yield f"Is what follows {signature} owed? docs/events.md and app/wiring.py differ."


def test_every_event_is_documented_with_what_follows() -> None:
    document = text_of("docs/events.md")
    assert not list(wrong_events(document))
    assert len(list(wrong_events(document.replace("`PostLiked(", "`PostLoved(")))) == 2
    assert len(list(wrong_events(document.replace("owed", "told")))) > 1


def commands(group: click.Group, prefix: str = "flask") -> Iterator[tuple[str, click.Command]]:
    """Yields each command of ours with its whole name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        elif getattr(command.callback, "__module__", "").startswith("app."):
            yield f"{prefix} {name}", command


def roles() -> set[str]:
    """Returns the roles that boot.sh knows."""
    lines = re.findall(
        r"^([a-z][a-z-]*(?: \| [a-z-]+)*)\)", text_of("boot.sh").split("case $role in", 1)[1], re.M
    )
    return {role for line in lines for role in line.split(" | ")}


def name_in(usage: str) -> str:
    """Returns the words of a usage line up to the first argument or option."""
    found = re.match(r"(?:\./boot\.sh|[a-z]+)(?: [a-z][a-z-]*)*", usage)
    return found[0] if found else ""


def unnamed_commands(document: str, app: Flask) -> Iterator[str]:
    """Yields the commands, options, arguments and roles that a table of commands leaves out."""
    told = {name_in(code(cells[0])[0]): " ".join(cells) for cells in rows(document)}
    for name, command in commands(app.cli):
        if name not in told:
            yield f"Give `{name}` a row in docs/commands.md."
            continue
        for parameter in command.params:
            named = [
                option for option in (*parameter.opts, *parameter.secondary_opts) if option.startswith("--")
            ]
            if isinstance(parameter, click.Argument):
                named = [(parameter.metavar or parameter.name or "").upper().strip("[].")]
            yield from (
                f"The row of `{name}` in docs/commands.md leaves {word} out."
                for word in named
                if word not in told[name]
            )
    yield from (
        f"Give `./boot.sh {role}` a row in docs/commands.md."
        for role in roles()
        if f"./boot.sh {role}" not in told
    )


def test_every_command_and_role_is_documented_with_its_options(app: Flask) -> None:
    document = text_of("docs/commands.md")
    assert len(roles()) > 4, "boot.sh has changed its shape: correct roles() here."
    assert not list(unnamed_commands(document, app))
    assert (
        len(list(unnamed_commands(document.replace("| `flask users create", "| `flask users make"), app)))
        == 1
    )
    assert len(list(unnamed_commands(document.replace("--confirmed", "--sure"), app))) == 1
    assert (
        len(list(unnamed_commands(document.replace("| `./boot.sh scheduler", "| `./boot.sh clock"), app)))
        == 1
    )


def unknown_commands(document: str, app: Flask) -> Iterator[str]:
    """Yields the commands and roles that a document has made up."""
    known = FlaskGroup()
    # Without this object the group would look for an application of its own, and bind the extensions to it.
    # Looking a command up enters the application's context, which must not outlive the test.
    with click.Context(known, obj=ScriptInfo(create_app=lambda: app)) as context:
        yield from _unknown(document, known, context)


def _unknown(document: str, known: FlaskGroup, context: click.Context) -> Iterator[str]:
    for line in (*code(FENCE.sub("", document)), *"\n".join(SHELL.findall(document)).splitlines()):
        for role in re.findall(r"\./boot\.sh ([a-z][a-z-]*)", line):
            if role not in roles():
                yield f"boot.sh knows no {role}."
        for words in re.findall(r"(?:^|[ /])flask((?: [a-z][a-z-]*)+)", line):
            if not exists(known, context, words.split()):
                yield f"flask{words} is no command."


def exists(group: click.Group, context: click.Context, words: list[str]) -> bool:
    """Whether the words lead to a command, or to a group of them; what follows a command are its arguments."""
    command = group.get_command(context, words[0])
    if isinstance(command, click.Group) and words[1:]:
        return exists(command, context, words[1:])
    return command is not None


def test_no_command_is_documented_that_does_not_exist(app: Flask) -> None:
    for path in documents():
        assert not list(unknown_commands(text_of(path), app)), path
    assert len(list(unknown_commands("`flask users invent NAME`\n```sh\n./boot.sh away\n```\n", app))) == 2
    assert not list(unknown_commands("`flask db upgrade` and `flask users create NAME`", app))


def anchors(document: str) -> set[str]:
    """Returns the names that a document's headings can be linked by."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def lost_links(path: str, document: str) -> Iterator[str]:
    """Yields the links that lead nowhere, and the paths of ours that are named and not there."""
    words = FENCE.sub("", document)
    for target in LINK.findall(words):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = unquote(target).partition("#")
        place = (ROOT / (PurePosixPath(path).parent / file if file else path)).resolve()
        if not place.exists() or (anchor and anchor not in anchors(place.read_text("utf-8"))):
            yield f"{path} links to {target}, which is not there."
    if path != "CHANGELOG.md":
        named = (word for word in code(words) if OURS.fullmatch(word))
        yield from (
            f"{path} names {word}, which is not there." for word in named if not (ROOT / word).exists()
        )


@pytest.mark.parametrize("path", documents())
def test_every_link_and_path_leads_somewhere(path: str) -> None:
    assert not list(lost_links(path, text_of(path)))


def lost_tests(document: str) -> Iterator[str]:
    """Yields the tests that a document cites and that are not there."""
    for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", document):
        if not (ROOT / file).exists() or f"def {name}(" not in text_of(file):
            yield f"There is no {file}::{name}."


def test_every_test_that_is_cited_is_there() -> None:
    for path in documents():
        assert not list(lost_tests(text_of(path))), path
    cited = re.findall(r"^\| (\d+) \|.*::test_", text_of("docs/api.md"), re.M)
    assert cited == [str(number) for number in range(1, 14)], (
        "Each of the thirteen rows names what proves it."
    )
    assert len(list(lost_tests("`tests/api/test_http.py::test_none` `tests/none.py::test_none`"))) == 2


def test_link_that_leads_nowhere_is_found() -> None:
    assert (
        len(list(lost_links("README.md", "[a](docs/none.md) [b](docs/settings.md#none) `app/none.py`"))) == 3
    )
    assert not list(lost_links("docs/a.md", "[a](settings.md) [b](https://example.org/none) `app/main/`"))


def test_readme_names_the_two_commands() -> None:
    lines = "".join(SHELL.findall(text_of("README.md"))).splitlines()
    for command in ("./boot.sh", "./boot.sh test"):
        assert any(re.match(rf"{re.escape(command)}(?: +#|$)", line) for line in lines), (
            f"README.md names {command}."
        )


def test_architecture_and_decisions_stay_short() -> None:
    assert len(text_of("docs/ARCHITECTURE.md").split()) <= 3 * WORDS_OF_A_PAGE
    decisions = [path for path in files() if path.startswith("docs/decisions/")]
    numbers = [PurePosixPath(path).name[:4] for path in decisions]
    assert numbers == [f"{number:04}" for number in range(1, len(decisions) + 1)], (
        "Number decisions without a gap."
    )
    assert [path for path in decisions if len(text_of(path).split()) > WORDS_OF_A_PAGE] == []
