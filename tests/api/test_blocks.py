"""Blocking and muting with the interface: who is shown what, in both directions, and the links to the deeds."""

from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Connect, Program
from tests.api.test_writing import at_once
from tests.cast import Cast
from tests.main.test_blocks import BOTH_WAYS, Scene, build

# What 바다's program is shown there of 하늘 while nobody has blocked anybody, and not while one of the two has.
SEEN = {
    "/api/posts": "하늘의 글",
    "/api/timelines/explore": "하늘의 글",
    "/api/timelines/tags/표시": "하늘의 글",
    "/api/users": '"username":"하늘"',
    "/api/users/하늘/posts": "하늘의 글",
    "/api/users/하늘/likes": "나무의 글",
    "/api/users/하늘/followers": '"username":"나무"',
    "/api/users/하늘/following": '"username":"나무"',
    "/api/users/나무/likes": "하늘의 글",
    "/api/users/나무/followers": '"username":"하늘"',
    "/api/users/나무/following": '"username":"하늘"',
    "/api/posts/{top}/replies": "하늘의 답글",
    "/api/posts/{bada}/replies": "하늘의 덧글",
    "/api/posts/{top}/likes": '"username":"하늘"',
    "/api/posts/{answer}/thread": "하늘의 답글",
    "/api/search/posts?q=하늘의": "하늘의 글",
    "/api/search/users?q=하늘": '"username":"하늘"',
    "/api/search/suggestions?q=@하": '"username":"하늘"',
    "/api/search/suggestions?q=답": '"답글"',
    "/api/search/suggestions?q=%23하늘표": '"name":"하늘표"',
    "/api/search/tags?q=하늘표": '"name":"하늘표"',
    "/api/search/posts?q=답굴": '"did_you_mean":"답글"',
}
CLOSED = (
    "/api/posts/{own}",
    "/api/posts/{own}/replies",
    "/api/posts/{own}/likes",
    "/api/posts/{reply}/thread",
)
MUTED = ("/api/posts", "/api/timelines/explore", "/api/timelines/tags/표시")
"""The lists that a mute thins out."""


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """The people, before anybody blocks."""
    return build(cast)


@pytest.fixture
def programs(scene: Scene, connect: Connect) -> dict[str, Program]:
    """A program of each of them."""
    return {name: connect(visitor) for name, visitor in scene.people.items()}


def shown(program: Program, path: str) -> str:
    """Returns an answer's text."""
    answer = program.get(path)
    assert answer.status_code == 200, path
    return str(answer.text)


def seen(program: Program, scene: Scene) -> list[str]:
    """Returns where a program is shown something of 하늘."""
    places = {path: shown(program, path.format(**scene.ids)) for path in SEEN}
    return [path for path, text in places.items() if SEEN[path] in text]


@BOTH_WAYS
def test_neither_is_shown_the_other_while_one_has_blocked_the_other(
    scene: Scene, programs: dict[str, Program], direction: str
) -> None:
    assert seen(programs["바다"], scene) == list(SEEN), "Without these the test would prove nothing."
    scene.block(direction)
    assert seen(programs["바다"], scene) == []
    for path in CLOSED:
        assert programs["바다"].get(path.format(**scene.ids)).status_code == 404, path
    assert seen(programs["나무"], scene) == list(SEEN), "Others are shown what they were."
    scene.unblock(direction)
    assert seen(programs["바다"], scene) == list(SEEN)


def test_muted_stay_out_of_timelines_and_are_found_where_one_looks(
    scene: Scene, programs: dict[str, Program]
) -> None:
    scene.people["바다"].post("/@하늘/follow")
    assert "하늘의 글" in shown(programs["바다"], "/api/timelines/home")
    programs["바다"].ask("PUT", "/api/users/하늘/mute")
    assert "하늘의 글" not in shown(programs["바다"], "/api/timelines/home")
    assert set(SEEN) - set(seen(programs["바다"], scene)) == set(MUTED)


@BOTH_WAYS
def test_deeds_across_a_block_are_refused(scene: Scene, programs: dict[str, Program], direction: str) -> None:
    scene.block(direction)
    bada, own = programs["바다"], scene.ids["own"]
    assert bada.ask("PUT", f"/api/posts/{own}/likes").status_code == 404
    assert bada.ask("DELETE", f"/api/posts/{own}/likes").status_code == 404
    reply = bada.ask("POST", "/api/posts", json={"body": "답글", "parent_id": own})
    assert reply.status_code == 422 and reply.json["errors"][0]["pointer"] == "#/parent_id"
    follow = bada.ask("PUT", "/api/users/하늘/followers")
    assert follow.status_code == 403
    assert ("차단을 풀" if direction.startswith("바다") else "팔로우할 수 없") in follow.json["detail"]
    assert "follow" not in bada.get("/api/users/하늘").json["_links"]


@BOTH_WAYS
def test_numbers_are_those_of_the_lists_that_the_reader_gets(
    scene: Scene, programs: dict[str, Program], direction: str
) -> None:
    def numbers(program: Program) -> dict[str, tuple[int, int]]:
        """Returns what is told beside each list, and how long the list is."""
        post, person = f"/api/posts/{scene.ids['top']}", "/api/users/나무"
        lists = {
            f"{post}/likes": (post, "like_count"),
            f"{post}/replies": (post, "reply_count"),
            f"{person}/followers": (person, "follower_count"),
            f"{person}/following": (person, "following_count"),
        }
        return {
            path: (program.get(of).json[field], len(program.get(path).json["items"]))
            for path, (of, field) in lists.items()
        }

    assert set(numbers(programs["바다"]).values()) == {(1, 1)}
    scene.block(direction)
    assert set(numbers(programs["바다"]).values()) == {(0, 0)}
    assert set(numbers(programs["나무"]).values()) == {(1, 1)}
    person = programs["바다"].get("/api/users/하늘").json
    counts = {name for name in person if name.endswith("_count")}
    assert len(counts) == 3 and {person[name] for name in counts} == {None}
    scene.people["하늘"].app.test_cli_runner().invoke(args=["users", "suspend", "하늘"])
    assert set(numbers(programs["나무"]).values()) == {(0, 0)}
    checked = scene.people["나무"].app.test_cli_runner().invoke(args=["data", "recount", "--check"])
    assert checked.exit_code == 0, checked.output


