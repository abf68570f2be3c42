"""What answers about the agreements' texts hold, field by field."""

from __future__ import annotations

from docgen.web.api.schemas import Given


class TemplateItem(Given):
    """One version of a template; `adopted` is whether the PSO took exactly this text into use."""

    slug: str
    version: str
    title: str
    digest: str
    adopted: bool


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
