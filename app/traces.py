"""Tracebacks without private texts: database errors quote statements' parameters and rows, other errors addresses."""

import errno
import re
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

APP = Path(__file__).resolve().parent
ADDRESS = re.compile(r"[^\s<>@,;:\"']+@[^\s<>@,;:\"']+")
DATABASE = ("sqlalchemy", "psycopg", "sqlite3")
HOOKS = ("database.py", "extensions.py")
"""Our modules that SQLAlchemy and the drivers call, so that every database error passes through them."""
QUOTING = ("DataError", "IntegrityError", "ProgrammingError", "StatementError", "PendingRollbackError")
"""The classes whose own words may quote what was stored or compared, where the database gives no code."""


def text(error: BaseException) -> str:
    """Returns the traceback of an exception and of what caused it."""
    whole = traceback.TracebackException.from_exception(error)
    _clean(whole, error)
    return "".join(whole.format())


def words(error: BaseException) -> str:
    """Returns the message of an exception.

    For a database error these are its code, and the names of constraint, table and column, but never a value.
    """
    origin = getattr(error, "orig", None)
    if isinstance(origin, BaseException) and origin is not error:
        statement = getattr(error, "statement", None)
        said = f"({_name(origin)}) {words(origin)}"
        return f"{said}\n[SQL: {statement}]" if statement else said
    if not _is_of_database(error):
        return hide_addresses(str(error))
    details = [code(error), *_named(error)]
    if any(details):
        return " ".join(filter(None, details))
    return "" if type(error).__name__ in QUOTING else hide_addresses(str(error).partition("\n")[0])


def code(error: BaseException) -> str:
    """Returns the code that tells an error from others of its class: SQLSTATE, SQLite's name, the system's; or ""."""
    origin = getattr(error, "orig", None)
    if isinstance(origin, BaseException) and origin is not error:
        return code(origin)
    for name in ("sqlstate", "sqlite_errorname"):
        found = getattr(error, name, None)
        if found:
            return str(found)
    number = getattr(error, "errno", None)
    return errno.errorcode.get(number, "") if isinstance(number, int) else ""


def place(error: BaseException) -> str:
    """Returns the innermost frame of ours, or the innermost one where none is ours."""
    frames = _frames(error)
    if not frames:
        return "nowhere"
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(APP)]
    callers = [frame for frame in ours if Path(frame.filename).name not in HOOKS]
    frame = (callers or ours or frames)[-1]
    path = Path(frame.filename)
    where = path.relative_to(APP.parent) if ours else Path(path.name)
    return f"{where}:{frame.lineno}"


def hide_addresses(said: str) -> str:
    """Returns a text without the e-mail addresses in it."""
    return ADDRESS.sub("…", said)


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    trace: TracebackType | None = error.__traceback__
    return list(traceback.extract_tb(trace))


def _clean(shown: traceback.TracebackException, error: BaseException) -> None:
    """Puts the clean message into each exception of a chain that is about to be printed."""
    known: dict[int, BaseException] = {}
    waiting: list[tuple[Any, Any]] = [(shown, error)]
    while waiting:
        one, raised = waiting.pop()
        if one is None or raised is None or id(one) in known:
            continue
        known[id(one)] = raised
        one._str = words(raised)
        if getattr(one, "__notes__", None):
            one.__notes__ = [] if _is_of_database(raised) else [*map(hide_addresses, one.__notes__)]
        waiting += [(one.__cause__, raised.__cause__), (one.__context__, raised.__context__)]
        waiting += zip(one.exceptions or (), getattr(raised, "exceptions", ()), strict=False)


def _is_of_database(error: BaseException) -> bool:
    return any(kind.__module__.partition(".")[0] in DATABASE for kind in type(error).__mro__)


def _named(error: BaseException) -> list[str]:
    """Returns what a database error names of the schema."""
    diagnosis = getattr(error, "diag", None)
    if diagnosis is not None:
        names = ("constraint_name", "table_name", "column_name")
        return [str(getattr(diagnosis, name)) for name in names if getattr(diagnosis, name, None)]
    # The words of SQLite name columns and never values.
    return [str(error)] if getattr(error, "sqlite_errorname", None) else []


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"
