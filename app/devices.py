"""What a browser calls itself, in words for people."""

from flask_babel import gettext as _
from ua_parser import parse


def device(user_agent: str) -> str:
    """Returns a browser's and a system's name, or says that they are unknown."""
    found = parse(user_agent)
    families = [part.family for part in (found.user_agent, found.os) if part and part.family != "Other"]
    return " · ".join(families) or _("Unknown browser")
