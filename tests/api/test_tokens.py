"""Making, using, listing, naming and ending tokens."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import AccessToken
from app.models.columns import now
from app.services import tokens
from app.tasks import users
from app.transaction import transaction
from tests.api.conftest import Connect, Program, credentials, order
from tests.auth.test_reset import link_for
from tests.cast import PASSWORD, Cast, Visitor


def test_token_is_made_with_name_and_password_and_opens_what_is_the_members(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다", display_name="너른 바다")
    answer = order(app, "바다", name="읽는 앱")
    made = answer.json
    assert answer.status_code == 201 and answer.location == made["_links"]["self"]
    assert (made["name"], made["scopes"], made["is_current"]) == ("읽는 앱", ["read"], False)
    me = Program(app, made["token"]).get("/api/me")
    assert me.json["username"] == bada.username and me.json["display_name"] == "너른 바다"
    assert me.headers["Cache-Control"] == "private, no-cache" and "Authorization" in me.vary


def test_only_the_hash_of_a_token_is_kept(app: Flask, cast: Cast) -> None:
    cast.member("바다")
    token = order(app, "바다").json["token"]
    kept = jwt.decode(token, options={"verify_signature": False})["jti"]
    with app.app_context():
        row = db.session.scalars(sa.select(AccessToken)).one()
        values = [str(value) for value in vars(row).values()]
    assert not any(token in value or kept in value for value in values)


@pytest.mark.parametrize(
    ("name", "password"), [("바다", "틀린 비밀번호"), ("하늘", PASSWORD), ("", PASSWORD), ("바다", "")]
)
def test_wrong_credentials_are_refused_alike(app: Flask, cast: Cast, name: str, password: str) -> None:
    cast.member("바다")
    answer = order(app, name, password)
    assert answer.status_code == 401 and answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].lower().startswith("basic ")
    assert answer.json["detail"] == "이름이나 비밀번호가 맞지 않아요. 다시 확인해 주세요."


def test_cookie_of_a_browser_opens_nothing(app: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    answer: Any = bada.get("/api/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer ")
    assert "me" not in Program(app).get("/api").json["_links"]


def test_entry_leads_a_program_to_its_member(cast: Cast, connect: Connect) -> None:
    program = connect(cast.member("바다"))
    links = program.get("/api").json["_links"]
    assert program.get(links["me"]).json["username"] == "바다"
    assert program.get(links["describedby"]).json["openapi"] == "3.1.0"


def test_token_ends_by_itself(app: Flask, cast: Cast) -> None:
    cast.member("바다")
    program = Program(app, order(app, "바다", expires_in=60).json["token"])
    with app.app_context(), transaction():
        db.session.execute(sa.update(AccessToken).values(expires_at=now() - timedelta(seconds=1)))
    answer = program.get("/api")
    assert answer.status_code == 401 and "error=" in answer.headers["WWW-Authenticate"]
    with app.app_context(), transaction():
        tokens.tidy()
        assert not db.session.scalars(sa.select(AccessToken)).all()


@pytest.mark.parametrize("act", ["password", "reset", "suspend", "page", "interface"])
def test_token_is_ended_at_once(app: Flask, cast: Cast, connect: Connect, act: str) -> None:
    bada = cast.member("바다", email="bada@example.com")
    program = connect(bada)
    here = program.get("/api/tokens").json["items"][0]
    if act == "password":
        changed = {"current": PASSWORD, "password": "소나무 아래 한마디", "again": "소나무 아래 한마디"}
        assert bada.post("/settings/account/password", **changed).status_code == 303
    elif act == "reset":
        stranger = Visitor(app)
        stranger.get(link_for(stranger))
        assert stranger.post("/auth/reset", password="소나무 아래 한마디").status_code == 303
    elif act == "suspend":
        app.test_cli_runner().invoke(args=["users", "suspend", "바다"])
    elif act == "page":
        assert bada.post(f"/settings/tokens/{here['id']}/end").status_code == 303
    else:
        assert program.ask("DELETE", here["_links"]["delete"]).status_code == 204
    assert program.get("/api/me").status_code == 401


@pytest.mark.parametrize("forge", ["none", "other key", "other audience", "no jti", "rubbish", "no kid"])
def test_forged_token_is_refused(app: Flask, cast: Cast, connect: Connect, forge: str) -> None:
    token = connect(cast.member("바다")).token
    claims = jwt.decode(token, options={"verify_signature": False})
    header, key = jwt.get_unverified_header(token), app.config["SECRET_KEY"]
    algorithm = "HS256"
    if forge == "none":
        key, algorithm = "", "none"
    elif forge == "other key":
        key = "k" * 40
    elif forge == "other audience":
        claims["aud"] = "reset"
    elif forge == "no jti":
        del claims["jti"]
    elif forge == "no kid":
        header = {}
    made = jwt.encode(claims, key, algorithm, {"kid": header.get("kid", "?")})
    answer = Program(app, "rubbish" if forge == "rubbish" else made).get("/api/me")
    assert answer.status_code == 401


def test_keys_are_renewed_without_ending_tokens(app: Flask, cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    old, new = "an old key, which is long enough " * 2, "a new key, which is long enough " * 2
    app.config["TOKEN_KEYS"] = [old]
    program = connect(bada)
    app.config["TOKEN_KEYS"] = [new, old]
    later = connect(bada)
    assert program.get("/api/me").status_code == later.get("/api/me").status_code == 200
    app.config["TOKEN_KEYS"] = [new]
    assert (program.get("/api/me").status_code, later.get("/api/me").status_code) == (401, 200)


def test_token_that_only_reads_changes_nothing_but_may_end_itself(cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    reader, writer = connect(bada, scopes=["read"]), connect(bada)
    items = {item["is_current"]: item["_links"]["self"] for item in reader.get("/api/tokens").json["items"]}
    for method, path in [("PATCH", items[True]), ("PATCH", items[False]), ("DELETE", items[False])]:
        answer = reader.ask(method, path, json={"name": "다른 이름"} if method == "PATCH" else None)
        assert answer.status_code == 403 and "write" in answer.json["detail"]
    assert reader.ask("DELETE", items[True]).status_code == 204
    assert (reader.get("/api/me").status_code, writer.get("/api/me").status_code) == (401, 200)


def test_token_is_renamed_by_who_has_seen_it(cast: Cast, connect: Connect) -> None:
    program = connect(cast.member("바다"), name="처음 이름")
    path = program.get("/api/tokens").json["items"][0]["_links"]["edit"]
    seen = program.get(path).headers["ETag"]
    assert program.ask("PATCH", path, json={"name": "새 이름"}).status_code == 428
    changed = program.ask("PATCH", path, json={"name": "새 이름 "}, headers={"If-Match": seen})
    assert changed.status_code == 200 and changed.json["name"] == "새 이름"
    again = program.ask("PATCH", path, json={"name": "또 다른"}, headers={"If-Match": seen})
    assert again.status_code == 412 and "다시 읽은 다음" in again.json["detail"]
    fresh = {"If-Match": changed.headers["ETag"]}
    assert program.ask("PATCH", path, json={"name": "또 다른"}, headers=fresh).status_code == 200
    assert program.ask("PATCH", path, json={"name": "셋째"}, headers={"If-Match": "*"}).status_code == 200


def test_tokens_of_others_are_not_there(cast: Cast, connect: Connect) -> None:
    bada, haneul = connect(cast.member("바다")), connect(cast.member("하늘"))
    theirs = haneul.get("/api/tokens").json["items"][0]["_links"]["self"]
    assert bada.get(theirs).status_code == 404
    assert bada.ask("PATCH", theirs, json={"name": "x"}, headers={"If-Match": "*"}).status_code == 404
    assert bada.ask("DELETE", theirs).status_code == 204
    assert haneul.get("/api/me").status_code == 200


def test_fifty_tokens_are_kept(app: Flask, cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    first = connect(bada)
    first.get("/api/me")
    with app.app_context(), transaction():
        user = db.session.scalars(sa.select(AccessToken)).one().user
        for number in range(tokens.MOST_TOKENS):
            tokens.issue(user, f"{number}", [tokens.READ], timedelta(hours=1))
    assert first.get("/api/me").status_code == 401


def test_use_is_noted_by_a_worker(cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    program = connect(bada)
    assert program.get("/api/tokens").json["items"][0]["used_at"] is None
    with cast.app.app_context():
        users.note_tokens()  # As the schedule does.
    assert program.get("/api/tokens").json["items"][0]["used_at"]


def test_page_of_connected_apps_names_them(cast: Cast, connect: Connect, stranger: Visitor) -> None:
    bada = cast.member("바다")
    assert "연결된 프로그램이 없어요." in bada.read("/settings/tokens")
    connect(bada, name="내 <b>앱</b>", scopes=["read"])
    page = bada.read("/settings/tokens")
    assert "내 <b>앱</b>" in page
    shown = bada.get("/settings/tokens").text
    assert "<span>읽기</span>" in shown and ">쓰기</span>" not in shown
    assert stranger.get("/settings/tokens").status_code == 303


def test_guesses_of_a_password_are_limited(limited: Flask) -> None:
    cast = Cast(limited)
    cast.member("바다")
    answers = [order(limited, "바다", "틀린 비밀번호").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    refused = limited.test_client().post("/api/tokens", json={}, headers=credentials("바다"))
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert refused.content_type == "application/problem+json"


def test_id_that_no_token_can_have_is_not_found(cast: Cast, connect: Connect) -> None:
    program = connect(cast.member("바다"))
    assert program.ask("DELETE", "/api/tokens/9223372036854775808").status_code == 404
