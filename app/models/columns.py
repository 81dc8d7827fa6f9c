"""Column types that every table shares."""

from datetime import UTC, datetime
from typing import Annotated, Any

import sqlalchemy as sa
import sqlalchemy.orm as so


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


def now() -> datetime:
    """Returns this moment in UTC."""
    return datetime.now(UTC)


LAST_ID = 2**63 - 1
Id = Annotated[int, so.mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)]
Moment = Annotated[datetime, so.mapped_column(UtcDateTime)]
Created = Annotated[datetime, so.mapped_column(UtcDateTime, default=now)]
Counter = Annotated[int, so.mapped_column(default=0, server_default="0")]
