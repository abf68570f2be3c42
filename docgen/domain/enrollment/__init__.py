"""Parse an enrollment once, then trust it."""

from __future__ import annotations

from docgen.domain.enrollment.canonical import canonical_bytes, record_digest
from docgen.domain.enrollment.changes import changed_document_fields
from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.parsing import (
    Checked,
    Examined,
    Reading,
    examine_enrollment,
    parse_enrollment,
    reading_of,
)
from docgen.domain.enrollment.record import Enrollment, Terms
from docgen.domain.enrollment.stages import Missing, Stage

__all__ = [
    "Checked",
    "Enrollment",
    "Examined",
    "Missing",
    "Reading",
    "Rule",
    "Stage",
    "Terms",
    "canonical_bytes",
    "changed_document_fields",
    "examine_enrollment",
    "parse_enrollment",
    "reading_of",
    "record_digest",
]
