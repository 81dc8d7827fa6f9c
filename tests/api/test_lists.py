"""Every list, whatever it holds: its envelope, its links in body and header, its pages, its counting, its refusals."""

import itertools

import pytest

from tests.api.conftest import SEVERAL, Lists, asked
from tests.api.test_paging import header

WRONG = [
    *(("per_page", value) for value in ("0", "101", "-1", "1.5", "", "many", "1e1", "1_0", "9" * 30)),
    *(("cursor", value) for value in ("", "!", "MQ", "x" * 3000)),
    ("total", "perhaps"),
    ("anything", "%00"),
]


def test_envelope_is_one_and_its_links_stand_in_the_head_too(lists: Lists) -> None:
    program, paths = lists
    for path in paths:
        answer = program.get(path)
        body = answer.json
        assert answer.status_code == 200 and len(body["items"]) >= SEVERAL, path
        assert set(body) == {"items", "_links", "_meta"} and body["_meta"]["per_page"] == 20, path
        newer = set() if "/search/" in path else {"newer"}
        assert set(body["_links"]) == {"self", "first", "prev", "next"} | newer, path
        assert header(answer) == {name: link for name, link in body["_links"].items() if link}, path
        assert all("self" in item["_links"] for item in body["items"]), path


def test_pages_lead_on_and_back_without_repeating(lists: Lists) -> None:
    program, paths = lists
    for path in paths:
        whole = [item["_links"]["self"] for item in program.get(asked(path, per_page=100)).json["items"]]
        forth, back, link = [], [], asked(path, per_page=1)
        while link:
            page = program.get(link).json
            forth += [item["_links"]["self"] for item in page["items"]]
            last, link = page, page["_links"]["next"]
        assert forth == whole and len(set(whole)) == len(whole), path
        link = last["_links"]["self"]
        while link:
            page = program.get(link).json
            back += [item["_links"]["self"] for item in page["items"]]
            link = page["_links"]["prev"]
        assert back == whole[::-1], path
        assert program.get(page["_links"]["first"]).json["items"] == page["items"], path


def test_items_are_counted_only_when_that_is_asked_for(lists: Lists) -> None:
    program, paths = lists
    for path in paths:
        assert "total" not in program.get(path).json["_meta"], path
        counted = program.get(asked(path, total="true", per_page=1)).json
        whole = program.get(asked(path, per_page=100)).json["items"]
        assert counted["_meta"]["total"] == len(whole), path


def test_wrong_parameter_is_named_and_never_mended(lists: Lists) -> None:
    program, paths = lists
    for path, (name, value) in itertools.product(paths, WRONG):
        answer = program.get(asked(path, **{name: value}))
        assert answer.status_code == 400 and answer.content_type == "application/problem+json", (path, value)
        assert [fault["parameter"] for fault in answer.json["errors"]] == [name], (path, value)


@pytest.mark.parametrize("per_page", [1, 100])
def test_bounds_of_a_page_are_kept(lists: Lists, per_page: int) -> None:
    program, paths = lists
    for path in paths:
        body = program.get(asked(path, per_page=per_page)).json
        assert body["_meta"]["per_page"] == per_page and len(body["items"]) <= per_page, path
