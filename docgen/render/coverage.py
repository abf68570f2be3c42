"""Coverage: which clause meets which legal requirement, and in which words."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.errors import TemplateInvalid
from docgen.render.inline import plain
from docgen.render.requirements import MUST_COVER, Requirement, read_requirements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable

    from docgen.render.manifest import Template
    from docgen.render.source import Node

MOST_PER_CLAUSE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One requirement met: the clauses, and the very sentence. `when` limits where it applies."""

    id: str
    clauses: tuple[str, ...]
    sentence: str
    when: str
    reason: str


def read_coverage(template: Template) -> Sequence[Covered]:
    """Read a template's coverage file.

    Raises:
        TemplateInvalid: the file is malformed.
    """
    try:
        raw = tomllib.loads(template.coverage.decode("utf-8"))["requirement"]
        return tuple(
            Covered(
                id=item["id"],
                clauses=tuple(item["clauses"]),
                sentence=plain(item["sentence"]),
                when=item.get("when", ""),
                reason=item.get("reason", ""),
            )
            for item in raw
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise TemplateInvalid(f"{template.slug}: coverage.toml is malformed: {error}.") from error


def check_coverage(template: Template, root: Traversable) -> None:
    """Check that every requirement that must be covered is, in words that stand in the clause.

    Raises:
        TemplateInvalid: the first requirement that is not covered, or covered in words that do not
            stand there.
    """
    mine = [item for item in read_requirements(root) if item.document == template.slug]
    covered = {item.id: item for item in read_coverage(template)}
    for requirement in mine:
        if requirement.level in MUST_COVER and requirement.id not in covered:
            raise TemplateInvalid(f"{template.slug}: no clause covers {requirement.id}.")
    unknown = sorted(set(covered) - {item.id for item in mine})
    if unknown:
        raise TemplateInvalid(f"{template.slug}: {unknown[0]} is no requirement of this document.")
    for item in covered.values():
        _check_sentence(template, item)
    _check_crowding(template, tuple(covered.values()))


def _check_sentence(template: Template, item: Covered) -> None:
    for clause in item.clauses:
        if clause not in template.source.names:
            raise TemplateInvalid(f"{template.slug}: {item.id} names {clause}, which does not exist.")
    words = " ".join(
        text for clause in item.clauses for text in _texts(template.source.names[clause])
    )
    if item.sentence not in words:
        raise TemplateInvalid(
            f"{template.slug}: the sentence that covers {item.id} does not stand in "
            f"{', '.join(item.clauses)}."
        )


def _texts(node: Node) -> Iterator[str]:
    for part in node.walk():
        for text in (part.text, part.intro, part.tail):
            if text is not None:
                yield plain(text.source.replace("**", "").replace("*", ""))
        if part.table is not None:
            for row in part.table.fixed:
                yield from (plain(cell.source) for cell in row)
            yield part.table.caption
            yield from (column.heading for column in part.table.columns)


def _check_crowding(template: Template, covered: Sequence[Covered]) -> None:
    counts = Counter(clause for item in covered for clause in item.clauses)
    for clause, count in counts.items():
        reasons = [item.reason for item in covered if clause in item.clauses and item.reason]
        if count > MOST_PER_CLAUSE and not reasons:
            raise TemplateInvalid(
                f"{template.slug}: {clause} covers {count} requirements; give a reason, or split it."
            )


def report(templates: Sequence[Template], root: Traversable) -> list[dict[str, object]]:
    """List every requirement with its level, document, clauses and covering sentence."""
    covered: Mapping[str, Covered] = {
        item.id: item for template in templates for item in read_coverage(template)
    }
    return [_row(item, covered.get(item.id)) for item in read_requirements(root)]


def _row(requirement: Requirement, covered: Covered | None) -> dict[str, object]:
    return {
        "id": requirement.id,
        "level": requirement.level.value,
        "document": requirement.document,
        "citation": requirement.citation,
        "title": requirement.title,
        "check_citation": requirement.from_memory,
        "clauses": list(covered.clauses) if covered else [],
        "sentence": covered.sentence if covered else "",
        "when": covered.when if covered else "",
    }
