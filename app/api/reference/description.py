"""Reads the interface's description (OpenAPI 3.1) into the outline of a page."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from app.api.reference.outline import Answer, Content, Example, Group, Operation, Outline, Parameter
from app.api.reference.shapes import Shapes

METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = "application/problem+json"


def read(document: dict[str, Any]) -> Outline:
    """Returns what a page shows of an OpenAPI document (3.1)."""
    shapes = Shapes(document)
    operations = list(_operations(document, shapes))
    problem = shapes.of({"$ref": "#/components/schemas/Problem"}).fields if shapes.knows("Problem") else ()
    return Outline(document["info"]["version"], problem, _folded(_groups(document, operations)))


def _operations(document: dict[str, Any], shapes: Shapes) -> Iterator[tuple[str, Operation]]:
    """Yields the operations and the first tag of each, an address' reading before its writing."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                told = item[method]
                shared = item.get("parameters", [])
                yield next(iter(told.get("tags", ())), ""), _operation(method, path, shared, told, shapes)


def _operation(
    method: str, path: str, shared: list[dict[str, Any]], told: dict[str, Any], shapes: Shapes
) -> Operation:
    parameters = [
        _parameter(shapes.resolve(given), shapes) for given in (*shared, *told.get("parameters", ()))
    ]
    body = shapes.resolve(told.get("requestBody", {}))
    return Operation(
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        description=told.get("description", ""),
        security=tuple(told.get("security", ())),
        parameters=tuple(parameters),
        body=_content(body, shapes),
        answers=tuple(
            _answer(str(status), shapes.resolve(answer), shapes)
            for status, answer in sorted(told["responses"].items(), key=lambda pair: str(pair[0]))
        ),
        is_deprecated=told.get("deprecated", False),
    )


def _parameter(given: dict[str, Any], shapes: Shapes) -> Parameter:
    field = shapes.field(given["name"], given.get("schema", {}), given.get("required", False))
    return Parameter(given["in"], replace(field, description=given.get("description", field.description)))


def _answer(status: str, told: dict[str, Any], shapes: Shapes) -> Answer:
    headers = {
        name: {"schema": {"type": "string"}, **shapes.resolve(header), "name": name, "in": "header"}
        for name, header in told.get("headers", {}).items()
    }
    return Answer(
        status,
        told.get("description", ""),
        _content(told, shapes),
        tuple(_parameter(header, shapes).field for header in headers.values()),
    )


def _content(told: dict[str, Any], shapes: Shapes) -> Content | None:
    """Returns a body's content; a problem's is told once for all, and not here."""
    for kind, media in told.get("content", {}).items():
        if kind != PROBLEM:
            shape = shapes.of(media.get("schema", {}))
            return Content(shape.type, shape.fields, tuple(_examples(media, shapes)))
    return None


def _examples(media: dict[str, Any], shapes: Shapes) -> Iterator[Example]:
    schema = shapes.resolve(media.get("schema", {}))
    if "examples" in media:
        named = [(name, shapes.resolve(example)) for name, example in media["examples"].items()]
        values = [(example.get("summary", name), example.get("value")) for name, example in named]
    elif "example" in media or "example" in schema:
        values = [("", media.get("example", schema.get("example")))]
    else:
        values = [("", value) for value in schema.get("examples", ())]
    for title, value in values:
        text = json.dumps(value, ensure_ascii=False, indent=2)
        yield Example(title if len(values) > 1 else "", text)


def _groups(document: dict[str, Any], operations: Iterable[tuple[str, Operation]]) -> tuple[Group, ...]:
    """Returns the operations by their tags, or by what follows ``/api/`` where all have the same tag, or none."""
    operations = list(operations)
    tells = len({tag for tag, _ in operations}) > 1
    told = {tag["name"]: tag.get("description", "") for tag in document.get("tags", ())} if tells else {}
    found: dict[str, list[Operation]] = {name: [] for name in told}
    for tag, operation in operations:
        name = tag if tells and tag else operation.short_path.split("/")[1]
        found.setdefault(name, []).append(operation)
    return tuple(Group(name, told.get(name, ""), tuple(all_)) for name, all_ in found.items() if all_)


def _folded(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Returns the groups with every schema marked that has been told further up."""
    seen: set[str] = set()

    def marked(content: Content | None) -> Content | None:
        if content is None:
            return None
        is_first = content.type not in seen
        seen.add(content.type)
        return replace(content, is_first=is_first)

    def told(operation: Operation) -> Operation:
        body = marked(operation.body)
        answers = tuple(replace(answer, content=marked(answer.content)) for answer in operation.answers)
        return replace(operation, body=body, answers=answers)

    return tuple(
        replace(group, operations=tuple(told(operation) for operation in group.operations))
        for group in groups
    )
