"""Writing, reading, changing and taking back posts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Mention, OutboxRow, Post, PostTag, User
from tests.cast import PASSWORD, Cast, Visitor, lasting, words


def test_post_is_read_at_home_on_the_profile_and_by_strangers(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, "가을 하늘이 높아요")
    for reader, path in [
        (bada, "/"),
        (bada, "/@바다"),
        (stranger, "/explore"),
        (stranger, f"/posts/{id}"),
        (stranger, "/"),
    ]:
        assert "가을 하늘이 높아요" in reader.read(path), path


def test_text_is_counted_as_a_person_counts(cast: Cast) -> None:
    bada = cast.member("바다")
    assert bada.post("/posts", body="👨‍👩‍👧‍👦" * 300).status_code == 303
    too_long = bada.post("/posts", body="가" * 301)
    assert too_long.status_code == 422
    assert "가" * 301 in too_long.text  # What was written is not lost.


def test_many_code_points_in_few_characters_are_refused(cast: Cast) -> None:
    bada = cast.member("바다")
    assert bada.post("/posts", body="🏳️‍🌈" * 300).status_code == 303
    assert bada.post("/posts", body="👨‍👩‍👧‍👦" * 290 + "👩‍❤️‍💋‍👨" * 200).status_code == 422


@pytest.mark.parametrize("body", ["", "   \n ", "\u3164", "\u200b\u200d"])
def test_post_that_shows_nothing_is_refused(cast: Cast, body: str) -> None:
    assert cast.member("바다").post("/posts", body=body).status_code == 422


def test_nul_is_a_bad_request_everywhere(cast: Cast) -> None:
    bada = cast.member("바다")
    assert bada.post("/posts", body="널\x00문자").status_code == 400
    assert bada.get("/explore?cursor=%00").status_code == 400
    assert bada.get("/tags/%00").status_code == 400


def test_unconfirmed_member_reads_and_is_told_how_to_go_on(cast: Cast) -> None:
    bada = cast.member("바다", confirmed=False)
    assert "/auth/confirm" in bada.get("/").text
    assert bada.post("/posts", body="글").status_code == 403


def test_edit_marks_the_post_and_says_so(cast: Cast) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, "처음 글")
    assert bada.post(f"/posts/{id}/edit", body="고친 글").status_code == 303
    text = bada.read(f"/posts/{id}")
    assert "고친 글" in text and "처음 글" not in text and "수정함" in text


def test_same_text_is_no_edit(cast: Cast) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, "그대로")
    bada.post(f"/posts/{id}/edit", body="그대로")
    assert "수정함" not in bada.read(f"/posts/{id}")


def test_only_the_author_edits_and_deletes(cast: Cast) -> None:
    id = cast.post(cast.member("바다"), "내 글")
    other = cast.member("하늘")
    assert other.post(f"/posts/{id}/edit", body="남의 글").status_code == 403
    assert other.post(f"/posts/{id}/delete").status_code == 403
    assert other.get(f"/posts/{id}/edit").status_code == 403
    assert "내 글" in other.read(f"/posts/{id}")


def test_deleted_post_leaves_nothing_but_its_place(cast: Cast, stranger: Visitor) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(bada, "지울 글 @하늘 #비밀")
    below = cast.post(haneul, "남을 답글", parent=id)
    haneul.post(f"/posts/{id}/like")
    assert bada.post(f"/posts/{id}/delete").status_code == 303

    assert stranger.get(f"/posts/{id}").status_code == 404
    page = stranger.read(f"/posts/{below}")
    assert "남을 답글" in page and "지울 글" not in page
    assert "지울 글" not in stranger.read("/@하늘/likes")
    with cast.app.app_context():
        post = db.session.get_one(Post, id)
        assert (post.body, post.like_count) == ("", 0)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Mention)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PostTag)) == 0


def test_missing_and_deleted_posts_look_the_same(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    id = cast.post(bada)
    bada.post(f"/posts/{id}/delete")
    gone, missing = stranger.get(f"/posts/{id}"), stranger.get(f"/posts/{id + 1000}")
    assert gone.status_code == missing.status_code == 404
    assert lasting(gone.text) == lasting(missing.text)
    assert stranger.get("/posts/99999999999999999999").status_code == 404


def test_counters_follow_what_happens(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    id = cast.post(bada)
    reply = cast.post(haneul, "답글", parent=id)
    for _ in range(3):
        haneul.post(f"/posts/{id}/like")
        haneul.post("/@바다/follow")
    with cast.app.app_context():
        post = db.session.get_one(Post, id)
        assert (post.like_count, post.reply_count) == (1, 1)
        people = {user.username: user for user in db.session.scalars(sa.select(User))}
        assert (people["바다"].post_count, people["바다"].follower_count) == (1, 1)
        assert (people["하늘"].post_count, people["하늘"].following_count) == (1, 1)
    for _ in range(2):
        haneul.post(f"/posts/{id}/unlike")
        haneul.post("/@바다/unfollow")
    haneul.post(f"/posts/{reply}/delete")
    with cast.app.app_context():
        post = db.session.get_one(Post, id)
        assert (post.like_count, post.reply_count) == (0, 0)
        people = {user.username: user for user in db.session.scalars(sa.select(User))}
        assert (
            people["바다"].follower_count == people["하늘"].following_count == people["하늘"].post_count == 0
        )


def test_mentions_find_the_member_behind_an_honorific(cast: Cast) -> None:
    bada = cast.member("바다")
    id = cast.post(cast.member("하늘"), "@바다님께 여쭤봐요, @없는사람 말고요")
    page = bada.get(f"/posts/{id}").text
    assert page.count('href="/@%EB%B0%94%EB%8B%A4"') >= 1
    with cast.app.app_context():
        assert db.session.scalars(sa.select(Mention.key)).all() == ["바다"]


def test_mention_stays_the_same_person_when_they_change_their_name(cast: Cast) -> None:
    bada = cast.member("바다")
    id = cast.post(cast.member("하늘"), "@바다 안녕하세요")
    assert bada.post("/settings/account/username", username="너른바다", password=PASSWORD).status_code == 303
    page = bada.get(f"/posts/{id}").text
    assert "@바다</a>" in page and "%EB%84%88%EB%A5%B8%EB%B0%94%EB%8B%A4" in page


def test_hashtag_page_shows_what_carries_the_tag(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    cast.post(bada, "#한글날에 쉬어요")
    cast.post(bada, "다른 글")
    page = stranger.read("/tags/한글날에")
    assert "쉬어요" in page and "다른 글" not in page
    assert stranger.get("/tags/아무도안쓴태그").status_code == 200
    assert stranger.get("/tags/한글날").text.count("쉬어요") == 0


def test_every_change_is_noted_for_search(cast: Cast) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, "찾을 글 #검색")

    def noted() -> dict[str, int]:
        with cast.app.app_context():
            rows = db.session.scalars(sa.select(OutboxRow)).all()
            return {row.index_name: row.revision for row in rows if row.index_name in {"post", "tag"}}

    assert noted().keys() == {"post", "tag"} and noted()["post"] == 1
    bada.post(f"/posts/{id}/edit", body="고친 글")
    assert noted()["post"] == 2
    bada.post(f"/posts/{id}/like")
    assert noted()["post"] == 2  # A like never reindexes a post.
    bada.post(f"/posts/{id}/delete")
    assert noted()["post"] == 3


def test_two_who_like_at_once_are_both_counted(cast: Cast) -> None:
    id = cast.post(cast.member("바다"))
    others = [cast.member(f"사람{number}번") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda other: other.post(f"/posts/{id}/like").status_code, others))
    assert answers == [303] * 8
    with cast.app.app_context():
        assert db.session.get_one(Post, id).like_count == 8


def test_script_gets_the_piece_it_asked_for(cast: Cast) -> None:
    bada = cast.member("바다")
    id = cast.post(bada, "조각 글")
    liked = bada.live(f"/posts/{id}/like")
    assert liked.status_code == 200 and 'aria-pressed="true"' in liked.text and "<html" not in liked.text
    edited = bada.live(f"/posts/{id}/edit", body="고친 조각")
    assert "고친 조각" in edited.text and "<html" not in edited.text
    gone = bada.live(f"/posts/{id}/delete")
    assert gone.status_code == 200 and words(gone.text) == "글 0 팔로잉 0 팔로워 0", (
        "The counts of the page follow."
    )
    assert "article" not in gone.text
    assert bada.live(f"/posts/{id}/like").status_code == 404
