"""Search after a restore: of the database, of the index, or of what a killed process left."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from elasticsearch import Elasticsearch
from flask import Flask

from app.extensions import Base, db, search
from app.models import Rebuild, SearchMark, search_marks
from app.search.engine import Mark, NotReady
from app.services import outbox
from tests.cast import Cast, Visitor
from tests.search.conftest import remove
from tests.services.conftest import work

MARKED = "restored"


class Killed(BaseException):
    """The process ends here."""


class Backup:
    """What the tables hold at this moment, as a dump would.

    Args:
        app: whose database.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        with app.app_context(), db.engine.connect() as connection:
            self._rows = {
                table: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
                for table in Base.metadata.sorted_tables
            }

    def restore(self) -> None:
        """Puts the tables back; the next ids are those of then."""
        with self._app.app_context(), db.engine.begin() as connection:
            for table in reversed(self._rows):
                connection.execute(table.delete())
            for table, rows in self._rows.items():
                if rows:
                    connection.execute(table.insert(), rows)
            if connection.dialect.name == "postgresql":
                for name in ("post", "search_mark"):
                    last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), coalesce(max(id), 1)) FROM {name}"
                    connection.execute(sa.text(last))


@pytest.fixture(params=["embedded", "elasticsearch"])
def kept(
    request: pytest.FixtureRequest,
    engine_with: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """Each engine behind the site, with an index that outlives a process; yields how to put an older index back."""
    monkeypatch.setattr(search_marks, "FRESH", 0.0)
    if request.param == "embedded":
        engine_with(SEARCH_PATH=tmp_path / "search")
        yield None
        return
    url, prefix = request.getfixturevalue("elasticsearch_url"), request.getfixturevalue("prefix")
    engine_with(ELASTICSEARCH_URL=url, SEARCH_PREFIX=f"{prefix}-{MARKED}")
    yield Elasticsearch(url)
    remove(url, f"{prefix}-{MARKED}")


def marks(app: Flask) -> list[int]:
    """Returns the numbers of the marks in the database."""
    with app.app_context():
        return list(db.session.scalars(sa.select(SearchMark.id).order_by(SearchMark.id)))


def is_ours(app: Flask) -> bool:
    with app.app_context():
        return search_marks.is_ours()


def results(visitor: Visitor, word: str) -> str:
    return visitor.read(f"/search?q={word}")


@pytest.fixture
def bada(app: Flask, cast: Cast, kept: Any) -> Visitor:
    """Somebody whose first post is in the index."""
    bada = cast.member("바다")
    cast.post(bada, "겨울 산책은 귀부터 준비해요")
    work(app)
    return bada


def test_index_that_is_newer_than_the_database_is_noticed_at_once_and_made_anew(
    app: Flask, cast: Cast, bada: Visitor
) -> None:
    backup = Backup(app)
    lost = cast.post(bada, "수박은 여름에 먹어요")
    work(app)
    assert "여름에 먹어요" in results(bada, "수박")
    backup.restore()
    assert "여름에 먹어요" not in results(bada, "수박") and "귀부터" in results(bada, "산책")
    new = cast.post(bada, "고구마는 겨울에 먹어요")
    assert new == lost, "The new post has the id of one that the index knows."
    assert "겨울에 먹어요" in results(bada, "고구마") and "겨울에 먹어요" not in results(bada, "수박")
    assert "귀부터" not in results(bada, "걷다")
    work(app)
    assert is_ours(app) and "겨울에 먹어요" in results(bada, "고구마")
    assert "겨울에 먹어요" not in results(bada, "수박") and "귀부터" in results(bada, "준비하다")


def test_index_of_another_database_and_its_rebuild_are_given_up(
    app: Flask, cast: Cast, bada: Visitor
) -> None:
    with app.app_context():
        db.session.add(Rebuild(id=1, generation="20200101000000-abcdef", index_name="user", last_id=7))
        db.session.commit()
    backup = Backup(app)
    with app.app_context():
        db.session.execute(sa.delete(Rebuild))
        db.session.execute(sa.update(SearchMark).values(token="0" * 32))
        db.session.commit()
    assert not is_ours(app)
    backup.restore()
    with app.app_context():
        db.session.execute(sa.delete(SearchMark))
        db.session.commit()
    assert not is_ours(app), "A database without marks has no index that has one."
    work(app)
    assert is_ours(app) and "귀부터" in results(bada, "준비하다")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Rebuild)) == 0


