"""Chooses the reader's language and time zone, and puts times and numbers into words (LOOK.md, "Korean")."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import flask_login
import pytz  # type: ignore[import-untyped]
from babel import Locale, negotiate_locale
from babel.dates import format_skeleton, get_timezone, get_timezone_gmt, get_timezone_location
from babel.numbers import format_compact_decimal, format_decimal
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import (
    force_locale,
    format_date,
    format_datetime,
    get_locale,
    gettext,
    ngettext,
    pgettext,
    refresh,
    to_user_timezone,
)
from flask_babel import get_timezone as reader_timezone
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import LanguageAccept

from app.extensions import babel
from app.particles import settle
from app.programs import is_program
from app.text import isolated

LANGUAGES = {code: str(Locale.parse(code).get_display_name(code)) for code in ("ko", "en")}
"""The languages of the site and what they call themselves; each but English, the sources' language, has a catalogue."""
LOCALE_COOKIE = "lang"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_WEEKDAYS_LAST = 6
_SHORTENED_FROM = 10_000


def init_app(app: Flask) -> None:
    """Binds the choice of language to the application and gives the templates the words for times and numbers."""
    babel.init_app(app, locale_selector=chosen_locale, timezone_selector=chosen_timezone)
    days = (clock, day_key, day_words, month, today_words)
    for words in (*days, relative, last_here, full_date, short_number, is_recent, settle, isolated):
        app.add_template_global(words)
        app.add_template_filter(words)
    app.context_processor(lambda: {"locale": current_language()})


def chosen_locale() -> str | None:
    """Returns the reader's language: the member's setting, else the cookie, else what the browser asks for.

    To programs cookies say nothing.

    None leaves it to ``BABEL_DEFAULT_LOCALE``; so it is where no request asks, as in jobs.
    """
    if not has_request_context():
        return None
    cookie = None if is_program() else request.cookies.get(cookie_name(LOCALE_COOKIE))
    for choice in (_setting("locale"), cookie):
        if choice in LANGUAGES:
            return choice
    return negotiated(request.accept_languages)


def negotiated(accepted: LanguageAccept) -> str | None:
    """Returns the language of the site that an ``Accept-Language`` header ranks highest, or None for the site's own.

    A range finds a language by lookup (RFC 4647, 3.4): ``ko-KR`` and ``ko-Kore-KR`` find ``ko``. The quality decides,
    then the order in the header. ``*`` stands for the languages that no other range names, and a quality of 0 refuses
    a language (RFC 9110, 12.4.2 and 12.5.4).
    """
    ranked = sorted(accepted, key=lambda each: each[1], reverse=True)
    qualities: dict[str, float] = {}
    for wanted, quality in ranked:
        found = negotiate_locale([wanted.replace("_", "-")], LANGUAGES, sep="-", aliases={})
        if found:
            qualities.setdefault(found.lower(), quality)
    for wanted, quality in ranked:
        if wanted == "*":
            for language in LANGUAGES:
                qualities.setdefault(language, quality)
    best = max(qualities, key=lambda language: qualities[language], default=None)
    if best and qualities[best] > 0:
        return best
    # Nothing of what is accepted is spoken here; what is refused by name comes last.
    default = current_app.config["BABEL_DEFAULT_LOCALE"]
    spoken = [language for language in (default, *LANGUAGES) if language not in qualities]
    return None if default in spoken else next(iter(spoken), None)


def cookie_name(choice: str) -> str:
    """Returns the name of the cookie that keeps a choice; behind TLS no other host can set it (``__Host-``)."""
    return f"{current_app.config['COOKIE_PREFIX']}{choice}"


def chosen_timezone() -> str | None:
    """Returns the name of the member's time zone (IANA), or None for ``BABEL_DEFAULT_TIMEZONE``."""
    own = _setting("timezone") if has_request_context() else None
    name = g.get("reader_timezone", own)
    return name if name and is_timezone(name) else None


