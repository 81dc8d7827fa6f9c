"""The gate that CI holds over the tests' coverage lets enough pass, and too little not."""

import json
import subprocess
import sys
from pathlib import Path

from tests.rules.tree import ROOT


def gate(report: Path, taken: dict[str, int]) -> subprocess.CompletedProcess[str]:
    """Runs the gate over a report in which of 100 branches of each file so many were taken."""
    files = {
        path: {"summary": {"num_branches": 100, "covered_branches": count}, "missing_branches": [[1, 2]]}
        for path, count in taken.items()
    }
    totals = {"num_branches": 100, "covered_branches": 90, "percent_covered": 91.0}
    report.write_text(json.dumps({"files": files, "totals": totals}))
    command = [sys.executable, str(ROOT / ".ci" / "coverage_gate.py"), str(report)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


ENOUGH = {"app/services/likes.py": 95, "app/policy.py": 100, "app/events.py": 95, "app/transaction.py": 96}


def test_enough_branches_pass_whatever_the_rest_has(tmp_path: Path) -> None:
    assert gate(tmp_path / "report", {**ENOUGH, "app/main/likes.py": 10}).returncode == 0


def test_too_few_branches_are_named(tmp_path: Path) -> None:
    refused = gate(tmp_path / "report", {**ENOUGH, "app/services/likes.py": 94})
    assert refused.returncode == 1
    assert "app/services/likes.py: 1→2" in refused.stdout


def test_file_that_was_moved_away_does_not_open_the_gate(tmp_path: Path) -> None:
    moved = {path: count for path, count in ENOUGH.items() if path != "app/policy.py"}
    assert gate(tmp_path / "report", moved).returncode == 1
