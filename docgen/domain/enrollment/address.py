"""A street or mailing address in the United States."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from docgen.domain.enrollment import forms
from docgen.domain.enrollment.fields import choice_or, formed, line, named
from docgen.domain.enrollment.stages import Stage


class Country(StrEnum):
    """The program takes practices in the United States only."""

    US = "US"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where something stands or receives mail."""

    line1: str = line("first address line", need=Stage.SUBMIT)
    line2: str = line("second address line")
    city: str = named("city", high=60, need=Stage.SUBMIT)
    state: str = formed("state", forms.LOCATION, need=Stage.SUBMIT)
    postal_code: str = formed("ZIP code", forms.ZIP, need=Stage.SUBMIT)
    county: str = named("county", high=60, printed=False)
    country: Country = choice_or(Country.US, "country")
