"""Korean particles: choosing the form that fits a word, and recognising them at the end of one."""

import html
from typing import TypeVar

import regex

_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS, _RIEUL = 0xAC00, 0xD7A3, 28, 8
# Latin letters and digits whose Korean names end with a consonant (엘 엠 엔 알, 영 일 삼 육 칠 팔), and with ㄹ.
_NAMED_WITH_FINAL = frozenset("LMNR013678")
_NAMED_WITH_RIEUL = frozenset("LR178")
# A Latin word is read as a word: these close its last syllable, the others take a vowel of their own (스, 드, 이).
_SPOKEN_WITH_FINAL = frozenset("lmnpktcb")
_SOUND = regex.compile(r"[A-Za-z]+|[\p{L}\p{N}]")
_TAG = regex.compile(r"<[^<>]*>")
_MARK = regex.compile(r"\{([가-힣]+/[가-힣]+)\}")

_NAME_SUFFIX = "님|씨|이"
_CASE = (
    "이|가|을|를|와|과|랑|이랑|하고|아|야|여|이여|에|에서|로|으로|로서|으로서|로써|으로써|"
    "에게|에게서|한테|한테서|께|께서|더러|보고|보다|처럼|만큼|같이|대로|따라|밖에|부터|까지"
)
_EXTRA = "의|은|는|도|만|까지|부터|조차|마저|마다|뿐|나|이나|라도|이라도|든|이든|밖에"
_ENDING = (
    "요|이요|입니다|입니까|이에요|예요|이예요|에요|이야|인데|인데요|이네요|네요|이죠|죠|인가요|"
    "이라고|라고|이라는|라는|이라면|라면|이라서|라서|이란|란"
)
_PARTICLES = regex.compile(
    f"(?:{_NAME_SUFFIX})?(?:들)?(?:{_CASE})?(?:{_EXTRA})?(?:{_EXTRA})?(?:{_ENDING})?",
)
LONGEST = 10
"""The most syllables ``is_particles`` accepts, so that looking for them costs the same whatever stands in a text."""

Text = TypeVar("Text", bound=str)


def is_particles(text: str) -> bool:
    """Tells whether the text is nothing but what Korean hangs on a name: 님, 씨, particles, the copula.

    Args:
        text: what stands between a name and the next blank, such as ``님께서는`` or ``입니다``.
    """
    return 0 < len(text) <= LONGEST and _PARTICLES.fullmatch(text) is not None


def particle(word: str, pair: str) -> str:
    """Returns the form of a particle that fits the word before it.

    Hangul decides by its final consonant, digits and Latin letters by their Korean reading: 3 is 삼, an abbreviation
    is read letter by letter (URL ends in 엘), another Latin word as a word. Particles of 으로's kind take the short
    form after ㄹ too. Where the reading is unknown (한자, emoji) both forms are shown, as official letters do: 을(를).

    Args:
        word: the word before the particle; blanks and punctuation at its end are passed over.
        pair: the form after a consonant, ``/``, the form after a vowel: ``을/를``, ``과/와``, ``으로/로``.

    Raises:
        ValueError: the pair has no ``/``.
    """
    after_consonant, after_vowel = pair.split("/")
    final = _final(word)
    if final is None:
        return _both(after_consonant, after_vowel)
    if final == "ㄹ" and after_consonant.startswith("으"):
        return after_vowel
    return after_consonant if final else after_vowel


def settle(text: Text) -> Text:
    """Returns a translated sentence with each ``{을/를}`` replaced by the form that fits the word before it.

    A translator writes ``%(word)s{을/를} 찾았어요`` where 님 is impossible, and the sentence passes through here when
    its variables are filled in. Markup stays markup: nothing but syllables is put in.
    """
    settled, end = "", 0
    plain = str(text)
    for mark in _MARK.finditer(plain):
        settled += plain[end : mark.start()]
        settled += particle(html.unescape(_TAG.sub("", settled)), mark[1])
        end = mark.end()
    return type(text)(settled + plain[end:])


def _both(after_consonant: str, after_vowel: str) -> str:
    if after_consonant.endswith(after_vowel):
        return f"({after_consonant.removesuffix(after_vowel)}){after_vowel}"
    return f"{after_consonant}({after_vowel})"


def _final(word: str) -> str | None:
    """Returns the consonant that closes the word's last syllable ("ㄹ", or "ㄱ" for all others), "" for none.

    It is None when nobody can know how the word is read.
    """
    sounds = _SOUND.findall(word)
    if not sounds:
        return None
    last = sounds[-1]
    if last.isascii():
        return _spelled_final(last) if len(last) == 1 or last.isupper() else _spoken_final(last.lower())
    if not _FIRST_SYLLABLE <= ord(last) <= _LAST_SYLLABLE:
        return None
    final = (ord(last) - _FIRST_SYLLABLE) % _FINALS
    return "ㄹ" if final == _RIEUL else "ㄱ" if final else ""


def _spelled_final(letters: str) -> str:
    last = letters[-1].upper()
    return "ㄹ" if last in _NAMED_WITH_RIEUL else "ㄱ" if last in _NAMED_WITH_FINAL else ""


def _spoken_final(word: str) -> str:
    if word.endswith(("l", "le")):
        return "ㄹ"
    return "ㄱ" if word[-1] in _SPOKEN_WITH_FINAL or word.endswith("ng") else ""
