"""What the site keeps is nobody else's to read: what is made from now on, and what an older version left open."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import files
from app.cli import catalogue


@pytest.fixture(autouse=True)
def usual_mask() -> Iterator[None]:
    """Begins with the usual mask, and gives this process its own back."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_folder_of_an_older_version_is_closed_and_what_is_made_later_too(tmp_path: Path) -> None:
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere.db"
    letter = data / "mail" / "2026" / "letter.eml"
    letter.parent.mkdir(parents=True)
    written = [letter, elsewhere, data / "hanmadi.db", data / "hanmadi.db-wal", data / "search" / "meta.json"]
    (data / "search").mkdir()
    for path in written:
        path.write_text("private")
    with socket.socket(socket.AF_UNIX) as store:
        store.bind(str(data / "store.sock"))
        assert data.stat().st_mode & 0o077 and letter.stat().st_mode & 0o077
        assert files.keep_private(data, [elsewhere, tmp_path / "nowhere", letter / "no folder"]) == []
        later = data / "exports" / "copy.zip"
        later.parent.mkdir()
        later.write_text("private")
        everything = [data, elsewhere, *data.rglob("*")]
        assert len(everything) == 12
        assert [path for path in everything if path.stat().st_mode & 0o077] == []
        assert [path for path in everything if not path.stat().st_mode & 0o400] == []


def test_folder_of_everybody_is_left_alone_and_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    assert files.keep_private(tmp_path, []) == [tmp_path]
    assert tmp_path.stat().st_mode & 0o1777 == 0o1777


def test_compiled_words_stay_readable_for_the_account_that_serves(tmp_path: Path) -> None:
    files.keep_private(tmp_path / "data", [])
    catalogue.compile_all(catalogue.ROOT, tmp_path / "words")
    compiled = list((tmp_path / "words").rglob("*.mo"))
    assert compiled and all(path.stat().st_mode & 0o044 == 0o044 for path in compiled)
