"""Limits under load: counted before the attempt, by the account that is meant, and whatever the store does."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app, limits
from app.exceptions import WrongPassword
from app.extensions import STORE_OPTIONS, limiter, live, queue, search
from app.services import passwords
from tests.api.conftest import Program, credentials, order
from tests.cast import PASSWORD, Cast, Visitor
from tests.conftest import settings_for
from tests.integration.processes import StoreProcess

WRONG = "틀린 비밀번호"
AT_ONCE = 100
MOST_MEMORY = 200 * 1024 * 1024


class Watched:
    """A hasher that counts how often it is asked, and by how many threads at once."""

    def __init__(self) -> None:
        self._real = passwords._hasher
        self._lock = threading.Lock()
        self._now = 0
        self.checked = 0
        self.most_at_once = 0

    def verify(self, kept: str, password: str) -> bool:
        with self._lock:
            self.checked += 1
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            return self._real.verify(kept, password)
        finally:
            with self._lock:
                self._now -= 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class Memory:
    """The largest growth of this process while the block runs."""

    def __enter__(self) -> "Memory":
        self._before = self.most = self._resident()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def growth(self) -> int:
        return self.most - self._before

    def _watch(self) -> None:
        while not self._over.wait(0.005):
            self.most = max(self.most, self._resident())

    @staticmethod
    def _resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """The hasher, watched."""
    hasher = Watched()
    monkeypatch.setattr(passwords, "_hasher", hasher)
    return hasher


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreProcess]:
    """A store of the test's own."""
    store = StoreProcess(tmp_path)
    store.start()
    yield store
    store.go_on()
    store.kill()


@pytest.fixture
def stored(database: str, app: Flask, tmp_path: Path, store: StoreProcess) -> Iterator[Flask]:
    """The application with its limits in a real store."""
    kept = [(extension, dict(vars(extension))) for extension in (live, queue, search, limiter)]
    url = store.url.replace("unix://", "redis+unix://")
    settings = settings_for(database, tmp_path, RATELIMIT_ENABLED=True, RATELIMIT_STORAGE_URI=url)
    settings.RATELIMIT_STORAGE_OPTIONS = STORE_OPTIONS  # type: ignore[attr-defined]
    yield create_app(settings)
    for extension, state in kept:
        vars(extension).update(state)


def sign_in(app: Flask, name: str, password: str = WRONG, **more: Any) -> Any:
    """Signs in by the page."""
    return app.test_client().post("/auth/login", data={"name": name, "password": password}, **more)


