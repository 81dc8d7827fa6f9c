"""Cuts text into what is searched for: runs of letters, bigrams across spaces, parts of words, nouns.

Both engines are given these tokens ready made, so that they answer alike. Only the lemmas of running text differ: the
embedded engine takes them from here too, Elasticsearch makes its own with nori; both read the same dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain
from typing import NamedTuple

import regex
import Stemmer

from app.search import hangul
from app.search.morphemes import Morpheme, OwnWords, parse
from app.search.normal import normalise

VERSION = 6
"""Counts the changes of what is cut how; an index made by another version is built anew."""

LONGEST_START = 24
"""How many keystrokes of a name can be typed before nothing narrows the choice any more."""
_LONGEST_TOKEN = 60  # Characters: no engine keeps tokens of any length, and nobody types them.
_SHORTEST_WORD = 2  # Syllables or letters of a word that is worth a suggestion.

_RUN = regex.compile(
    r"(?P<hangul>[가-힣]++)|(?P<jamo>[\u3131-\u318E]++)|(?P<han>[\p{Han}\p{Hiragana}\p{Katakana}ー]++)"
    # A flag is two letters or a tagged one, a keycap a sign in its frame (UTS #51).
    r"|(?P<sign>\p{Regional_Indicator}{2}|[0-9#*]\u20E3|\U0001F3F4[\U000E0030-\U000E007A]++\U000E007F"
    r"|\p{Extended_Pictographic})"
    r"|(?P<other>(?:(?![0-9]\u20E3)[[\p{L}\p{M}\p{N}]--[가-힣\u3131-\u318E\u20E3]])++(?:['’][a-z]++)?)",
    regex.V1,
)
_SIGNS = regex.compile(
    r"(?:\p{Regional_Indicator}{2}|.\u20E3|[\p{Extended_Pictographic}\p{Emoji_Modifier}\U000E0030-\U000E007F\s])++"
)
_HANGUL = regex.compile(r"[가-힣]")
_DENSE_PAIR = regex.compile(r"[가-힣]{2}|[\u3131-\u318E]{2}|[\p{Han}\p{Hiragana}\p{Katakana}ー]{2}")
_DENSE = frozenset({"hangul", "jamo", "han"})  # Written without spaces between all words.
_NOUNS = frozenset({"NNG", "NNP", "SL", "SH"})
_NAMING = frozenset({"NNG", "NNP", "NP", "NR"})
_AFTER_NOUNS = ("J", "VCP", "XSN")  # Particles, 이다 and 들: before them a noun is a word by itself.
_NOMINAL = ("N", "XSN")  # All nouns, pronouns and numerals, and what makes nouns of others.
_VERBS = frozenset({"VV", "VA"})
_INFLECTED = ("V", "E", "J", "XSV", "XSA", "MA")  # Verbs, endings, particles, adverbs: no noun hides in them.
_PARTICLES = (
    "에서는 에서도 으로는 으로도 에서 에게 한테 까지 부터 처럼 보다 으로 이나 이랑 하고 만은 에는 에도 "
    "은 는 이 가 을 를 의 에 와 과 도 만 로 랑 나"
).split()
"""The usual particles (조사), the longer ones first."""
_ENGLISH = Stemmer.Stemmer("english")
_ENGLISH.maxCacheSize = 0  # lru_cache below is faster, and bounded.


class Run(NamedTuple):
    """Letters of one kind that stand together.

    Attributes:
        text: the letters, normalised; English is stemmed.
        is_dense: whether they are of a script whose words can stand together without spaces.
        start: where they stand in the normalised text.
        follows: whether nothing but blanks stands between them and the run before.
    """

    text: str
    is_dense: bool
    start: int
    follows: bool


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
        self._known = list(map(_known, self._morphemes))

    @property
    def lemmas(self) -> list[tuple[int, str]]:
        """The dictionary forms of the words that carry meaning, each with its place among all pieces of the text.

        Particles, endings and signs are left out, but their places stay empty: so 최고의 영화 holds no 최고 영화 that
        stands together, just as nori counts.
        """
        pieces = chain.from_iterable(known.lemmas for known in self._known)
        return [(place, lemma) for place, lemma in enumerate(pieces) if lemma]

    @property
    def bigrams(self) -> list[str]:
        """Every two syllables that follow one another, spaces left out, in order; a full stop or comma parts them.

        A syllable that has no other beside it stands alone. Words of other scripts and signs stand as they are.
        """
        return _bigrams(self._runs)

    @property
    def nouns(self) -> set[str]:
        """The nouns, names and foreign words that are worth a suggestion."""
        return set(chain.from_iterable(known.nouns for known in self._known))

    @property
    def verbs(self) -> set[str]:
        """The dictionary forms of the verbs and adjectives."""
        return set(chain.from_iterable(known.verbs for known in self._known))

    @property
    def words(self) -> set[str]:
        """The words worth suggesting: the nouns, and verbs whose stem is longer than a syllable."""
        return set(chain.from_iterable(known.words for known in self._known))

    @property
    def initials(self) -> set[str]:
        """The initial consonants of the nouns that are written in Hangul."""
        return set(chain.from_iterable(known.initials for known in self._known))

    @property
    def parts(self) -> set[str]:
        """The bigrams inside words, the syllables of nouns, ``^`` with the first syllable of each word, and ``=`` with
        a noun of one syllable that is a word by itself, with a particle at most: 눈이, but neither 눈물 nor 첫눈.

        Syllables of verbs, adjectives and endings are left out: 스산한 is about no mountain (산).

        A bigram counts where a morpheme begins, because new words are often cut behind their first syllable, and
        anywhere inside a noun, because nouns are made of nouns. One that begins inside a morpheme and ends in the next
        is left out, as 인사 in 살인사건, and so is one inside a verb or an ending.
        """
        found = set(chain.from_iterable(known.bigrams for known in self._known))
        found.update(chain.from_iterable(known.syllables for known in self._known))
        dense = [run for run in self._runs if run.is_dense]
        inner = {run.start + at for run in dense for at in range(1, len(run.text))}
        end, waiting = 0, ""
        for morpheme, known in zip(self._morphemes, self._known, strict=True):
            start = self.text.find(morpheme.surface, end)
            if start < 0:
                continue
            end = start + len(morpheme.surface)
            if known.ends_alone and end in inner:
                found.add(self.text[end - 1 : end + 1])
            if waiting and known.leaves_alone:
                found.add(f"={waiting}")
            waiting = morpheme.surface if known.is_short_noun and start not in inner else ""
            if waiting and end not in inner:
                found.add(f"={waiting}")
        for run in dense:
            found.add(f"^{run.text[0]}")
            if not "가" <= run.text[0] <= "힣":
                found.update(run.text)
        return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What a morpheme gives, worked out once.

    Attributes:
        lemmas: the lemma of each of its pieces, an empty one for a piece that carries no meaning.
        nouns: itself, where it is a noun worth a suggestion.
        verbs: the dictionary forms of its verbs and adjectives.
        words: what of these is worth a suggestion.
        initials: the initial consonants of a noun that is written in Hangul.
        bigrams: those inside it that count.
        syllables: those of a noun, of what makes one (XSN) and of what the dictionary does not know.
        ends_alone: whether its last part is a single syllable, which may begin a word that was cut wrongly.
        is_short_noun: whether it is a noun of one syllable, or a pronoun or numeral.
        leaves_alone: whether a noun before it is a word by itself.
    """

    lemmas: tuple[str, ...]
    nouns: tuple[str, ...]
    verbs: tuple[str, ...]
    words: tuple[str, ...]
    initials: tuple[str, ...]
    bigrams: tuple[str, ...]
    syllables: tuple[str, ...]
    ends_alone: bool
    is_short_noun: bool
    leaves_alone: bool


