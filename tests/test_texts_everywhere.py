"""200 kB of combining marks at every text field of every route: from the URL map, the forms and the API's document."""

import json
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import regex
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.forms import BoundedForm
from app.security import LONGEST_LINE
from tests.api.conftest import credentials, order
from tests.cast import Cast, Visitor
from tests.timing import a_loop, loops, seconds

MARKS = "a" + "\u0300\u0316" * 50_000
"""200 kB; ``unicodedata.normalize`` alone takes half a minute for them."""
IN_ADDRESSES = MARKS[: LONGEST_LINE // 6 - 200]
"""As many as an address that passes can hold; each is six bytes of it."""
QUERY = ("q", "next", "cursor", "after", "tab", "sort", "order", "token", "translation", "hide", "from")
SENT_ALONE = ("next", "locale", "last_id", "until", "after", "from", "page", "body", "name", "email")
LOOP = a_loop()
SOON = 20
"""Loops, see ``timing``; an answer takes a twentieth of it, and a normalised text thirty times as much."""


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets nothing normalise a long row of marks; libraries ask the same function."""
    run, kept = regex.compile(r"\P{Canonical_Combining_Class=0}{600}"), unicodedata.normalize

    def normalize(form: Any, text: str) -> str:
        assert not run.search(text), f"{len(text)} characters with a long row of marks were normalised"
        return kept(form, text)

    monkeypatch.setattr(unicodedata, "normalize", normalize)


@pytest.fixture
def roomy(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets one request hold every field at once."""
    for name in ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE"):
        monkeypatch.setitem(app.config, name, 32 * 2**20)


def forms(base: type[BoundedForm] = BoundedForm) -> Iterator[type[BoundedForm]]:
    for form in base.__subclasses__():
        yield from (form, *forms(form))


def fields(app: Flask) -> set[str]:
    with app.test_request_context():
        return {name for form in forms() for name in form()._fields} | set(SENT_ALONE)


def soon(ask: Callable[[], Any], what: str) -> None:
    answers: list[Any] = []
    took = seconds(lambda: answers.append(ask())) / LOOP
    assert answers[0].status_code < 500, f"{what}: {answers[0].status_code}"
    assert took < SOON, f"{what}: {took:.1f} loops"


def pages(app: Flask, method: str) -> list[Any]:
    rules = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return [rule for rule in rules if not rule.rule.startswith(("/api", "/static"))]


def path_of(app: Flask, rule: Any, values: dict[str, Any]) -> str:
    return app.url_map.bind("localhost").build(rule.endpoint, {name: values[name] for name in rule.arguments})


def test_watch_and_clock_see_what_is_not_bounded(app: Flask) -> None:
    with pytest.raises(AssertionError):
        unicodedata.normalize("NFC", MARKS)
    assert len(fields(app)) > 15


@pytest.mark.usefixtures("roomy")
def test_every_form_of_every_page(app: Flask, cast: Cast) -> None:
    owner, sent = cast.member("바다"), MultiDict((name, MARKS) for name in fields(app))
    found = pages(app, "POST")
    assert len(found) > 30
    for rule in found:
        values = {
            "id": 1,
            "username": "바다",
            "who": "바다",
            "name": "태그",
            "target": "en",
            "timeline": "home",
        }
        if "post" in rule.endpoint and "id" in rule.arguments:
            values["id"] = cast.post(cast.browser(owner))
        path = path_of(app, rule, values)
        for visitor in (Visitor(app), cast.browser(owner)):
            soon(lambda: visitor.client.post(path, data=sent, content_type="multipart/form-data"), path)  # noqa: B023


def test_refused_text_is_kept_and_said_to_be_too_long(cast: Cast) -> None:
    long = "가" * 60_000
    answer = cast.member("바다").client.post(
        "/posts", data={"body": long}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422 and long in answer.text and "57000" in answer.text


def test_every_query_and_path_of_every_page(app: Flask, cast: Cast) -> None:
    owner = cast.member("바다")
    text = {
        "id": 1,
        "filename": "x",
        "timeline": "home",
        **dict.fromkeys(("username", "name", "who", "target"), IN_ADDRESSES),
    }
    for rule in pages(app, "GET"):
        path = path_of(app, rule, {**dict.fromkeys(rule.arguments, IN_ADDRESSES), **text})
        soon(lambda: owner.get(path), rule.endpoint)  # noqa: B023
        plain = path_of(
            app, rule, {**dict.fromkeys(rule.arguments, "x"), **text, "username": "바다", "name": "x"}
        )
        for name in QUERY if len(plain) < 200 else ():
            soon(lambda: owner.get(f"{plain}?{name}={quote(IN_ADDRESSES)}"), f"{rule.endpoint} {name}")  # noqa: B023


def test_longer_addresses_and_headers_are_refused(stranger: Visitor) -> None:
    assert stranger.get("/search?q=" + quote(MARKS)).status_code == 414
    assert stranger.get("/api/search/posts?q=" + quote(MARKS)).json["status"] == 414  # type: ignore[index]
    for name in ("Accept-Language", "Idempotency-Key", "Authorization", "If-None-Match"):
        assert stranger.get("/explore", headers={name: "x" * 200_000}).status_code == 431


def properties(document: Any, schema: Any) -> dict[str, Any]:
    """Returns what a body may hold, with marks where a text stands, one level deep and in lists."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return {
        name: [MARKS] if "array" in str(kind.get("type")) else MARKS
        for name, kind in schema["properties"].items()
    }


@pytest.mark.usefixtures("roomy")
def test_every_body_and_parameter_of_the_interface(app: Flask, cast: Cast, stranger: Visitor) -> None:
    document: Any = stranger.get("/api/openapi.json").json
    cast.member("바다")
    token = order(app, "바다", scopes=["read", "write"]).json["token"]
    client, bearer, bodies = app.test_client(), {"Authorization": f"Bearer {token}"}, 0
    for path, operations in document["paths"].items():
        here = path.replace("{who}", "바다").replace("{id}", "1")
        for method, operation in operations.items():
            if method == "parameters" or path.endswith("/tokens/{id}"):
                continue
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            marks = {name: quote(IN_ADDRESSES) for name in regex.findall(r"\{(\w+)\}", path)}
            given = [each["name"] for each in operation.get("parameters", ()) if each.get("in") == "query"]
            sent = json.dumps(properties(document, body["schema"]), ensure_ascii=False) if body else None
            bodies += bool(body)
            for address in [
                here,
                path.format(**marks),
                *(f"{here}?{name}={quote(IN_ADDRESSES)}" for name in given),
            ]:
                headers = bearer | ({"Content-Type": "application/json", "If-Match": "*"} if body else {})
                soon(
                    lambda: client.open(address, method=method.upper(), data=sent, headers=headers),  # noqa: B023
                    f"{method} {address[:80]}",
                )
    assert bodies > 10


def test_names_in_credentials_are_bounded(app: Flask) -> None:
    name = "a" + "\u0300\u0316" * 1_000
    for pair in ((name, "비밀번호"), ("바다", name), (f"a@{name}", name)):
        soon(lambda: app.test_client().post("/api/tokens", headers=credentials(*pair)), "Basic")  # noqa: B023


@pytest.mark.parametrize("arguments", [[MARKS, "kim@example.com"], ["바다", f"kim@{MARKS}"], ["바다", MARKS]])
def test_commands_take_no_longer(app: Flask, arguments: list[str]) -> None:
    create = ["users", "create", *arguments, "--password", "대나무 숲에서"]
    runs: list[Any] = []
    assert loops(lambda: runs.append(app.test_cli_runner().invoke(args=create))) < SOON
    assert runs[0].exit_code in (1, 2)
