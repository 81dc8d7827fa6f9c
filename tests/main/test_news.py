"""What an open page asks for when it hears of something new."""

import re
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from app.extensions import db, live, queue
from app.models import Notification, Post, User
from app.models.keyset import make_cursor
from app.services import rooms, timelines
from tests.cast import Cast, Visitor, words
from tests.main.test_timelines import Statements, seed_posts


def newest(cast: Cast) -> str:
    """Returns the cursor that a page made now would ask with."""
    with cast.app.app_context():
        top = db.session.scalar(sa.select(Post).order_by(Post.created_at.desc(), Post.id.desc()))
        return make_cursor(top.created_at, top.id, is_backward=True) if top else ""


def pill(reader: Visitor, timeline: str, after: str) -> str:
    """Returns what a page is told about new posts; "" for none."""
    answer = reader.get(f"/timelines/{timeline}/new", query_string={"after": after})
    assert answer.status_code == (200 if answer.text else 204)
    return reader.read(f"/timelines/{timeline}/new?after={after}")


def test_numbers_are_the_members_own_and_nobody_keeps_them(cast: Cast, stranger: Visitor) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    assert bada.get("/news").get_json() == {"notifications": 0, "messages": 0}
    haneul.post(f"/posts/{cast.post(bada)}/like")
    with Statements() as statements:
        answer = bada.get("/news")
    assert answer.get_json() == {"notifications": 1, "messages": 0}
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(statements.seen) == 1, statements.seen
    assert haneul.get("/news").get_json() == {"notifications": 0, "messages": 0}
    assert stranger.get("/news", headers={"Accept": "application/json"}).status_code == 401


def told(cast: Cast, reader: Visitor) -> int:
    """Returns the id of what a member was told last."""
    with cast.app.app_context():
        latest = sa.select(Notification.id).join(Notification.user).where(User.username == reader.username)
        return db.session.scalars(latest.order_by(Notification.id.desc())).first() or 0


def test_toast_says_what_happened_and_where_it_leads(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    post = cast.post(bada)
    haneul.post(f"/posts/{post}/like")
    toast = bada.get(f"/news/notifications/{told(cast, bada)}")
    assert words(toast.text) == "하늘님이 내 글을 좋아해요 보기" and f'href="/posts/{post}"' in toast.text
    haneul.post("/@바다/follow")
    toast = bada.get(f"/news/notifications/{told(cast, bada)}")
    assert words(toast.text).startswith("하늘님이 나를 팔로우") and 'href="/notifications"' in toast.text
    haneul.post("/messages/바다", body="안녕하세요")
    toast = bada.get(f"/news/notifications/{told(cast, bada)}")
    assert unquote(toast.text).find('href="/messages/하늘"') > 0
    assert "안녕하세요" not in toast.text, "Somebody else may look at the screen."
    cast.export(bada)
    toast = bada.get(f"/news/notifications/{told(cast, bada)}")
    assert 'href="/settings/exports"' in toast.text


def test_toast_is_shown_to_nobody_else_and_not_once_it_was_read(cast: Cast, stranger: Visitor) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    haneul.post(f"/posts/{cast.post(bada)}/like")
    id = told(cast, bada)
    assert haneul.get(f"/news/notifications/{id}").status_code == 404
    assert stranger.get(f"/news/notifications/{id}").status_code == 303
    with Statements() as statements:
        assert bada.get(f"/news/notifications/{id}").status_code == 200
    assert len(statements.seen) <= 4, statements.seen
    bada.post(f"/notifications/{id}/read")
    assert bada.get(f"/news/notifications/{id}").status_code == 204


@pytest.mark.parametrize("timeline", ["home", "explore"])
def test_page_is_told_how_many_posts_are_new_since_it_was_made(cast: Cast, timeline: str) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    bada.post("/@하늘/follow")
    cast.post(haneul, "그 페이지에 있는 글")
    after = newest(cast)
    assert pill(bada, timeline, after) == ""
    first = cast.post(haneul, "새 글")
    cast.post(bada, "자기 글은 새롭지 않아요")
    cast.post(bada, "답글은 대화에 있어요", parent=first)
    assert pill(bada, timeline, after) == "새 글 1개"
    gone = cast.post(haneul, "지울 글")
    assert pill(bada, timeline, after) == "새 글 2개"
    haneul.post(f"/posts/{gone}/delete")
    with Statements() as statements:
        assert pill(bada, timeline, after) == "새 글 1개"
    assert len(statements.seen) <= 2 * 2, statements.seen
    seed_posts(cast, "하늘", timelines.MOST_NEW)
    assert pill(bada, timeline, "") == "새 글 99+개"


def test_home_tells_of_the_followed_alone_and_neither_of_the_muted_nor_of_the_blocked(cast: Cast) -> None:
    bada, haneul, byeol = cast.member("바다"), cast.member("하늘"), cast.member("별님")
    bada.post("/@하늘/follow")
    after = newest(cast)
    cast.post(byeol, "모르는 사람의 글")
    assert pill(bada, "home", after) == "" and pill(bada, "explore", after) == "새 글 1개"
    cast.post(haneul, "팔로우한 사람의 글")
    assert pill(bada, "home", after) == "새 글 1개" and pill(bada, "explore", after) == "새 글 2개"
    bada.post("/@하늘/mute")
    byeol.post("/@바다/block")
    assert pill(bada, "home", after) == pill(bada, "explore", after) == ""


@pytest.mark.parametrize("cursor", ["x", "MTIz", "가", "MTc5NTI5NTMyMjAxMDQ3LjE"])
def test_cursor_that_no_page_was_given_is_a_bad_request(cast: Cast, cursor: str) -> None:
    bada = cast.member("바다")
    assert bada.get("/timelines/home/new", query_string={"after": cursor}).status_code == 400
    assert bada.get("/timelines/tags/new").status_code == 404


def test_first_page_of_a_timeline_listens_for_a_member_and_no_other_page_does(
    cast: Cast, stranger: Visitor
) -> None:
    bada = cast.member("바다")
    seed_posts(cast, "바다", 30)
    for path in ("/", "/explore"):
        page = bada.get(path).text
        assert "data-timeline" in page and "js/live.js" in page
        assert f"/new?after={newest(cast)}" in page
        assert "js/live.js" not in stranger.get(path).text
    older = bada.get("/explore", query_string={"cursor": newest(cast)[:-1]}).text
    assert "data-timeline" not in older
    assert "data-timeline" not in bada.get("/@바다").text


def test_deed_that_is_done_again_has_the_same_name_on_its_toast(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    post = cast.post(bada)
    names = []
    for _ in range(3):
        haneul.post(f"/posts/{post}/like")
        toast = bada.get(f"/news/notifications/{told(cast, bada)}").text
        names += re.findall(r'data-once="([^"]+)"', toast)
        haneul.post(f"/posts/{post}/unlike")
    assert len(names) == 3 and len(set(names)) == 1
    haneul.post("/messages/바다", body="또 하나")
    assert "data-once" not in bada.get(f"/news/notifications/{told(cast, bada)}").text


def test_pill_is_asked_for_again_when_a_post_is_deleted(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    cast.post(bada, "앞선 글")
    cursor = newest(cast)
    post = cast.post(haneul, "새 글")
    assert "1" in pill(bada, "explore", cursor)
    with cast.app.app_context():
        queue.run()
        live.told.clear()
    haneul.post(f"/posts/{post}/delete")
    with cast.app.app_context():
        queue.run()
    assert (rooms.EVERYBODYS_POSTS, "post") in [(one.room, one.kind) for one in live.told]
    assert pill(bada, "explore", cursor) == ""
