"""What every answer and every form promises about safety."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import config
from app.extensions import csrf
from app.security import local_path
from tests.cast import PASSWORD, Cast, Visitor

CHANGES = {"POST", "PUT", "PATCH", "DELETE"}


def test_every_answer_carries_the_headers(stranger: Visitor) -> None:
    for path in ("/", "/nothing", "/api", "/static/css/hanmadi.css"):
        headers = stranger.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
        assert "Strict-Transport-Security" not in headers


def test_transport_security_is_promised_behind_tls_only(app: Flask) -> None:
    answer = app.test_client().get("/healthz", base_url="https://localhost")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_nonce_is_new_each_time_and_on_every_script(stranger: Visitor) -> None:
    first, second = stranger.get("/explore"), stranger.get("/explore")
    nonces = [
        re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"]) for answer in (first, second)
    ]
    assert nonces[0] and nonces[1] and nonces[0][1] != nonces[1][1]
    for script in re.findall(r"<script\b[^>]*>", first.text):
        assert "src=" in script or f'nonce="{nonces[0][1]}"' in script


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/", "/"),
        ("/@바다?a=b#c", "/@바다?a=b#c"),
        ("//evil.example", None),
        ("/\\evil.example", None),
        ("/a\\b", None),
        ("/\tevil", None),
        ("/\n/evil.example", None),
        ("https:evil.example", None),
        ("https://evil.example", None),
        ("javascript:alert(1)", None),
        ("evil.example", None),
        ("", None),
        (None, None),
        ("/\x7f", None),
        ("///evil", None),
    ],
)
def test_redirects_lead_to_paths_of_this_site_only(target: str | None, kept: str | None) -> None:
    assert local_path(target) == kept


@pytest.fixture
def guarded(app: Flask) -> Iterator[Flask]:
    """The application with the proof of origin that the other tests leave out."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def test_every_change_needs_the_proof_of_origin(guarded: Flask, cast: Cast) -> None:
    bada = cast.member("바다")
    tried = 0
    for rule in guarded.url_map.iter_rules():
        for method in CHANGES & (rule.methods or set()):
            values = {name: "ko" if name == "target" else "1" for name in rule.arguments}
            path = guarded.url_map.bind("localhost").build(rule.endpoint, values)
            answer = bada.client.open(path, method=method, data={"body": "위조"})
            # The interface asks for no proof, because it believes no cookie: there the member is nobody. A stranger
            # signs up with JSON, which no form of another site can send. Mail programs stop letters (RFC 8058), with
            # a signed text from the letter as their proof.
            refused = {"api.sign_up": 415, "main.stop_letters": 404}.get(
                rule.endpoint, 401 if rule.endpoint.startswith("api.") else 400
            )
            assert answer.status_code == refused, (rule, method)
            tried += 1
    assert tried > 20
    assert csrf._exempt_views == {"app.main.letters.stop_letters"}
    assert {blueprint.name for blueprint in csrf._exempt_blueprints} == {"api"}


def test_form_with_the_proof_is_taken(guarded: Flask, stranger: Visitor) -> None:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', stranger.get("/auth/login").text)
    assert token
    answer = stranger.post("/auth/forgot", email="nobody@example.com", csrf_token=token[1])
    assert answer.status_code == 200


def test_page_that_stood_open_too_long_is_told_so(guarded: Flask, stranger: Visitor) -> None:
    answer = stranger.client.post(
        "/auth/forgot", data={"email": "x@example.com"}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 400 and "open for too long" in answer.text


def sign_in(app: Flask, name: str, password: str, address: str = "192.0.2.1") -> int:
    client = app.test_client()
    data = {"name": name, "password": password}
    return client.post("/auth/login", data=data, environ_base={"REMOTE_ADDR": address}).status_code


def test_failed_sign_ins_are_limited_and_the_owner_is_not_locked_out(limited: Flask) -> None:
    cast = Cast(limited)
    cast.member("바다")
    assert [sign_in(limited, "바다", "틀림") for _ in range(5)] == [422] * 5
    assert sign_in(limited, "바다", PASSWORD) == 429
    assert sign_in(limited, "하늘", "틀림") == 422
    assert sign_in(limited, "바다", PASSWORD, "198.51.100.7") == 303


def test_successful_sign_ins_do_not_count(limited: Flask) -> None:
    Cast(limited).member("바다")
    assert [sign_in(limited, "바다", PASSWORD) for _ in range(7)] == [303] * 7


def test_refusal_says_when_to_come_back(limited: Flask) -> None:
    client = limited.test_client()
    answers = [client.post("/auth/forgot", data={"email": "x@example.com"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert client.post("/auth/forgot", data={"email": "y@example.com"}).status_code == 200


def test_ipv6_is_counted_by_its_network(limited: Flask) -> None:
    def forgot(address: str, number: int) -> int:
        data = {"email": f"a{number}@example.com"}
        return (
            limited.test_client()
            .post("/auth/forgot", data=data, environ_base={"REMOTE_ADDR": address})
            .status_code
        )

    assert [forgot(f"2001:db8:1:1::{number:x}", number) for number in range(30)] == [200] * 30
    assert forgot("2001:db8:1:1:ffff::1", 99) == 429
    assert forgot("2001:db8:1:2::1", 99) == 200


@pytest.mark.parametrize(("path", "most"), [("/posts", 300), ("/@하늘/follow", 400)])
def test_members_limits_hold_at_and_above(limited: Flask, path: str, most: int) -> None:
    cast = Cast(limited)
    bada = cast.member("바다")
    cast.member("하늘")
    codes = [bada.post(path, body="").status_code for _ in range(most + 2)]
    assert 429 not in codes[:most] and codes[most:] == [429, 429]


def test_limits_open_again_when_their_time_is_over(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    Cast(limited).member("바다")
    for _ in range(5):
        sign_in(limited, "바다", "틀림")
    assert sign_in(limited, "바다", PASSWORD) == 429
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    assert sign_in(limited, "바다", PASSWORD) == 303


def test_secret_is_kept_and_its_absence_stops_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config.kept_secret(tmp_path / "key") == config.kept_secret(tmp_path / "key")
    assert len(config.kept_secret(tmp_path / "key")) > 40
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    monkeypatch.setattr(config.Config, "SECRET_KEY", "")
    with pytest.raises(SystemExit, match="SECRET_KEY is missing"):
        config.Production()
