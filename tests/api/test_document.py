"""The interface's description: committed as it is generated, complete, and true to the routes."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from apispec import APISpec
from flask import Flask
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from app.api.document import Fault
from app.api.schemas import Requests, Schemas
from tests.api.conftest import Connect
from tests.cast import Cast
from tests.rules.tree import ROOT


def described(app: Flask) -> dict[str, Any]:
    """Returns the description as it is served."""
    answer: Any = app.test_client().get("/api/openapi.json")
    document: dict[str, Any] = answer.json
    return document


def test_committed_description_is_what_the_code_says(app: Flask) -> None:
    kept = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    assert kept == described(app), "Write it anew: flask openapi write --format=json docs/openapi.json"


def test_every_operation_is_summed_up_secured_and_tells_of_refusals(app: Flask) -> None:
    document = described(app)
    assert document["openapi"] == "3.1.0"
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            assert operation["summary"], (path, method)
            assert "default" in operation["responses"], (path, method)
            if method != "get":
                assert operation["security"], (path, method)
    problem = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert set(problem) == {"application/problem+json"}


def test_every_route_is_described(app: Flask) -> None:
    paths = described(app)["paths"]
    routes = {
        (re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())
    }
    assert routes == {
        (path, method.upper())
        for path, methods in paths.items()
        for method in methods
        if method != "parameters"
    }


def each_operation(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields every operation with its method and path."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yields every object in a part of a document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def named_in(document: dict[str, Any], part: Any) -> set[str]:
    """Returns the names of the schemas that a part refers to, and of those inside them."""
    found: set[tuple[str, str]] = set()
    waiting = [part]
    while waiting:
        for node in nodes(waiting.pop()):
            kind, _, name = str(node.get("$ref", "")).removeprefix("#/components/").partition("/")
            if name and (kind, name) not in found:
                found.add((kind, name))
                waiting.append(document["components"][kind][name])
    return {name for kind, name in found if kind == "schemas"}


def is_described(told: dict[str, Any]) -> bool:
    """Whether a property says what it is, itself or by the schema that it refers to."""
    return bool(told.get("description")) or any("$ref" in node for node in (told, *told.get("anyOf", ())))


def test_everything_is_described(app: Flask) -> None:
    document = described(app)
    assert document["info"]["license"] == {"name": "MIT", "identifier": "MIT"}
    assert document["servers"] and document["info"]["contact"] and document["info"]["description"]
    for name, schema in document["components"]["schemas"].items():
        assert schema["description"], name
        silent = [part for part, told in schema["properties"].items() if not is_described(told)]
        assert not silent, f"Describe {silent} of {name}, or give the name a line in app/api/schemas.py."
    declared = {tag["name"] for tag in document["tags"] if tag["description"]}
    for name, operation in each_operation(document):
        assert operation["summary"] and operation["description"], name
        assert set(operation["tags"]) <= declared, name
    for node in nodes(document["paths"]):
        assert "in" not in node or "name" not in node or node.get("description"), node


def test_names_are_those_of_functions_and_types(app: Flask) -> None:
    document = described(app)
    ids = [operation["operationId"] for _, operation in each_operation(document)]
    assert len(ids) == len(set(ids))
    assert not [id for id in ids if not re.fullmatch(r"[a-z]+(_[a-z]+)+", id)], "A verb and a noun."
    # Go's generators make New… and Nullable… of every schema; those of security schemes are types as well.
    names = set(document["components"]["schemas"])
    made = {f"{before}{name}" for name in names for before in ("New", "Nullable")}
    made |= {name.capitalize() for name in document["components"]["securitySchemes"]}
    assert not names & made


def test_requests_are_closed_and_answers_open(app: Flask) -> None:
    document = described(app)
    schemas = document["components"]["schemas"]
    operations = [operation for _, operation in each_operation(document)]
    asked = named_in(document, [operation.get("requestBody") for operation in operations])
    answered = named_in(document, [operation["responses"] for operation in operations])
    assert not asked & answered and asked | answered == set(schemas), "Nothing stands there for nothing."
    assert {name for name in schemas if schemas[name].get("additionalProperties") is False} == asked
    for name in asked:  # Generators take a property with a default for one that must be sent.
        assert not [part for part, told in schemas[name]["properties"].items() if "default" in told], name


def test_whole_numbers_and_moments_have_one_form(app: Flask) -> None:
    document = described(app)
    for node in nodes({key: document[key] for key in ("paths", "components")}):
        if node.get("type") == "integer" or node.get("type") == ["integer", "null"]:
            assert node["format"] == "int64", node
        for key, value in node.items():
            if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
                assert value.endswith("Z"), (key, value)


def test_description_is_valid_openapi(app: Flask) -> None:
    document = described(app)
    validate(document)
    with pytest.raises(OpenAPIValidationError):
        validate({**document, "paths": []})


def test_schema_of_both_a_request_and_an_answer_is_refused() -> None:
    spec = APISpec("-", "1", "3.1.0", plugins=[Schemas(), Requests()])
    body = {"content": {"application/json": {"schema": Fault}}}
    with pytest.raises(TypeError, match="Fault"):
        spec.path("/x", operations={"put": {"requestBody": body, "responses": {"200": body}}})


def test_moments_of_answers_end_in_z(cast: Cast, connect: Connect) -> None:
    bada = cast.member("바다")
    cast.post(bada, "글")
    program = connect(bada)
    for path in ("/api/posts", "/api/me", "/api/users", "/api/tokens"):
        moments = re.findall(r'"\w+_at":\s*"([^"]*)"', program.get(path).text)
        assert moments, path
        for moment in moments:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", moment), (path, moment)
