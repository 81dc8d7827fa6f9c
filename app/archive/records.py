"""What goes into a member's copy, as plain values; each record knows what programs and tables are told of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from app.email import external_url

Value = str | int | bool | datetime | None


def post_url(post_id: int) -> str:
    """Returns the address of a post on the site."""
    return external_url("main.post", id=post_id)


def person_url(username: str) -> str:
    """Returns the address of a profile on the site."""
    return external_url("main.profile", username=username)


def tag_url(name: str) -> str:
    """Returns the address of a tag's page on the site."""
    return external_url("main.tag", name=name)


@dataclass(frozen=True)
class Profile:
    """Who the copy belongs to: what others see of them, and what they have set.

    Attributes:
        facts: what stands in the profile, by its name.
        settings: what they have set, by its name.
    """

    username: str
    name: str
    about_me: str
    facts: Mapping[str, Value]
    settings: Mapping[str, object]


@dataclass(frozen=True)
class Note:
    """A post or a reply of the member.

    Attributes:
        answered: the username of whom a reply answers, or None where that post is gone.
        mentions: whom the text calls: key → username (``richtext.render``).
    """

    COLUMNS: ClassVar = (
        "id", "url", "created_at", "edited_at", "language", "body", "like_count", "reply_count", "parent_url",
        "parent_author",
    )  # fmt: skip

    id: int
    created_at: datetime
    edited_at: datetime | None
    language: str
    body: str
    like_count: int
    reply_count: int
    parent_id: int | None = None
    answered: str | None = None
    mentions: Mapping[str, str] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """Where it stands in time."""
        return self.created_at

    @cached_property
    def url(self) -> str:
        """Its address on the site."""
        return post_url(self.id)

    @cached_property
    def parent_url(self) -> str | None:
        """The address of what it answers."""
        return post_url(self.parent_id) if self.parent_id else None

    def values(self) -> tuple[Value, ...]:
        """Returns what is told of it, in the order of the columns."""
        return (
            self.id, self.url, self.created_at, self.edited_at, self.language, self.body, self.like_count,
            self.reply_count, self.parent_url, self.answered,
        )  # fmt: skip


@dataclass(frozen=True)
class Liked:
    """A post that the member likes; without author and text where the member may not read it now."""

    COLUMNS: ClassVar = ("post_id", "url", "liked_at", "author", "author_name", "created_at", "body")

    post_id: int
    liked_at: datetime
    author: str | None = None
    author_name: str | None = None
    created_at: datetime | None = None
    body: str | None = None
    mentions: Mapping[str, str] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """Where it stands in time."""
        return self.liked_at

    @cached_property
    def url(self) -> str:
        """Its address on the site."""
        return post_url(self.post_id)

    def values(self) -> tuple[Value, ...]:
        """Returns what is told of it, in the order of the columns."""
        return (
            self.post_id,
            self.url,
            self.liked_at,
            self.author,
            self.author_name,
            self.created_at,
            self.body,
        )


@dataclass(frozen=True)
class Contact:
    """Somebody the member follows, is followed by, mutes or blocks."""

    COLUMNS: ClassVar = ("username", "name", "url", "since")

    username: str
    name: str
    since: datetime

    @property
    def at(self) -> datetime:
        """Where it stands in time."""
        return self.since

    @cached_property
    def url(self) -> str:
        """The address of their profile on the site."""
        return person_url(self.username)

    def values(self) -> tuple[Value, ...]:
        """Returns what is told of it, in the order of the columns."""
        return self.username, self.name, self.url, self.since


@dataclass(frozen=True)
class Conversation:
    """A conversation that the member has with somebody."""

    id: int
    username: str
    name: str


@dataclass(frozen=True)
class Message:
    """A message of a conversation.

    Attributes:
        sender: the username of who wrote it.
        is_mine: whether that is the member.
    """

    COLUMNS: ClassVar = ("id", "conversation_id", "with", "sender", "created_at", "body")

    id: int
    conversation: Conversation
    sender: str
    is_mine: bool
    created_at: datetime
    body: str

    @property
    def at(self) -> datetime:
        """Where it stands in time."""
        return self.created_at

    def values(self) -> tuple[Value, ...]:
        """Returns what is told of it, in the order of the columns."""
        talk = self.conversation
        return self.id, talk.id, talk.username, self.sender, self.created_at, self.body


Record = Note | Liked | Contact | Message


@dataclass(frozen=True)
class Material:
    """All that goes into a copy, read in pieces while it is asked for, the latest first; messages the oldest first."""

    profile: Profile
    posts: Iterable[Sequence[Note]]
    replies: Iterable[Sequence[Note]]
    likes: Iterable[Sequence[Liked]]
    following: Iterable[Sequence[Contact]]
    followers: Iterable[Sequence[Contact]]
    muted: Iterable[Sequence[Contact]]
    blocked: Iterable[Sequence[Contact]]
    conversations: Iterable[Sequence[Conversation]]
    messages: Callable[[Conversation], Iterable[Sequence[Message]]]
