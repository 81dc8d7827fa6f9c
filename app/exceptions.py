"""What a service refuses, in words that the surfaces can show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class Refused(Exception):
    """A request that the rules do not allow.

    Args:
        message: what to tell the person, in the reader's language (a lazy string will do); it says what to do next.
    """

    status: ClassVar[int] = 400
    kind: ClassVar[str] = ""
    """Which kind of problem it is to programs (``app.errors.kinds``), where the status alone does not say it."""

    def __init__(self, message: object = "") -> None:
        super().__init__(message)
        self.message = message


class Invalid(Refused):
    """A value breaks a rule.

    Args:
        field: the form field or JSON member that holds the value.
        message: what is wrong with it and how to mend it.
    """

    status = 422

    def __init__(self, field: str, message: object) -> None:
        super().__init__(message)
        self.field = field


class WrongPassword(Invalid):
    """The password is not that of the account that is meant, or there is no such account."""


LONGEST_TOLD = 300


def tellable(text: str) -> str:
    """Returns what can be repeated to whoever has sent it: not longer than ``LONGEST_TOLD``, and fit for UTF-8."""
    whole = text.encode("utf-8", "replace").decode()
    return whole if len(whole) <= LONGEST_TOLD else f"{whole[:LONGEST_TOLD]}…"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one part of a request.

    Attributes:
        detail: what it is and how to mend it, in the reader's language.
        pointer: where it stands in the body, as a JSON pointer in a fragment (RFC 6901, 6), or None.
        parameter: which parameter of the query it is, or None.
    """

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def told(self) -> dict[str, str]:
        """Returns what a program is told: what there is, long names shortened."""
        said = {"detail": self.detail, "pointer": self.pointer, "parameter": self.parameter}
        return {name: tellable(text) for name, text in said.items() if text is not None}


MOST_FAULTS = 20
"""How many faults of one request are told; an answer does not grow with the request."""


class Malformed(Refused):
    """A request of a program is not what the interface's description asks for.

    Args:
        status: 422 for a body, 400 for anything before it.
        faults: what is wrong; of more than ``MOST_FAULTS`` the first ones are told.
        count: how many faults there are, where ``faults`` are not all of them.
        kind: which kind of problem it is, where it is not what the status says.
    """

    def __init__(self, status: int, faults: Sequence[Fault], count: int = 0, kind: str = "") -> None:
        super().__init__()
        self.status = status  # type: ignore[misc]
        self.kind = kind or ("invalid-body" if status == 422 else "invalid-parameters")  # type: ignore[misc]
        self.faults = faults[:MOST_FAULTS]
        self.untold = max(count, len(faults)) - len(self.faults)


class Forbidden(Refused):
    """The person may see this, but not do it."""

    status = 403


class NotFound(Refused):
    """There is nothing here that this person may see."""

    status = 404


class Gone(Refused):
    """What was here is not kept any longer."""

    status = 410


class TooOften(Refused):
    """The person has done this as often as is good for one day.

    Args:
        message: what to tell the person.
        wait: after how many seconds it is possible again.
        most: how often it is possible.
        seconds: in how many seconds.
    """

    status = 429

    def __init__(self, message: object, wait: int, most: int, seconds: int) -> None:
        super().__init__(message)
        self.wait = wait
        self.most, self.seconds = most, seconds


class Overloaded(Refused):
    """The site has too much of this to do at once.

    Args:
        message: what to tell the person.
        wait: after how many seconds it is worth asking again.
    """

    status = 503

    def __init__(self, message: object, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


class Conflict(Refused):
    """Somebody else was faster, or the row has changed meanwhile."""

    status = 409


class Renamed(Conflict):
    """The username in a form's address is no longer that of the person whom the form means.

    Args:
        name: what the person is called.
        username: their username now.
    """

    def __init__(self, name: str, username: str) -> None:
        super().__init__(username)
        self.name = name
        self.username = username


class Busy(Conflict):
    """The same is being done at this moment; after a second it is worth asking again."""

    kind = "in-progress"


class Unreadable(Refused):
    """A body that cannot be read."""

    kind = "unreadable-body"


class Unsupported(Refused):
    """A body of a kind, or in an encoding, that nobody reads here."""

    status = 415
