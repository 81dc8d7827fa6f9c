"""The way from what people write to what is found: outbox, drain, rebuild, reconcile."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.events import turn_of
from app.exceptions import Conflict
from app.extensions import db, queue, search
from app.models import SEARCHED, OutboxRow, Post, Rebuild, Tag, User
from app.models.columns import now
from app.models.keyset import FIRST
from app.search.engine import Document, SearchDown
from app.services import accounts, outbox, rebuilds, reconcile
from app.services import search as searching
from app.tasks import search as tasks
from app.transaction import step, transaction
from tests.cast import Cast
from tests.services.conftest import STRANGER, site, work


@pytest.fixture(params=["in memory", "in a folder"])
def embedded(request: pytest.FixtureRequest, engine_with: Callable[..., None], tmp_path: Path) -> None:
    """The engine that comes along, both ways in which it lives."""
    engine_with(SEARCH_PATH=None if request.param == "in memory" else tmp_path / "search")


@pytest.fixture
def folder(engine_with: Callable[..., None], tmp_path: Path) -> Path:
    """The engine that comes along, in a folder, without an index."""
    engine_with(SEARCH_PATH=tmp_path / "search")
    return tmp_path / "search"


def found(app: Flask, text: str) -> set[str]:
    """Returns the texts of the posts that a stranger finds."""
    with site(app):
        return {post.body for post in searching.posts(text, STRANGER, FIRST).page}


def waiting(app: Flask) -> int:
    """Returns how many rows the engine has yet to hear of."""
    with app.app_context():
        return outbox.backlog().rows


@pytest.mark.usefixtures("embedded")
def test_what_is_written_changed_and_deleted_is_found_as_it_is_now(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, "겨울 산책은 귀부터 준비해야 해요")
    work(app)
    assert found(app, "겨울산책") == {"겨울 산책은 귀부터 준비해야 해요"}
    bada.post(f"/posts/{id}/edit", body="여름 바다는 뜨거워요")
    work(app)
    assert found(app, "겨울산책") == set() and found(app, "뜨겁다") == {"여름 바다는 뜨거워요"}
    bada.post(f"/posts/{id}/delete")
    work(app)
    assert found(app, "바다") == set() and waiting(app) == 0


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("how", ["deleted", "suspended"])
def test_what_nobody_may_see_leaves_the_index_and_every_suggestion_in_one_drain(
    app: Flask, cast: Cast, how: str
) -> None:
    bada, hana = cast.member("바다누리"), cast.member("하나")
    id = cast.post(bada, "동백꽃이 피었어요 #동백나무 #산책")
    cast.post(hana, "저도 걸었어요 #산책")
    work(app)
    with site(app):
        assert set(searching.suggest("동백", STRANGER).words) == {"동백꽃", "동백나무"}
        assert [tag.name for tag in searching.suggest("#동", STRANGER).tags] == ["동백나무"]
    if how == "deleted":
        bada.post(f"/posts/{id}/delete")
    else:
        with app.app_context(), transaction():
            accounts.suspend("바다누리")
    with app.app_context():
        outbox.drain(10)
    assert found(app, "동백꽃") == set() and found(app, "#동백나무") == set()
    with site(app):
        for start in ("동백", "ㄷㅂ", "동ㅂ"):
            assert searching.suggest(start, STRANGER).words == ()
        assert searching.suggest("#동", STRANGER).tags == ()
        assert [tag.name for tag in searching.suggest("#산", STRANGER).tags] == ["산책"]
        assert not searching.tags("동백나무", STRANGER, FIRST).page.items
        assert search.engine.similar("post", "동백꼿", limit=3) == []
        people = [user.username for user in searching.people("바다", STRANGER, FIRST).page]
        assert people == (["바다누리"] if how == "deleted" else [])
        assert bool(searching.suggest("@바다", STRANGER).people) is (how == "deleted")
    with app.app_context():
        assert search.engine.health().documents == {
            "post": 1, "user": 2 if how == "deleted" else 1, "tag": 1
        }  # fmt: skip


def test_engine_that_is_away_delays_what_is_found_and_nothing_else(
    app: Flask, cast: Cast, engine_with: Callable[..., None]
) -> None:
    engine_with(ELASTICSEARCH_URL="http://127.0.0.1:9")
    bada = cast.member("바다")
    cast.post(bada, "꺼진 동안에 쓴 글")
    work(app)
    assert waiting(app) == 2
    with site(app):
        results = searching.posts("동안", STRANGER, FIRST)
        assert results.is_resting and [post.body for post in results.page] == ["꺼진 동안에 쓴 글"]
        assert (
            searching.people("바", STRANGER, FIRST).is_resting
            and searching.suggest("꺼", STRANGER).words == ()
        )
    engine_with(ELASTICSEARCH_URL="")
    work(app)
    assert waiting(app) == 0 and found(app, "동안") == {"꺼진 동안에 쓴 글"}


def test_row_that_changes_while_it_is_brought_to_the_engine_stays_in_the_outbox(
    app: Flask, cast: Cast
) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, "처음 글")
    with app.app_context():
        rows = outbox.take()
        assert len(rows) == 2
        changes = outbox.changes(rows)
        step()
        bada.post(f"/posts/{id}/edit", body="나중 글")
        for change in changes:
            outbox.tell(change)
        outbox.strike(rows)
        step()
        assert outbox.backlog().rows == 1
    work(app)
    assert found(app, "나중") == {"나중 글"} and found(app, "처음") == set()


def test_many_changes_leave_one_call_and_a_change_after_its_begin_leaves_another(
    app: Flask, cast: Cast
) -> None:
    bada = cast.member("바다")
    for number in range(3):
        cast.post(bada, f"{number}번째 글")
    assert calls_of(tasks.drain) == 1
    queue.run()
    cast.post(bada, "다음 글")
    assert calls_of(tasks.drain) == 1


def calls_of(task: Callable[..., object]) -> int:
    return sum(call.function is task for call in queue.waiting)


def test_site_without_an_index_makes_one_by_itself(app: Flask, cast: Cast, folder: Path) -> None:
    bada = cast.member("바다")
    cast.post(bada, "색인보다 먼저 쓴 글")
    assert found(app, "먼저") == {"색인보다 먼저 쓴 글"}  # The database gives it, while search rests.
    with site(app):
        assert searching.posts("먼저", STRANGER, FIRST).is_resting
    work(app)
    with site(app):
        assert not searching.posts("먼저", STRANGER, FIRST).is_resting
    assert found(app, "먼저") == {"색인보다 먼저 쓴 글"} and waiting(app) == 0 and folder.exists()


@pytest.mark.usefixtures("folder")
def test_people_write_while_the_index_is_made_anew(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilds, "PIECE", 3)
    bada = cast.member("바다")
    ids = [cast.post(bada, f"{number}번째 감자") for number in range(10)]
    work(app)
    with app.app_context():
        old = search.engine.generation()
    steps = iter(range(100))

    def write(index: str, done: int, rows: int) -> None:
        number = next(steps)
        if index == "post" and number < 8:
            bada.post(f"/posts/{ids[number]}/edit", body=f"{number}번째 고구마")
            bada.post(f"/posts/{ids[-1]}/delete") if number == 4 else None
            outbox.drain(10)  # What the old index has heard, the new one hears too.

    with app.app_context():
        assert rebuilds.advance(100, write)
        assert search.engine.generation() not in {old, None}
        assert (
            rebuilds.current() is None and db.session.scalar(sa.select(sa.func.count(OutboxRow.row_id))) == 0
        )
    sweet = found(app, "고구마")
    assert len(sweet) >= 3 and found(app, "감자") == {f"{number}번째 감자" for number in range(9)} - {
        text.replace("고구마", "감자") for text in sweet
    }
    with app.app_context():
        assert all(not reconcile.compare(model.__tablename__).count for model in SEARCHED)


@pytest.mark.usefixtures("folder")
def test_rebuild_that_was_cut_off_goes_on_where_it_was(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilds, "PIECE", 2)
    bada = cast.member("바다")
    for number in range(6):
        cast.post(bada, f"{number}번째 글")
    seen: list[tuple[str, int]] = []
    with app.app_context():
        assert not rebuilds.advance(0, lambda index, done, rows: seen.append((index, done)))
        begun = rebuilds.current()
        assert begun and begun.generation and (begun.index_name, begun.busy_until) == ("post", None)
        name = begun.generation
        seen.clear()
        assert rebuilds.advance(100, lambda index, done, rows: seen.append((index, done)))
        assert seen[0] == ("post", 2) and search.engine.generation() == name
        assert search.engine.health().documents["post"] == 6


@pytest.mark.usefixtures("folder")
def test_two_never_make_the_index_at_once_and_a_dead_one_is_followed(app: Flask, cast: Cast) -> None:
    cast.member("바다")
    with app.app_context():
        assert not rebuilds.advance(0)
        db.session.execute(sa.update(Rebuild).values(busy_until=now() + rebuilds.BUSY))
        step()
        with pytest.raises(Conflict):
            rebuilds.advance(100)
        db.session.execute(sa.update(Rebuild).values(busy_until=now()))
        step()
        assert rebuilds.advance(100)
        assert not rebuilds.advance(0)
        rebuilds.abandon()
        assert rebuilds.current() is None and search.engine.generation()


@pytest.mark.usefixtures("embedded")
def test_differences_are_found_and_put_right(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    first, second, third = (cast.post(bada, f"{word} 이야기") for word in ("하나", "둘", "셋"))
    work(app)
    with app.app_context():
        search.engine.drop_many("post", [(first, 9)])
        db.session.execute(sa.update(Post).where(Post.id == second).values(body="넷 이야기", revision=2))
        search.engine.put_many("post", [Document(999, 1, 0, "유령 이야기")])
        step()
        cast.post(bada, "아직 기다리는 이야기")
        differences = reconcile.compare("post")
        assert (differences.missing, differences.outdated, differences.surplus) == (
            [first],
            [second],
            {999: 1},
        )
        assert differences.count == 3 and not differences.newer
        reconcile.repair("post", differences)
        outbox.drain(10)
        assert not reconcile.compare("post").count
    assert found(app, "이야기") == {"하나 이야기", "넷 이야기", "셋 이야기", "아직 기다리는 이야기"} and third


def test_rows_that_are_older_than_the_index_are_found_as_they_are_now(app: Flask, cast: Cast) -> None:
    """A backup of the database was restored: texts are older, and new posts get the ids of lost ones."""
    bada = cast.member("바다")
    edited, lost = cast.post(bada, "옛날 이야기"), cast.post(bada, "사라진 이야기")
    with app.app_context(), transaction():
        db.session.execute(sa.update(Post).where(Post.id == edited).values(body="요즘 이야기", revision=5))
        db.session.execute(sa.update(Post).where(Post.id == lost).values(revision=3))
        Post.note()
    work(app)
    assert found(app, "이야기") == {"요즘 이야기", "사라진 이야기"}
    with app.app_context(), transaction():
        db.session.execute(sa.update(Post).where(Post.id == edited).values(body="옛날 이야기", revision=1))
        db.session.execute(sa.update(Post).where(Post.id == lost).values(body="새로운 소식", revision=1))
        Post.note()
    work(app)
    with app.app_context():
        differences = reconcile.compare("post")
        assert differences.newer == {edited: 5, lost: 3}
        reconcile.repair("post", differences)
        outbox.drain(10)
        assert not reconcile.compare("post").count
    assert found(app, "이야기") == {"옛날 이야기"}
    assert found(app, "요즘") == set()
    assert found(app, "소식") == {"새로운 소식"}


def test_nightly_comparison_mends_and_counts_tags_anew(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    first = cast.post(bada, "하나 #가을")
    cast.post(bada, "둘 #가을")
    work(app)
    with app.app_context():
        search.engine.drop_many("post", [(first, 9)])
        tasks.reconcile_all()
        queue.run()
        assert search.engine.health().documents["post"] == 2
        assert [
            document.weight for document in Tag.documents(list(db.session.scalars(sa.select(Tag.id))))
        ] == [2]


def test_index_of_another_analysis_is_made_anew_by_night(
    app: Flask, cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.member("바다")
    work(app)
    monkeypatch.setattr("app.search.embedded.ANALYSIS", "mecab-ko-dic of tomorrow")
    with app.app_context():
        old = search.engine.generation()
        assert "flask search rebuild" in (search.engine.health().problem or "")
        tasks.reconcile_all()
        assert [call.name for call in queue.waiting] == [turn_of(tasks.rebuild)]
        queue.run()
        assert search.engine.generation() != old and search.engine.health().problem is None
        assert len(list(folder.glob("2*"))) == 1


def test_rows_of_the_shell_come_in_the_order_of_their_fit(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    cast.post(bada, "바다에서 먹은 것과 본 것과 들은 것을 모두 적어 두었어요")
    cast.post(bada, "바다")
    work(app)
    with app.app_context():
        assert [post.body[:3] for post in Post.search("바다")] == ["바다", "바다에"]
        assert [user.username for user in User.search("바다")] == ["바다"]


def test_in_memory_index_of_a_dead_engine_says_so(app: Flask, engine_with: Callable[..., None]) -> None:
    engine_with(ELASTICSEARCH_URL="http://127.0.0.1:9")
    with app.app_context():
        health = search.engine.health()
        assert health.engine == "elasticsearch" and health.problem
        with pytest.raises(SearchDown):
            search.engine.tuning()
