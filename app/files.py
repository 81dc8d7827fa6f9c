"""Files that jobs make and members fetch: whole or not at all, under names that nobody guesses."""

import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from flask import current_app

PART = ".part"  # How the name of a workshop ends.


# What the site keeps in its data folder; the database's two journals are named after it.
KEPT = (
    "hanmadi.db",
    "hanmadi.db-wal",
    "hanmadi.db-shm",
    "hanmadi.db-writers",
    "secret_key",
    "up.lock",
    "passwords.lock",
    "store",
    "store.sock",
)
KEPT_BY_PARTS = ("search", "exports", "mail")


def keep_private(data: Path, elsewhere: Iterable[Path]) -> list[Path]:
    """Lets no other account of the machine read what the site keeps: neither what this process makes nor what is there.

    Args:
        data: the data folder; it is made where it is missing.
        elsewhere: what the site keeps outside of it.

    Returns:
        What other accounts can still read, because this one may not change it.

    Raises:
        OSError: the data folder cannot be made.
    """
    os.umask(0o077)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = [data / name for name in (*KEPT, *KEPT_BY_PARTS)]
    below = (path for top in (*kept, *elsewhere) for path in (top, *_inside(top)))
    return [path for path in (data, *below) if not _closed(path)]


def _inside(folder: Path) -> Iterator[Path]:
    """Returns everything in a folder; what another process removes meanwhile is passed over."""
    for top, folders, names in os.walk(folder):
        yield from (Path(top, name) for name in (*folders, *names))


def _closed(path: Path) -> bool:
    """Takes the rights of others away, and returns whether they have none."""
    try:
        mode = path.lstat().st_mode
        # A folder that everybody writes to, such as /tmp, is not the site's own.
        if stat.S_ISLNK(mode) or not mode & 0o077 or mode & stat.S_ISVTX:
            return not mode & stat.S_ISVTX
        path.chmod(stat.S_IMODE(mode) & 0o700)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError:
        return False
    return True


class FileStore(Protocol):
    """What keeps files."""

    def workshop(self, name: str) -> AbstractContextManager[Path]: ...

    def keep(self, made: Path, name: str) -> None: ...

    def path(self, name: str) -> Path | None: ...

    def names(self) -> list[str]: ...

    def remove(self, name: str) -> None: ...


class Folder:
    """Keeps files in a folder that every process of the site shares.

    Args:
        place: the folder; it is made when it is first needed, and nobody else on the machine may look into it.
    """

    def __init__(self, place: Path) -> None:
        self.place = place

    @contextmanager
    def workshop(self, name: str) -> Iterator[Path]:
        """Gives an empty folder to make a file in; it is gone afterwards, with what was left in it.

        Args:
            name: what the file will be called.
        """
        folder = self.place / f"{name}{PART}"
        self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, made: Path, name: str) -> None:
        """Takes over a finished file: from now on it is there, also after a power cut.

        Args:
            made: where it was made, in a workshop.
            name: what it is called from now on.
        """
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.rename(self.place / name)
        _settle(self.place)

    def path(self, name: str) -> Path | None:
        """Returns where a file is, or None when it is not there."""
        path = self.place / name
        return path if path.parent == self.place and not name.endswith(PART) and path.is_file() else None

    def names(self) -> list[str]:
        """Returns the names of all files, and of workshops that are in use or were left."""
        return sorted(path.name for path in self.place.glob("*"))

    def remove(self, name: str) -> None:
        """Takes away a file or a left workshop; where there is none, nothing happens."""
        path = self.place / name
        if path.parent != self.place:
            return
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def exports() -> FileStore:
    """Returns where what members export is kept."""
    return Folder(current_app.config["DATA_DIR"] / "exports")


def unguessable() -> str:
    """Returns a text that nobody guesses, to be part of a file's name."""
    return secrets.token_hex(16)


def _settle(folder: Path) -> None:
    """Has the disk remember a folder's names, where the system knows how."""
    if hasattr(os, "O_DIRECTORY"):
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
