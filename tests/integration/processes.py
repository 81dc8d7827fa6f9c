"""Starting, watching and ending the real programs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.cli.up import store
from app.queue import Queue

ROOT = Path(__file__).resolve().parents[2]
NOT_IN_A_CLONE = shutil.ignore_patterns(
    ".git", ".venv", "instance", "__pycache__", ".*_cache", "*.mo", "node_modules"
)


def parent_of(pid: int) -> int:
    """Returns the parent of a process, or 0 once that has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return int(status.partition("\nPPid:")[2].split()[0])


def until(true: Callable[[], object], seconds: float, what: str) -> None:
    """Waits until something is true, and fails the test when it does not become so in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"Not within {seconds} s: {what}")
        time.sleep(0.05)


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fresh_copy(to: Path) -> Path:
    """Copies the project as a clone would be."""
    shutil.copytree(ROOT, to, ignore=NOT_IN_A_CLONE)
    return to


def environment(data: Path, **changes: str) -> dict[str, str]:
    """Returns the environment for a program whose data is in that folder, and nothing else of this machine's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "DATA_DIR": str(data), "BOOT_PYTHON": sys.executable, **changes}


def started_with(data: Path) -> dict[int, str]:
    """Returns the command of every process that was started with that data folder, by process id."""
    mark = f"DATA_DIR={data}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            pass  # It ended while it was looked at.
    return found


def queue_at(url: str) -> Queue:
    """Returns the queue's door to a store."""
    app = Flask("test")
    app.config["REDIS_URL"] = url
    queue = Queue()
    queue.init_app(app)
    return queue


class StoreProcess:
    """A store of the tests' own, which can be killed, paused and started again with what it kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "store.sock"
        self.url = f"unix://{self.socket}"
        self._part = store.part(folder, self.socket)

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._part.start()
        store.wait_until_ready(self._part, self.socket)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self._part.kill()

    def pause(self) -> None:
        """Lets it take connections and never answer."""
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Ends the pause."""
        self._send(signal.SIGCONT)

    def _send(self, signum: int) -> None:
        assert self._part.process
        self._part.process.send_signal(signum)


class Program:
    """A running program and what it says."""

    def __init__(self, argv: list[str], cwd: Path, env: dict[str, str]) -> None:
        self.data = Path(env["DATA_DIR"])
        self._said = tempfile.NamedTemporaryFile(prefix="said-")  # noqa: SIM115
        with open(self._said.name, "wb") as output:
            self.process = subprocess.Popen(
                argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def output(self) -> str:
        """Everything it has said."""
        return Path(self._said.name).read_text(errors="replace")

    def says(self, words: str) -> bool:
        """Returns whether it has said the words."""
        return words in self.output

    def send(self, signum: int) -> None:
        """Sends it a signal."""
        self.process.send_signal(signum)

    def ended(self, within: float) -> int:
        """Waits for its end and returns its exit code."""
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            pytest.fail(f"Not ended within {within} s. It said:\n{self.output}")

    def clean_up(self) -> None:
        """Kills whatever a failed test left behind, and shows what was said."""
        print(self.output)
        for pid in started_with(self.data):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(10)
