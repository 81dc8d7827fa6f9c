"""What the reference shows: groups of operations, and what each takes and answers."""

import re
from dataclasses import dataclass

from app.api.reference.shapes import Field


@dataclass(frozen=True)
class Example:
    """A value that the description shows.

    Attributes:
        title: what it shows, where there are several.
        text: it, as JSON that people can read.
    """

    title: str
    text: str


@dataclass(frozen=True)
class Content:
    """What a request's or an answer's body holds.

    Attributes:
        type: what it is called, such as ``PostShown``.
        fields: its parts.
        examples: what it may look like.
        is_first: nothing above on the page has told this schema, so that it is told unfolded.
    """

    type: str = ""
    fields: tuple[Field, ...] = ()
    examples: tuple[Example, ...] = ()
    is_first: bool = True


@dataclass(frozen=True)
class Answer:
    """How an operation may end.

    Attributes:
        status: three digits, or ``default``.
        description: what the description says of it, if it is more than the status' own phrase.
        content: its body; None where it has none, or a problem.
        headers: what it says beside the body.
    """

    status: str
    description: str
    content: Content | None
    headers: tuple[Field, ...] = ()

    @property
    def is_refusal(self) -> bool:
        """Whether it is told as a problem."""
        return not self.status.startswith(("2", "3"))


@dataclass(frozen=True)
class Parameter:
    """What stands in an address or a header.

    Attributes:
        place: ``path``, ``query`` or ``header``.
        field: its name and kind.
    """

    place: str
    field: Field


@dataclass(frozen=True)
class Operation:
    """One thing that a program may ask for."""

    method: str
    path: str
    summary: str
    description: str
    security: tuple[dict[str, list[str]], ...]
    parameters: tuple[Parameter, ...]
    body: Content | None
    answers: tuple[Answer, ...]
    is_deprecated: bool

    @property
    def id(self) -> str:
        """What it is linked to by; it changes only with the address."""
        return slug(f"{self.method} {self.short_path}")

    @property
    def short_path(self) -> str:
        """The address without what all have in common."""
        return self.path.removeprefix("/api") or "/"

    @property
    def success(self) -> tuple[Answer, ...]:
        """How it may end well."""
        return tuple(answer for answer in self.answers if not answer.is_refusal)

    @property
    def refusals(self) -> tuple[Answer, ...]:
        """How it may be refused."""
        return tuple(answer for answer in self.answers if answer.is_refusal)


@dataclass(frozen=True)
class Group:
    """Operations about one thing."""

    name: str
    description: str
    operations: tuple[Operation, ...]

    @property
    def id(self) -> str:
        """What it is linked to by."""
        return f"on-{slug(self.name) or 'entry'}"


@dataclass(frozen=True)
class Outline:
    """The whole interface.

    Attributes:
        version: the interface's.
        problem: what a refusal holds.
        groups: everything else.
    """

    version: str
    problem: tuple[Field, ...]
    groups: tuple[Group, ...]


def slug(text: str) -> str:
    """Returns the text's letters and digits, joined by hyphens."""
    return "-".join(re.findall(r"\w+", text.lower()))
