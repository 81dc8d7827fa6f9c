"""The pages of private messages: writing, reading, deleting for oneself, and nobody else reading."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import Conversation, Message, Participation
from app.models.keyset import PER_PAGE
from app.text import MESSAGE_LENGTH
from tests.cast import Cast, Visitor, lasting, words
from tests.main.test_timelines import Statements
from tests.services.conftest import work

SECRET = "자개장롱에 숨긴 말"


@pytest.fixture
def bada(cast: Cast) -> Visitor:
    return cast.member("바다")


@pytest.fixture
def haneul(cast: Cast) -> Visitor:
    return cast.member("하늘", display_name="높은 하늘")


def chum(cast: Cast, number: int) -> Visitor:
    """Returns one of a crowd."""
    return cast.member(f"말벗{number}", email=f"{number}@example.com")


def ids_on(html: str) -> list[int]:
    """Returns the ids of the messages on a page, in their order."""
    return [int(id) for id in re.findall(r'id="message-(\d+)"', html)]


def place(html: str) -> str:
    """Returns the place of the last message on a page."""
    return re.findall(r'data-place="([^"]+)"', html)[-1]


def unread_on(html: str) -> int:
    """Returns how many messages the list of conversations says are new."""
    return sum(int(number) for number in re.findall(r"새 쪽지 (\d+)개", html))


def test_message_is_written_on_one_page_and_read_on_the_other(
    cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    id = cast.message(bada, haneul, "토요일에 봬요\nhttps://example.org")
    for reader, other in ((bada, haneul), (haneul, bada)):
        page = reader.get(f"/messages/{other.username}").text
        assert ids_on(page) == [id] and 'href="https://example.org"' in page
        assert "토요일에 봬요" in reader.read("/messages")
    assert "높은 하늘" in bada.read("/messages") and "나: 토요일에" in bada.read("/messages")
    assert unread_on(haneul.get("/messages").text) == 1 and unread_on(bada.get("/messages").text) == 0


def test_what_looks_like_markup_is_text_everywhere(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    body = "<b onclick=x>100% %(name)s</b> {{ 7 * 7 }}"
    id = cast.message(bada, haneul, body)
    for reader, path in (
        (bada, "/messages"),
        (haneul, "/messages"),
        (bada, "/messages/하늘"),
        (haneul, f"/messages/바다/{id}/delete"),
    ):
        page = reader.get(path).text
        assert "<b onclick" not in page and "&lt;b onclick=x&gt;100% %(name)s" in page and "{{ 7" in page, (
            path
        )


def test_new_messages_begin_below_a_line_and_are_read_without_a_script(
    cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    cast.message(bada, haneul, "읽은 말")
    haneul.post("/messages/바다/read", last_id=cast.message(bada, haneul, "이것까지 읽음"))
    last = cast.message(bada, haneul, "아직 못 읽은 말")
    page = haneul.get("/messages/바다").text
    assert re.search(r"이것까지 읽음.*여기부터 새 쪽지.*아직 못 읽은 말", words(page))
    assert unread_on(haneul.get("/messages").text) == 1, "A GET reads nothing."
    assert f'name="last_id" value="{last}"' in page
    assert haneul.post("/messages/바다/read", last_id=last).status_code == 303
    assert "여기부터 새 쪽지" not in haneul.read("/messages/바다")
    assert "읽음" in bada.read("/messages/하늘")


def test_script_gets_what_came_since_the_last_message_and_what_it_joins(
    cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    first = cast.message(bada, haneul, "하나")
    after = place(haneul.get("/messages/바다").text)
    path = "/messages/바다/new"
    assert ids_on(haneul.get(path, query_string={"after": after}).text) == [first]
    rest = [cast.message(bada, haneul, f"{number}") for number in range(35)]
    got, more = [], True
    while more:
        piece = haneul.get(path, query_string={"after": after}).text
        assert "<html" not in piece and "data-day" in piece
        got += [id for id in ids_on(piece) if id not in got]
        after, more = place(piece), "data-more" in piece
    assert got == [first, *rest]
    sent = haneul.live("/messages/바다", body="답", after=after)
    assert sent.status_code == 200 and ids_on(sent.text)[0] == rest[-1] and len(ids_on(sent.text)) == 2
    assert haneul.get(path, query_string={"after": "xx"}).status_code == 400


def test_older_messages_come_page_by_page_and_lead_back(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    ids = [cast.message(bada, haneul, f"{number}째 말") for number in range(70)]
    newest = haneul.get("/messages/바다").text
    assert ids_on(newest) == ids[-30:]
    seen, page = ids_on(newest), newest
    while found := re.search(r'href="([^"]*cursor=[^"]*)"[^>]*>이전 쪽지', page):
        path = found[1].replace("&amp;", "&")
        page = haneul.get(path).text
        assert ids_on(haneul.get(path, headers={"HX-Request": "true"}).text) == ids_on(page)
        seen = ids_on(page) + seen
    assert seen == ids and "data-older" in page
    back = re.search(r'href="([^"]*cursor=[^"]*)"[^>]*>다음 쪽지', page)
    assert back and ids_on(haneul.get(back[1].replace("&amp;", "&")).text) == ids[10:40]


@pytest.mark.parametrize(
    ("body", "said"), [("", "먼저"), ("\u3164", "먼저"), ("가" * (MESSAGE_LENGTH + 1), "1자")]
)
def test_message_that_cannot_be_sent_comes_back_with_its_text(
    cast: Cast, bada: Visitor, haneul: Visitor, body: str, said: str
) -> None:
    refused = bada.post("/messages/하늘", body=body)
    assert refused.status_code == 422 and said in words(refused.text) and body in refused.text
    piece = bada.live("/messages/하늘", body=body)
    assert piece.status_code == 422 and piece.mimetype == "text/plain" and said in piece.text
    assert bada.post("/messages/하늘", body="가" * MESSAGE_LENGTH).status_code == 303


def test_message_that_is_sent_twice_comes_once(bada: Visitor, haneul: Visitor) -> None:
    key = re.search(r'name="key" value="([^"]+)"', bada.get("/messages/하늘").text)
    assert key
    for _ in range(2):
        assert bada.post("/messages/하늘", body="한 번만", key=key[1]).status_code == 303
    assert len(ids_on(bada.get("/messages/하늘").text)) == 1
    assert bada.post("/messages/하늘", body="긴 열쇠", key="k" * 41).status_code == 422


def test_deleting_is_asked_for_and_done_for_oneself_alone(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    kept, gone = cast.message(bada, haneul, "남길 말"), cast.message(bada, haneul, "지울 말")
    path = f"/messages/바다/{gone}/delete"
    assert "지울 말" in haneul.read(path) and "바다님에게는 그대로" in haneul.read(path)
    assert haneul.post(path).status_code == 303
    assert ids_on(haneul.get("/messages/바다").text) == [kept]
    assert ids_on(bada.get("/messages/하늘").text) == [kept, gone]
    assert haneul.get(path).status_code == haneul.post(path).status_code == 404
    assert haneul.live(f"/messages/바다/{kept}/delete").text == ""


def test_conversation_is_deleted_for_oneself_and_begins_anew(
    cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    old = cast.message(bada, haneul, "옛 이야기")
    until = re.search(r'name="until" value="(\d+)"', haneul.get("/messages/바다/delete").text)
    assert until and int(until[1]) == old
    assert haneul.post("/messages/바다/delete", until=old).status_code == 303
    assert "바다" not in haneul.read("/messages").split("쪽지 목록")[-1].split("조용히")[0]
    assert haneul.get("/messages/바다/delete").status_code == 404
    new = cast.message(bada, haneul, "새 이야기")
    assert ids_on(haneul.get("/messages/바다").text) == [new]
    assert ids_on(bada.get("/messages/하늘").text) == [old, new]


@pytest.mark.parametrize(("blocker", "other"), [("바다", "하늘"), ("하늘", "바다")])
def test_blocked_people_read_what_there_was_and_write_no_more(
    cast: Cast, bada: Visitor, haneul: Visitor, blocker: str, other: str
) -> None:
    cast.message(bada, haneul, "막기 전의 말")
    people = {"바다": bada, "하늘": haneul}
    people[blocker].post(f"/@{other}/block")
    refusals = set()
    for one, two in (("바다", "하늘"), ("하늘", "바다")):
        page = people[one].get(f"/messages/{two}").text
        assert "막기 전의 말" in page and "data-write" not in page
        assert f'href="/messages/{two}"' not in people[one].get(f"/@{two}").text
        refused = people[one].post(f"/messages/{two}", body="막힌 말")
        assert refused.status_code == 403 and "막힌 말" not in words(people[two].get(f"/messages/{one}").text)
        refusals.add(people[one].live(f"/messages/{two}", body="막힌 말").text)
    assert len(refusals) == 1, "Nobody is told who blocked whom."


def test_suspended_persons_conversation_stays_readable(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    cast.message(haneul, bada, "떠나기 전의 말")
    cast.app.test_cli_runner().invoke(args=["users", "suspend", "하늘"])
    assert "떠나기 전의 말" in bada.read("/messages/하늘")
    assert bada.post("/messages/하늘", body="들려요?").status_code == 403
    assert cast.member("노을").get("/messages/하늘").status_code == 404
    bada.post("/messages/하늘/delete")
    assert bada.get("/messages/하늘").status_code == 404


def test_unconfirmed_member_is_told_how_to_go_on(cast: Cast, haneul: Visitor) -> None:
    newcomer = cast.member("새내기", confirmed=False)
    assert "/auth/confirm" in newcomer.get("/messages/하늘").text
    assert newcomer.post("/messages/하늘", body="안녕하세요").status_code == 403
    assert "/messages/새내기" not in haneul.get("/@하늘").text
    assert haneul.get("/messages/새내기").status_code == 404


def test_conversation_begins_from_a_profile_or_by_a_name(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    assert 'href="/messages/%ED%95%98%EB%8A%98"' in bada.get("/@하늘").text
    assert "/messages/" not in Visitor(cast.app).get("/@하늘").text
    assert "높은 하늘님에게 보내는 첫 쪽지" in bada.read("/messages/하늘")
    bada.letters()
    work(cast.app)
    found = bada.get("/messages", query_string={"q": "하늘"}).text
    assert 'href="/messages/%ED%95%98%EB%8A%98"' in found
    assert "찾지 못했어요" in words(bada.get("/messages", query_string={"q": "없는이름"}).text)
    assert "이름으로 사람을 찾아" in words(bada.get("/messages?q=").text)
    bada.post("/@하늘/follow")
    assert 'href="/messages/%ED%95%98%EB%8A%98"' in bada.get("/messages?q=").text
    haneul.post("/@바다/block")
    assert 'href="/messages/%ED%95%98%EB%8A%98"' not in bada.get("/messages", query_string={"q": "하늘"}).text


def test_lists_of_conversations_go_on(cast: Cast, bada: Visitor) -> None:
    for number in range(PER_PAGE + 2):
        cast.message(chum(cast, number), bada)
    first = bada.get("/messages").text
    more = re.search(r'href="(/messages\?cursor=[^"]+)"', first)
    assert more and first.count('id="talk-') == PER_PAGE
    assert bada.get(more[1]).text.count('id="talk-') == 2
    piece = bada.get("/messages", headers={"HX-Request": "true"}).text
    assert "<html" not in piece and piece.count('id="talk-') == PER_PAGE


# Nobody else.


def test_third_person_neither_reads_nor_lists_nor_fetches_nor_deletes(
    cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    id = cast.message(bada, haneul, SECRET)
    admin = cast.member("살림꾼", is_admin=True)
    missing = id + 1000
    for third in (cast.member("노을"), admin):
        for path in ("/messages", "/messages/바다", "/messages/하늘", "/messages/바다/new", "/", "/@바다"):
            assert SECRET not in third.get(path).text, path
        for other in ("바다", "하늘"):
            for path in (f"/messages/{other}/{{}}/delete", f"/messages/{other}/delete"):
                real, none = third.get(path.format(id)), third.get(path.format(missing))
                assert real.status_code == none.status_code == 404
                assert lasting(real.text) == lasting(none.text), "Nothing tells that there is something."
                assert third.post(path.format(id)).status_code == 404
            assert third.post(f"/messages/{other}/read", last_id=id).status_code == 404
        assert third.get("/news").json == {"notifications": 0, "messages": 0}
    with cast.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 1
        assert sorted(db.session.scalars(sa.select(Participation.unread_count))) == [0, 1]


def test_place_of_somebody_elses_conversation_leads_nowhere(
    cast: Cast, bada: Visitor, haneul: Visitor
) -> None:
    cast.message(bada, haneul, SECRET)
    stolen = place(bada.get("/messages/하늘").text)
    noeul = cast.member("노을")
    cast.message(noeul, bada, "내 말")
    page = noeul.get("/messages/바다/new", query_string={"after": stolen}).text
    assert SECRET not in page and "내 말" in page


def test_search_finds_no_message(cast: Cast, bada: Visitor, haneul: Visitor) -> None:
    cast.post(bada, "자개장롱 이야기")
    cast.message(bada, haneul, SECRET)
    work(cast.app)
    for tab in ("posts", "people", "tags"):
        page = bada.get("/search", query_string={"q": "자개장롱", "tab": tab}).text
        assert "숨긴" not in page, tab
    assert "숨긴" not in bada.get("/search/suggestions", query_string={"q": "숨긴"}).text


def test_sending_is_limited(limited: Flask) -> None:
    cast = Cast(limited)
    bada, haneul = cast.member("바다"), cast.member("하늘")
    for _ in range(300):
        assert bada.live("/messages/하늘", body="").status_code == 422
    assert bada.live("/messages/하늘", body="말").status_code == 429
    assert haneul.live("/messages/바다", body="말").status_code == 200


def test_message_in_a_new_conversation_beyond_the_days_measure_keeps_its_text(
    cast: Cast, bada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.messages.sending.MOST_BEGUN", 1)
    cast.message(bada, cast.member("하나"))
    cast.member("둘째")
    refused = bada.post("/messages/둘째", body="남아 있을 글")
    assert refused.status_code == 429 and "남아 있을 글" in refused.text and "내일" in words(refused.text)
    assert bada.live("/messages/둘째", body="글").headers["Retry-After"]
    with cast.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Conversation)) == 1


@pytest.mark.parametrize("path", ["/messages", "/messages/하늘", "/messages?q="])
def test_page_costs_at_most_six_statements_whatever_its_length(
    cast: Cast, bada: Visitor, haneul: Visitor, path: str
) -> None:
    for number in range(25):
        cast.message(chum(cast, number), bada)
        cast.message(bada, haneul, f"{number}")
        cast.message(haneul, bada, f"{number}")
        bada.post(f"/@말벗{number}/follow")
    with Statements() as statements:
        assert bada.get(path).status_code == 200
    assert len(statements.seen) <= 6, "\n\n".join(statements.seen)
