"""Filling the database from the command line: the demo, made-up posts, imports, and the proof of the counters."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from click.testing import Result
from flask import Flask

from app import create_app, language, names, text
from app.cli import progress
from app.cli.data import data
from app.extensions import db
from app.models import Follow, Like, Mention, Message, OutboxRow, Participation, Post, PostTag, Tag, User
from app.services import demo, imports, mentions, posts, tags, texts
from app.transaction import transaction
from config import Production
from tests.cast import Cast, Visitor
from tests.services.talks import assert_kept_is_counted

FlaskData = Callable[..., Result]


@pytest.fixture
def flask_data(app: Flask) -> FlaskData:
    """Runs a command of ``flask data`` and returns what came of it."""

    def run(*arguments: object, **options: Any) -> Result:
        result = app.test_cli_runner().invoke(data, [str(argument) for argument in arguments], **options)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def count(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def all_posts() -> list[Post]:
    resolved = (
        so.selectinload(Post.mentions),
        so.selectinload(Post.tags).joinedload(PostTag.tag),
        so.joinedload(Post.author),
    )
    return list(db.session.scalars(sa.select(Post).order_by(Post.id).options(*resolved)))


def assert_as_if_written_by_hand() -> None:
    """Every text has the mentions, the tags and the language that the form would have given it."""
    for post in all_posts():
        before = ({(m.user_id, m.key) for m in post.mentions}, {(t.tag_id, t.created_at) for t in post.tags})
        mentions.store(post)
        tags.store(post)
        after = ({(m.user_id, m.key) for m in post.mentions}, {(t.tag_id, t.created_at) for t in post.tags})
        assert before == after, post.body
        assert text.clean(post.body) == post.body and text.length(post.body) <= text.POST_LENGTH
        assert post.is_deleted or post.revision == 1
        assert all(created_at == post.created_at for _, created_at in after[1])
    db.session.rollback()


def marked_for_search() -> dict[str, set[int]]:
    """Returns the ids in the search outbox, by what they are of."""
    marked: dict[str, set[int]] = {"post": set(), "user": set(), "tag": set()}
    for row in db.session.scalars(sa.select(OutboxRow)):
        marked[row.index_name].add(row.row_id)
    return marked


def assert_all_marked_for_search() -> None:
    marked = marked_for_search()
    for model in (Post, User, Tag):
        assert marked[model.__tablename__] == set(db.session.scalars(sa.select(model.id)))


# The demo.


def test_demo_makes_a_standing_cast_that_can_sign_in(
    app: Flask, flask_data: FlaskData, stranger: Visitor
) -> None:
    made = flask_data("demo")
    assert made.exit_code == 0 and demo.PASSWORD in made.output
    assert stranger.post("/auth/login", name="seoha", password=demo.PASSWORD).status_code == 303
    with app.app_context():
        assert count(User) == len(texts.people())
        assert count(Post) == len(texts.posts()) + 2 * len(texts.talks()) + len(texts.reviews())
        assert count(Follow) > 100 and count(Like) > 500 and count(Mention) > 50
        assert_as_if_written_by_hand()
        assert_all_marked_for_search()
    assert flask_data("recount", "--check").exit_code == 0


def test_demo_holds_what_has_to_be_seen_once(app: Flask, flask_data: FlaskData) -> None:
    flask_data("demo")
    with app.app_context():
        written = all_posts()
        assert max(text.length(post.body) for post in written) == text.POST_LENGTH
        assert {"ko", "en", "ja"} <= {post.language for post in written}
        assert [post for post in written if post.edited_at]
        deleted = [post for post in written if post.is_deleted]
        assert deleted and all(post.reply_count and not post.body for post in deleted)
        parent_of = {post.id: post.parent_id for post in written}
        depth = {id: 0 for id, parent in parent_of.items() if parent is None}
        for post in written:
            depth.setdefault(post.id, depth.get(post.parent_id or 0, 0) + 1)
        assert max(depth.values()) > 25


def test_demos_people_write_to_each_other_privately(app: Flask, flask_data: FlaskData) -> None:
    flask_data("demo")
    with app.app_context():
        assert count(Message) == len(texts.messages())
        assert_kept_is_counted()
        mine = sa.select(Participation.unread_count).join(User, User.id == Participation.user_id)
        waiting = db.session.scalars(mine.where(User.username == "seoha")).all()
        assert len(waiting) > 5 and sum(waiting) == 3
        bodies = db.session.scalars(sa.select(Message.body)).all()
        assert all(text.clean(body) == body and text.length(body) <= text.MESSAGE_LENGTH for body in bodies)


def test_demo_adds_nothing_the_second_time(app: Flask, flask_data: FlaskData) -> None:
    flask_data("demo")
    with app.app_context():
        before = [count(model) for model in (User, Post, Follow, Like, Tag, Message)]
    again = flask_data("demo")
    assert again.exit_code == 0 and "nothing was added" in again.output
    with app.app_context():
        assert [count(model) for model in (User, Post, Follow, Like, Tag, Message)] == before


def test_demo_leaves_a_member_alone_who_has_the_same_name(
    app: Flask, flask_data: FlaskData, cast: Cast
) -> None:
    cast.member("Seoha")
    refused = flask_data("demo")
    assert refused.exit_code == 1 and "Seoha" in refused.output
    with app.app_context():
        assert count(User) == 1 and count(Post) == 0


@pytest.mark.parametrize("command", ["demo", "generate"])
def test_made_up_people_never_live_on_a_real_site(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXTERNAL_URL", "https://example.org")
    monkeypatch.setattr(Production, "SECRET_KEY", "only for tests, and long enough to be one")
    settings = Production()
    settings.SQLALCHEMY_DATABASE_URI = f"sqlite:///{tmp_path}/real.db"
    real = create_app(settings)
    with real.app_context():
        refused = real.test_cli_runner().invoke(data, [command])
    assert refused.exit_code == 1 and "APP_ENV=development" in refused.output


# Made-up people and posts.


def test_generated_posts_look_as_if_people_had_written_them(app: Flask, flask_data: FlaskData) -> None:
    made = flask_data("generate", "--users", 40, "--posts", 600, "--follows", 7, "--seed", 3)
    assert made.exit_code == 0
    with app.app_context():
        assert (count(User), count(Post), count(Follow)) == (40, 600, 280)
        assert count(Like) and count(PostTag) and count(Mention)
        assert 60 < sum(post.is_reply for post in all_posts()) < 180
        for user in db.session.scalars(sa.select(User)):
            assert names.problem(user.username) is None and names.key(user.username) == user.username_key
        assert_as_if_written_by_hand()
        assert_all_marked_for_search()
    assert flask_data("recount", "--check").exit_code == 0


def test_one_seed_makes_the_same_texts_beside_what_is_there(app: Flask, flask_data: FlaskData) -> None:
    for seed in (5, 5, 6):
        assert (
            flask_data("generate", "--users", 3, "--posts", 50, "--follows", 2, "--seed", seed).exit_code == 0
        )
    with app.app_context():
        bodies = [post.body for post in all_posts() if "@" not in post.body]
        assert count(User) == 9 and count(Post) == 150
        first, second, third = (
            [post.like_count for post in all_posts()[part : part + 50]] for part in (0, 50, 100)
        )
        assert first == second != third
        assert len(set(bodies)) < 110
    assert flask_data("recount", "--check").exit_code == 0


@pytest.mark.parametrize(("users", "follows", "each"), [(1, 50, 0), (5, 50, 4), (8, 7, 7), (30, 0, 0)])
def test_nobody_follows_more_people_than_there_are(
    app: Flask, flask_data: FlaskData, users: int, follows: int, each: int
) -> None:
    made = flask_data("generate", "--users", users, "--posts", 0, "--follows", follows)
    assert made.exit_code == 0 and f"follows {each} others" in made.output
    with app.app_context():
        assert set(db.session.scalars(sa.select(User.following_count))) == {each}


# Imports.


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines to a file; what is no text becomes JSON."""

    def write(*lines: Any, name: str = "archive.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_bytes("".join(f"{line}\n" for line in written).encode("utf-8", "surrogatepass"))
        return path

    return write


def line(body: str, username: str = "jiwoo", **more: Any) -> dict[str, Any]:
    return {"username": username, "body": body, **more}


def test_load_writes_as_the_form_would_have(
    app: Flask, flask_data: FlaskData, archive: Any, cast: Cast
) -> None:
    cast.member("narae")
    path = archive(
        line("first \r\n", created_at="2024-03-01T21:00:00+09:00", id="a"),
        line("@NARAE and @dodam, look: #Snow #snow", "haru", created_at="2024-03-02", reply_to="a", id=2),
        "",
        line("and so on", "@dodam", created_at="2023-01-01T00:00:00Z", reply_to="2", likes=7),
        line("now", "narae"),
    )
    loaded = flask_data("load", path)
    assert (loaded.exit_code, loaded.output) == (0, "4 loaded, 0 there already, 0 bad.\n")
    with app.app_context():
        first, second, third, last = all_posts()
        assert (first.body, first.author.username, first.language) == (
            "first",
            "jiwoo",
            language.detect("first"),
        )
        assert first.created_at.isoformat() == "2024-03-01T12:00:00+00:00"
        assert second.created_at.isoformat() == "2024-03-02T00:00:00+00:00"
        assert (second.parent, third.parent, last.parent) == (first, second, None)
        assert {mention.key for mention in second.mentions} == {"narae", "dodam"}
        assert [tag.tag.name for tag in second.tags] == ["Snow"]
        assert third.author.is_confirmed and third.author.created_at == third.created_at
        assert third.author.email.endswith("@imported.invalid")
        assert_as_if_written_by_hand()
        assert_all_marked_for_search()
    assert flask_data("recount", "--check").exit_code == 0


def test_load_can_be_repeated_without_doubling(app: Flask, flask_data: FlaskData, archive: Any) -> None:
    lines = [line("one", id="1"), line("two", id="2", reply_to="1"), line("no id"), line("no id")]
    assert flask_data("load", archive(*lines)).output == "3 loaded, 1 there already, 0 bad.\n"
    more = [*lines, line("three", id="3", reply_to="2")]
    assert flask_data("load", archive(*more)).output == "1 loaded, 4 there already, 0 bad.\n"
    # Another name is another source, whose ids are its own; what has no id is known by its text.
    assert (
        flask_data("load", archive(*more, name="other.jsonl")).output == "3 loaded, 2 there already, 0 bad.\n"
    )
    same = flask_data("load", archive(*more, name="folder/third.jsonl"), "--source", "archive.jsonl")
    assert same.output == "0 loaded, 5 there already, 0 bad.\n"
    assert flask_data("recount", "--check").exit_code == 0


def test_load_reads_standard_input_too(app: Flask, flask_data: FlaskData) -> None:
    lines = b"".join(json.dumps(line(f"post {number}", id=number)).encode() + b"\n" for number in range(5))
    assert flask_data("load", "-", input=lines).output == "5 loaded, 0 there already, 0 bad.\n"
    assert flask_data("load", "-", input=lines).output == "0 loaded, 5 there already, 0 bad.\n"
    assert flask_data("load", "-", "--source", "other", input=lines.rstrip()).output.startswith("5 loaded")


BAD = {
    "{": "not JSON",
    '["username", "body"]': "not a JSON object",
    '{"body": "x"}': "username is missing",
    '{"username": 5, "body": "x"}': "username is not a string",
    '{"username": "jiwoo"}': "body is missing",
    '{"username": "jiwoo", "body": " \\u3164 "}': "body is empty",
    '{"username": "jiwoo", "body": "a\\u0000b"}': "U+0000",
    '{"username": "jiwoo", "body": "\\ud800"}': "U+D800",
    json.dumps(line("x" * 301)): "301 characters, 1 too many",
    json.dumps(line("e" + "\u0301\u200d" * 1600)): "longer than 3,000 code points",
    json.dumps(line("x" * 6001)): "longer than 3,000 code points",
    '{"username": "admin", "body": "x"}': "kept for the site",
    '{"username": "a b", "body": "x"}': "no blanks",
    '{"username": "a\\u0000b", "body": "x"}': "username",
    '{"username": "\\ud800x", "body": "x"}': "username",
    json.dumps(line("x", "long" * 10)): "2 to 30 characters",
    json.dumps(line("x", created_at="yesterday")): "not a time",
    json.dumps(line("x", created_at=1700000000)): "not a time",
    json.dumps(line("x", created_at="0001-01-01T00:00:00+14:00")): "not a time",
    json.dumps(line("x", created_at="1969-12-31T23:59:59Z")): "before 1970",
    json.dumps(line("x", created_at="2999-01-01")): "in the future",
    json.dumps(line("x", reply_to="nowhere")): "no earlier line that was loaded has the id 'nowhere'",
    json.dumps(line("x", reply_to="later")): "no earlier line",
    json.dumps(line("x", id=1.5)): "id is not a string",
    json.dumps(line("x", id=True)): "id is not a string",
    json.dumps(line("x", "unproved")): "may not write",
    json.dumps(line("x", id="y" * 2**20)): "longer than 1,048,576 bytes",
    "\udc80": "not UTF-8",
}


def test_load_reports_bad_lines_by_number_and_goes_on(
    app: Flask, flask_data: FlaskData, archive: Any, cast: Cast
) -> None:
    cast.member("unproved", confirmed=False)
    path = archive(line("good", id="first"), *BAD, line("better", id="later", reply_to="first"))
    path.write_bytes(path.read_bytes().replace("\udc80".encode("utf-8", "surrogatepass"), b"\x80\xff"))
    loaded = flask_data("load", path)
    assert loaded.exit_code == 1
    assert loaded.stdout == f"2 loaded, 0 there already, {len(BAD)} bad.\n"
    reported = loaded.stderr.splitlines()
    for number, (said, (bad, reason)) in enumerate(zip(reported, BAD.items(), strict=True), start=2):
        assert said.startswith(f"line {number}: ") and reason in said, (bad[:80], said[:200])
        assert len(said) < 200
    with app.app_context():
        assert [post.body for post in all_posts()] == ["good", "better"]
        assert sorted(db.session.scalars(sa.select(User.username))) == ["jiwoo", "unproved"]


def test_a_deleted_post_neither_comes_back_nor_is_answered(
    app: Flask, flask_data: FlaskData, archive: Any
) -> None:
    flask_data("load", archive(line("one", id="1")))
    with app.app_context():
        id, author_id = db.session.execute(sa.select(Post.id, Post.author_id)).one()
        delete(id, author_id)
    again = flask_data("load", archive(line("one", id="1"), line("answer", reply_to="1")))
    assert again.stdout == "0 loaded, 1 there already, 1 bad.\n" and "'1' was deleted" in again.stderr
    assert flask_data("recount", "--check").exit_code == 0


def delete(post_id: int, author_id: int) -> None:
    with transaction():
        posts.delete(db.session.get_one(Post, post_id), db.session.get_one(User, author_id))


def test_interrupted_load_says_how_to_go_on(
    flask_data: FlaskData, archive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(file: BinaryIO, source: str) -> Iterator[imports.Batch]:
        yield imports.Batch(loaded=1)
        raise KeyboardInterrupt

    monkeypatch.setattr(imports, "load", cut)
    stopped = flask_data("load", archive(line("one")))
    assert stopped.exit_code == 1 and "start it again" in stopped.stderr


def test_a_terminal_shows_how_far_it_is(
    app: Flask, flask_data: FlaskData, archive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "on_terminal", lambda: True)
    path = archive(line("one"), "nonsense")
    assert "Loading" in flask_data("load", path).stderr

    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

    from_pipe = flask_data("load", "-", input=Pipe(path.read_bytes()))
    assert f"Loading {path.stat().st_size} bytes" in from_pipe.stderr
    assert "\rline 2: it is not JSON" in from_pipe.stderr


# The proof.


def test_recount_says_what_differs_and_mends_it(app: Flask, flask_data: FlaskData, archive: Any) -> None:
    flask_data("load", archive(line("one", id="1"), line("two", "haru", reply_to="1")))
    with app.app_context(), transaction():
        db.session.execute(sa.update(Post).values(reply_count=4))
        id = db.session.scalar(sa.select(sa.func.min(Post.id)))
    checked = flask_data("recount", "--check")
    assert checked.exit_code == 1
    assert (
        f"post {id}: reply_count was 4, counted 1" in checked.output
        and "post.reply_count: 2 wrong" in checked.output
    )
    mended = flask_data("recount")
    assert mended.exit_code == 0 and "post.reply_count: 2 mended" in mended.output
    clean = flask_data("recount", "--check")
    assert (clean.exit_code, clean.output) == (0, "All counters are right.\n")


def test_recount_prints_a_few_of_many_differences(app: Flask, flask_data: FlaskData) -> None:
    flask_data("generate", "--users", 3, "--posts", 50, "--follows", 0)
    with app.app_context(), transaction():
        db.session.execute(sa.update(Post).values(like_count=1000))
    checked = flask_data("recount", "--check")
    assert "post.like_count: 50 wrong" in checked.output and len(checked.output.splitlines()) == 21
