"""Takes Hangul apart into keystrokes and initials, puts keystrokes together, and undoes the wrong input mode.

Text is in NFC, as ``app.text.clean`` leaves it; Hangul that is spelled with conjoining jamo passes unchanged.
"""

from functools import lru_cache

import regex

_FIRST_SYLLABLE, _SYLLABLES = 0xAC00, 11172
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_VOWEL_PAIRS = {
    "ㅘ": "ㅗㅏ",
    "ㅙ": "ㅗㅐ",
    "ㅚ": "ㅗㅣ",
    "ㅝ": "ㅜㅓ",
    "ㅞ": "ㅜㅔ",
    "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ",
}
_CONSONANT_PAIRS = dict(
    zip(
        "ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ",
        "ㄱㅅ ㄴㅈ ㄴㅎ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅂㅅ".split(),
        strict=True,
    )
)
_APART = _VOWEL_PAIRS | _CONSONANT_PAIRS
_TOGETHER = {pair: jamo for jamo, pair in _APART.items()}

# A consonant before a vowel begins the next syllable, whatever it could have closed: 닭 and ㅣ are 달기.
_TYPED_SYLLABLE = regex.compile(
    rf"([{_INITIALS}])({'|'.join(_VOWEL_PAIRS.values())}|[{_VOWELS}])"
    rf"((?:{'|'.join(_CONSONANT_PAIRS.values())}|[{''.join(_FINALS)}])(?![{_VOWELS}]))?"
    rf"|{'|'.join(_VOWEL_PAIRS.values())}"
)

# The two-set layout of KS X 5002. Shift changes seven keys; with the others it does nothing.
_KEY_OF = dict(
    zip(_INITIALS + "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ", "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml", strict=True)
)
_JAMO_OF = {key: jamo for jamo, key in _KEY_OF.items()}
_JAMO_OF = {key.upper(): jamo for key, jamo in _JAMO_OF.items()} | _JAMO_OF
_TO_JAMO, _TO_LATIN, _LONE_PAIRS = map(str.maketrans, (_JAMO_OF, _KEY_OF, _CONSONANT_PAIRS))

_LATIN = regex.compile(r"\p{Latin}")
_HANGUL = regex.compile(r"\p{Hangul}")
_JAMO = regex.compile(r"[ㄱ-ㅣ]+")
_LONE_VOWEL = regex.compile(r"[ㅏ-ㅣ]")
_LATIN_WORD = regex.compile(r"(?=.*[aeiouy]).{3}", regex.IGNORECASE)
# What people write in bare consonants and mean so: usual abbreviations (those of 710,000 film reviews and of chats),
# also twice and more, laughter, and any jamo repeated.
_ABBREVIATIONS = (
    "ㅇㅋ ㄱㅅ ㅊㅋ ㅈㅅ ㅎㅇ ㅂㅇ ㅃㅇ ㅂㅂㅇ ㅇㅈ ㄹㅇ ㅅㄱ ㄱㅊ ㅁㅊ ㅅㅂ ㅂㅅ ㅈㄴ ㅈㄹ ㄲㅈ ㅆㄹㄱ "
    "ㅁㅈㅎ ㅎㄷ+ ㅂㄷ ㅋㄷ ㅁㄴㅇㄹ? ㅇㅅㅇ ㅇㅁㅇ ㅎㅅㅎ ㅗㅜㅑ ㅓㅜㅑ"
).split()
_WRITTEN = regex.compile(
    rf"(?:(?P<word>{'|'.join(_ABBREVIATIONS)})(?P=word)*+|[ㅋㅎ]++|[ㅠㅜ]++|(?:(?P<one>.)(?P=one)++)++)"
)


def jamo(text: str) -> str:
    """Returns the keystrokes that type the text, as compatibility jamo: 한국 is ㅎㅏㄴㄱㅜㄱ, 닭 ㄷㅏㄹㄱ, 와 ㅇㅗㅏ.

    What has been typed so far is then the beginning of what will be: that of 한구 begins that of 한국.
    """
    return "".join(map(_keystrokes, text))


def initials(text: str) -> str:
    """Returns the text with each syllable replaced by its initial consonant (초성): 한글 검색 is ㅎㄱ ㄱㅅ."""
    return "".join(_parts(character)[0] for character in text)


