"""The one command: what it starts, what it keeps running, and that nothing is left of it."""

import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from app.cli.up.store import answers
from config import Config, socket_path
from tests.integration import jobs
from tests.integration.processes import (
    Program,
    StoreProcess,
    environment,
    free_port,
    fresh_copy,
    parent_of,
    queue_at,
    started_with,
    until,
)

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc"),
]


class Site(Program):
    """A site that ``./boot.sh`` runs."""

    def __init__(self, copy: Path, data: Path, *argv: str, **changes: str) -> None:
        self.port = free_port()
        env = environment(data, **{"PORT": str(self.port), **changes})
        super().__init__(["./boot.sh", *argv], copy, env)

    @property
    def healthy(self) -> bool:
        """Whether /healthz answers 200."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def opened(self) -> "Site":
        """Waits until it says where it is."""
        until(lambda: "Open at" in self.output or self.process.poll() is not None, 60, "the site opens")
        assert "Open at" in self.output, self.output
        return self

    def part(self, words: str) -> int:
        """Returns the process id of the part whose command holds the words: the oldest one."""
        found = [pid for pid, command in started_with(self.data).items() if words in command]
        assert found, started_with(self.data)
        return min(found)

    def gone(self) -> bool:
        """Returns whether no process of it is left."""
        return not started_with(self.data)

    def leave(self, job: Callable[..., object]) -> Path:
        """Leaves a job in its queue, and returns the folder of the job's traces."""
        folder = self.data.parent / f"traces-{time.monotonic_ns()}"
        folder.mkdir()
        queue_at(f"unix://{socket_path(self.data)}").enqueue(job, folder=str(folder))
        return folder


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone."""
    return fresh_copy(tmp_path_factory.mktemp("clone") / "hanmadi")


@pytest.fixture
def boot(copy: Path, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Starts sites, of which nothing is left after the test."""
    sites = []

    def start(*argv: str, **changes: str) -> Site:
        sites.append(Site(copy, tmp_path / "data", *argv, **changes))
        return sites[-1]

    yield start
    for site in sites:
        site.clean_up()


