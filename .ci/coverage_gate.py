"""Asks whether the tests take enough of the branches where the rules live: ``python .ci/coverage_gate.py REPORT``.

The report is one of SlipCover, as JSON. The gate looks at the files of the folder in which it is started.
"""

import json
import sys
from pathlib import Path
from typing import Any

GATED = ("app/services/", "app/policy.py", "app/events.py", "app/transaction.py")
"""The files and the folders whose branches are counted."""
LEAST = 95.0  # Percent.


def unknown(files: dict[str, Any], where: str) -> list[str]:
    """Returns the files of that name or folder that are in no report, because no test imports them."""
    there = [Path(where)] if where.endswith(".py") else sorted(Path(where).rglob("*.py"))
    return [path.as_posix() for path in there if path.as_posix() not in files]


def branches(files: dict[str, Any], where: str) -> tuple[int, int]:
    """Returns how many branches there are in the files of that name or folder, and how many the tests took."""
    found = [file["summary"] for path, file in files.items() if path.startswith(where)]
    taken = sum(each["covered_branches"] for each in found)
    return taken + sum(each["missing_branches"] for each in found), taken


def percent(there: int, taken: int) -> float:
    """Returns the share that was taken; a file without branches has them all."""
    return 100 * taken / there if there else 100.0


def main(report: str) -> int:
    """Prints the shares, and returns 1 when one that is gated is too small."""
    files = json.loads(Path(report).read_text("utf-8"))["files"]
    files = {path.replace("\\", "/"): file for path, file in files.items()}
    short = []
    for where in GATED:
        if missing := unknown(files, where):
            print(
                f"The report knows no {', '.join(missing)}: test it, or correct GATED in .ci/coverage_gate.py."
            )
            return 1
        there, taken = branches(files, where)
        print(f"{where:24} {taken:5} of {there:5} branches  {percent(there, taken):6.1f} %")
        if percent(there, taken) < LEAST:
            short.append(where)
    if short:
        print(f"Below {LEAST} % in {', '.join(short)}: write the tests for these branches:")
        for path, file in files.items():
            if path.startswith(tuple(short)) and file["missing_branches"]:
                print(f"  {path}: " + ", ".join(f"{start}→{end}" for start, end in file["missing_branches"]))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
