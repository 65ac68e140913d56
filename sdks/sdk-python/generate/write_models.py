"""Writes models.py: a dataclass for each object that is sent or answered."""

from __future__ import annotations

import textwrap
from typing import Any, Dict, List

from read_openapi import INLINE_NAMES, name_of, read_operations, without_null

HEAD = '''"""Generated from openapi.json by generate/generate.py: the objects of the API. Do not edit.

Requests are ``…Request``; the others are answers. Amounts are integers in minor units (yen, cents), times are
RFC 3339 in UTC. What is None was not there. Values that are listed as "one of" may get new ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, List, Optional

from .records import Record, record

__all__ = [
{names}
]
'''

PLAIN = {"string": "str", "integer": "int", "boolean": "bool", "number": "float"}


class Models:
    """Collects the dataclasses, those that stand inside others before them."""

    def __init__(self, openapi: Dict[str, Any]) -> None:
        self.schemas = openapi["components"]["schemas"]
        self.texts: Dict[str, str] = {}
        for operation in read_operations(openapi):
            if operation.request_class is not None and operation.body is not None:
                about = f"What ``{operation.method}`` sends."
                self.add(operation.request_class, operation.body, about, is_request=True)
            if operation.operation_id in INLINE_NAMES:
                found = openapi["paths"][operation.path][operation.verb.lower()]["responses"]["200"]
                schema = found["content"]["application/json"]["schema"]
                self.add(operation.answer, schema, schema["description"], is_request=False)
            elif not operation.file_types:
                self.add_named(operation.answer)
        self.add_named("WebhookEvent")

    def add_named(self, name: str) -> None:
        schema = self.schemas[name]
        self.add(name, schema, schema["description"], is_request=False)

    def add(self, name: str, schema: Dict[str, Any], about: str, *, is_request: bool) -> None:
        if name in self.texts:
            return
        required = set(schema.get("required", ()))
        # On Python 3.9 fields without a default have to come first.
        ordered = sorted(schema["properties"].items(), key=lambda item: item[0] not in required)
        fields: List[str] = []
        said: List[str] = []
        for field, described in ordered:
            hint = self.hint_of(name, field, described, is_request=is_request)
            if hint == "bytes":
                field_said = str(described["description"]).replace(", in base64", "")
                fields.append(f"{field[: -len('_base64')]}: bytes")
                said += _write_attribute(field[: -len("_base64")], field_said)
                continue
            fields.append(f"{field}: {hint}" if field in required else f"{field}: Optional[{hint}] = None")
            said += _write_attribute(field, describe(field, described))
        if not is_request:
            fields.append("extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)")
            said += _write_attribute("extra", "What this version of the SDK does not know, as it came.")
        docstring = [f'"""{about}"""'] if not said else [f'"""{about}', "", "Attributes:", *said, '"""']
        body = "\n".join(f"    {line}".rstrip() for line in [*docstring, "", *fields])
        self.texts[name] = f"@record\nclass {name}(Record):\n{body}\n"

    def hint_of(self, owner: str, field: str, schema: Dict[str, Any], *, is_request: bool) -> str:
        schema = without_null(schema)
        if "$ref" in schema:
            name = name_of(schema["$ref"])
            self.add_named(name)
            return name
        if schema["type"] == "array":
            item = self.hint_of(owner, field, schema["items"], is_request=is_request)
            return f"Sequence[{item}]" if is_request else f"List[{item}]"
        if field.endswith("_base64"):
            return "bytes"
        if schema["type"] != "object":
            return PLAIN[schema["type"]]
        if schema.get("properties"):
            name = INLINE_NAMES[f"{owner}.{field}"]
            parent = schema.get("description", f"Part of {owner}.")
            self.add(name, schema, parent, is_request=is_request)
            return name
        value = schema.get("additionalProperties", True)
        return f"Mapping[str, {PLAIN[value['type']] if value not in (True, {}) else 'Any'}]"


def _write_attribute(field: str, said: str) -> List[str]:
    return textwrap.wrap(f"{field}: {said}", 108, initial_indent="    ", subsequent_indent="        ") if said else []


def describe(field: str, schema: Dict[str, Any]) -> str:
    """What a field means: as the document says it, with its unit and its values."""
    said = str(schema.get("description", "") or without_null(schema).get("description", ""))
    is_amount = field == "amount" or field.startswith("amount_") or field.endswith("_amount")
    if is_amount and "minor units" not in said.lower():
        said = f"{said} In minor units.".strip()
    values = schema.get("enum") or schema.get("items", {}).get("enum")
    if values and len(values) > 1:
        said = f"{said} One of: {', '.join(str(value) for value in values)}.".strip()
    return said


def write_models(openapi: Dict[str, Any]) -> str:
    models = Models(openapi)
    names = "\n".join(f'    "{name}",' for name in sorted(models.texts))
    return HEAD.replace("{names}", names) + "".join(f"\n\n{text}" for text in models.texts.values())
