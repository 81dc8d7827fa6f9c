"""Starts the parts of the site, keeps them running, and ends them in order: web, scheduler, workers, store."""

import http.client
import subprocess
import sys
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from socket import socket

from app.cli.up.part import Part, show
from app.cli.up.signals import Signals
from app.cli.up.words import CannotRun, said

ANSWERS_WITHIN = 60.0  # Seconds from the web server's start to its first answer.
LAST_WORDS = 1.0  # Seconds that a part gets each time it is asked again.
STAGES = ("web", "scheduler", "worker", "store")  # The order in which the parts end.


class Asked(Exception):
    """Somebody asked the site to stop while it was starting."""


class Supervisor:
    """Keeps parts running until it is asked to stop.

    Args:
        door: the socket that the web server serves.
        lock: the data folder's open lock file, which the guard holds too.
        sockets: paths to remove after the parts.
    """

    def __init__(self, door: socket, lock: int, sockets: list[Path]) -> None:
        self.door = door
        self.signals = Signals()
        self.parts: list[Part] = []
        self._lock = lock
        self._guard_command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py"))]
        self._guard_command += [str(path) for path in sockets]
        self._guard = self._started_guard()

    def start(self, part: Part) -> None:
        """Starts a part.

        Raises:
            Asked: the site is to stop.
            CannotRun: the system does not let it start.
        """
        self.check()
        self.parts.append(part)
        try:
            self._begin(part)
        except OSError as error:
            raise CannotRun(
                f"{part.argv[0]} 프로그램을 시작할 수 없어요({error.strerror}). 원인을 고친 뒤 다시 시작해 주세요.",
                f"{part.argv[0]} cannot be started ({error.strerror}): mend the cause, and start again.",
            ) from None

    def check(self) -> None:
        """Does nothing, unless somebody asked the site to stop.

        Raises:
            Asked: somebody did.
        """
        self.signals.wait(0)
        if self.signals.stops:
            raise Asked

    def wait_for_answer(self, web: Part, host: str) -> None:
        """Waits until the site answers.

        Args:
            web: the part that is to answer.
            host: what the request calls the site.

        Raises:
            Asked: the site is to stop.
            CannotRun: the web server ended, or is silent for too long.
        """
        until = time.monotonic() + ANSWERS_WITHIN
        while web.alive and time.monotonic() < until:
            if answers(self.door, host):
                return
            self.check()
        raise CannotRun(
            "웹 서버(web)가 시작되지 않아요. 위에 나온 web 줄의 문제를 고친 뒤 다시 시작해 주세요.",
            "The web server does not start: mend what its lines above name, and start again.",
        )

    def run(self) -> None:
        """Starts again what ends, until somebody asks the site to stop."""
        while not self.signals.stops:
            soonest = min((part.start_again_at for part in self.parts if part.start_again_at), default=None)
            self.signals.wait(60 if soonest is None else soonest - time.monotonic())
            if not self.signals.stops:
                self._keep_running()

    def stop(self) -> None:
        """Ends the parts stage by stage, each as soon as the one before is gone; a second signal ends them at once.

        Whatever happens, no process is left afterwards.
        """
        asked = self.signals.stops
        self.door.close()
        for stage in STAGES:
            self._end([part for part in self.parts if part.stage == stage], asked)
        self._tell_guard("done")
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard.wait()

    def _end(self, parts: list[Part], asked: int) -> None:
        """Ends some parts at once: asks, waits for what they do, asks again, and kills."""
        grace = max((part.grace for part in parts), default=0)
        self._ask(parts, grace, lambda: self.signals.stops > asked)
        # A worker that is asked again takes the process of its running job along. Within a second of the first it
        # takes a second request for an echo, so there is a third.
        for _ in range(2):
            self._ask(parts, LAST_WORDS, lambda: False)
        for part in parts:
            part.kill()

    def _ask(self, parts: list[Part], grace: float, hurry: Callable[[], bool]) -> None:
        """Asks parts to end, and waits until they have, the time is over, or there is a hurry."""
        for part in parts:
            part.terminate()
        until = time.monotonic() + grace
        while any(part.alive for part in parts) and time.monotonic() < until and not hurry():
            self.signals.wait(0.1)

    def _keep_running(self) -> None:
        if self._guard.poll() is not None:
            self._guard = self._started_guard()
        for part in self.parts:
            if part.alive:
                continue
            if part.start_again_at is None:
                self._note_end(part)
            elif part.start_again_at <= time.monotonic():
                try:
                    self._begin(part)
                except OSError as error:
                    show(str(error), part.name)
                    part.plan_restart()

    def _note_end(self, part: Part) -> None:
        part.kill()  # What it started goes with it, before another takes its place.
        if part.process:
            self._tell_guard(f"ended {part.process.pid}")
        delay, code = part.plan_restart(), part.process and part.process.returncode
        show(
            said(
                f"멈췄어요({code}). {delay:g}초 뒤에 다시 시작해요.",
                f"ended ({code}), starts again in {delay:g} s",
            ),
            part.name,
        )

    def _begin(self, part: Part) -> None:
        self._tell_guard(f"started {part.start()} {part.stage}")

    def _started_guard(self) -> "subprocess.Popen[str]":
        """Starts the guard, which learns through its input what runs, and that this process is gone."""
        self._guard = subprocess.Popen(
            self._guard_command,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
            start_new_session=True,
            pass_fds=(self._lock,),
        )
        for part in self.parts:
            if part.process and part.alive:
                self._tell_guard(f"started {part.process.pid} {part.stage}")
        return self._guard

    def _tell_guard(self, line: str) -> None:
        try:
            if self._guard.stdin:
                self._guard.stdin.write(line + "\n")
        except OSError:
            pass  # It was killed; the next one is told everything.


def answers(door: socket, host: str) -> bool:
    """Returns whether the site says within a second that it is healthy.

    Args:
        door: the socket it serves.
        host: what the request calls the site.
    """
    address, port = door.getsockname()[:2]
    if ip_address(address).is_unspecified:
        address = "::1" if ":" in address else "127.0.0.1"
    connection = http.client.HTTPConnection(address, port, timeout=1)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
