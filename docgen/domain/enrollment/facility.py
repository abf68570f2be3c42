"""Facilities: the sites the agreements cover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from docgen.domain.enrollment import forms
from docgen.domain.enrollment.address import Address
from docgen.domain.enrollment.fields import (
    a_line,
    choice,
    choice_or,
    count,
    day,
    flag,
    formed,
    line,
    named,
    part,
    parts,
    reference,
    texts,
    words,
)
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import (
    Accreditation,
    DataScope,
    FacilityStatus,
    FacilityType,
)

_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """How many treatment machines and simulators a site has."""

    linacs: int | None = count("linear accelerators", low=0, high=_MOST)
    mr_linacs: int | None = count("MR linear accelerators", low=0, high=_MOST)
    gamma_knife: int | None = count("gamma units", low=0, high=_MOST)
    cyberknife: int | None = count("robotic radiosurgery units", low=0, high=_MOST)
    proton_rooms: int | None = count("proton rooms", low=0, high=_MOST)
    hdr_units: int | None = count("HDR units", low=0, high=_MOST)
    ldr_program: bool = flag("LDR program")
    ct_simulators: int | None = count("CT simulators", low=0, high=_MOST)
    mr_simulators: int | None = count("MR simulators", low=0, high=_MOST)
    superficial: int | None = count("superficial units", low=0, high=_MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """Which information systems a site uses."""

    ois: str = line("oncology information system")
    tps: tuple[str, ...] = texts(
        "treatment planning systems", "Planning system", a_line("system"), high=20
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """How many patients a site treats; a number only."""

    new_patients_per_year: int | None = count("new patients per year", low=0, high=50000)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffGroup:
    """How many people hold one kind of position."""

    role: str = line("position", high=80, need=Stage.SUBMIT)
    people: int | None = count("number of people", low=0, high=500, need=Stage.SUBMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """One site."""

    facility_id: str = formed("id", forms.SLUG, need=Stage.SUBMIT)
    name: str = named("name", low=2, high=150, need=Stage.SUBMIT)
    short_name: str = named("short name", high=40)
    operated_by_entity_id: str = reference(
        "operating entity", forms.SLUG, "entity", need=Stage.SIGN
    )
    address: Address = part(Address, "address", need=Stage.SUBMIT)
    phone: str = formed("phone number", forms.PHONE, printed=False)
    type: FacilityType | None = choice(FacilityType, "kind of facility", need=Stage.SIGN)
    npi: str = formed("NPI", forms.NPI)
    ccn: str = formed("CMS certification number", forms.CCN, printed=False)
    accreditation: tuple[Accreditation, ...] = words(Accreditation, "accreditation", printed=False)
    equipment: Equipment = part(Equipment, "equipment", printed=False)
    systems: Systems = part(Systems, "systems", printed=False)
    volumes: Volumes = part(Volumes, "volumes", printed=False)
    staffing: tuple[StaffGroup, ...] = parts(
        StaffGroup, "staffing", "Staff group", high=40, printed=False
    )
    status: FacilityStatus = choice_or(FacilityStatus.ACTIVE, "status")
    effective_from: date | None = day("first day")
    effective_to: date | None = day("last day")
    data_scope: DataScope = choice_or(DataScope.AGGREGATE, "data scope")
