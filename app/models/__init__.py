"""Every table, under one roof."""

from app.models.block import Block
from app.models.code import OneTimeCode
from app.models.errand import Errand
from app.models.follow import Follow
from app.models.held_name import HeldName
from app.models.kept_answer import KeptAnswer
from app.models.like import Like
from app.models.mention import Mention
from app.models.message import Conversation, HiddenMessage, Message, Participation
from app.models.mixins import SearchableMixin
from app.models.mute import Mute
from app.models.notification import Notification, NotificationActor, NotificationSetting
from app.models.outbox import OutboxRow, Rebuild
from app.models.post import Post
from app.models.search_marks import SearchMark
from app.models.session import LoginSession
from app.models.tag import PostTag, Tag
from app.models.task import Task
from app.models.token import AccessToken
from app.models.translation import Translation
from app.models.user import User

SEARCHED: tuple[type[SearchableMixin], ...] = (Post, User, Tag)
"""What has an index, in the order in which a rebuild copies it."""

__all__ = [
    "SEARCHED",
    "AccessToken",
    "Block",
    "Conversation",
    "Errand",
    "Follow",
    "HeldName",
    "HiddenMessage",
    "KeptAnswer",
    "Like",
    "LoginSession",
    "Mention",
    "Message",
    "Mute",
    "Notification",
    "NotificationActor",
    "NotificationSetting",
    "OneTimeCode",
    "OutboxRow",
    "Participation",
    "Post",
    "PostTag",
    "Rebuild",
    "SearchMark",
    "Tag",
    "Task",
    "Translation",
    "User",
]
