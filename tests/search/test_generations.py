"""How every engine makes a new index beside the one that answers."""

from __future__ import annotations

from app.search.engine import Document
from app.search.plan import EVERYTHING, Plan
from app.search.tuning import Tuning
from tests.search.conftest import NOW, Posts, answer, fresh_build


def test_new_generation_is_made_beside_the_one_that_answers(posts: Posts) -> None:
    posts.put("옛날 이야기")
    build = fresh_build(posts.engine)
    build.put("post", [posts.document("새로운 이야기"), posts.document("새로운 소식")])
    assert posts.find("이야기") == ["옛날 이야기"]
    answer(posts.engine, build)
    assert posts.find("이야기") == ["새로운 이야기"]
    assert posts.engine.suggest("post", "새", limit=5) == posts.engine.suggest("post", "새로", limit=5)
    assert posts.engine.suggest("post", "소식", limit=5) == ["소식"]
    assert posts.engine.generation() == build.name == posts.engine.health().generation


def test_interrupted_generation_is_found_again_by_its_name(posts: Posts) -> None:
    begun = posts.engine.build(Tuning(words=(("겨울왕국",),)))
    begun.put("post", [posts.document("겨울왕국 하나")])
    again = posts.engine.build(Tuning(), begun.name)
    assert again.name == begun.name
    again.put("post", [posts.document("겨울왕국 둘")])
    answer(posts.engine, again)
    assert set(posts.find("겨울왕국")) == {"겨울왕국 하나", "겨울왕국 둘"}
    assert posts.engine.tuning().words == (("겨울왕국",),)
    answer(posts.engine, fresh_build(posts.engine))


def test_unknown_or_abandoned_generation_is_begun_anew(posts: Posts) -> None:
    build = fresh_build(posts.engine)
    build.abandon()
    other = posts.engine.build(Tuning(), build.name)
    assert other.name != build.name
    other.abandon()
    strange = posts.engine.build(Tuning(), "../*,gone")
    assert strange.name != "../*,gone"
    strange.abandon()


def test_abandoned_generation_leaves_the_old_one_alone(posts: Posts) -> None:
    posts.put("그대로 있다")
    build = fresh_build(posts.engine)
    build.put("post", [posts.document("버려진 것")])
    build.abandon()
    assert posts.find("그대로") == ["그대로 있다"] and posts.find("버려진") == []


def test_generation_under_way_keeps_the_newest_revisions(posts: Posts) -> None:
    build = fresh_build(posts.engine)
    post = posts.document("마지막 내용", revision=5)
    gone = posts.document("지워질 내용")
    build.put("post", [post, gone])
    build.put("post", [Document(post.id, 4, NOW, "처음 내용")])
    build.drop("post", [(gone.id, 2), (2**40, 1)])
    build.drop("post", [])
    build.prepare()
    build.put("post", [posts.document("늦은 소식")])
    answer(posts.engine, build)
    assert set(posts.texts_of(posts.hits(Plan(EVERYTHING)))) == {"마지막 내용", "늦은 소식"}
    assert posts.find("마지막") == ["마지막 내용"]
    assert posts.engine.suggest("post", "소식", limit=3) == ["소식"]


def test_words_of_the_site_come_with_the_generation(posts: Posts) -> None:
    tuning = Tuning(words=(("어쩔티비",), ("세종시", "세종", "시")), synonyms={"폰": ("휴대폰",)})
    build = fresh_build(posts.engine, tuning)
    build.put("post", [posts.document("어쩔티비 저쩔티비"), posts.document("세종시에 산다")])
    answer(posts.engine, build)
    assert posts.engine.tuning() == tuning
    assert posts.find("어쩔티비") == ["어쩔티비 저쩔티비"]
    assert posts.find("세종") == ["세종시에 산다"]
    assert posts.engine.suggest("post", "어쩔", limit=3) == ["어쩔티비"]
    answer(posts.engine, fresh_build(posts.engine))
    assert posts.engine.tuning() == Tuning()
