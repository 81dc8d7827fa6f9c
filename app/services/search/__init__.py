"""Finding posts, people and tags by what somebody typed."""

from app.services.search.finding import people, posts, tags
from app.services.search.results import Chip, Hint, Results, Sort
from app.services.search.suggestions import Suggestions, suggest, typed

__all__ = ["Chip", "Hint", "Results", "Sort", "Suggestions", "people", "posts", "suggest", "tags", "typed"]