@lru_cache(maxsize=20_000)
def _known(morpheme: Morpheme) -> _Known:
    surface, pieces = morpheme.surface, morpheme.pieces
    lemmas = tuple(_lemma(form, tag) if tag in _CONTENT else "" for form, tag in pieces)
    if morpheme.is_unknown:
        lemmas = tuple(run.text for run in _runs(surface)) or ("",)
    is_noun = morpheme.tag in _NOUNS and (surface[0] > "\x7f" or surface.isalpha())
    is_nominal = morpheme.is_unknown or any(tag.startswith(_NOMINAL) for _, tag in pieces)
    edges = {0}
    if len(pieces) > 1 and "".join(form for form, _ in pieces) == surface:
        edges.update(accumulate(len(form) for form, _ in pieces[:-1]))
    nouns = (surface,) if is_noun and _SHORTEST_WORD <= len(surface) <= _LONGEST_TOKEN else ()
    verbs = tuple(_lemma(form, tag) for form, tag in pieces if tag in _VERBS)
    return _Known(
        lemmas,
        nouns,
        verbs,
        nouns + tuple(verb for verb in verbs if len(verb) > _SHORTEST_WORD),
        tuple(hangul.initials(noun) for noun in nouns if "가" <= noun[0] <= "힣"),
        tuple(_inner_bigrams(surface, edges, morpheme.tag.startswith(_INFLECTED))),
        tuple(_HANGUL.findall(surface)) if is_nominal else (),
        len(surface) - 1 in edges,
        len(surface) == 1 and morpheme.tag in _NAMING and "가" <= surface <= "힣",
        morpheme.tag.startswith(_AFTER_NOUNS),
    )


