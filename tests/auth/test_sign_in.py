"""Signing in and out."""

import re
import unicodedata

import pytest
import sqlalchemy as sa

from app import mailboxes
from app.extensions import db
from app.models import LoginSession
from app.services import users
from tests.cast import PASSWORD, Cast, Visitor, lasting

NAMES = ("narae", "Narae", "@narae", "＠narae", " @narae\u200b", "ｎarae", "𝐧arae", "ⓝarae", "@ⓝＡＲＡＥ")
ADDRESSES = (
    "narae@한글.kr",
    "Narae@xn--bj0bj06e.kr",
    "narae@XN--BJ0BJ06E.KR",
    "narae＠한글。kr",
    "\ufeffnarae@한글.ｋｒ ",
    "narae@" + unicodedata.normalize("NFD", "한글.kr"),
)


@pytest.mark.parametrize("name", [*NAMES, *ADDRESSES])
def test_member_signs_in_however_the_name_or_the_address_is_spelt(
    cast: Cast, stranger: Visitor, name: str
) -> None:
    cast.member("narae", email="narae@xn--bj0bj06e.kr")
    assert stranger.post("/auth/login", name=name, password=PASSWORD).location == "/"
    assert stranger.get("/settings/account").status_code == 200
    assert "narae@한글.kr</b>" in stranger.get("/settings/account").text


def test_all_spellings_have_one_key_known_or_not() -> None:
    assert {users.sign_in_key(name) for name in NAMES} == {"narae"}
    assert {users.sign_in_key(address) for address in ADDRESSES} == {"narae@xn--bj0bj06e.kr"}


@pytest.mark.parametrize("typed", ["a" + "\u0300\u0316" * 10**5, "a@" + "\u0300\u0316" * 10**5, "@" * 10**5])
def test_key_of_a_long_text_is_short(typed: str) -> None:
    assert len(users.sign_in_key(typed)) <= mailboxes.TYPED


def test_unknown_name_and_wrong_password_read_the_same(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다")
    wrong = stranger.post("/auth/login", name="바다", password="틀린 비밀번호")
    unknown = stranger.post("/auth/login", name="하늘", password="틀린 비밀번호")
    assert wrong.status_code == unknown.status_code == 422
    assert lasting(wrong.text, "바다") == lasting(unknown.text, "하늘")


def test_suspended_member_cannot_sign_in_and_is_out_at_once(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    runner = cast.app.test_cli_runner()
    assert bada.get("/settings/profile").status_code == 200
    assert runner.invoke(args=["users", "suspend", "바다"]).exit_code == 0
    assert bada.get("/settings/profile").status_code == 303
    assert stranger.post("/auth/login", name="바다", password=PASSWORD).status_code == 422


def test_sign_out_ends_the_session_and_is_a_post(cast: Cast) -> None:
    bada = cast.member("바다")
    assert bada.get("/auth/logout").status_code == 405
    cookie = bada.client.get_cookie(bada.app.config["SIGN_IN_COOKIE_NAME"])
    assert cookie
    assert bada.post("/auth/logout").status_code == 303
    assert Visitor(bada.app, cookie.value).get("/settings/profile").status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "/\t/evil.example",
        "http://evil.example",
        "x",
    ],
)
def test_sign_in_leads_nowhere_else(cast: Cast, stranger: Visitor, target: str) -> None:
    cast.member("바다")
    assert stranger.post("/auth/login", name="바다", password=PASSWORD, next=target).location == "/"


def test_sign_in_leads_back(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다")
    asked = stranger.get("/settings/profile?x=1")
    assert asked.location.startswith("/auth/login?next=")
    assert (
        stranger.post("/auth/login", name="바다", password=PASSWORD, next="/explore?a=b").location
        == "/explore?a=b"
    )


def test_at_most_ten_sessions_are_kept(cast: Cast) -> None:
    bada = cast.member("바다")
    others = [cast.browser(bada) for _ in range(10)]
    assert bada.get("/settings/profile").status_code == 303
    assert all(other.get("/settings/profile").status_code == 200 for other in others)


def test_session_can_be_ended_from_another_browser(cast: Cast) -> None:
    bada = cast.member("바다")
    other = cast.browser(bada)
    with cast.app.app_context():
        latest = db.session.scalar(sa.select(sa.func.max(LoginSession.id)))
    assert bada.post(f"/settings/sessions/{latest}/end").status_code == 303
    assert other.get("/settings/profile").status_code == 303
    assert bada.get("/settings/profile").status_code == 200


def test_cookie_is_out_of_reach_of_scripts(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다")
    answer = stranger.post("/auth/login", name="바다", password=PASSWORD, remember="y")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "hanmadi-in" in c)
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Max-Age" in cookie
    brief = Visitor(stranger.app).post("/auth/login", name="바다", password=PASSWORD)
    cookie = next(c for c in brief.headers.getlist("Set-Cookie") if "hanmadi-in" in c)
    assert "Max-Age" not in cookie


def test_strangers_page_sets_no_cookie_and_writes_no_row(stranger: Visitor) -> None:
    answer = stranger.get("/explore")
    assert answer.status_code == 200
    assert not any("hanmadi-in" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_signing_out_clears_the_cache_and_nothing_else(cast: Cast) -> None:
    assert cast.member("바다").post("/auth/logout").headers["Clear-Site-Data"] == '"cache"'


def test_private_pages_are_stored_nowhere_and_others_come_back(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    cast.message(haneul, bada, "우리끼리")
    private: tuple[str, ...] = (
        "/messages",
        "/messages/하늘",
        "/messages/하늘/new",
        "/settings/profile",
        "/settings/sessions",
    )
    private += (
        "/settings/exports",
        "/settings/account",
        "/notifications",
        "/notifications?tab=likes",
        "/news",
    )
    for path in private:
        for headers in ({}, {"HX-Request": "true"}):
            assert bada.get(path, headers=headers).headers["Cache-Control"] == "no-store", path
    for path in ("/", "/explore", "/@하늘", "/search?q=하늘", "/compose"):
        assert bada.get(path).headers["Cache-Control"] == "private, no-cache", path


def test_page_hears_whether_its_sign_in_holds(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    found = re.search(r'data-held="([^"]+)"', bada.get("/explore").text)
    assert found
    assert bada.get(found[1]).status_code == 204
    assert cast.browser(bada).get(found[1]).status_code == 409
    assert haneul.get(found[1]).status_code == 409
    assert bada.get("/auth/held").status_code == 409
    bada.post("/auth/logout")
    assert bada.get(found[1]).status_code == 409
    assert bada.get("/auth/held").status_code == 204
