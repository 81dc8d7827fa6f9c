"""How Hanmadi speaks Korean (PRODUCT.md, "The Korean"): what a machine can tell of it."""

from collections.abc import Iterator

import regex

# Only these particles change with the sound before them, which nobody knows of a variable.
_AFTER_VARIABLE = regex.compile(
    r"%\(\w+\)[sd](?:</?\w+>|[”’\"'»」』)])*(은|는|이|가|을|를|과|와|으로|로|이랑|랑|아|야|이나|나|이에요|예요|이라|라)"
    r"(?:\([가-힣]+\))?(?![가-힣])"
)
_HEDGED = regex.compile(
    r"(?:은\(는\)|이\(가\)|을\(를\)|과\(와\)|와\(과\)|\(으\)로|\(이\)|를\(을\)|는\(은\)|가\(이\))"
)
_SENTENCE_END = regex.compile(r"([가-힣]+)(?:[)”’\"'])*(?:[.!?…]+)(?=\s|<|$)")
_POLITE = ("요", "니다", "니까", "죠", "시오", "님")
_BLUNT = regex.compile(
    r"(?:했어|됐어|없어|있어|싶어|거야|이야|하자|해라|해줘|해 줘|하라|마라|하지마|할래|할까|하니"
    r"|한다|했다|됐다|없다|있다|였다|이다)$"
)
# One word for one thing.
_WORDS = {
    "게시물": "글",
    "게시글": "글",
    "포스트": "글",
    "포스팅": "글",
    "댓글": "답글",
    "리플": "답글",
    "메시지": "쪽지",
    "메세지": "쪽지",
    "알람": "알림",
    "셋팅": "설정",
    "세팅": "설정",
    "환경설정": "설정",
    "회원가입": "가입",
    "회원 가입": "가입",
    "로그온": "로그인",
    "사인인": "로그인",
    "유저": "회원",
    "비번": "비밀번호",
    "패스워드": "비밀번호",
    "이메일 주소": "메일 주소",
    "익스포트": "내보내기",
    "음소거": "뮤트",
    "즐겨찾기": "북마크",
    "임시저장": "임시 저장",
    "해쉬태그": "해시태그",
    "팔로잉하": "팔로우하",
}


def problems(translation: str) -> Iterator[str]:
    """Returns what is wrong with a Korean translation, in English, for the person who runs the check.

    Args:
        translation: one form of a message.
    """
    if _AFTER_VARIABLE.search(translation):
        yield "a particle that changes with the sound before it follows a variable: write 님, or {을/를} and settle()"
    if _HEDGED.search(translation):
        yield "both forms of a particle: write 님 before it, or {을/를} and settle()"
    for ending in _SENTENCE_END.findall(translation):
        if not ending.endswith(_POLITE):
            yield f"the sentence ends in {ending!r}: write 해요체, in letters 합니다체"
    if _BLUNT.search(translation):
        yield "this is 반말: write 해요체, in letters 합니다체"
    for word, better in _WORDS.items():
        if word in translation:
            yield f"{word!r} is called {better!r} here"
