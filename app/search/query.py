"""What somebody typed into the search field, as a tree.

The grammar, in EBNF (ISO/IEC 14977)::

    query    = { either } ;
    either   = term , { "OR" , { "OR" } , term } ;
    term     = [ minus ] , ( phrase | filter | tag | word ) ;
    phrase   = quote , { any character but a quote } , quote ;
    filter   = operator , colon , ( phrase | run ) ;
    tag      = hash , letters , { ( dot | joiner ) , letters } ;    (* one letter at least *)
    letters  = ( letter | mark | digit | "_" ) , { letter | mark | digit | "_" } ;
    word     = run ;
    run      = character , { character } ;                 (* neither blank nor quote *)
    quote    = '"' | "＂" | "“" | "”" | "„" | "「" | "」" | "『" | "』" ;
    colon    = ":" | "：" ;      hash = "#" | "＃" ;      minus = "-" | "－" | "−" ;

Terms stand between blanks or quotes; hashtags may also stand close together (#서울#카페). Every text has a reading:
what fits no other rule is a word. That is an operator nobody knows, one without a value, two minus signs or one alone,
an OR at the beginning or the end. A quote nobody closes is a blank, an empty phrase is nothing, and so are control
characters and what draws no ink.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.search import terms
from app.search.terms import Filter, Not, Phrase, Term, Word

__all__ = [
    "MOST_CHARACTERS",
    "MOST_TERMS",
    "Either",
    "Filter",
    "Not",
    "Part",
    "Phrase",
    "Query",
    "Word",
    "parse",
]

MOST_TERMS = 24
"""How many terms a query may have; those that OR joins count each."""
MOST_CHARACTERS = 200
"""How long a query may be, in code points."""


@dataclass(frozen=True)
class Either:
    """Terms of which one is enough."""

    parts: tuple[Term, ...]
    start: int
    end: int


Part = Term | Either


@dataclass(frozen=True)
class Query:
    """The parts that all have to be met, each with its place in the source; ``cut`` when the source holds more."""

    source: str
    parts: tuple[Part, ...]
    cut: bool

    @property
    def words(self) -> tuple[Word, ...]:
        """The words that are looked for, in their order, those of alternatives too."""
        return tuple(part for part in self._terms if isinstance(part, Word))

    @property
    def texts(self) -> tuple[str, ...]:
        """What the words and phrases say that are looked for, in their order, those of alternatives too."""
        return tuple(part.text for part in self._terms if isinstance(part, Word | Phrase))

    @property
    def text(self) -> str:
        """The same, joined by blanks."""
        return " ".join(self.texts)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return not self.parts

    def without(self, part: Part) -> str:
        """Returns the source without a part, and otherwise as it was typed.

        Args:
            part: one of ``parts``, or of the alternatives of an ``Either``, where the OR beside it goes as well.

        Raises:
            ValueError: the query has no such part.
        """
        start, end = self._span(part)
        return f"{self.source[:start].rstrip()} {self.source[end:].lstrip()}".strip()

    def replace_words(self, mapping: Mapping[str, str]) -> str:
        """Returns the source with other words in the place of some that are looked for; all else stays as typed.

        Args:
            mapping: the text of a word → what is to stand there.
        """
        made: list[str] = []
        end = 0
        for word in self.words:
            made += self.source[end : word.start], mapping.get(word.text, self.source[word.start : word.end])
            end = word.end
        return "".join([*made, self.source[end:]])

    @property
    def _terms(self) -> Iterator[Term]:
        for part in self.parts:
            yield from part.parts if isinstance(part, Either) else (part,)

    def _span(self, part: Part) -> tuple[int, int]:
        if part in self.parts:
            return part.start, part.end
        for either in self.parts:
            if isinstance(either, Either) and part in either.parts:
                i = either.parts.index(part)
                return (either.parts[i - 1].end, part.end) if i else (part.start, either.parts[1].start)
        raise ValueError("the query has no such part")


def parse(text: str, operators: Mapping[str, str]) -> Query:
    """Returns what somebody asked for; every text is a query, if an empty one.

    Args:
        text: what was typed, of any length; what is beyond the limits is left out, and the query is ``cut``.
        operators: every accepted spelling of an operator, case-folded and in NFC → its canonical name.
    """
    head = terms.head(text, MOST_CHARACTERS)
    found = list(terms.read(head, operators))
    cut = not terms.is_nothing(text[len(head) :])
    while cut and found and _is_or(found[-1]):
        found.pop()  # What it was to join has been left out.
    linked = list(_linked(found))
    return Query(text, tuple(_joined(linked[:MOST_TERMS])), cut or len(linked) > MOST_TERMS)


def _is_or(term: Term) -> bool:
    return isinstance(term, Word) and term.text == "OR"


def _linked(found: list[Term]) -> Iterator[tuple[Term, bool]]:
    """Yields the terms, and of each whether OR joins it to the one before; an OR with nothing to join is a word."""
    firm = [i for i, term in enumerate(found) if not _is_or(term)]
    joins = False
    for i, term in enumerate(found):
        if _is_or(term) and firm and firm[0] < i < firm[-1]:
            joins = True
        else:
            yield term, joins
            joins = False


def _joined(linked: list[tuple[Term, bool]]) -> Iterator[Part]:
    groups: list[list[Term]] = []
    for term, joins in linked:
        if joins:
            groups[-1].append(term)
        else:
            groups.append([term])
    for group in groups:
        yield group[0] if len(group) == 1 else Either(tuple(group), group[0].start, group[-1].end)
