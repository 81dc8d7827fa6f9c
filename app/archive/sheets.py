"""Records as JSON for programs and as CSV for spreadsheets, written row by row."""

import csv
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from flask_babel import to_user_timezone

from app.archive.bundle import Bundle
from app.archive.records import Record, Value

BOM = "\ufeff"  # Without it, Excel takes Korean for another encoding.
# What spreadsheets take for the beginning of a formula, in full width too (OWASP, "CSV Injection").
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class Sheet:
    """One list, as a JSON file and a CSV file beside each other.

    Args:
        bundle: where both go when the list is complete.
        folder: where they grow until then.
        name: what they are called.
        columns: the names of what each record tells.
    """

    def __init__(self, bundle: Bundle, folder: Path, name: str, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.count = 0
        self._bundle = bundle
        self._paths = {kind: folder / f"{name}.{kind}" for kind in ("json", "csv")}
        self._json = self._paths["json"].open("x", encoding="utf-8")
        self._csv = self._paths["csv"].open("x", encoding="utf-8", newline="")

    def __enter__(self) -> Self:
        self._csv.write(BOM)
        self._table = csv.writer(self._csv)
        self._table.writerow(self.columns)
        return self

    def add(self, records: Iterable[Record]) -> None:
        """Adds records."""
        for record in records:
            values = record.values()
            told = {name: plain(value) for name, value in zip(self.columns, values, strict=True)}
            self._json.write(",\n" if self.count else "[\n")
            self._json.write(json.dumps(told, ensure_ascii=False))
            self._table.writerow([cell(value) for value in values])
            self.count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the list, and brings it into the bundle if all went well."""
        self._json.write("\n]\n" if self.count else "[]\n")
        self._json.close()
        self._csv.close()
        if kind is None:
            for path in self._paths.values():
                self._bundle.move(path, f"data/{path.name}")


def plain(value: Value) -> str | int | bool | None:
    """Returns a value as JSON has it: a time is in UTC (RFC 3339)."""
    return value.isoformat() if isinstance(value, datetime) else value


def cell(value: Value) -> str | int:
    """Returns a value as a spreadsheet shows it: a time is in the reader's zone, and no text is taken for a formula."""
    if isinstance(value, datetime):
        local: datetime = to_user_timezone(value)
        return local.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return value
    text = value or ""
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula."""
    return text.startswith(FORMULA)
