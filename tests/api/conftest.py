"""Programs that use the interface."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.services import tokens, users
from app.transaction import transaction
from tests.cast import PASSWORD, Cast, Visitor
from tests.conftest import translator_settings


class Program:
    """A client of the interface.

    Args:
        app: the application.
        token: what it sends to be known; empty for a stranger's.
    """

    def __init__(self, app: Flask, token: str = "") -> None:
        self._client = app.test_client()
        self.token = token

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """Sends a request."""
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self._client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        """Asks for a resource."""
        return self.ask("GET", path, **options)


@pytest.fixture(autouse=True)
def with_translator(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the site offer translations, which nobody makes, so that there is all that the interface can show."""
    for name, value in translator_settings("papago", "http://127.0.0.1:9").items():
        monkeypatch.setitem(app.config, name, value)


def credentials(name: str, password: str = PASSWORD) -> dict[str, str]:
    """Returns the header that brings a name and a password (RFC 7617)."""
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


def order(app: Flask, who: str, password: str = PASSWORD, **wishes: Any) -> Any:
    """Asks for a token."""
    return app.test_client().post("/api/tokens", json=wishes, headers=credentials(who, password))


Connect = Callable[..., Program]


@pytest.fixture
def connect(app: Flask) -> Connect:
    """Connects a program with a member, who lets it write as well unless scopes say otherwise.

    The token comes from the service: to check a password takes longer than most tests, and ``order`` has its own.
    """

    def made(member: Visitor, scopes: Sequence[str] = ("read", "write"), name: str = "API") -> Program:
        with app.app_context(), transaction():
            owner = users.by_name_or_address(member.username)
            assert owner is not None
            secret, _ = tokens.issue(owner, name, scopes, timedelta(days=1))
        return Program(app, secret)

    return made


Lists = tuple[Program, list[str]]
SEVERAL = 3


def templates(app: Flask) -> Iterator[str]:
    """Yields the path of every list; the way up a conversation is no list of rows and has a test of its own."""
    described: Any = app.test_client().get("/api/openapi.json").json
    for path, methods in described["paths"].items():
        names = {parameter["name"] for parameter in methods.get("get", {}).get("parameters", ())}
        if "cursor" in names and not path.endswith("/thread"):
            yield path


@pytest.fixture
def first_ids(app: Flask) -> None:
    """Lets the next post have the id 1 on PostgreSQL too, whose sequences go on when rows are deleted."""
    with app.app_context(), transaction():
        if db.session.get_bind().dialect.name == "postgresql":
            db.session.execute(sa.text("ALTER SEQUENCE post_id_seq RESTART"))


@pytest.fixture
def lists(app: Flask, cast: Cast, connect: Connect) -> Lists:
    """A member's program, and the address of every list, each with several items."""
    bada = cast.member("바다")
    others = [cast.member(f"바다{number}") for number in range(SEVERAL)]
    top = cast.post(bada, "첫 글 #산책")
    for number, other in enumerate(others):
        post = cast.post(bada, f"{number}째 산책 #산책 #산책{number}")
        cast.post(other, "답글", parent=top)
        cast.post(bada, f"내 답글 {number}", parent=top)
        bada.post(f"/posts/{post}/like")
        other.post(f"/posts/{top}/like")
        other.post("/@바다/follow")
        bada.post(f"/@{other.username}/follow")
        silenced = cast.member(f"남{number}")
        for deed in ("block", "mute"):
            bada.post(f"/@{silenced.username}/{deed}")
        connect(bada)
        cast.browser(bada)
        cast.message(other, bada)
        cast.message(others[0], bada)
        bada.post("/settings/exports")
        bada.letters()
    words = {"posts": "?q=산책", "users": "?q=바다", "tags": "?q=산책"}
    found = []
    for path in templates(app):
        path = path.replace("{who}", "바다0") if "/messages/" in path else path
        query = words[path.rpartition("/")[2]] if "/search/" in path else ""
        found.append(
            path.replace("{id}", str(top)).replace("{who}", "바다").replace("{name}", "산책") + query
        )
    assert len(found) == 23
    return connect(bada), found


def asked(path: str, **more: object) -> str:
    """Returns an address with more parameters."""
    query = "&".join(f"{name}={value}" for name, value in more.items())
    return f"{path}{'&' if '?' in path else '?'}{query}"
