"""Finding posts, people and tags by what somebody typed."""

from app.services.search.budget import Budget
from app.services.search.finding import numbers, people, posts, tags
from app.services.search.results import Chip, Hint, Numbers, Results, Sort
from app.services.search.suggestions import Suggestions, suggest, typed

__all__ = [
    "Budget",
    "Chip",
    "Hint",
    "Numbers",
    "Results",
    "Sort",
    "Suggestions",
    "numbers",
    "people",
    "posts",
    "suggest",
    "tags",
    "typed",
]