@contextmanager
def spoken_to(locale: str | None, timezone: str | None) -> Iterator[None]:
    """Lets words and times inside be those of a reader who is not the one that asks: in files and letters.

    Args:
        locale: the reader's language; None means the site's.
        timezone: the name of the reader's time zone (IANA); None means the site's.
    """
    with force_locale(locale or current_app.config["BABEL_DEFAULT_LOCALE"]):
        g.reader_timezone = timezone
        refresh()  # The time zone is remembered once it was asked for.
        try:
            yield
        finally:
            g.pop("reader_timezone")
            refresh()


def is_timezone(name: str) -> bool:
    """Tells whether there is a time zone of this name (IANA), such as Asia/Seoul."""
    try:
        get_timezone(name)
    except (LookupError, ValueError):
        return False
    return True


def current_language() -> str:
    """Returns the language the reader is answered in, for ``<html lang>`` and for letters: ko or en."""
    return _locale().language


def timezone_name() -> str:
    """Returns the name of the time zone in which the reader is shown times (IANA), such as Asia/Seoul."""
    return str(reader_timezone())


def timezones(*others: str) -> list[tuple[str, str]]:
    """Returns the names of the time zones in use and what the reader calls them, from west to east.

    Args:
        others: names that are in the list as well, such as the one that is stored now. It may be an older name, a
            backward link of the IANA database such as Asia/Calcutta.
    """
    today = datetime.now(UTC).date()
    zones = list(_timezones(current_language(), today))
    missing = {name for name in others if is_timezone(name)} - dict(zones).keys()
    zones += [_labelled(name, current_language(), today) for name in missing]
    return sorted(zones, key=lambda zone: (_offset(zone[0], today), zone[0])) if missing else zones


def relative(when: datetime, now: datetime | None = None) -> str:
    """Returns how long ago it was: 방금, 3분 전, 2시간 전 within a day; then 어제, a weekday (to 6 days), a date.

    Days are those of the reader's calendar, and a date of this year has no year.

    Args:
        when: a time in UTC, aware.
        now: what counts as now; the clock's time if left out.
    """
    now = now or datetime.now(UTC)
    seconds = int((now - when).total_seconds())
    if -_MINUTE < seconds < _DAY:
        return _within_a_day(seconds)
    then, today = local(when), local(now)
    days = (today.date() - then.date()).days
    if seconds > 0 and days <= 1:
        return gettext("yesterday")
    if 1 < days <= _WEEKDAYS_LAST:
        return format_datetime(when, "EEEE")
    return _by_skeleton(when, "MMMd" if then.year == today.year else "yMMMd")


def last_here(when: datetime) -> str:
    """Returns when a person was last on the site: 방금 다녀갔어요, 15분 전에 다녀갔어요."""
    words = relative(when)
    if words == gettext("just now"):
        return gettext("Here just now")
    if words == gettext("yesterday"):
        return gettext("Last here yesterday")
    return gettext("Last here: %(when)s", when=words)


def local(when: datetime) -> datetime:
    """Returns a time on the reader's clock; at the ends of the calendar, where it would be in no year, as it is."""
    try:
        return to_user_timezone(when)
    except OverflowError:
        return when


def is_recent(when: datetime, now: datetime | None = None) -> bool:
    """Tells whether ``relative`` speaks of minutes and hours, so that an open page should keep its words fresh."""
    return abs((now or datetime.now(UTC)) - when) < timedelta(days=1)


def full_date(when: datetime) -> str:
    """Returns date and time in full: 2026년 11월 21일 토요일 오후 2:05."""
    # Translators: a pattern of Unicode date letters (UTS #35), such as Saturday, November 21, 2026 at 2:05 PM.
    return format_datetime(when, pgettext("date pattern", "EEEE, MMMM d, y 'at' h:mm a"))


def month(when: datetime) -> str:
    """Returns month and year: 2024년 3월."""
    return _by_skeleton(when, "yMMMM")


def today_words(now: datetime | None = None) -> str:
    """Returns the reader's day of today: 11월 21일 토요일.

    Args:
        now: what counts as now; the clock's time if left out.
    """
    # Translators: a pattern of Unicode date letters (UTS #35), such as Saturday, November 21.
    return format_datetime(now or datetime.now(UTC), pgettext("date pattern", "EEEE, MMMM d"))


