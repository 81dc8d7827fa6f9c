"""Column types that every table shares."""

from datetime import UTC, datetime
from typing import Annotated, Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app import links, text


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware time in UTC, on SQLite too, which itself knows no time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Stores UTC.

        Raises:
            ValueError: the time has no zone, so it could mean any moment.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Gives the time its zone back."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Seen(sa.types.TypeDecorator[str]):
    """A text of people that is empty where there is nothing to see: blanks, fillers, marks on no letter.

    So the username stands in for an invisible display name wherever one is shown, in pages, answers, letters and
    files, and whatever was stored before.
    """

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Stores nothing for what nobody sees."""
        return _seen(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """Returns nothing for what nobody sees."""
        return _seen(value)


class WebAddress(sa.types.TypeDecorator[str]):
    """An address that leads where it seems to lead; it is empty where it would deceive, whatever was stored before."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Stores whole addresses only."""
        return _honest(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """Returns whole addresses only, with the host that is meant."""
        return _honest(value)


def _seen(value: str | None) -> str | None:
    return "" if value and text.is_blank(value) else value


def _honest(value: str | None) -> str | None:
    return links.undeceiving(value) if value and links.is_whole(value) else value and ""


def now() -> datetime:
    """Returns this moment in UTC."""
    return datetime.now(UTC)


LAST_ID = 2**63 - 1
Id = Annotated[int, so.mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)]
Moment = Annotated[datetime, so.mapped_column(UtcDateTime)]
Created = Annotated[datetime, so.mapped_column(UtcDateTime, default=now)]
Counter = Annotated[int, so.mapped_column(default=0, server_default="0")]
