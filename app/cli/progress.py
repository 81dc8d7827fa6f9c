"""Shows on a terminal how far a command is."""

import sys
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, Protocol

import click


class Bar(Protocol):
    """What is told of progress."""

    def update(self, n_steps: int) -> None: ...


class Tally:
    """Shows how many bytes have come, where nobody knows how many will.

    Args:
        label: what is done with them.
    """

    def __init__(self, label: str) -> None:
        self.label, self.done = label, 0

    def __enter__(self) -> "Tally":
        return self

    def __exit__(self, *_: object) -> None:
        clear()

    def update(self, n_steps: int) -> None:
        """Counts on."""
        self.done += n_steps
        if on_terminal():
            click.echo(f"\r{self.label} {self.done:,} bytes", nl=False, err=True)


def bar(length: int, label: str) -> AbstractContextManager[Bar]:
    """Returns a bar on standard error, which only counts when the length is 0 because nobody knows it.

    Args:
        length: how many steps it is to the end.
        label: what is done.
    """
    if not length:
        return Tally(label)
    made: Any = click.progressbar(length=length, label=label, file=sys.stderr, hidden=not on_terminal())
    return made


def clear() -> None:
    """Lets the next line stand in place of the bar, which is drawn again below it."""
    if on_terminal():
        click.echo("\r\033[K", nl=False, err=True)


def on_terminal() -> bool:
    """Whether somebody watches; a log would only fill with progress."""
    return sys.stderr.isatty()


def size(file: BinaryIO) -> int:
    """Returns how many bytes will come, or 0 where that cannot be known, as in a pipe."""
    if not file.seekable():
        return 0
    here = file.tell()
    end = file.seek(0, 2)
    file.seek(here)
    return end - here