def clock(when: datetime) -> str:
    """Returns the time of day: 오후 6:12."""
    # Translators: a pattern of Unicode date letters (UTS #35), such as 2:05 PM.
    return format_datetime(when, pgettext("date pattern", "h:mm a"))


def day_key(when: datetime) -> str:
    """Returns the day of the reader's calendar (ISO 8601), which tells days apart."""
    return local(when).date().isoformat()


def day_words(when: datetime, now: datetime | None = None) -> str:
    """Returns which day it was: 오늘, 어제, 11월 20일 금요일, 2025년 11월 20일 목요일.

    Args:
        when: a time in UTC, aware.
        now: what counts as now; the clock's time if left out.
    """
    then, today = (local(moment).date() for moment in (when, now or datetime.now(UTC)))
    if then == today:
        return gettext("Today")
    if then == today - timedelta(days=1):
        return gettext("Yesterday")
    return today_words(when) if then.year == today.year else format_date(when, "full")


def short_number(number: int) -> str:
    """Returns a count as it fits on a button: 1,284, 1.2만, 3.4억; in English 1,284, 12.3K, 3.4M.

    There is one decimal and no .0, and it is cut, not rounded: 19,999 is 1.9만, because 2만 has not been reached.

    Args:
        number: a count, 0 or more.
    """
    locale = _locale()
    if number < _SHORTENED_FROM:
        return str(format_decimal(number, locale=locale))
    step = _unit(number, locale) // 10
    return str(format_compact_decimal(number // step * step, fraction_digits=1, locale=locale))


def _within_a_day(seconds: int) -> str:
    if seconds < _MINUTE:
        return gettext("just now")
    if seconds < _HOUR:
        # Translators: so many minutes ago, as short as can be.
        return ngettext("%(num)dm ago", "%(num)dm ago", seconds // _MINUTE)
    # Translators: so many hours ago, as short as can be.
    return ngettext("%(num)dh ago", "%(num)dh ago", seconds // _HOUR)


@lru_cache(maxsize=8)
def _timezones(language: str, day: date) -> list[tuple[str, str]]:
    """Returns names and labels such as ``GMT+09:00 Seoul``; the day decides about daylight saving time."""
    zones = sorted(pytz.common_timezones, key=lambda name: (_offset(name, day), name))
    return [_labelled(name, language, day) for name in zones]


def _labelled(name: str, language: str, day: date) -> tuple[str, str]:
    local = _noon(name, day)
    return name, f"{get_timezone_gmt(local, locale=language)} {_city(local, language)}"


def _offset(name: str, day: date) -> timedelta:
    return _noon(name, day).utcoffset() or timedelta()


def _noon(name: str, day: date) -> datetime:
    return datetime.combine(day, time(12), UTC).astimezone(get_timezone(name))


def _city(local: datetime, language: str) -> str:
    return str(get_timezone_location(local, locale=language, return_city=True))


def _by_skeleton(when: datetime, skeleton: str) -> str:
    """Returns the parts of a time that the skeleton names, in the order of the reader's language (UTS #35)."""
    return format_skeleton(skeleton, when, tzinfo=reader_timezone(), locale=_locale())


def _unit(number: int, locale: Locale) -> int:
    """Returns the unit that a count is shortened to: 10,000 in Korean (만), 1,000 in English (K), and their like."""
    formats = locale.compact_decimal_formats["short"]["other"]
    magnitude = max(int(size) for size in formats if int(size) <= number)
    zeros = formats[str(magnitude)].pattern.count("0")
    return magnitude // 10 ** (zeros - 1)


def _locale() -> Locale:
    return get_locale() or Locale.parse(current_app.config["BABEL_DEFAULT_LOCALE"])


def _setting(name: str) -> Any:
    """Returns what the member has set, or None.

    It is None for strangers, and when the database is away, so that the page that says so can still be made.
    """
    if not hasattr(current_app, "login_manager"):
        return None
    try:
        return getattr(flask_login.current_user, name, None)
    except SQLAlchemyError:
        return None
