"""Languages, times and numbers, as the reader gets them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_babel import force_locale, gettext, lazy_gettext, ngettext, npgettext, pgettext
from flask_login import LoginManager, UserMixin
from markupsafe import Markup
from sqlalchemy.exc import OperationalError

from app import i18n
from app.cli import catalogue

NOW = datetime(2026, 11, 21, 5, 5, tzinfo=UTC)  # Saturday, 14:05 in Seoul.


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that does nothing but speak, with the catalogues as they are in the sources now."""
    folder = tmp_path_factory.mktemp("translations")
    catalogue.compile_all(catalogue.ROOT, folder)
    app = Flask("speaker")
    app.config.update(
        SECRET_KEY="only here",
        COOKIE_PREFIX="",
        BABEL_DEFAULT_LOCALE="ko",
        BABEL_DEFAULT_TIMEZONE="Asia/Seoul",
        BABEL_TRANSLATION_DIRECTORIES=str(folder),
    )
    i18n.init_app(app)
    return app


@pytest.fixture
def korean(speaker: Flask) -> Iterator[None]:
    """A Korean reader in Seoul."""
    with speaker.test_request_context():
        yield


@pytest.fixture
def english(speaker: Flask) -> Iterator[None]:
    """An English reader in Seoul."""
    with speaker.test_request_context(headers={"Accept-Language": "en"}):
        yield


AGO = [
    (timedelta(seconds=-30), "방금", "just now"),
    (timedelta(seconds=0), "방금", "just now"),
    (timedelta(seconds=59), "방금", "just now"),
    (timedelta(seconds=60), "1분 전", "1m ago"),
    (timedelta(minutes=3, seconds=59), "3분 전", "3m ago"),
    (timedelta(minutes=59, seconds=59), "59분 전", "59m ago"),
    (timedelta(hours=1), "1시간 전", "1h ago"),
    (timedelta(hours=2), "2시간 전", "2h ago"),
    (timedelta(hours=23, minutes=59), "23시간 전", "23h ago"),
    (timedelta(hours=24), "어제", "yesterday"),
    (timedelta(hours=38, minutes=5), "어제", "yesterday"),
    (timedelta(hours=38, minutes=6), "목요일", "Thursday"),
    (timedelta(days=4), "화요일", "Tuesday"),
    (timedelta(days=6), "일요일", "Sunday"),
    (timedelta(days=7), "11월 14일", "Nov 14"),
    (timedelta(days=12), "11월 9일", "Nov 9"),
    (timedelta(days=377), "2025년 11월 9일", "Nov 9, 2025"),
]


@pytest.mark.parametrize(("ago", "words", "_"), AGO)
@pytest.mark.usefixtures("korean")
def test_times_are_told_in_korean(ago: timedelta, words: str, _: str) -> None:
    assert i18n.relative(NOW - ago, NOW) == words


@pytest.mark.parametrize(("ago", "_", "words"), AGO)
@pytest.mark.usefixtures("english")
def test_times_are_told_in_english(ago: timedelta, _: str, words: str) -> None:
    assert i18n.relative(NOW - ago, NOW) == words


@pytest.mark.usefixtures("korean")
def test_time_that_has_not_come_is_a_date() -> None:
    assert i18n.relative(NOW + timedelta(days=2), NOW) == "11월 23일"


@pytest.mark.usefixtures("korean")
def test_yesterday_is_counted_by_the_days_of_the_reader() -> None:
    just_after_midnight = datetime(2026, 11, 20, 15, 10, tzinfo=UTC)  # 00:10 in Seoul on the 21st.
    assert (
        i18n.relative(just_after_midnight - timedelta(hours=24, minutes=20), just_after_midnight) == "목요일"
    )
    assert i18n.relative(just_after_midnight - timedelta(minutes=20), just_after_midnight) == "20분 전"


