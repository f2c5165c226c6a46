"""The JSON Schema of plan files, published as docs/plan.schema.json."""

from typing import Any, Final

import msgspec

from frontend.scorefiles.planfiles import PlanFile
from scoring.schemes.scheme import Scheme

_NUMBER: Final = {"anyOf": [{"type": "number"}, {"type": "string", "format": "decimal"}]}


def schema_bytes() -> bytes:
    """Deterministic; a test holds the published file equal to it."""
    (plan, scheme), parts = msgspec.json.schema_components((PlanFile, Scheme), ref_template="#/$defs/{name}")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Shibaiqian plan file",
        "description": "A plan (has `root`) or a scheme of several stages (has `stages`).",
        "anyOf": [plan, scheme],
        "$defs": _with_numbers(parts),
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"


def _with_numbers(part: Any) -> Any:  # noqa: ANN401 - a JSON document
    """A decimal may be written as a number or as text; msgspec says text only, because that is how it writes one."""
    if isinstance(part, dict):
        if part.get("format") == "decimal":
            kept = {key: value for key, value in part.items() if key not in {"type", "format"}}
            return _NUMBER | kept
        return {key: _with_numbers(value) for key, value in part.items()}
    return [_with_numbers(each) for each in part] if isinstance(part, list) else part
