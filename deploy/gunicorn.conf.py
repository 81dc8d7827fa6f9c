"""How gunicorn serves the site; ``./boot.sh`` and the containers use the same file."""

import gc
import logging
import os
import sys

from config import Config

bind = f"[{Config.HOST}]:{Config.PORT}" if ":" in Config.HOST else f"{Config.HOST}:{Config.PORT}"
worker_class = "gthread"
workers = Config.WEB_WORKERS
threads = Config.WEB_THREADS
# The application is loaded once, before the processes part, so that they share its memory.
preload_app = True
timeout = 60  # Seconds without a sign of life after which a process is replaced.
graceful_timeout = 10  # Seconds that running requests get at the end.
keepalive = 5
limit_request_line = 8190  # The most it can count; a syllable of Hangul takes nine bytes of an address.
# A control socket would be one more door, in the home folder of whoever starts the site.
control_socket_disable = True
# The sign of life is a file that is touched every second; in memory it never waits for a disk.
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" and os.access("/dev/shm", os.W_OK) else None

accesslog = "-"
# A path without its query, which may hold a token, and no referrer; the request's id leads to the other lines.
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms %({x-request-id}o)s'
errorlog = "-"
loglevel = Config.LOG_LEVEL.lower()


def on_starting(_server: object) -> None:
    """Keeps out of the log that somebody asks every few seconds whether the site is well, and it is, and forgeries."""
    access = logging.getLogger("gunicorn.access")
    access.addFilter(worth_a_line)
    access.addFilter(in_one_line)


def when_ready(_server: object) -> None:
    """Puts what is loaded by now out of the collector's sight, whose marks would copy every page they touch."""
    gc.collect()
    gc.freeze()


def worth_a_line(record: logging.LogRecord) -> bool:
    """Returns whether an answer is worth a line in the access log."""
    atoms = record.args
    return not (isinstance(atoms, dict) and atoms["U"] in ("/healthz", "/readyz") and atoms["s"] == "200")


def in_one_line(record: logging.LogRecord) -> bool:
    """Shows the control characters that somebody put into a path as escapes; a line feed would forge a line."""
    atoms = record.args
    if isinstance(atoms, dict):
        atoms["U"] = "".join(one if one.isprintable() else repr(one)[1:-1] for one in str(atoms["U"]))
    return True
