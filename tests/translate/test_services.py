"""Three translation services, each asked over a real connection by a server that speaks as it is documented."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app import translate
from app.translate import KINDS, Translated, TranslatorFailure
from app.translate.libretranslate import LibreTranslate
from app.translate.translator import (
    AccessRefused,
    BadAnswer,
    QuotaExceeded,
    Translator,
    UnknownLanguage,
    Unreachable,
)
from tests.conftest import translator_settings
from tests.servers.translator import KEY, KEY_ID
from tests.servers.translator import Translator as Server

ALL = tuple(KINDS)
SENTENCE = "The sea is loud and I love it."


@pytest.fixture(params=ALL)
def service(
    request: pytest.FixtureRequest, app: Flask, translator: Server, monkeypatch: pytest.MonkeyPatch
) -> Translator:
    """Each of the services, at the test's server."""
    return use(app, translator, monkeypatch, request.param)


def use(app: Flask, server: Server, monkeypatch: pytest.MonkeyPatch, name: str, **more: str) -> Translator:
    """Returns the service that the settings choose."""
    for setting, value in (translator_settings(name, server.url) | more).items():
        monkeypatch.setitem(app.config, setting, value)
    with app.app_context():
        chosen = translate.chosen()
    assert chosen is not None
    return chosen


def test_text_comes_back_in_the_other_language_and_its_own_is_found_out(service: Translator) -> None:
    assert service.translate(SENTENCE, None, "ko") == Translated("바다 소리가 커서 좋아요.", "en")
    back = service.translate("첫눈이 오면 함께 걸어요.", "ko", "en")
    assert back == Translated("Let's walk together when the first snow falls.", "ko")


def test_lines_quotes_emoji_and_tags_arrive_as_they_are(service: Translator) -> None:
    text = '두 줄 «글»\n"따옴표" \\ & <b> 👨‍👩‍👧 #산책 @바다 https://example.org/a?b=1&c=2'
    told = service.translate(text, "ko", "en")
    assert told.text == f"[en] {text}"


