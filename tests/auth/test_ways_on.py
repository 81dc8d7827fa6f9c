"""Forms of signing up and in tell everything at once, keep what was typed, and lead on."""

import re
from urllib.parse import quote

from tests.cast import PASSWORD, Cast, Visitor, words


def test_sign_up_tells_all_errors_at_once_and_keeps_no_password(cast: Cast, stranger: Visitor) -> None:
    cast.member("나래")
    page = stranger.post("/auth/signup", username="나래", email="no address", password="password")
    assert page.status_code == 422
    assert page.text.count("is-invalid") == 3 and "이미 쓰는 이름" in words(page.text)
    assert "누구나 먼저 떠올리는 비밀번호" in words(page.text)
    assert 'value="나래"' in page.text and 'value="no address"' in page.text
    assert 'value="password"' not in page.text
    assert len(re.findall(r"<input[^>]+ autofocus", page.text)) == 1
    page = stranger.post("/auth/signup", username="나래", email="n@example.com", password="짧다")
    assert page.text.count("is-invalid") == 2


def test_sign_up_leads_on_to_where_one_came_from(cast: Cast, stranger: Visitor) -> None:
    cast.member("나래")
    page = stranger.get("/@나래").text
    assert f"/auth/signup?next=/%40{quote('나래')}" in page or f"/auth/signup?next=/@{quote('나래')}" in page
    form = {"username": "새내기", "email": "new@example.com", "password": PASSWORD}
    answer = stranger.post("/auth/signup?next=/@나래", **form)
    assert answer.status_code == 303 and answer.location == "/auth/confirm"
    wrong = stranger.post("/auth/confirm", code="000000")
    assert (
        wrong.status_code == 422 and 'value="000000"' not in wrong.text and "주소 고치기" in words(wrong.text)
    )
    code = re.search(r"\b\d{6}\b", stranger.letters()[0].text)
    assert code
    assert stranger.post("/auth/confirm", code=code[0]).location == f"/@{quote('나래')}"


def test_sign_up_leads_nowhere_else(stranger: Visitor) -> None:
    form = {"username": "새내기", "email": "new@example.com", "password": PASSWORD}
    stranger.post("/auth/signup?next=//evil.example", **form)
    code = re.search(r"\b\d{6}\b", stranger.letters()[0].text)
    assert code and stranger.post("/auth/confirm", code=code[0]).location == "/"


def test_used_link_says_so_at_once(cast: Cast) -> None:
    narae = cast.member("나래", email="n@example.com")
    narae.post("/auth/forgot", email="n@example.com")
    link = re.search(r"/auth/reset/open\S+", narae.letters()[0].text)
    assert link
    for browser in (narae, Visitor(cast.app)):
        browser.get(link[0])
        assert browser.get("/auth/reset").status_code == 200
    assert narae.post("/auth/reset", password="아주 새로운 비밀번호").status_code == 303
    assert browser.get("/auth/reset").status_code == 410
    browser.get(link[0])
    assert "더 이상" in browser.read("/auth/reset") or browser.get("/auth/reset").status_code == 410
