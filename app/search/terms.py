"""The terms of a search: words, phrases, filters and what excludes them, read one after the other out of a text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import regex

from app import hashtags
from app.text import caseless, is_blank, nfc

# Control characters and lone surrogates separate words like blanks: no index and no database takes them.
_BLANK = r"\s\p{Cc}\p{Cs}\u200B"
# Korean input methods type these marks in full width, and quote titles in corner brackets.
_QUOTE = '"＂“”„「」『』'
_MINUS, _COLON = "-－−", ":："
_BLANKS = regex.compile(rf"[{_BLANK}]+")
_BREAK = regex.compile(rf"[{_BLANK}{_QUOTE}]")
# A quote that nobody closes matches nothing, and so separates words like a blank.
_TERM = regex.compile(
    rf"(?P<minus>[{_MINUS}](?![{_MINUS}]))?"
    rf"(?:(?P<name>[^{_BLANK}{_QUOTE}{_COLON}]++[{_COLON}])?+[{_QUOTE}](?P<phrase>[^{_QUOTE}]*+)[{_QUOTE}]"
    rf"|(?P<run>[^{_BLANK}{_QUOTE}]++))"
)
_FILTER = regex.compile(rf"(?P<name>[^{_COLON}]++)[{_COLON}](?P<value>.++)", regex.DOTALL)
_TAG = regex.compile(rf"{hashtags.HASH}({hashtags.WORD})", regex.V1)
_TAGS = regex.compile(rf"(?:{hashtags.HASH}{hashtags.WORD})++", regex.V1)


@dataclass(frozen=True)
class Word:
    """A word as it was written, in NFC, and where it stands in the source."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Phrase:
    """What stood in quotes, in NFC and with single blanks; the place in the source takes in the quotes."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Filter:
    """An operator by its canonical name, and what it was given; a hashtag is the filter ``tag``."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Not:
    """What is to be absent; the place in the source takes in the minus sign."""

    part: Word | Phrase | Filter
    start: int
    end: int


Term = Word | Phrase | Filter | Not


def read(text: str, operators: Mapping[str, str]) -> Iterator[Term]:
    """Yields the terms of a text in their order; every text has some reading.

    Args:
        text: what somebody typed; the caller limits the length first.
        operators: every accepted spelling of an operator, case-folded and in NFC → its canonical name.
    """
    for match in _TERM.finditer(text):
        minus = match["minus"]
        for part in _parts(match, operators):
            # The sign is the first part's alone: in -#서울#카페 the second hashtag is wanted.
            yield Not(part, match.start(), part.end) if minus else part
            minus = None


def head(text: str, length: int) -> str:
    """Returns the beginning of a text, which ends between two terms: half a word is another word.

    Args:
        text: what somebody typed.
        length: how many code points the beginning may have.
    """
    if len(text) <= length or _BREAK.match(text, length):
        return text[:length]
    return text[: max((found.end() for found in _BREAK.finditer(text, 0, length)), default=0)]


def is_nothing(text: str) -> bool:
    """Tells whether a text has only what separates terms, and characters that draw nothing."""
    return is_blank(_BLANKS.sub(" ", text))


def tidy(text: str) -> str:
    """Returns the text in NFC, with one blank where there were several and none around it."""
    return nfc(_BLANKS.sub(" ", text)).strip()


def _parts(match: regex.Match[str], operators: Mapping[str, str]) -> Iterator[Word | Phrase | Filter]:
    """Yields what a match holds: mostly one part, two for an unknown operator before a phrase, many for hashtags."""
    if match["run"] is not None:
        yield from _parts_of_run(match["run"], match.start("run"), operators)
        return
    phrase, start, end = tidy(match["phrase"]), match.start("phrase") - 1, match.end()
    if match["name"] is not None:
        name = _canonical(match["name"][:-1], operators)
        if name and not is_blank(phrase):
            yield Filter(name, phrase, match.start("name"), end)
            return
        yield Word(tidy(match["name"]), *match.span("name"))
    if not is_blank(phrase):
        yield Phrase(phrase, start, end)


def _parts_of_run(run: str, start: int, operators: Mapping[str, str]) -> Iterator[Word | Filter]:
    end = start + len(run)
    found = _FILTER.fullmatch(run)
    name = _canonical(found["name"], operators) if found else None
    if found and name and not is_blank(found["value"]):
        yield Filter(name, tidy(found["value"]), start, end)
    elif _TAGS.fullmatch(run) and all(hashtags.has_letter(tag[1]) for tag in _TAG.finditer(run)):
        for tag in _TAG.finditer(run):
            yield Filter("tag", tidy(tag[1]), start + tag.start(), start + tag.end())
    elif not is_blank(run):
        yield Word(tidy(run), start, end)


def _canonical(name: str, operators: Mapping[str, str]) -> str | None:
    return operators.get(caseless(name))