@pytest.mark.usefixtures("korean")
def test_year_turns_in_the_time_zone_of_the_reader() -> None:
    new_year = datetime(2026, 1, 20, tzinfo=UTC)
    assert i18n.relative(datetime(2025, 12, 31, 14, 59, tzinfo=UTC), new_year) == "2025년 12월 31일"
    assert i18n.relative(datetime(2025, 12, 31, 15, 0, tzinfo=UTC), new_year) == "1월 1일"


@pytest.mark.usefixtures("korean")
def test_korean_dates_are_written_as_koreans_write_them() -> None:
    assert i18n.full_date(NOW) == "2026년 11월 21일 토요일 오후 2:05"
    assert i18n.full_date(NOW - timedelta(hours=14)) == "2026년 11월 21일 토요일 오전 12:05"
    assert i18n.month(datetime(2024, 2, 29, 16, tzinfo=UTC)) == "2024년 3월"
    assert i18n.today_words(NOW) == "11월 21일 토요일"


@pytest.mark.usefixtures("english")
def test_english_dates_are_written_in_english() -> None:
    assert i18n.full_date(NOW).replace("\u202f", " ") == "Saturday, November 21, 2026 at 2:05 PM"
    assert i18n.month(NOW) == "November 2026"
    assert i18n.today_words(NOW) == "Saturday, November 21"


DAYS = [
    (timedelta(0), "오늘", "Today"),
    (timedelta(hours=14), "오늘", "Today"),
    (timedelta(hours=15), "어제", "Yesterday"),
    (timedelta(days=2), "11월 19일 목요일", "Thursday, November 19"),
    (timedelta(days=366), "2025년 11월 20일 목요일", "Thursday, November 20, 2025"),
]


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize(("ago", "words", "_"), DAYS)
def test_days_are_told_in_korean(ago: timedelta, words: str, _: str) -> None:
    assert i18n.day_words(NOW - ago, NOW) == words


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("ago", "_", "words"), DAYS)
def test_days_are_told_in_english(ago: timedelta, _: str, words: str) -> None:
    assert i18n.day_words(NOW - ago, NOW) == words


@pytest.mark.usefixtures("korean")
def test_time_of_day_is_the_readers_own() -> None:
    assert (i18n.clock(NOW), i18n.day_key(NOW)) == ("오후 2:05", "2026-11-21")
    assert i18n.day_key(NOW - timedelta(hours=15)) == "2026-11-20"


@pytest.mark.usefixtures("korean")
def test_words_of_a_day_are_kept_fresh() -> None:
    assert i18n.is_recent(NOW - timedelta(hours=23), NOW)
    assert not i18n.is_recent(NOW - timedelta(hours=24), NOW)


NUMBERS = [
    (0, "0", "0"),
    (999, "999", "999"),
    (1284, "1,284", "1,284"),
    (9999, "9,999", "9,999"),
    (10_000, "1만", "10K"),
    (10_999, "1만", "10.9K"),
    (12_345, "1.2만", "12.3K"),
    (19_999, "1.9만", "19.9K"),
    (100_000, "10만", "100K"),
    (999_999, "99.9만", "999.9K"),
    (1_000_000, "100만", "1M"),
    (99_999_999, "9999.9만", "99.9M"),
    (340_000_000, "3.4억", "340M"),
    (1_234_567_890, "12.3억", "1.2B"),
    (9_999_999_999_999, "9.9조", "9.9T"),
]


@pytest.mark.parametrize(("number", "words", "_"), NUMBERS)
@pytest.mark.usefixtures("korean")
def test_numbers_are_short_in_korean(number: int, words: str, _: str) -> None:
    assert i18n.short_number(number) == words


@pytest.mark.parametrize(("number", "_", "words"), NUMBERS)
@pytest.mark.usefixtures("english")
def test_numbers_are_short_in_english(number: int, _: str, words: str) -> None:
    assert i18n.short_number(number) == words


