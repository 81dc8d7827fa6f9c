"""Every table, under one roof."""

from app.models.code import OneTimeCode
from app.models.errand import Errand
from app.models.follow import Follow
from app.models.like import Like
from app.models.mention import Mention
from app.models.outbox import OutboxRow
from app.models.post import Post
from app.models.session import LoginSession
from app.models.tag import PostTag, Tag
from app.models.user import User

__all__ = [
    "Errand",
    "Follow",
    "Like",
    "LoginSession",
    "Mention",
    "OneTimeCode",
    "OutboxRow",
    "Post",
    "PostTag",
    "Tag",
    "User",
]
