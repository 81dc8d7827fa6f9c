"""The reference for people: complete, in the reader's language, and safe to open."""

import re
from html import unescape
from typing import Any

from flask import Flask

from app.api.reference.description import read
from app.api.reference.outline import Outline
from app.api.reference.words import NAMES
from tests.api.test_document import described
from tests.cast import Cast, Visitor

KOREAN = {"Accept-Language": "ko"}
ENGLISH = {"Accept-Language": "en"}


def opened(visitor: Visitor, **headers: str) -> str:
    """Returns the page as it is sent."""
    return visitor.get("/api/docs", headers=headers or KOREAN).text


def test_every_operation_stands_on_the_page_in_english_and_marked_so(app: Flask, stranger: Visitor) -> None:
    page = unescape(opened(stranger)).replace("<wbr>", "")
    for path, methods in described(app)["paths"].items():
        for method in methods.keys() - {"parameters"}:
            assert f"{method.upper()}</span> <code>{path}</code></a></h3>" in page
            assert f'<p lang="en">{methods[method]["summary"]}</p>' in page


def test_every_jump_leads_to_one_place(stranger: Visitor) -> None:
    page = opened(stranger)
    ids = re.findall(r'\bid="([^"]+)"', page)
    jumps = set(re.findall(r'href="#([^"]+)"', page))
    assert len(jumps) > 30
    assert jumps <= set(ids) and len(ids) == len(set(ids))
    regions = re.findall(r'role="region" aria-label="([^"]+)"', page)
    assert len(regions) == len(set(regions)), "Landmarks are told apart by their names."


def test_our_words_are_in_the_readers_language(stranger: Visitor) -> None:
    korean, english = stranger.get("/api/docs", headers=KOREAN), stranger.get("/api/docs", headers=ENGLISH)
    assert '<html lang="ko"' in korean.text and "어디서나 지켜지는 규칙" in korean.text
    assert '<html lang="en"' in english.text and "Rules that hold everywhere" in english.text
    assert {"Accept-Language", "Cookie"} <= korean.vary.as_set(preserve_casing=True)
    assert (
        korean.headers["Cache-Control"] == stranger.get("/explore", headers=KOREAN).headers["Cache-Control"]
    )


def test_first_lines_name_the_sites_own_address_whatever_host_was_asked(app: Flask) -> None:
    page = app.test_client().get("/api/docs", headers={"Host": "evil.example"}).text
    assert f"curl -su bada {app.config['EXTERNAL_URL']}/api/tokens" in page
    assert "evil.example" not in page


def test_page_runs_nothing_and_loads_nothing_of_its_own(stranger: Visitor) -> None:
    answer = stranger.get("/api/docs")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    loaded = re.findall(r'<(?:script|link|img)\b[^>]*(?:src|href)="([^"]+)"', answer.text)
    assert all(address.startswith(("/static/", "/bootstrap/")) for address in loaded)
    article = answer.text[answer.text.index('class="ref"') : answer.text.index("</main>")]
    assert not re.search(r"<script|<style|<img|\sstyle=|\son\w+=", article)


def test_member_sees_the_same_operations_and_their_own_name(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다")
    mine, theirs = opened(bada), opened(stranger)
    assert "@바다" in mine and "/settings/tokens" in mine and "/settings/tokens" not in theirs
    start = '<section class="sheet ref-group"'
    assert (
        mine[mine.index(start) : mine.rindex("ref-op")]
        == theirs[theirs.index(start) : theirs.rindex("ref-op")]
    )
    assert "/api/docs" in bada.get("/settings/tokens").text


def test_outline_is_made_once_for_all_requests(app: Flask, stranger: Visitor) -> None:
    opened(stranger)
    made = app.extensions["reference"]
    opened(stranger)
    assert app.extensions["reference"] is made


def test_page_describes_programs_and_is_no_part_of_what_they_use(app: Flask, stranger: Visitor) -> None:
    assert "/api/docs" not in described(app)["paths"]
    for method, path, status in (("POST", "/api/docs", 405), ("GET", "/api/docs/none", 404)):
        answer = stranger.client.open(path, method=method, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert stranger.client.head("/api/docs").status_code == 200


SCHEMAS: dict[str, Any] = {
    "Leaf": {
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {"type": "string", "enum": ["a", "b"], "default": "a"},
            "leaves": {"type": "array", "items": {"$ref": "#/components/schemas/Leaf"}},
            "near": {"anyOf": [{"$ref": "#/components/schemas/Leaf"}, {"type": "null"}]},
        },
    },
    "Tree": {
        "type": "object",
        "properties": {
            "leaf": {"allOf": [{"$ref": "#/components/schemas/Leaf"}], "description": "The first."},
            "sizes": {"type": "array", "items": {"type": ["integer", "null"], "minimum": 0}, "maxItems": 3},
        },
        "example": {"leaf": {"kind": "잎"}},
    },
}


def sample(tags: tuple[str, ...] = (), **changes: Any) -> Outline:
    """Returns the outline of a small description, whose operations carry these tags in turn."""
    answers = {
        "200": {
            "description": "OK",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}},
        },
        "404": {"description": "Gone.", "content": {"application/problem+json": {"schema": {}}}},
    }
    paths: dict[str, Any] = {}
    for number, path in enumerate(("/api", "/api/trees", "/api/trees/{id}", "/api/woods")):
        told = {
            "summary": "Look.",
            "responses": answers,
            **({"tags": [tags[number]]} if tags else {}),
            **changes,
        }
        paths[path] = {"get": told}
    return read(
        {
            "info": {"version": "1"},
            "paths": paths,
            "tags": [{"name": "wood", "description": "Many trees."}, {"name": "unused"}],
            "components": {"schemas": SCHEMAS},
        }
    )


