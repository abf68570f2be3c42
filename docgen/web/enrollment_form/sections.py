"""How the record is laid out: one section a page, one page for each item of a long list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.enrollment.kinds import Many, specs_of
from docgen.domain.enrollment.record import Enrollment
from docgen.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

# What the site itself keeps; nobody types it.
KEPT_BY_THE_SITE = frozenset({"schema_version", "record_id", "version", "source"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One page of the form: fields by name, or one list of which each item is a page."""

    key: str
    title: str
    lead: str
    names: tuple[str, ...]

    @property
    def rows(self) -> Many | None:
        """Return the list this section is, or None when it is a page of fields."""
        spec = specs_of(Enrollment)[self.names[0]]
        return spec if len(self.names) == 1 and isinstance(spec, Many) else None


SECTIONS = (
    Section(
        key="practice",
        title="Practice",
        lead="The practice as it is known, and its ties to other PSOs and to ours.",
        names=("practice",),
    ),
    Section(
        key="legal-entities",
        title="Legal entities",
        lead="Who is bound by the agreements: each entity exactly as it was formed.",
        names=("legal_entities",),
    ),
    Section(
        key="facilities",
        title="Facilities",
        lead="The sites the agreements cover.",
        names=("facilities",),
    ),
    Section(
        key="contacts",
        title="Key contacts",
        lead="Each person once, with every role the person holds. No patients, ever.",
        names=("contacts",),
    ),
    Section(
        key="signatories",
        title="Signatories",
        lead="Who signs which document for which entity, and by what authority.",
        names=("signatories",),
    ),
    Section(
        key="reviewers",
        title="Reviewers",
        lead="Who reviews what staff enter and reports it to the PSO; best two for each facility.",
        names=("reviewers",),
    ),
    Section(
        key="pses",
        title="PSES policy",
        lead="How the practice works inside its patient safety evaluation system (PSES).",
        names=("pses", "workflow"),
    ),
    Section(
        key="terms",
        title="Terms",
        lead="What the parties agreed. What is left empty follows the PSO’s standard.",
        names=("execution", "terms", "portal"),
    ),
    Section(
        key="attestations",
        title="Attestations",
        lead="Who confirmed what for the practice, and when.",
        names=(
            "us_based_attestation",
            "information_accuracy_attestation",
            "participation_guide",
            "consents",
            "submitted_by",
            "submitted_at",
        ),
    ),
)
_BY_KEY: Mapping[str, Section] = {item.key: item for item in SECTIONS}
_BY_NAME: Mapping[str, Section] = {name: item for item in SECTIONS for name in item.names}


def section_named(key: str) -> Section:
    """Give the section of an address, or raise `NotFound`."""
    found = _BY_KEY.get(key)
    if found is None:
        raise NotFound("The enrollment form has no such section.")
    return found


def section_of(path: str) -> Section | None:
    """Give the section a path of the record is on; None for the record as a whole."""
    return _BY_NAME.get(path.partition(".")[0].partition("[")[0])


def number_of(path: str) -> int | None:
    """Give the item of a section's list that a path leads into; None for the list as a whole."""
    section = section_of(path)
    if section is None or section.rows is None:
        return None
    inside = path[len(section.names[0]) :]
    digits = inside[1:].partition("]")[0] if inside.startswith("[") else ""
    return int(digits) if digits.isascii() and digits.isdecimal() else None
