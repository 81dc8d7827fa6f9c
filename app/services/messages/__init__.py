"""Private conversations between two people: writing, reading, and deleting for oneself.

Whoever changes something of a conversation holds its row first. So two who write to each other at once never wait for
one another in a circle, and ids, times and the order in which messages become visible are one order.
"""

from app.services.messages.marking import delete_conversation_for_me, delete_for_me, read
from app.services.messages.reading import (
    conversations,
    find,
    messages,
    open,
    partner,
    partner_by_id_or_name,
    partner_meant,
)
from app.services.messages.sending import send

__all__ = [
    "conversations",
    "delete_conversation_for_me",
    "delete_for_me",
    "find",
    "messages",
    "open",
    "partner",
    "partner_by_id_or_name",
    "partner_meant",
    "read",
    "send",
]
