"""The page of notifications: what stands there, in which words, and how it is read."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app import cursors
from app.extensions import db
from app.models import Notification, NotificationSetting, Task, User
from app.models.columns import now
from app.models.keyset import PER_PAGE, make_cursor
from app.services import follows, notifications
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.main.test_timelines import Statements, next_on


def notices(html: str) -> list[str]:
    """Returns each notice of a page."""
    return re.findall(r'(?s)<li class="notice.*?</li>', html)


def unread(html: str) -> int:
    """Returns the number beside the bell."""
    found = re.search(r'data-badge="notifications"( hidden)?>\s*<span data-number>(\d+)', html)
    assert found and bool(found[1]) is (found[2] == "0")
    return int(found[2])


def until(html: str) -> str:
    """Returns the moment that the page's form names."""
    found = re.search(r'name="until" value="([^"]+)"', html)
    assert found
    return found[1]


def age(app: Flask, days: dict[str, int]) -> None:
    """Lets notifications of some kinds have come so many days ago."""
    with app.app_context(), transaction():
        for kind, ago in days.items():
            moment = now() - timedelta(days=ago)
            db.session.execute(
                sa.update(Notification).where(Notification.kind == kind).values(updated_at=moment)
            )


def test_page_says_who_did_what_and_leads_there(cast: Cast) -> None:
    bada, haneul, namu = (
        cast.member("바다"),
        cast.member("하늘", about_me="구름을 보아요"),
        cast.member("나무"),
    )
    post = cast.post(bada, "첫눈이\n오면 <b>만나요</b>")
    for fan in (namu, haneul):
        fan.post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    call = cast.post(haneul, "여기 보세요 @바다")
    reply = cast.post(haneul, "그래요", parent=post)
    html = bada.get("/notifications").text
    text = bada.read("/notifications")
    assert "하늘 님 외 1명 이 내 글을 좋아해요" in text and "첫눈이 오면 <b>만나요</b>" in text
    assert "하늘 님이 나를 팔로우했어요" in text and "구름을 보아요" in text
    assert "하늘 님이 나를 멘션했어요" in text and "하늘 님이 답글을 남겼어요" in text and "“그래요”" in text
    shown = notices(html)
    assert len(shown) == 4 and all("is-new" in notice for notice in shown)
    for notice, link in zip(
        shown, (f"/posts/{reply}", f"/posts/{call}", "/@%ED%95%98%EB%8A%98", f"/posts/{post}"), strict=True
    ):
        assert f'href="{link}"' in notice
    assert f'action="/posts/{reply}/like"' in shown[0] and f"/posts/{reply}#reply" in shown[0]
    assert "/follow" in shown[2]


def test_many_followers_are_one_notice(cast: Cast) -> None:
    bada = cast.member("바다")
    for number in range(3):
        cast.member(f"무리{number}").post("/@바다/follow")
    assert "무리2 님 외 2명 이 나를 팔로우했어요" in bada.read("/notifications")
    assert "/@%EB%B0%94%EB%8B%A4/followers" in bada.get("/notifications").text


def test_english_reader_reads_english(cast: Cast) -> None:
    bada = cast.member("바다", locale="en")
    post = cast.post(bada, "글")
    for number in range(3):
        cast.member(f"무리{number}").post(f"/posts/{post}/like")
    assert "무리2 and 2 others like your post" in bada.read("/notifications")


