"""What people, programs and cats type into a search field, made at random; the same seed makes the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

from app.search import hangul
from app.search.query import MOST_CHARACTERS

_SYNTAX = (
    '"|＂|“|”|「|」|『|』|-|－|--|:|：|#|＃|OR| OR |or|from:|since:|until:|lang:|has:|is:|작성자:|부터:|'
    "#서울|#서울#카페|*|?|~|^|\\|/|(|)|[|]|{|}|<|>|&&|!|+|=|%|_|$|@|'|’|;|,|.|..."
).split("|")
_BLANKS = (" ", " ", " ", "  ", "\u3000", "\t", "\n", "\x00", "\u200b", "\u3164", "\xa0", "\u2028")
_EMOJI = ("😀", "👨‍👩‍👧‍👦", "🇰🇷", "❤️", "1️⃣", "👍🏽", "☕", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\ufe0f", "\u200d", "♥", "©")
_JAMO = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅛㅜㅝㅠㅡㅢㅣㆍㅿㆆ"
_CONJOINING = "ᄀᄂᄒ하ᅡᅵᆨᆫᇂ각ힿퟻ"
_ODD = (
    "\ud800|\udfff|\udc80\ud800|\uffff|\U0010ffff|\u0301|\u0301\u0301\u0301|ﷺ|ß|ẞ|İ|ı|ſ|ﬁ|½|Ⅷ|㎏|Ａ|가\u0301|\u202e|\ufeff|"
    "漢字|カタカナ|ひらがな|العربية|ไทย|हिन्दी|𠮷|𝔘|1.5|-1|007|http://example.org/?q=1|a@b.kr|C++|node.js|rock'n'roll"
).split("|")


def queries(seed: int, count: int, words: Sequence[str]) -> Iterator[str]:
    """Yields so many queries: any characters, pieces of the grammar, real words between them, and far too much.

    Args:
        seed: of the chance.
        count: how many.
        words: real words, of which some are used.
    """
    chance = Random(seed)
    makers: tuple[Callable[[Random, Sequence[str]], str], ...] = (
        _any,
        _pieces,
        _pieces,
        _typed,
        _typed,
        _bent,
        _jamo,
        _long,
    )
    for _ in range(count):
        yield chance.choice(makers)(chance, words)


def _any(chance: Random, _words: Sequence[str]) -> str:
    """Returns characters from anywhere in Unicode, lone surrogates too."""
    last = chance.choice((0x7F, 0x3FF, 0xFFFF, 0x10FFFF))
    return "".join(chr(chance.randint(0, last)) for _ in range(chance.randint(0, 40)))


def _pieces(chance: Random, words: Sequence[str]) -> str:
    """Returns syntax, blanks, signs and words in any order."""
    kinds = (_SYNTAX, _SYNTAX, _BLANKS, _BLANKS, _EMOJI, _ODD, _JAMO, _CONJOINING, words, words)
    return "".join(chance.choice(chance.choice(kinds)) for _ in range(chance.randint(1, 24)))


def _typed(chance: Random, words: Sequence[str]) -> str:
    """Returns words as somebody asks for them, some excluded, in quotes, or as alternatives."""
    shapes = ("{}", "{}", "{}", "-{}", '"{}"', '-"{}"', "#{}", "{} OR", "from:{}", 'has:"{}', "{}{}")
    asked = (chance.choice(shapes) for _ in range(chance.randint(1, 6)))
    return " ".join(shape.format(chance.choice(words), chance.choice(words)) for shape in asked)


def _bent(chance: Random, words: Sequence[str]) -> str:
    """Returns words with a keystroke too few, another one, or one that is too much."""
    keys = hangul.jamo(" ".join(chance.choice(words) for _ in range(chance.randint(1, 4))))
    at = chance.randrange(len(keys) + 1)
    return hangul.compose(keys[:at] + chance.choice(("", *_JAMO)) + keys[at + chance.randint(0, 1) :])


def _jamo(chance: Random, words: Sequence[str]) -> str:
    """Returns initials, laughter, and words whose last syllable is unfinished."""
    word = chance.choice(words)
    keys = hangul.jamo(word)
    return chance.choice(
        (
            hangul.initials(word),
            hangul.compose(keys[: chance.randint(1, len(keys))]),
            "".join(chance.choice(_JAMO) for _ in range(chance.randint(1, 30))),
            chance.choice("ㅋㅎㅠㅜ") * chance.randint(1, 500),
        )
    )


def _long(chance: Random, words: Sequence[str]) -> str:
    """Returns more than a query may have: words, one endless word, or syntax without an end."""
    word, sign = chance.choice(words), chance.choice(_SYNTAX)
    length = chance.choice((MOST_CHARACTERS - 1, MOST_CHARACTERS, MOST_CHARACTERS + 1, 5_000))
    texts = (
        " ".join(chance.choice(words) for _ in range(length // 2)),
        word * length,
        sign * length,
        f"{sign}{word} " * length,
    )
    return chance.choice(texts)[:length]
