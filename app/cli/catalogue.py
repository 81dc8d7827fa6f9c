"""The catalogues of translated messages: gathered from the sources, written, compiled and checked."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import regex
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from app.cli import voice

ROOT = Path(__file__).resolve().parents[2]
_WIDTH = 110
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
_PLACEHOLDER = regex.compile(r"%(?:\((\w+)\))?[-+ #0]*\d*(?:\.\d+)?([diouxXeEfFgGcrsa%])")
_TAG = regex.compile(r"</?\w[^<>]*>")
_KOREAN = regex.compile(r"\p{Hangul}")


def path(root: Path, language: str) -> Path:
    """Returns the catalogue of a language."""
    return root / "translations" / language / "LC_MESSAGES" / "messages.po"


def paths(root: Path) -> list[Path]:
    """Returns all catalogues."""
    return sorted(root.glob("translations/*/LC_MESSAGES/messages.po"))


def extract(root: Path) -> Catalog:
    """Returns the messages that the sources hold now.

    Raises:
        jinja2.TemplateSyntaxError: a template cannot be read.
    """
    with (root / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    template = Catalog(project="Hanmadi", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        root / "app", methods, options, _KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for name, line, message, comments, context in found:
        template.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return template


def init(root: Path, language: str) -> Path:
    """Makes the catalogue of a new language, all its messages still untranslated, and returns its path.

    Raises:
        FileExistsError: there is one.
        babel.UnknownLocaleError: there is no such language.
    """
    locale = Locale.parse(language)
    target = path(root, language)
    if target.exists():
        raise FileExistsError(target)
    now = datetime.now(UTC)
    catalog = Catalog(
        locale,
        header_comment=f"# The words of Hanmadi in {locale.english_name}.",
        project="Hanmadi",
        version="1",
        msgid_bugs_address="see README.md",
        last_translator="the people of Hanmadi",
        language_team=str(locale.english_name),
        creation_date=now,
        revision_date=now,
        fuzzy=False,
    )
    catalog.update(extract(root))
    _write(target, catalog)
    return target


def update(root: Path, file: Path) -> list[Message]:
    """Brings a catalogue up to date with the sources and returns the messages that left it, with their translations.

    Nothing is guessed: a message that changed is untranslated again. The file holds no places in the sources and keeps
    its dates, so that its history shows what changed in the words and nothing else.
    """
    catalog = _read(file)
    catalog.update(extract(root), no_fuzzy_matching=True, update_creation_date=False)
    gone = [*catalog.obsolete.values()]
    _write(file, catalog)
    return gone


def compile_all(root: Path, target: Path | None = None) -> list[str]:
    """Writes what the application reads (messages.mo) and returns what is wrong with it: nothing may be.

    Args:
        root: the project's folder.
        target: where the compiled catalogues go, if not beside the others.
    """
    wrong = []
    for file in paths(root):
        catalog = _read(file)
        wrong += [
            f"{file.relative_to(root)}:{message.lineno}: {error}"
            for message, errors in catalog.check()
            for error in errors
        ]
        compiled = (target or root / "translations") / file.relative_to(root / "translations").with_suffix(
            ".mo"
        )
        compiled.parent.mkdir(parents=True, exist_ok=True)
        unfinished = compiled.with_name(f"{compiled.name}.{os.getpid()}")
        with unfinished.open("wb") as stream:
            write_mo(stream, catalog)
        unfinished.chmod(0o644)  # Whoever the site runs as reads it, and it holds nothing secret.
        unfinished.replace(compiled)
    return wrong


def compile_older(root: Path) -> None:
    """Compiles the catalogues when one of them is newer than its compiled form.

    Args:
        root: the project's folder.

    Raises:
        OSError: the compiled form cannot be written.
    """
    if any(_is_older(file.with_suffix(".mo"), file) for file in paths(root)):
        compile_all(root)


def _is_older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def problems(root: Path) -> list[str]:
    """Returns what keeps the catalogues from landing, one sentence each: file, line, message, what is wrong."""
    template = extract(root)
    found = [
        f"app/{message.locations[0][0]}:{message.locations[0][1]}: {_text(message)!r} holds Korean: sources are English"
        for message in _messages(template)
        if _KOREAN.search(_text(message))
    ]
    for file in paths(root):
        place, catalog = file.relative_to(root), _read(file)
        for message in _messages(catalog):
            wrong = _wrong_with(message, catalog)
            found += [f"{place}:{message.lineno}: {_text(message)!r}: {problem}" for problem in wrong]
        found += [f"{place}: {text!r}: {problem}" for text, problem in _out_of_step(template, catalog)]
    return found


def _out_of_step(template: Catalog, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Returns the messages that only the sources or only the catalogue hold."""
    now, then = (
        {(message.id, message.context): message for message in _messages(each)}
        for each in (template, catalog)
    )
    yield from ((_text(now[key]), "missing; run flask translate update") for key in now if key not in then)
    yield from (
        (_text(then[key]), "in no source any more; run flask translate update")
        for key in then
        if key not in now
    )
    yield from (
        (_text(message), "obsolete; run flask translate update") for message in catalog.obsolete.values()
    )


def _wrong_with(message: Message, catalog: Catalog) -> Iterator[str]:
    if message.fuzzy:
        yield "fuzzy; make sure of it and take the mark away"
    translations = _translations(message)
    if not all(translations) or not translations:
        yield "untranslated"
        return
    yield from map(str, message.check(catalog))
    source = message.id if isinstance(message.id, str) else message.id[1]
    if any(name is None and kind != "%" for name, kind in _placeholders(source)):
        yield "a placeholder without a name cannot change its place: write %(name)s"
    for number, translation in enumerate(translations):
        yield from _unlike(
            source, translation, may_leave_out="num" if number == 0 and len(translations) > 1 else ""
        )
        if catalog.locale and catalog.locale.language == "ko":
            yield from voice.problems(translation)


def _translations(message: Message) -> list[str]:
    """Returns the forms of the translation, "" for each that is missing."""
    forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return [form or "" for form in forms]


def _unlike(source: str, translation: str, may_leave_out: str) -> Iterator[str]:
    """Returns the placeholders and tags that a translation has lost or gained."""
    wanted, given = _placeholders(source), _placeholders(translation)
    wanted = {place for place in wanted if place[0] != may_leave_out or place in given}
    if wanted != given:
        names = sorted(f"%({name})" if name else "%" for name, _ in wanted ^ given)
        yield f"other placeholders than the source: {', '.join(names)}"
    if Counter(_TAG.findall(source)) != Counter(_TAG.findall(translation)):
        yield "other tags than the source"


def _placeholders(text: str) -> set[tuple[str | None, str]]:
    return {(found[1], found[2]) for found in _PLACEHOLDER.finditer(text)}


def _messages(catalog: Catalog) -> list[Message]:
    """Returns the messages without the header."""
    return [message for message in catalog if message.id]


def _text(message: Message) -> str:
    return message.id if isinstance(message.id, str) else " / ".join(message.id)


def _read(file: Path) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream, locale=file.parts[-3])


def _write(file: Path, catalog: Catalog) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, catalog, width=_WIDTH, no_location=True, sort_output=True, ignore_obsolete=True)
