"""``flask translate``, over a small project of its own."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.support import Translations
from click.testing import CliRunner, Result

from app.cli import catalogue, voice
from app.cli.translate import translate

PYTHON = '''"""A module."""
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext, pgettext

HELLO = _l("Hello %(name)s!")
COUNT = ngettext("%(num)d reply", "%(num)d replies", 3)
# Translators: the first page.
HOME = pgettext("navigation", "Home")
BOLD = _("<b>%(name)s</b> follows you")
'''
WORDS: dict[str, str | tuple[str, ...]] = {
    "Hello %(name)s!": "안녕하세요, %(name)s님!",
    "%(num)d reply": ("답글 %(num)d개",),
    "Home": "홈",
    "<b>%(name)s</b> follows you": "<b>%(name)s</b>님이 팔로우해요",
    "Sign in first.": "먼저 로그인해 주세요.",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a module, a template and a translated Korean catalogue."""
    (tmp_path / "app" / "templates").mkdir(parents=True)
    (tmp_path / "babel.cfg").write_text((catalogue.ROOT / "babel.cfg").read_text())
    (tmp_path / "app" / "greeting.py").write_text(PYTHON)
    (tmp_path / "app" / "templates" / "a.html").write_text('<p>{{ _("Sign in first.") }}</p>\n')
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    run("init", "ko")
    rewrite(tmp_path, WORDS)
    return tmp_path


def run(*arguments: str) -> Result:
    """Returns what a command says, and how it ends."""
    return CliRunner().invoke(translate, arguments)


def korean(project: Path) -> Path:
    """Returns the Korean catalogue."""
    return catalogue.path(project, "ko")


def rewrite(project: Path, words: dict[str, str | tuple[str, ...]]) -> Catalog:
    """Translates messages by their (singular) sources, and returns the catalogue."""
    catalog = catalogue._read(korean(project))
    for message in catalog:
        source = message.id if isinstance(message.id, str) else message.id[0]
        if source in words:
            message.string = words[source]
    catalogue._write(korean(project), catalog)
    return catalog


def test_finished_catalogue_passes(project: Path) -> None:
    checked = run("check")
    assert (checked.exit_code, checked.output) == (0, "Every message is translated.\n")


@pytest.mark.parametrize(
    ("source", "translation", "complaint"),
    [
        ("Home", "", "untranslated"),
        ("%(num)d reply", ("",), "untranslated"),
        ("Hello %(name)s!", "안녕하세요!", "other placeholders than the source: %(name)"),
        ("Hello %(name)s!", "안녕하세요, %(nmae)s님!", "%(nmae)"),
        ("Hello %(name)s!", "안녕하세요, %(name)d님!", "%(name)"),
        ("%(num)d reply", ("답글",), "other placeholders"),
        ("%(num)d reply", ("답글 %(count)d개",), "%(count)"),
        ("<b>%(name)s</b> follows you", "%(name)s님이 팔로우해요", "other tags"),
        ("<b>%(name)s</b> follows you", "<b>%(name)s</b>이 팔로우해요", "write 님"),
        ("<b>%(name)s</b> follows you", "<b>%(name)s</b>이(가) 팔로우해요", "both forms"),
        ("Sign in first.", "먼저 로그인해라.", "해요체"),
        ("Home", "게시물", "'글'"),
    ],
)
def test_wrong_translation_is_named(
    project: Path, source: str, translation: str | tuple[str, ...], complaint: str
) -> None:
    rewrite(project, {source: translation})
    checked = run("check")
    assert checked.exit_code == 1
    assert complaint in checked.output and "translations/ko/LC_MESSAGES/messages.po:" in checked.output


def test_fuzzy_translation_fails(project: Path) -> None:
    text = korean(project).read_text()
    korean(project).write_text(text.replace('msgctxt "navigation"', '#, fuzzy\nmsgctxt "navigation"'))
    assert "fuzzy" in run("check").output


def test_obsolete_translation_fails(project: Path) -> None:
    with korean(project).open("a") as file:
        file.write('\n#~ msgid "Gone"\n#~ msgstr "사라진 말"\n')
    assert "'Gone': obsolete" in run("check").output


def test_catalogue_behind_the_sources_fails_until_updated(project: Path) -> None:
    page = project / "app" / "templates" / "a.html"
    page.write_text(
        '{% trans %}\n  Write a\n  post\n{% endtrans %}{{ ngettext("%(num)d like", "%(num)d likes", 2) }}'
    )
    behind = run("check").output
    assert "'Write a post': missing" in behind and "'%(num)d like / %(num)d likes': missing" in behind
    assert "'Sign in first.': in no source any more" in behind
    updated = run("update")
    assert updated.exit_code == 0 and "gone: 'Sign in first.' was '먼저 로그인해 주세요.'" in updated.output
    assert "missing" not in run("check").output
    rewrite(project, {"Write a post": "글쓰기", "%(num)d like": ("좋아요 %(num)d개",)})
    assert run("check").exit_code == 0


