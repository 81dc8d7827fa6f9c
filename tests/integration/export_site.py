"""Exports on a site of real workers, some of which are killed or put to sleep in the middle of one."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import rq
from redis import Redis
from rq.serializers import JSONSerializer

from app.tasks import exports
from tests.integration.processes import (
    ROOT,
    Program,
    StoreProcess,
    environment,
    parent_of,
    queue_at,
    started_with,
    until,
)

MEMBERS = ("바다", "하늘", "구름", "별님")
POSTS = 3000
SOON = (
    60.0  # Seconds in which an interrupted export has to be in good hands again, or to have failed honestly.
)
State = tuple[str, int, int, int]
"""What a task's row says: state, attempt, done, total."""


@dataclass
class Interruption:
    """What was done to an export, and what became of it.

    Attributes:
        task_id: the export's.
        states: every state that was seen of it, in order.
        at: when it was interrupted.
        seconds: how long after that it ended.
        error: why it failed, or None.
    """

    task_id: int
    states: list[State] = field(default_factory=list)
    at: float = 0.0
    seconds: float = 0.0
    error: str | None = None


class ExportSite:
    """A database of busy members, a store, four workers and the scheduler.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self.store = StoreProcess(folder)
        self.store.start()
        self.env = environment(self.data, REDIS_URL=self.store.url)
        self._flask("db", "upgrade")
        posts = folder / "posts.jsonl"
        with posts.open("w") as file:
            for who in MEMBERS:
                for number in range(POSTS):
                    at = f"2026-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
                    line = {"username": who, "body": f"{number}째 글 #산책", "created_at": at}
                    file.write(json.dumps(line) + "\n")
        self._flask("data", "load", str(posts))
        self.parts = [self.start("-m", "flask", "scheduler")]
        self.parts += [self.start("worker.py", "urgent", "default", "slow") for _ in MEMBERS]

    def stop(self) -> None:
        """Leaves nothing of it."""
        for part in self.parts:
            part.clean_up()
        self.store.kill()

    def start(self, *argv: str) -> Program:
        """Starts one of the site's programs."""
        return Program([sys.executable, *argv], ROOT, self.env)

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Asks the database, or changes it."""
        with closing(sqlite3.connect(self.data / "hanmadi.db", timeout=30)) as database, database:
            return list(database.execute(statement, values))

    def export(self, who: str) -> Interruption:
        """Starts a member's export."""
        ((task_id,),) = self.rows(
            "INSERT INTO task (user_id, kind, state, created_at, heartbeat_at) "
            "SELECT id, 'export', 'queued', ?, ? FROM user WHERE username = ? RETURNING id",
            *[f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"] * 2,
            who,
        )
        assert isinstance(task_id, int)
        queue_at(self.store.url).enqueue(exports.begin, task_id=task_id)
        return Interruption(task_id)

    def look(self, export: Interruption) -> State:
        """Notes what an export's row says."""
        ((state, attempt, done, total, error),) = self.rows(
            "SELECT state, attempt, done, total, error FROM task WHERE id = ?", export.task_id
        )
        seen = (str(state), int(str(attempt)), int(str(done)), int(str(total)))
        if export.states[-1:] != [seen]:
            export.states.append(seen)
        export.error = str(error) if error else None
        if seen[0] in ("done", "failed") and not export.seconds:
            export.seconds = time.monotonic() - export.at
        return seen

    def is_in_the_middle(self, export: Interruption) -> bool:
        """Whether an export is being made, and far from done."""
        state, _, done, _ = self.look(export)
        assert state in ("queued", "running"), f"It was over before anything was done to it: {export.states}"
        return state == "running" and done > 0

    def hands(self, export: Interruption) -> tuple[int, int]:
        """Returns the processes that make an export: the worker, and the one it has forked for the job."""
        store = Redis.from_url(self.store.url)
        for worker in rq.Worker.all(connection=store, serializer=JSONSerializer):
            job = worker.get_current_job()
            if job and job.kwargs.get("task_id") == export.task_id and worker.pid:
                (horse,) = [pid for pid in started_with(self.data) if parent_of(pid) == worker.pid]
                return worker.pid, horse
        raise AssertionError(f"Nobody makes export {export.task_id}.")

    def kill(self, export: Interruption, *which: str) -> None:
        """Ends one or both of the processes that make an export, as a power cut would; another worker is started."""
        worker, horse = self.hands(export)
        for name in which:
            os.kill({"worker": worker, "horse": horse}[name], signal.SIGKILL)
        export.at = time.monotonic()
        if "worker" in which:
            self.parts.append(self.start("worker.py", "urgent", "default", "slow"))

    def put_to_sleep(self, export: Interruption) -> int:
        """Lets the process that makes an export stand still, outside of a transaction, and returns it."""
        _, horse = self.hands(export)
        while True:
            os.kill(horse, signal.SIGSTOP)
            try:
                with closing(sqlite3.connect(self.data / "hanmadi.db", timeout=0)) as database:
                    database.execute("BEGIN IMMEDIATE")
                export.at = time.monotonic()
                return horse
            except sqlite3.OperationalError:  # It has the writer's place, or somebody else has.
                os.kill(horse, signal.SIGCONT)
                time.sleep(0.05)

    def watch(self, exports_: list[Interruption], seconds: float) -> None:
        """Looks at exports until all have ended."""
        ended = {"done", "failed"}
        until(
            lambda: {self.look(export)[0] for export in exports_} <= ended,
            seconds,
            "the interrupted exports have ended",
        )

    def files(self) -> list[str]:
        """Returns the names of all that exports have left on the disk."""
        return sorted(path.name for path in (self.data / "exports").glob("*"))

    def posts_in(self, export: Interruption) -> int:
        """Returns how many posts stand in an export's file, which has to be the only one, and whole."""
        ((result,),) = self.rows("SELECT result FROM task WHERE id = ?", export.task_id)
        name = json.loads(str(result))["file"]
        assert [file for file in self.files() if file.startswith(f"{export.task_id}-")] == [name]
        with zipfile.ZipFile(self.data / "exports" / name) as opened:
            assert opened.testzip() is None
            return len(json.loads(opened.read("data/posts.json")))

    def _flask(self, *argv: str) -> None:
        subprocess.run([sys.executable, "-m", "flask", *argv], cwd=ROOT, env=self.env, check=True)
