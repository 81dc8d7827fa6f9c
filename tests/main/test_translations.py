"""A post in the reader's language, on the pages: offered, waited for, shown beside the original, or told why not."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db, limiter, queue
from app.models import Translation
from app.transaction import transaction
from tests.cast import Cast, Visitor
from tests.conftest import translator_settings
from tests.main.test_timelines import Statements
from tests.servers.translator import Translator
from tests.services.test_translations import ENGLISH, KOREAN, later

OFFER = "번역 보기"


@pytest.fixture
def english(cast: Cast) -> int:
    """A post in English by 소라."""
    return cast.post(cast.member("소라"), ENGLISH)


@pytest.fixture
def bada(cast: Cast) -> Visitor:
    """Somebody who reads Korean."""
    return cast.member("바다", locale="ko")


def look(reader: Visitor, post: int, **query: str) -> tuple[int, str]:
    """Asks as the page's script does how far a translation is."""
    answer = reader.get(f"/posts/{post}/translation", headers={"HX-Request": "true"}, query_string=query)
    return answer.status_code, answer.text


def test_nothing_is_offered_on_a_site_without_a_translator(bada: Visitor, english: int) -> None:
    for path in ("/explore", f"/posts/{english}", f"/posts/{english}?translation=1"):
        page = bada.get(path)
        assert page.status_code == 200 and ENGLISH in page.text and OFFER not in page.text
    assert bada.post(f"/posts/{english}/translation").status_code == 404
    assert look(bada, english)[0] == 404


def test_offered_is_what_is_foreign_to_the_reader(
    cast: Cast, translating: Translator, bada: Visitor, english: int
) -> None:
    korean = cast.post(bada, "한국어로 쓴 글이에요")
    numbers = cast.post(bada, "12345 https://example.org")
    arabic = cast.post(bada, "مرحبا بالعالم")
    page = bada.get("/explore").text
    offered = re.findall(r'<form class="translation"[^>]*action="/posts/(\d+)/translation"', page)
    assert offered == [str(english)]
    assert {korean, numbers, arabic}.isdisjoint(map(int, offered)), "Papago knows no Arabic."
    sam = cast.member("sam", locale="en")
    offered = re.findall(r'action="/posts/(\d+)/translation"', sam.get("/explore").text)
    assert offered == [str(korean)]


def test_offer_is_for_confirmed_members(
    cast: Cast, translating: Translator, stranger: Visitor, english: int
) -> None:
    newcomer = cast.member("새내기", confirmed=False)
    for reader, status in ((stranger, 303), (newcomer, 403)):
        assert OFFER not in reader.get(f"/posts/{english}?translation=1").text
        assert reader.post(f"/posts/{english}/translation").status_code == status
    assert (
        translating.asked == [] and "/auth/login" in stranger.post(f"/posts/{english}/translation").location
    )


@pytest.mark.parametrize("path", ["/explore", "/", "/@소라", "/tags/busan", "/search?q=부산", "/posts/{id}"])
def test_offer_stands_wherever_a_post_does(
    cast: Cast, translating: Translator, bada: Visitor, path: str
) -> None:
    sora = cast.member("소라")
    id = cast.post(sora, "부산 Busan is loud and full of the sea and of people #busan")
    bada.post("/@소라/follow")
    bada.letters()
    assert OFFER in bada.read(path.format(id=id))


def test_timeline_costs_no_more_with_offers(
    cast: Cast, translating: Translator, bada: Visitor, app: Flask
) -> None:
    sora = cast.member("소라")
    for number in range(5):
        cast.post(sora, f"A sentence in English, number {number}.")
    with Statements() as offered:
        assert bada.read("/explore").count(OFFER) == 5
    app.config["TRANSLATOR"] = ""
    with Statements() as plain:
        assert OFFER not in bada.read("/explore")
    assert len(offered.seen) == len(plain.seen)


def test_script_gets_the_wait_and_then_both_texts(
    translating: Translator, bada: Visitor, english: int
) -> None:
    asked = bada.live(f"/posts/{english}/translation")
    assert asked.status_code == 200 and "번역하고 있어요" in asked.text and "<html" not in asked.text
    assert f'data-hx-get="/posts/{english}/translation"' in asked.text
    waiting = bada.get(f"/posts/{english}/translation", headers={"HX-Request": "true"})
    assert (waiting.status_code, waiting.text, waiting.headers["HX-Trigger"]) == (204, "", "again")
    queue.run()
    status, piece = look(bada, english)
    assert status == 200 and KOREAN in piece and "Papago 번역" in piece and "번역 숨기기" in piece
    assert '<p class="post-text" dir="auto" lang="ko">' in piece and "data-hx-trigger" not in piece
    assert KOREAN in bada.live(f"/posts/{english}/translation").text, "What is there is shown at once."
    status, hidden = look(bada, english, hide="1")
    assert status == 200 and OFFER in hidden and KOREAN not in hidden
    assert len(translating.asked) == 1


