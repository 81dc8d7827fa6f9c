"""The zip while it is being made: piece by piece into a file, so that it costs the same memory whatever its size."""

import zipfile
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

CHUNK = 256 * 1024  # Bytes, which are compressed in a few hundredths of a second.


class Watch(Protocol):
    """Who is told how far the making is, and may end it with an exception."""

    def at(self, step: str) -> None: ...

    def did(self, pieces: int) -> None: ...

    def alive(self) -> None: ...


class Bundle:
    """A zip that is being written.

    Args:
        path: where.
        moment: the time that its files bear, in the reader's time zone, as zip knows no zones.
        watch: told that the work goes on.
    """

    def __init__(self, path: Path, moment: datetime, watch: Watch) -> None:
        self.path = path
        self._stamp = moment.timetuple()[:6]
        self._watch = watch
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the zip; one that an exception leaves unfinished is thrown away by whoever keeps the folder."""
        unfinished, self._zip.fp = (None, self._zip.fp) if kind is None else (self._zip.fp, None)
        if unfinished:
            unfinished.close()
        else:
            self._zip.close()

    def write(self, name: str, text: str) -> None:
        """Adds a file that holds a text."""
        self._zip.writestr(self._entry(name), text.encode())
        self._watch.alive()

    def move(self, path: Path, name: str) -> None:
        """Adds a file from the disk, and removes it there."""
        entry = self._entry(name)
        entry.file_size = path.stat().st_size  # From four gigabytes on, zip needs to know before it begins.
        with path.open("rb") as source, self._zip.open(entry, "w") as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
                self._watch.alive()
        path.unlink()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._stamp)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16  # Without it, what is unpacked on Unix may not be read.
        return entry
