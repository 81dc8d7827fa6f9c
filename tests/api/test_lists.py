"""Every list, whatever it holds: its envelope, its links in body and header, its pages, its counting, its refusals."""

import itertools
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.api.conftest import Connect, Program
from tests.api.test_document import described
from tests.api.test_paging import header
from tests.cast import Cast

Lists = tuple[Program, list[str]]
SEVERAL = 3
WRONG = [
    *(("per_page", value) for value in ("0", "101", "-1", "1.5", "", "many", "1e1", "1_0", "9" * 30)),
    *(("cursor", value) for value in ("", "!", "MQ", "x" * 3000)),
    ("total", "perhaps"),
    ("anything", "%00"),
]


def templates(app: Flask) -> Iterator[str]:
    """Yields the path of every operation that answers with pages."""
    for path, methods in described(app)["paths"].items():
        names = {parameter["name"] for parameter in methods.get("get", {}).get("parameters", ())}
        if "cursor" in names:
            yield path


@pytest.fixture
def lists(app: Flask, cast: Cast, connect: Connect) -> Lists:
    """A member's program, and the address of every list, each with several items."""
    bada = cast.member("바다")
    others = [cast.member(f"바다{number}") for number in range(SEVERAL)]
    top = cast.post(bada, "첫 글 #산책")
    for number, other in enumerate(others):
        post = cast.post(bada, f"{number}째 산책 #산책 #산책{number}")
        cast.post(other, "답글", parent=top)
        bada.post(f"/posts/{post}/like")
        other.post(f"/posts/{top}/like")
        other.post("/@바다/follow")
        bada.post(f"/@{other.username}/follow")
        silenced = cast.member(f"남{number}")
        for deed in ("block", "mute"):
            bada.post(f"/@{silenced.username}/{deed}")
        connect(bada)
        cast.message(other, bada)
        cast.message(others[0], bada)
        bada.post("/settings/exports")
        bada.letters()
    words = {"posts": "?q=산책", "users": "?q=바다", "tags": "?q=산책"}
    found = []
    for path in templates(app):
        path = path.replace("{who}", "바다0") if "/messages/" in path else path
        query = words[path.rpartition("/")[2]] if "/search/" in path else ""
        found.append(
            path.replace("{id}", str(top)).replace("{who}", "바다").replace("{name}", "산책") + query
        )
    assert len(found) == 21
    return connect(bada), found


def asked(path: str, **more: object) -> str:
    """Returns an address with more parameters."""
    query = "&".join(f"{name}={value}" for name, value in more.items())
    return f"{path}{'&' if '?' in path else '?'}{query}"


def test_envelope_is_one_and_its_links_stand_in_the_head_too(lists: Lists) -> None:
    program, paths = lists
    for path in paths:
        answer = program.get(path)
        body = answer.json
        assert answer.status_code == 200 and len(body["items"]) >= SEVERAL, path
        assert set(body) == {"items", "_links", "_meta"} and body["_meta"]["per_page"] == 20, path
        assert set(body["_links"]) == {"self", "first", "prev", "next"}, path
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
