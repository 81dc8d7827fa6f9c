"""Guesses the language of a post from its letters; for short posts this beats trained models (STACK.md, "Language")."""

import regex

from app import hashtags, links

_MENTION = regex.compile(r"[@＠][\p{L}\p{M}\p{N}_]+")
# Korean and Japanese are told by the letters that only they have. Jamo in a row count once: ㅋㅋㅋㅋ is no word.
_SYLLABLE, _JAMO = regex.compile("[가-힣]"), regex.compile("[\u1100-\u11ff\u3131-\u318e]+")
_KANA = regex.compile("[\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d]")
_HAN = regex.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
_ASCII = regex.compile("[A-Za-z]")
_OTHERS = {
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
    own_words = _MENTION.sub(" ", links.left_out(text))
    return _by_letters(hashtags.left_out(own_words)) or _by_letters(own_words)


def _by_letters(text: str) -> str:
    korean = len(_SYLLABLE.findall(text)) + len(_JAMO.findall(text))
    kana, chinese, latin = (len(letters.findall(text)) for letters in (_KANA, _HAN, _ASCII))
    if _is_written_in(korean, kana, chinese, latin):
        return "ko"
    if _is_written_in(kana, korean, chinese, latin):
        return "ja"
    if chinese and chinese * _LATIN_LETTERS_PER_SIGN >= latin:
        return "zh"
    counts = {"en": latin} | {language: len(letters.findall(text)) for language, letters in _OTHERS.items()}
    language = max(counts, key=lambda language: counts[language])
    if not counts[language] or (language == "en" and _ACCENTED.search(text)):
        return ""
    return language


def _is_written_in(signs: int, others: int, chinese: int, latin: int) -> bool:
    """Tells whether the signs that only one language has outweigh the other one's, the Chinese and the Latin ones."""
    enough = signs * _CHINESE_PER_OWN >= chinese and signs * _LATIN_LETTERS_PER_SIGN >= latin
    return signs > 0 and signs >= others and enough
