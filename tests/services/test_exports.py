"""A member's copy: everything of theirs and nothing else, readable everywhere, and one file whatever happens."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import files
from app.archive import pages, sheets
from app.exceptions import Gone, NotFound
from app.extensions import db
from app.models import Message, Post, Task, User
from app.models.columns import now
from app.services import accounts, exports, messages, tasks, users
from app.services.exports import pieces
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.copies import Copy

SECRET = "다른 두 사람만의 이야기"


def member(name: str) -> User:
    """Returns a member of the cast."""
    found = users.by_name_or_address(name)
    assert found
    return found


def send(app: Flask, sender: str, person: str, body: str) -> int:
    """Returns the id of a new message."""
    with app.app_context(), transaction():
        return messages.send(member(sender), member(person), body).id


def fetched(member: Visitor, task_id: int) -> Copy:
    """Returns the copy that a member fetches."""
    answer = member.get(f"/settings/exports/{task_id}/file")
    assert answer.status_code == 200
    return Copy(answer.data)


def look(app: Flask) -> Task:
    """Returns the only task."""
    with app.app_context():
        return db.session.scalars(sa.select(Task)).one()


@pytest.fixture
def bada(app: Flask, cast: Cast) -> Visitor:
    """A member who has something of everything, among others who have something too."""
    bada = cast.member("바다", display_name="너른 바다", about_me="파도 #바다", email="bada@example.com")
    others = [cast.member(name) for name in ("하늘", "별님", "구름", "안개", "노을")]
    haneul, byeol, gureum, angae, noeul = others
    cast.post(bada, "가을 하늘 #산책 @하늘 https://example.org/길?a=1&b=2 <script>alert(1)</script>")
    cast.post(bada, '=HYPERLINK("http://evil.example","눌러요")\n둘째 줄, "따옴표"')
    gone = cast.post(bada, "지운 말")
    bada.post(f"/posts/{gone}/delete")
    theirs = cast.post(haneul, "하늘의 글 @바다")
    cast.post(bada, "그러게요", parent=theirs)
    suspended = cast.post(gureum, "정지될 사람의 글")
    apart = cast.post(angae, "멀어질 사람의 글")
    for post in (theirs, suspended, apart):
        bada.post(f"/posts/{post}/like")
    cast.post(byeol, "좋아하지 않은 글")
    for one, other in ((bada, "하늘"), (bada, "구름"), (haneul, "바다"), (byeol, "바다")):
        one.post(f"/@{other}/follow")
    bada.post("/@노을/mute")
    bada.post("/@안개/block")
    send(app, "바다", "하늘", "안녕하세요 하늘님")
    hidden = send(app, "하늘", "바다", "나만 지운 쪽지")
    send(app, "하늘", "바다", "+82로 시작하는 쪽지")
    send(app, "하늘", "별님", SECRET)
    with app.app_context(), transaction():
        messages.delete_for_me(member("바다"), db.session.get_one(Message, hidden))
        accounts.suspend("구름")
    return bada


def test_copy_holds_everything_of_the_members_and_nothing_else(cast: Cast, bada: Visitor) -> None:
    copy = fetched(bada, cast.export(bada))
    copy.check()
    assert [post["body"][:5] for post in copy.json("posts")] == ["=HYPE", "가을 하늘"]
    (reply,) = copy.json("replies")
    assert (reply["body"], reply["parent_author"]) == ("그러게요", "하늘")
    liked = {like["author"]: like["body"] for like in copy.json("likes")}
    assert liked == {"하늘": "하늘의 글 @바다", None: None} and len(copy.json("likes")) == 3
    assert [person["username"] for person in copy.json("following")] == ["하늘"]
    assert [person["username"] for person in copy.json("followers")] == ["별님", "하늘"]
    assert [person["username"] for person in copy.json("muted")] == ["노을"]
    assert [person["username"] for person in copy.json("blocked")] == ["안개"]
    talk = [(message["sender"], message["with"], message["body"]) for message in copy.json("messages")]
    assert talk == [("바다", "하늘", "안녕하세요 하늘님"), ("하늘", "하늘", "+82로 시작하는 쪽지")]
    profile = copy.json("profile")
    assert (profile["username"], profile["email"]) == ("바다", "bada@example.com")
    assert profile["settings"]["notifications"]["like"] == {"on_site": True, "by_mail": False}
    for foreign in (SECRET, "지운 말", "나만 지운", "정지될 사람의 글", "멀어질 사람의 글", "좋아하지 않은"):
        assert foreign not in copy.everything, foreign
    assert "password" not in copy.everything and "argon2" not in copy.everything


def test_tables_hold_what_the_lists_hold_and_no_cell_is_a_formula(cast: Cast, bada: Visitor) -> None:
    copy = fetched(bada, cast.export(bada))
    for name in ("posts", "replies", "likes", "following", "followers", "muted", "blocked", "messages"):
        rows, items = copy.csv(name), copy.json(name)
        assert len(rows) == len(items), name
        for row, item in zip(rows, items, strict=True):
            assert list(row) == list(item), name
            assert row.get("body", "").lstrip("'") == (item.get("body") or "").lstrip("'"), name
            assert not [value for value in row.values() if value.startswith(("=", "+", "-", "@"))], row
    assert copy.csv("posts")[0]["body"].startswith("'=HYPERLINK(")
    assert copy.csv("messages")[1]["body"] == "'+82로 시작하는 쪽지"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "\na", "＝1", "＋1", "－1", "＠a"])
def test_cell_that_begins_like_a_formula_is_a_text(app: Flask, text: str) -> None:
    with app.app_context():
        assert sheets.cell(text) == f"'{text}"
        assert sheets.cell(f"글 {text}") == f"글 {text}"


def test_pages_show_what_was_written_and_run_nothing(cast: Cast, bada: Visitor) -> None:
    copy = fetched(bada, cast.export(bada))
    shown = copy.pages()
    assert "<script>alert(1)</script>" in shown["posts/1.html"].text, "as text"
    assert "http://localhost/@%ED%95%98%EB%8A%98" in shown["posts/1.html"].links
    assert "https://example.org/%EA%B8%B8?a=1&b=2" in shown["posts/1.html"].links
    assert "안녕하세요 하늘님" in next(
        page.text for path, page in shown.items() if path.startswith("messages/")
    )
    assert all(page.language == "ko" for page in shown.values())
    assert "지금은 이 글을 읽을 수 없어요" in shown["likes/1.html"].text


def test_copy_is_in_the_members_language_and_time_zone(app: Flask, cast: Cast) -> None:
    sora = cast.member("sora", locale="en", timezone="America/New_York")
    post = cast.post(sora, "late")
    with app.app_context(), transaction():
        at = datetime.fromisoformat("2026-03-01T03:30:00+00:00")
        db.session.execute(sa.update(Post).where(Post.id == post).values(created_at=at))
    copy = fetched(sora, cast.export(sora))
    copy.check()
    page = copy.pages()["posts/1.html"]
    assert page.language == "en" and "Saturday, February 28, 2026 at 10:30" in page.text
    assert copy.csv("posts")[0]["created_at"] == "2026-02-28 22:30:00"
    assert datetime.fromisoformat(copy.json("posts")[0]["created_at"]) == at
    assert "America/New_York" in copy.files["README.txt"].decode()


def test_empty_copy_is_whole(cast: Cast) -> None:
    copy = fetched(bada := cast.member("바다"), cast.export(bada))
    copy.check()
    assert copy.json("posts") == [] and copy.csv("messages") == []


def test_long_lists_are_read_and_shown_in_pieces(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE", 3)
    monkeypatch.setattr(pages, "PER_PAGE", 4)
    bada, haneul = cast.member("바다"), cast.member("하늘")
    written = [f"{number}째 글" for number in range(13)]
    for body in written:
        cast.post(bada, body)
    for number in range(9):
        send(cast.app, ("바다", "하늘")[number % 2], ("하늘", "바다")[number % 2], f"쪽지 {number}")
    copy = fetched(bada, cast.export(bada))
    copy.check()
    assert [post["body"] for post in copy.json("posts")] == written[::-1]
    assert [message["body"] for message in copy.json("messages")] == [f"쪽지 {number}" for number in range(9)]
    assert {path for path in copy.files if path.startswith("posts/")} == {
        f"posts/{n}.html" for n in range(1, 5)
    }
    assert sum(path.startswith("messages/") for path in copy.files) == 3 + 1
    assert fetched(haneul, cast.export(haneul)).json("posts") == []


def test_copy_wears_the_colours_of_the_site(cast: Cast) -> None:
    style = fetched(bada := cast.member("바다"), cast.export(bada)).files["style.css"].decode()
    site = Path(cast.app.root_path, "static/css/hanmadi.css").read_text("utf-8")

    def colours(css: str) -> list[dict[str, str]]:
        """Returns the colours of the first light block and the first dark one."""
        blocks = [block.partition("}")[0] for block in re.split(r"(?<!-)color-scheme:", css)[1:3]]
        return [
            dict(part.strip().split(": ") for part in block.split(";") if "--hm-" in part) for block in blocks
        ]

    for ours, theirs in zip(colours(style), colours(site), strict=True):
        assert len(ours) > 10 and ours.items() <= theirs.items()


def test_file_is_fetched_only_when_it_is_done_and_in_time(app: Flask, bada: Visitor) -> None:
    bada.post("/settings/exports")

    def fetch() -> exports.Fetched:
        with app.app_context():
            return exports.fetch(tasks.find(look(app).id, member("바다")))

    with pytest.raises(NotFound):
        fetch()
    bada.letters()
    assert fetch().path.is_file()
    with app.app_context(), transaction():
        db.session.execute(sa.update(Task).values(expires_at=now()))
    with pytest.raises(Gone):
        fetch()


def test_store_gives_nothing_from_outside(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    store = files.Folder(tmp_path / "exports")
    with store.workshop("a") as folder:
        (folder / "made").write_text("y")
        store.keep(folder / "made", "a")
    assert store.names() == ["a"] and store.path("../secret") is None
    store.remove("../secret")
    assert (tmp_path / "secret").exists() and store.path("a.part") is None
    assert (tmp_path / "exports").stat().st_mode & 0o777 == 0o700


def test_record_of_the_making_is_json(cast: Cast, bada: Visitor) -> None:
    cast.export(bada)
    result = look(cast.app).result
    assert result and json.loads(json.dumps(result)) == result
    assert result["counts"]["posts"] == 2 and result["counts"]["messages"] == 2
