"""The fixed written forms a record uses, ready for `formed` and `reference`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment import identifiers
from docgen.domain.enrollment.fields import Form
from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.places import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable


def _ein_doubts(ein: str) -> Iterable[tuple[Rule, str]]:
    if identifiers.ein_prefix_unused(ein):
        yield Rule.EIN, "compare it with the IRS letter; no EIN is known to start this way"


def _state_doubts(code: str) -> Iterable[tuple[Rule, str]]:
    if STATES[code].is_territory:
        yield Rule.STATE, "ask the program to confirm that it takes practices in a territory"


_SLUG = r"^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$"

NPI = Form(parse=identifiers.parse_npi, high=10, pattern="^[12][0-9]{9}$")
EIN = Form(parse=identifiers.parse_ein, high=10, pattern="^[0-9]{2}-?[0-9]{7}$", doubts=_ein_doubts)
STATE = Form(parse=identifiers.parse_state, high=60)
LOCATION = Form(parse=identifiers.parse_state, high=60, doubts=_state_doubts)
LAW = Form(parse=identifiers.parse_law, high=60)
ZIP = Form(parse=identifiers.parse_zip, high=10, pattern="^[0-9]{5}(?:-?[0-9]{4})?$")
PHONE = Form(parse=identifiers.parse_phone, high=30)
EXTENSION = Form(parse=identifiers.parse_extension, high=6, pattern="^[0-9]{1,6}$")
EMAIL = Form(parse=identifiers.parse_email, high=254, pattern="^[^@\\s]+@[^@\\s]+$")
URL = Form(parse=identifiers.parse_url, high=200, pattern="^https://")
PSO_NUMBER = Form(parse=identifiers.parse_pso_number, high=5, pattern="^[Pp][0-9]{4}$")
CCN = Form(parse=identifiers.parse_ccn, high=6, pattern="^[0-9A-Za-z]{6}$")
SLUG = Form(parse=identifiers.parse_slug, high=64, pattern=_SLUG)
UUID = Form(
    parse=identifiers.parse_uuid,
    high=36,
    pattern="^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
)
VERSION = Form(parse=identifiers.parse_version, high=40)
TIMEZONE = Form(parse=identifiers.parse_timezone, high=60)
