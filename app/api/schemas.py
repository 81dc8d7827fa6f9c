"""The schemas of the description: open in answers, closed in requests, and described in full."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from apispec import APISpec, BasePlugin
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask_smorest.spec.plugins import FlaskPlugin
from marshmallow import fields

REF = "#/components/schemas/"
SAID = {
    "id": "The id. It never changes.",
    "created_at": "When it was created.",
    "username": "The unique name, without @.",
    "display_name": "The name that is shown; may be empty.",
    "about_me": "What the member writes about themselves.",
    "location": "Where the member is, in their own words.",
    "link": "The member's web page; may be empty.",
    "post_count": "Number of posts and replies.",
    "follower_count": "Number of members who follow this one.",
    "following_count": "Number of members whom this one follows.",
    "like_count": "Number of likes.",
    "reply_count": "Number of direct replies.",
    "per_page": "Maximum number of items on a page.",
    "items": "The items of this page, in order.",
}
"""By the name of a field: what it is, where the field does not say it itself."""
WHO = "The id or the username of a member."
PLACES = {"target": "The language to translate into.", "name": "A hashtag, without #.", "who": WHO}
"""By the name of a parameter of a path: what it is."""
ID = "The id of the {}."


class Converter(OpenAPIConverter):
    """Makes JSON Schema of marshmallow's schemas, which allow additional properties until a request uses them."""

    field_mapping = OpenAPIConverter.field_mapping | {fields.Integer: ("integer", "int64")}

    def init_attribute_functions(self) -> None:
        """Adds descriptions."""
        super().init_attribute_functions()
        self.add_attribute_function(describe)

    def schema2jsonschema(self, schema: Any) -> dict[str, Any]:
        """Returns a schema with its description, open."""
        told: dict[str, Any] = super().schema2jsonschema(schema)
        told.pop("additionalProperties", None)
        written = inspect.cleandoc(vars(type(schema)).get("__doc__") or "")
        return {"description": " ".join(written.split()), **told} if written else told


def describe(_converter: Any, field: fields.Field[Any], **_options: Any) -> dict[str, str]:
    """Returns the description of a field that has none of its own."""
    is_item = isinstance(field.parent, fields.List)  # It is described by the list.
    if is_item or isinstance(field, fields.Nested) or "description" in field.metadata:
        return {}
    name = field.data_key or field.name
    return {"description": SAID[name]} if name in SAID else {}


class Schemas(MarshmallowPlugin):
    """apispec's plugin for marshmallow, with our converter."""

    Converter = Converter


class Paths(FlaskPlugin):
    """flask-smorest's plugin for Flask's rules, which also describes the parameters of paths."""

    def rule_to_params(self, rule: Any) -> list[dict[str, Any]]:
        """Returns the parameters of a path."""
        parameters: list[dict[str, Any]] = super().rule_to_params(rule)
        for parameter in parameters:
            name = parameter["name"]
            kind = re.findall(rf"/(\w+)/<(?:\w+:)?{name}>", rule.rule)
            parameter["description"] = PLACES.get(name) or ID.format(kind[0].removesuffix("s"))
            if parameter["schema"]["type"] == "integer":
                parameter["schema"]["format"] = "int64"
        return parameters


class Requests(BasePlugin):
    """Closes the schemas of requests, and takes their defaults into words.

    Answers stay open, so that a later version may add a property. Generators make a property required that has a
    default; in a request it may be left out.
    """

    def init_spec(self, spec: APISpec) -> None:
        """Keeps the description whose schemas are changed."""
        self._schemas = spec.components.schemas
        self._answered: set[str] = set()

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **_options: Any
    ) -> None:
        """Closes what the operations of a path take.

        Raises:
            TypeError: a schema is used by a request and by an answer.
        """
        for operation in (operations or {}).values():
            self._answered |= set(self._named(operation["responses"]))
            for name in self._named(operation.get("requestBody", {})):
                self._schemas[name]["additionalProperties"] = False
                for told in self._schemas[name]["properties"].values():
                    _say_default(told)
        closed = {name for name in self._answered if "additionalProperties" in self._schemas[name]}
        if closed:
            raise TypeError(f"Requests and answers each need a schema of their own: {closed}, in {path}.")

    def _named(self, node: Any, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """Yields the names of the schemas that something refers to, and those inside them."""
        if isinstance(node, list):
            for inner in node:
                yield from self._named(inner, seen)
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix(REF)
            if name in self._schemas and name not in seen:
                yield name
                yield from self._named(self._schemas[name], seen | {name})
            yield from self._named(list(node.values()), seen)


def _say_default(told: dict[str, Any]) -> None:
    if "default" not in told:
        return
    value = told.pop("default")
    if value is not None:
        shown = ", ".join(value) if isinstance(value, list) else value
        told["description"] = f"{told.get('description', '')} Default: {shown}.".strip()
