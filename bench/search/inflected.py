"""The same words in other forms: with other particles and endings, other English endings, or a wrong key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

from kiwipiepy import Kiwi

from app.search import hangul
from bench.search.truth import is_noun

_PARTICLES = [
    ("을", "JKO"),
    ("은", "JX"),
    ("이", "JKS"),
    ("에서", "JKB"),
    ("도", "JX"),
    ("만", "JX"),
    ("의", "JKG"),
]
_ENDINGS = [
    [("고", "EC")],
    [("었", "EP"), ("다", "EF")],
    [("는데", "EC")],
    [("으면", "EC")],
    [("지만", "EC")],
    [("어서", "EC")],
    [("네요", "EF")],
]
_ROWS = ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ")
_BESIDE = {
    key: row[max(at - 1, 0) : at] + row[at + 1 : at + 2] for row in _ROWS for at, key in enumerate(row)
}
_USUAL = frozenset(
    "this that with have from they will what when your about would there their which were been more than some like "
    "just very could them then into only over also such because does didn don doesn even really".split()
)
_WORD = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True)
class Content:
    """A word of a post: as it stands, with what is searched in it, and what it is made of.

    Attributes:
        surface: as it stands in the text.
        nouns: the nouns in it.
        verbs: the verb or adjective in it, by its dictionary form.
        stem: its morphemes without particles and endings.
    """

    surface: str
    nouns: tuple[str, ...]
    verbs: tuple[str, ...]
    stem: tuple[tuple[str, str], ...]


def contents(kiwi: Kiwi, text: str) -> list[Content]:
    """Returns the words of a text that are nouns with particles, or verbs with endings, and nothing else."""
    found = []
    for _, group in groupby(kiwi.tokenize(text), key=lambda token: token.word_position):
        tokens = list(group)
        forms = [(token.form, str(token.tag)) for token in tokens if not token.tag.startswith("S")]
        if content := _content(text[tokens[0].start : tokens[-1].end], forms):
            found.append(content)
    return found


def inflected(kiwi: Kiwi, word: Content, chance: Random) -> str:
    """Returns a word with another particle or ending."""
    others = [[particle] for particle in _PARTICLES] if is_noun(*word.stem[-1]) else _ENDINGS
    written = [kiwi.join([*word.stem, *other]).replace(" ", "") for other in others]
    plain = re.sub(r"[^가-힣]", "", word.surface)
    return chance.choice([text for text in written if text != plain])


def english(words: Sequence[str], chance: Random) -> str:
    """Returns English words with other regular endings."""
    return " ".join(_other_ending(word, chance) for word in words)


def english_contents(text: str) -> list[str]:
    """Returns the English words of a text that carry meaning, each once."""
    return [word for word in dict.fromkeys(_WORD.findall(text.lower())) if word not in _USUAL]


def mistyped(text: str, chance: Random) -> str:
    """Returns a text with one keystroke beside the right key."""
    keys = hangul.jamo(text)
    at = chance.choice([at for at, key in enumerate(keys) if key in _BESIDE])
    return hangul.compose(keys[:at] + chance.choice(_BESIDE[keys[at]]) + keys[at + 1 :])


def split_apart(words: Sequence[str], chance: Random) -> str | None:
    """Returns the words with a space inside each that has three syllables and more, or None when none has."""
    if not any(len(word) > 2 for word in words):
        return None
    cuts = [chance.randrange(1, len(word)) if len(word) > 2 else len(word) for word in words]
    return " ".join(f"{word[:cut]} {word[cut:]}".strip() for word, cut in zip(words, cuts, strict=True))


def _content(surface: str, forms: list[tuple[str, str]]) -> Content | None:
    stem = [form for form in forms if not form[1].startswith(("J", "E"))]
    if not stem or forms[: len(stem)] != stem or not re.match(r"[가-힣]+", surface):
        return None
    nouns = tuple(form for form, tag in stem if is_noun(form, tag))
    kinds = "".join("n" if is_noun(*form) else form[1][:2] for form in stem)
    ends = {tag[0] for _, tag in forms[len(stem) :]}
    if re.fullmatch("n+", kinds) and ends <= {"J"}:
        return Content(surface, nouns, (), tuple(stem))
    if re.fullmatch("n+XS", kinds) and ends == {"E"} and stem[-1][1][:3] in {"XSV", "XSA"}:
        return Content(surface, nouns, (), tuple(stem))
    if kinds in {"VV", "VA"} and ends == {"E"}:
        return Content(surface, (), (f"{stem[0][0]}다",), tuple(stem))
    return None


def _other_ending(word: str, chance: Random) -> str:
    if word.endswith("ing"):
        return f"{word[:-3]}ed"
    if word.endswith("ed"):
        return f"{word[:-2]}ing"
    if word.endswith("s"):
        return word if word.endswith("ss") else word[:-1]
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    if word.endswith(("sh", "ch", "x", "z")):
        return f"{word}es"
    return f"{word}s" if word.endswith("e") or chance.random() < 0.7 else f"{word}ing"
