"""The page of exports: asking for a copy, watching it, cancelling it, and fetching the file."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import Task
from app.models.columns import now
from app.services import tasks
from app.transaction import transaction
from tests.cast import Cast, Visitor, words
from tests.main.test_timelines import Statements

PAGE = "/settings/exports"


@pytest.fixture
def bada(cast: Cast) -> Visitor:
    """A member who wants a copy."""
    return cast.member("바다", email="bada@example.com")


def change(app: Flask, **values: Any) -> int:
    """Changes the latest task, and returns its id."""
    with app.app_context(), transaction():
        id = db.session.scalars(sa.select(sa.func.max(Task.id))).one()
        for name, value in values.items():
            setattr(db.session.get_one(Task, id), name, value)
        return int(id)


def ask(app: Flask, bada: Visitor, **values: Any) -> int:
    """Returns the id of a new task, changed so."""
    assert bada.post(PAGE).status_code == 303
    return change(app, **values)


def test_copy_is_asked_for_made_told_and_fetched(app: Flask, cast: Cast, bada: Visitor) -> None:
    cast.post(bada, "담을 글")
    assert "내보내기 시작" in bada.read(PAGE)
    asked = bada.post(PAGE)
    assert asked.status_code == 303 and asked.location == PAGE
    assert "차례를 기다리고 있어요" in bada.read(PAGE) and "내보내기 시작" not in bada.read(PAGE)
    (letter,) = bada.letters()
    assert (letter.to, letter.subject) == ("bada@example.com", "[한마디] 내보내기가 끝났습니다")
    assert f"http://localhost{PAGE}" in letter.text and f'href="http://localhost{PAGE}"' in letter.html
    page = bada.read(PAGE)
    assert re.search(r"hanmadi-바다-\d{8}\.zip", page) and "글 1개" in page and "받기" in page
    file = re.search(rf'href="({PAGE}/\d+/file)"', bada.get(PAGE).text)
    assert file
    answer = bada.get(file[1])
    assert answer.status_code == 200 and answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    name = answer.headers["Content-Disposition"]
    assert re.fullmatch(
        r"attachment; filename=hanmadi-.*-\d{8}\.zip; filename\*=UTF-8''hanmadi-%EB%B0%94%EB%8B%A4-\d{8}\.zip",
        name,
    )


def test_file_can_be_fetched_in_parts_and_is_not_sent_twice(cast: Cast, bada: Visitor) -> None:
    path = f"{PAGE}/{cast.export(bada)}/file"
    whole = bada.get(path)
    part = bada.get(path, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206 and part.data == whole.data[10:20]
    assert bada.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_file_is_the_owners_alone(cast: Cast, bada: Visitor, stranger: Visitor) -> None:
    path = f"{PAGE}/{cast.export(bada)}/file"
    haneul = cast.member("하늘")
    missing = haneul.get(f"{PAGE}/999999/file")
    refused = haneul.get(path)
    assert refused.status_code == missing.status_code == 404
    assert words(refused.text)[:60] == words(missing.text)[:60]
    away = stranger.get(path)
    assert away.status_code == 303 and "/auth/login" in away.location and "file" in away.location


@pytest.mark.parametrize("lost", ["its days are over", "the disk has lost it"])
def test_file_that_is_not_kept_leads_to_a_new_one(app: Flask, cast: Cast, bada: Visitor, lost: str) -> None:
    task_id = cast.export(bada)
    if lost == "its days are over":
        change(app, expires_at=now() - timedelta(seconds=1))
    else:
        for file in (app.config["DATA_DIR"] / "exports").glob("*.zip"):
            file.unlink()
    answer = bada.get(f"{PAGE}/{task_id}/file")
    assert answer.status_code == 410 and "7일이 지났어요" in answer.text and "내보내기 시작" in answer.text
    assert bada.get(f"{PAGE}/{ask(app, bada)}/file").status_code == 404


def test_second_click_shows_what_the_first_one_began(app: Flask, bada: Visitor) -> None:
    first = ask(app, bada)
    assert bada.post(PAGE).status_code == 303
    with app.app_context():
        assert db.session.scalars(sa.select(Task.id)).all() == [first]


def test_fourth_of_a_day_is_refused_and_the_page_says_when_it_is_possible(app: Flask, bada: Visitor) -> None:
    made = {"file": "", "name": "x.zip", "size": 0, "counts": {"posts": 0, "replies": 0}}
    for _ in range(tasks.MOST_A_DAY):
        ask(app, bada, state="done", ended_at=now(), result=made)
    assert "오늘은 여러 번 내보냈어요" in bada.read(PAGE) and "내보내기 시작" not in bada.read(PAGE)
    refused = bada.post(PAGE)
    assert refused.status_code == 429 and 86_000 < int(refused.headers["Retry-After"]) <= 86_401


def test_progress_shows_the_same_after_a_reload_and_is_never_all(app: Flask, bada: Visitor) -> None:
    begun = now() - timedelta(seconds=20)
    running = {
        "state": "running",
        "step": "likes",
        "begun_at": begun,
        "heartbeat_at": begun + timedelta(seconds=12),
    }
    task_id = ask(app, bada, **running, done=796, total=1284)
    for _ in range(2):
        page = bada.read(PAGE)
        assert "좋아요를 담고 있어요" in page and "61%" in page and "1,284개 중 796개" in page
        assert "약 10초 남았어요" in page and "글과 답글 (끝남)" in page
    html = bada.get(PAGE).text
    assert '<progress class="grow-bar" data-live="bar" max="100" value="61"' in html
    change(app, done=1284)
    assert "99%" in bada.read(PAGE) and "100%" not in bada.read(PAGE)
    piece = bada.get(f"{PAGE}/{task_id}/progress", headers={"HX-Request": "true"}).text
    assert 'id="export-progress"' in piece and "99%" in piece and "<html" not in piece
    change(app, state="failed", error="lost", ended_at=now())
    piece = bada.get(f"{PAGE}/{task_id}/progress", headers={"HX-Request": "true"}).text
    assert 'id="exports"' in piece and "여러 번 끊겨" in piece and "내보내기 시작" in piece
    assert bada.get(f"{PAGE}/{task_id}/progress").location == PAGE
    assert 'id="exports"' in bada.get(PAGE, headers={"HX-Request": "true"}).text


@pytest.mark.parametrize("error", [*tasks.REASONS])
def test_failure_is_told_in_plain_words_on_the_page_and_in_a_letter(
    app: Flask, bada: Visitor, error: str
) -> None:
    task_id = ask(app, bada, state="running")
    with app.app_context(), transaction():
        tasks.fail(task_id, 1, error)
    (letter,) = bada.letters()
    assert letter.subject == "[한마디] 내보내기를 끝내지 못했습니다"
    assert "니다." in letter.text and f"http://localhost{PAGE}" in letter.text
    with app.app_context():
        reason = str(tasks.REASONS[error])
    assert reason in bada.read(PAGE)


def test_cancelling_ends_it_and_says_so_and_no_letter_comes(app: Flask, bada: Visitor) -> None:
    task_id = ask(app, bada)
    assert bada.post(f"{PAGE}/{task_id}/cancel").location == PAGE
    assert "내보내기를 취소했어요" in bada.read(PAGE) and "취소했어요" in bada.read(PAGE)
    assert bada.letters() == []
    assert bada.post(f"{PAGE}/{task_id}/cancel").status_code == 303
    assert ask(app, bada) != task_id


def test_letter_is_in_the_readers_language_and_goes_to_no_unproved_address(cast: Cast) -> None:
    sora = cast.member("sora", locale="en", timezone="America/New_York")
    cast.export(sora)
    (letter,) = sora.letters()
    assert letter.subject == "[한마디] The copy of what is yours is ready"
    assert re.search(r"until \w+day, \w+ \d+, \d{4} at \d+:\d\d [AP]M, once you are signed in", letter.text)
    cast.export(cast.member("새내기", confirmed=False))
    assert len(sora.letters()) == 1


def test_page_costs_few_statements(app: Flask, cast: Cast, bada: Visitor) -> None:
    cast.export(bada)
    ask(app, bada)
    bada.get(PAGE)
    with Statements() as statements:
        assert bada.get(PAGE).status_code == 200
    assert len(statements.seen) <= 3, statements.seen
    piece = f"{PAGE}/{change(app, state='running')}/progress"
    with Statements() as statements:
        assert bada.get(piece, headers={"HX-Request": "true"}).status_code == 200
    assert len(statements.seen) <= 2, statements.seen
