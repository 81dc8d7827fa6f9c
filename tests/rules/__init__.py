"""The rules of the house that no linter knows; each brings what it would refuse, so that one sees that it can fail.

A rule looks at one file at a time and yields the lines that break it. ``tests/test_house.py`` runs them all.
"""

from tests.rules import behaviour, layout, pages, shape  # noqa: F401
from tests.rules.rule import RULES, Rule, Source

__all__ = ["RULES", "Rule", "Source"]
