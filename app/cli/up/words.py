"""What the supervisor says, in Korean where the terminal's language is Korean and in English everywhere else."""

import os


class CannotRun(SystemExit):
    """Something keeps the site from running; ends the program with one sentence that says what to do."""


def korean() -> bool:
    """Returns whether the terminal's language is Korean."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((name for name in names if name), "").startswith("ko")


def said(ko: str, en: str) -> str:
    """Returns the sentence in the terminal's language."""
    return ko if korean() else en
