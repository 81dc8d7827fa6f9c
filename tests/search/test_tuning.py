"""The files with which a site adds words of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.search.tuning import BadTuning, Tuning, read


def file(folder: Path, name: str, text: str) -> str:
    """Writes a file, and returns its path."""
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def test_words_and_synonyms_are_read_in_the_form_in_which_text_is_compared(tmp_path: Path) -> None:
    words = file(tmp_path, "words", "# Ours\n\n세종시 세종 시  # a city\nＦｌａｓｋ\n")
    synonyms = file(tmp_path, "synonyms", "카페, 커피숍, Café\n폰 => 휴대폰, 스마트폰\n카페 => 다방\n")
    tuning = read(words, synonyms)
    assert tuning.words == (("세종시", "세종", "시"), ("flask",))
    assert tuning.synonyms == {
        "카페": ("커피숍", "café", "다방"),
        "커피숍": ("카페", "café"),
        "café": ("카페", "커피숍"),
        "폰": ("휴대폰", "스마트폰"),
    }
    assert Tuning.from_json(tuning.as_json()) == tuning


def test_site_without_files_adds_nothing() -> None:
    assert read(None, None) == read("", "") == Tuning() == Tuning.from_json({})


@pytest.mark.parametrize("line", ["카페", "카페,", ", ,", "=> 휴대폰", "폰 =>", "카페 =>  # later"])
def test_line_of_synonyms_that_says_nothing_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    path = file(tmp_path, "synonyms", f"# Ours\n하나, 둘\n{line}\n")
    with pytest.raises(BadTuning) as refused:
        read(None, path)
    assert str(refused.value) == f"{path}:3: write 카페, 커피숍 or 폰 => 휴대폰"


def test_parts_that_do_not_make_the_word_are_refused_with_their_place(tmp_path: Path) -> None:
    path = file(tmp_path, "words", "세종시 세종 구\n")
    with pytest.raises(BadTuning) as refused:
        read(path, None)
    assert str(refused.value).startswith(f"{path}:1: the parts 세종 + 구 do not make 세종시.")


def test_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xfa")
    for path in (tmp_path / "missing", tmp_path / "bytes", tmp_path):
        with pytest.raises(BadTuning) as refused:
            read(str(path), None)
        assert str(refused.value).startswith(f"{path} cannot be read as UTF-8 text")


def test_word_that_normalises_to_nothing_is_refused_with_its_place(tmp_path: Path) -> None:
    path = file(tmp_path, "words", "바다\nhttps://example.com\n")
    with pytest.raises(BadTuning) as refused:
        read(path, None)
    assert str(refused.value).startswith(f"{path}:2")