def _inner_bigrams(surface: str, edges: set[int], is_inflected: bool) -> Iterator[str]:
    for at in range(len(surface) - 1):
        if at in edges or (not is_inflected and at + 1 not in edges):
            bigram = surface[at : at + 2]
            if _DENSE_PAIR.fullmatch(bigram):
                yield bigram


def runs(text: str) -> list[Run]:
    """Returns a text's runs in order; punctuation and blanks part them and are not kept."""
    return _runs(normalise(text))


def is_signs(text: str) -> bool:
    """Tells whether a text is nothing but emoji, flags and keycaps, of which the dictionary knows no form."""
    return bool(runs(text)) and _SIGNS.fullmatch(normalise(text)) is not None


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
    end = 0
    for match in _RUN.finditer(normal):
        before, (start, end) = end, match.span()
        is_dense = match.lastgroup in _DENSE
        letters = match[0] if is_dense else match[0][:_LONGEST_TOKEN]
        if match.lastgroup == "other":
            letters = stem(letters)
        found.append(Run(letters, is_dense, start, start == before or normal[before:start].isspace()))
    return found


def _bigrams(found: Sequence[Run]) -> list[str]:
    tokens: list[str] = []
    dense = ""
    for run in found:
        if run.is_dense and run.follows:
            dense += run.text
            continue
        tokens += _pairs(dense) or ([dense] if dense else [])
        dense = run.text if run.is_dense else ""
        if not run.is_dense:
            tokens.append(run.text)
    return tokens + (_pairs(dense) or ([dense] if dense else []))


def without_particle(word: str) -> str | None:
    """Returns the noun in a word that MeCab has cut elsewhere, as 감동 of 감동의, which it reads as 감 and 동의.

    Without a sentence around it, MeCab often takes a particle for a part of another word. A noun of two syllables or
    more that the dictionary has, with nothing but a particle behind it, is the better reading.

    Args:
        word: one word of Hangul.
    """
    if len(Reading(word).lemmas) < 2:
        return None
    for particle in _PARTICLES:
        noun = word.removesuffix(particle)
        if len(noun) in (len(word), 0, 1):
            continue
        reading = Reading(noun)
        if reading.nouns == {noun}:
            return noun
    return None


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
