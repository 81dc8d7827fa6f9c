"""Asks whether the tests take enough of the branches where the rules live: ``python .ci/coverage_gate.py REPORT``."""

import json
import sys
from pathlib import Path
from typing import Any

LEAST = 95.0  # Percent.
GATED = ("app/services/", "app/policy.py", "app/events.py", "app/transaction.py")


def branches(files: dict[str, Any], where: str) -> tuple[int, int]:
    """Returns how many branches there are in the files of that name or folder, and how many the tests took."""
    found = [file["summary"] for path, file in files.items() if path.replace("\\", "/").startswith(where)]
    return sum(each["num_branches"] for each in found), sum(each["covered_branches"] for each in found)


def percent(there: int, taken: int) -> float:
    """Returns the share that was taken; a file without branches has them all."""
    return 100 * taken / there if there else 100.0


def main(report: str) -> int:
    """Prints the shares, and returns 1 when one that is gated is too small."""
    told = json.loads(Path(report).read_text("utf-8"))
    short = []
    for where in GATED:
        if not any(path.startswith(where) for path in told["files"]):
            print(f"The report knows no {where}: correct GATED in .ci/coverage_gate.py.")
            return 1
        there, taken = branches(told["files"], where)
        print(f"{where:24} {taken:5} of {there:5} branches  {percent(there, taken):6.1f} %")
        if percent(there, taken) < LEAST:
            short.append(where)
    total = told["totals"]
    share = percent(total["num_branches"], total["covered_branches"])
    print(
        f"{'everything':24} {total['covered_branches']:5} of {total['num_branches']:5} branches  {share:6.1f} %"
    )
    print(f"{'with lines':24} {'':23} {total['percent_covered']:6.1f} %")
    if short:
        print(f"Below {LEAST} % in {', '.join(short)}: write the tests for these branches:")
        for path, file in told["files"].items():
            if path.startswith(tuple(short)) and file["missing_branches"]:
                print(f"  {path}: " + ", ".join(f"{start}→{end}" for start, end in file["missing_branches"]))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
