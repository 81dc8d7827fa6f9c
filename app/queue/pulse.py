"""The sign of life of a process that answers no requests: a file whose age deploy/healthy.py looks at.

The store is no place for it: while the store is away, a worker waits for it and is well.
"""

import os
import tempfile
from pathlib import Path


def path(pid: int) -> Path:
    """Returns the file of a process; deploy/healthy.py, which loads nothing of the site, has the same rule."""
    return Path(tempfile.gettempdir()) / f"hanmadi-pulse-{pid}"


def beat() -> None:
    """Shows that this process goes on; a file that cannot be written makes it look dead and harms nothing else."""
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        file = os.open(path(os.getpid()), flags, 0o600)
    except OSError:
        return
    try:
        os.utime(file)
    except OSError:
        pass
    finally:
        os.close(file)


def end() -> None:
    """Removes the file of this process."""
    try:
        path(os.getpid()).unlink(missing_ok=True)
    except OSError:
        pass
