"""Conversations."""

from app.models.keyset import PER_PAGE
from app.services.threads import MOST_ANCESTORS, SHOWN_BELOW
from tests.cast import Cast, Visitor
from tests.main.test_timelines import ids_on, next_on


def test_conversation_shows_what_is_answered_and_the_answers(cast: Cast, stranger: Visitor) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    first = cast.post(bada, "첫 글")
    second = cast.post(haneul, "둘째 글", parent=first)
    third = cast.post(bada, "셋째 글", parent=second)
    fourth = cast.post(haneul, "넷째 글", parent=third)
    assert ids_on(stranger.get(f"/posts/{second}").text) == [first, second, third, fourth]
    assert ids_on(stranger.get(f"/posts/{first}").text) == [first, second, third, fourth]


def test_deep_conversation_loads_in_bounded_pieces(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    chain = [cast.post(bada, "0")]
    for depth in range(1, MOST_ANCESTORS + 6):
        chain.append(cast.post(bada, str(depth), parent=chain[-1]))
    deepest = ids_on(stranger.get(f"/posts/{chain[-1]}").text)
    assert deepest == chain[-1 - MOST_ANCESTORS :]
    top = stranger.get(f"/posts/{chain[0]}")
    assert ids_on(top.text) == chain[: 2 + len(SHOWN_BELOW)]
    assert f"/posts/{chain[3]}" in top.text  # The way on, deeper into the conversation.


def test_many_replies_come_page_by_page_in_both_orders(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    root = cast.post(bada, "여는 글")
    replies = [cast.post(bada, f"답글 {number}", parent=root) for number in range(PER_PAGE + 5)]
    for order, expected in (("oldest", replies), ("newest", replies[::-1])):
        html = stranger.get(f"/posts/{root}?order={order}").text
        assert ids_on(html) == [root, *expected[:PER_PAGE]]
        link = next_on(html)
        assert link
        piece = stranger.get(link, headers={"HX-Request": "true"}).text
        assert ids_on(piece) == expected[PER_PAGE:]
        assert next_on(piece) is None


def test_deleted_post_keeps_its_place_while_something_is_below(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    root = cast.post(bada, "여는 글")
    middle = cast.post(bada, "가운데 글", parent=root)
    below = cast.post(bada, "아래 글", parent=middle)
    alone = cast.post(bada, "홀로 글", parent=root)
    bada.post(f"/posts/{middle}/delete")
    bada.post(f"/posts/{alone}/delete")
    html = stranger.get(f"/posts/{root}").text
    assert "가운데 글" not in html and "홀로 글" not in html
    assert "지운 글" in html and ids_on(html)[-1] == below
    assert "지운 글" in stranger.get(f"/posts/{below}").text


def test_more_replies_are_offered_where_there_are_some_that_one_can_read(cast: Cast) -> None:
    bada, haneul, namu = (cast.member(name) for name in ("바다", "하늘", "나무"))
    chain = [cast.post(bada, "여는 글")]
    for depth in range(1, 4):
        chain.append(cast.post(bada, f"답글 {depth}", parent=chain[-1]))
    last = chain[-1]

    def offers(reader: Visitor) -> bool:
        page = reader.get(f"/posts/{chain[0]}").text
        assert ids_on(page) == chain
        return "답글 더 보기" in page

    assert not offers(namu)
    blocked = cast.post(haneul, "하늘의 답글", parent=last)
    assert offers(namu)
    namu.post("/@하늘/block")
    assert not offers(namu) and ids_on(namu.get(f"/posts/{last}").text)[-1] == last
    assert offers(bada)
    gone = cast.post(bada, "지울 답글", parent=last)
    below = cast.post(haneul, "지운 글의 답글", parent=gone)
    bada.post(f"/posts/{gone}/delete")
    bada.post(f"/posts/{cast.post(bada, '또 지울 글', parent=last)}/delete")
    assert not offers(namu), "Below the deleted one stands nothing that the reader may see."
    assert "지운 글이에요" not in namu.read(f"/posts/{last}")
    deeper = cast.post(bada, "보이는 답글", parent=below)
    assert offers(namu) and ids_on(namu.get(f"/posts/{last}").text)[-1] == deeper
    cast.app.test_cli_runner().invoke(args=["users", "suspend", "하늘"])
    bada.post(f"/posts/{deeper}/delete")
    assert not offers(bada) and blocked not in ids_on(bada.get(f"/posts/{last}").text)


def test_number_of_replies_is_that_of_the_replies_shown(cast: Cast) -> None:
    bada, haneul, namu = (cast.member(name) for name in ("바다", "하늘", "나무"))
    id = cast.post(bada, "여는 글")
    for author in (haneul, namu):
        cast.post(author, "답글", parent=id)
        author.post(f"/posts/{id}/like")

    def told(reader: Visitor) -> tuple[bool, bool]:
        page = reader.read(f"/posts/{id}")
        return "답글 2 " in page and "좋아요 2 " in page, "답글 1 " in page and "좋아요 1 " in page

    assert told(namu) == (True, False)
    namu.post("/@하늘/block")
    assert told(namu) == (False, True) and told(bada) == (True, False)
    cast.app.test_cli_runner().invoke(args=["users", "suspend", "하늘"])
    assert told(namu) == told(bada) == (False, True)


def test_replying_to_a_deleted_post_is_refused_and_loses_nothing(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(bada)
    bada.post(f"/posts/{id}/delete")
    assert haneul.post(f"/posts/{id}/replies", body="늦은 답글").status_code == 404


def test_reply_that_is_too_long_comes_back_with_its_conversation(cast: Cast) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, "여는 글")
    answer = bada.post(f"/posts/{id}/replies", body="나" * 301)
    assert answer.status_code == 422 and "여는 글" in answer.text and "나" * 301 in answer.text
