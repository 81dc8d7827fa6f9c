"""Timelines: what stands in them, page after page, and what they cost."""

import random
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from app.extensions import db, queue
from app.models import Follow, LoginSession, Post, User
from app.models.columns import now
from app.models.keyset import PER_PAGE
from app.tasks import users
from app.transaction import transaction
from tests.cast import Cast, Visitor


def ids_on(html: str) -> list[int]:
    return [int(id) for id in re.findall(r'<article[^>]*\bid="post-(\d+)"', html)]


def next_on(html: str) -> str | None:
    found = re.search(r'href="([^"]*[?&;]cursor=[^"]+)"', html)
    return found[1].replace("&amp;", "&") if found else None


def test_home_holds_what_followed_people_and_oneself_wrote(cast: Cast) -> None:
    bada, haneul, byeol = cast.member("바다"), cast.member("하늘"), cast.member("별님")
    for person in (bada, haneul, byeol):
        cast.post(person, f"{person.username}의 글")
    bada.post("/@하늘/follow")
    text = bada.get("/").text
    assert "바다의 글" in text and "하늘의 글" in text and "별님의 글" not in text
    bada.post("/@하늘/unfollow")
    assert "하늘의 글" not in bada.get("/").text


def test_newcomer_is_shown_whom_to_follow_until_there_is_somebody(cast: Cast) -> None:
    advice = "누구의 글을 보고 싶나요?"
    bada = cast.member("바다")
    cast.post(cast.member("하늘"), "하늘의 글")
    assert "둘러보기" in bada.get("/").text and "/@%ED%95%98%EB%8A%98" in bada.get("/").text
    cast.post(bada, "첫 글")
    html = bada.get("/").text
    assert "첫 글" in html and advice in html and "/@%ED%95%98%EB%8A%98" in html
    bada.post("/@하늘/follow")
    assert advice not in bada.get("/").text
    bada.post("/@하늘/unfollow")
    assert advice in bada.get("/").text


def test_replies_stand_in_their_conversation_and_on_the_profile(cast: Cast) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, "여는 글")
    cast.post(bada, "덧붙인 말", parent=id)
    assert "덧붙인 말" not in bada.get("/").text
    assert "덧붙인 말" not in bada.get("/@바다").text
    assert "덧붙인 말" in bada.get("/@바다/replies").text
    assert "덧붙인 말" in bada.get(f"/posts/{id}").text


def test_suspended_members_posts_are_seen_nowhere(cast: Cast, stranger: Visitor) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(bada, "사라질 글 #태그")
    below = cast.post(haneul, "답글", parent=id)
    haneul.post(f"/posts/{id}/like")
    cast.app.test_cli_runner().invoke(args=["users", "suspend", "바다"])
    for path in ("/explore", "/tags/태그", "/@하늘/likes", f"/posts/{below}"):
        assert "사라질 글" not in stranger.get(path).text, path
    assert stranger.get("/@바다").status_code == stranger.get(f"/posts/{id}").status_code == 404


