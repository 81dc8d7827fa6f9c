"""How long a running site takes for texts of combining marks, which Unicode's normal forms sort in quadratic time.

    python -m bench.marks
    python -m bench.marks --kilobytes 200 1000

Every field of every form is sent to every page that takes forms, and every text of every body and parameter to every
operation of the interface, one at a time, by a member and by a stranger. Meanwhile somebody asks for /healthz. An
address holds as many marks as it may.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from app import create_app
from app.security import LONGEST_LINE
from bench.web import environment, flask, serving
from tests.conftest import settings_for
from tests.integration.search_site import PASSWORD, Person
from tests.test_texts_everywhere import QUERY, fields, pages, path_of, properties

NAMES = {"id": 1, "username": "marks", "who": "marks", "name": "태그", "target": "ko", "timeline": "home"}
CUT = 0
SLOWEST, HEALTH = 0.3, 0.1  # Seconds.


class Sent(NamedTuple):
    """A request."""

    method: str
    path: str
    body: str | None = None
    kind: str = "application/x-www-form-urlencoded"


def main() -> None:
    """Prints how long the slowest answers took; ends with 1 when one took too long or was an error of the site."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kilobytes", type=int, nargs="+", default=[200, 1000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hanmadi-marks-") as folder:
        site = environment(folder)
        flask(site, "db", "upgrade")
        create = ["users", "create", "marks", "marks@example.com", "--password", PASSWORD, "--confirmed"]
        flask(site, *create, "--admin")
        with serving(site, 2) as (address, _):
            port = int(address.rpartition(":")[2])
            person = Person(port).sign_in("marks")
            health, over = [0.0], threading.Event()
            watching = threading.Thread(target=watch, args=(port, health, over), daemon=True)
            watching.start()
            bad = [run(port, person, kilobytes) for kilobytes in options.kilobytes]
            over.set()
            watching.join()
    print(f"/healthz meanwhile: {len(health) - 1} times, slowest {max(health):.3f} s")
    raise SystemExit(any(bad) or max(health) > HEALTH)


def run(port: int, person: Person, kilobytes: int) -> bool:
    """Sends everything, and returns whether anything was too slow or wrong."""
    marks = "a" + "\u0300\u0316" * (kilobytes * 250)
    program = {"Authorization": f"Bearer {token(port)}"}
    taken: list[tuple[float, str]] = []
    wrong, cut = [], 0
    for sent in requests(port, marks):
        for headers in (program if sent.path.startswith("/api/") else person.headers, {}):
            body = sent.body
            if body is not None and sent.kind != "application/json":
                body = f"{urlencode({'csrf_token': person.token})}&{body}"
            seconds, status = ask(port, sent._replace(body=body), headers)
            taken.append((seconds, f"{sent.method} {sent.path[:60]}"))
            cut += status == CUT
            if status >= 500:
                wrong.append(f"{status}: {taken[-1][1]} {(sent.body or '')[:40]}")
    taken.sort(reverse=True)
    print(f"{kilobytes} kB: {len(taken)} requests, slowest {taken[0][0]:.3f} s ({taken[0][1]})")
    print(
        f"    p99 {taken[len(taken) // 100][0]:.3f} s, median {taken[len(taken) // 2][0]:.3f} s, {cut} cut off",
        *wrong,
    )
    return bool(wrong) or taken[0][0] > SLOWEST


def requests(port: int, marks: str) -> Iterator[Sent]:
    """Yields every request of a text at a place where one may stand."""
    in_addresses = marks[: LONGEST_LINE // 6 - 200]
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(f"sqlite:///{folder}/none.db", Path(folder)))
    names = fields(app)
    for rule in pages(app, "POST"):
        path = path_of(app, rule, NAMES)
        if path != "/auth/logout":
            yield from (Sent("POST", path, urlencode({name: marks})) for name in sorted(names))
    for rule in pages(app, "GET"):
        text = dict.fromkeys(rule.arguments - {"id", "timeline", "filename"}, in_addresses)
        yield Sent("GET", path_of(app, rule, {"filename": "x", **NAMES, **text}))
        plain = path_of(app, rule, {**dict.fromkeys(rule.arguments, "x"), **NAMES})
        yield from (Sent("GET", f"{plain}?{name}={quote(in_addresses)}") for name in QUERY)
    yield from operations(document(port), marks, in_addresses)


def operations(described: Any, marks: str, in_addresses: str) -> Iterator[Sent]:
    """Yields the requests to the interface."""
    for path, methods in described["paths"].items():
        here = path.replace("{who}", quote("marks")).replace("{id}", "1")
        here = re.sub(r"\{\w+\}", "1", here)
        for method, operation in methods.items():
            if method == "parameters" or path.endswith("/tokens/{id}"):
                continue
            for each in operation.get("parameters", ()):
                if each.get("in") == "query":
                    yield Sent(method.upper(), f"{here}?{each['name']}={quote(in_addresses)}")
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            for name, value in properties(described, content["schema"]).items() if content else ():
                text = [marks] if isinstance(value, list) else marks
                body = json.dumps({name: text}, ensure_ascii=False)
                yield Sent(method.upper(), here, body, "application/json")


def token(port: int) -> str:
    """Returns a token that may do everything."""
    pair = base64.b64encode(f"marks:{PASSWORD}".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = json.dumps({"scopes": ["read", "write", "messages", "account"]})
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}
    connection.request("POST", "/api/tokens", body, headers)
    return str(json.loads(connection.getresponse().read())["token"])


def document(port: int) -> Any:
    """Returns the description of the interface."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/openapi.json")
    return json.loads(connection.getresponse().read())


def ask(port: int, sent: Sent, headers: Mapping[str, str]) -> tuple[float, int]:
    """Returns how many seconds an answer took, and its status, or ``CUT`` where the site hung up instead."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    told = {**headers, **({"Content-Type": sent.kind} if sent.body is not None else {})}
    began = time.monotonic()
    try:
        connection.request(
            sent.method, sent.path, sent.body.encode() if sent.body is not None else None, told
        )
    except (BrokenPipeError, ConnectionResetError):
        pass  # A body that is too long is refused while it is sent.
    try:
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    except (ConnectionResetError, http.client.RemoteDisconnected):
        status = CUT
    took = time.monotonic() - began
    connection.close()
    return took, status


def watch(port: int, taken: list[float], over: threading.Event) -> None:
    """Asks whether the site lives, ten times a second."""
    while not over.wait(0.1):
        taken.append(ask(port, Sent("GET", "/healthz"), {})[0])


if __name__ == "__main__":
    main()
