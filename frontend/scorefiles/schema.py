"""The JSON Schema of plan files, published as docs/plan.schema.json."""

import msgspec

from frontend.scorefiles.planfiles import PlanFile
from scoring.schemes import Scheme


def schema_bytes() -> bytes:
    """Deterministic; a test holds the published file equal to it."""
    (plan, scheme), parts = msgspec.json.schema_components((PlanFile, Scheme), ref_template="#/$defs/{name}")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Shibaiqian plan file",
        "description": "A plan (has `root`) or a scheme of several stages (has `stages`).",
        "anyOf": [plan, scheme],
        "$defs": parts,
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