def test_notices_stand_in_days(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    post = cast.post(bada, "글")
    haneul.post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    cast.post(haneul, "@바다")
    cast.post(haneul, "답글", parent=post)
    age(cast.app, {"follow": 1, "mention": 3, "reply": 30})
    html = bada.get("/notifications").text
    assert re.findall(r'<h2 class="day mb-0">(.*?)</h2>', html) == ["오늘", "어제", "이번 주", "이전"]
    kinds = [re.search(r"좋아해요|팔로우했|멘션했|답글을", notice) for notice in notices(html)]
    assert [kind and kind[0] for kind in kinds] == ["좋아해요", "팔로우했", "멘션했", "답글을"]


@pytest.mark.parametrize(
    ("tab", "kinds"),
    [
        ("", {"like", "follow", "mention", "reply", "task"}),
        ("replies", {"mention", "reply"}),
        ("likes", {"like"}),
        ("follows", {"follow"}),
        ("nonsense", {"like", "follow", "mention", "reply", "task"}),
    ],
)
def test_tabs_choose_the_kinds(cast: Cast, tab: str, kinds: set[str]) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    post = cast.post(bada, "글")
    haneul.post(f"/posts/{post}/like")
    haneul.post("/@바다/follow")
    cast.post(haneul, "@바다")
    cast.post(haneul, "답글", parent=post)
    bada_has_export(cast)
    haneul.post("/messages/바다", body="쪽지", key="k")
    words = {
        "좋아해요": "like",
        "팔로우했": "follow",
        "멘션했": "mention",
        "답글을 남": "reply",
        "내보내기가 끝": "task",
    }
    shown = notices(bada.get("/notifications", query_string={"tab": tab}).text)
    found = [{kind for word, kind in words.items() if word in notice} for notice in shown]
    assert sorted(kind for kinds in found for kind in kinds) == sorted(kinds) and len(shown) == len(kinds)


def bada_has_export(cast: Cast, state: str = "done") -> None:
    """Lets an export of 바다's have ended."""
    with cast.app.app_context(), transaction():
        owner = db.session.scalars(sa.select(User).where(User.username == "바다")).one()
        counts = {"posts": 1200, "replies": 84}
        task = Task(user_id=owner.id, kind="export", state=state, expires_at=now() + timedelta(days=7))
        task.result = {"counts": counts, "name": "x.zip", "size": 1} if state == "done" else None
        task.error = None if state == "done" else "broken"
        db.session.add(task)
        db.session.flush()
        notifications.tell_of_task(task)


def test_export_that_ended_says_what_came_of_it(cast: Cast) -> None:
    bada = cast.member("바다")
    bada_has_export(cast)
    text = bada.read("/notifications")
    assert "내보내기가 끝났어요" in text and "글 1,284개를 담았어요" in text
    assert "/settings/exports" in notices(bada.get("/notifications").text)[0]


def test_export_that_failed_says_why(cast: Cast) -> None:
    bada = cast.member("바다")
    bada_has_export(cast, "failed")
    text = bada.read("/notifications")
    assert "내보내기를 마치지 못했어요" in text and "받기" not in text


@pytest.mark.parametrize("tab", ["", "replies", "likes", "follows"])
def test_empty_page_says_what_will_stand_there(cast: Cast, tab: str) -> None:
    bada = cast.member("바다")
    html = bada.get("/notifications", query_string={"tab": tab}).text
    assert 'class="empty"' in html and "모두 읽음으로" not in html
    assert unread(html) == 0


def test_looking_reads_nothing_and_a_click_reads_all_that_was_seen(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    post = cast.post(bada, "글")
    haneul.post(f"/posts/{post}/like")
    for _ in range(2):
        html = bada.get("/notifications").text
        assert unread(html) == 1 and "새 알림:" in html
    haneul.post("/@바다/follow")
    answer = bada.post("/notifications/read", until=until(html), next="/notifications?tab=likes")
    assert answer.status_code == 303 and answer.location == "/notifications?tab=likes"
    html = bada.get("/notifications").text
    assert unread(html) == 1
    assert ["is-new" in notice for notice in notices(html)] == [True, False]
    bada.post("/notifications/read", until=until(html))
    assert unread(bada.get("/").text) == 0


def test_one_is_read_and_nobody_elses(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    haneul.post("/@바다/follow")
    bada.post("/@하늘/follow")
    path = re.findall(r'data-read="([^"]+)"', bada.get("/notifications").text)
    assert len(path) == 1
    assert haneul.post(path[0]).status_code == 204 and unread(bada.get("/").text) == 1
    assert bada.post(path[0]).status_code == 204 and unread(bada.get("/").text) == 0
    assert unread(haneul.get("/").text) == 1


def test_messages_are_marked_with_their_conversation_and_not_with_the_page(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    haneul.post("/messages/바다", body="쪽지", key="k")
    haneul.post("/@바다/follow")
    html = bada.get("/notifications").text
    assert len(notices(html)) == 1 and unread(html) == 1
    assert re.search(r'data-badge="messages">\s*<span data-number>1<', html)
    bada.post("/notifications/read", until=until(html))
    with cast.app.app_context():
        assert db.session.scalars(
            sa.select(Notification.kind).where(Notification.read_at.is_(None))
        ).all() == ["message"]


@pytest.mark.parametrize(
    "moment",
    ["", "yesterday", "2026-01-01T00:00:00", "0", "2026-13-01T00:00:00+00:00", "0001-01-01T00:00:00+23:59"],
)
def test_moment_that_no_page_has_named_is_a_bad_request(cast: Cast, moment: str) -> None:
    bada = cast.member("바다")
    assert bada.post("/notifications/read", until=moment).status_code == 400
    assert bada.get("/notifications/new", query_string={"after": moment}).status_code == 400


def test_page_is_told_how_many_came_since(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    found = re.search(r'data-new="([^"]+)"', bada.get("/notifications").text)
    assert found
    link = found[1].replace("&amp;", "&")
    assert bada.get(link).status_code == 204
    haneul.post("/@바다/follow")
    cast.post(haneul, "@바다")
    answer = bada.get(link)
    assert (
        "새 알림 2개" in answer.text and 'href="/notifications"' in answer.text and "<html" not in answer.text
    )


def crowd(cast: Cast, number: int) -> list[int]:
    """Makes so many people whose mentions 바다 was told of, one by one; returns the notifications, the latest first."""
    with cast.app.app_context(), transaction():
        bada = db.session.scalars(sa.select(User).where(User.username == "바다")).one()
        for each in range(number):
            fan = User(username=f"u{each}", username_key=f"u{each}", email="", email_key=f"{each}")
            fan.password_hash, fan.confirmed_at = "", now()
            db.session.add(fan)
            db.session.flush()
            follows.follow(fan, bada)
            notifications.read_all(bada, now(), ["follow"])
        ids = db.session.scalars(sa.select(Notification.id).order_by(Notification.id.desc()))
        return list(ids)


def test_more_goes_on_in_the_same_day(cast: Cast) -> None:
    bada = cast.member("바다")
    ids = crowd(cast, PER_PAGE + 5)
    html = bada.get("/notifications").text
    link = next_on(html)
    assert link
    whole, piece = bada.get(link), bada.get(link, headers={"HX-Request": "true"})

    def shown(text: str) -> list[int]:
        return [int(id) for id in re.findall(r'id="notice-(\d+)"', text)]

    assert shown(html) == ids[:PER_PAGE]
    assert shown(whole.text) == shown(piece.text) == ids[PER_PAGE:]
    assert "<html" in whole.text and "오늘" in whole.text
    assert "<html" not in piece.text and "오늘" not in piece.text and "goes-on" in piece.text


def test_page_costs_at_most_six_statements_whatever_its_length(cast: Cast) -> None:
    bada = cast.member("바다")
    crowd(cast, PER_PAGE + 5)
    posts = [cast.post(bada, f"글 {number} @바다 #나열") for number in range(6)]
    fans = [cast.member(f"무리{number}") for number in range(4)]
    for fan in fans:
        for post in posts:
            fan.post(f"/posts/{post}/like")
        cast.post(fan, "답글 @바다", parent=posts[0])
    bada_has_export(cast)
    with Statements() as statements:
        answer = bada.get("/notifications")
    assert len(notices(answer.text)) == PER_PAGE
    assert len(statements.seen) <= 6, "\n\n".join(statements.seen)
    assert not [sql for sql in statements.seen if not sql.lstrip().startswith(("SELECT", "WITH"))]


def test_numbers_stand_on_every_page_without_a_statement_of_their_own(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    haneul.post("/@바다/follow")
    for path in ("/", "/@바다", "/@하늘", "/settings/profile"):
        assert unread(bada.get(path).text) == 1, path
    with Statements() as statements:
        bada.get("/settings/profile")
    assert len(statements.seen) == 1


def test_stranger_is_led_to_sign_in(stranger: Visitor) -> None:
    for path in ("/notifications", "/notifications/new", "/settings/notifications"):
        assert "/auth/login" in stranger.get(path).location
    assert "data-badge" not in stranger.get("/").text


def test_choices_are_kept_and_shown(cast: Cast) -> None:
    bada = cast.member("바다")

    def ticked(html: str) -> set[tuple[str, str]]:
        boxes = re.findall(r'<input class="form-check-input".*?>', html, re.S)
        named = [re.search(r'name="(\w+)" value="(\w+)"', box) for box in boxes if " checked" in box]
        return {(found[1], found[2]) for found in named if found}

    kinds = {"reply", "mention", "like", "follow", "message", "task"}
    usual = {("on_site", kind) for kind in kinds}
    assert ticked(bada.get("/settings/notifications").text) == usual, "Nobody gets letters unasked."
    wishes = {"on_site": ["reply", "task"], "by_mail": ["like"]}
    assert bada.client.post("/settings/notifications", data=wishes).status_code == 303
    assert ticked(bada.get("/settings/notifications").text) == {
        ("on_site", "reply"),
        ("on_site", "task"),
        ("by_mail", "like"),
    }
    assert bada.client.post("/settings/notifications", data={"csrf_token": "x"}).status_code == 303
    assert ticked(bada.get("/settings/notifications").text) == set()
    bada.client.post("/settings/notifications", data={"on_site": sorted(kinds)})
    with cast.app.app_context():
        assert not db.session.scalars(sa.select(NotificationSetting)).all()


@pytest.mark.parametrize("wish", [{"on_site": "nonsense"}, {"by_mail": "task"}])
def test_kind_that_is_not_offered_is_refused(cast: Cast, wish: dict[str, str]) -> None:
    assert cast.member("바다").client.post("/settings/notifications", data=wish).status_code == 422


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_cursor_at_the_ends_of_the_calendar_is_no_error(app: Flask, cast: Cast, zone: str) -> None:
    bada = cast.member("바다")
    with app.app_context(), transaction():
        db.session.execute(sa.update(User).values(timezone=zone))
    for moment in (datetime(1970, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        with app.app_context():
            place = make_cursor(moment, 0, is_backward=False)
            sealed = cursors.seal(place, "main.notifications", {}, {})
        for headers in ({}, {"HX-Request": "true"}):
            answer = bada.get("/notifications", query_string={"cursor": sealed}, headers=headers)
            assert answer.status_code == 200, (moment, answer.text)
        for path in ("/timelines/home/new", "/timelines/explore/new"):
            back = make_cursor(moment, 0, is_backward=True)
            assert bada.get(path, query_string={"after": back}).status_code in (200, 204)
