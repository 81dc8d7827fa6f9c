"""What members may set."""

import re

import pytest

from tests.cast import PASSWORD, Cast, Visitor

NEW = "아주 새로운 비밀번호"


def test_profile_is_changed(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    fields = {
        "display_name": "너른 바다",
        "about_me": "파도",
        "location": "강릉",
        "link": "https://example.org",
    }
    assert bada.post("/settings/profile", **fields).status_code == 303
    page = stranger.read("/@바다")
    assert all(words in page for words in ("너른 바다", "파도", "강릉", "example.org"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", "가" * 31),
        ("about_me", "가" * 141),
        ("link", "javascript:alert(1)"),
        ("link", "https://"),
        ("link", "//x"),
    ],
)
def test_bad_profile_is_refused_and_kept(cast: Cast, field: str, value: str) -> None:
    answer = cast.member("바다").post("/settings/profile", **{field: value})
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text and value in answer.text


def test_language_is_the_members_then_the_cookies_then_the_browsers_then_korean(
    cast: Cast, stranger: Visitor
) -> None:
    def language(visitor: Visitor, accept: str = "") -> str:
        html = visitor.get("/explore", headers={"Accept-Language": accept}).text
        found = re.search(r'<html[^>]*\blang="(\w+)"', html)
        assert found
        return found[1]

    assert language(stranger) == "ko"
    assert language(stranger, "fr") == "ko"
    assert language(stranger, "en-US,en;q=0.9") == "en"
    assert language(stranger, "ko-KR,en;q=0.9") == "ko"
    assert stranger.post("/language", locale="ko").status_code == 303
    assert language(stranger, "en") == "ko"
    bada = cast.member("바다", locale="en")
    bada.client.set_cookie("lang", "ko")
    assert language(bada, "ko") == "en"


def test_theme_is_written_only_when_it_was_chosen(cast: Cast) -> None:
    bada = cast.member("바다")
    assert "data-bs-theme" not in bada.get("/").text.split("<head", 1)[0]
    bada.post("/settings/display", locale="ko", timezone="Asia/Seoul", theme="dark")
    assert 'data-bs-theme="dark"' in bada.get("/").text
    bada.post("/settings/display", locale="ko", timezone="Asia/Seoul", theme="auto")
    assert "data-bs-theme" not in bada.get("/").text.split("<head", 1)[0]


def test_unknown_time_zone_is_refused(cast: Cast) -> None:
    answer = cast.member("바다").post("/settings/display", locale="ko", timezone="Mars/Olympus", theme="auto")
    assert answer.status_code == 422


def test_password_is_changed_and_other_browsers_are_signed_out(cast: Cast) -> None:
    bada = cast.member("바다")
    other = cast.browser(bada)
    refused = bada.post("/settings/account/password", current="틀림", password=NEW)
    assert refused.status_code == 422
    assert bada.post("/settings/account/password", current=PASSWORD, password=NEW).status_code == 303
    assert bada.get("/settings/account").status_code == 200
    assert other.get("/settings/account").status_code == 303
    assert "비밀번호" in bada.letters()[0].subject


def test_address_is_changed_after_the_new_one_is_confirmed_and_the_old_one_is_told(cast: Cast) -> None:
    bada = cast.member("바다", email="old@example.com")
    answer = bada.post("/settings/account/email", email="new@example.com", password=PASSWORD)
    assert answer.location == "/auth/confirm"
    letter = bada.letters()[0]
    assert letter.to == "new@example.com"
    code = re.search(r"\b\d{6}\b", letter.text)
    assert code and bada.post("/auth/confirm", code=code[0]).status_code == 303
    assert bada.letters()[0].to == "old@example.com"
    again = Visitor(bada.app)
    assert again.post("/auth/login", name="new@example.com", password=PASSWORD).status_code == 303


def test_anothers_address_gets_no_code(cast: Cast) -> None:
    cast.member("주인", email="owner@example.com")
    bada = cast.member("바다", email="bada@example.com")
    answer = bada.post("/settings/account/email", email="owner@example.com", password=PASSWORD)
    assert answer.location == "/auth/confirm"
    letter = bada.letters()[0]
    assert letter.to == "owner@example.com" and not re.search(r"\b\d{6}\b", letter.text)


def test_username_is_changed_with_the_password(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    cast.member("하늘")
    assert bada.post("/settings/account/username", username="너른바다", password="틀림").status_code == 422
    assert bada.post("/settings/account/username", username="하늘", password=PASSWORD).status_code == 422
    assert bada.post("/settings/account/username", username="너른바다", password=PASSWORD).status_code == 303
    assert stranger.get("/@너른바다").status_code == 200
    assert stranger.get("/@바다").status_code == 404


@pytest.mark.parametrize(
    "zone", ["Asia/Calcutta", "Europe/Kiev", "Asia/Saigon", "ROK", "Etc/GMT+5", "Asia/Seoul"]
)
def test_time_zone_of_any_name_stays_until_another_is_chosen(cast: Cast, zone: str) -> None:
    bada = cast.member("바다")
    chosen = f'<option selected value="{zone}">'
    given = {"locale": "ko", "timezone": zone, "theme": "auto"}
    assert bada.post("/settings/display", **given).status_code == 303
    page = bada.get("/settings/display").text
    assert chosen in page and page.count("<option selected") == 2
    shown = re.search(r'<option selected value="([^"]+)">GMT', page)
    assert shown
    assert (
        bada.post("/settings/display", **given | {"timezone": shown[1], "theme": "dark"}).status_code == 303
    )
    assert chosen in bada.get("/settings/display").text


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "../etc/passwd", "x" * 9000])
def test_time_zone_that_there_is_not_is_refused(cast: Cast, zone: str) -> None:
    bada = cast.member("바다")
    given = {"locale": "ko", "timezone": zone, "theme": "auto"}
    assert bada.post("/settings/display", **given).status_code == 422
    assert '<option selected value="Asia/Seoul">' in bada.get("/settings/display").text