def test_index_that_is_older_than_the_database_is_noticed(
    app: Flask, cast: Cast, bada: Visitor, kept: Elasticsearch | None
) -> None:
    if kept is None:
        path = Path(app.config["SEARCH_PATH"])
        shutil.copytree(path, path.with_name("older"))
    older = search.engine.mark()
    assert older is not None
    cast.post(bada, "수박은 여름에 먹어요")
    work(app)
    if kept is None:
        shutil.rmtree(path)
        path.with_name("older").rename(path)
    else:
        name, generation = f"{app.config['SEARCH_PREFIX']}-marks", search.engine.generation()
        kept.indices.delete(index=name)
        kept.index(index=name, id=str(generation), document={"token": older.token}, version=older.number,
                   version_type="external")  # fmt: skip
    assert not is_ours(app) and "여름에 먹어요" in results(bada, "수박")
    work(app)
    assert is_ours(app) and "여름에" in results(bada, "먹다")


def test_index_from_before_there_were_marks_is_taken_over(app: Flask, cast: Cast, bada: Visitor) -> None:
    with app.app_context():
        db.session.execute(sa.delete(SearchMark))
        db.session.commit()
    generation = search.engine.generation()
    if isinstance(app.config["SEARCH_PATH"], Path):
        (app.config["SEARCH_PATH"] / str(generation) / "mark.json").unlink()
    else:
        url = app.config["ELASTICSEARCH_URL"]
        Elasticsearch(url).indices.delete(index=f"{app.config['SEARCH_PREFIX']}-marks")
    assert is_ours(app)
    cast.post(bada, "수박은 여름에 먹어요")
    work(app)
    assert search.engine.generation() == generation and len(marks(app)) == 1 and is_ours(app)
    assert "여름에" in results(bada, "먹다")


@pytest.mark.parametrize("step", ["set_mark", "put_many", "strike"])
def test_killed_worker_leaves_an_index_that_is_the_databases(
    app: Flask, cast: Cast, bada: Visitor, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner: Any = outbox if step == "strike" else search.engine
    done = getattr(owner, step)
    for moment in ("before", "after"):
        backup = Backup(app)
        cast.post(bada, f"{moment} 수박은 여름에 먹어요")

        def end(*arguments: Any, moment: str = moment) -> None:
            if moment == "after":
                done(*arguments)
            raise Killed

        monkeypatch.setattr(owner, step, end)
        with app.app_context(), pytest.raises(Killed):
            outbox.drain(10)
        monkeypatch.undo()
        monkeypatch.setattr(search_marks, "FRESH", 0.0)
        assert is_ours(app), moment
        told = (step, moment) != ("set_mark", "before")
        kept_now = Backup(app)
        backup.restore()
        assert is_ours(app) is not told, "The index was told something that the backup does not know."
        kept_now.restore()
        work(app)
        assert is_ours(app) and len(marks(app)) == 1
        assert f"{moment} 수박은 여름에" in results(bada, "먹다")


def test_slower_worker_leaves_the_newer_mark(app: Flask, bada: Visitor) -> None:
    last = search.engine.mark()
    assert last is not None
    search.engine.set_mark(Mark(last.number + 2, "a"))
    search.engine.set_mark(Mark(last.number + 1, "b"))
    assert search.engine.mark() == Mark(last.number + 2, "a")
    search.engine.discard()
    search.engine.discard()
    with pytest.raises(NotReady):
        search.engine.mark()


def test_commands_say_what_to_do(app: Flask, cast: Cast, bada: Visitor) -> None:
    with app.app_context():
        db.session.execute(sa.update(SearchMark).values(token="0" * 32))
        db.session.commit()
    cast.post(bada, "수박은 여름에 먹어요")
    run = app.test_cli_runner().invoke
    for command in (["status"], ["check"], ["check", "--repair"], ["drain"]):
        told = run(args=["search", *command])
        assert told.exit_code == 1 and str(search_marks.NotOurs()) in told.output, told.output
    assert run(args=["search", "rebuild"]).exit_code == 0
    assert run(args=["search", "status"]).exit_code == 0 and "여름에" in results(bada, "먹다")