@pytest.fixture(scope="module")
def running(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that several tests look at."""
    site = Site(copy, tmp_path_factory.mktemp("running") / "data")
    try:
        yield site.opened()
    finally:
        site.clean_up()


def test_one_command_runs_every_part_and_says_where_the_site_is(running: Site) -> None:
    assert running.healthy
    wanted = {
        "valkey-server": 1,
        "gunicorn": 1 + Config.WEB_WORKERS,
        "worker.py urgent default slow": 1,
        "worker.py urgent default ": 2,
        "flask scheduler": 1,
    }
    # The site is open as soon as one web server answers.
    until(lambda: parts(running, wanted) == wanted, 20, f"{wanted}, not {parts(running, wanted)}")
    mine = (path for path in (running.data, *running.data.rglob("*")) if not path.is_symlink())
    readable = [path for path in mine if path.exists() and path.stat().st_mode & 0o077]
    assert not readable, "Other accounts of the machine may read it."
    lines = running.output.splitlines()
    assert any(line.startswith("web       | ") for line in lines), lines
    assert f"Open at http://localhost:{running.port}  (Ctrl-C stops it)" in lines


def parts(site: Site, names: Iterable[str]) -> dict[str, int]:
    """Returns how many processes of each name a site has."""
    started = started_with(site.data)
    # A worker that has a job at this moment has forked a process for it, which is called the same.
    commands = [
        command
        for pid, command in started.items()
        if "worker.py" not in command or started.get(parent_of(pid)) != command
    ]
    return {name: sum(name in command for command in commands) for name in names}


def test_second_one_with_the_same_data_ends_with_one_sentence(running: Site, copy: Path) -> None:
    second, korean = Site(copy, running.data), Site(copy, running.data, LANG="ko_KR.UTF-8")
    assert second.ended(30) == korean.ended(30) == 1
    pid = running.process.pid
    assert (
        second.output
        == f"The site already runs with this data folder (process {pid}): stop it, or set DATA_DIR.\n"
    )
    assert korean.output.startswith(f"이 데이터 폴더로 이미 돌고 있어요(프로세스 {pid}). ")
    assert running.healthy


def test_what_dies_is_started_again(running: Site) -> None:
    web, store, worker = (running.part(words) for words in ("gunicorn", "valkey-server", "default slow"))
    for pid in (web, store, worker):
        os.kill(pid, signal.SIGKILL)
    until(lambda: running.output.count("starts again in") == 3, 60, "each end is told once")
    until(lambda: running.healthy and running.part("gunicorn") != web, 60, "the web server is back")
    until(lambda: answers(socket_path(running.data)), 60, "the store is back")
    traces = running.leave(jobs.wait_for_bell)
    until(lambda: jobs.traces(traces), 60, "a worker is back")
    (traces / "bell").touch()


def test_ctrl_c_lets_the_running_job_finish_and_leaves_nothing(boot: Callable[..., Site]) -> None:
    began = time.monotonic()
    site = boot().opened()
    first = time.monotonic() - began
    traces = site.leave(jobs.wait_for_bell)
    until(lambda: jobs.traces(traces), 60, "the job begins")
    site.send(signal.SIGINT)
    until(lambda: "Shutting down: Master" in site.output, 30, "the web server ends first")
    (traces / "bell").touch()
    assert site.ended(30) == 0
    assert jobs.traces(traces) == ["began", "done"]
    assert site.gone()
    assert not socket_path(site.data).exists()
    assert not site.healthy
    assert "Traceback" not in site.output

    began = time.monotonic()
    boot().opened()
    second = time.monotonic() - began
    print(f"The first start took {first:.1f} s, the second {second:.1f} s.")
    assert second < max(15, 1.5 * first), "Five seconds are promised; a busy machine gets more here."


def test_cut_job_goes_on_at_the_next_start_however_the_site_was_ended(boot: Callable[..., Site]) -> None:
    site = boot().opened()
    traces = site.leave(jobs.wait_for_bell)
    until(lambda: jobs.traces(traces), 60, "the job begins")
    site.send(signal.SIGTERM)
    until(lambda: "Shutting down: Master" in site.output, 30, "the web server ends first")
    site.send(signal.SIGINT)
    site.ended(15)  # The second signal does not wait for the job.
    assert site.gone()

    site = boot().opened()
    until(lambda: jobs.traces(traces) == ["began", "began"], 30, "the cut job begins again")
    site.send(signal.SIGKILL)
    until(site.gone, 10, "no process is left of a killed supervisor")
    assert not socket_path(site.data).exists()

    boot().opened()
    until(lambda: jobs.traces(traces) == ["began"] * 3, 30, "the cut job begins again")
    (traces / "bell").touch()
    until(lambda: jobs.traces(traces)[3:] == ["done"], 30, "the cut job is done")


def test_store_of_ones_own_takes_the_place_of_the_one_that_comes_along(
    boot: Callable[..., Site], tmp_path: Path
) -> None:
    store = StoreProcess(tmp_path)
    store.start()
    site = boot(REDIS_URL=store.url).opened()
    assert not [command for command in started_with(site.data).values() if "valkey-server" in command]
    queue = queue_at(store.url)
    queue.enqueue(jobs.greet, folder=str(tmp_path), name="바다")
    until(lambda: jobs.traces(tmp_path) == ["바다 app"], 60, "the job is done")
    site.send(signal.SIGTERM)
    assert site.ended(30) == 0
    assert site.gone()
    assert answers(store.socket), "It is not the site's, and stays."
    store.kill()


def test_taken_port_ends_with_one_sentence(boot: Callable[..., Site]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        site = boot(PORT=str(port))
        assert site.ended(20) == 1
    assert site.output == (
        f"Another program uses port {port}: stop it, or choose another port, such as PORT=5001.\n"
    )
    assert site.gone()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"HOST": "192.0.2.1"}, "Port {port} of 192.0.2.1 cannot be opened"),
        ({"PORT": "70000"}, "PORT must be a whole number from 1 to 65535, but it is '70000'."),
        ({"PORT": "abc"}, "PORT must be a whole number from 1 to 65535, but it is 'abc'."),
        ({"DATA_DIR": "{folder}/file/data"}, "The data folder {folder}/file/data cannot be written"),
        ({"DATABASE_URL": "sqlite:////dev/null/nowhere.db"}, "The database could not be brought up to date"),
        ({"APP_ENV": "production"}, "SECRET_KEY is missing."),
    ],
)
def test_wrong_setting_ends_with_one_sentence(
    boot: Callable[..., Site], tmp_path: Path, settings: dict[str, str], sentence: str
) -> None:
    (tmp_path / "file").touch()
    site = boot(**{name: text.format(folder=tmp_path) for name, text in settings.items()})
    assert site.ended(30) == 1
    told = [line for line in site.output.splitlines() if not line.startswith("store ")]
    assert len(told) == 1, site.output
    assert told[0].startswith(sentence.format(port=site.port, folder=tmp_path)), site.output
    assert site.gone()
