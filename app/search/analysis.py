"""Cuts text into what is searched for: runs of letters, bigrams across spaces, parts of words, nouns.

Both engines are given these tokens ready made, so that they answer alike. Only the lemmas of running text differ: the
embedded engine takes them from here too, Elasticsearch makes its own with nori; both read the same dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

import regex
import Stemmer

from app.search import hangul
from app.search.morphemes import Morpheme, OwnWords, parse
from app.search.normal import normalise

VERSION = 1
"""Counts the changes of what is cut how; an index made by another version is built anew."""

LONGEST_START = 24
"""How many keystrokes of a name can be typed before nothing narrows the choice any more."""
_LONGEST_TOKEN = 60  # Characters: no engine keeps tokens of any length, and nobody types them.
_SHORTEST_WORD = 2  # Syllables or letters of a word that is worth a suggestion.

_RUN = regex.compile(
    r"(?P<hangul>[가-힣]++)|(?P<jamo>[\u3131-\u318E]++)|(?P<han>[\p{Han}\p{Hiragana}\p{Katakana}ー]++)"
    r"|(?P<sign>\p{Extended_Pictographic})|(?P<other>[[\p{L}\p{M}\p{N}]--[가-힣\u3131-\u318E]]++(?:['’][a-z]++)?)",
    regex.V1,
)
_DENSE = frozenset({"hangul", "jamo", "han"})  # Written without spaces between all words.
_NOUNS = frozenset({"NNG", "NNP", "SL", "SH"})
_VERBS = frozenset({"VV", "VA"})
_INFLECTED = ("V", "E", "J", "XSV", "XSA", "MA")  # Verbs, endings, particles, adverbs: no noun hides in them.
_ENGLISH = Stemmer.Stemmer("english")
_ENGLISH.maxCacheSize = 0  # lru_cache below is faster, and bounded.


class Run(NamedTuple):
    """Letters of one kind that stand together.

    Attributes:
        text: the letters, normalised; English is stemmed.
        is_dense: whether they are of a script whose words can stand together without spaces.
        start: where they stand in the normalised text.
    """

    text: str
    is_dense: bool
    start: int


class Reading:
    """A text taken apart, once for everything that is kept of it.

    Args:
        text: as somebody wrote it.
        own: the site's own words.

    Attributes:
        text: the text, normalised.
    """

    def __init__(self, text: str, own: OwnWords | None = None) -> None:
        self.text = normalise(text)
        self._runs = _runs(self.text)
        self._morphemes = parse(self.text, own)

    @property
    def lemmas(self) -> list[tuple[int, str]]:
        """The dictionary forms of the words that carry meaning, each with its place among all pieces of the text.

        Particles, endings and signs are left out, but their places stay empty: so 최고의 영화 holds no 최고 영화 that
        stands together, just as nori counts.
        """
        found: list[tuple[int, str]] = []
        place = 0
        for morpheme in self._morphemes:
            for lemma in _known(morpheme).lemmas:
                if lemma:
                    found.append((place, lemma))
                place += 1
        return found

    @property
    def bigrams(self) -> list[str]:
        """Every two syllables that follow one another, spaces left out, in order.

        A syllable that has no other beside it stands alone. Words of other scripts and signs stand as they are.
        """
        return _bigrams(self._runs)

    @cached_property
    def nouns(self) -> set[str]:
        """The nouns, names and foreign words that are worth a suggestion."""
        return {noun for morpheme in self._morphemes for noun in _known(morpheme).nouns}

    @property
    def words(self) -> set[str]:
        """The words worth suggesting: the nouns, and verbs of two syllables and more."""
        return self.nouns.union(verb for morpheme in self._morphemes for verb in _known(morpheme).verbs)

    @property
    def initials(self) -> set[str]:
        """The initial consonants of the nouns that are written in Hangul."""
        return {hangul.initials(noun) for noun in self.nouns if "가" <= noun[0] <= "힣"}

    @property
    def parts(self) -> set[str]:
        """The bigrams inside words, the single syllables, and ``^`` with the first syllable of each word.

        A bigram counts where a morpheme begins, because new words are often cut behind their first syllable, and
        anywhere inside a noun, because nouns are made of nouns. One that begins inside a morpheme and ends in the next
        is left out, as 인사 in 살인사건, and so is one inside a verb or an ending.
        """
        edges, insides = self._places()
        found: set[str] = set()
        for run in self._runs:
            if not run.is_dense:
                continue
            text, start = run.text, run.start
            found.update(text)
            found.add(f"^{text[0]}")
            for at in range(len(text) - 1):
                here = start + at
                if here in edges or (here in insides and here + 1 not in edges):
                    found.add(text[at : at + 2])
        return found

    def _places(self) -> tuple[set[int], set[int]]:
        """Returns where in the text a morpheme, or a part of one, begins, and what lies inside those like nouns."""
        edges: set[int] = set()
        insides: set[int] = set()
        end = 0
        for morpheme in self._morphemes:
            start = self.text.find(morpheme.surface, end)
            if start < 0:
                continue
            end = start + len(morpheme.surface)
            known = _known(morpheme)
            for edge in known.edges:
                edges.add(start + edge)
            if not known.is_inflected:
                insides.update(range(start, end))
        return edges, insides


@dataclass(frozen=True)
class _Known:
    """What a morpheme gives, worked out once.

    Attributes:
        lemmas: the lemma of each of its pieces, an empty one for a piece that carries no meaning.
        nouns: itself, where it is a noun worth a suggestion.
        verbs: the dictionary forms of its longer verbs.
        edges: where it and its parts begin, counted from its beginning.
        is_inflected: whether it is a verb, an ending, a particle or an adverb: no noun hides in them.
    """

    lemmas: tuple[str, ...]
    nouns: tuple[str, ...]
    verbs: tuple[str, ...]
    edges: tuple[int, ...]
    is_inflected: bool


@lru_cache(maxsize=20_000)
def _known(morpheme: Morpheme) -> _Known:
    surface, pieces = morpheme.surface, morpheme.pieces
    lemmas = tuple(_lemma(form, tag) if tag in _CONTENT else "" for form, tag in pieces)
    if morpheme.is_unknown:
        lemmas = tuple(run.text for run in _runs(surface)) or ("",)
    is_noun = morpheme.tag in _NOUNS and (surface[0] > "\x7f" or surface.isalpha())
    edges: tuple[int, ...] = (0,)
    if "".join(form for form, _ in pieces) == surface:
        edges = tuple(accumulate((len(form) for form, _ in pieces[:-1]), initial=0))
    return _Known(
        lemmas,
        (surface,) if is_noun and _SHORTEST_WORD <= len(surface) <= _LONGEST_TOKEN else (),
        tuple(f"{form}다" for form, tag in pieces if tag in _VERBS and len(form) >= 2),
        edges,
        morpheme.tag.startswith(_INFLECTED),
    )


def runs(text: str) -> list[Run]:
    """Returns a text's runs in order; punctuation and blanks part them and are not kept."""
    return _runs(normalise(text))


