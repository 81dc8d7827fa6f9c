"""What has to be right before the parts start: the folder, the port, the words, the tables."""

import errno
import fcntl
import os
import shutil
import socket
import time
from pathlib import Path

import flask_migrate

from app.cli import catalogue
from app.cli.up.words import CannotRun
from app.extensions import db

ROOM = 64  # Megabytes that must be free for the database and the store.
LEFTOVERS_GONE_AFTER = 12.0  # Seconds; a guard needs eight to end what a killed supervisor left.


def lock(data: Path) -> int:
    """Takes the data folder for this process, and returns the open lock file, which whoever holds it may inherit.

    Raises:
        CannotRun: the folder is in use, cannot be written, or its disk is full.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        held = os.open(data / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotRun(
            f"{data} 폴더에 쓸 수 없어요({error.strerror}). 권한을 고치거나 DATA_DIR로 다른 폴더를 정해 주세요.",
            f"The data folder {data} cannot be written ({error.strerror}): mend its permissions, or set DATA_DIR.",
        ) from None
    until = time.monotonic() + LEFTOVERS_GONE_AFTER
    while not _locked(held):
        owner = os.pread(held, 20, 0).decode().strip()
        if _runs(owner) or time.monotonic() > until:
            raise CannotRun(
                f"이 데이터 폴더로 이미 돌고 있어요(프로세스 {owner}). 멈추거나 DATA_DIR로 다른 폴더를 정해 주세요.",
                f"The site already runs with this data folder (process {owner}): stop it, or set DATA_DIR.",
            )
        time.sleep(0.1)
    os.ftruncate(held, 0)
    _need_room(data)
    os.pwrite(held, str(os.getpid()).encode(), 0)
    return held


def listen(host: str, port: int) -> socket.socket:
    """Returns a socket that listens where the site is to be served.

    It is made here and inherited by the web server: what is wrong shows at once, and while the web server is
    started again, requests wait instead of being refused.

    Raises:
        CannotRun: somebody else listens there, or nobody may.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise _closed(host, port, error) from None


def migrate() -> None:
    """Brings the database's tables up to date.

    Raises:
        CannotRun: they could not be.
    """
    try:
        flask_migrate.upgrade()
        for engine in db.engines.values():
            engine.dispose()  # The supervisor needs no connection from here on.
    except (Exception, SystemExit) as error:
        why = " ".join(str(error).split())[:300]
        raise CannotRun(
            f"데이터베이스를 최신으로 만들지 못했어요({why}). 원인을 고친 뒤 다시 시작해 주세요.",
            f"The database could not be brought up to date ({why}): mend the cause, and start again.",
        ) from error


def compile_words(root: Path) -> None:
    """Compiles the translations when one of them is newer than its compiled form.

    Args:
        root: the project's folder.

    Raises:
        CannotRun: there is no compiled form, and it cannot be written.
    """
    try:
        catalogue.compile_older(root)
    except OSError as error:
        # In an image they were compiled when it was built, and it may be read-only.
        if not all(path.with_suffix(".mo").exists() for path in catalogue.paths(root)):
            raise CannotRun(
                f"번역을 {root}/translations에 쓸 수 없어요({error.strerror}). 폴더의 권한을 고쳐 주세요.",
                f"{root}/translations cannot be written ({error.strerror}): mend its permissions.",
            ) from None


def _locked(held: int) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _runs(pid: str) -> bool:
    """Returns whether a process of that id runs; an unknown one counts as running."""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError):
        pass
    return True


def _need_room(data: Path) -> None:
    free = shutil.disk_usage(data).free // 1_000_000
    if free < ROOM:
        raise CannotRun(
            f"{data}의 디스크에 {free} MB밖에 남지 않았어요. {ROOM} MB 이상 비우고 다시 시작해 주세요.",
            f"The disk of {data} has {free} MB left: free at least {ROOM} MB, and start again.",
        )


def _closed(host: str, port: int, error: Exception) -> CannotRun:
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return CannotRun(
            f"{port}번 포트를 다른 프로그램이 쓰고 있어요. 그 프로그램을 끄거나 PORT=5001처럼 다른 포트를 정해 주세요.",
            f"Another program uses port {port}: stop it, or choose another port, such as PORT=5001.",
        )
    why = getattr(error, "strerror", None) or error
    return CannotRun(
        f"{host}의 {port}번 포트를 열 수 없어요({why}). HOST와 PORT를 고쳐 주세요.",
        f"Port {port} of {host} cannot be opened ({why}): correct HOST and PORT.",
    )
