"""Following a link with the method that the description names does what the link's name says."""

from typing import Any

from flask import Flask

from tests.api.conftest import Connect, Program
from tests.cast import Cast

BODIES = {"reply": {"body": "답글"}, "message": {"body": "쪽지"}, "send": {"body": "쪽지"}}


def followed(program: Program, resource: str, name: str, method: str) -> Any:
    """Follows a link of a resource, with nothing but what its name asks for."""
    address = program.get(resource).json["_links"][name]
    answer = program.ask(method, address, json=BODIES.get(name))
    assert answer.status_code < 300, (name, answer.text)
    return answer.get_json(silent=True)  # Deleting answers nothing.


def test_links_of_a_post_act_on_that_post(cast: Cast, connect: Connect) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    path, program = f"/api/posts/{cast.post(haneul, '글')}", connect(bada)
    reply = followed(program, path, "reply", "POST")
    assert reply["_links"]["parent"] == path and reply["body"] == "답글"
    assert [item["id"] for item in program.get(f"{path}/replies").json["items"]] == [reply["id"]]
    assert program.get("/api/posts").json["items"][0]["_links"]["self"] == path, "Nothing else was written."
    assert followed(program, path, "like", "PUT")["liked"] is True
    assert followed(program, path, "like", "DELETE")["liked"] is False
    followed(program, reply["_links"]["self"], "delete", "DELETE")
    assert program.get(path).json["reply_count"] == 0


def test_links_of_a_person_act_on_that_person(cast: Cast, connect: Connect) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    program = connect(bada)
    path = program.get("/api/users/하늘").json["_links"]["self"]
    assert followed(program, path, "follow", "PUT")["followed"] is True
    message = followed(program, path, "message", "POST")
    talk = message["_links"]["conversation"]
    assert program.get(talk).json["person"]["username"] == "하늘"
    assert followed(program, talk, "send", "POST")["_links"]["conversation"] == talk
    for name, undone, state in (("mute", "unmute", "muted"), ("block", "unblock", "blocked")):
        assert followed(program, path, name, "PUT")[state] is True
        assert followed(program, path, undone, "DELETE")[state] is False
    assert len(connect(haneul).get("/api/messages").json["items"]) == 1


def test_replies_of_a_person_are_listed_as_on_the_profile(cast: Cast, connect: Connect) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    top = cast.post(haneul, "글")
    first, second = (cast.post(bada, body, parent=top) for body in ("답글", "또 답글"))
    cast.post(bada, "답글이 아닌 글")
    program = connect(haneul)
    path = program.get("/api/users/바다").json["_links"]["replies"]
    page = program.get(path, query_string={"per_page": 1, "total": "true"}).json
    assert [item["id"] for item in page["items"]] == [second] and page["_meta"]["total"] == 2
    assert [item["id"] for item in program.get(page["_links"]["next"]).json["items"]] == [first]
    haneul.post("/@바다/block")
    assert program.get(path).json["items"] == []


def test_reply_is_repeated_refused_and_missed_as_a_post_is(app: Flask, cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    program, path = connect(bada), f"/api/posts/{cast.post(bada, '글')}/replies"
    key = {"Idempotency-Key": "reply-1"}
    first, again = (program.ask("POST", path, json={"body": "답글"}, headers=key) for _ in range(2))
    assert first.status_code == again.status_code == 201 and again.data == first.data
    assert again.headers["Idempotency-Replayed"] == "true" and first.location == first.json["_links"]["self"]
    for body in ({"body": ""}, {}, {"body": "글", "parent_id": 1}, {"body": "가" * 301}):
        assert program.ask("POST", path, json=body).status_code == 422, body
    assert program.ask("POST", "/api/posts/9999/replies", json={"body": "글"}).status_code == 404
    assert Program(app).ask("POST", path, json={"body": "글"}).status_code == 401
    reader = connect(bada, scopes=["read"])
    assert reader.ask("POST", path, json={"body": "글"}).status_code == 403
    newcomer = connect(cast.member("새내기", confirmed=False))
    assert newcomer.ask("POST", path, json={"body": "글"}).status_code == 403
    assert len(program.get(path).json["items"]) == 1