def test_changed_message_is_not_guessed(project: Path) -> None:
    module = project / "app" / "greeting.py"
    module.write_text(PYTHON.replace("Hello %(name)s!", "Hello, %(name)s!"))
    run("update")
    assert "'Hello, %(name)s!': untranslated" in run("check").output
    assert "fuzzy" not in korean(project).read_text()


def test_update_without_news_changes_no_byte(project: Path) -> None:
    run("update")
    before = korean(project).read_bytes()
    (project / "app" / "greeting.py").write_text("\n\n\n" + PYTHON)
    run("update")
    assert korean(project).read_bytes() == before
    assert b"greeting.py" not in before and b"#. the first page." in before


def test_source_in_korean_fails(project: Path) -> None:
    (project / "app" / "b.py").write_text('from flask_babel import gettext as _\n_("안녕하세요")\n')
    assert "app/b.py:2: '안녕하세요' holds Korean" in run("check").output


def test_placeholder_without_a_name_fails(project: Path) -> None:
    (project / "app" / "b.py").write_text('from flask_babel import gettext as _\n_("Hello %s")\n')
    run("update")
    rewrite(project, {"Hello %s": "안녕 %s"})
    assert "without a name" in run("check").output


def test_template_that_cannot_be_read_fails(project: Path) -> None:
    (project / "app" / "templates" / "b.html").write_text("{% if %}")
    assert run("check").exit_code == 1


def test_compile_writes_what_the_application_reads(project: Path) -> None:
    assert run("compile").exit_code == 0
    with korean(project).with_suffix(".mo").open("rb") as file:
        words = Translations(file)
    assert words.upgettext("navigation", "Home") == "홈"
    assert sorted(file.name for file in korean(project).parent.iterdir()) == ["messages.mo", "messages.po"]


def test_compile_can_write_elsewhere(project: Path, tmp_path: Path) -> None:
    assert catalogue.compile_all(project, tmp_path / "built") == []
    assert (tmp_path / "built" / "ko" / "LC_MESSAGES" / "messages.mo").stat().st_size > 100


def test_compile_fails_on_a_wrong_placeholder(project: Path) -> None:
    rewrite(project, {"Hello %(name)s!": "안녕, %(nmae)s님"})
    compiled = run("compile")
    assert compiled.exit_code == 1 and "nmae" in compiled.output


def test_language_with_more_plurals_must_have_them_all(project: Path) -> None:
    assert run("init", "ru").exit_code == 0
    file = catalogue.path(project, "ru")
    catalog = catalogue._read(file)
    message = catalog.get(("%(num)d reply", "%(num)d replies"))
    assert message
    message.string = ("один ответ", "%(num)d ответа", "%(num)d ответов")
    catalogue._write(file, catalog)
    assert "reply" not in run("check").output
    message.string = ("один ответ", "ответа", "%(num)d ответов")
    catalogue._write(file, catalog)
    assert "ru/LC_MESSAGES/messages.po" in run("check").output and "other placeholders" in run("check").output


def test_init_makes_no_language_twice_and_no_unknown_one(project: Path) -> None:
    again, unknown, wrong = run("init", "ko"), run("init", "xx"), run("init", "../../etc")
    assert again.exit_code == unknown.exit_code == wrong.exit_code == 1
    assert "flask translate update" in again.output and "no language" in unknown.output


@pytest.mark.parametrize(
    "translation",
    [
        "팔로우했어요",
        "다시 시도해 주세요.",
        "비밀번호를 바꿨습니다.",
        "%(name)s님이 답글을 남겼어요",
        "답글 %(num)d개",
        "%(date)s에 가입",
        "%(word)s{을/를} 찾았어요",
        "그대로 두기",
        "정말 지울까요?",
        "안녕하세요, %(name)s님.",
        "(한마디예요.) 좋아요!",
        "%(name)s 이름",
    ],
)
def test_voice_of_hanmadi_passes(translation: str) -> None:
    assert list(voice.problems(translation)) == []


@pytest.mark.parametrize(
    "translation",
    [
        "다시 시도해.",
        "글이 없다.",
        "저장했어",
        "지울까? 그래.",
        "%(name)s가 팔로우했어요",
        "“%(word)s”을 찾았어요",
        "%(name)s을(를) 팔로우해요",
        "%(site)s으로 돌아가기",
        "댓글 쓰기",
        "회원가입",
        "새 메시지",
    ],
)
def test_other_voice_does_not(translation: str) -> None:
    assert list(voice.problems(translation))
