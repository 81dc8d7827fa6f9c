"""What happens to accounts stands in the log, with ids and without secrets."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, session
from itsdangerous import URLSafeTimedSerializer

from app import logs
from app.programs import PageSessions
from tests.api.conftest import order
from tests.auth.test_reset import NEW, link_for
from tests.auth.test_sign_up import code_in
from tests.cast import PASSWORD, Cast, Visitor
from tests.rules.tree import ROOT

ADDRESS = "bada@example.com"


class Kept(logging.Handler):
    """The lines as they are written."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.formatter = app.logger.handlers[0].formatter
        self.addFilter(logs.RequestContext())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def events(self) -> list[dict[str, Any]]:
        """The security events since the last look."""
        found = [line for line in map(json.loads, self.lines) if "security_event" in line]
        self.lines.clear()
        return found


@pytest.fixture
def kept(app: Flask) -> Iterator[Kept]:
    """The log."""
    handler = Kept(app)
    app.logger.addHandler(handler)
    yield handler
    app.logger.removeHandler(handler)


def test_every_change_of_an_account_is_an_event(cast: Cast, stranger: Visitor, kept: Kept) -> None:
    written: list[str] = []

    def told(*events: str) -> None:
        written.extend(kept.lines)
        found = kept.events
        assert [one["security_event"] for one in found] == list(events)
        assert len({one["user_id"] for one in found}) == 1 and all("request_id" in one for one in found)

    form = {"username": "바다", "email": ADDRESS, "password": PASSWORD}
    stranger.post("/auth/signup", **form)
    told("signed_up", "signed_in")
    stranger.post("/auth/confirm", code=code_in(stranger))
    told("email_proved")
    stranger.post("/auth/logout")
    told("signed_out")
    stranger.post("/auth/login", name=ADDRESS, password="틀린 비밀번호")
    stranger.post("/auth/login", name="바다", password=PASSWORD)
    told("sign_in_failed", "signed_in")
    stranger.post("/settings/account/username", username="파도", password="틀린 비밀번호")
    stranger.post("/settings/account/username", username="파도", password=PASSWORD)
    told("password_refused", "username_changed")
    stranger.post("/settings/account/email", email="other@example.com", password=PASSWORD)
    stranger.post("/auth/confirm", code=code_in(stranger))
    told("email_change_requested", "email_proved")
    made = order(cast.app, "파도").json
    stranger.post(f"/settings/tokens/{made['id']}/end")
    told("token_made", "token_ended")
    stranger.post("/settings/sessions/end-others")
    stranger.post("/settings/sessions/999999/end")
    told("other_sessions_ended", "session_ended")
    stranger.post("/settings/account/password", current=PASSWORD, password=NEW)
    told("password_changed")
    stranger.get(link_for(stranger, "other@example.com"))
    stranger.post("/auth/reset", password=PASSWORD)
    told("reset_requested", "password_changed")
    for secret in (PASSWORD, NEW, ADDRESS, "other@example.com", "127.0.0.1", made["token"]):
        assert not any(secret in line for line in written), secret


def test_commands_leave_events_as_well(cast: Cast, kept: Kept) -> None:
    cast.member("바다")
    kept.lines.clear()
    for command in ("promote", "suspend"):
        assert cast.app.test_cli_runner().invoke(args=["users", command, "바다"]).exit_code == 0
    assert [one["security_event"] for one in kept.events] == ["promoted", "suspended"]


def test_failed_sign_in_of_nobody_names_nobody(stranger: Visitor, kept: Kept) -> None:
    stranger.post("/auth/login", name="아무도", password="틀린 비밀번호")
    assert [(one["security_event"], one["user_id"]) for one in kept.events] == [("sign_in_failed", None)]


def test_events_stand_in_the_documentation() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    section = text.partition("## Security events")[2].partition("\n## ")[0]
    rows = [
        line.split("|")[1] for line in section.splitlines() if line.startswith("| `") and "what" not in line
    ]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert told == set(logs.SECURITY_EVENTS)


def test_sessions_and_forms_are_signed_with_sha_256(app: Flask, stranger: Visitor) -> None:
    signer = PageSessions().get_signing_serializer(app)
    assert signer is not None
    stranger.get("/auth/login")
    cookie = stranger.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie and "csrf_token" in signer.loads(cookie.value)
    # 256 bits take 43 letters, and those of SHA-1 27.
    assert len(cookie.value.rpartition(".")[2]) == 43
    assert len(str(URLSafeTimedSerializer("key").dumps("x")).rpartition(".")[2]) == 43
    with app.test_request_context():
        session["a"] = 1
        assert isinstance(app.session_interface, PageSessions)


@pytest.mark.parametrize("secure", [True, False], ids=["https", "http"])
def test_choices_are_kept_in_cookies_that_no_other_host_can_set(
    app: Flask, stranger: Visitor, monkeypatch: pytest.MonkeyPatch, secure: bool
) -> None:
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", secure)
    monkeypatch.setitem(app.config, "COOKIE_PREFIX", "__Host-" if secure else "")
    base = "https://localhost" if secure else "http://localhost"
    client = stranger.client
    answer = client.post("/language", data={"locale": "en"}, base_url=base)
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if "lang=" in line]
    if secure:
        assert cookie.startswith("__Host-lang=en;") and "Secure" in cookie and "Path=/" in cookie
        assert "Domain" not in cookie
    else:
        assert cookie.startswith("lang=en;") and "Secure" not in cookie
    assert 'lang="en"' in client.get("/explore", base_url=base).text
    if secure:
        other = app.test_client()
        other.set_cookie("lang", "en")
        assert 'lang="ko"' in other.get("/explore", base_url=base).text
