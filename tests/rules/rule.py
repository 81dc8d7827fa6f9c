"""What a rule is, and which files it looks at."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from tests.rules.tree import files, text_of

Check = Callable[["Source"], Iterator[int]]


@dataclass(frozen=True)
class Source:
    """A file of the repository, or a sample of one.

    Attributes:
        path: from the top of the repository, with slashes.
        text: what stands in it.
    """

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module."""
        return ast.parse(self.text)

    @property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    def line_of(self, place: int) -> int:
        """Returns the number of the line at an index of the text."""
        return self.text.count("\n", 0, place) + 1


@dataclass(frozen=True)
class Rule:
    """Something that every file of a kind keeps to.

    Attributes:
        name: the rule as a sentence.
        check: yields the numbers of the lines that break it.
        where: patterns of paths, ``**`` meaning any folders; one that begins with ``!`` leaves files out.
        instead: what to do where it is broken.
        breaks: samples that the rule has to refuse.
        keeps: samples that it has to let pass.
    """

    name: str
    check: Check
    where: tuple[str, ...]
    instead: str
    breaks: tuple[Source, ...]
    keeps: tuple[Source, ...]

    def covers(self, path: str) -> bool:
        """Whether the rule looks at the file of that path."""
        wanted = any(matches(path, pattern) for pattern in self.where if pattern[0] != "!")
        return wanted and not any(matches(path, pattern[1:]) for pattern in self.where if pattern[0] == "!")

    def sources(self) -> Iterator[Source]:
        """Yields the files that the rule looks at; pictures and fonts have nothing to read."""
        for path in files():
            if self.covers(path) and (text := text_of(path)) is not None:
                yield Source(path, text)

    def complaints(self, source: Source) -> list[str]:
        """Returns a sentence for each line of a file that breaks the rule."""
        return [f"{source.path}:{line}: {self.instead}" for line in self.check(source)]


RULES: list[Rule] = []


def rule(
    *where: str, instead: str, breaks: dict[str, str], keeps: dict[str, str] | None = None
) -> Callable[[Check], Check]:
    """Makes a check one of the rules.

    Args:
        where: see ``Rule``.
        instead: what to do where it is broken.
        breaks: samples that it has to refuse, by their paths; what follows ``#`` in a path tells samples apart.
        keeps: samples that it has to let pass.
    """

    def add(check: Check) -> Check:
        refused, passed = (
            tuple(Source(path.partition("#")[0], text) for path, text in samples.items())
            for samples in (breaks, keeps or {})
        )
        RULES.append(Rule(check.__name__, check, where, instead, refused, passed))
        return check

    return add


def matches(path: str, pattern: str) -> bool:
    """Whether a path is one that the pattern means; ``**`` stands for any number of folders, none too."""
    return _matches(PurePosixPath(path).parts, PurePosixPath(pattern).parts)


def _matches(parts: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    if not patterns:
        return not parts
    if patterns[0] == "**":
        return any(_matches(parts[skipped:], patterns[1:]) for skipped in range(len(parts) + 1))
    return bool(parts) and PurePosixPath(parts[0]).match(patterns[0]) and _matches(parts[1:], patterns[1:])
