"""The page of exports in a real browser, and the copy itself, opened from the disk as its owner does."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from app.extensions import db, live, queue
from app.models import Task
from app.models.columns import now
from app.services import rooms
from app.transaction import transaction
from tests.browser import seeing
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.test_live import SOCKETS, connected
from tests.browser.test_writing import secret
from tests.cast import Cast, Visitor
from tests.copies import Copy

PAGE = "/settings/exports"


@pytest.fixture
def bada(cast: Cast) -> Visitor:
    """A member who wants a copy."""
    return cast.member("바다")


@pytest.fixture
def change(app: Flask) -> Callable[..., None]:
    """Writes what a worker would write, and tells of it unless told otherwise."""

    def write(*, tell: bool = True, **values: Any) -> None:
        with app.app_context():
            with transaction():
                db.session.execute(sa.update(Task).values(heartbeat_at=now(), **values))
            for task in db.session.scalars(sa.select(Task)) if tell else ():
                live.tell(rooms.member(task.user_id), "task", id=task.id)

    return write


def only_news(page: Page) -> None:
    """Lets a page not ask by itself for as long as a test takes."""
    page.evaluate("document.getElementById('export-said').dataset.every = 600")


def test_progress_moves_with_the_news_in_every_window_and_is_the_same_after_a_reload(
    windows: Watched, cast: Cast, bada: Visitor, change: Callable[..., None]
) -> None:
    first = windows.open(PAGE, secret=secret(bada))
    second = windows.open(PAGE, secret=secret(cast.browser(bada)))
    connected(first, 2)
    only_news(first)
    only_news(second)
    first.get_by_role("button", name="내보내기 시작").click()
    change(state="running", step="posts", begun_at=now() - timedelta(seconds=4), done=40, total=100)
    for page in (first, second):
        expect(page.locator("#export-progress b")).to_have_text("40%")
        expect(page.get_by_role("heading", name="글을 담고 있어요")).to_be_visible()
    wheel = first.locator(".steps .is-now").element_handle()
    change(step="posts", done=70)
    for page in (first, second):
        expect(page.locator("#export-progress b")).to_have_text("70%")
        expect(page.locator("progress")).to_have_js_property("value", 70)
    assert wheel.evaluate("it => it.isConnected"), "Within a step nothing but the numbers is replaced."
    first.reload()
    only_news(first)
    expect(first.locator("#export-progress b")).to_have_text("70%")
    change(step="messages", done=100)
    expect(first.locator("#export-progress b")).to_have_text("99%")
    expect(first.locator(".steps .is-done")).to_have_count(3)


def test_what_a_screen_reader_hears_is_each_part_and_each_quarter(
    windows: Watched, bada: Visitor, change: Callable[..., None]
) -> None:
    bada.post(PAGE)
    page = windows.open(PAGE, secret=secret(bada))
    connected(page)
    only_news(page)
    expect(page.locator("#export-said")).to_have_text("차례를 기다리고 있어요 0%")
    heard: list[str] = []
    page.expose_function("hear", lambda words: heard.append(words))
    page.evaluate(
        "new MutationObserver(all => all.forEach(one => hear(one.target.textContent)))"
        ".observe(document.getElementById('export-said'), {childList: true})"
    )
    expect(page.locator("#export-said")).to_have_attribute("role", "status")
    for done in (1, 2, 3, 26, 27, 28, 99):
        change(state="running", step="likes", done=done, total=100)
        expect(page.locator("#export-progress b")).to_have_text(f"{done}%")
    assert heard == [f"좋아요를 담고 있어요 {quarter}%" for quarter in (0, 25, 75)]


def test_page_asks_by_itself_where_no_connection_can_be_had(
    windows: Watched, bada: Visitor, change: Callable[..., None]
) -> None:
    bada.post(PAGE)
    page = windows.open("/compose", secret=secret(bada))
    page.context.route_web_socket(SOCKETS, lambda socket: socket.close())
    page.goto(PAGE)
    change(tell=False, state="running", step="likes", done=50, total=100)
    expect(page.locator("#export-progress b")).to_have_text("50%", timeout=6_000)
    change(tell=False, state="cancelled", ended_at=now())
    expect(page.get_by_role("button", name="내보내기 시작")).to_be_visible(timeout=6_000)


def test_export_is_made_while_one_watches_and_the_file_is_fetched(
    windows: Watched, app: Flask, cast: Cast, bada: Visitor, tmp_path: Path
) -> None:
    cast.post(bada, "담을 글 #산책")
    page = windows.open(PAGE, secret=secret(bada), accept_downloads=True)
    connected(page)
    only_news(page)
    page.get_by_role("button", name="내보내기 시작").click()
    expect(page.get_by_role("heading", name="차례를 기다리고 있어요")).to_be_visible()
    page.get_by_role("button", name="내보내기 취소").focus()
    with app.app_context():
        queue.run()
    expect(page.get_by_role("link", name="받기")).to_be_visible()
    expect(page.locator("#export-said")).to_have_text("내보내기가 끝났어요.")
    expect(page.locator("#export-head")).to_be_focused()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="받기").click()
    assert re.fullmatch(r"hanmadi-바다-\d{8}\.zip", fetched.value.suggested_filename)
    fetched.value.save_as(tmp_path / "copy.zip")
    Copy((tmp_path / "copy.zip").read_bytes()).check()


def test_export_is_cancelled(windows: Watched, bada: Visitor) -> None:
    page = windows.open(PAGE, secret=secret(bada))
    page.get_by_role("button", name="내보내기 시작").click()
    page.get_by_role("button", name="내보내기 취소").click()
    expect(page.locator(".toast")).to_contain_text("내보내기를 취소했어요")
    expect(page.get_by_role("button", name="내보내기 시작")).to_be_visible()


def test_everything_works_without_javascript(windows: Watched, app: Flask, bada: Visitor) -> None:
    page = windows.open(PAGE, secret=secret(bada), java_script_enabled=False)
    page.get_by_role("button", name="내보내기 시작").click()
    expect(page.get_by_role("heading", name="차례를 기다리고 있어요")).to_be_visible()
    with app.app_context():
        queue.run()
    page.get_by_role("link", name="새로 고침").click()
    expect(page.get_by_role("link", name="받기")).to_be_visible()


@pytest.mark.parametrize(
    "size", [PHONE, DESK, {"width": 320, "height": 640}], ids=["phone", "desk", "narrow"]
)
def test_axe_finds_nothing_in_any_state(
    windows: Watched, cast: Cast, bada: Visitor, change: Callable[..., None], size: dict[str, int]
) -> None:
    page = windows.open(PAGE, secret=secret(bada), viewport=size)
    seeing.check(page)
    cast.export(bada)
    change(expires_at=now() - timedelta(days=1))
    cast.export(bada)
    bada.post(PAGE)
    change(tell=False, state="done")
    with cast.app.app_context(), transaction():
        latest = db.session.scalars(sa.select(Task).order_by(Task.id.desc())).first()
        assert latest
        latest.state, latest.result, latest.step, latest.done, latest.total = "running", None, "likes", 5, 9
    page.goto(PAGE)
    expect(page.locator(".set-row")).to_have_count(2)
    seeing.check(page)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_copy_opens_from_the_disk(
    windows: Watched, cast: Cast, bada: Visitor, size: dict[str, int], tmp_path: Path
) -> None:
    post = cast.post(bada, "파일로 여는 글 #산책 https://example.org")
    bada.post(f"/posts/{post}/like")
    haneul = cast.member("하늘")
    haneul.post("/@바다/follow")
    answer = bada.get(f"{PAGE}/{cast.export(bada)}/file")
    for name, content in Copy(answer.data).files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    page = windows.open(viewport=size)
    page.goto(f"file://{tmp_path}/index.html")
    for name in ("글", "좋아요", "팔로워", "쪽지", "한눈에 보기"):
        page.get_by_role("navigation").first.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page.locator("body")).to_have_css("word-break", "keep-all")
        seeing.check(page)