@pytest.mark.parametrize(
    ("cookie", "asked", "language"),
    [
        (None, None, "ko"),
        (None, "", "ko"),
        (None, "en-US,en;q=0.9,ko;q=0.8", "en"),
        (None, "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        (None, "ja,en;q=0.5", "en"),
        (None, "ja", "ko"),
        (None, "*", "ko"),
        (None, "\xff;q=x,,", "ko"),
        (None, "ko-KR,en;q=0.9", "ko"),
        (None, "en;q=0.9,ko-KR", "ko"),
        (None, "KO-kr, EN;q=0.8", "ko"),
        (None, "ko_KR,en;q=0.8", "ko"),
        (None, "ko-Kore-KR,en;q=0.5", "ko"),
        (None, "en-GB,ko;q=0.9", "en"),
        (None, "ko-KR;q=0.1,en;q=0.9", "en"),
        (None, "en,ko", "en"),
        (None, "fr,en;q=0.5,ko;q=0.5", "en"),
        (None, "ja,zh-Hant;q=0.9,ko-KP;q=0.2", "ko"),
        (None, "en;q=0.5,*", "ko"),
        (None, "en,*;q=0.5", "en"),
        (None, "ko;q=0,*", "en"),
        (None, "ko;q=0,ja", "en"),
        (None, "ko;q=0", "en"),
        (None, "en;q=0", "ko"),
        (None, "*;q=0", "ko"),
        (None, "korean,en;q=0.3", "en"),
        ("en", "ko", "en"),
        ("ko", "en", "ko"),
        ("xx", "en", "en"),
        ("../../etc", None, "ko"),
    ],
)
def test_stranger_reads_by_cookie_then_browser(
    speaker: Flask, cookie: str | None, asked: str | None, language: str
) -> None:
    headers = {} if asked is None else {"Accept-Language": asked}
    if cookie is not None:
        headers["Cookie"] = f"{i18n.LOCALE_COOKIE}={cookie}"
    with speaker.test_request_context(headers=headers):
        assert i18n.current_language() == language


class Member(UserMixin):  # type: ignore[misc, unused-ignore]
    """A member with settings."""

    def __init__(self, locale: str | None, timezone: str | None) -> None:
        self.locale, self.timezone = locale, timezone


def as_member(speaker: Flask, locale: str | None, timezone: str | None, **request: object) -> list[str]:
    """Returns the language and the time zone in which a member is answered."""
    manager = LoginManager()
    speaker.login_manager = manager  # type: ignore[attr-defined]
    manager.request_loader(lambda _: Member(locale, timezone))
    try:
        with speaker.test_request_context(**request):
            return [i18n.current_language(), i18n.timezone_name()]
    finally:
        del speaker.login_manager  # type: ignore[attr-defined]


def test_setting_of_a_member_comes_first(speaker: Flask) -> None:
    asked = {"headers": {"Accept-Language": "ko", "Cookie": "lang=ko"}}
    assert as_member(speaker, "en", "Europe/Berlin", **asked) == ["en", "Europe/Berlin"]
    assert as_member(speaker, None, None, **asked) == ["ko", "Asia/Seoul"]


@pytest.mark.parametrize("name", ["", "Nowhere/Town", "../../etc/passwd", "Asia/Seoul\x00"])
def test_time_zone_that_is_none_is_passed_over(speaker: Flask, name: str) -> None:
    assert as_member(speaker, "xx", name) == ["ko", "Asia/Seoul"]
    assert not name or not i18n.is_timezone(name)


def test_page_speaks_while_the_database_is_away(speaker: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def __getattr__(self, name: str) -> object:
            raise OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(speaker, "login_manager", object(), raising=False)
    monkeypatch.setattr(i18n, "flask_login", SimpleNamespace(current_user=Away()))
    with speaker.test_request_context(headers={"Cookie": "lang=en"}):
        assert i18n.current_language() == "en"


def test_jobs_speak_the_default_language_unless_told(speaker: Flask) -> None:
    with speaker.app_context():
        assert i18n.chosen_locale() is None and i18n.chosen_timezone() is None
        assert i18n.relative(NOW, NOW) == "방금"
        with force_locale("en"):
            assert i18n.relative(NOW, NOW) == "just now"


def test_jobs_speak_to_whoever_they_write_for_and_to_nobody_afterwards(speaker: Flask) -> None:
    with speaker.app_context():
        seoul = i18n.full_date(NOW)
        with i18n.spoken_to("en", "America/New_York"):
            assert i18n.full_date(NOW) == "Saturday, November 21, 2026 at 12:05 AM"
            assert i18n.timezone_name() == "America/New_York" and i18n.current_language() == "en"
        assert i18n.full_date(NOW) == seoul == "2026년 11월 21일 토요일 오후 2:05"
        with i18n.spoken_to(None, "Nowhere/Land"):
            assert i18n.full_date(NOW) == seoul
        assert i18n.timezone_name() == "Asia/Seoul"


@pytest.mark.usefixtures("korean")
def test_time_zones_are_named_in_the_language_of_the_reader() -> None:
    zones = dict(i18n.timezones())
    assert zones["Asia/Seoul"] == "GMT+09:00 서울"
    assert len(zones) > 400 and all(map(i18n.is_timezone, zones))
    assert i18n.timezone_name() in zones


def test_languages_call_themselves_by_their_names() -> None:
    assert i18n.LANGUAGES == {"ko": "한국어", "en": "English"}
    written = {file.parts[-3] for file in catalogue.paths(catalogue.ROOT)}
    assert written == set(i18n.LANGUAGES) - {"en"}, (
        "Each language of LANGUAGES has its catalogue: flask translate init."
    )


def test_sentences_isolate_what_is_put_into_them(speaker: Flask) -> None:
    name, put = "\u202eأحمد\u2069", "\u2068أحمد\u2069"
    written = speaker.jinja_env.from_string(
        "{{ _('%(name)s, %(site)s', name=name, site='한마디') }}"
        "{{ ngettext('%(name)s %(num)d', '%(name)s %(num)d', 2, name=name) }}"
        "{{ pgettext('c', '%(name)s', name=name) }}{{ npgettext('c', '%(name)s', '%(name)s', 1, name=name) }}"
    )
    marked = speaker.jinja_env.from_string(
        "{% autoescape true %}{{ _('<b>%(name)s</b>', name=name) }}{% endautoescape %}"
    )
    with speaker.test_request_context():
        assert written.render(name=name) == f"{put}, 한마디{put} 2{put}{put}"
        assert marked.render(name=f"<{name}>") == "<b>\u2068&lt;أحمد&gt;\u2069</b>"
        assert marked.render(name=Markup("<bdi>أحمد</bdi>")) == "<b><bdi>أحمد</bdi></b>"
        assert gettext("%(name)s, %(count)s", name=name, count=3) == f"{put}, 3"
        assert ngettext("%(name)s %(num)d", "%(name)s %(num)d", 2, name=name) == f"{put} 2"
        assert pgettext("c", "%(name)s", name=name) == put
        assert npgettext("c", "%(name)s", "%(name)s", 1, name=name) == put
        assert str(lazy_gettext("%(name)s", name=name)) == put


def test_templates_know_the_words(speaker: Flask) -> None:
    from_template = speaker.jinja_env.from_string(
        "{{ locale }} {{ 12345|short_number }} {{ short_number(5) }} {{ month(now) }} {{ relative(now, now) }}"
    )
    with speaker.test_request_context():
        context: dict[str, object] = {"now": NOW}
        speaker.update_template_context(context)
        assert from_template.render(context) == "ko 1.2만 5 2026년 11월 방금"
        settled = speaker.jinja_env.from_string('{{ ("%s{을/를} 찾았어요"|safe % name)|settle }}').render(
            name="<b>책"
        )
        assert Markup(settled) == "&lt;b&gt;책을 찾았어요"
