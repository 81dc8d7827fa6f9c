"""Fetches the fonts, icons and scripts that the pages use from npm, pinned, verified, and with their licences.

Run ``python deploy/vendor.py`` to fetch what the lock names, ``--update`` after changing a version or a list here, and
``--check`` to compare the committed files with the lock without any network.
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "app" / "static" / "vendor"
LOCK = VENDOR / "vendor.json"
SPRITE = "icons.svg"

# Each package's version, and for each of its files (a regular expression) where it goes, inside the package's folder.
PACKAGES: dict[str, tuple[str, dict[str, str]]] = {
    "htmx.org": ("2.0.11", {r"dist/(htmx\.min\.js)": r"\1", r"(LICENSE)": r"\1"}),
    "lucide-static": ("1.62.0", {r"(LICENSE)": r"\1"}),
    "moment": ("2.31.0", {r"min/(moment\.min\.js)": r"\1", r"locale/(ko\.js)": r"\1", r"(LICENSE)": r"\1"}),
    "pretendard": (
        "1.3.9",
        {
            r"dist/web/variable/(pretendardvariable-dynamic-subset\.css)": r"\1",
            r"dist/web/variable/(woff2-dynamic-subset/PretendardVariable\.subset\.\d+\.woff2)": r"\1",
            r"dist/(LICENSE)\.txt": r"\1",
        },
    ),
    "socket.io-client": ("4.8.4", {r"dist/(socket\.io\.esm\.min\.js)": r"\1", r"(LICENSE)": r"\1"}),
}
# The icons of the sprite; a template that uses another one adds its name here.
ICONS = """
    arrow-down arrow-left arrow-up at-sign ban bell calendar check circle circle-alert circle-check clock cloud-off
    compass corner-down-right download ellipsis eye-off feather file-archive hash heart house info key-round
    languages leaf link loader log-in log-out mail mail-check map-pin message-circle monitor pencil-line search send
    settings smartphone square-pen sun-moon trash user-plus user-round user-round-plus volume-2 volume-x x
"""


class VendorError(SystemExit):
    """Something does not match what is pinned; the sentence says what to do."""


def sha512(data: bytes) -> str:
    """Returns the digest in the form that npm and browsers use."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def pack(spec: str, folder: Path) -> bytes:
    """Returns a package's archive as npm fetches it."""
    command = ["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", str(folder), spec]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    name: str = json.loads(answer)[0]["filename"]
    return (folder / name).read_bytes()


def wanted(member: str, files: dict[str, str]) -> str | None:
    """Returns where a file of the archive goes, or None when it stays there."""
    for pattern, target in files.items():
        if match := re.fullmatch(f"package/{pattern}", member):
            return match.expand(target)
    return None


def sprite(archive: tarfile.TarFile) -> bytes:
    """Returns one file that holds our icons as symbols."""
    symbols = []
    for name in sorted(ICONS.split()):
        try:
            source = archive.extractfile(f"package/icons/{name}.svg")
        except KeyError:
            raise VendorError(f"lucide-static has no icon {name!r}. Correct ICONS.") from None
        assert source is not None
        drawing = re.search(r"<svg[^>]*>(.*)</svg>", source.read().decode(), re.DOTALL)
        assert drawing is not None
        shapes = re.sub(r"\s+", " ", drawing[1]).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    head = '<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC License: see lucide-static/LICENSE -->'
    return "\n".join([head, *symbols, "</svg>\n"]).encode()


def extract(name: str, data: Path) -> dict[str, bytes]:
    """Returns the files that we take out of a package's archive, by their place in the vendor folder."""
    files = PACKAGES[name][1]
    found: dict[str, bytes] = {}
    with tarfile.open(data) as archive:
        for member in archive.getmembers():
            target = wanted(member.name, files)
            source = archive.extractfile(member) if target else None
            if source is not None:
                found[f"{name}/{target}"] = source.read()
        if name == "lucide-static":
            found[SPRITE] = sprite(archive)
    if f"{name}/LICENSE" not in found:
        raise VendorError(
            f"{name} brings no licence where it was looked for. Correct its list in {__file__}."
        )
    return found


def fetch(update: bool) -> None:
    """Writes the vendored files and, when asked to, the lock."""
    locked: dict[str, str] = {} if update else json.loads(LOCK.read_text())["packages"]
    archives, files = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (version, _) in PACKAGES.items():
            spec = f"{name}@{version}"
            data = pack(spec, Path(folder))
            archives[spec] = sha512(data)
            if not update and locked.get(spec) != archives[spec]:
                raise VendorError(
                    f"{spec} is not what {LOCK.name} pins. Find out why before running with --update."
                )
            kept = Path(folder) / "archive.tgz"
            kept.write_bytes(data)
            files.update(extract(name, kept))
    for place, content in files.items():
        target = VENDOR / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    if update:
        lock = {"packages": archives, "files": {place: sha512(files[place]) for place in sorted(files)}}
        LOCK.write_text(json.dumps(lock, indent=1) + "\n")
    check()


def check() -> None:
    """Compares the files with the lock.

    Raises:
        VendorError: a file is missing, changed, or not ours.
    """
    locked: dict[str, str] = json.loads(LOCK.read_text())["files"]
    here = {
        path.relative_to(VENDOR).as_posix(): path
        for path in VENDOR.rglob("*")
        if path.is_file() and path != LOCK
    }
    changed = [
        place for place in locked if place in here and sha512(here[place].read_bytes()) != locked[place]
    ]
    wrong = ", ".join(sorted({*locked} ^ {*here}) + changed)
    if wrong:
        raise VendorError(
            f"Not as {LOCK.name} says: {wrong}. Run python deploy/vendor.py again, or remove them."
        )


def main() -> None:
    """Does what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the lock anew")
    parser.add_argument(
        "--check", action="store_true", help="compare the files with the lock, without network"
    )
    chosen = parser.parse_args()
    if chosen.check:
        check()
    else:
        fetch(chosen.update)
    sys.stdout.write(f"{len(json.loads(LOCK.read_text())['files'])} files are as {LOCK.name} says.\n")


if __name__ == "__main__":
    main()
