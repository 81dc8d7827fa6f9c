"""Scripts of other sites, OPTIONS, and what a browser's cookies and htmx's header change: nothing."""

from typing import Any

import pytest
from flask import Flask

from app.errors.kinds import KINDS
from tests.api.conftest import Connect, Program, credentials
from tests.api.test_document import described
from tests.cast import Cast

ELSEWHERE = {"Origin": "https://elsewhere.example"}
TOLD = {
    "Link",
    "ETag",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Idempotency-Replayed",
    "X-Request-ID",
    "Location",
}


def preflight(app: Flask, method: str, path: str) -> Any:
    """Asks as a browser does before it sends a script's request."""
    asked = {
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,if-match",
    }
    return app.test_client().options(path, headers=ELSEWHERE | asked)


def allows(answer: Any) -> bool:
    """Tells whether a browser goes on after a preflight."""
    method = answer.request.headers["Access-Control-Request-Method"]
    told = answer.headers.get("Access-Control-Allow-Methods", "").split(", ")
    return answer.headers.get("Access-Control-Allow-Origin") == "*" and method in told


def test_scripts_of_other_sites_may_do_whatever_takes_no_password(app: Flask) -> None:
    closed = set()
    for path, methods in described(app)["paths"].items():
        address = (
            path.replace("{id}", "1").replace("{who}", "1").replace("{name}", "x").replace("{target}", "en")
        )
        for method, operation in methods.items():
            if method == "parameters":
                continue
            answer = preflight(app, method.upper(), address)
            assert answer.status_code == 200 and "Access-Control-Allow-Credentials" not in answer.headers
            if allows(answer):
                assert "If-Match" in answer.headers["Access-Control-Allow-Headers"]
                assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
                assert "password" not in str(operation["security"])
            else:
                assert "Access-Control-Allow-Origin" not in answer.headers
                closed.add(f"{method.upper()} {path}")
    assert {"POST /api/tokens", "POST /api/users"} <= closed


def test_script_reads_answers_and_refusals(app: Flask, cast: Cast, connect: Connect) -> None:
    program = connect(cast.member("바다"))
    answers = [
        program.get(path, headers=ELSEWHERE)
        for path in ("/api/me", "/api/posts?x=1", "/api/nothing", "/api/posts/9")
    ]
    answers += [
        program.ask("POST", "/api/posts", json={"body": "글"}),
        program.ask("PUT", "/api/posts", headers=ELSEWHERE),
    ]
    answers.append(program.get("/api/me", headers=ELSEWHERE | {"If-Match": '"x"'}))
    answers.append(Program(app).get("/api/openapi.json"))
    assert [answer.status_code for answer in answers] == [200, 400, 404, 404, 201, 405, 412, 200]
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == "*", answer.request.path
        assert set(answer.headers["Access-Control-Expose-Headers"].split(", ")) >= TOLD
    assert "RateLimit" in answers[0].headers or not app.config["RATELIMIT_ENABLED"]


def test_script_of_another_site_reads_no_answer_to_a_password_and_no_page(app: Flask, cast: Cast) -> None:
    cast.member("바다")
    made = app.test_client().post("/api/tokens", headers=ELSEWHERE | credentials("바다"))
    assert made.status_code == 201 and made.headers["Cache-Control"] == "no-store"
    asked = app.test_client().post("/api/users", json={}, headers=ELSEWHERE)
    for answer in (
        made,
        asked,
        *(app.test_client().get(path, headers=ELSEWHERE) for path in ("/", "/api/docs", "/explore")),
    ):
        assert not [name for name, _value in answer.headers if name.startswith("Access-Control")]


def test_browser_asks_as_often_as_it_likes(limited: Flask) -> None:
    for _ in range(310):
        assert limited.test_client().options("/api/posts").status_code == 200


def test_options_are_answered_in_json_without_a_tag(app: Flask) -> None:
    answer: Any = app.test_client().options("/api/posts/1")
    assert (
        answer.status_code == 200
        and answer.content_type == "application/json"
        and "ETag" not in answer.headers
    )
    assert answer.json["methods"] == ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH"] == sorted(answer.allow)
    assert answer.json["_links"] == {"self": "/api/posts/1", "describedby": "/api/openapi.json"}


def test_cookies_change_nothing_and_no_answer_depends_on_them(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    client = bada.client
    client.set_cookie("lang", "en")
    client.set_cookie("theme", "dark")
    for path, status in (
        ("/api", 200),
        ("/api/posts", 200),
        ("/api/nothing", 404),
        ("/api/posts?x=1", 400),
        ("/api/me", 401),
    ):
        answer: Any = client.get(path, headers={"Accept-Language": "ko"})
        plain: Any = app.test_client().get(path, headers={"Accept-Language": "ko"})
        assert answer.status_code == status and "Cookie" not in answer.vary, path
        assert {**answer.json, "request_id": 0} == {**plain.json, "request_id": 0}
        assert "Set-Cookie" not in answer.headers
    assert "Cookie" in client.get("/api/docs").vary and 'lang="en"' in client.get("/api/docs").text


@pytest.mark.parametrize("path", ["/api/nothing", "/api/posts?x=1", "/api/posts/99", "/api/me"])
def test_header_of_htmx_changes_no_answer(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers={"HX-Request": "true"})
    assert answer.content_type == "application/problem+json" and answer.json


def test_each_kind_of_problem_has_a_page_in_both_languages(app: Flask) -> None:
    client = app.test_client()
    for name, kind in KINDS.items():
        pages = [
            client.get(f"/api/problems/{name}", headers={"Accept-Language": language})
            for language in ("ko", "en")
        ]
        assert [page.status_code for page in pages] == [200, 200] and pages[0].text != pages[1].text
        assert str(kind.status) in pages[0].text and name in pages[1].text
        assert "요" in pages[0].text
    assert all(f"/api/problems/{name}" in client.get("/api/problems").text for name in KINDS)
    assert client.get("/api/problems/none").status_code == 404