def bigrams(text: str) -> list[str]:
    """Returns a text's ``Reading.bigrams``."""
    return _bigrams(runs(text))


def lemmas(text: str, own: OwnWords | None = None) -> list[str]:
    """Returns the dictionary forms of a text's words that carry meaning, in order; see ``Reading.lemmas``."""
    return [lemma for _, lemma in Reading(text, own).lemmas]


def lemmas_of(morpheme: Morpheme) -> set[str]:
    """Returns what is searched for in a morpheme: nothing, words, or a stem with 다 for verbs and adjectives."""
    return set(filter(None, _known(morpheme).lemmas))


def _runs(normal: str) -> list[Run]:
    found = []
    for match in _RUN.finditer(normal):
        kind = match.lastgroup
        letters = match[0][:_LONGEST_TOKEN]
        found.append(Run(stem(letters) if kind == "other" else letters, kind in _DENSE, match.start()))
    return found


def _bigrams(found: Sequence[Run]) -> list[str]:
    tokens: list[str] = []
    dense = ""
    for run in found:
        if run.is_dense:
            dense += run.text
            continue
        tokens += _pairs(dense) or ([dense] if dense else [])
        dense = ""
        tokens.append(run.text)
    return tokens + (_pairs(dense) or ([dense] if dense else []))


def starts(names: Iterable[str]) -> set[str]:
    """Returns everything one may have typed on the way to a name: beginnings in keystrokes and in initials.

    The second and later words of a name count as names too.
    """
    found: set[str] = set()
    for name in names:
        folded = normalise(name)
        for start in {folded, *folded.split()}:
            for keys in (hangul.jamo(start), hangul.initials(start)):
                found.update(keys[:end] for end in range(1, min(len(keys), LONGEST_START) + 1))
    return found


def start(typed: str) -> str:
    """Returns the token of ``starts`` that stands for what was typed so far."""
    folded = normalise(typed).strip()
    return hangul.jamo(folded)[:LONGEST_START]


def keystrokes(names: Iterable[str]) -> set[str]:
    """Returns each name as the keystrokes that write it, for finding it in spite of typing errors."""
    return {keys(name) for name in names}


def keys(name: str) -> str:
    """Returns the keystrokes that write a name."""
    return hangul.jamo(normalise(name).strip())[:_LONGEST_TOKEN]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Returns an English word's stem (Porter 2), without a possessive ending; other scripts come back as they are."""
    bare = word.split("'")[0].split("’")[0]
    return str(_ENGLISH.stemWord(bare)) if bare.isascii() else bare


_CONTENT = frozenset(
    {"NNG", "NNP", "NNB", "NP", "NR", "XR", "XPN", "SH", "SN", "SL", "MAG", "MM", "IC", "VV", "VA"}
)


def _lemma(form: str, tag: str) -> str:
    if tag in _VERBS:
        return f"{form}다"
    return stem(form) if tag == "SL" else form


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
