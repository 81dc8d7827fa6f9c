"""Says which usernames may be taken, when two of them are the same, and which of them a text may mention."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import regex
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app import links
from app.particles import LONGEST as LONGEST_PARTICLES
from app.particles import is_particles
from app.scripts import is_one_system, looks_latin
from app.text import fold, length, nfc, nfd, nfkc

SHORTEST, LONGEST = 2, 30
"""How many characters a username has: grapheme clusters at least, code points at most."""
KEY_LENGTH = 2 * LONGEST
"""How long a key may be: no allowed character folds to more than two (ß is ss)."""

# E-mail providers and web sites are asked for these names (RFC 2142), or readers take them for the site's own voice.
RESERVED = frozenset(
    """
    abuse account accounts admin administrator admins all anonymous api app auth bot card channel contact deleted
    developer developers everyone explore export feed guest hanmadi help home hostmaster info legal like likes login
    logout mail mailbox me member members mention mentions message messages moderator moderators news noreply no_reply
    notice notices notification notifications null official operator owner postmaster post posts privacy profile public
    report root rss search security service settings signin signout signup site staff static status support system
    tag tags team terms test translate undefined user username users webmaster welcome www you
    가입 개인정보 검색 게시판 계정 고객센터 공식 공지 공지사항 관리 관리자 관리인 나 누구나
    도움말 둘러보기 로그아웃 로그인 모두 문의 보안 비밀번호 사용자 서비스 설정 시스템 신고 알림
    약관 운영 운영자 운영진 운영팀 익명 전체 정책 중재자 지원 직원 최고관리자 쪽지 탈퇴
    탈퇴한회원 프로필 한마디 한마디공식 한마디관리자 한마디운영자 한마디팀 홈 회원
    """.split()
)

_INVISIBLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Zs}\s]")
_JAMO = regex.compile(r"[\u1100-\u11FF\u3131-\u318E\uA960-\uA97F\uD7B0-\uD7FF\uFFA0-\uFFDC]")
# UTS #39, table 1: no signs, no technical letters, no tatweel (U+0640). Marks stand only on letters that take them, at
# most four and none twice in a row (5.4); no dot above (U+0307), which an i or j swallows.
_CHARACTERS = regex.compile(
    r"""(?: _ | \p{Nd}
    | [[\p{Latin}\p{Greek}\p{Cyrillic}]&&\p{L}] [\u0300-\u0304\u0306\u0308-\u030C\u0323-\u0328\u0331]{0,2}
    | [\p{L}--[\p{Latin}\p{Greek}\p{Cyrillic}\u0640]] [[\p{Mn}\p{Mc}]--[\p{Inherited}\u302E\u302F]]{0,4}
    )++""",
    regex.V1 | regex.X,
)
_SAME_MARK_AGAIN = regex.compile(r"(\p{M})\1")
# Of Latin the letters of living orthographies, without \u0131, which is an i to most eyes.
_LATIN = regex.compile(r"\p{Latin}")
_LIVING_LATIN = regex.compile(
    "[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0130\u0134-\u013e\u0141-\u0148\u014a-\u017e\u018f\u01a0\u01a1\u01af"
    "\u01b0\u01cd-\u01dc\u01de-\u01e3\u01e6-\u01f0\u01f4\u01f5\u01f8-\u021b\u021e\u021f\u0226-\u0233\u0259"
    "\u1e00-\u1e99\u1e9e\u1ea0-\u1ef9]"
)
_LETTER = regex.compile(r"\p{L}")
_DIGIT = regex.compile(r"\p{Nd}")
_MENTION = regex.compile(r"(?<![\p{L}\p{M}\p{N}_@＠])[@＠]([\p{L}\p{M}\p{Nd}_]++)(?![@＠][\p{L}\p{N}-]+\.)")
# UTS #39, 4: what the eye cannot keep apart, in ASCII.
_TWINS = {"rn": "m", "vv": "w", "0": "o", "1": "l", "i": "l"}
_TWIN = regex.compile("|".join(_TWINS))
_AT_BEFORE = regex.compile(r"\A[@＠]")
_HONORIFICS = ("님", "씨")


@dataclass(frozen=True)
class Mention:
    """An @ in a text, and whom it may mean.

    Args:
        start: the place of the @, in code points.
        names: the possible usernames as typed, the longest first: the first that belongs to a member is meant.
    """

    start: int
    names: tuple[str, ...]

    def __iter__(self) -> Iterator[str]:
        """Returns the possible usernames, the longest first."""
        return iter(self.names)


def normal(name: str) -> str:
    """Returns the username as it is stored: NFC, without blanks around it and without an @ before it, of any width."""
    return _AT_BEFORE.sub("", nfc(name).strip())


def key(name: str) -> str:
    """Returns what is unique among usernames: ``Ｊiwoo``, ``JIWOO`` and ``jiwoo`` have one key."""
    return fold(name)


def problem(name: str) -> LazyString | None:
    """Returns why the username cannot be taken and what to do, in the reader's language; None when it can be.

    It knows nothing of members: that another one has the name is for the database to say.

    Args:
        name: a username in the form of ``normal``.
    """
    if _INVISIBLE.search(name):
        return _l("A username has no blanks and no invisible characters. Take them out.")
    if _JAMO.search(name):
        return _l("Write whole syllables: a username has no single consonants or vowels.")
    if not _LETTER.search(name):
        return _l("Use at least one letter.")
    if length(name) < SHORTEST or len(name) > LONGEST:
        return _l("Use %(shortest)d to %(longest)d characters.", shortest=SHORTEST, longest=LONGEST)
    if not _is_plain(name):
        return _l("Use only letters, digits and the underscore (_).")
    return _imitation(name)


def mention_candidates(text: str) -> list[Mention]:
    """Returns each @ that may mention somebody, with the names it may mean.

    The names are what follows the @ up to the next character that a username cannot hold, and the beginnings of it
    that leave only 님, 씨, Korean particles or the copula: ``@바다님께서는`` may mean 바다님께서는, 바다님 or 바다, and
    ``@바다나무`` only 바다나무. An @ inside a word, an e-mail address or a web address mentions nobody, nor does
    ``@name@another.site``.
    """
    found = links.outside(text, _MENTION.finditer(text))
    mentions = (Mention(match.start(), tuple(_names(match[1]))) for match in found)
    return [mention for mention in mentions if mention.names]


def mention_keys(text: str) -> list[str]:
    """Returns the keys of all names that the text may mention, each once: one query finds the members."""
    return list(dict.fromkeys(key(name) for mention in mention_candidates(text) for name in mention.names))


def _is_plain(name: str) -> bool:
    """Tells whether every character may stand in a username, and each number is written with one set of digits."""
    if nfkc(name) != name or not _CHARACTERS.fullmatch(name):
        return False
    if _SAME_MARK_AGAIN.search(nfd(name)):
        return False
    if not all(map(_LIVING_LATIN.match, _LATIN.findall(name))):
        return False
    return len({ord(digit) - unicodedata.decimal(digit, 0) for digit in _DIGIT.findall(name)}) < 2


def _imitation(name: str) -> LazyString | None:
    """Returns a sentence when the name can be taken for another name, or for the site itself."""
    if not is_one_system(name):
        return _l(
            "Use letters of one everyday alphabet. Only Latin may stand beside Korean, Japanese or Chinese."
        )
    if looks_latin(name):
        return _l("This looks like a name in Latin letters. Choose another one.")
    if _skeleton(name) in _RESERVED_SKELETONS:
        return _l("This name is kept for the site. Choose another one.")
    return None


def _skeleton(name: str) -> str:
    bare = key(name).replace("_", "")
    for suffix in _HONORIFICS:
        bare = bare.removesuffix(suffix) or bare
    return _TWIN.sub(lambda found: _TWINS[found[0]], bare)


_RESERVED_SKELETONS = frozenset(map(_skeleton, RESERVED))


def _names(run: str) -> Iterator[str]:
    """Returns the run, and its beginnings that leave only particles: at most eleven names, however long the run."""
    for end in range(len(run), max(len(run) - LONGEST_PARTICLES, SHORTEST) - 1, -1):
        if end <= LONGEST and (end == len(run) or is_particles(run[end:])):
            yield run[:end]
