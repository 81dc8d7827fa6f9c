"""The one command: what it starts, what it keeps running, and that nothing is left of it."""

import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from config import socket_path
from tests.integration import jobs
from tests.integration.processes import (
    Program,
    StoreProcess,
    environment,
    free_port,
    fresh_copy,
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


def test_one_command_runs_everything_and_ctrl_c_leaves_nothing(boot: Callable[..., Site]) -> None:
    site = boot().opened()
    assert site.healthy
    commands = list(started_with(site.data).values())
    for part, how_many in {
        "valkey-server": 1,
        "gunicorn": 3,
        "worker.py urgent default slow": 1,
        "worker.py urgent default ": 2,
        "flask scheduler": 1,
    }.items():
        assert sum(part in command for command in commands) == how_many, (part, commands)
    lines = site.output.splitlines()
    assert any(line.startswith("web       | ") for line in lines), lines
    assert f"Open at http://localhost:{site.port}  (Ctrl-C stops it)" in lines

    site.send(signal.SIGINT)
    assert site.ended(20) == 0
    assert site.gone()
    assert not socket_path(site.data).exists()
    assert not site.healthy
    assert "Traceback" not in site.output

    began = time.monotonic()
    boot().opened()
    print(f"The second start took {time.monotonic() - began:.1f} s.")
    assert time.monotonic() - began < 10, "Five seconds are promised; a busy machine gets ten here."


def test_running_job_is_finished_when_the_site_is_stopped(boot: Callable[..., Site]) -> None:
    site = boot().opened()
    traces = site.leave(jobs.wait_for_bell)
    until(lambda: jobs.traces(traces), 60, "the job begins")
    site.send(signal.SIGTERM)
    until(lambda: not site.healthy, 10, "the web server ends first")
    time.sleep(1)
    (traces / "bell").touch()
    assert site.ended(20) == 0
    assert jobs.traces(traces) == ["began", "done"]
    assert site.gone()


def test_second_ctrl_c_ends_the_site_at_once_and_the_next_start_goes_on_with_its_job(
    boot: Callable[..., Site],
) -> None:
    site = boot().opened()
    traces = site.leave(jobs.wait_for_bell)
    until(lambda: jobs.traces(traces), 60, "the job begins")
    site.send(signal.SIGINT)
    time.sleep(2)
    site.send(signal.SIGINT)
    assert site.ended(10) == 0
    assert site.gone()

    boot().opened()
    until(lambda: jobs.traces(traces) == ["began", "began"], 10, "the cut job begins again")


def test_killed_supervisor_leaves_no_process_and_the_next_start_goes_on_with_the_job_it_cut(
    boot: Callable[..., Site],
) -> None:
    site = boot().opened()
    traces = site.leave(jobs.wait_for_bell)
    until(lambda: jobs.traces(traces), 60, "the job begins")
    site.send(signal.SIGKILL)
    until(site.gone, 10, "no process is left")
    assert not socket_path(site.data).exists()

    site = boot().opened()
    until(lambda: jobs.traces(traces) == ["began", "began"], 60, "the cut job begins again")
    (traces / "bell").touch()
    until(lambda: jobs.traces(traces) == ["began", "began", "done"], 10, "the cut job is done")
    site.send(signal.SIGKILL)
    site.ended(1)
    boot().opened()  # It has waited until the guard was done with what the killed one left.
    assert len([command for command in started_with(site.data).values() if "valkey-server" in command]) == 1


def test_what_dies_is_started_again(boot: Callable[..., Site]) -> None:
    site = boot().opened()
    web, store, worker = (site.part(words) for words in ("gunicorn", "valkey-server", "default slow"))
    for pid in (web, store, worker):
        os.kill(pid, signal.SIGKILL)
    until(lambda: site.healthy and site.part("gunicorn") != web, 60, "the web server is back")
    until(
        lambda: socket_path(site.data).exists() and site.part("valkey-server") != store,
        5,
        "the store is back",
    )
    traces = site.leave(jobs.wait_for_bell)
    until(lambda: jobs.traces(traces), 60, "a worker is back")
    until(lambda: site.output.count("starts again in") == 3, 1, "each end is told once")


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
    store.kill()
    site.send(signal.SIGTERM)
    assert site.ended(30) == 0
    assert site.gone()


def test_second_one_with_the_same_data_ends_with_one_sentence(boot: Callable[..., Site]) -> None:
    site = boot().opened()
    second = boot()
    assert second.ended(20) == 1
    assert second.output == (
        f"The site already runs with this data folder (process {site.process.pid}): stop it, or set DATA_DIR.\n"
    )
    korean = boot(LANG="ko_KR.UTF-8")
    assert korean.ended(20) == 1
    assert korean.output.startswith("이 데이터 폴더로 이미 돌고 있어요(프로세스 ")
    assert site.healthy


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
        ({"PORT": "70000"}, "Port 70000 of 127.0.0.1 cannot be opened"),
        ({"PORT": "abc"}, "PORT must be a whole number, but it is 'abc'."),
        ({"DATA_DIR": "/dev/null/data"}, "The data folder /dev/null/data cannot be written"),
        ({"DATABASE_URL": "sqlite:////dev/null/nowhere.db"}, "The database could not be brought up to date"),
        ({"APP_ENV": "production"}, "SECRET_KEY is missing."),
    ],
)
def test_wrong_setting_ends_with_one_sentence(
    boot: Callable[..., Site], settings: dict[str, str], sentence: str
) -> None:
    site = boot(**settings)
    assert site.ended(30) == 1
    told = [line for line in site.output.splitlines() if not line.startswith("store ")]
    assert len(told) == 1, site.output
    assert told[0].startswith(sentence.format(port=site.port)), site.output
    assert site.gone()


def test_each_part_runs_alone_as_in_a_container(boot: Callable[..., Site], tmp_path: Path) -> None:
    assert boot("migrate").ended(30) == 0
    assert (tmp_path / "data" / "hanmadi.db").exists()
    parts = {role: boot(role) for role in ("web", "worker", "slow-worker", "scheduler")}
    until(lambda: parts["web"].healthy, 60, "the web server answers")
    until(lambda: "The schedule waits" in parts["scheduler"].output, 60, "the schedule misses the store")
    for role in ("worker", "slow-worker"):
        until(partial(parts[role].says, "The store is away"), 60, "the workers miss the store")
    for part in parts.values():
        assert part.process.pid in started_with(part.data), (
            "It replaces the script, and gets the signals itself."
        )
        part.send(signal.SIGTERM)
    assert [part.ended(15) for part in parts.values()] == [0, 0, 0, 0]

    assert boot("flask", "users", "--help").ended(20) == 0
    unknown = boot("dance")
    assert unknown.ended(5) == 1
    assert unknown.output.startswith("There is no role 'dance': ") and unknown.output.count("\n") == 1
