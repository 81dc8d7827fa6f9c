"""Translations: asked for once, made by a worker, kept by their text, and gone with it."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.events import TranslationAsked
from app.exceptions import Forbidden, NotFound
from app.extensions import db, queue
from app.models import Post, Translation, User
from app.services import posts, translations
from app.tasks import cleanup
from app.tasks.translations import translate
from app.transaction import transaction
from app.translate import Translated, exchange
from app.wiring import REACTIONS
from tests.cast import Cast
from tests.servers.translator import Translator

ENGLISH = "Finally moved to Busan. The sea is loud and I love it."
KOREAN = "드디어 부산으로 이사했어요. 바다 소리가 커서 정말 좋아요."


@pytest.fixture
def english(cast: Cast) -> int:
    """A post in English by 소라; 바다 reads it."""
    cast.member("바다")
    return cast.post(cast.member("소라"), ENGLISH)


def ask(cast: Cast, post_id: int, target: str = "ko", who: str = "바다") -> str:
    """Asks for a translation, and returns its state."""
    with cast.app.app_context(), transaction():
        reader = db.session.scalars(sa.select(User).where(User.username == who)).one()
        return translations.ask(reader, posts.find(post_id, reader), target).state


def rows(cast: Cast) -> list[Translation]:
    """Returns the translations as they are."""
    with cast.app.app_context():
        return list(db.session.scalars(sa.select(Translation).order_by(Translation.id)))


def work() -> int:
    """Lets the worker do what waits, apart from what other features have left; returns how many translations."""
    calls = [call for call in queue.waiting if call.function is translate]
    queue.run()
    return len(calls)


def later(cast: Cast, seconds: float) -> None:
    """Lets time go by for what has been asked for."""
    with cast.app.app_context(), transaction():
        for row in db.session.scalars(sa.select(Translation)):
            row.asked_at -= timedelta(seconds=seconds)


def test_translation_is_asked_for_made_and_kept(cast: Cast, translating: Translator, english: int) -> None:
    assert ask(cast, english) == "asked" and work() == 1
    (row,) = rows(cast)
    assert (row.state, row.body, row.source, row.translator) == ("done", KOREAN, "en", "Papago")
    assert ask(cast, english) == "done" and work() == 0
    assert len(translating.asked) == 1


def test_two_posts_with_the_same_words_are_translated_once(cast: Cast, translating: Translator) -> None:
    cast.member("바다")
    first, second = (cast.post(cast.member(name), ENGLISH) for name in ("소라", "나무"))
    ask(cast, first)
    assert ask(cast, second) == "asked"
    work()
    assert ask(cast, second) == "done" and len(translating.asked) == 1


def test_each_language_is_a_translation_of_its_own(cast: Cast, translating: Translator) -> None:
    cast.member("바다")
    post = cast.post(cast.member("소라"), "今日はとても寒いですね")
    ask(cast, post, "ko")
    ask(cast, post, "en")
    work()
    assert [(row.target, row.state) for row in rows(cast)] == [("ko", "done"), ("en", "done")]


@pytest.mark.parametrize(
    ("body", "source"),
    [("안녕하세요, 반가워요", "ko"), ("今日はとても寒いですね", "ja"), ("你好世界", "auto")],
)
def test_language_is_told_only_where_the_letters_tell_it(
    cast: Cast, translating: Translator, body: str, source: str
) -> None:
    cast.member("바다")
    ask(cast, cast.post(cast.member("소라"), body), "en")
    work()
    assert translating.asked[0].body["source"] == source


def test_failure_is_left_alone_for_half_a_minute_and_then_tried_again(
    cast: Cast, translating: Translator, english: int
) -> None:
    translating.mood = "broken"
    ask(cast, english)
    work()
    assert [(row.state, row.error) for row in rows(cast)] == [("failed", "unreachable")]
    later(cast, 20)
    assert ask(cast, english) == "failed" and work() == 0
    later(cast, 20)
    translating.mood = "well"
    assert ask(cast, english) == "asked" and work() == 1
    assert [(row.state, row.error, row.body) for row in rows(cast)] == [("done", None, KOREAN)]


def test_what_was_lost_on_its_way_is_asked_for_again(
    cast: Cast, translating: Translator, english: int
) -> None:
    queue.memory.away = True
    try:
        assert ask(cast, english) == "asked"
    finally:
        queue.memory.away = False
    assert work() == 0 and ask(cast, english) == "asked" and work() == 0
    later(cast, 31)
    assert ask(cast, english) == "asked" and work() == 1
    assert rows(cast)[0].state == "done"


def test_task_that_runs_twice_asks_once(cast: Cast, translating: Translator, english: int) -> None:
    ask(cast, english)
    (call,) = (call for call in queue.waiting if call.function is translate)
    work()
    with cast.app.app_context():
        translate(**call.arguments)
        translate(translation_id=999, post_id=english)
    assert len(translating.asked) == 1 and rows(cast)[0].state == "done"


def test_no_transaction_is_open_while_the_translator_is_asked(
    cast: Cast, translating: Translator, english: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(cast, english)
    seen = []
    post = exchange.post

    def watched(*arguments: Any) -> exchange.Answer:
        seen.append(db.session().in_transaction())
        return post(*arguments)

    monkeypatch.setattr(exchange, "post", watched)
    work()
    assert seen == [False] and rows(cast)[0].state == "done"


@pytest.mark.parametrize("change", ["edit", "delete"])
def test_text_that_is_taken_back_leaves_no_translation(
    cast: Cast, translating: Translator, change: str
) -> None:
    cast.member("바다")
    sora = cast.member("소라")
    post = cast.post(sora, ENGLISH)
    ask(cast, post)
    work()
    assert sora.post(f"/posts/{post}/{change}", body="Another sentence.").status_code == 303
    assert rows(cast) == []


def test_text_that_is_taken_back_while_it_is_translated_leaves_none_either(
    cast: Cast, translating: Translator
) -> None:
    cast.member("바다")
    sora = cast.member("소라")
    before, during = cast.post(sora, ENGLISH), cast.post(sora, "At least the walk was fully exposed.")
    ask(cast, before)
    ask(cast, during)
    # One is edited before the worker begins; the other one's translation is being made.
    sora.post(f"/posts/{before}/edit", body="Another sentence.")
    with cast.app.app_context(), transaction():
        row = db.session.scalars(sa.select(Translation)).one()
        wish = translations.take(row.id, during)
        assert wish is not None
        id = row.id
    sora.post(f"/posts/{during}/delete")
    with cast.app.app_context(), transaction():
        translations.finish(id, Translated("걸었어요", "en"), "Papago")
    work()
    assert rows(cast) == [] and translating.asked == []


def test_translation_of_a_text_that_is_gone_when_the_worker_comes_is_removed(
    cast: Cast, translating: Translator, english: int
) -> None:
    ask(cast, english)
    with cast.app.app_context(), transaction():
        db.session.get_one(Post, english).body = "It changed in this moment."
    work()
    assert rows(cast) == [] and translating.asked == []


def test_unused_translations_go_after_ninety_days(cast: Cast, translating: Translator, english: int) -> None:
    ask(cast, english)
    work()
    later(cast, 89 * 86400)
    with cast.app.app_context():
        cleanup.tidy()
    assert ask(cast, english) == "done"
    later(cast, 89 * 86400)
    with cast.app.app_context():
        cleanup.tidy()
    assert len(rows(cast)) == 1, "It was used meanwhile."
    later(cast, 2 * 86400)
    with cast.app.app_context():
        cleanup.tidy()
    assert rows(cast) == []


def test_only_confirmed_members_ask_and_only_for_what_is_foreign_to_them(
    cast: Cast, translating: Translator, english: int
) -> None:
    cast.member("새내기", confirmed=False)
    with pytest.raises(Forbidden):
        ask(cast, english, who="새내기")
    with pytest.raises(NotFound):
        ask(cast, english, "en")
    with pytest.raises(NotFound):
        ask(cast, cast.post(cast.member("하늘"), "12345"))
    assert rows(cast) == [] and work() == 0


def test_refused_key_is_an_error_that_administrators_hear_of(
    cast: Cast, translating: Translator, english: int, caplog: pytest.LogCaptureFixture
) -> None:
    translating.mood = "unauthorized"
    ask(cast, english)
    with caplog.at_level(logging.WARNING):
        work()
    (told,) = (record for record in caplog.records if "translated" in record.getMessage())
    assert told.levelno == logging.ERROR and "TRANSLATOR_KEY_ID" in told.getMessage()
    assert ENGLISH not in told.getMessage() and rows(cast)[0].error == "refused"


def test_translator_that_was_taken_out_meanwhile_leaves_a_failure(
    cast: Cast, translating: Translator, english: int
) -> None:
    ask(cast, english)
    cast.app.config["TRANSLATOR"] = ""
    work()
    assert [(row.state, row.error) for row in rows(cast)] == [("failed", "unreachable")]


def test_task_is_broken_off_soon_and_not_tried_by_itself() -> None:
    assert REACTIONS[TranslationAsked] == [translate]
    marks = vars(translate)["marks"]
    assert (marks.queue, marks.timeout, marks.retries) == ("urgent", 20, ())
    assert timedelta(seconds=marks.timeout) < translations.AGAIN_AFTER