def test_papago_is_asked_as_documented(
    app: Flask, translator: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    papago = use(app, translator, monkeypatch, "papago")
    papago.translate("안녕", "ko", "en")
    papago.translate("你好", None, "ko")
    first, second = translator.asked
    assert first.path == "/nmt/v1/translation"
    assert first.headers["x-ncp-apigw-api-key-id"] == KEY_ID
    assert first.headers["x-ncp-apigw-api-key"] == KEY
    assert first.body == {"source": "ko", "target": "en", "text": "안녕"}
    assert second.body["source"] == "auto"


def test_microsoft_is_asked_as_documented(
    app: Flask, translator: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    microsoft = use(app, translator, monkeypatch, "microsoft")
    microsoft.translate("안녕", "ko", "en")
    use(app, translator, monkeypatch, "microsoft", TRANSLATOR_REGION="").translate("你好", None, "ko")
    first, second = translator.asked
    assert urlsplit(first.path).path == "/translate"
    assert parse_qs(urlsplit(first.path).query) == {"api-version": ["3.0"], "from": ["ko"], "to": ["en"]}
    assert parse_qs(urlsplit(second.path).query) == {"api-version": ["3.0"], "to": ["ko"]}
    assert first.headers["ocp-apim-subscription-key"] == KEY
    assert first.headers["ocp-apim-subscription-region"] == "koreacentral"
    assert "ocp-apim-subscription-region" not in second.headers
    assert first.body == [{"Text": "안녕"}]


def test_libretranslate_is_asked_as_documented(
    app: Flask, translator: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(app, translator, monkeypatch, "libretranslate").translate("안녕", "ko", "en")
    open_to_all = use(app, translator, monkeypatch, "libretranslate", TRANSLATOR_KEY="")
    open_to_all.translate("Hello", None, "ko")
    first, second = translator.asked
    assert first.path == "/translate"
    assert first.body == {"q": "안녕", "source": "ko", "target": "en", "format": "text", "api_key": KEY}
    assert second.body == {"q": "Hello", "source": "auto", "target": "ko", "format": "text"}


def test_address_may_have_a_path_of_its_own(
    app: Flask, translator: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    custom = f"{translator.url}/translator/text/v3.0"
    microsoft = use(app, translator, monkeypatch, "microsoft", TRANSLATOR_URL=custom)
    assert microsoft.translate("안녕", "ko", "en").text == "[en] 안녕"
    assert translator.asked[0].path.startswith("/translator/text/v3.0/translate?")


def test_every_service_has_an_address_but_the_one_that_people_run_themselves() -> None:
    addresses = {name: kind.url for name, kind in KINDS.items()}
    assert addresses == {
        "papago": "https://papago.apigw.ntruss.com",
        "microsoft": "https://api.cognitive.microsofttranslator.com",
        "libretranslate": "",
    }


REFUSED: list[tuple[str, type[TranslatorFailure]]] = [
    ("unauthorized", AccessRefused),
    ("forbidden", AccessRefused),
    ("busy", QuotaExceeded),
    ("spent", QuotaExceeded),
    ("unknown", UnknownLanguage),
    ("same", UnknownLanguage),
    ("unreadable", BadAnswer),
    ("broken", Unreachable),
    ("garbage", BadAnswer),
    ("other shape", BadAnswer),
    ("nothing", BadAnswer),
    ("unreadable text", BadAnswer),
    ("truncated", BadAnswer),
    ("huge", BadAnswer),
    ("elsewhere", BadAnswer),
    ("cut off", Unreachable),
]


@pytest.mark.parametrize(("mood", "failure"), REFUSED, ids=[mood for mood, _ in REFUSED])
def test_what_goes_wrong_is_told_apart(
    service: Translator, translator: Server, mood: str, failure: type[TranslatorFailure]
) -> None:
    translator.mood = mood
    with pytest.raises(failure) as told:
        service.translate("비밀 이야기", "ko", "en")
    said = str(told.value)
    assert service.name in said and said.endswith(".")
    assert "비밀" not in said and told.value.code in translate.FAILURES
    assert len(translator.asked) == 1, "Nothing is tried again, and no redirect is followed."


def test_refused_key_names_the_settings_to_correct(
    app: Flask, translator: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, settings in {
        "papago": "TRANSLATOR_KEY_ID and TRANSLATOR_KEY",
        "microsoft": "TRANSLATOR_KEY and TRANSLATOR_REGION",
        "libretranslate": "TRANSLATOR_KEY",
    }.items():
        service = use(app, translator, monkeypatch, name, TRANSLATOR_KEY="wrong-key", TRANSLATOR_KEY_ID="x")
        with pytest.raises(AccessRefused) as told:
            service.translate("안녕", "ko", "en")
        assert f"{settings}." in str(told.value) and "wrong-key" not in str(told.value)
        assert "wrong-key" not in repr(service)


def test_language_that_a_service_does_not_know_is_not_asked_for(
    service: Translator, translator: Server
) -> None:
    with pytest.raises(UnknownLanguage):
        service.translate("안녕", "ko", "xx")
    with pytest.raises(UnknownLanguage):
        service.translate("안녕", "xx", "en")
    assert translator.asked == []


def test_chinese_has_each_services_own_name(
    app: Flask, translator: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {}
    for name in ALL:
        use(app, translator, monkeypatch, name).translate("안녕", "ko", "zh")
        asked = translator.asked[-1]
        sent[name] = asked.body["target"] if isinstance(asked.body, dict) else asked.path.partition("to=")[2]
    assert sent == {
        "papago": "zh-CN",
        "microsoft": "zh-Hans&from=ko",
        "libretranslate": "zh",
    }


def test_answer_that_names_a_variant_of_a_language_is_understood() -> None:
    service = LibreTranslate("http://localhost", "")
    told = [
        translate.translator.read(service, "text", source).source
        for source in ("zh-Hans", "EN", None, 5, "a" * 40, "<b>")
    ]
    assert told == ["zh", "en", "", "", "", ""]


def test_site_without_a_translator_knows_no_language(app: Flask) -> None:
    with app.app_context():
        assert translate.chosen() is None and not translate.knows("en", "ko")


def test_site_knows_what_its_translator_knows(
    app: Flask, translator: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(app, translator, monkeypatch, "papago")
    with app.app_context():
        assert translate.knows("en", "ko") and translate.knows("th", "en")
        assert not translate.knows("ar", "ko") and not translate.knows("", "ko")
    assert translator.asked == []
