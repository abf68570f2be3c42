"""What answers about the agreements' texts hold, field by field."""

from __future__ import annotations

from datetime import date, datetime

from docgen.render.diff import Change
from docgen.render.requirements import Level
from docgen.services.survey import Holds
from docgen.web.api.schemas import ArchiveItem, Given, PageOf
from docgen.web.api.schemas_review import PieceItem


class TemplateItem(Given):
    """One version of a template; `adopted` is whether the PSO took exactly this text into use.

    A version that was signed but whose text is gone has no digest; `fault` says why a text that is
    here cannot be used.
    """

    slug: str
    version: str
    title: str
    digest: str
    adopted: bool
    adopted_by: str
    adopted_at: datetime | None
    fault: str
    practices: int
    in_effect: int


class RequirementItem(Given):
    """One legal requirement of a document."""

    id: str
    level: Level
    title: str
    citation: str


class MeetsItem(Given):
    """One requirement that a clause meets, and in which words; `when` is empty for always."""

    requirement: RequirementItem
    sentence: str
    when: str


class ClauseItem(Given):
    """One clause, article, exhibit or item; `when` says when it is printed, empty for always."""

    id: str
    label: str
    heading: str
    words: str
    when: str
    is_chapter: bool
    meets: list[MeetsItem]


class TemplateWhole(TemplateItem):
    """The same with its clauses in printed order, and the requirements that none of them meets."""

    rule_as_of: date
    clauses: list[ClauseItem]
    unmet: list[RequirementItem]


class ClauseChange(Given):
    """One clause that differs; `was` is its label in the old version, "" where it is new."""

    id: str
    label: str
    was: str
    change: Change
    pieces: list[PieceItem]


class ClauseMoved(Given):
    """One clause that has the same words under another number."""

    id: str
    before: str
    after: str


class TemplateDifferences(Given):
    """What a version changes in another, clause by clause and word by word."""

    old: str
    new: str
    changes: list[ClauseChange]
    moved: list[ClauseMoved]


class FindingItem(Given):
    """What one version's text has of what was asked for, and how many practices signed it."""

    version: str
    holds: Holds
    when: str
    practices: int


class SignedPage(PageOf[ArchiveItem]):
    """Signed agreements; asked what `lacks` a clause, what is known of each version's text."""

    findings: list[FindingItem]


class CoverageItem(Given):
    """One legal requirement, and the clauses that meet it; `when` is empty for always."""

    id: str
    level: str
    document: str
    citation: str
    title: str
    check_citation: bool
    clauses: list[str]
    sentence: str
    when: str
