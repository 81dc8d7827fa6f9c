"""What a document must hold to be found, and what makes it stand higher: the same for every engine.

A query becomes a plan here; an engine only says each node in its own language. The gate is the one measured in
docs/search.md: a word matches by its lemmas standing together or by its bigrams standing together, within a word for
two syllables, across spaces from three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.search import analysis, hangul
from app.search.normal import normalise
from app.search.query import Either, Filter, Not, Phrase, Query, Word

SHARE, NEARLY_ALL = 0.6, 0.75
"""Which share of a text's bigrams a near match has, and which one it has when hardly more than a key was mistyped."""
GRAMS = 0.5
"""How much a bigram counts beside a lemma."""
RECENCY = 0.25
"""Which share of a document's score fades with its age."""
HALF_LIFE = 30 * 24 * 3600
"""Seconds in which that share halves."""
TOGETHER, MATCHED = 8.0, 8.0
"""What is added where the whole text stands together, and to a near match for each share of its letters and each word
that it holds as ``word_gate`` asks.
"""
ALONE, PIECE, BEGINNING = 8.0, 4.0, 2.0
"""What is added for a single syllable where it is a word by itself, where it is a part of one that carries meaning,
and where it begins one.
"""
_ENDS_A_VERB = "다"


@dataclass(frozen=True)
class Lemmas:
    """The dictionary forms of a text's words stand together, in this order."""

    text: str


@dataclass(frozen=True)
class Verb:
    """A verb or adjective in any of its forms, named by its dictionary form."""

    lemma: str


@dataclass(frozen=True)
class Run:
    """The text's bigrams, spaces left out, stand together, in this order."""

    text: str


@dataclass(frozen=True)
class Enough:
    """At least such a share of the text's bigrams, spaces left out, occur."""

    text: str
    share: float = SHARE


@dataclass(frozen=True)
class Part:
    """A token of ``Reading.parts``: a bigram within a word, a syllable of a noun, ``^`` and the first syllable of a
    word, or ``=`` and a syllable that is a word by itself.
    """

    token: str


@dataclass(frozen=True)
class Initials:
    """A noun has exactly these initial consonants."""

    text: str


@dataclass(frozen=True)
class Start:
    """A name begins like this, in keystrokes or in initial consonants."""

    text: str


@dataclass(frozen=True)
class Term:
    """One of ``Document.terms``."""

    value: str


@dataclass(frozen=True)
class Terms:
    """At least one of these values is among ``Document.terms``; there may be thousands."""

    values: tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """One of ``Document.names`` is written with exactly these keystrokes."""

    text: str


@dataclass(frozen=True)
class HasWord:
    """One of ``Reading.words`` of the text."""

    word: str


@dataclass(frozen=True)
class Within:
    """Made from ``since`` on and before ``until``, in seconds since 1970; None leaves that side open."""

    since: int | None = None
    until: int | None = None


@dataclass(frozen=True)
class Every:
    """All of the nodes match; with none of them, everything does."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Some:
    """At least one of the nodes matches; with none of them, nothing does."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class No:
    """The node does not match."""

    node: Node


Node = (
    Lemmas | Verb | Run | Enough | Part | Initials | Start | Term | Terms | Name | HasWord
    | Within | Every | Some | No
)  # fmt: skip

Resolve = Callable[[Filter], Node | None]
Synonyms = Mapping[str, tuple[str, ...]]
AnyPart = Word | Phrase | Filter | Not | Either

EVERYTHING = Every(())
NOTHING = Some(())


@dataclass(frozen=True)
class Plan:
    """A query as the engines read it.

    Attributes:
        gate: what a document must match; it gives no score.
        text: what is scored: BM25 over its lemmas, plus ``GRAMS`` times BM25 over its bigrams.
        boosts: nodes, and what is added to the score where they match.
        fades: whether a share of the score fades with age, see ``recency``.
    """

    gate: Node
    text: str = ""
    boosts: tuple[tuple[Node, float], ...] = ()
    fades: bool = True


def strict(query: Query, resolve: Resolve, synonyms: Synonyms) -> Plan:
    """Returns the plan of what a query says: all its words, phrases and filters.

    Args:
        query: what a person typed.
        resolve: says what a filter asks for; None for one that asks for nothing.
        synonyms: word → the others that are searched for with it.
    """
    gates = [gate for part in query.parts if (gate := _part(part, resolve, synonyms))]
    gate = _every(*gates) if gates else NOTHING
    words = [word.text for word in query.words]
    if len(words) > 1 and all(isinstance(part, Word) for part in query.parts):
        gate = Some((gate, Run(query.text)))
    return Plan(gate, query.text, _boosts(words, query.text))


