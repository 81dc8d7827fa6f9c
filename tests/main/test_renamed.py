"""A form acts on the person whom its page has shown, and a username that was given up is held for its owner."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask

from app.extensions import db
from app.models import HeldName, User
from app.models.columns import now
from app.tasks import cleanup
from app.transaction import transaction
from tests.cast import PASSWORD, Cast, Visitor, words

ACTS = ("follow", "unfollow", "block", "unblock", "mute", "unmute")


def id_of(member: Visitor) -> int:
    with member.app.app_context():
        user = db.session.query(User).filter(User.username == member.username).one()
        return int(user.id)


def rename(member: Visitor, username: str) -> int:
    answer = member.post("/settings/account/username", username=username, password=PASSWORD)
    if answer.status_code == 303:
        member.username = username
    return answer.status_code


def release_all(app: Flask) -> None:
    """Lets the days pass for which names are held."""
    with app.app_context(), transaction():
        db.session.query(HeldName).update({"held_until": now() - timedelta(seconds=1)})


@pytest.fixture
def swapped(app: Flask, cast: Cast) -> tuple[Visitor, int, Visitor, Visitor]:
    """바다 has shown the pages of 나래, who is 나래둘 now; a stranger has the name 나래."""
    bada, narae, other = cast.member("바다"), cast.member("나래"), cast.member("남")
    meant = id_of(narae)
    assert rename(narae, "나래둘") == 303
    release_all(app)
    assert rename(other, "나래") == 303
    return bada, meant, narae, other


@pytest.mark.parametrize("act", ACTS)
def test_act_on_a_name_that_changed_hands_is_refused(
    swapped: tuple[Visitor, int, Visitor, Visitor], act: str
) -> None:
    bada, meant, _, _ = swapped
    page = bada.post(f"/@나래/{act}", person=meant)
    assert page.status_code == 409 and f'href="/@{quote("나래둘")}"' in page.text
    said = bada.live(f"/@나래/{act}", person=meant)
    assert said.status_code == 409 and "@나래둘" in said.text and "<" not in said.text
    assert "나래" not in bada.read("/settings/blocks") and "나래" not in bada.read("/settings/mutes")
    assert bada.post(f"/@나래둘/{act}", person=meant).status_code == 303


def test_message_to_a_name_that_changed_hands_is_kept(
    swapped: tuple[Visitor, int, Visitor, Visitor],
) -> None:
    bada, meant, narae, other = swapped
    page = bada.post("/messages/나래", body="나래에게만 하는 말", key="k", person=meant)
    assert page.status_code == 409
    assert "나래에게만 하는 말</textarea>" in page.text
    action = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert action
    assert bada.live("/messages/나래", body="나래에게만 하는 말", key="k", person=meant).status_code == 409
    assert bada.get(f"/messages/나래/new?person={meant}").status_code == 409
    assert "하는 말" not in other.read("/messages")
    assert bada.post(action[1], body="나래에게만 하는 말", key="k", person=meant).status_code == 303
    assert "하는 말" in narae.read("/messages")


def test_message_to_a_name_that_nobody_has_any_more_is_kept(cast: Cast) -> None:
    bada, narae = cast.member("바다"), cast.member("나래")
    meant = id_of(narae)
    rename(narae, "나래둘")
    page = bada.post("/messages/나래", body="아직 여기 있는 글", person=meant)
    assert page.status_code == 409 and "아직 여기 있는 글" in page.text


def test_pages_put_the_id_into_their_forms(cast: Cast) -> None:
    bada, narae = cast.member("바다"), cast.member("나래")
    cast.post(narae, "글")
    hidden = f'name="person" value="{id_of(narae)}"'
    for path, forms in (("/@나래", 2), ("/@나래/block", 1), ("/messages/나래", 3), ("/explore", 1)):
        page = bada.get(path).text
        acting = re.findall(r'<form[^>]+action="/(?:@|messages/)[^>]*>.*?</form>', page, re.S)
        assert sum(hidden in form for form in acting) == len(acting), path
        assert page.count(hidden) >= forms - 1, path
    assert f'data-person="{id_of(narae)}"' in bada.get("/@나래").text


def test_name_that_was_given_up_is_held_for_its_owner(app: Flask, cast: Cast, stranger: Visitor) -> None:
    narae, bada = cast.member("나래"), cast.member("바다")
    assert rename(narae, "나래둘") == 303
    assert rename(bada, "나래") == 422
    page = stranger.post("/auth/signup", username="나래", email="n@example.com", password="긴 비밀번호 하나")
    assert page.status_code == 422 and "이미 쓰는 이름" in words(page.text)
    api = stranger.client.post(
        "/api/users", json={"username": "나래", "email": "n@example.com", "password": "긴 비밀번호 하나"}
    )
    assert api.status_code == 422
    order = ["users", "create", "나래", "n@example.com", "--password", "긴 비밀번호 하나"]
    made = app.test_cli_runner().invoke(args=order)
    assert made.exit_code != 0
    assert rename(narae, "나래") == 303
    assert rename(bada, "나래둘") == 422


def test_held_name_is_free_after_its_days(app: Flask, cast: Cast) -> None:
    narae, bada = cast.member("나래"), cast.member("바다")
    rename(narae, "나래둘")
    with app.app_context():
        held = db.session.query(HeldName).one()
        assert timedelta(days=29) < held.held_until - now() <= timedelta(days=30)
    release_all(app)
    with app.app_context():
        cleanup.tidy()
        assert db.session.query(HeldName).count() == 0
    assert rename(bada, "나래") == 303


def test_another_spelling_of_ones_own_name_holds_nothing(app: Flask, cast: Cast) -> None:
    assert rename(cast.member("bada"), "Bada") == 303
    with app.app_context():
        assert db.session.query(HeldName).count() == 0


def test_mention_keeps_meaning_whom_it_meant_first(
    app: Flask, cast: Cast, swapped: tuple[Visitor, int, Visitor, Visitor]
) -> None:
    bada, _, narae, other = swapped
    yuri = cast.member("유리")
    post = cast.post(bada, "@유리 안뇽")
    rename(yuri, "유리둘")
    release_all(app)
    assert rename(other, "유리") == 303
    assert bada.post(f"/posts/{post}/edit", body="@유리 안녕").status_code == 303
    page = bada.get(f"/posts/{post}").text
    text = page[page.index('class="post-text') :].split("안녕")[0]
    assert f'href="/@{quote("유리둘")}"' in text and f'href="/@{quote("유리")}"' not in text
    assert "불렀어요" not in other.read("/notifications")
    assert narae.get("/notifications").status_code == 200


def test_mention_that_is_edited_out_is_taken_back(cast: Cast) -> None:
    bada, narae, haneul = cast.member("바다"), cast.member("나래"), cast.member("하늘")
    post = cast.post(bada, "@나래 @하늘 어서 와요")
    assert "어서 와요" in narae.read("/notifications")
    bada.post(f"/posts/{post}/edit", body="@하늘 어서 와요")
    assert "어서 와요" not in narae.read("/notifications")
    assert narae.get("/news").json == {"notifications": 0, "messages": 0}
    assert haneul.get("/news").json == {"notifications": 1, "messages": 0}
    bada.post(f"/posts/{post}/edit", body="@하늘 @나래 다시 와요")
    assert narae.get("/news").json == {"notifications": 1, "messages": 0}


def test_key_of_another_message_sends_nothing_and_says_so(cast: Cast) -> None:
    bada, narae = cast.member("바다"), cast.member("나래")
    cast.member("하늘")
    assert bada.post("/messages/나래", body="처음", key="k").status_code == 303
    assert bada.post("/messages/나래", body="처음", key="k").status_code == 303
    page = bada.post("/messages/나래", body="다른 글", key="k")
    assert page.status_code == 409 and "다른 글</textarea>" in page.text
    fresh = re.search(r'name="key" value="([^"]+)"', page.text)
    assert fresh and fresh[1] != "k"
    assert bada.post("/messages/하늘", body="처음", key="k").status_code == 409
    assert bada.live("/messages/나래", body="다른 글", key="k").status_code == 409
    assert bada.post("/messages/나래", body="다른 글", key=fresh[1]).status_code == 303
    assert "다른 글" in narae.read("/messages/바다")
