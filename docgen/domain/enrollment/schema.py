"""The published JSON Schema of a submitted enrollment, generated from the record's own fields.

It states what one field can say about itself. Rules across fields, check digits and the needs of
later steps are applied by `parse_enrollment`; the schema only names those steps (`x-needed-for`).
"""

from __future__ import annotations

import json
from typing import Any

from docgen.domain.enrollment.kinds import Many, Part, Spec, specs_of
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.stages import Stage


def enrollment_schema() -> dict[str, object]:
    """Return the schema as plain values (JSON Schema, draft 2020-12)."""
    definitions = {record.__name__: _describe(record) for record in _records(Enrollment)}
    root = definitions.pop(Enrollment.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Enrollment",
        "description": "A submitted enrollment form; a draft may leave out what is required here.",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """Return the schema as it stands in `docs/enrollment.schema.json`."""
    return json.dumps(enrollment_schema(), indent=2, ensure_ascii=False) + "\n"


def _records(record: type[Any]) -> list[type[Any]]:
    found = [record]
    for spec in specs_of(record).values():
        inner = spec.item if isinstance(spec, Many) else spec
        if isinstance(inner, Part):
            found += [one for one in _records(inner.record) if one not in found]
    return found


def _describe(record: type[Any]) -> dict[str, object]:
    specs = specs_of(record)
    shown: dict[str, object] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _property(spec) for name, spec in specs.items()},
    }
    required = [name for name, spec in specs.items() if spec.need is Stage.SUBMIT]
    return shown | ({"required": required} if required else {})


def _property(spec: Spec) -> dict[str, object]:
    later = spec.need in {Stage.SIGN, Stage.PSES}
    label = spec.label[:1].upper() + spec.label[1:]
    return {"title": label} | spec.schema() | ({"x-needed-for": str(spec.need)} if later else {})
