"""Where the embedded engine keeps its generations: folders beside one another, and a file that says which answers."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from app.search.engine import Mark, SearchDown

_CURRENT, _LOCK, _ABOUT, _MARK = "current", "lock", "about.json", "mark.json"


class Shelf:
    """A folder of generations.

    Args:
        path: the folder; made when something is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._locks: dict[int, FileLock] = {}

    def current(self) -> str | None:
        """Returns the generation that answers."""
        try:
            return (self.path / _CURRENT).read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None

    def folder(self, name: str) -> Path:
        """Returns where a generation is kept."""
        return self.path / name

    def about(self, name: str) -> dict[str, Any]:
        """Returns what was noted when the generation was begun."""
        try:
            noted: dict[str, Any] = json.loads((self.folder(name) / _ABOUT).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SearchDown(f"The search index in {self.folder(name)} is damaged: {error}") from error
        return noted

    def begin(self, about: dict[str, Any]) -> str:
        """Makes room for a new generation, and returns its name."""
        name = f"{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(2)}"
        self.folder(name).mkdir(parents=True)
        (self.folder(name) / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), "utf-8")
        return name

    def has(self, name: str) -> bool:
        """Whether a generation of that name was begun."""
        return bool(name) and Path(name).name == name and (self.folder(name) / _ABOUT).exists()

    def choose(self, name: str) -> None:
        """Lets a generation answer from now on, in one step, and removes the others."""
        _write(self.path / _CURRENT, name)
        for folder in self.path.iterdir():
            if folder.is_dir() and folder.name != name:
                # Who still reads it has its files open and keeps them.
                shutil.rmtree(folder, ignore_errors=True)

    def forget(self) -> None:
        """Lets no generation answer from now on."""
        (self.path / _CURRENT).unlink(missing_ok=True)

    def mark(self, name: str) -> Mark | None:
        """Returns the mark of a generation, or None while it has none."""
        try:
            return Mark(*json.loads((self.folder(name) / _MARK).read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (TypeError, ValueError) as error:
            raise SearchDown(f"The search index in {self.folder(name)} is damaged: {error}") from error

    def set_mark(self, name: str, mark: Mark) -> None:
        """Marks a generation."""
        _write(self.folder(name) / _MARK, json.dumps(mark))

    def remove(self, name: str) -> None:
        """Removes a generation."""
        shutil.rmtree(self.folder(name), ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Waits until no other process or thread changes what is kept here; who holds it may enter again."""
        self.path.mkdir(parents=True, exist_ok=True)
        # A worker forks a process for every job, and a lock that was made before a fork belongs to the other side.
        mine = os.getpid()
        with self._locks.get(mine) or self._locks.setdefault(mine, FileLock(self.path / _LOCK)):
            yield


def _write(path: Path, text: str) -> None:
    """Writes a file in one step: whoever reads it finds the old text or the new one, also after a loss of power."""
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
