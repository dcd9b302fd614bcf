"""The API's own description (OpenAPI) in words, for the page that people read."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator

Node = Mapping[str, Any]


def description() -> dict[str, Any]:
    """The API's description (OpenAPI) in the present language; made once a process."""
    return _description(get_language() or "")


@lru_cache(maxsize=4)
def _description(_language: str) -> dict[str, Any]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    # Its words come late: said now, in this language.
    found: dict[str, Any] = json.loads(json.dumps(schema, default=str))
    return found


def endpoints() -> list[dict[str, Any]]:
    """Each address that can be asked, in the present language: dicts anchor, method, path, title, description,
    parameters, body and answer (fields as dicts name, type, required, description), asked and example as JSON."""
    schema = description()
    return [
        _endpoint(schema, path, method, operation)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]


def _endpoint(schema: Node, path: str, method: str, operation: Node) -> dict[str, Any]:
    body = _content(operation.get("requestBody", {}))
    answer = _content(operation["responses"]["200"])
    return {
        "anchor": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "title": operation.get("summary", path),
        "description": operation.get("description", ""),
        "parameters": [_parameter(schema, each) for each in operation.get("parameters", [])],
        "body": list(_fields(schema, body.get("schema", {}))),
        "asked": _example(body),
        "answer": list(_fields(schema, answer.get("schema", {}))),
        "example": _example(answer),
    }


def _content(message: Node) -> Node:
    """What is sent or answered as JSON."""
    found: Node = message.get("content", {}).get("application/json", {})
    return found


def _example(content: Node) -> str:
    values = [each["value"] for each in content.get("examples", {}).values()]
    return json.dumps(values[0], ensure_ascii=False, indent=2) if values else ""


def _parameter(schema: Node, parameter: Node) -> dict[str, Any]:
    return {
        "name": parameter["name"],
        "type": _type(schema, parameter["schema"]),
        "required": parameter.get("required", False),
        "description": parameter.get("description", ""),
    }


def _fields(schema: Node, node: Node, within: str = "") -> Iterator[dict[str, Any]]:
    """The fields of an object, those of the objects in it below them: `figures[].rate`."""
    node = _resolved(schema, node)
    if node.get("type") == "array":
        yield from _fields(schema, node["items"], f"{within}[]" if within else "")
        return
    required = node.get("required", [])
    for name, field in node.get("properties", {}).items():
        inner = _resolved(schema, field)
        place = f"{within}.{name}" if within else name
        yield {
            "name": place,
            "type": _type(schema, field),
            "required": name in required,
            "description": field.get("description", ""),
        }
        if inner.get("type") == "array":
            yield from _fields(schema, inner, place)


def _resolved(schema: Node, node: Node) -> Node:
    """The node itself, or what it refers to."""
    if "allOf" in node:
        node = node["allOf"][0]
    if "$ref" not in node:
        return node
    found: Node = schema["components"]["schemas"][node["$ref"].rsplit("/", 1)[-1]]
    return found


def _type(schema: Node, node: Node) -> str:
    """A field's type in words."""
    found = _resolved(schema, node)
    words = {
        "string": _("text"),
        "integer": _("whole number"),
        "boolean": _("yes or no (true, false)"),
        "array": _("list"),
        "object": _("object"),
    }
    formats = {
        "date": _("day, like 2018-10-31"),
        "date-time": _("time, like 2018-10-31T08:00:00+08:00"),
        "decimal": _("number as text, like 35.00"),
        "uri": _("web address, text"),
    }
    said = formats.get(found.get("format", "")) or words.get(found.get("type", ""), _("text"))
    if "enum" in found:
        said = _(", ").join(str(value) for value in found["enum"] if value)
    return _("{type}, or null").format(type=said) if node.get("nullable") else said
