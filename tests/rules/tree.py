"""The files of the repository: what git keeps or would keep, and never what a program has left there."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_BY_PROGRAMS = frozenset(
    {".git", ".venv", "instance", "__pycache__", "node_modules", "htmlcov", ".hypothesis", "screenshots"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"}
)


@cache
def files() -> tuple[str, ...]:
    """Returns the paths of all files, from the top of the repository and with slashes."""
    try:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        named = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        # An unpacked archive has no git; then what programs leave is told by its name.
        named = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")]
        named = [
            path
            for path in named
            if LEFT_BY_PROGRAMS.isdisjoint(path.split("/")) and not path.endswith(".mo")
        ]
    return tuple(sorted(path for path in named if path and (ROOT / path).is_file()))


def text_of(path: str) -> str | None:
    """Returns a file's text, or None when it holds something else."""
    data = (ROOT / path).read_bytes()
    try:
        return None if b"\0" in data else data.decode("utf-8")
    except UnicodeDecodeError:
        return None
