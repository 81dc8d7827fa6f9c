"""The gate that CI holds over the tests' coverage lets enough pass, and too little not."""

import json
import subprocess
import sys
from pathlib import Path

from tests.rules.tree import ROOT

ENOUGH = {"app/services/likes.py": 95, "app/policy.py": 100, "app/events.py": 95, "app/transaction.py": 96}


def gate(folder: Path, taken: dict[str, int]) -> subprocess.CompletedProcess[str]:
    """Runs the gate in a small project over a report in which of 100 branches of each file so many were taken."""
    for path in ENOUGH:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    files = {
        path: {
            "summary": {"covered_branches": count, "missing_branches": 100 - count},
            "missing_branches": [[1, 2]],
        }
        for path, count in taken.items()
    }
    (folder / "report").write_text(json.dumps({"files": files}))
    command = [sys.executable, str(ROOT / ".ci" / "coverage_gate.py"), "report"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_enough_branches_pass(tmp_path: Path) -> None:
    passed = gate(tmp_path, ENOUGH)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "app/services/" in passed.stdout


def test_too_few_branches_are_named(tmp_path: Path) -> None:
    refused = gate(tmp_path, {**ENOUGH, "app/services/likes.py": 94})
    assert refused.returncode == 1
    assert "app/services/likes.py: 1→2" in refused.stdout


def test_file_that_was_moved_away_does_not_open_the_gate(tmp_path: Path) -> None:
    moved = {path: count for path, count in ENOUGH.items() if path != "app/policy.py"}
    refused = gate(tmp_path, moved)
    assert refused.returncode == 1 and "app/policy.py" in refused.stdout


def test_service_that_no_test_imports_does_not_pass_unseen(tmp_path: Path) -> None:
    (tmp_path / "app" / "services" / "deep").mkdir(parents=True)
    (tmp_path / "app" / "services" / "deep" / "forgotten.py").touch()
    refused = gate(tmp_path, ENOUGH)
    assert refused.returncode == 1 and "app/services/deep/forgotten.py" in refused.stdout