def test_page_shows_it_without_a_script(translating: Translator, bada: Visitor, english: int) -> None:
    sent = bada.post(f"/posts/{english}/translation")
    assert sent.status_code == 303 and sent.location == f"/posts/{english}?translation=1#post-{english}"
    page = bada.read(sent.location)
    assert "번역하고 있어요" in page and "다시 보기" in page and OFFER not in page
    queue.run()
    page = bada.get(sent.location).text
    assert ENGLISH in page and KOREAN in page and 'lang="en"' in page and 'lang="ko"' in page
    assert OFFER in bada.read(f"/posts/{english}"), "Without the wish in its address the page is as before."
    back = bada.get(f"/posts/{english}/translation")
    assert back.status_code == 303 and back.location == sent.location


def test_page_of_the_post_costs_one_statement_more_where_it_shows_one(
    translating: Translator, bada: Visitor, english: int
) -> None:
    bada.live(f"/posts/{english}/translation")
    queue.run()
    counts = []
    for path in (f"/posts/{english}", f"/posts/{english}?translation=1"):
        with Statements() as statements:
            bada.get(path)
        counts.append(len(statements.seen))
    assert counts[1] == counts[0] + 1


@pytest.mark.parametrize(
    ("mood", "told", "again"),
    [
        ("broken", "30초쯤 뒤에 다시 시도해 주세요", True),
        ("busy", "조금 뒤에 다시 시도해 주세요", True),
        ("unauthorized", "기록해 두었으니", True),
        ("garbage", "기록해 두었으니", True),
        ("unknown", "번역하지 못하는 언어예요", False),
    ],
)
def test_reader_is_told_what_went_wrong_and_what_to_do(
    translating: Translator, bada: Visitor, english: int, mood: str, told: str, again: bool
) -> None:
    translating.mood = mood
    bada.live(f"/posts/{english}/translation")
    queue.run()
    status, piece = look(bada, english)
    assert status == 200 and told in piece
    assert ("다시 번역하기" in piece) is again
    assert told in bada.read(f"/posts/{english}?translation=1")


def test_crowd_that_presses_at_once_has_it_translated_once(
    cast: Cast, translating: Translator, english: int
) -> None:
    crowd = [cast.member(f"사람{number}번", locale="ko") for number in range(8)]

    def press(member: Visitor) -> int:
        return member.live(f"/posts/{english}/translation").status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(press, crowd)) == [200] * 8
    queue.run()
    assert all(KOREAN in look(member, english)[1] for member in crowd) and len(translating.asked) == 1
    translating.mood = "broken"
    with cast.app.app_context(), transaction():
        db.session.execute(sa.update(Translation).values(state="failed", error="unreachable"))
    later(cast, 31)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(press, crowd)) == [200] * 8
    queue.run()
    assert len(translating.asked) == 2


def test_wait_does_not_go_on_for_ever(
    cast: Cast, translating: Translator, bada: Visitor, english: int
) -> None:
    bada.live(f"/posts/{english}/translation")
    queue.memory.clear()  # The store has lost it.
    later(cast, 11)
    status, piece = look(bada, english)
    assert status == 200 and "평소보다 오래 걸려요" in piece and "data-hx-trigger" not in piece
    later(cast, 20)
    assert "번역하고 있어요" in bada.live(f"/posts/{english}/translation").text
    queue.run()
    assert KOREAN in look(bada, english)[1]


def test_translated_text_is_rendered_as_safely_as_any(
    cast: Cast, translating: Translator, bada: Visitor
) -> None:
    id = cast.post(cast.member("소라"), "<script>alert(1)</script> look at https://example.org #busan @바다")
    bada.live(f"/posts/{id}/translation")
    queue.run()
    _, piece = look(bada, id)
    assert "<script>" not in piece and "&lt;script&gt;" in piece
    assert 'href="https://example.org"' in piece and 'href="/tags/busan"' in piece


def test_deleted_post_has_no_translation_to_look_at(
    cast: Cast, translating: Translator, bada: Visitor
) -> None:
    sora = cast.member("소라")
    id = cast.post(sora, ENGLISH)
    bada.live(f"/posts/{id}/translation")
    queue.run()
    sora.post(f"/posts/{id}/delete")
    assert look(bada, id)[0] == bada.live(f"/posts/{id}/translation").status_code == 404


def test_post_of_a_suspended_member_is_not_translated(
    cast: Cast, translating: Translator, bada: Visitor, english: int
) -> None:
    cast.app.test_cli_runner().invoke(args=["users", "suspend", "소라"])
    assert bada.live(f"/posts/{english}/translation").status_code == 404 and translating.asked == []


def test_translations_are_limited_below_at_above_and_after(
    limited: Flask, translator: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited.config.update(translator_settings("papago", translator.url))
    cast = Cast(limited)
    id, bada = cast.post(cast.member("소라"), ENGLISH), cast.member("바다", locale="ko")
    assert bada.live(f"/posts/{id}/translation").status_code == 200
    counts = limiter.storage.storage  # type: ignore[attr-defined]
    (counted,) = (key for key in counts if "/translations/" in key)
    counts[counted] = 99
    assert bada.live(f"/posts/{id}/translation").status_code == 200
    refused = bada.live(f"/posts/{id}/translation")
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert cast.member("하늘").live(f"/posts/{id}/translation").status_code == 200
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3601)
    assert bada.live(f"/posts/{id}/translation").status_code == 200
