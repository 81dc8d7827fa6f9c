"""Signing up, and proving an address."""

import re

from tests.cast import PASSWORD, Cast, Visitor

FORM = {"username": "바다", "email": "bada@example.com", "password": PASSWORD}


def code_in(visitor: Visitor) -> str:
    letter = visitor.letters()[0]
    found = re.search(r"\b\d{6}\b", letter.text)
    assert found and found[0] in letter.html
    return found[0]


def test_sign_up_leads_to_the_code_and_the_code_to_writing(stranger: Visitor) -> None:
    answer = stranger.post("/auth/signup", **FORM)
    assert (answer.status_code, answer.location) == (303, "/auth/confirm")
    assert "bada@example.com" in stranger.read("/auth/confirm")
    assert stranger.post("/posts", body="아직 안 돼요").status_code == 403

    assert stranger.post("/auth/confirm", code=code_in(stranger)).status_code == 303
    assert stranger.post("/posts", body="이제 돼요").status_code == 303
    assert "이제 돼요" in stranger.read("/")


def test_letter_is_in_the_readers_language(stranger: Visitor) -> None:
    stranger.client.set_cookie("lang", "en")
    stranger.post("/auth/signup", **FORM)
    assert "Your confirmation number" in stranger.letters()[0].subject
    assert "Hello,\r\n" in stranger.letters()[0].text


def test_known_address_gets_the_same_answer_and_its_owner_a_letter_without_a_code(
    cast: Cast, stranger: Visitor
) -> None:
    cast.member("주인", email="owner@example.com")
    known = stranger.post("/auth/signup", **{**FORM, "email": "Owner@Example.com"})
    unknown = Visitor(stranger.app).post("/auth/signup", **{**FORM, "username": "하늘"})
    assert (
        (known.status_code, known.location)
        == (unknown.status_code, unknown.location)
        == (303, "/auth/confirm")
    )

    letters = {letter.to: letter for letter in stranger.letters()}
    assert not re.search(r"\b\d{6}\b", letters["owner@example.com"].text)
    assert re.search(r"\b\d{6}\b", letters["bada@example.com"].text)


def test_unconfirmed_address_signs_nobody_in_so_that_it_tells_nothing(stranger: Visitor) -> None:
    stranger.post("/auth/signup", **FORM)
    again = Visitor(stranger.app)
    assert again.post("/auth/login", name=FORM["email"], password=PASSWORD).status_code == 422
    assert again.post("/auth/login", name=FORM["username"], password=PASSWORD).status_code == 303


def test_first_to_confirm_an_address_has_it(stranger: Visitor) -> None:
    other = Visitor(stranger.app)
    stranger.post("/auth/signup", **FORM)
    first = code_in(stranger)
    other.post("/auth/signup", **{**FORM, "username": "하늘"})
    second = code_in(other)
    assert stranger.post("/auth/confirm", code=first).status_code == 303
    refused = other.post("/auth/confirm", code=second)
    assert refused.status_code == 422
    assert other.post("/posts", body="글").status_code == 403


def test_wrong_code_is_counted_although_it_is_refused(stranger: Visitor) -> None:
    stranger.post("/auth/signup", **FORM)
    right = code_in(stranger)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(5):
        assert stranger.post("/auth/confirm", code=wrong).status_code == 422
    assert stranger.post("/auth/confirm", code=right).status_code == 422


def test_new_code_makes_the_old_one_void(stranger: Visitor) -> None:
    stranger.post("/auth/signup", **FORM)
    old = code_in(stranger)
    stranger.post("/auth/confirm/resend")
    new = code_in(stranger)
    assert old == new or stranger.post("/auth/confirm", code=old).status_code == 422
    assert stranger.post("/auth/confirm", code=new).status_code == 303


def test_taken_name_is_named_whatever_its_spelling(cast: Cast, stranger: Visitor) -> None:
    cast.member("Haru")
    answer = stranger.post("/auth/signup", **{**FORM, "username": "hARU"})
    assert answer.status_code == 422
    assert FORM["email"] in answer.text  # What was typed is not lost.


def test_bad_input_is_refused_and_kept(stranger: Visitor) -> None:
    for field, value in [
        ("username", "ㅏ"),
        ("username", "12345"),
        ("username", "admin"),
        ("username", "바\u200b다"),
        ("username", "x" * 61),
        ("email", "bada@"),
        ("password", "1234567"),
        ("password", "x" * 129),
        ("password", "password1"),
    ]:
        answer = stranger.post("/auth/signup", **{**FORM, field: value})
        assert (field, answer.status_code) == (field, 422), value
        assert 'aria-invalid="true"' in answer.text
    assert stranger.letters() == []


def test_long_korean_password_is_taken_whole(stranger: Visitor) -> None:
    """Bcrypt would cut it after 24 syllables, and let anything in that begins the same."""
    password = "가" * 128
    stranger.post("/auth/signup", **{**FORM, "password": password})
    again = Visitor(stranger.app)
    assert again.post("/auth/login", name="바다", password="가" * 127 + "나").status_code == 422
    assert again.post("/auth/login", name="바다", password=password).status_code == 303
