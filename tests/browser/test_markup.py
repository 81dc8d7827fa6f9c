"""The HTML of every page, and of an export's, checked by the Nu Html Checker (vnu)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.pages import MEMBERS, STRANGERS, Site
from tests.cast import Cast, Visitor
from tests.copies import Copy

VNU = Path(__file__).parent.parent / "tools/node_modules/vnu-jar/build/dist/vnu.jar"
ADVICE = "lacks heading"
"""A post is named by its author (``aria-labelledby``), and a section by its label; neither needs a heading."""


def check(folder: Path) -> list[dict[str, Any]]:
    """Returns what the checker says of a folder's files, but for the advice that we do not follow."""
    command = ["java", "-jar", str(VNU), "--format", "json", "--exit-zero-always", "--stdout", str(folder)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return [one for one in json.loads(answer.stdout)["messages"] if ADVICE not in one["message"]]


def write(folder: Path, name: str, content: bytes) -> None:
    """Writes a page under a name that tells its address."""
    (folder / f"{name.replace('/', '·').replace('?', '¿')}.html").write_bytes(content)


@pytest.mark.skipif(
    not (VNU.is_file() and shutil.which("java")),
    reason="The checker is not here: npm ci --prefix tests/tools, with a Java runtime.",
)
def test_markup_of_every_page_is_valid(cast: Cast, tmp_path: Path) -> None:
    site = Site(cast)
    for visitor, paths, who in ((Visitor(cast.app), STRANGERS, "stranger"), (site.bada, MEMBERS, "member")):
        for path in site.paths(paths):
            write(tmp_path, f"{who} {path}", visitor.get(path).data)
    export = cast.export(site.bada)
    for name, content in Copy(site.bada.get(f"/settings/exports/{export}/file").data).files.items():
        if name.endswith(".html"):
            write(tmp_path, f"export {name}", content)
    write(tmp_path, "member with exports", site.bada.get("/settings/exports").data)
    write(tmp_path, "wrong", b'<!doctype html><html lang="ko"><title>x</title><a hx-get="/">x</a></html>')
    faults = {
        f"{Path(one['url']).name}: {one['message']} {one.get('extract', '')!r}" for one in check(tmp_path)
    }
    wrong = {fault for fault in faults if fault.startswith("wrong")}
    assert wrong, "the checker has to find what is wrong"
    assert not faults - wrong, "\n".join(sorted(faults - wrong))