def test_links_say_what_may_be_done_and_undone(
    app: Flask, scene: Scene, programs: dict[str, Program]
) -> None:
    bada, haneul = programs["바다"], programs["하늘"]
    scene.people["바다"].post("/settings/profile", about_me="바다를 보며 걸어요", location="강릉")
    deeds = {"block", "unblock", "mute", "unmute", "follow"}

    def links(program: Program, who: str) -> set[str]:
        return deeds & program.get(f"/api/users/{who}").json["_links"].keys()

    assert links(bada, "하늘") == {"block", "mute", "follow"}
    assert links(bada, "바다") == links(Program(app), "하늘") == set()
    person = bada.get("/api/users/하늘").json
    for _ in range(2):
        done = bada.ask("PUT", person["_links"]["block"]).json
        assert (done["blocked"], done["is_apart"]) == (True, True)
        done = bada.ask("PUT", person["_links"]["mute"]).json
        assert done["muted"]
    assert links(bada, "하늘") == {"unblock", "unmute"} and links(haneul, "바다") == {"block", "mute"}
    other = haneul.get("/api/users/바다").json
    assert (other["blocked"], other["is_apart"], other["muted"]) == (False, True, False)
    assert other["about_me"] == other["location"] == ""
    for _ in range(2):
        assert not bada.ask("DELETE", done["_links"]["unblock"]).json["is_apart"]
        assert not bada.ask("DELETE", done["_links"]["unmute"]).json["muted"]
    assert haneul.get("/api/users/바다").json["location"] == "강릉"


def test_lists_are_the_members_own(scene: Scene, programs: dict[str, Program]) -> None:
    bada = programs["바다"]
    me = bada.get("/api/me").json["_links"]
    for deed, list_ in (("block", "blocks"), ("mute", "mutes")):
        assert bada.get(me[list_]).json["items"] == []
        for name in ("하늘", "나무"):
            bada.ask("PUT", f"/api/users/{name}/{deed}")
        items: list[dict[str, Any]] = bada.get(me[list_]).json["items"]
        assert [item["username"] for item in items] == ["나무", "하늘"]
        assert programs["하늘"].get(me[list_]).json["items"] == []


@pytest.mark.parametrize("deed", ["block", "mute"])
def test_only_who_may_does_it(
    app: Flask, scene: Scene, programs: dict[str, Program], connect: Connect, deed: str
) -> None:
    path = f"/api/users/하늘/{deed}"
    assert Program(app).ask("PUT", path).status_code == Program(app).ask("DELETE", path).status_code == 401
    reader = connect(scene.people["바다"], scopes=["read"])
    assert reader.ask("PUT", path).status_code == reader.ask("DELETE", path).status_code == 403
    assert programs["하늘"].ask("PUT", path).status_code == 403, "Nobody does it to oneself."
    assert programs["바다"].ask("PUT", f"/api/users/없는이/{deed}").status_code == 404


def test_thread_keeps_the_place_of_what_may_not_be_seen(scene: Scene, programs: dict[str, Program]) -> None:
    scene.block("하늘 바다")
    items = programs["바다"].get(f"/api/posts/{scene.ids['answer']}/thread").json["items"]
    assert [item["id"] for item in items] == [scene.ids[name] for name in ("top", "reply", "answer")]
    assert [item["post"] is None for item in items] == [False, True, False]


def test_follow_that_comes_with_a_block_does_not_outlast_it(
    app: Flask, scene: Scene, programs: dict[str, Program]
) -> None:
    deeds = (("바다", "/api/users/하늘/block"), ("하늘", "/api/users/바다/followers"))
    for _ in range(6):
        programs["바다"].ask("DELETE", "/api/users/하늘/block")

        def do(number: int) -> Any:
            who, path = deeds[number % 2]
            return Program(app, programs[who].token).ask("PUT", path)

        assert set(at_once(do)) <= {200, 403}
        person = programs["바다"].get("/api/users/하늘").json
        assert person["blocked"] and not person["follows_viewer"]
    assert app.test_cli_runner().invoke(args=["data", "recount", "--check"]).exit_code == 0


@BOTH_WAYS
def test_nothing_is_told_and_no_message_sent_across_a_block(
    scene: Scene, programs: dict[str, Program], direction: str
) -> None:
    scene.people["하늘"].post("/messages/바다", body="먼저 쓴 쪽지")
    assert programs["바다"].get("/api/notifications").json["items"], "Of a reply and a message."
    scene.block(direction)
    assert programs["바다"].get("/api/notifications").json["items"] == []
    for name, other in (("하늘", "바다"), ("바다", "하늘")):
        begun = programs[name].ask("POST", "/api/messages", json={"to": other, "body": "막힌 쪽지"})
        answered = programs[name].ask("POST", f"/api/messages/{other}/messages", json={"body": "막힌 쪽지"})
        assert begun.status_code == answered.status_code == 403
    kept = programs["바다"].get("/api/messages/하늘/messages").json["items"]
    assert [message["body"] for message in kept] == ["먼저 쓴 쪽지"]
