"""What a site adds to the dictionary: words of its own, and words that mean the same. A rebuild takes them up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.search.normal import normalise


class BadTuning(ValueError):
    """A line of a tuning file cannot be read; the message names the file and the line and says what is expected."""


@dataclass(frozen=True)
class Tuning:
    """A site's own words, as one generation of the index has them.

    Attributes:
        words: each a word and, if it is made of parts, the parts: ``("세종시", "세종", "시")``.
        synonyms: word → the others that are searched for with it.
    """

    words: tuple[tuple[str, ...], ...] = ()
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Returns it as JSON values, to be kept with the index."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Tuning:
        """Returns what ``as_json`` gave."""
        return cls(
            tuple(tuple(word) for word in kept.get("words", ())),
            {word: tuple(others) for word, others in kept.get("synonyms", {}).items()},
        )


def read(dictionary: str | None, synonyms: str | None) -> Tuning:
    """Reads the two files.

    Args:
        dictionary: path of the user dictionary: a word a line, with its parts behind it; None for none.
        synonyms: path of the synonyms: ``카페, 커피숍`` means all find each other, ``폰 => 휴대폰`` one way only.

    Raises:
        BadTuning: a file is missing, or a line of it cannot be read.
    """
    return Tuning(
        tuple(_word(*line) for line in _lines(dictionary)),
        _synonyms(_lines(synonyms)),
    )


def _lines(path: str | None) -> list[tuple[str, str]]:
    """Returns a file's lines without comments, each with where it stands."""
    if not path:
        return []
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadTuning(f"{path} cannot be read as UTF-8 text: {error}") from error
    stripped = [(f"{path}:{number}", line.partition("#")[0].strip()) for number, line in enumerate(lines, 1)]
    return [(where, line) for where, line in stripped if line]


def _word(where: str, line: str) -> tuple[str, ...]:
    word, *parts = normalise(line).split() or [""]
    if not word:
        raise BadTuning(f"{where}: there is no word in this line. Write: 세종시 세종 시")
    if parts and "".join(parts) != word:
        raise BadTuning(f"{where}: the parts {' + '.join(parts)} do not make {word}. Write: 세종시 세종 시")
    return (word, *parts)


def _synonyms(lines: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for where, line in lines:
        left, arrow, right = line.partition("=>")
        from_, to = _list(left), _list(right if arrow else left)
        if not from_ or not to or (not arrow and len(to) < 2):
            raise BadTuning(f"{where}: write 카페, 커피숍 or 폰 => 휴대폰")
        for word in from_:
            found.setdefault(word, []).extend(other for other in to if other != word)
    return {word: tuple(dict.fromkeys(others)) for word, others in found.items()}


def _list(text: str) -> list[str]:
    return [word for word in (" ".join(normalise(part).split()) for part in text.split(",")) if word]
