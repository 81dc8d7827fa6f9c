"""The schemas of the interface's description, with what they refer to in its place."""

from dataclasses import dataclass, field
from typing import Any

LIMITS = (
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "enum",
    "default",
)
UNIONS = ("anyOf", "oneOf")


@dataclass(frozen=True)
class Shape:
    """What a value may be.

    Attributes:
        type: in short: ``string``, ``integer | null``, ``PostShown[]``.
        format: what kind of text it is, such as ``date-time``.
        fields: the parts of an object, or of each object of a list.
        limits: the schema's own words for what is allowed (``LIMITS``).
    """

    type: str
    format: str = ""
    fields: tuple["Field", ...] = ()
    limits: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """A part of an object, or a parameter."""

    name: str
    shape: Shape
    description: str
    is_required: bool
    is_deprecated: bool


class Shapes:
    """Reads schemas.

    Args:
        document: the description that they stand in.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def knows(self, name: str) -> bool:
        """Whether the description has a schema of this name."""
        return name in self._document.get("components", {}).get("schemas", {})

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """Returns what a node refers to, with what it says itself on top; other nodes as they are."""
        while "$ref" in node:
            target: Any = self._document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = {**target, **{word: value for word, value in node.items() if word != "$ref"}}
        return node

    def field(
        self, name: str, schema: dict[str, Any], is_required: bool, above: tuple[str, ...] = ()
    ) -> Field:
        """Returns a named value."""
        told = self.resolve(schema)
        shape = self.of(schema, above)
        return Field(name, shape, told.get("description", ""), is_required, told.get("deprecated", False))

    def of(self, schema: dict[str, Any], above: tuple[str, ...] = ()) -> Shape:
        """Returns what a schema allows.

        Args:
            schema: it, or a reference to it.
            above: the schemas that it stands in; one that holds itself is not told again.
        """
        if len(schema.get("allOf", ())) == 1:
            schema = {**schema["allOf"][0], **{word: schema[word] for word in schema if word != "allOf"}}
        name = schema["$ref"].rpartition("/")[2] if "$ref" in schema else ""
        told = self.resolve(schema)
        limits = {word: told[word] for word in LIMITS if word in told}
        for word in UNIONS:
            if word in told:
                return self._union([self.of(part, above) for part in told[word]], limits)
        if told.get("type") == "array":
            return self._list(self.of(told.get("items", {}), above), limits)
        if name in above:
            return Shape(name)
        inside = (*above, name) if name else above
        fields = tuple(
            self.field(part, inner, part in told.get("required", ()), inside)
            for part, inner in told.get("properties", {}).items()
        )
        kinds = told.get("type", "object" if fields else "any")
        type_ = name if fields and name else " | ".join([kinds] if isinstance(kinds, str) else kinds)
        return Shape(type_, told.get("format", ""), fields, limits)

    def _union(self, shapes: list[Shape], limits: dict[str, Any]) -> Shape:
        first = next((shape for shape in shapes if shape.fields), shapes[0])
        type_ = " | ".join(shape.type for shape in shapes)
        return Shape(type_, first.format, first.fields, {**first.limits, **limits})

    def _list(self, item: Shape, limits: dict[str, Any]) -> Shape:
        inner = {word: value for word, value in item.limits.items() if word in ("enum", "pattern")}
        type_ = f"({item.type})[]" if "|" in item.type else f"{item.type}[]"
        return Shape(type_, item.format, item.fields, {**inner, **limits})