def test_operations_are_grouped_by_tag_else_by_what_the_address_begins_with() -> None:
    def shape(found: Outline) -> list[tuple[str, str, int]]:
        return [(group.name, group.description, len(group.operations)) for group in found.groups]

    by_address = [("", "", 1), ("trees", "", 2), ("woods", "", 1)]
    assert shape(sample()) == by_address
    assert shape(sample(("api",) * 4)) == by_address
    assert shape(sample(("tree", "tree", "tree", "wood"))) == [("wood", "Many trees.", 1), ("tree", "", 3)]


def test_schema_is_told_with_what_it_refers_to_and_never_inside_itself() -> None:
    (answer,) = sample().groups[0].operations[0].success
    assert answer.content and answer.content.type == "Tree"
    leaf, sizes = answer.content.fields
    assert (leaf.shape.type, leaf.description, sizes.shape.type) == (
        "Leaf",
        "The first.",
        "(integer | null)[]",
    )
    kind, leaves, near = leaf.shape.fields
    assert kind.is_required and kind.shape.limits == {"enum": ["a", "b"], "default": "a"}
    assert (leaves.shape.type, leaves.shape.fields, near.shape.type) == ("Leaf[]", (), "Leaf | null")
    assert sizes.shape.limits == {"maxItems": 3}


def test_schema_is_unfolded_where_it_comes_first() -> None:
    first, *others = [operation for group in sample().groups for operation in group.operations]
    assert first.success[0].content and first.success[0].content.is_first
    assert not any(other.success[0].content and other.success[0].content.is_first for other in others)


def test_examples_come_from_wherever_the_description_has_them() -> None:
    def texts(**media: Any) -> list[tuple[str, str]]:
        content = {"application/json": {"schema": {"type": "integer"}, **media}}
        (answer,) = sample(responses={"200": {"content": content}}).groups[0].operations[0].success
        assert answer.content
        return [(example.title, example.text) for example in answer.content.examples]

    assert texts() == []
    assert texts(example={"a": "나"}) == [("", '{\n  "a": "나"\n}')]
    assert texts(schema={"type": "integer", "examples": [3]}) == [("", "3")]
    assert texts(examples={"one": {"value": 1}, "two": {"summary": "Two", "value": 2}}) == [
        ("one", "1"),
        ("Two", "2"),
    ]
    assert texts(schema={"$ref": "#/components/schemas/Tree"}) == [
        ("", '{\n  "leaf": {\n    "kind": "잎"\n  }\n}')
    ]


def test_what_is_sent_is_told_with_its_place() -> None:
    parameters = [
        {"in": "header", "name": "If-Match", "required": True, "description": "Seen.", "schema": {}}
    ]
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Leaf"}}}}
    operation = sample(parameters=parameters, requestBody=body, deprecated=True).groups[0].operations[0]
    (parameter,) = operation.parameters
    assert (parameter.place, parameter.field.description, parameter.field.is_required) == (
        "header",
        "Seen.",
        True,
    )
    assert operation.body and operation.body.type == "Leaf" and operation.is_deprecated
    assert [answer.status for answer in operation.refusals] == ["404"]


def test_every_group_has_a_name_in_the_readers_language(app: Flask) -> None:
    operations = [
        one for path in described(app)["paths"].values() for one in path.values() if isinstance(one, dict)
    ]
    groups = {tag for operation in operations for tag in operation.get("tags", ())}
    assert {"blocks", "mutes"} <= groups <= set(NAMES)
