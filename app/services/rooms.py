"""Which open pages hear of what: the names of rooms."""

EVERYBODYS_POSTS = "posts"
"""The timelines that show everybody's posts."""


def member(user_id: int) -> str:
    """Returns the room of a member's pages."""
    return f"member:{user_id}"


def posts_of(user_id: int) -> str:
    """Returns the room of the timelines that show a member's posts."""
    return f"posts:{user_id}"
