"""The filters a query may hold, and what they ask the engine for."""

import calendar
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from typing import Any

import regex
from babel import Locale
from flask_babel import get_timezone, gettext

from app import richtext
from app.exceptions import NotFound
from app.i18n import LANGUAGES
from app.search import plan
from app.search.query import Either, Filter, Not, Part, Query, parse
from app.services import users
from app.services.search.naming import namesakes
from app.services.search.results import Chip

OPERATORS = {
    "from": "from", "작성자": "from",
    "to": "to", "받는사람": "to",
    "lang": "lang", "언어": "lang",
    "since": "since", "부터": "since",
    "until": "until", "까지": "until",
    "has": "has", "포함": "has",
    "is": "is", "종류": "is",
}  # fmt: skip
"""Every spelling of an operator, and its name."""

_FLAGS = {
    ("has", "link"): "has:link", ("has", "링크"): "has:link",
    ("is", "reply"): "is:reply", ("is", "답글"): "is:reply",
}  # fmt: skip
_FIRST_DAY, _LAST_DAY = date(1969, 12, 31), date(9999, 12, 30)
_LAST = 253_402_300_799  # The last second of the year 9999, where datetime ends.
_DATE = regex.compile(r"(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?[-./]?")


class Asked:
    """A query, read for one viewer.

    Args:
        text: what was typed.
        viewer: whose policy decides which people can be named.
    """

    def __init__(self, text: str, viewer: Any) -> None:
        self.query: Query = parse(text, OPERATORS)
        self._viewer = viewer
        self.notes: list[str] = []
        if self.query.cut:
            self.notes.append(gettext("This query is too long. Only its first part was searched for."))
        self._nodes = {each: self._node(each) for part in self.query.parts for each in _filters(part)}

    @cached_property
    def visible(self) -> plan.Node:
        """What holds for the posts of people who are not apart from the viewer; hints come from these alone."""
        return visible_to(self._viewer)

    def resolve(self, asked: Filter) -> plan.Node | None:
        """Returns what a filter of the query asks for, or None for one that cannot be read, which has its note."""
        return self._nodes[asked]

    def with_text(self, text: str) -> "Asked":
        """Returns another query of the same viewer."""
        return Asked(text, self._viewer)

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The filters, and what must not occur, each with the query without it."""
        query = self.query
        removable = [part for part in query.parts if isinstance(part, Filter | Not)]
        return tuple(Chip(query.source[part.start : part.end], query.without(part)) for part in removable)

    def _node(self, asked: Filter) -> plan.Node | None:
        match asked.name:
            case "from" | "to":
                return self._person(asked)
            case "tag":
                return plan.Term(f"tag:{richtext.tag_key(asked.value)}")
            case "lang":
                return self._language(asked)
            case "since" | "until":
                return self._date(asked)
        flag = _FLAGS.get((asked.name, asked.value.casefold()))
        if flag:
            return plan.Term(flag)
        self._ignore(asked, gettext("Try has:link or is:reply."))
        return None

    def _person(self, asked: Filter) -> plan.Node:
        """Returns what names a person: by the username, or by a display name, which several may have."""
        name = asked.value.lstrip("@＠")
        try:
            return plan.Term(f"{asked.name}:{users.find(name, self._viewer).id}")
        except NotFound:
            meant = namesakes(name, self._viewer) if name == asked.value else []
        if not meant:
            self.notes.append(gettext("There is nobody called %(name)s here.", name=name))
            return plan.NOTHING
        if len(meant) > 1:
            self.notes.append(
                gettext("Several people are called %(name)s. All of them are meant.", name=name)
            )
        return plan.Terms(tuple(f"{asked.name}:{id}" for id in meant))

    def _language(self, asked: Filter) -> plan.Node | None:
        wanted = asked.value.casefold()
        code = _languages().get(wanted, wanted)
        if regex.fullmatch(r"[a-z]{2,3}", code):
            return plan.Term(f"lang:{code}")
        self._ignore(asked, gettext("Write a language like this: lang:ko"))
        return None

    def _date(self, asked: Filter) -> plan.Node | None:
        days = _days(asked.value)
        if days is None:
            self._ignore(asked, gettext("Write a date like this: 2026-01-31"))
            return None
        if asked.name == "since":
            return plan.Within(since=_midnight(days[0]))
        return plan.Within(until=_midnight(days[1]))

    def _ignore(self, asked: Filter, advice: str) -> None:
        typed = self.query.source[asked.start : asked.end]
        self.notes.append(gettext("%(filter)s was left out. %(advice)s", filter=typed, advice=advice))


def visible_to(viewer: Any) -> plan.Node:
    """Returns what holds for the posts in the index that are not of people who are apart from the viewer."""
    apart = tuple(f"from:{id}" for id in users.apart_from(viewer))
    return plan.No(plan.Terms(apart)) if apart else plan.EVERYTHING


def _filters(part: Part) -> list[Filter]:
    match part:
        case Filter():
            return [part]
        case Not(part=inner):
            return _filters(inner)
        case Either(parts=parts):
            return [each for inner in parts for each in _filters(inner)]
    return []


@cache
def _languages() -> dict[str, str]:
    """Returns the codes of languages by their names in the languages of the site."""
    return {
        name.casefold(): code
        for language in LANGUAGES
        for code, name in Locale.parse(language).languages.items()
        if regex.fullmatch(r"[a-z]{2,3}", code)
    }


def _days(text: str) -> tuple[date, date] | None:
    """Returns the first day of a day, month or year, and the day after its last; None for what is no date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        last_month = month or 12
        last = date(first.year, last_month, day or calendar.monthrange(first.year, last_month)[1])
        return first, last + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def _midnight(day: date) -> int:
    """Returns when a day begins for the reader, in seconds since 1970; none before that, and none after ``_LAST``.

    At the ends of the calendar no time zone is put on: there it would be in the year 0 or 10,000.
    """
    if not _FIRST_DAY < day < _LAST_DAY:
        return 0 if day <= _FIRST_DAY else _LAST
    zone: Any = get_timezone() or UTC
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - The zone is put on by its own rules.
    aware = zone.localize(start) if hasattr(zone, "localize") else start.replace(tzinfo=zone)
    return max(0, int(aware.timestamp()))
