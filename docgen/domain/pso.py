"""The PSO as a site configures it: who it is, its program, its standard terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from docgen.domain.enrollment import forms
from docgen.domain.enrollment.address import Address
from docgen.domain.enrollment.fields import (
    a_line,
    choice,
    count,
    day,
    formed,
    line,
    maybe,
    named,
    part,
    texts,
)
from docgen.domain.enrollment.findings import Findings, Place, natural
from docgen.domain.enrollment.kinds import read_record, specs_of, write_record
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import Disposition, EffectiveDateRule, EntityType
from docgen.domain.merge.phrases import term_phrase
from docgen.errors import ConfigurationError

if TYPE_CHECKING:
    from docgen.domain.enrollment.record import Enrollment

_NEED = Stage.SUBMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class PsoSignatory:
    """Who countersigns for the PSO; the name may be left to the person who signs."""

    name: str = named("name of the signatory", high=150)
    title: str = line("title of the signatory", need=_NEED)
    email: str = formed("e-mail address of the signatory", forms.EMAIL, need=_NEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PsoNotice:
    """Where formal notices to the PSO go, when not to its principal address."""

    attention: str = line("person or office for notices", need=_NEED)
    address: Address = part(Address, "address for notices")
    email: str = formed("e-mail address for notices", forms.EMAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The program's proper names."""

    name: str = line("name of the program", high=150, need=_NEED)
    short_name: str = line("short name of the program", high=40, need=_NEED)
    sponsors: str = line("sponsors", high=300, need=_NEED)
    portal_name: str = line("name of the Portal", need=_NEED)
    council_name: str = line("name of the expert council", need=_NEED)
    guide_name: str = line("name of the guide", need=_NEED)
    guide_version: str = formed("current version of the guide", forms.VERSION, need=_NEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardTerms:
    """What holds where an enrollment agreed nothing else; names as in the record's terms."""

    psa_term_months: int | None = count("term in months", low=12, high=60, need=_NEED)
    auto_renew: bool | None = maybe("renews by itself", need=_NEED)
    renewal_months: int | None = count("months of each renewal", low=1, high=60, need=_NEED)
    notice_days: int | None = count("days of notice", low=30, high=180, need=_NEED)
    cure_days: int | None = count("days to cure", low=5, high=90, need=_NEED)
    governing_law: str = formed("governing law", forms.LAW, need=_NEED)
    baa_breach_notice_days: int | None = count(
        "days to give notice of a breach", low=1, high=60, need=_NEED
    )
    baa_incident_notice_days: int | None = count(
        "days to report a security incident", low=1, high=60, need=_NEED
    )
    baa_access_turnaround_days: int | None = count(
        "days to give access", low=1, high=30, need=_NEED
    )
    baa_amendment_turnaround_days: int | None = count(
        "days to amend records", low=1, high=60, need=_NEED
    )
    baa_accounting_turnaround_days: int | None = count(
        "days to give an accounting", low=1, high=60, need=_NEED
    )
    disposition_on_termination: Disposition | None = choice(
        Disposition, "disposition at the end", need=_NEED
    )
    allow_deidentification: bool | None = maybe("de-identification allowed", need=_NEED)
    allow_data_aggregation: bool | None = maybe("data aggregation allowed", need=_NEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectronicRecords:
    """The electronic records disclosure in force."""

    version: str = formed("current version of the disclosure", forms.VERSION, need=_NEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PsoSettings:
    """Everything about the PSO that documents print or rules compare with."""

    legal_name: str = named("legal name", high=200, need=_NEED)
    short_name: str = named("short name", high=60, need=_NEED)
    entity_type: EntityType | None = choice(EntityType, "kind of entity", need=_NEED)
    state_of_formation: str = formed("state of formation", forms.STATE, need=_NEED)
    division_name: str = named("division that acts as the PSO", high=150)
    parent_name: str = named("organization it is a component of", high=200)
    pso_number: str = formed("AHRQ PSO number", forms.PSO_NUMBER, need=_NEED)
    listed_on: date | None = day("first day of the listing", need=_NEED)
    listing_expires_on: date | None = day("last day of the listing", need=_NEED)
    principal_address: Address = part(Address, "principal address", need=_NEED)
    email: str = formed("e-mail address", forms.EMAIL, need=_NEED)
    phone: str = formed("phone number", forms.PHONE, need=_NEED)
    website: str = formed("website", forms.URL)
    time_zone: str = formed("time zone", forms.TIMEZONE, need=_NEED)
    signatory: PsoSignatory = part(PsoSignatory, "signatory", need=_NEED)
    notice: PsoNotice = part(PsoNotice, "notices", need=_NEED)
    program: Program = part(Program, "program", need=_NEED)
    standard_terms: StandardTerms = part(StandardTerms, "standard terms", need=_NEED)
    open_terms: tuple[str, ...] = texts(
        "terms that may differ without legal approval", "Term", a_line("term", high=60), high=40
    )
    electronic_records: ElectronicRecords = part(
        ElectronicRecords, "electronic records", need=_NEED
    )

    @property
    def zone(self) -> ZoneInfo:
        """Give the time zone in which the PSO counts days."""
        return ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """Give the day it is at this moment where the PSO is."""
        return moment.astimezone(self.zone).date()

    def to_json(self) -> dict[str, object]:
        """Return the settings as plain JSON values; reading them back gives equal settings."""
        return write_record(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One way in which an enrollment leaves the standard."""

    code: str
    sentence: str
    needs_approval: bool


def check_pso(raw: object) -> tuple[PsoSettings, dict[str, str]]:
    """Return the settings as far as they can be read, and what is missing or wrong by path."""
    findings = Findings()
    settings = read_record(PsoSettings, raw, Place(), findings)
    first, last = settings.listed_on, settings.listing_expires_on
    wrong = {one.path: _short(one.message) for one in findings.missing}
    wrong |= {one.path: _short(one.message) for one in findings.problems}
    if first and last and last <= first:
        wrong["listing_expires_on"] = "Give a last day of the listing after its first day"
    for name in settings.open_terms:
        if name not in specs_of(StandardTerms):
            wrong["open_terms"] = "List only names of standard terms"
    return settings, {path: wrong[path] for path in sorted(wrong, key=natural)}


def parse_pso(raw: object) -> PsoSettings:
    """Return the settings, or raise ConfigurationError that names every key to add or correct."""
    settings, wrong = check_pso(raw)
    if wrong:
        told = "; ".join(f"{path} ({message})" for path, message in wrong.items())
        raise ConfigurationError(f"Complete or correct these PSO settings: {told}.")
    return settings


def _short(message: str) -> str:
    return message.split("; it is needed before", maxsplit=1)[0].rstrip(".")


def departures(record: Enrollment, pso: PsoSettings) -> tuple[Departure, ...]:
    """Return every way in which the record leaves the PSO's standard, for legal approval."""
    return (*_other_terms(record, pso), *_riders(record))


def _other_terms(record: Enrollment, pso: PsoSettings) -> list[Departure]:
    found = []
    for name, spec in specs_of(StandardTerms).items():
        agreed, standard = getattr(record.terms, name), getattr(pso.standard_terms, name)
        if agreed in (None, "") or agreed == standard:
            continue
        label = spec.label[:1].upper() + spec.label[1:]
        agreed_text, standard_text = term_phrase(name, agreed), term_phrase(name, standard)
        sentence = f"{label}: {agreed_text} instead of {standard_text}."
        found.append(
            Departure(
                code=f"terms.{name}",
                sentence=sentence,
                needs_approval=name not in pso.open_terms,
            )
        )
    return found


def _riders(record: Enrollment) -> list[Departure]:
    found = []
    if record.terms.effective_date_rule is EffectiveDateRule.FIXED:
        found.append(
            ("terms.effective_date", "The agreement takes effect on a date the parties fixed.")
        )
    if any(one.is_government for one in record.legal_entities):
        found.append(("rider.government", "The government rider applies."))
    found += [
        (f"terms.special_terms[{index}]", f"Special term {index + 1} is added.")
        for index in range(len(record.terms.special_terms))
    ]
    return [
        Departure(code=code, sentence=sentence, needs_approval=True) for code, sentence in found
    ]
