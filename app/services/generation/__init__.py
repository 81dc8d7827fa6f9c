"""People and posts by the thousand, for measurements: seeded, skewed as real ones are, and written in bulk."""

from app.services.generation.order import Order, generate

__all__ = ["Order", "generate"]
