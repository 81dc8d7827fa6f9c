"""A small application under the settings of the site's gunicorn: it takes a while, and notes down each POST."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse


class NoConnections:
    """Holds no connections of open pages."""

    def close(self) -> None:
        """Has none to end."""


class Counting:
    """Answers after a moment with the id of the gunicorn that serves it."""

    extensions = {"live": NoConnections()}  # What gunicorn's settings look for.

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answers a request."""
        time.sleep(0.05)
        if environ["REQUEST_METHOD"] == "POST":
            environ["wsgi.input"].read()
            with Path(os.environ["DONE"]).open("a") as done:
                done.write(f"{environ['QUERY_STRING']}\n")
        status = "503 Service Unavailable" if environ["PATH_INFO"] == "/busy" else "200 OK"
        start_response(status, [("Content-Type", "text/plain")])
        return [str(os.getppid()).encode()]


app = Counting()
