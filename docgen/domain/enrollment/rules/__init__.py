"""Rules that look at more than one field; each notes what it finds and never raises."""

from __future__ import annotations

from docgen.domain.enrollment.rules.dates import DATE_RULES
from docgen.domain.enrollment.rules.entities import ENTITY_RULES
from docgen.domain.enrollment.rules.facilities import FACILITY_RULES
from docgen.domain.enrollment.rules.glyphs import printable
from docgen.domain.enrollment.rules.people import PEOPLE_RULES
from docgen.domain.enrollment.rules.references import REFERENCE_RULES
from docgen.domain.enrollment.rules.whole import WHOLE_RULES

ALL_RULES = (
    *REFERENCE_RULES,
    *ENTITY_RULES,
    *FACILITY_RULES,
    *PEOPLE_RULES,
    *DATE_RULES,
    *WHOLE_RULES,
    printable,
)
