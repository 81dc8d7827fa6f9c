"""The description's examples: allowed by its schemas, shaped as the real answers, and good enough to be sent."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask

from app.api.examples import EXAMPLES
from tests.api.conftest import Connect, Program, order
from tests.api.test_crawl import DEEDS, crawl
from tests.api.test_document import described
from tests.cast import Cast

TEMPLATE = re.compile(r"<(?:[^:<>]+:)?(\w+)>")


def operations(app: Flask) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields every method and path with its operation."""
    for path, methods in described(app)["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation


def bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields what an operation takes and answers, where that is JSON."""
    messages = [operation.get("requestBody", {}), *operation["responses"].values()]
    for message in messages:
        if "application/json" in message.get("content", {}):
            yield message["content"]["application/json"]


def validator(app: Flask, schema: dict[str, Any]) -> Any:
    """Returns what says whether a value is as a schema of the description allows."""
    return jsonschema_rs.validator_for({**schema, "components": described(app)["components"]})


def test_every_body_has_an_example_that_its_schema_allows(app: Flask) -> None:
    seen = 0
    for name, operation in operations(app):
        for body in bodies(operation):
            assert "example" in body, name
            errors = [error.message for error in validator(app, body["schema"]).iter_errors(body["example"])]
            assert not errors, (name, errors)
            seen += 1
    assert seen > 40


def test_no_example_stands_there_for_nothing(app: Flask) -> None:
    used = {
        body["schema"]["$ref"].rpartition("/")[2]
        for _, operation in operations(app)
        for body in bodies(operation)
    }
    assert used == set(EXAMPLES)


def shape(value: Any) -> Any:
    """Returns which members a value has, and those of its items."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value and isinstance(value[0], dict) else []
    return None


def assert_same(example: Any, real: Any, where: str) -> None:
    """Compares shapes; what may be missing is compared only where both have it."""
    if isinstance(example, dict) and isinstance(real, dict):
        optional = {"total", "me", "home", "reply", "like", "edit", "delete", "follow", "confirm", *DEEDS}
        optional |= {"tasks", "file"}
        optional.add("translation")
        optional |= {"messages", "message", "send", "person"}
        assert set(example) - optional == set(real) - optional, where
        for name in example.keys() & real.keys():
            assert_same(example[name], real[name], f"{where}/{name}")
    elif isinstance(example, list) and isinstance(real, list) and example and real:
        assert_same(example[0], real[0], f"{where}/0")


def test_examples_look_like_the_real_answers(app: Flask, cast: Cast, connect: Connect) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    top = cast.post(haneul, "첫 글 #산책")
    cast.post(bada, "답글 #산책", parent=top)
    cast.post(haneul, "A walk in the snow, with nobody around", parent=top)
    bada.post("/@하늘/follow")
    bada.post(f"/posts/{top}/like")
    cast.message(haneul, bada)
    cast.member("구름")
    for deed in ("block", "mute"):
        bada.post(f"/@구름/{deed}")
    bada.post("/settings/exports")
    bada.letters()
    program = connect(bada)
    reached = crawl(program, "/api")
    for link in ("search", "search_users", "search_tags", "suggestions"):
        query = "산책" if "users" not in link else "하늘"
        path = program.get("/api").json["_links"][link]
        reached[f"{path}?q={query}"] = program.get(path, query_string={"q": query}).json
    found = {}
    for path, body in reached.items():
        adapter = app.url_map.bind("localhost")
        rule, _ = adapter.match(path.partition("?")[0], return_rule=True)
        found["GET " + TEMPLATE.sub(r"{\1}", rule.rule)] = body
    compared = 0
    for name, operation in operations(app):
        real = found.get(name)
        if real is not None:
            (body,) = bodies(operation)
            assert not list(validator(app, body["schema"]).iter_errors(real)), name
            assert_same(body["example"], real, name)
            compared += 1
    assert compared == sum(name.startswith("GET") and bool([*bodies(told)]) for name, told in operations(app))


@pytest.mark.parametrize(
    ("method", "path", "schema", "status"),
    [
        ("POST", "/api/tokens", "TokenOrder", 201),
        ("PATCH", "/api/tokens/{token}", "TokenName", 200),
        ("POST", "/api/users", "Newcomer", 202),
        ("PATCH", "/api/users/바다", "ProfileChange", 200),
        ("PATCH", "/api/me", "MeChange", 200),
        ("POST", "/api/posts", "PostOrder", 201),
        ("POST", "/api/tasks", "TaskOrder", 202),
        ("POST", "/api/messages", "MessageOrder", 201),
        ("POST", "/api/messages/하늘/messages", "MessageText", 201),
        ("PUT", "/api/messages/하늘/read", "ReadMark", 200),
        ("PUT", "/api/notifications/read", "ReadUntil", 204),
        ("PATCH", "/api/me/notification-settings", "NotificationChange", 200),
        ("PATCH", "/api/posts/{post}", "PostText", 200),
        ("POST", "/api/me/password", "PasswordChange", 200),
        ("POST", "/api/me/email", "EmailChange", 202),
        ("POST", "/api/me/username", "UsernameChange", 200),
        # Nobody knows the code before the letter comes; it is refused as a code.
        ("POST", "/api/me/confirmation", "Code", 422),
    ],
)
def test_example_can_be_sent(
    app: Flask, cast: Cast, connect: Connect, method: str, path: str, schema: str, status: int
) -> None:
    bada = cast.member("바다")
    program = connect(bada)
    if schema == "TokenOrder":
        assert order(app, "바다", **EXAMPLES[schema]).status_code == status
        return
    cast.message(cast.member("하늘"), bada)
    token = program.get("/api/tokens").json["items"][0]["id"]
    path = path.format(token=token, post=cast.post(bada, "글"))
    answer = program.ask(method, path, json=EXAMPLES[schema], headers={"If-Match": "*"})
    assert answer.status_code == status, answer.text


def test_every_example_of_a_request_is_sent_above(app: Flask) -> None:
    asked = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for _, operation in operations(app)
        if "requestBody" in operation
    }
    (marks,) = (mark for mark in test_example_can_be_sent.pytestmark if mark.name == "parametrize")  # type: ignore[attr-defined]
    assert asked == {schema for _, _, schema, _ in marks.args[1]}


def test_stranger_is_not_told_of_what_is_for_members(app: Flask, cast: Cast) -> None:
    top = cast.post(cast.member("바다"), "글")
    links = Program(app).get(f"/api/posts/{top}").json["_links"]
    assert not {"edit", "delete", "like", "reply"} & set(links)