def seed_posts(cast: Cast, author: str, number: int, same_moment: int = 1) -> list[int]:
    """Writes posts past the front door, some of them in the same microsecond."""
    with cast.app.app_context(), transaction():
        user_id = db.session.scalar(sa.select(User.id).where(User.username == author))
        start = now() - timedelta(days=2)
        posts = [
            Post(
                author_id=user_id,
                body=f"글 {n} #나열",
                created_at=start + timedelta(seconds=n // same_moment),
            )
            for n in range(number)
        ]
        db.session.add_all(posts)
        db.session.flush()
        return [post.id for post in sorted(posts, key=lambda post: (post.created_at, post.id), reverse=True)]


@pytest.mark.parametrize("path", ["/explore", "/", "/@바다"])
def test_pages_neither_repeat_nor_miss_while_people_write_and_delete(cast: Cast, path: str) -> None:
    bada = cast.member("바다")
    expected = seed_posts(cast, "바다", PER_PAGE * 4 + 3, same_moment=7)
    chance = random.Random(path)
    seen: list[int] = []
    deleted: set[int] = set()
    here: str | None = path
    while here:
        html = bada.get(here).text
        seen += ids_on(html)
        here = next_on(html)
        cast.post(bada, "사이에 올린 글")
        victim = chance.choice([id for id in expected if id not in deleted])
        bada.post(f"/posts/{victim}/delete")
        deleted.add(victim)
    assert len(seen) == len(set(seen))
    assert [id for id in seen if id not in deleted] == [id for id in expected if id not in deleted]


def test_more_works_with_and_without_javascript(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다")
    expected = seed_posts(cast, "바다", PER_PAGE + 5)
    link = next_on(stranger.get("/explore").text)
    assert link
    whole, piece = stranger.get(link), stranger.get(link, headers={"HX-Request": "true"})
    assert "<html" in whole.text and "<html" not in piece.text
    assert ids_on(whole.text) == ids_on(piece.text) == expected[PER_PAGE:]
    assert piece.headers["Vary"].find("HX-Request") >= 0


@pytest.mark.parametrize(
    "cursor", ["x", "!!!!", "MTIz", "LTEuNQ", "OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ", "MS4tMQ", "가"]
)
def test_cursor_that_is_not_ours_is_a_bad_request(stranger: Visitor, cursor: str) -> None:
    assert stranger.get("/explore", query_string={"cursor": cursor}).status_code == 400


class Statements:
    """Counts the SQL statements that a block runs; BEGIN is SQLite's way to open a transaction, not a question."""

    def __enter__(self) -> "Statements":
        self.seen: list[str] = []
        event.listen(sa.Engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(sa.Engine, "before_cursor_execute", self._count)

    def _count(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            self.seen.append(statement)


@pytest.mark.parametrize(
    ("page", "most"), [("/", 6), ("/explore", 6), ("/@바다", 6), ("/posts/{id}", 6), ("/tags/나열", 6)]
)
def test_page_costs_at_most_six_statements_whatever_its_length(cast: Cast, page: str, most: int) -> None:
    bada = cast.member("바다")
    with cast.app.app_context(), transaction():
        for number in range(30):
            other = User(
                username=f"u{number}",
                username_key=f"u{number}",
                email="",
                email_key=f"{number}",
                password_hash="",
            )
            other.confirmed_at = now()
            db.session.add(other)
            db.session.flush()
            db.session.add(
                Follow(
                    follower_id=db.session.scalar(sa.select(User.id).where(User.username == "바다")),
                    followed_id=other.id,
                )
            )
    top = seed_posts(cast, "바다", 60)[0]
    id = cast.post(bada, "답글 @바다", parent=cast.post(bada, "가운데 답글 @바다", parent=top))
    for number in range(4):
        reply = cast.post(bada, f"답글 {number} @바다 #나열", parent=id)
        cast.post(bada, "답글의 답글 @바다", parent=cast.post(bada, "답글의 답글", parent=reply))
    with Statements() as statements:
        answer = bada.get(page.format(id=id))
    assert answer.status_code == 200
    assert len(statements.seen) <= most, "\n\n".join(statements.seen)
    assert not [sql for sql in statements.seen if not sql.lstrip().startswith(("SELECT", "WITH"))]


def test_last_seen_is_written_away_from_the_page_and_at_most_once_a_minute(cast: Cast) -> None:
    bada = cast.member("바다")
    queue.run()
    bada.get("/")
    assert not queue.waiting
    with cast.app.app_context(), transaction():
        db.session.execute(sa.update(LoginSession).values(seen_at=now() - timedelta(minutes=5)))
    for _ in range(3):
        bada.get("/")
    assert not queue.waiting, "The schedule starts the task, however many pages are opened."
    with cast.app.app_context():
        users.note_seen()
        user = db.session.scalar(sa.select(User).where(User.username == "바다"))
        assert user and user.last_seen_at and user.last_seen_at > now() - timedelta(minutes=1)
    bada.get("/")
    assert not queue.waiting
