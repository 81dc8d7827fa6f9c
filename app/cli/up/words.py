"""What the supervisor says, in Korean where the terminal's language is Korean and in English everywhere else."""

import os


def korean() -> bool:
    """Returns whether the terminal's language is Korean."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((name for name in names if name), "").startswith("ko")


def said(ko: str, en: str) -> str:
    """Returns the sentence in the terminal's language."""
    return ko if korean() else en


class CannotRun(SystemExit):
    """Something keeps the site from running; ends the program with one sentence that says what to do.

    Args:
        ko: the sentence in Korean.
        en: the same in English.
    """

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(said(ko, en))
