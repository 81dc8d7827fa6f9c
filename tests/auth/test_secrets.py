"""Every mailed secret is void once what it was bound to has changed, and no answer tells what a letter holds."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import AccessToken, LoginSession, OneTimeCode, User
from app.services import letters
from tests.api.conftest import order
from tests.auth.test_reset import NEW, link_for
from tests.auth.test_sign_up import FORM, code_in
from tests.cast import PASSWORD, Cast, Visitor

OLD, OTHER, THIRD = "bada@example.com", "bada@other.example", "third@example.com"


def change_password(member: Visitor) -> None:
    form = {"current": PASSWORD, "password": NEW}
    assert member.post("/settings/account/password", **form).status_code == 303


def ask_for_address(member: Visitor, address: str = OTHER) -> str:
    """Begins to change the address, and returns the code that is mailed there."""
    form = {"email": address, "password": PASSWORD}
    assert member.post("/settings/account/email", **form).status_code == 303
    return code_in(member)


def change_address(member: Visitor) -> None:
    assert member.post("/auth/confirm", code=ask_for_address(member)).status_code == 303


def suspend(member: Visitor) -> None:
    assert member.app.test_cli_runner().invoke(args=["users", "suspend", member.username]).exit_code == 0


def sign_others_out(member: Visitor) -> None:
    assert member.post("/settings/sessions/end-others").status_code == 303


def reset(member: Visitor) -> None:
    """Resets the password in another browser."""
    visitor = Visitor(member.app)
    visitor.get(link_for(visitor))
    assert visitor.post("/auth/reset", password=NEW).status_code == 303


CHANGES = [change_password, change_address, suspend, sign_others_out, reset]


@pytest.mark.parametrize("change", CHANGES)
def test_link_is_void_after_every_change_of_what_it_was_bound_to(
    cast: Cast, stranger: Visitor, change: Callable[[Visitor], None]
) -> None:
    bada = cast.member("바다", email=OLD)
    link = link_for(stranger)
    change(bada)
    stranger.get(link)
    assert stranger.post("/auth/reset", password="또 다른 긴 비밀번호").status_code in (410, 422)
    assert stranger.post("/auth/login", name="바다", password="또 다른 긴 비밀번호").status_code == 422


@pytest.mark.parametrize("change", [change_password, sign_others_out, reset])
def test_code_for_a_new_address_is_void_after_a_change(cast: Cast, change: Callable[[Visitor], None]) -> None:
    bada = cast.member("바다", email=OLD)
    code = ask_for_address(bada)
    change(bada)
    again = cast.browser(bada)
    again.post("/auth/confirm", code=code)
    with cast.app.app_context():
        assert db.session.scalars(sa.select(User)).one().email == OLD


def test_code_for_one_address_proves_no_other(cast: Cast) -> None:
    bada = cast.member("바다", email=OLD)
    first = ask_for_address(bada)
    bada.post(
        "/settings/account/email", email=THIRD, password=PASSWORD
    )  # No worker has mailed the second yet.
    assert bada.post("/auth/confirm", code=first).status_code == 422


def test_code_of_sign_up_is_void_when_the_address_changes(stranger: Visitor) -> None:
    stranger.post("/auth/signup", **FORM)
    first = code_in(stranger)
    stranger.post("/settings/account/email", email=OTHER, password=PASSWORD)
    assert stranger.post("/auth/confirm", code=first).status_code == 422
    assert stranger.post("/posts", body="아직 안 돼요").status_code == 403


def test_link_that_stops_letters_is_bound_to_the_address(cast: Cast) -> None:
    bada = cast.member("바다", email=OLD)
    with cast.app.app_context():
        token = letters.token(db.session.scalars(sa.select(User)).one())
    stop = f"/letters/stop?token={token}"
    assert Visitor(cast.app).get(stop).status_code == 200
    change_password(bada)
    assert Visitor(cast.app).get(stop).status_code == 200, "Who reads the letter is the same."
    bada.app.test_client()
    form = {"email": OTHER, "password": NEW}
    bada.post("/settings/account/email", **form)
    assert bada.post("/auth/confirm", code=code_in(bada)).status_code == 303
    assert Visitor(cast.app).get(stop).status_code == 404
    assert Visitor(cast.app).post(stop).status_code == 404


@pytest.mark.parametrize("change", CHANGES)
def test_no_secret_is_left_in_the_database(cast: Cast, change: Callable[[Visitor], None]) -> None:
    bada = cast.member("바다", email=OLD)
    ask_for_address(bada, THIRD)
    link_for(Visitor(cast.app))
    with cast.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OneTimeCode)) == 2
    change(bada)
    with cast.app.app_context():
        assert db.session.scalars(sa.select(OneTimeCode.purpose)).all() == []


def rows(app: Flask, model: Any) -> int:
    with app.app_context():
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def test_reset_leaves_no_session_and_no_token(cast: Cast) -> None:
    bada = cast.member("바다", email=OLD)
    cast.browser(bada)
    assert order(cast.app, "바다").status_code == 201
    assert (rows(cast.app, LoginSession), rows(cast.app, AccessToken)) == (2, 1)
    reset(bada)
    assert (rows(cast.app, LoginSession), rows(cast.app, AccessToken)) == (0, 0)


def test_signing_in_again_ends_the_session_that_the_browser_had(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", email=OLD)
    name = cast.app.config["SIGN_IN_COOKIE_NAME"]
    before = rows(cast.app, LoginSession)
    secrets = []
    for who in ("바다", OLD, "바다"):
        assert stranger.post("/auth/login", name=who, password=PASSWORD).status_code == 303
        cookie = stranger.client.get_cookie(name)
        assert cookie
        secrets.append(cookie.value)
    assert rows(cast.app, LoginSession) == before + 1
    open_pages = [Visitor(cast.app, secret).get("/settings/profile").status_code for secret in secrets]
    assert open_pages == [303, 303, 200]


def test_signing_in_as_somebody_else_ends_the_former_session(cast: Cast) -> None:
    bada = cast.member("바다", email=OLD)
    cast.member("하늘")
    cookie = bada.client.get_cookie(cast.app.config["SIGN_IN_COOKIE_NAME"])
    assert cookie and bada.post("/auth/login", name="하늘", password=PASSWORD).status_code == 303
    assert Visitor(cast.app, cookie.value).get("/settings/profile").status_code == 303
    wrong = bada.post("/auth/login", name="바다", password="틀린 비밀번호")
    assert wrong.status_code == 422
    assert bada.get("/settings/profile").status_code == 200, "A failed attempt ends nothing."


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What the database is asked, without values."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(re.sub(r"\s+", " ", statement))

    def end(_connection: Any) -> None:
        said.append("COMMIT")

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    sa.event.listen(engine, "commit", end)
    try:
        yield said
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
        sa.event.remove(engine, "commit", end)


def claims(visitor: Visitor, name: str, address: str) -> None:
    form = {"username": name, "email": address, "password": PASSWORD}
    assert visitor.post("/auth/signup", **form).status_code == 303
    visitor.letters()


@pytest.mark.parametrize("tries", [1, 6])
def test_wrong_code_costs_the_same_for_known_and_unknown_addresses(cast: Cast, tries: int) -> None:
    cast.member("주인", email="owner@example.com")
    costs = []
    for name, address in (("파도", "owner@example.com"), ("하늘", "nobody@example.com")):
        visitor = Visitor(cast.app)
        claims(visitor, name, address)
        visitor.get("/auth/confirm")
        for _ in range(tries - 1):
            visitor.post("/auth/confirm", code="000000")
        with statements(cast.app) as said:
            assert visitor.post("/auth/confirm", code="000000").status_code == 422
        costs.append(said)
    assert costs[0] == costs[1] and "COMMIT" in costs[0]


@pytest.mark.parametrize("ask", ["sign-up", "api", "forgot", "resend", "login", "order", "address"])
def test_every_question_about_an_address_costs_the_same(cast: Cast, ask: str) -> None:
    cast.member("주인", email="owner@example.com")
    member = cast.member("회원", email="member@example.com")
    costs = []
    for name, address in (("파도", "owner@example.com"), ("하늘", "nobody@example.com")):
        visitor = Visitor(cast.app)
        form = {"username": name, "email": address, "password": PASSWORD}
        if ask == "resend":
            claims(visitor, name, address)
        with statements(cast.app) as said:
            if ask == "sign-up":
                answer = visitor.post("/auth/signup", **form)
            elif ask == "api":
                answer = visitor.client.post("/api/users", json=form)
            elif ask == "forgot":
                answer = visitor.post("/auth/forgot", email=address)
            elif ask == "resend":
                answer = visitor.post("/auth/confirm/resend")
            elif ask == "login":
                answer = visitor.post("/auth/login", name=address, password="틀린 비밀번호")
            elif ask == "order":
                answer = order(cast.app, address, "틀린 비밀번호")
            else:
                answer = member.post("/settings/account/email", email=address, password=PASSWORD)
        costs.append((answer.status_code, said))
    assert costs[0] == costs[1]
