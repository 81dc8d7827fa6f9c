"""The number from a letter counts however it was copied or typed."""

import re
from collections.abc import Callable

import pytest

from tests.api.conftest import order
from tests.cast import PASSWORD, Cast, Visitor

TYPED: list[Callable[[str], str]] = [
    lambda code: code.translate({ord(digit): 0xFF10 + int(digit) for digit in "0123456789"}),
    lambda code: code.translate({ord(digit): 0x0660 + int(digit) for digit in "0123456789"}),
    lambda code: f"{code[:3]}-{code[3:]}",
    lambda code: f"{code[:3]} – {code[3:]}",
    lambda code: f"\u200b{code}\ufeff",
    lambda code: f" {code[:3]}\u00a0{code[3:]}\n",
]


def code_of(visitor: Visitor) -> str:
    found = re.search(r"\b\d{6}\b", visitor.letters()[0].text)
    assert found
    return found[0]


@pytest.mark.parametrize("typed", TYPED)
def test_number_counts_on_the_page(stranger: Visitor, typed: Callable[[str], str]) -> None:
    stranger.post("/auth/signup", username="바다", email="bada@example.com", password=PASSWORD)
    assert stranger.post("/auth/confirm", code=typed(code_of(stranger))).status_code == 303


@pytest.mark.parametrize("typed", TYPED[::2])
def test_number_counts_in_the_interface(cast: Cast, typed: Callable[[str], str]) -> None:
    bada = cast.member("바다", confirmed=False)
    bada.post("/auth/confirm/resend")
    token = order(cast.app, "바다", scopes=["read", "write"]).json["token"]
    answer = bada.client.post(
        "/api/me/confirmation",
        json={"code": typed(code_of(bada))},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200 and answer.json["is_confirmed"]  # type: ignore[index]


@pytest.mark.parametrize("typed", ["12345", "1234567", "12a456", "½12345", "", "-", "1" * 200])
def test_what_is_no_number_is_refused(cast: Cast, typed: str) -> None:
    bada = cast.member("바다", confirmed=False)
    assert bada.post("/auth/confirm", code=typed).status_code == 422
