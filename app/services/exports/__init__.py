"""All that is a member's own, for a copy of theirs (``app.archive``), and fetching it when it is made."""

from app.services.exports.fetching import Fetched, fetch, is_kept
from app.services.exports.gathering import count, material

__all__ = ["Fetched", "count", "fetch", "is_kept", "material"]
