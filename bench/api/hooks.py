"""What schemathesis cannot know of the interface: how a program signs in, and which cursors there are."""

from __future__ import annotations

import itertools
import re
import zlib
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import hypothesis
import requests
import schemathesis

from bench.api import varied  # noqa: F401  # It registers a check.
from bench.api.people import BLOCKED, FORGOTTEN, MESSAGES, NAME, OTHERS, OWN, PARTNER, PASSWORD

# Without Phase.target, in which Hypothesis climbs towards requests that are done: where few differ,
# as for GET /api/users/{who}, it found no end with some hundred examples. A profile of one's own also means the same
# requests in CI, for which Hypothesis has one with other rules.
hypothesis.settings.register_profile(
    "cases",
    hypothesis.settings.get_profile("default"),
    phases=[phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.target],
)
hypothesis.settings.load_profile("cases")

_PAGE = re.compile(r'<([^>]*[?&]cursor=[^>]*)>; rel="(?:next|prev|newer)"')
# By the path of an operation: path parameters and query of pages that a link has led to. A cursor is good for its
# own list and query alone.
_pages: dict[str, list[tuple[dict[str, Any], dict[str, str]]]] = {}
_MOST_CURSORS, _MOST_OTHERS = 200, 20
_others: list[Any] = []  # The answers that told of other tokens, since the last of ours.
_newcomers = itertools.count(1)
_sessions: list[int] = []  # Where the member is signed in, until a case may have ended one.
_ENDS_SESSIONS = {
    ("DELETE", "/api/me/sessions"),
    ("DELETE", "/api/me/sessions/{id}"),
    ("POST", "/api/me/password"),
}
_MET = {
    "/api/users/{who}/block": (BLOCKED,),
    "/api/users/{who}/followers": OTHERS,
    "/api/users/{who}/mute": OTHERS,
}

_CONFIRMED = {
    "/api/me/email": {"password": PASSWORD},
    "/api/me/password": {"current": PASSWORD, "password": PASSWORD},
    "/api/me/username": {"password": PASSWORD, "username": NAME},
}


@schemathesis.auth().apply_to(method="POST", path="/api/tokens")
class Credentials:
    """Name and password, for whoever makes a token."""

    def get(self, case: Any, context: Any) -> tuple[str, str]:
        """Returns them."""
        return NAME, PASSWORD

    def set(self, case: Any, data: tuple[str, str], context: Any) -> None:
        """Sends them."""
        case.headers["Authorization"] = requests.auth._basic_auth_str(*data)


@schemathesis.auth(refresh_interval=None).skip_for(method="POST", path="/api/tokens")
class Token:
    """A token.

    Who asks has to follow from the request alone: Hypothesis ends its walks along the links at once when the same steps
    lead elsewhere the second time.
    """

    def get(self, case: Any, context: Any) -> str:
        """Returns the one that counts."""
        return _tokens[-1].secret if _tokens else _new_token(case)

    def set(self, case: Any, data: str, context: Any) -> None:
        """Sends it wherever it is needed; where it is not, about half the requests are a stranger's."""
        schemes = case.operation.definition.raw.get("security", [{}])
        asked = str((case.path, case.path_parameters, case.query))
        if {} not in schemes or zlib.crc32(asked.encode()) % 2:
            case.headers["Authorization"] = f"Bearer {data}"


class _Made(NamedTuple):
    secret: str
    address: str


_tokens: list[_Made] = []  # The last one counts, those before it have been ended.


def _site(case: Any) -> str:
    """Returns the site's own address."""
    parts = urlsplit(case.operation.schema.get_base_url())
    return f"{parts.scheme}://{parts.netloc}"


