"""Survey the versions of an agreement: which are here, adopted and signed, and which lack a clause.

Only a version whose text the product still has can be looked into; of the others it is said that
nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from docgen.domain.person import Adoption
from docgen.errors import NotFound, TemplateInvalid
from docgen.render.contents import joined_words
from docgen.render.coverage import check_coverage, read_coverage
from docgen.render.manifest import Template, list_templates, load_template, version_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.history import Activity
    from docgen.ports.register import TemplateUse
    from docgen.services.office import Office


class Holds(StrEnum):
    """Whether a version's text has what was asked for."""

    YES = "yes"
    SOMETIMES = "sometimes"  # it stands there under a condition
    NO = "no"
    UNKNOWN = "unknown"  # its text is no longer here


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one version's text has of a requirement or clause; `when` is its condition."""

    holds: Holds
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an agreement: its text if it is here, its adoptions, and who signed it.

    `fault` says why the text that is here cannot be used. `adoption` is that of the text as it
    stands now, `earlier` the newest one of another text under the same number.
    """

    slug: str
    version: str
    template: Template | None
    fault: str
    adoption: Adoption | None
    earlier: Adoption | None
    practices: int
    in_effect: int


def survey(office: Office, only: str = "") -> dict[str, tuple[Version, ...]]:
    """List every agreement's versions, the newest first, with those signed and no longer here.

    Each text is read and checked; with `only`, those of one agreement.
    """
    found = [item for item in list_templates(office.templates) if only in {"", item[0]}]
    used = {
        slug: {item.version: item for item in office.register.template_use(slug)}
        for slug in dict.fromkeys(slug for slug, _ in found)
    }
    every = {*found, *((slug, version) for slug, uses in used.items() for version in uses)}
    adoptions = _adoptions(office, every)
    return {
        slug: tuple(
            _version(
                office,
                slug,
                version,
                uses.get(version),
                adoptions,
                is_here=(slug, version) in found,
            )
            for version in sorted(
                (version for name, version in every if name == slug),
                key=version_order,
                reverse=True,
            )
        )
        for slug, uses in used.items()
    }


def _version(
    office: Office,
    slug: str,
    version: str,
    use: TemplateUse | None,
    adoptions: Sequence[Adoption],
    *,
    is_here: bool,
) -> Version:
    template, fault = _loaded(office, slug, version) if is_here else (None, "")
    mine = [item for item in adoptions if (item.slug, item.version) == (slug, version)]
    digest = template.digest if template else ""
    return Version(
        slug=slug,
        version=version,
        template=template,
        fault=fault,
        adoption=next((item for item in mine if item.digest == digest), None),
        earlier=next((item for item in reversed(mine) if item.digest != digest), None),
        practices=use.practices if use else 0,
        in_effect=use.in_effect if use else 0,
    )


def _loaded(office: Office, slug: str, version: str) -> tuple[Template | None, str]:
    """Load a text and check it; what is wrong with it is told, not raised."""
    try:
        template = load_template(office.templates, slug, version)
    except TemplateInvalid as error:
        return None, str(error)
    except NotFound:
        return None, "This is not the name of a version, such as 1.0.0."
    try:
        check_coverage(template, office.templates)
    except TemplateInvalid as error:
        return template, str(error)
    return template, ""


def _adoptions(office: Office, every: set[tuple[str, str]]) -> list[Adoption]:
    subjects = {f"template:{slug}:{version}" for slug, version in every}
    return [_adoption(item) for item in office.ledger.history.of_kind("template.adopted", subjects)]


def _adoption(activity: Activity) -> Adoption:
    _, slug, version = activity.subject.split(":", 2)
    return Adoption(
        slug=slug,
        version=version,
        digest=str(activity.details.get("digest", "")),
        person=activity.actor.partition(":")[2],
        authentication=str(activity.details.get("authentication", "")),
        at=activity.at,
    )


def held_by(template: Template | None, wanted: str) -> Held:
    """Say whether a version's text has a clause of this id, or one that meets this requirement."""
    if template is None:
        return Held(holds=Holds.UNKNOWN)
    conditions = template.source.conditions
    if wanted in conditions:
        return _held([*conditions[wanted]])
    covered = next((item for item in read_coverage(template) if item.id == wanted), None)
    if covered is None:
        return Held(holds=Holds.NO)
    return _held([covered.when] if covered.when else [])


def _held(conditions: Sequence[str]) -> Held:
    if not conditions:
        return Held(holds=Holds.YES)
    return Held(holds=Holds.SOMETIMES, when=joined_words(conditions))
