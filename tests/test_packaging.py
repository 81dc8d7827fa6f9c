"""What is installed is pinned, named and hashed, and the repository points at no machine and no index of ours."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires

import pytest
from packaging.requirements import Requirement

from tests.rules.tree import ROOT, files, text_of

LOCKS = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[\w,.-]+\])?==([^\s;]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
ADDRESS = re.compile(
    r"--(?:extra-)?index-url|--find-links|(?m:^-[if] )|--trusted-host"
    r"|\w+[.-]index(?:es)?\.\w+|\b(?:files\.pythonhosted|pypi|registry\.npmjs|test\.pypi)\.org/(?:simple|packages)"
)
# A file that names a path of somebody's machine works on that machine alone.
MACHINE = re.compile(
    r"(?<![\w.$}])(?:/(?:home|Users)/(?!hanmadi\b|user\b|you\b)[A-Za-z]\w*|/(?:root|work|mnt)/|/tmp/(?!hanmadi)\w|C:\\)"
)
# What we install under one name is imported under another.
BUILT_IN = frozenset(sys.stdlib_module_names) | {
    "app",
    "bench",
    "config",
    "examples",
    "tests",
    "microblog",
    "worker",
}


def plain(name: str) -> str:
    """Returns a distribution's name in its normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def lines(lock: str) -> list[str]:
    """Returns a lock file's lines, each with what it goes on with."""
    joined = lock.replace("\\\n", " ").splitlines()
    return [line for line in joined if line.strip() and not line.lstrip().startswith("#")]


def extras(lock: str) -> set[tuple[str, str]]:
    """Returns the distributions that a lock file pins with an extra, each with the extra."""
    named = (Requirement(line.split(" --hash")[0]) for line in lines(lock))
    return {(plain(one.name), extra) for one in named for extra in one.extras}


def extras_asked(lock: str) -> set[tuple[str, str]]:
    """Returns the extras that the distributions of a lock file ask of others, as far as they are installed here."""
    asked = set()
    for name in pins(lock):
        try:
            wanted = map(Requirement, requires(name) or ())
        except PackageNotFoundError:
            continue  # Another system needs it.
        plainly = (one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""}))
        asked |= {(plain(one.name), extra) for one in plainly for extra in one.extras}
    return asked


def pins(lock: str) -> dict[str, str]:
    """Returns the version that a lock file pins of each distribution."""
    return {plain(pin[1]): pin[2] for line in lines(lock) if (pin := PIN.match(line))}


def project() -> tuple[set[str], set[str]]:
    """Returns the names of the direct dependencies, and of those for development."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = (told["project"]["dependencies"], told["dependency-groups"]["dev"])
    direct, dev = ({plain(re.split(r"[\s<>=!~;\[]", wanted)[0]) for wanted in group} for group in groups)
    return direct, dev


def unhashed(lock: str) -> list[str]:
    """Returns the lines of a lock file that pin nothing, or without a hash."""
    return [line for line in lines(lock) if not PIN.match(line) or not HASH.search(line)]


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_its_hashes(name: str) -> None:
    assert not unhashed((ROOT / name).read_text("utf-8")), "Make the lock again, as CONTRIBUTING.md says."


def test_pin_without_hash_is_found() -> None:
    assert unhashed("flask==3.1.3\nrq>=2\n") == ["flask==3.1.3", "rq>=2"]
    assert not unhashed(f"flask[x]==3.1.3 ; os_name == 'nt' \\\n    --hash=sha256:{'0' * 64}\n    # via a\n")


def test_every_dependency_is_pinned() -> None:
    direct, dev = project()
    site, tests = (pins((ROOT / name).read_text("utf-8")).keys() for name in LOCKS)
    assert not direct - site, f"requirements.txt does not pin {direct - site}: make it again."
    assert not (direct | dev) - tests, (
        f"requirements-dev.txt does not pin {(direct | dev) - tests}: make it again."
    )
    assert not site - tests, "What the tests need includes what the site needs."


def test_pins_name_the_extras_that_others_ask_for() -> None:
    # An older pip takes coverage[toml] for another package than the pinned coverage, and refuses it.
    for name in LOCKS:
        lock = (ROOT / name).read_text("utf-8")
        missing = extras_asked(lock) - extras(lock)
        assert not missing, (
            f"{name} pins without their extras {missing}: make it again with --no-strip-extras."
        )


def test_extra_that_is_not_pinned_is_found() -> None:
    assert extras_asked("flask-smorest==0.47.0\n") == {("apispec", "marshmallow")}
    assert extras("apispec[marshmallow]==6.10.1 ; os_name == 'nt' --hash=sha256:0\nflask==3\n") == {
        ("apispec", "marshmallow")
    }


def test_site_and_tests_pin_the_same_versions() -> None:
    site, tests = (pins((ROOT / name).read_text("utf-8")) for name in LOCKS)
    assert site.items() <= tests.items(), "Make both locks again, as CONTRIBUTING.md says."


def imports(text: str) -> Iterator[str]:
    """Yields the top names of what a module imports."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.split(".")[0]


@cache
def distributions() -> Mapping[str, list[str]]:
    """Returns which distributions bring each package; looking takes a moment."""
    return packages_distributions()


def undeclared(text: str, declared: set[str]) -> set[str]:
    """Returns what a module imports although no dependency brings it by right."""
    brought = distributions()
    return {
        name
        for name in imports(text)
        if name not in BUILT_IN
        and declared.isdisjoint(plain(distribution) for distribution in brought.get(name, ()))
    }


def test_every_import_is_a_direct_dependency() -> None:
    direct, dev = project()
    for path in files():
        if not path.endswith(".py") or path.startswith(("bench/", "examples/", "tests/tools/")):
            continue
        declared = direct | dev if path.startswith(("tests/", ".ci/")) else direct
        found = undeclared((ROOT / path).read_text("utf-8"), declared)
        assert not found, (
            f"{path} imports {found}: name what brings it in pyproject.toml, and make the locks again."
        )


def test_import_of_what_others_brought_is_found() -> None:
    assert undeclared("import pytest, flask.cli, os\nfrom app import x\n", {"flask"}) == {"pytest"}


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (ADDRESS, "Whose index packages come from is the machine's business: take the address out."),
        (MACHINE, "Name the path relative to the repository, or ask a setting."),
    ],
    ids=["index", "machine"],
)
def test_repository_names_no_index_and_no_machine(pattern: re.Pattern[str], instead: str) -> None:
    for path in files():
        text = text_of(path)
        if text is None or path == "tests/test_packaging.py" or path.startswith("app/static/vendor/"):
            continue
        if path.endswith(".java"):
            continue  # A package there is named like a host.
        found = [found[0] for found in pattern.finditer(text)]
        assert not found, f"{path} names {found}. {instead}"


def test_names_of_indexes_and_machines_are_found() -> None:
    for address in (
        "--index-url x",
        "-i https://x",
        "-f wheels",
        "https://pypi.org/simple",
        "my.index.example/a",
    ):
        assert ADDRESS.search(address), address
    for place in (
        "'/home/somebody/x'",
        "/Users/mina/",
        "/root/.venv",
        "/".join(("", "work", "a")),
        "C:\\Users",
    ):
        assert MACHINE.search(place), place
    for kept in (
        "app/tests/",
        "https://example.org/home/mina",
        "/tmp/hanmadi-1",
        "https://pypi.org/project/flask/",
    ):
        assert not ADDRESS.search(kept) and not MACHINE.search(kept), kept
