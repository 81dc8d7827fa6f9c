"""What a token allows: the scopes of before as they were, and narrower ones; given by the API and by the site."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import AccessToken
from app.services import tokens
from app.transaction import transaction
from tests.api.conftest import Connect, Program, order
from tests.api.test_document import described, each_operation
from tests.cast import PASSWORD, Cast, Visitor

ALLOWED = {
    "read": {
        "GET /api/messages": 200,
        "GET /api/me": 200,
        "GET /api/timelines/home": 200,
        "POST /api/posts": 403,
    },
    "messages": {
        "GET /api": 200,
        "GET /api/messages": 200,
        "POST /api/messages": 201,
        "GET /api/me": 403,
        "PATCH /api/me": 403,
        "GET /api/posts": 403,
        "GET /api/timelines/home": 403,
        "POST /api/posts": 403,
        "GET /api/tokens": 403,
    },
    "account": {
        "GET /api": 200,
        "GET /api/me": 200,
        "PATCH /api/me": 200,
        "GET /api/tokens": 200,
        "GET /api/me/notification-settings": 200,
        "GET /api/messages": 403,
        "POST /api/messages": 403,
        "GET /api/posts": 403,
        "POST /api/tasks": 403,
    },
    "write": {
        "GET /api/messages": 200,
        "POST /api/messages": 201,
        "POST /api/posts": 201,
        "PATCH /api/me": 200,
    },
}
BODIES: dict[str, Any] = {
    "/api/posts": {"body": "글"},
    "/api/messages": {"to": "하늘", "body": "글"},
    "/api/me": {},
}


@pytest.mark.parametrize("scope", ALLOWED)
def test_scope_allows_what_it_says_and_nothing_else(cast: Cast, connect: Connect, scope: str) -> None:
    cast.member("하늘")
    program = connect(cast.member("바다"), scopes=[scope])
    for operation, status in ALLOWED[scope].items():
        method, path = operation.split()
        body = BODIES.get(path, {"kind": "export"}) if method != "GET" else None
        headers = {"If-Match": "*"} if method == "PATCH" else {}
        answer = program.ask(method, path, json=body, headers=headers)
        assert answer.status_code == status, (operation, answer.text)
        assert status != 403 or "“" in answer.json["detail"], "It names the scope that is missing."


def test_operation_is_allowed_exactly_as_it_is_described(app: Flask, cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    programs = {scope: connect(bada, scopes=[scope]) for scope in tokens.SCOPES}
    refused = 0
    for name, operation in each_operation(described(app)):
        method, path = name.split()
        path = re.sub(r"\{\w+\}", "1", path.replace("{target}", "en"))
        schemes = [scheme["token"] for scheme in operation["security"] if "token" in scheme]
        allowed = {scope for scopes in schemes for scope in scopes or tokens.SCOPES} or {*tokens.SCOPES}
        allowed |= {"write"} if "read" in allowed else set()
        for scope, program in programs.items():
            # What is made below would end the tokens that this test needs.
            if scope in allowed or "token" not in str(operation["security"]):
                continue
            answer = program.ask(method, path, json={})
            assert answer.status_code == 403, (name, scope)
            refused += 1
    assert refused > 100


def test_token_of_before_allows_what_it_did(app: Flask, cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    reader, writer = connect(bada, scopes=["read"]), connect(bada)
    with app.app_context(), transaction():
        db.session.execute(sa.update(AccessToken).values(scope=None))
    assert [item["scopes"] for item in writer.get("/api/tokens").json["items"]] == [
        ["read", "write"],
        ["read"],
    ]
    for path in ("/api/posts", "/api/messages"):
        assert reader.get(path).status_code == writer.get(path).status_code == 200
        assert reader.ask("POST", path, json={}).status_code == 403
    assert writer.ask("POST", "/api/posts", json={"body": "글"}).status_code == 201


def test_scopes_are_asked_for_with_the_password(app: Flask, cast: Cast) -> None:
    cast.member("바다")
    made = order(app, "바다", scopes=["account", "messages"])
    assert made.status_code == 201 and made.json["scopes"] == ["messages", "account"]
    assert order(app, "바다", scopes=["write"]).json["scopes"] == ["read", "write"]
    for wrong in ([], ["admin"], "read", ["read"] * 5):
        assert order(app, "바다", scopes=wrong).status_code == 422, wrong
    assert order(app, "바다", expires_in=31 * 86400).status_code == 422


def test_narrow_token_ends_itself_and_no_other(cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    narrow, account = connect(bada, scopes=["messages"]), connect(bada, scopes=["account"])
    own, other = (
        item["_links"]["self"]
        for item in sorted(account.get("/api/tokens").json["items"], key=lambda item: item["is_current"])
    )
    assert narrow.ask("DELETE", other).status_code == 403
    assert narrow.ask("DELETE", own).status_code == 204
    assert narrow.get("/api").status_code == 401


def test_token_is_made_on_the_site_and_shown_once(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    wishes = {"name": "부엌 화면", "scopes": ["messages"], "days": "365", "password": PASSWORD}
    shown = bada.post("/settings/tokens", **wishes)
    assert shown.status_code == 200 and shown.headers["Cache-Control"] == "no-store"
    found = re.search(r">(eyJ[\w.-]+)<", shown.text)
    assert found
    program = Program(app, found[1])
    assert program.get("/api/messages").status_code == 200 and program.get("/api/me").status_code == 403
    page = bada.read("/settings/tokens")
    assert "부엌 화면" in page and "eyJ" not in page
    with app.app_context():
        made = db.session.scalars(sa.select(AccessToken)).one()
        assert isinstance(made.expires_at, datetime) and made.expires_at - made.created_at == timedelta(
            days=365
        )


@pytest.mark.parametrize(
    "change",
    [
        {"password": "틀린 비밀번호"},
        {"password": ""},
        {"name": " "},
        {"name": "가" * 61},
        {"scopes": []},
        {"scopes": ["admin"]},
        {"days": "3650"},
    ],
)
def test_token_that_cannot_be_made_on_the_site_says_why(cast: Cast, change: dict[str, Any]) -> None:
    bada: Visitor = cast.member("바다")
    wishes = {"name": "앱", "scopes": ["read"], "days": "30", "password": PASSWORD} | change
    answer = bada.post("/settings/tokens", **wishes)
    assert answer.status_code == 422 and "eyJ" not in answer.text and "invalid-feedback" in answer.text
    assert "연결된 프로그램이 없어요." in bada.read("/settings/tokens")


def test_passwords_tried_on_the_site_are_limited(limited: Flask) -> None:
    bada = Cast(limited).member("바다")
    wishes = {"name": "앱", "scopes": ["read"], "days": "30", "password": "틀린 비밀번호"}
    answers = [bada.post("/settings/tokens", **wishes).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429], "One budget with signing in."
