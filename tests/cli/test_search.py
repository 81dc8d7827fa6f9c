"""``flask search``: what somebody at a terminal is told of the index, and what mends it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from app.extensions import db, search
from app.models import Post, Rebuild
from app.models.columns import now
from app.search.engine import Document
from app.services import rebuilds
from app.tasks import search as tasks
from app.transaction import step
from tests.cast import Cast

AWAY = "http://127.0.0.1:9"


def flask_search(app: Flask, *words: str) -> Result:
    """Runs a command as somebody at a terminal does."""
    return app.test_cli_runner().invoke(args=["search", *words])


@pytest.fixture
def folder(engine_with: Callable[..., None], tmp_path: Path) -> Path:
    """The engine that comes along, in a folder, without an index."""
    engine_with(SEARCH_PATH=tmp_path / "search")
    return tmp_path / "search"


def drain(app: Flask) -> None:
    """Brings what has changed to the engine."""
    with app.app_context():
        tasks.drain()


def test_status_tells_documents_rows_and_what_waits(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    cast.post(bada, "하나 #겨울")
    drain(app)
    cast.post(bada, "둘")
    told = flask_search(app, "status")
    assert told.exit_code == 0, told.output
    lines = [" ".join(line.split()) for line in told.output.splitlines()]
    assert (
        lines[0] == "engine embedded" and lines[1].startswith("analysis ") and lines[2] != "generation none"
    )
    assert lines[3:6] == ["post 1 documents, 2 rows", "user 1 documents, 1 rows", "tag 1 documents, 1 rows"]
    assert lines[6].startswith("outbox 1 waiting, the oldest for ") and len(lines) == 7


def test_status_fails_when_documents_and_rows_differ(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    first = cast.post(bada, "하나 #겨울")
    cast.post(bada, "둘")
    drain(app)
    assert flask_search(app, "status").exit_code == 0
    with app.app_context():
        search.engine.drop_many("post", [(first, 9)])
    told = flask_search(app, "status")
    assert told.exit_code == 1
    assert "post: 1 documents for 2 rows that should be found" in told.output
    assert flask_search(app, "check", "--repair").exit_code == 0
    assert flask_search(app, "status").exit_code == 0


@pytest.mark.usefixtures("folder")
def test_status_without_an_index_fails_and_says_how_to_make_one(app: Flask) -> None:
    told = flask_search(app, "status")
    assert told.exit_code == 1 and "generation  none" in told.output
    assert "flask search rebuild" in told.output.splitlines()[-1]


@pytest.mark.parametrize("words", [["status"], ["rebuild"], ["drain"], ["check"], ["explain", "바다"]])
def test_engine_that_is_away_ends_every_command_with_a_sentence(
    app: Flask, cast: Cast, engine_with: Callable[..., None], words: list[str]
) -> None:
    cast.member("바다")
    engine_with(ELASTICSEARCH_URL=AWAY)
    told = flask_search(app, *words)
    assert told.exit_code == 1 and "Traceback" not in told.output
    assert told.exception is None or isinstance(told.exception, SystemExit)
    assert told.output.splitlines()[-1].startswith("Error: ") and AWAY.removeprefix("http://") in told.output


@pytest.mark.usefixtures("folder")
def test_status_shows_a_rebuild_at_work_or_interrupted_and_rebuild_goes_on_with_it(
    app: Flask, cast: Cast
) -> None:
    cast.post(cast.member("바다"), "겨울")
    with app.app_context():
        assert not rebuilds.advance(0)
    assert "rebuild     interrupted, begun 20" in flask_search(app, "status").output
    with app.app_context():
        db.session.execute(sa.update(Rebuild).values(busy_until=now() + timedelta(seconds=2)))
        step()
    assert "rebuild     at work, begun 20" in flask_search(app, "status").output
    began = now()
    assert flask_search(app, "rebuild").exit_code == 0
    # It has waited for whoever seemed to be at work, and gone on with what they left.
    assert now() - began > timedelta(seconds=1)
    told = flask_search(app, "status")
    assert told.exit_code == 0 and "rebuild" not in told.output


@pytest.mark.usefixtures("folder")
def test_rebuild_shows_how_far_it_is_and_names_the_new_index(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilds, "PIECE", 2)
    bada = cast.member("바다")
    for number in range(5):
        cast.post(bada, f"{number} #겨울")
    made = flask_search(app, "rebuild")
    assert made.exit_code == 0, made.output
    assert made.output.splitlines()[-1].startswith("The new index answers: 2")
    with app.app_context():
        assert search.engine.health().documents == {"post": 5, "user": 1, "tag": 1}


@pytest.mark.usefixtures("folder")
def test_rebuild_begins_anew_when_it_is_told_to(app: Flask, cast: Cast) -> None:
    cast.post(cast.member("바다"), "겨울")
    with app.app_context():
        assert not rebuilds.advance(0)
        begun = rebuilds.current()
        assert begun and begun.generation
        name = begun.generation
    made = flask_search(app, "rebuild", "--restart")
    assert made.exit_code == 0 and name not in made.output
    assert flask_search(app, "rebuild", "--restart").exit_code == 0


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("setting", "text", "sentence"),
    [
        ("SEARCH_DICTIONARY", "바다\n세종시 세종 구\n", ":2: the parts 세종 + 구 do not make 세종시."),
        ("SEARCH_SYNONYMS", "# Ours\n\n카페\n", ":3: write 카페, 커피숍 or 폰 => 휴대폰"),
    ],
)
def test_line_of_a_file_that_cannot_be_read_is_named(
    app: Flask, tmp_path: Path, engine_with: Callable[..., None], setting: str, text: str, sentence: str
) -> None:
    file = tmp_path / "ours.txt"
    file.write_text(text, "utf-8")
    engine_with(**{setting: str(file)})
    told = flask_search(app, "rebuild")
    assert told.exit_code == 1 and told.output.splitlines()[-1].startswith(f"Error: {file}{sentence}")
    file.write_text("", "utf-8")
    assert flask_search(app, "rebuild").exit_code == 0


def test_drain_brings_what_waits_at_once(app: Flask, cast: Cast) -> None:
    cast.post(cast.member("바다"), "겨울")
    assert flask_search(app, "drain").output == "2 rows were brought to the engine.\n"
    assert flask_search(app, "drain").output == "0 rows were brought to the engine.\n"
    with app.app_context():
        assert [post.body for post in Post.search("겨울")] == ["겨울"]


def test_check_fails_where_index_and_database_differ_until_it_has_repaired_them(
    app: Flask, cast: Cast
) -> None:
    bada = cast.member("바다")
    first, second = cast.post(bada, "하나"), cast.post(bada, "둘")
    drain(app)
    clean = flask_search(app, "check")
    assert clean.exit_code == 0 and "post  0 missing, 0 outdated, 0 surplus" in clean.output
    assert "Nothing had to be put right." in flask_search(app, "check", "--repair").output
    with app.app_context():
        search.engine.drop_many("post", [(first, 9)])
        search.engine.put_many("post", [Document(999, 1, 0, "유령")])
        db.session.execute(sa.update(Post).where(Post.id == second).values(revision=7))
        step()
    told = flask_search(app, "check")
    assert told.exit_code == 1 and "post  1 missing, 1 outdated, 1 surplus" in told.output
    assert told.output.endswith("Error: 3 rows differ. Put them right with: flask search check --repair\n")
    mended = flask_search(app, "check", "--repair")
    assert mended.exit_code == 0 and mended.output.endswith("3 rows were put right.\n")
    assert flask_search(app, "check").exit_code == 0


def test_explain_shows_the_tree_what_is_asked_and_why_a_post_matches(app: Flask, cast: Cast) -> None:
    id = cast.post(cast.member("바다"), "겨울 바다를 걸었어요")
    drain(app)
    told = flask_search(app, "explain", "겨울바다 -여름 lang:???")
    assert told.exit_code == 0, told.output
    sections = [line for line in told.output.splitlines() if line and not line.startswith(" ")]
    assert sections[:4] == ["The query was read as", "A post must match", "Scored", "The person is told"]
    assert sections[4].startswith("strict ") and f"post {id}  겨울 바다를 걸었어요" in sections[4]
    assert "  Word 겨울바다\n  Not\n    Word 여름\n  Filter lang ???\n" in told.output
    assert "lemmas  겨울 바다" in told.output and "bigrams 겨울 울바 바다" in told.output
    assert "lang:??? was left out." in told.output and "Nothing matches." not in told.output


@pytest.mark.parametrize("query", ["우주선", "", "!!!"])
def test_explain_says_when_nothing_matches(app: Flask, cast: Cast, query: str) -> None:
    cast.post(cast.member("바다"), "겨울")
    drain(app)
    told = flask_search(app, "explain", query)
    assert told.exit_code == 0 and told.output.endswith("Nothing matches.\n")
