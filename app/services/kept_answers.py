"""Requests that are done once however often they are sent (draft-ietf-httpapi-idempotency-key-header)."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.exceptions import Busy, Refused
from app.extensions import db
from app.models import KeptAnswer
from app.models.columns import now
from app.models.upsert import insert_or
from app.transaction import release, step

KEPT = timedelta(hours=24)
CLAIM_LASTS = timedelta(seconds=60)
"""After so long without an answer, whoever was at work is taken for dead."""


class OtherRequest(Refused):
    """The key was used for another request before."""

    status = 422
    kind = "idempotency-key-reused"


@dataclass(frozen=True)
class Answer:
    """What a program was told.

    Attributes:
        status: the HTTP status.
        headers: those that belong to what was made.
        body: the text.
    """

    status: int
    headers: dict[str, str]
    body: str


def claim(owner: str, key: str, request_hash: str) -> Answer | None:
    """Begins a request, or returns the answer that the same one had; commits.

    Args:
        owner: whose program asks; other owners' keys are others.
        key: which the program has made up for this request.
        request_hash: tells this request from others.

    Raises:
        Busy: the same request is being done at this moment.
        OtherRequest: the key belongs to another request.
    """
    begun = {"owner": owner, "key": key, "request_hash": request_hash, "expires_at": now() + CLAIM_LASTS}
    mine = (KeptAnswer.owner == owner, KeptAnswer.key == key)
    _drop(*mine, KeptAnswer.expires_at < now())
    added = (
        insert_or(db.session(), KeptAnswer).values(begun).on_conflict_do_nothing().returning(KeptAnswer.id)
    )
    is_new = db.session.scalar(added) is not None
    step()
    if is_new:
        return None
    kept = db.session.scalar(sa.select(KeptAnswer).where(*mine))
    if kept is not None and kept.request_hash != request_hash:
        raise OtherRequest(_l("This Idempotency-Key belongs to another request. Make up a new one."))
    if kept is None or kept.status is None:
        raise Busy(_l("The same request is being done at this moment. Wait a second and ask again."))
    return Answer(kept.status, kept.headers or {}, kept.body or "")


def keep(owner: str, key: str, answer: Answer) -> None:
    """Keeps the answer for a day, with what the request has done."""
    statement = sa.update(KeptAnswer).where(KeptAnswer.owner == owner, KeptAnswer.key == key)
    told = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    statement = statement.values(**told, expires_at=now() + KEPT)
    db.session.execute(statement.execution_options(synchronize_session=False))


def give_up(owner: str, key: str) -> None:
    """Undoes a request that was refused, and forgets it, so that it can be sent again at once; commits."""
    release()
    _drop(KeptAnswer.owner == owner, KeptAnswer.key == key, KeptAnswer.status.is_(None))
    step()


def tidy() -> None:
    """Removes what has been kept long enough."""
    _drop(KeptAnswer.expires_at < now())


def _drop(*where: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.delete(KeptAnswer).where(*where).execution_options(synchronize_session=False))