def is_initials(text: str) -> bool:
    """Tells whether somebody looks for words by their initials: ㅎㄱ for 한글.

    One consonant is too little, and what people write in bare consonants (ㅋㅋ, ㅇㅋ, ㄱㅅ) is a word of its own.
    """
    return len(text) > 1 and all(one in _INITIALS for one in text) and not _WRITTEN.fullmatch(text)


def compose(jamo: str) -> str:
    """Returns what an input method for the two-set keyboard (두벌식, KS X 5002) makes of the keystrokes.

    Args:
        jamo: compatibility jamo as ``jamo`` returns them; other characters stay, and end a syllable.
    """
    return _TYPED_SYLLABLE.sub(_composed, jamo)


def other_keyboard(text: str) -> str | None:
    """Returns what was meant by a text that was typed in the wrong input mode: 안녕 for dkssud, hello for ㅗ디ㅣㅐ.

    Blanks, digits and punctuation stay. It is a guess (``so`` types 내, and ``flask`` 림나, which is then taken for
    Korean), so offer it only when it finds more than the text does.

    Returns:
        The other reading of the whole text, or None when there is none that makes sense: Latin letters type
        something other than complete syllables, Hangul is complete or stands beside Latin letters, its lone jamo
        are what people write (ㅋㅋ, ㅠㅠ), or no input method would have left it so.
    """
    is_latin, is_hangul = _LATIN.search(text) is not None, _HANGUL.search(text) is not None
    if is_latin == is_hangul:
        return None
    return _hangul_meant(text) if is_latin else _latin_meant(text)


def distance(a: str, b: str, limit: int) -> int:
    """Returns how many typing errors lie between two strings: the optimal string alignment distance.

    An error is a character too much, too few, another one, or two neighbours swapped (restricted Damerau-Levenshtein).

    Args:
        a: a string; for Korean, ``jamo`` of it, so that an error is a wrong key and not a wrong syllable.
        b: the string it is compared with.
        limit: where counting stops.

    Returns:
        The distance, or ``limit + 1`` when it is larger than the limit.
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, one in enumerate(a):
        last, before, row = before, row, [i + 1]
        for j, other in enumerate(b):
            errors = min(before[j] + (one != other), before[j + 1] + 1, row[j] + 1)
            if i and j and one == b[j - 1] and a[i - 1] == other:
                errors = min(errors, last[j - 1] + 1)
            row.append(errors)
        # The least of a row never falls from one row to the next.
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


# Indexing asks for each character of each post; the usual syllables are 2,350.
@lru_cache(maxsize=4096)
def _keystrokes(character: str) -> str:
    return "".join(_APART.get(part, part) for part in _parts(character))


@lru_cache(maxsize=4096)
def _parts(character: str) -> tuple[str, ...]:
    """Returns a syllable's initial, vowel and final ("" for none); of another character, itself."""
    number = ord(character) - _FIRST_SYLLABLE
    if not 0 <= number < _SYLLABLES:
        return (character,)
    number, final = divmod(number, len(_FINALS))
    initial, vowel = divmod(number, len(_VOWELS))
    return _INITIALS[initial], _VOWELS[vowel], _FINALS[final]


def _composed(typed: regex.Match[str]) -> str:
    initial, vowel, final = typed.groups(default="")
    if not initial:
        return _TOGETHER[typed[0]]
    number = _INITIALS.index(initial) * len(_VOWELS) + _VOWELS.index(_TOGETHER.get(vowel, vowel))
    return chr(_FIRST_SYLLABLE + number * len(_FINALS) + _FINALS.index(_TOGETHER.get(final, final)))


def _hangul_meant(text: str) -> str | None:
    typed = compose(text.translate(_TO_JAMO))
    return None if _JAMO.search(typed) or _LATIN.search(typed) else typed


def _latin_meant(text: str) -> str | None:
    keystrokes = jamo(text)
    # Input methods differ in one thing: whether they join consonants that begin no syllable (ㄳ).
    if compose(keystrokes) != text.translate(_LONE_PAIRS):
        return None
    typed = keystrokes.translate(_TO_LATIN)
    stray = [run for run in _JAMO.findall(text) if not _WRITTEN.fullmatch(run)]
    # Korean has no lone vowels; lone consonants can be initials, so there every word has to look like a Latin one.
    if any(_LONE_VOWEL.search(run) for run in stray):
        return typed
    return typed if stray and all(_LATIN_WORD.match(word) for word in typed.split()) else None
