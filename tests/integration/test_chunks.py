"""Bodies in chunks over the limit, through the real server: refused, and nothing of them is done."""

import json
import socket
from pathlib import Path
from urllib.request import urlopen

import pytest

from bench.web import environment, flask, serving

pytestmark = pytest.mark.integration
PASSWORD = "four plain words together"


def test_chunked_body_over_the_limit_is_refused_and_not_obeyed(tmp_path: Path) -> None:
    settings = environment(
        str(tmp_path), WEB_WORKERS="1", WEB_THREADS="4", DATABASE_URL=f"sqlite:///{tmp_path}/site.db"
    )
    flask(settings, "db", "upgrade")
    flask(settings, "users", "create", "bada", "bada@example.com", "--password", PASSWORD, "--confirmed")
    with serving(settings, 1) as (address, _pid):
        port = int(address.rpartition(":")[2])
        made = exchange(
            port,
            "/api/tokens",
            b'{"scopes": ["read", "write"]}',
            "Basic YmFkYTpmb3VyIHBsYWluIHdvcmRzIHRvZ2V0aGVy",
        )
        assert made[0] == 201, made
        bearer = f"Bearer {json.loads(made[1])['token']}"
        start = b'{"body":"x"}'
        assert exchange(port, "/api/posts", start, bearer)[0] == 201
        status, body = exchange(port, "/api/posts", start + b" " * 3_000_000 + b"garbage", bearer)
        assert status == 413 and json.loads(body)["status"] == 413
        assert exchange(port, "/api/posts", start, bearer, end=b"nonsense\r\n")[0] == 400
        with urlopen(f"{address}/api/posts") as answer:
            assert len(json.load(answer)["items"]) == 1


def exchange(port: int, path: str, body: bytes, who: str, end: bytes = b"0\r\n\r\n") -> tuple[int, bytes]:
    """Sends a body in chunks on a connection of its own, and returns the status and the body of the answer."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
    head += f"Content-Type: application/json\r\nAuthorization: {who}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        try:
            connection.sendall(head.encode())
            for start in range(0, len(body), 60_000):
                piece = body[start : start + 60_000]
                connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            connection.sendall(end)
        except (BrokenPipeError, ConnectionResetError):
            pass  # It was refused before all of it was sent.
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    status, _, rest = answer.partition(b"\r\n")
    return int(status.split()[1]), rest.partition(b"\r\n\r\n")[2]
