"""Guesses the language of a post from its letters; for short posts this beats trained models (STACK.md, "Language")."""

import regex

_ADDRESSED = regex.compile(r"(?:https?://|www\.)\S+|[@＠][\p{L}\p{M}\p{N}_]+", regex.I)
_HASHTAG = regex.compile(r"[#＃][\p{L}\p{M}\p{N}_]+")
# ko and ja are told by the letters that only they have. Single jamo in a row count once: ㅋㅋㅋㅋ is no word.
_LETTERS = {
    "ko": regex.compile(r"[가-힣]|[\u1100-\u11FF\u3131-\u318E]+"),
    "ja": regex.compile(r"[\p{Hiragana}\p{Katakana}]"),
    "zh": regex.compile(r"\p{Han}"),
    "en": regex.compile(r"[A-Za-z]"),
    "ru": regex.compile(r"\p{Cyrillic}"),
    "th": regex.compile(r"\p{Thai}"),
    "ar": regex.compile(r"\p{Arabic}"),
    "he": regex.compile(r"\p{Hebrew}"),
    "el": regex.compile(r"\p{Greek}"),
    "hi": regex.compile(r"\p{Devanagari}"),
}
_ACCENTED = regex.compile(r"[\p{Latin}--[A-Za-z]]", regex.V1)
# A Hangul syllable, a kana or a Chinese character says about as much as so many Latin letters.
_LATIN_LETTERS_PER_SIGN = 5
# Korean and Japanese are written with Chinese characters too; a text is Chinese when they outnumber the own signs so.
_CHINESE_PER_OWN = 4


def detect(text: str) -> str:
    """Returns the likely language of a text, or "" when there is nothing to tell it by.

    Addresses and mentions do not count, hashtags only where there is nothing else. Accented Latin letters give "":
    it may be any of fifty languages, and a translator that is asked to guess does it better.

    Args:
        text: a post, in NFC.

    Returns:
        An ISO 639-1 code: ko, en, ja, zh, ru, th, ar, he, el, hi, or "".
    """
    own_words = _ADDRESSED.sub(" ", text)
    return _by_letters(_HASHTAG.sub(" ", own_words)) or _by_letters(own_words)


def _by_letters(text: str) -> str:
    counts = {language: len(letters.findall(text)) for language, letters in _LETTERS.items()}
    if _is_written_in(counts, "ko", "ja") and counts["ko"] * _CHINESE_PER_OWN >= counts["zh"]:
        return "ko"
    if _is_written_in(counts, "ja", "ko") and counts["ja"] * _CHINESE_PER_OWN >= counts["zh"]:
        return "ja"
    if counts["zh"] and counts["zh"] * _LATIN_LETTERS_PER_SIGN >= counts["en"]:
        return "zh"
    language = max(counts, key=lambda language: counts[language])
    if not counts[language] or (language == "en" and _ACCENTED.search(text)):
        return ""
    return language


def _is_written_in(counts: dict[str, int], language: str, other: str) -> bool:
    signs = counts[language]
    return signs > 0 and signs >= counts[other] and signs * _LATIN_LETTERS_PER_SIGN >= counts["en"]
