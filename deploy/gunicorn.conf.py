"""How gunicorn serves the site, and holds pages' connections; ``./boot.sh`` and the containers use the same file."""

import gc
import json
import os
import resource
import signal
import sys
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker
from pythonjsonlogger.json import JsonFormatter

from config import Config, chosen

chosen()  # A wrong setting ends the start here, and not in every process anew.
ALONE = Config.LIVE == "only"
PAGES_THREADS = 16  # Of each process; connections, which take a thread each, leave so many to the pages.
MOST_ALONE = 5000  # Connections that a process holds which does nothing else.


def open_files(wanted: int) -> int:
    """Lets this process have about so many connections, each of which is an open file, and returns how many it may."""
    spare = 200
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted + spare if most == resource.RLIM_INFINITY else min(wanted + spare, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return allowed - spare


class JsonLogger(Logger):  # type: ignore[misc]  # gunicorn has no types.
    """Writes every line as a JSON object, as the application does."""

    def setup(self, cfg: Any) -> None:
        """Takes up the settings."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(
                JsonFormatter(
                    "%(asctime)s %(levelname)s %(name)s %(process)d %(message)s", json_ensure_ascii=False
                )
            )

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Writes the line of a request: without its query, which may hold a token, and without a referrer.

        That somebody asks every few seconds whether the site is well, and it is, is worth no line.
        """
        status = int(str(resp.status).split()[0])
        path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
        if path in ("/healthz", "/readyz") and status == 200:
            return
        headers = {name.lower(): value for name, value in resp.headers}
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "name": "gunicorn.access",
            "remote": environ.get("REMOTE_ADDR", ""),
            "method": environ.get("REQUEST_METHOD", ""),
            # A control character would forge a line, or command a terminal.
            "path": "".join(one if one.isprintable() else ascii(one)[1:-1] for one in path),
            "status": status,
            "bytes": getattr(resp, "sent", None) or 0,
            "ms": round(request_time.total_seconds() * 1000),
            "request_id": headers.get("x-request-id", ""),
        }
        self.access_log.info("%s", json.dumps(line, ensure_ascii=False))


class Draining(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types.
    """Serves every request that has reached its socket before it ends.

    gunicorn's own worker stops accepting at SIGTERM but holds the listening socket until its last request is answered.
    Meanwhile the kernel completes connections that nobody will accept, and resets them at the end: a proxy has sent
    its POST by then, and must not repeat it. This one accepts what waits and closes the socket at once, so the
    kernel refuses the next connection, and the proxy takes another server.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """Starts or stops accepting; a worker that is about to end gives the listening sockets up."""
        super().set_accept_enabled(enabled)
        if not self.alive or self.ppid != os.getppid():
            for listener in self.sockets:
                self.drain(listener)
                listener.close()

    def drain(self, listener: Any) -> None:
        """Accepts the connections that the kernel has completed so far."""
        accepted = -1
        while accepted != self.nr_conns:
            accepted = self.nr_conns
            self.accept(listener)


bind = f"[{Config.HOST}]:{Config.PORT}" if ":" in Config.HOST else f"{Config.HOST}:{Config.PORT}"
worker_class = "gevent" if ALONE else Draining
workers = 1 if ALONE else Config.WEB_WORKERS
threads = Config.WEB_THREADS
# The application is loaded once, before the processes part, so that they share its memory; gevent, which replaces parts
# of Python, has to come before it.
preload_app = not ALONE
timeout = 60  # Seconds without a sign of life after which a process is replaced.
# Seconds that accepted requests get at the end. Kubernetes kills after 30, Docker after 10 unless told otherwise.
graceful_timeout = 5 if ALONE else 25
# Seconds that an idle connection is kept. A proxy has to close it first (nginx: keepalive_timeout of the upstream), and
# within the two seconds for which a worker that ends still answers on it.
keepalive = 5
limit_request_line = 8190  # The most it can count; a syllable of Hangul takes nine bytes of an address.
# What gevent does at once, as far as the machine lets one process have files open; gthread's own limit is the same.
worker_connections = open_files(MOST_ALONE) if ALONE else 1000
# A control socket would be one more door, in the home folder of whoever starts the site.
control_socket_disable = True
# The sign of life is a file that is touched every second; in memory it never waits for a disk.
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" and os.access("/dev/shm", os.W_OK) else None

accesslog = "-"
logger_class = JsonLogger
errorlog = "-"
loglevel = Config.LOG_LEVEL.lower()


def when_ready(_server: object) -> None:
    """Puts what is loaded by now out of the collector's sight, whose marks would copy every page they touch."""
    gc.collect()
    gc.freeze()


def on_reload(server: Any) -> None:
    """Says what SIGHUP does not do here."""
    server.log.warning(
        "SIGHUP has started the worker processes again with the code and settings of the first start, because the "
        "application is loaded once. For new code start a successor with SIGUSR2, then end this process with SIGTERM."
    )


def post_worker_init(worker: Any) -> None:
    """Lets this process hold pages' connections, where that is wanted, and lets none of them delay its end."""
    live = worker.wsgi.extensions["live"]
    if ALONE:
        live.serve_alone(worker.wsgi, most=worker_connections - PAGES_THREADS)
    elif Config.LIVE == "here":
        live.serve(worker.wsgi, most=max(0, Config.WEB_THREADS - PAGES_THREADS))
    else:
        return
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(signum, closing_first(live, signal.getsignal(signum)))


def worker_exit(_server: Any, worker: Any) -> None:
    """Ends the connections of a process that ends for another reason, such as the end of the one that started it."""
    if worker.booted:
        worker.wsgi.extensions["live"].close()


def closing_first(live: Any, then: Any) -> Any:
    """Returns a signal's handler that ends the connections, for which the process would wait, before another one."""

    def handle(signum: int, frame: FrameType | None) -> None:
        live.close()
        then(signum, frame)

    return handle
