"""A page that was rendered for one sign-in never acts for another, and keeps what was written."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.cast import PASSWORD, Cast, Visitor, words

TEXT = "둘째 줄까지\n<b>남는</b> 글"
PAGES = {
    "/posts": {"body": TEXT},
    "/settings/profile": {"display_name": "나래", "about_me": TEXT, "location": "", "link": ""},
    "/settings/display": {"locale": "en", "timezone": "Asia/Seoul", "theme": "dark"},
    "/settings/account/username": {"username": "나래둘", "password": PASSWORD},
    "/@하늘/follow": {},
    "/@하늘/block": {},
    "/@하늘/mute": {},
    "/messages/하늘": {"body": TEXT, "key": "k1"},
    "/settings/sessions/end-others": {},
    "/settings/exports": {},
    "/auth/logout": {},
}


@pytest.fixture
def guarded(app: Flask) -> Iterator[Flask]:
    """The application with the CSRF tokens that the other tests leave out."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def token(visitor: Visitor, path: str = "/") -> str:
    """Returns the token in the forms of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', visitor.get(path).text)
    assert found
    return found[1]


def becomes(browser: Visitor, other: Visitor) -> None:
    """Signs another member in, in the same browser."""
    cookie = other.client.get_cookie(browser.app.config["SIGN_IN_COOKIE_NAME"])
    assert cookie
    browser.client.set_cookie(cookie.key, cookie.value)


@pytest.mark.parametrize("path", PAGES)
def test_page_of_one_member_does_not_act_for_another(guarded: Flask, cast: Cast, path: str) -> None:
    narae, bada = cast.member("나래"), cast.member("바다")
    cast.member("하늘")
    old = token(narae)
    becomes(narae, bada)
    token(narae, "/explore")  # The browser has got a page of the other sign-in since.
    for headers in ({}, {"HX-Request": "true"}):
        data = {"csrf_token": old, **PAGES[path]}
        answer = narae.client.post(path, data=data, headers=headers)
        assert answer.status_code == 400
        assert "지금은 바다님으로 로그인되어 있" in words(answer.text)
        answer = narae.client.post(path, data=PAGES[path], headers={"X-CSRFToken": old, **headers})
        assert answer.status_code == 400
    assert "나래둘" not in bada.get("/settings/account").text
    assert "이 기기" in bada.read("/settings/sessions")  # Still signed in.
    assert "남는" not in bada.get("/explore").text


@pytest.mark.parametrize("path", ["/posts", "/messages/하늘", "/settings/profile"])
def test_refused_text_is_kept_and_sent_by_who_one_is_now(guarded: Flask, cast: Cast, path: str) -> None:
    narae, bada = cast.member("나래"), cast.member("바다")
    cast.member("하늘")
    data = {"csrf_token": token(narae), **PAGES[path]}
    becomes(narae, bada)
    page = narae.client.post(path, data=data)
    assert page.headers["Cache-Control"] == "no-store" or "private" in page.headers["Cache-Control"]
    assert "&lt;b&gt;남는&lt;/b&gt; 글</textarea>" in page.text and "바다님으로 보내기" in page.text
    fresh = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert fresh
    assert narae.client.post(path, data=data | {"csrf_token": fresh[1]}).status_code == 303


def test_edit_of_another_members_post_keeps_the_text_to_copy(guarded: Flask, cast: Cast) -> None:
    narae, bada = cast.member("나래"), cast.member("바다")
    post = cast.post(narae, "앞선 글")
    old = token(narae)
    becomes(narae, bada)
    page = narae.client.post(f"/posts/{post}/edit", data={"csrf_token": old, "body": TEXT})
    assert page.status_code == 400 and " readonly" in page.text and "남는" in page.text
    assert "님으로 보내기" not in page.text


def test_text_is_kept_where_nobody_is_signed_in_any_more(guarded: Flask, cast: Cast) -> None:
    narae = cast.member("나래")
    elsewhere = cast.browser(narae)
    old = token(narae)
    elsewhere.post("/settings/sessions/end-others")
    page = narae.client.post("/posts", data={"csrf_token": old, "body": TEXT})
    assert page.status_code == 401
    assert "남는" in page.text and 'href="/auth/login"' in page.text and "로그아웃되어" in words(page.text)
    again = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    becomes(narae, elsewhere)
    assert again
    page = narae.client.post("/posts", data={"csrf_token": again[1], "body": TEXT})
    assert page.status_code == 400 and "나래님으로 보내기" in page.text


def test_page_made_before_signing_in_anew_is_refused(guarded: Flask, cast: Cast) -> None:
    narae = cast.member("나래")
    old = token(narae)
    becomes(narae, cast.browser(narae))
    answer = narae.client.post("/posts", data={"csrf_token": old, "body": TEXT})
    assert answer.status_code == 400 and "나래님으로 보내기" in answer.text


def test_token_survives_a_session_cookie_that_is_lost(guarded: Flask, cast: Cast) -> None:
    narae = cast.member("나래")
    made = token(narae)
    narae.client.delete_cookie(guarded.config["SESSION_COOKIE_NAME"])
    assert narae.client.post("/posts", data={"csrf_token": made, "body": "그대로"}).status_code == 303


def test_passwords_are_never_repeated(guarded: Flask, stranger: Visitor) -> None:
    data = {"username": "새내기", "email": "new@example.com", "password": PASSWORD}
    page = stranger.client.post("/auth/signup", data=data)
    assert page.status_code == 400
    assert 'value="새내기"' in page.text and 'value="new@example.com"' in page.text
    assert PASSWORD not in page.text and 'name="password" type="password"' in page.text


def test_another_sites_text_is_not_repeated(guarded: Flask, cast: Cast) -> None:
    answer = cast.member("나래").client.post(
        "/posts", data={"body": TEXT}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 400 and "남는" not in answer.text and "보내기" not in words(answer.text)


def test_form_without_a_text_leads_back_to_its_page(guarded: Flask, cast: Cast) -> None:
    narae = cast.member("나래")
    cast.member("하늘")
    answer = narae.client.post("/@하늘/follow", data={"next": "/@하늘/followers"})
    assert answer.status_code == 400 and 'href="/@하늘/followers"' in answer.text
