"""Coverage: which clause meets which legal requirement, and in which words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.errors import TemplateInvalid
from docgen.render.inline import fold, without_markup
from docgen.render.requirements import MUST_COVER, Requirement, read_entries, read_requirements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable

    from docgen.render.manifest import Template
    from docgen.render.nodes import Node

MOST_PER_CLAUSE = 6

_KEYS = {"id", "clauses", "sentence", "when", "reason"}
# A part of a text that is printed only sometimes, or more than once.
_BRANCH = re.compile(r"\{%-?\s*(if|for|endif|endfor)\b.*?%\}", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One requirement met: the clauses, and the very sentence. `when` limits where it applies."""

    id: str
    clauses: tuple[str, ...]
    sentence: str
    when: str = ""
    reason: str = ""


def read_coverage(template: Template) -> Sequence[Covered]:
    """Read a template's coverage file.

    Raises:
        TemplateInvalid: the file is malformed, or an id stands twice.
    """
    where = f"{template.slug}/coverage.toml"
    found: dict[str, Covered] = {}
    for raw in read_entries(template.coverage, "requirement", where):
        item = _covered(raw, where)
        if item.id in found:
            raise TemplateInvalid(f"{where}: {item.id} stands twice.")
        found[item.id] = item
    return tuple(found.values())


def _covered(raw: Mapping[str, object], where: str) -> Covered:
    name, clauses, sentence = raw.get("id"), raw.get("clauses"), raw.get("sentence")
    unknown = sorted(set(raw) - _KEYS)
    if unknown:
        raise TemplateInvalid(f"{where}: {name} has the unknown key {unknown[0]!r}.")
    if not isinstance(name, str) or not isinstance(sentence, str) or not fold(sentence):
        raise TemplateInvalid(f"{where}: {name} needs an id and the sentence that covers it.")
    if not isinstance(clauses, list) or not clauses:
        raise TemplateInvalid(f"{where}: {name} names no clause.")
    if "{" in sentence or "*" in sentence:
        raise TemplateInvalid(f"{where}: the sentence of {name} may hold no field and no markup.")
    return Covered(
        id=name,
        clauses=tuple(str(clause) for clause in clauses),
        sentence=fold(sentence),
        when=str(raw.get("when", "")),
        reason=str(raw.get("reason", "")),
    )


def check_coverage(template: Template, root: Traversable) -> None:
    """Check that every requirement that must be covered is, in words that stand in the clause.

    Raises:
        TemplateInvalid: the first requirement that is not covered, or covered in words that do not
            stand there, or stand there only under another condition.
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
        _check_clauses(template, item)
        _check_sentence(template, item)
    _check_crowding(template, tuple(covered.values()))


def _check_clauses(template: Template, item: Covered) -> None:
    """Check that the clauses exist, and are printed wherever the requirement applies."""
    slug, source = template.slug, template.source
    for clause in item.clauses:
        if clause not in source.names:
            raise TemplateInvalid(f"{slug}: {item.id} names {clause}, which does not exist.")
        # The condition on the clause must be the one that the requirement names.
        conditions = tuple(fold(condition) for condition in source.conditions[clause])
        if conditions and fold(item.when) not in {*conditions, " and ".join(conditions)}:
            raise TemplateInvalid(
                f"{slug}: {clause} is printed only when {conditions[-1]!r}, but {item.id} does not "
                "say so; give it the same `when`."
            )


def _check_sentence(template: Template, item: Covered) -> None:
    texts = [text for clause in item.clauses for text in _texts(template.source.names[clause])]
    if any(item.sentence in _always(text) for text in texts):
        return
    if item.when and any(item.sentence in without_markup(text) for text in texts):
        return
    raise TemplateInvalid(
        f"{template.slug}: the sentence that covers {item.id} does not stand in "
        f"{', '.join(item.clauses)}, or only under a condition that the coverage does not name."
    )


def _always(source: str) -> str:
    """Give a text's words without those that stand between a condition and its end."""
    depth, at, kept = 0, 0, []
    for tag in _BRANCH.finditer(source):
        if not depth:
            kept.append(source[at : tag.start()])
        depth += -1 if tag.group(1).startswith("end") else 1
        at = tag.end()
    return without_markup("\x00".join([*kept, source[at:]]))


def _texts(node: Node) -> Iterator[str]:
    for part in node.walk():
        yield from (text.source for text in part.texts())
        if part.table is not None:
            for row in part.table.fixed:
                yield from (cell.source for cell in row)
            yield part.table.caption
            yield from (column.heading for column in part.table.columns)


def _check_crowding(template: Template, covered: Sequence[Covered]) -> None:
    counts = Counter(clause for item in covered for clause in item.clauses)
    for clause, count in counts.items():
        reasons = [item.reason for item in covered if clause in item.clauses and item.reason]
        if count > MOST_PER_CLAUSE and not reasons:
            raise TemplateInvalid(
                f"{template.slug}: {clause} covers {count} requirements; say why, or split it."
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
