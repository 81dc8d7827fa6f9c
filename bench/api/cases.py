"""One run of schemathesis against a site, and its verdict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.processes import ROOT

_CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
_PHASES = ("examples", "coverage", "fuzzing", "stateful")
_OUT_OF_REACH = {"POST /api/me/confirmation"}  # The code that it asks for stands in a letter.


@dataclass(frozen=True)
class Verdict:
    """What came of a run.

    Attributes:
        cases: how many requests were made up and sent.
        seconds: how long it took.
        operations: how many operations they were sent to.
        faults: what is wrong, one sentence each.
        said: all that schemathesis said, with a curl command for every failure.
    """

    cases: int
    seconds: float
    operations: int
    faults: list[str]
    said: str


def run(address: str, examples: int, seed: int) -> Verdict:
    """Sends made-up requests of every phase to every operation, and judges the answers.

    Args:
        address: where the site begins.
        examples: how many requests are made up for an operation in fuzzing, and how many walks along links there are
            at most; what the phases of examples and coverage send follows from the description.
        seed: the same seed makes the same requests.
    """
    with tempfile.TemporaryDirectory(prefix="hanmadi-cases-") as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(_CONFIGURATION)]
        command += [
            "run",
            f"{address}/api/openapi.json",
            "--max-examples",
            str(examples),
            "--seed",
            str(seed),
        ]
        command += ["--report", "json", "--report-json-path", str(report), "--no-color"]
        done = subprocess.run(
            command,
            cwd=folder,
            # The order of what is in sets is the same each time as well.
            env=os.environ | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if not report.exists():
            raise SystemExit(f"schemathesis has not run:\n{done.stdout}")
        told = json.loads(report.read_text())
    return Verdict(
        told["test_cases"]["generated"],
        told["running_time"],
        told["operations"]["tested"],
        list(_faults(told)),
        done.stdout,
    )


def _faults(told: dict[str, Any]) -> Iterator[str]:
    """Yields what was found, and what was not looked at although it should have been."""
    for found in told["failures"]:
        yield f"{found['title']}: {found['count']} times, in {', '.join(found['operations'])}"
    for error in told["errors"]:
        yield f"{error['title']}: {error['count']} times"
    for kind, where in told["warnings"].items():
        # Bodies whose texts are too long for a reader to count, or not to be shown, are refused as they should be.
        if where and kind != "validation_mismatch":
            yield f"{kind}: {', '.join(map(str, where))}"
    for name in _PHASES:
        if told["phases"][name]["status"] != "success":
            yield f"The phase of {name} ended with {told['phases'][name]['status']}."
    if told["operations"]["tested"] != told["operations"]["total"] or told["stop_reason"] != "completed":
        yield f"It ended early: {told['stop_reason']}, {told['operations']}."
    for operation, phases in told["valid_rates"].items():
        if operation not in _OUT_OF_REACH and not any(rate["accepted"] for rate in phases.values()):
            yield f"No right request to {operation} was done; each was refused."
    if told["exit_code"] and not told["failures"] and not told["errors"]:
        yield f"schemathesis ended with {told['exit_code']}."
