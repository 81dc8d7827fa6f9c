"""Passwords that everybody tries first."""

from pathlib import Path

import pytest

from app import passwords

LISTS = Path(passwords.__file__).parent / "data"


@pytest.mark.parametrize(
    "password",
    "password 12345678 qwertyuiop iloveyou Password1 PASSWORD 1q2w3e4r qwer1234 qlalfqjsgh dkssudgktpdy tkfkdgody "
    "비밀번호1234 ｐａｓｓｗｏｒｄ hanmadi1234 123456".split(),
)
def test_common_password_is_known_in_any_dress(password: str) -> None:
    assert passwords.is_common(password)


@pytest.mark.parametrize(
    "password",
    ["우리 집 앞 은행나무 세 그루", "correct horse battery", "Xk29-plum-otter", "", "\x00", "\ud800"],
)
def test_password_of_one_s_own_is_not_common(password: str) -> None:
    assert not passwords.is_common(password)


def test_shipped_list_has_the_ten_thousand_most_used() -> None:
    """And more than 3,000 of them are long enough for our rule, as ASVS 5.0, 6.2.4 asks."""
    words = (LISTS / "common-passwords.txt").read_text("utf-8").split("\n")
    assert len(words) > 10_000 and sum(len(word) >= 8 for word in words) > 10_000
    assert all(passwords.is_common(word) for word in words if word)


def test_source_and_licence_of_the_lists_are_told() -> None:
    told = (LISTS / "README.md").read_text("utf-8")
    assert all(file.name in told for file in LISTS.glob("common-*"))
    assert "MIT License" in told and "Django Software Foundation" in told
