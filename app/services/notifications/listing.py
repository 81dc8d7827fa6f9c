"""The lists of what a member is told, page after page, and one of them alone.

It stands apart from the rest of the package: it shows posts and people, whose own services tell of what they do.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import sqlalchemy.orm as so

from app import policy
from app.exceptions import NotFound
from app.extensions import db
from app.models import Notification, User
from app.models.keyset import Keyset, Page, Wanted
from app.services import posts, users
from app.services.notifications import people
from app.services.notifications.badges import MOST
from app.services.notifications.choices import KINDS

LATEST_FIRST = Keyset(Notification.updated_at, Notification.id)
ON_PAGE = tuple(kind for kind in KINDS if kind != "message")
"""What the page shows; private messages have a page of their own."""


@dataclass(frozen=True)
class Which:
    """Which notifications are asked for.

    Attributes:
        kinds: of these alone.
        is_new: only those that were not read.
    """

    kinds: Collection[str] = KINDS
    is_new: bool = False


def listed(viewer: User, which: Which, wanted: Wanted) -> Page[Notification]:
    """Returns what a member is told, what happened last first; a notification that grows moves to the front.

    Raises:
        BadCursor: the cursor is not one of ours.
    """
    query = _shown_to(viewer).where(Notification.kind.in_(which.kinds))
    if which.is_new:
        query = query.where(Notification.read_at.is_(None))
    page = LATEST_FIRST.page(query, wanted, lambda told: (told.updated_at, told.id))
    people.gather(page.items, viewer, *users.bonds_with(viewer))
    return page


def find(notification_id: int, viewer: User) -> Notification:
    """Returns one notification of a member.

    Raises:
        NotFound: there is none that the viewer is told.
    """
    query = _shown_to(viewer).where(Notification.id == notification_id)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    people.gather([found], viewer, *users.bonds_with(viewer))
    return found


def count_since(viewer: User, moment: datetime, kinds: Collection[str]) -> int:
    """Returns how many notifications of some kinds are new to a member since a moment, a hundred at most."""
    query = (
        policy.visible_notifications(viewer)
        .with_only_columns(sa.literal(1))
        .where(Notification.updated_at > moment, Notification.read_at.is_(None), Notification.kind.in_(kinds))
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.limit(MOST).subquery())) or 0


def _shown_to(viewer: User) -> sa.Select[Notification]:
    post = so.contains_eager(Notification.post).options(posts.liking_of(viewer))
    shown = policy.visible_notifications(viewer).outerjoin(Notification.post)
    return shown.options(post, so.joinedload(Notification.task))
