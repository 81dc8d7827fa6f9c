"""An import that is cut short or disturbed keeps what it has, and goes on where it was."""

import io
import json
from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import Post
from app.services import counters, imports
from app.services.imports import batches, lines


class Cut(io.BytesIO):
    """A file that somebody stops reading, with Ctrl-C, after a few lines."""

    def __init__(self, content: bytes, after: int) -> None:
        super().__init__(content)
        self.left = after

    def readline(self, size: int | None = -1, /) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().readline(size)


def file(count: int) -> bytes:
    return b"".join(
        json.dumps({"username": "jiwoo", "body": f"{n}", "id": n}).encode() + b"\n" for n in range(count)
    )


def bodies() -> list[str]:
    return list(db.session.scalars(sa.select(Post.body).order_by(Post.id)))


def test_what_was_loaded_stays_when_a_load_is_cut_short(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "LINES", 2)
    with app.app_context():
        cut: Iterator[imports.Batch] = imports.load(Cut(file(7), after=5), "x")
        with pytest.raises(KeyboardInterrupt):
            list(cut)
        assert bodies() == ["0", "1", "2", "3"]
        again = list(imports.load(io.BytesIO(file(7)), "x"))
        assert [(batch.loaded, batch.known) for batch in again] == [(0, 2), (0, 2), (2, 0), (1, 0)]
        assert bodies() == [str(number) for number in range(7)]
        assert sum(batch.size for batch in again) == len(file(7))
        assert list(counters.recount()) == []


def test_a_batch_that_somebody_disturbs_is_written_once_more(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    disturbed = []
    write = batches.write

    def write_disturbed(new: Sequence[imports.Line], batch: imports.Batch) -> None:
        write(new, batch)
        disturbed.append(batch.loaded)
        if len(disturbed) < batches.TRIES:
            raise IntegrityError("INSERT", None, Exception("somebody was faster"))

    monkeypatch.setattr(batches, "write", write_disturbed)
    with app.app_context():
        loaded = list(imports.load(io.BytesIO(file(3) + b"nonsense\n"), "x"))
        assert [(batch.loaded, [number for number, _ in batch.bad]) for batch in loaded] == [(3, [4])]
        assert disturbed == [3] * batches.TRIES
        assert bodies() == ["0", "1", "2"]


def test_a_batch_that_is_always_disturbed_fails_with_the_reason(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_never(new: Sequence[imports.Line], batch: imports.Batch) -> None:
        raise IntegrityError("INSERT", None, Exception("somebody is always faster"))

    monkeypatch.setattr(batches, "write", write_never)
    with app.app_context(), pytest.raises(IntegrityError, match="always faster"):
        list(imports.load(io.BytesIO(file(1)), "x"))


def test_a_line_without_end_takes_no_more_memory_than_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_BYTES", 10)
    stream = io.BytesIO(b"short\n" + b"x" * 1000 + b"\nnext\n" + b"y" * 30)
    assert list(lines.split(stream)) == [b"short\n", b"x" * 11, b"next\n", b"y" * 11]
