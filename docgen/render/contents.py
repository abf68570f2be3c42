"""What an agreement consists of: every clause with its number, and the requirements it meets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.document import BlockKind
from docgen.render.blank import condition_words
from docgen.render.coverage import read_coverage
from docgen.render.diff import words_by_id
from docgen.render.numbering import number_places
from docgen.render.requirements import Requirement, read_requirements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable

    from docgen.render.manifest import Template
    from docgen.render.numbering import Place

_EITHER = " or "
_CHAPTERS = frozenset({BlockKind.ARTICLE, BlockKind.EXHIBIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One requirement that a clause meets, and the words that meet it; `when` limits where."""

    requirement: Requirement
    sentence: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause, article, exhibit or item that has an id; `when` says when it is printed."""

    id: str
    label: str
    heading: str
    words: str
    when: str
    is_chapter: bool
    meets: tuple[Met, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A whole agreement's clauses in printed order, and the requirements that none of them meets.

    Numbers are those of a copy in which every part is printed.
    """

    clauses: tuple[Clause, ...]
    unmet: tuple[Requirement, ...]


def contents_of(template: Template, root: Traversable) -> Contents:
    """List an agreement's clauses with what each meets.

    Raises:
        TemplateInvalid: the coverage file or the registry of requirements is malformed.
    """
    mine = {item.id: item for item in read_requirements(root) if item.document == template.slug}
    covered = {item.id for item in read_coverage(template)}
    meets = _meets(template, mine)
    words = words_by_id(template)
    return Contents(
        clauses=tuple(
            Clause(
                id=place.node.id,
                label=place.label or place.number,
                heading=place.node.heading or place.node.subheading,
                words=words[place.node.id],
                when=joined_words(template.source.conditions[place.node.id]),
                is_chapter=place.kind in _CHAPTERS,
                meets=meets.get(place.node.id, ()),
            )
            for place in _places(template)
        ),
        unmet=tuple(item for item in mine.values() if item.id not in covered),
    )


def labels_of(template: Template) -> Mapping[str, str]:
    """Give for each id the label by which references name it, in a copy with every part printed."""
    return {place.node.id: place.label for place in _places(template)}


def _places(template: Template) -> Iterator[Place]:
    for top in number_places(template.source, lambda _: True):
        yield from (place for place in top.walk() if place.node.id)


def joined_words(conditions: Sequence[str]) -> str:
    """Write conditions that all must hold as words, none said twice."""
    needed = [
        item
        for item in dict.fromkeys(conditions)
        if not any(
            other.startswith(f"{item} and ") and _EITHER not in other for other in conditions
        )
    ]
    words = [condition_words(item) for item in needed]
    if len(words) > 1:
        words = [f"({item})" if _EITHER in item else item for item in words]
    return " and ".join(words)


def _meets(template: Template, mine: Mapping[str, Requirement]) -> Mapping[str, tuple[Met, ...]]:
    """Give what each clause meets; what a table meets, the clause that it stands in does."""
    found: dict[str, tuple[Met, ...]] = {}
    names = template.source.names
    for item in read_coverage(template):
        if item.id not in mine:
            continue
        met = Met(
            requirement=mine[item.id], sentence=item.sentence, when=condition_words(item.when)
        )
        for clause in dict.fromkeys(
            names[clause].id or clause for clause in item.clauses if clause in names
        ):
            found[clause] = (*found.get(clause, ()), met)
    return found
