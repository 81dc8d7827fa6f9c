"""Korean sentences that depend on what they name, and words that the interface does not use."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.extensions import db
from app.models import User
from app.models.columns import now
from app.transaction import transaction
from tests.cast import Cast, Visitor, words
from tests.copies import Copy

CATALOGUE = Path(__file__).parents[2] / "translations/ko/LC_MESSAGES/messages.po"
UNUSED = {
    "찾아져": "찾을 수 있어요",
    r"그만(?!\s*받)": "취소",
    "그런 이름": "그 이름",
    r"이곳(은|의)": "사이트, or the place's name",
    "의 글 더 보기|님 더 보기|이 (대화|쪽지) 더 보기": "… 메뉴 (a menu is not a list that goes on)",
    "방금 쓴": "방금 올라온",
    r"\)s님(\)|이| 외 <b>.*이) (좋아해요|팔로우했어요)": "내 글을 좋아해요, 나를 팔로우했어요",
}


@pytest.mark.parametrize("pattern", UNUSED)
def test_catalogue_uses_one_word_for_one_thing(pattern: str) -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="ko")
    strings = [entry.string or "" for entry in catalogue if entry.id]
    said = [text for one in strings for text in ([one] if isinstance(one, str) else one)]
    found = [text for text in said if re.search(pattern, text)]
    assert not found, f"write {UNUSED[pattern]} instead"


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=5), "방금 다녀갔어요"),
        (timedelta(minutes=15), "15분 전에 다녀갔어요"),
        (timedelta(days=1), "어제 다녀갔어요"),
        (timedelta(days=400), "일에 다녀갔어요"),
    ],
)
def test_profile_says_when_somebody_was_here(
    cast: Cast, stranger: Visitor, ago: timedelta, said: str
) -> None:
    cast.member("바다")
    with cast.app.app_context(), transaction():
        user = db.session.query(User).filter_by(username="바다").one()
        user.last_seen_at = now() - ago
    page = stranger.read("/@바다")
    assert said in page and "어제에" not in page and "방금에" not in page


def test_own_post_is_gone_on_with_and_not_answered(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    post = cast.post(bada)
    assert 'placeholder="이어서 써 보세요"' in bada.get(f"/posts/{post}").text
    assert 'placeholder="바다님에게 답글을 남겨 보세요"' in haneul.get(f"/posts/{post}").text


def test_missing_password_is_asked_for(cast: Cast, stranger: Visitor) -> None:
    asked = "비밀번호를 적어 주세요"
    bada = cast.member("바다")
    assert asked in words(
        stranger.post("/auth/signup", username="새싹", email="new@example.com", password="").text
    )
    assert asked in words(stranger.post("/auth/login", name="바다", password="").text)
    assert asked in words(bada.post("/settings/account/password", current="", password="").text)


def test_address_of_a_post_is_copied_from_its_menu_and_named_in_an_export(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    post = cast.post(haneul, "사라질 글")
    bada.post(f"/posts/{post}/like")
    assert "글 주소 복사" in bada.read("/explore")
    haneul.post("/@바다/block")
    export = cast.export(bada)
    pages = Copy(bada.get(f"/settings/exports/{export}/file").data).everything
    assert "글 주소</a>" in pages and "글 주소 복사" not in pages