def attack(app: Flask, name: str) -> list[int]:
    """Tries many wrong passwords for one account at once, by the page and by the API."""
    begin = threading.Barrier(AT_ONCE)

    def attempt(number: int) -> int:
        begin.wait()
        answer = order(app, name, WRONG) if number % 2 else sign_in(app, name)
        return int(answer.status_code)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(attempt, range(AT_ONCE)))


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_of_a_hundred_wrong_passwords_at_once_five_are_checked(
    stored: Flask, watched: Watched, known: bool
) -> None:
    if known:
        Cast(stored).member("바다")
    with Memory() as memory:
        answers = attack(stored, "바다")
    assert set(answers) <= {401, 422, 429, 503}
    assert 1 <= watched.checked <= 5
    assert answers.count(429) >= AT_ONCE - 5
    assert watched.most_at_once == 1
    assert memory.growth <= MOST_MEMORY


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_one_account_has_one_budget_however_it_is_typed_and_wherever(limited: Flask, known: bool) -> None:
    if known:
        Cast(limited).member("Narae", email="narae@example.com")
    spellings = ["Narae", "ｎarae", "nＡＲＡＥ", "NARAE", "𝐧arae"]
    tried = [
        order(limited, name, WRONG) if number % 2 else sign_in(limited, name)
        for number, name in enumerate(spellings)
    ]
    assert [answer.status_code for answer in tried] == [422, 401, 422, 401, 422]
    assert sign_in(limited, "ⓝarae").status_code == 429
    assert order(limited, "narae", WRONG).status_code == 429
    by_address = sign_in(limited, " Narae@Example.COM ").status_code
    assert by_address == (429 if known else 422)
    elsewhere = sign_in(limited, "Narae", PASSWORD, environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == (303 if known else 422)


def test_signed_in_member_confirms_with_the_same_budget(limited: Flask) -> None:
    bada = Cast(limited).member("바다")
    path, form = "/settings/account/username", {"username": "파도", "password": WRONG}
    assert [bada.post(path, **form).status_code for _ in range(3)] == [422] * 3
    assert [sign_in(limited, "바다").status_code for _ in range(2)] == [422] * 2
    assert bada.post(path, username="파도", password=PASSWORD).status_code == 429
    assert sign_in(limited, "바다", PASSWORD).status_code == 429


def test_right_password_with_another_fault_is_not_counted(limited: Flask) -> None:
    cast = Cast(limited)
    bada = cast.member("바다")
    cast.member("하늘")
    path = "/settings/account/username"
    assert [bada.post(path, username="하늘", password=PASSWORD).status_code for _ in range(6)] == [422] * 6
    assert bada.post(path, username="파도", password=PASSWORD).status_code == 303


def test_success_is_given_back_and_failures_stay(limited: Flask) -> None:
    Cast(limited).member("바다")
    for _ in range(4):
        assert sign_in(limited, "바다").status_code == 422
    for _ in range(3):
        assert sign_in(limited, "바다", PASSWORD).status_code == 303
    assert sign_in(limited, "바다").status_code == 422
    assert sign_in(limited, "바다", PASSWORD).status_code == 429


def test_success_of_a_window_that_is_over_gives_nothing_to_the_next_one(
    limited: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time
    with limited.test_request_context("/", environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        with limits.guess("member:1"):
            monkeypatch.setattr(time, "time", lambda: real() + 61)
            for _ in range(5):
                with pytest.raises(WrongPassword), limits.guess("member:1"):
                    raise WrongPassword("name", "")
        with pytest.raises(Exception, match="429"), limits.guess("member:1"):
            pass


@pytest.mark.parametrize("path", ["page", "api", "sign-up"])
def test_who_waits_too_long_for_a_hash_is_told_so_and_not_counted(
    limited: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    Cast(limited).member("바다")
    asked: dict[str, Callable[[], Any]] = {
        "page": lambda: sign_in(limited, "바다", PASSWORD),
        "api": lambda: order(limited, "바다"),
        "sign-up": lambda: limited.test_client().post(
            "/auth/signup", data={"username": "하늘", "email": "a@example.com", "password": PASSWORD}
        ),
    }
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    hashing = "import sys, filelock\nwith filelock.FileLock(sys.argv[1]): print('held', flush=True); input()"
    held = [sys.executable, "-c", hashing, str(limited.config["DATA_DIR"] / passwords.LOCK)]
    with subprocess.Popen(held, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other_process:
        assert other_process.stdout and other_process.stdout.readline() == b"held\n"
        for _ in range(4):
            refused = asked[path]()
            assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 0
            assert "몇 초 뒤에 다시" in refused.text
        other_process.kill()
    for _ in range(3):
        assert asked["page"]().status_code == 303
    assert asked[path]().status_code in (201, 303)


def test_letters_to_one_mailbox_have_one_budget(limited: Flask) -> None:
    cast = Cast(limited)
    new = cast.member("바다", confirmed=False, email="bada@example.com")
    old = cast.member("하늘", email="haneul@example.com")
    page = limited.test_client()
    form = {"email": "Bada@Example.com", "password": PASSWORD}
    assert page.post("/auth/forgot", data={"email": "BADA@example.com"}).status_code == 200
    assert new.post("/auth/confirm/resend").status_code == 303
    assert old.post("/settings/account/email", **form).status_code == 303
    assert old.post("/auth/confirm/resend").status_code == 303
    assert page.post("/auth/forgot", data={"email": " bada@example.com"}).status_code == 200
    assert new.post("/auth/confirm/resend").status_code == 429
    assert old.post("/settings/account/email", **form).status_code == 429
    assert page.post("/auth/forgot", data={"email": "bada@example.com"}).status_code == 429
    newcomer = {"username": "파도", "email": "bada@example.com", "password": PASSWORD}
    assert page.post("/auth/signup", data=newcomer).status_code == 429
    assert page.post("/api/users", json=newcomer).status_code == 429


def spend(scope: str, used: int) -> None:
    """Lets a limit look as if it had been used so often."""
    counts: Any = limiter.storage.storage  # type: ignore[attr-defined]
    (key,) = (key for key in counts if f"/{scope}/" in key)
    counts[key] = used


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/me"), ("PUT", "/api/users/하늘/followers"), ("PUT", "/api/posts/{post}/likes")],
)
def test_limit_of_a_token_holds_for_every_operation(limited: Flask, method: str, path: str) -> None:
    cast = Cast(limited)
    cast.member("바다")
    path = path.format(post=cast.post(cast.member("하늘"), "글"))
    program = Program(limited, order(limited, "바다", scopes=["read", "write"]).json["token"])
    program.get("/api")
    counts: Any = limiter.storage.storage  # type: ignore[attr-defined]
    (key,) = (key for key in counts if "token:" in key)
    counts[key] = 299
    last = program.ask(method, path)
    assert last.status_code == 200 and '"requests";r=0;' in last.headers["RateLimit"]
    assert last.headers["RateLimit-Policy"] == '"requests";q=300;w=300'
    assert program.ask(method, path).status_code == 429
    assert program.get("/api").status_code == 429


def test_new_token_does_not_start_anew(limited: Flask) -> None:
    Cast(limited).member("바다")
    Program(limited, order(limited, "바다").json["token"]).get("/api")
    spend("programs of a member", 599)
    other = Program(limited, order(limited, "바다").json["token"])
    last = other.get("/api")
    assert last.status_code == 200 and last.headers["RateLimit-Policy"] == '"requests";q=600;w=300'
    refused = Program(limited, order(limited, "바다").json["token"]).get("/api")
    assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 301


def test_token_that_does_not_count_is_counted_wherever_it_is_sent(limited: Flask) -> None:
    forged = Program(limited, "rubbish")
    assert forged.ask("PUT", "/api/posts/1/likes").status_code == 401
    spend("programs", 300)
    assert forged.ask("PUT", "/api/posts/1/likes").status_code == 429


def test_password_limit_is_the_nearest_one_where_it_is(limited: Flask) -> None:
    Cast(limited).member("바다")
    policy, left = [], []
    for _ in range(6):
        answer = order(limited, "바다", WRONG)
        policy.append(answer.headers["RateLimit-Policy"])
        left.append(answer.headers["X-RateLimit-Remaining"])
    assert set(policy) == {'"requests";q=5;w=60'} and left == ["4", "3", "2", "1", "0", "0"]
    assert f";t={answer.headers['Retry-After']}" in answer.headers["RateLimit"]


def test_limits_of_a_day_are_told_as_well(limited: Flask) -> None:
    cast = Cast(limited)
    bada = cast.member("바다")
    program = Program(limited, order(limited, "바다", scopes=["read", "write"]).json["token"])
    for left in (2, 1, 0):
        answer = program.ask("POST", "/api/tasks", json={"kind": "export"})
        assert answer.status_code == 202, answer.text
        assert answer.headers["RateLimit-Policy"] == '"requests";q=3;w=86400'
        assert answer.headers["X-RateLimit-Remaining"] == str(left)
        bada.letters()
    refused = program.ask("POST", "/api/tasks", json={"kind": "export"})
    assert refused.status_code == 429 and refused.headers["RateLimit-Policy"] == '"requests";q=3;w=86400'
    assert abs(int(refused.headers["Retry-After"]) - int(refused.headers["RateLimit"].split("t=")[1])) <= 1


@pytest.mark.parametrize("ask", ["page", "sign-in", "api", "order"])
def test_store_that_stops_right_after_the_check_breaks_no_answer(
    stored: Flask, store: StoreProcess, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    Cast(stored).member("바다")
    program = Program(stored, order(stored, "바다").json["token"])
    visitor = Visitor(stored)
    asked: dict[str, Callable[[], Any]] = {
        "page": lambda: visitor.post("/auth/forgot", email="a@example.com"),
        "sign-in": lambda: sign_in(stored, "바다", PASSWORD),
        "api": lambda: program.get("/api/posts"),
        "order": lambda: stored.test_client().post("/api/tokens", json={}, headers=credentials("바다")),
    }
    assert asked[ask]().status_code < 400
    counted = limiter.take

    def then_stops(*arguments: Any) -> Any:
        hit = counted(*arguments)
        store.pause()
        return hit

    monkeypatch.setattr(limiter, "take", then_stops)
    began = time.monotonic()
    answer = asked[ask]()
    assert answer.status_code < 400, answer.text
    assert time.monotonic() - began < 3
    store.go_on()
