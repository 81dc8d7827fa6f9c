"""The settings of the translator: none is needed, and a wrong one stops the start with what to do."""

import pytest

import config
from app.translate import KINDS

NAMES = ("TRANSLATOR", "TRANSLATOR_URL", "TRANSLATOR_KEY", "TRANSLATOR_KEY_ID", "TRANSLATOR_REGION")


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begins without any."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def chosen(monkeypatch: pytest.MonkeyPatch, **settings: str) -> str:
    """Returns which service some settings choose."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return config.translator()


def test_without_settings_nothing_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(monkeypatch) == chosen(monkeypatch, TRANSLATOR=" ") == ""


def test_settings_know_the_services_that_there_are() -> None:
    assert set(config.TRANSLATORS) == {"", *KINDS}


def test_each_service_is_chosen_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {"TRANSLATOR_KEY": "k", "TRANSLATOR_KEY_ID": "i"}
    assert chosen(monkeypatch, TRANSLATOR="Papago", **keys) == "papago"
    assert chosen(monkeypatch, TRANSLATOR="microsoft") == "microsoft"
    own = chosen(monkeypatch, TRANSLATOR="libretranslate", TRANSLATOR_URL="http://localhost:5000/")
    assert own == "libretranslate"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"TRANSLATOR": "babelfish"}, "papago, microsoft, libretranslate"),
        ({"TRANSLATOR": "papago"}, "TRANSLATOR_KEY_ID"),
        ({"TRANSLATOR": "papago", "TRANSLATOR_KEY_ID": "i"}, "TRANSLATOR_KEY"),
        ({"TRANSLATOR": "microsoft"}, "TRANSLATOR_KEY"),
        ({"TRANSLATOR": "libretranslate"}, "TRANSLATOR_URL"),
        *(
            ({"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": url}, "TRANSLATOR_URL")
            for url in (
                "localhost",
                "ftp://x.org",
                "http://",
                "http://x.org?a=b",
                "http://a:b@x.org",
                "http://x:y",
            )
        ),
        ({"TRANSLATOR": "microsoft", "TRANSLATOR_KEY": "열쇠"}, "TRANSLATOR_KEY"),
        ({"TRANSLATOR": "microsoft", "TRANSLATOR_KEY": "a\nb"}, "TRANSLATOR_KEY"),
    ],
)
def test_missing_or_wrong_setting_stops_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], named: str
) -> None:
    with pytest.raises(config.SettingError, match=named) as told:
        chosen(monkeypatch, **settings)
    assert str(told.value).endswith(".")
