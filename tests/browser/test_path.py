"""What a person does on the site, from signing up to a forgotten password, with the hands and with the keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, Watched
from tests.cast import PASSWORD, Cast, Visitor

NEW = "새로 정한 긴 비밀번호"
WORDS = {
    "ko": {
        "join": "가입하기",
        "name": "사용자 이름",
        "mail": "이메일",
        "password": "비밀번호",
        "number": "확인 번호",
        "confirm": "이메일 확인하기",
        "publish": "올리기",
        "follow": "팔로우",
        "following": "팔로잉",
        "reply": "답글 달기",
        "edited": "수정함",
        "save": "저장",
        "edit": "수정",
        "delete": "지우기",
        "sign_out": "로그아웃",
        "sign_in": "로그인",
        "either": "이메일 또는 사용자 이름",
        "send": "링크 받기",
        "new": "새 비밀번호 저장",
    },
    "en": {
        "join": "Sign up",
        "name": "Username",
        "mail": "E-mail",
        "password": "Password",
        "number": "Number",
        "confirm": "Confirm the address",
        "publish": "Publish",
        "follow": "Follow",
        "following": "Following",
        "reply": "Reply to the post",
        "edited": "edited",
        "save": "Save",
        "edit": "Edit",
        "delete": "Delete",
        "sign_out": "Sign out",
        "sign_in": "Sign in",
        "either": "E-mail or username",
        "send": "Send me the link",
        "new": "Save the new password",
    },
}


def found(pattern: str, visitor: Visitor) -> str:
    """Returns what the latest letter says."""
    match = re.search(pattern, visitor.letters()[0].text)
    assert match
    return match[1]


@pytest.mark.parametrize(("language", "size"), [("ko", PHONE), ("ko", DESK), ("en", PHONE), ("en", DESK)])
def test_from_signing_up_to_a_new_password(
    windows: Watched, cast: Cast, language: str, size: dict[str, int]
) -> None:
    say, worker = WORDS[language], Visitor(cast.app)
    theirs = cast.post(cast.member("하늘"), "하늘이 쓴 글이에요")
    page = windows.open("/", viewport=size, locale="ko-KR" if language == "ko" else "en-US")
    join(page, say, worker)
    meet(page, say, theirs)
    change_ones_mind(page, say)
    page.goto("/settings/account")
    if size is DESK:
        page.locator(".side details summary").click()
    page.get_by_role("button", name=say["sign_out"]).click()
    expect(page.get_by_role("link", name=say["join"], exact=True).first).to_be_visible()
    forget_the_password(page, say, worker)


def join(page: Page, say: dict[str, str], worker: Visitor) -> None:
    """Signs up, proves the address, and writes a first post."""
    page.get_by_role("link", name=say["join"], exact=True).first.click()
    page.get_by_label(say["name"], exact=True).fill("봄동비빔밥")
    page.get_by_label(say["mail"]).first.fill("bomdong@example.com")
    page.get_by_label(say["password"], exact=True).fill(PASSWORD)
    page.get_by_role("button", name=say["join"]).click()
    page.get_by_label(say["number"]).fill(found(r"\b(\d{6})\b", worker))
    page.get_by_role("button", name=say["confirm"]).click()
    write(page, "첫 한마디예요", say["publish"])
    expect(page.get_by_role("article").first).to_contain_text("첫 한마디예요")


def meet(page: Page, say: dict[str, str], theirs: int) -> None:
    """Follows somebody, sees their post at home, answers it and likes it."""
    page.goto("/@하늘")
    follow = page.locator(".profile form.follow button")
    expect(follow).to_contain_text(say["follow"])
    follow.click()
    expect(follow).to_contain_text(say["following"])
    page.goto("/")
    expect(page.locator(f"#post-{theirs}")).to_contain_text("하늘이 쓴 글이에요")

    page.goto(f"/posts/{theirs}")
    write(page, "반가워요", say["reply"])
    expect(page.get_by_role("article").filter(has_text="반가워요").last).to_be_visible()
    page.locator(f"#post-{theirs} .act-like").click()
    expect(page.locator(f"#post-{theirs} .act-like")).to_have_attribute("aria-pressed", "true")


def change_ones_mind(page: Page, say: dict[str, str]) -> None:
    """Edits a post in its place, and deletes it."""
    page.goto("/")
    menu(page.get_by_role("article").filter(has_text="첫 한마디예요"), say["edit"])
    page.locator("article textarea").fill("고친 한마디예요")
    page.get_by_role("article").get_by_role("button", name=say["save"]).click()
    edited = page.get_by_role("article").filter(has_text="고친 한마디예요")
    expect(edited).to_contain_text(say["edited"])
    menu(edited, say["delete"])
    page.get_by_role("button", name=say["delete"]).last.click()
    expect(edited).to_have_count(0)


def forget_the_password(page: Page, say: dict[str, str], worker: Visitor) -> None:
    """Has a link mailed, sets a new password by it, and signs in."""
    page.goto("/auth/forgot")
    page.get_by_label(say["mail"]).first.fill("bomdong@example.com")
    page.get_by_role("button", name=say["send"]).click()
    expect(page.get_by_role("button", name=say["send"])).to_have_count(0)
    page.goto(found(r"http://localhost(/auth/reset/open\S+)", worker))
    page.locator("input[type=password]").fill(NEW)
    page.get_by_role("button", name=say["new"]).click()
    page.get_by_label(say["either"]).fill("bomdong@example.com")
    page.locator("input[type=password]").fill(NEW)
    page.get_by_role("button", name=say["sign_in"]).click()
    expect(page.locator("form.composer textarea").first).to_be_visible()


def write(page: Page, text: str, button: str) -> None:
    """Writes into the page's composer and sends it."""
    page.locator("form.composer textarea").first.fill(text)
    page.locator("form.composer").first.get_by_role("button", name=button).click()
    page.wait_for_load_state()


def menu(article: Locator, entry: str) -> None:
    """Opens a post's menu and takes an entry."""
    article.locator("summary").click()
    article.get_by_role("link", name=entry, exact=True).click()
