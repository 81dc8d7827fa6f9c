"""The interface's description: committed as it is generated, complete, and true to the routes."""

import json
import re
from typing import Any

from flask import Flask

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
