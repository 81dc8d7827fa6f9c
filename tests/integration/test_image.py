"""The image's steps, run outside Docker: what the containers are then started with serves, works and migrates."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from redis import Redis

from app.queue import pulse
from tests.integration.processes import ROOT, Program, StoreProcess, free_port, until

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc"),
]


def instructions(name: str) -> list[str]:
    """Returns the arguments of all instructions of that name, in order."""
    return re.findall(rf"^{name} (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def settings() -> dict[str, str]:
    """Returns what the image sets."""
    return dict(pair.split("=", 1) for line in instructions("ENV") for pair in line.split())


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the image's steps make; what they install is installed here already."""
    folder = tmp_path_factory.mktemp("image") / "hanmadi"
    left_out = [line.removeprefix("**/") for line in (ROOT / ".dockerignore").read_text().splitlines()]
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*left_out))
    tools = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    for step in instructions("RUN"):
        if "useradd" not in step and "pip install" not in step:
            subprocess.run(["sh", "-c", step], cwd=folder, env=tools, check=True, timeout=60)
    assert not list(folder.glob("**/secret_key")), "A secret that is in the image is none."
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreProcess]:
    """A running store."""
    process = StoreProcess(tmp_path)
    process.start()
    yield process
    process.kill()


def shows_life(image: Path, env: dict[str, str], role: str, part: Program) -> bool:
    """Returns what the image's health check says of a worker or the scheduler."""
    check = [sys.executable, "deploy/healthy.py", role, str(part.process.pid)]
    return subprocess.run(check, cwd=image, env=env).returncode == 0


def notices_a_standstill(image: Path, env: dict[str, str], role: str, part: Program) -> None:
    """Asks the health check of a part that goes on, stands still, and goes on again."""
    assert shows_life(image, env, role, part), role
    part.send(signal.SIGSTOP)
    long_ago = time.time() - 200
    beat = Path(env["TMPDIR"]) / pulse.path(part.process.pid).name
    os.utime(beat, (long_ago, long_ago))
    assert not shows_life(image, env, role, part), f"{role} stands still."
    part.send(signal.SIGCONT)
    until(partial(shows_life, image, env, role, part), 30, f"{role} goes on")


def test_containers_of_the_image_run_the_site(image: Path, store: StoreProcess, tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    env = {
        **settings(),
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(tmp_path / "tmp"),
        "BOOT_PYTHON": sys.executable,
        "DATA_DIR": str(data),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "REDIS_URL": store.url,
        "SECRET_KEY": "a key for this test only, which nobody needs to guess",
        "EXTERNAL_URL": "https://hanmadi.example",
    }
    for folder in (data, tmp_path / "tmp"):
        folder.mkdir()
    migrate = Program(["./boot.sh", "migrate"], image, env)
    assert migrate.ended(30) == 0, migrate.output
    roles = ("web", "worker", "slow-worker", "scheduler")
    parts = [Program(["./boot.sh", role], image, env) for role in roles]
    apart = {**env, "PORT": str(free_port())}
    parts.append(Program(["./boot.sh", "live"], image, apart))
    try:
        healthy = [sys.executable, "deploy/healthy.py", "web"]
        until(
            lambda: subprocess.run(healthy, cwd=image, env=env).returncode == 0,
            60,
            "the web server is healthy",
        )
        until(
            lambda: subprocess.run([*healthy[:2], "live", "gunicorn"], cwd=image, env=apart).returncode == 0,
            60,
            "the live process is healthy",
        )
        redis = Redis(unix_socket_path=str(store.socket))
        until(lambda: redis.scard("rq:workers") == 2 and redis.keys("hanmadi:turn:*"), 60, "all parts work")
        background = dict(zip(roles[1:], parts[1:], strict=False))
        for role, part in background.items():
            notices_a_standstill(image, env, role, part)
        for part in parts:
            part.send(signal.SIGTERM)
        assert [part.ended(20) for part in parts] == [0] * 5
        assert subprocess.run(healthy, cwd=image, env=env).returncode == 1
        assert [shows_life(image, env, *pair) for pair in background.items()] == [False] * 3
        assert not list((tmp_path / "tmp").iterdir()), "No worker and no job leaves a file."
    finally:
        for part in parts:
            part.clean_up()