def near(query: Query, resolve: Resolve, synonyms: Synonyms) -> Plan:
    """Returns the plan of near matches: any of the words, or most of the letters; filters hold, and so do the parts
    that must not occur. What ``strict`` finds is left out. The nearest come first, whatever their age, which also lets
    an engine skip the many that hold but one common word. The arguments are those of ``strict``.
    """
    fixed = [_part(part, resolve, synonyms) for part in query.parts if _is_fixed(part)]
    texts = [text for text in query.texts if analysis.runs(text)]
    words = [gate for text in texts if (gate := word_gate(text))]
    loose = [*words, *map(Enough, texts)]
    if len(texts) > 1:
        loose.append(Enough(query.text))
    exact = strict(query, resolve, synonyms)
    gate = _every(*(node for node in fixed if node), Some(tuple(loose)), No(exact.gate))
    letters = [(Enough(query.text, share), TOGETHER) for share in (SHARE, NEARLY_ALL)]
    boosts = (*exact.boosts, *((word, MATCHED) for word in words), *letters)
    return Plan(gate, query.text, boosts, fades=False)


def together(query: Query) -> Plan:
    """Returns the plan of what has the whole text standing together, whether it was typed with spaces or without."""
    return Plan(_whole(query.text), query.text)


def named(text: str, gate: Node = EVERYTHING) -> Plan:
    """Returns the plan of what has a name that begins like this."""
    return Plan(_every(Start(text), gate))


def recency(age: int) -> float:
    """Returns what a score is multiplied by.

    Args:
        age: the document's, in seconds; one from the future is new.
    """
    return 1 - RECENCY + RECENCY * float(2 ** (-max(age, 0) / HALF_LIFE))


def word_gate(word: str) -> Node | None:
    """Returns what one typed word matches strictly, or None when there is nothing in it to search for."""
    if hangul.is_initials(word):
        return Initials(word)
    runs = analysis.runs(word)
    if not runs:
        return None
    if analysis.is_signs(word):
        return Run(word)  # Taken apart, a keycap is the digit in it.
    only = runs[0].text if len(runs) == 1 and runs[0].is_dense else ""
    gates: list[Node] = [Lemmas(word), Part(only) if len(only) == 2 else Run(word)]
    if len(only) == 1:
        gates = [Lemmas(word), *_holds(only)]
    if len(only) > 1 and only.endswith(_ENDS_A_VERB):
        gates.append(Verb(only))  # On its own, a dictionary form is often taken for something else.
    if only and (noun := analysis.without_particle(only)):
        gates += [Lemmas(noun), Part(noun) if len(noun) == 2 else Run(noun)]
    return Some(tuple(gates))


def _part(part: AnyPart, resolve: Resolve, synonyms: Synonyms) -> Node | None:
    match part:
        case Word(text=text):
            return _with_synonyms(text, synonyms)
        case Phrase(text=text):
            return _phrase_gate(text)
        case Filter():
            return resolve(part)
        case Not(part=inner):
            gate = _excluded(inner.text) if isinstance(inner, Word) else None
            gate = gate or _part(inner, resolve, synonyms)
            return No(gate) if gate else None
        case Either(parts=parts):
            gates = tuple(gate for inner in parts if (gate := _part(inner, resolve, synonyms)))
            return Some(gates) if gates else None


def _is_fixed(part: AnyPart) -> bool:
    """Whether near matches keep to it too: filters, what must not occur, and alternatives of these."""
    if isinstance(part, Either):
        return all(_is_fixed(inner) for inner in part.parts)
    return isinstance(part, Filter | Not)


def _excluded(word: str) -> Node | None:
    """Returns what a single syllable excludes: the word, not each word that holds it, so that -책 keeps 산책."""
    syllable = _syllable(word)
    return Some((Lemmas(word), Part(f"^{syllable}"))) if syllable else None


def _with_synonyms(word: str, synonyms: Synonyms) -> Node | None:
    others = synonyms.get(normalise(word), ())
    gates = tuple(gate for text in (word, *others) if (gate := word_gate(text)))
    return gates[0] if len(gates) == 1 else Some(gates) if gates else None


def _phrase_gate(text: str) -> Node | None:
    if syllable := _syllable(text):
        return Some(_holds(syllable))
    return Run(text) if analysis.runs(text) else None


def _holds(syllable: str) -> tuple[Node, Node]:
    """Returns what asks for a syllable in a noun or at the beginning of a word: 산 in 뒷산 and 산뜻, not in 스산."""
    return Part(syllable), Part(f"^{syllable}")


def _boosts(words: Sequence[str], text: str) -> tuple[tuple[Node, float], ...]:
    boosts: list[tuple[Node, float]] = []
    for word in words:
        if syllable := _syllable(word):
            boosts += [
                (Part(f"={syllable}"), ALONE),
                (Lemmas(word), PIECE),
                (Part(f"^{syllable}"), BEGINNING),
            ]
    if len(words) > 1:
        boosts.append((_whole(text), TOGETHER))
    return tuple(boosts)


def _whole(text: str) -> Node:
    return Some((Lemmas(text), Run(text)))


def _syllable(text: str) -> str | None:
    """Returns the syllable, where a text is a single one."""
    runs = analysis.runs(text)
    return runs[0].text if len(runs) == 1 and runs[0].is_dense and len(runs[0].text) == 1 else None


def _every(*nodes: Node) -> Node:
    asked = tuple(node for node in nodes if node != EVERYTHING)
    return asked[0] if len(asked) == 1 else Every(asked)
