"""A member's own copy: from plain records to a zip of JSON, tables and pages that open without a server."""

from app.archive.bundle import Bundle, Watch
from app.archive.making import STEPS, Made, make
from app.archive.records import Contact, Conversation, Liked, Material, Message, Note, Profile

__all__ = [
    "STEPS",
    "Bundle",
    "Contact",
    "Conversation",
    "Liked",
    "Made",
    "Material",
    "Message",
    "Note",
    "Profile",
    "Watch",
    "make",
]