def _new_token(case: Any) -> str:
    wishes = {"name": "cases", "scopes": ["read", "write"], "expires_in": 86400}
    made = requests.post(f"{_site(case)}/api/tokens", json=wishes, auth=(NAME, PASSWORD), timeout=30)
    made.raise_for_status()
    _tokens.append(_Made(made.json()["token"], made.headers["Location"]))
    return _tokens[-1].secret


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Sends the token that counts in place of one that a case has ended since this one was made up, and lets there be
    what the case is about.
    """
    sent = (case.headers or {}).get("Authorization")
    if sent in [f"Bearer {token.secret}" for token in _tokens[:-1]]:
        case.headers["Authorization"] = f"Bearer {_tokens[-1].secret}"
    if case.path == "/api/me/confirmation/letter" and _tokens:
        change = {"email": f"{NAME}@example.org", "password": PASSWORD}
        token = {"Authorization": f"Bearer {_tokens[-1].secret}"}
        requests.post(
            f"{_site(case)}/api/me/email", json=change, headers=token, timeout=30
        ).raise_for_status()


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Forgets what an operation says of "any other" refusal, beside which no status would count as undescribed."""
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                operation.get("responses", {}).pop("default", None)


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    """Puts into a right request what has to be the site's own, or nobody's yet, which no schema can say."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    made_up = (case.query or {}).pop("cursor", None)
    if (case.method, case.path) == ("POST", "/api/users") and isinstance(case.body, dict):
        _introduce(case)
    if case.meta.phase.name.value == "stateful":
        # A walk goes where the links lead; under a key that is known it would be led to what may have been deleted.
        (case.headers or {}).pop("Idempotency-Key", None)
        return case
    if case.path.startswith("/api/messages"):
        _write_to_partner(case)
    if case.path in _CONFIRMED and isinstance(case.body, dict):
        _confirm(case)
    if case.path == "/api/me/sessions/{id}":
        _choose_session(case)
    if case.path == "/api/posts/{id}" and case.method in OWN:
        _choose_own(case)
    if case.path in _MET and case.method in ("PUT", "DELETE"):
        _meet(case)
    if made_up is not None and case.path in _pages:
        _carry_on(case, str(made_up))
    return case


def _carry_on(case: Any, made_up: str) -> None:
    """Takes a page that the site has led to instead of one with a made-up cursor."""
    known = _pages[case.path]
    path_parameters, query = known[zlib.crc32(made_up.encode()) % len(known)]
    case.path_parameters, case.query = {**path_parameters}, {**query}


def _write_to_partner(case: Any) -> None:
    """Lets most messages be of one conversation; most made-up ones are with nobody, and one gets blocked on the way."""
    sign = _sign(case)
    if sign % 4 == 0:
        return
    partner = FORGOTTEN if (case.method, case.path) == ("DELETE", "/api/messages/{who}") else PARTNER
    for place, name, value in (
        (case.path_parameters, "who", partner),
        (case.path_parameters, "id", sign % MESSAGES + 1),
        (case.body, "to", partner),
    ):
        if isinstance(place, dict) and name in place:
            place[name] = value


def _choose_own(case: Any) -> None:
    """Lets most posts that are changed or deleted be the member's own; most made-up ones are others' or nobody's."""
    sign = _sign(case)
    if sign % 4:
        case.path_parameters["id"] = OWN[case.method][sign % len(OWN[case.method])]


def _meet(case: Any) -> None:
    """Lets most who are followed, muted or blocked be somebody, and the blocked nobody of the others.

    Most made-up ones are nobody, and whom the member has blocked can be neither followed nor muted.
    """
    sign, chosen = _sign(case), _MET[case.path]
    if sign % 4 or case.path_parameters["who"].isdecimal():
        case.path_parameters["who"] = chosen[sign % len(chosen)]


def _confirm(case: Any) -> None:
    """Confirms most changes of what the member signs in with by the password, so that they are done.

    The name and the password come out as they were: the other cases sign in with them.
    """
    if _sign(case) % 4:
        case.body |= _CONFIRMED[case.path]


def _choose_session(case: Any) -> None:
    """Lets most sessions be the member's own; where none is left, the member signs in."""
    if not _sessions:
        with requests.Session() as browser:
            form = browser.get(f"{_site(case)}/auth/login", timeout=30).text
            proof = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
            sent = {"name": NAME, "password": PASSWORD, "csrf_token": proof[1] if proof else ""}
            browser.post(f"{_site(case)}/auth/login", data=sent, timeout=30).raise_for_status()
        token = {"Authorization": f"Bearer {_tokens[-1].secret if _tokens else _new_token(case)}"}
        listed = requests.get(f"{_site(case)}/api/me/sessions", headers=token, timeout=30)
        _sessions.extend(item["id"] for item in listed.json()["items"])
    sign = _sign(case)
    if sign % 4:
        case.path_parameters["id"] = _sessions[sign % len(_sessions)]


def _sign(case: Any) -> int:
    """Returns a number that follows from a request alone, so that the same one is changed in the same way again."""
    return zlib.crc32(str((case.path_parameters, case.body)).encode())


def _introduce(case: Any) -> None:
    """Gives every other newcomer a name and a password that nobody refuses; most made-up ones are taken or common."""
    number = next(_newcomers)
    if number % 2:
        case.body |= {"username": f"newcomer{number}", "password": f"{PASSWORD} {number}"}


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Makes another token where the one that counts is ended or soon will be, and keeps the cursors of answers."""
    asked = (response.request.method, urlsplit(response.request.url).path, response.status_code)
    if asked == ("POST", "/api/tokens", 201):
        _others.append(response)
    # A member's older tokens end when there are fifty.
    if _tokens and (asked == ("DELETE", _tokens[-1].address, 204) or len(_others) > _MOST_OTHERS):
        _others.clear()
        _new_token(case)
    if (case.method, case.path) in _ENDS_SESSIONS:
        _sessions.clear()
    known = _pages.setdefault(case.path, [])
    for links in response.headers.get("link", []):
        for link in _PAGE.findall(links):
            page = (dict(case.path_parameters or {}), dict(parse_qsl(urlsplit(link).query)))
            if page not in known:
                known.append(page)
    del known[:-_MOST_CURSORS]
    if not known:
        del _pages[case.path]
