"""Which sheets a workbook has and which column holds which field; headings are the labels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from docgen.domain.enrollment.entity import LegalEntity
from docgen.domain.enrollment.facility import Facility, StaffGroup
from docgen.domain.enrollment.leaves import Leaf, Path, dotted, leaves
from docgen.domain.enrollment.person import Contact, Reviewer, Signatory
from docgen.domain.enrollment.record import Committee, Enrollment, OtherPso, OtherRelationship
from docgen.domain.enrollment.wording import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WORKBOOK_ID = "docgen-enrollment-workbook"
WORKBOOK_VERSION = "1"
ANSWERS = "Practice"
ABOUT = "About this file"
READ_ME = "Read me"
LISTS = "Lists"
# What the program itself writes into a record.
NOT_ASKED = frozenset(
    {("schema_version",), ("record_id",), ("version",), ("source",), ("practice", "specialty")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column, or one line of the sheet of single answers."""

    heading: str
    path: Path
    leaf: Leaf
    is_tick: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Return the headings under which it is recognised: its label and its path."""
        return frozenset({plain(self.heading), dotted(self.path)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet with one row for each entry of a list."""

    title: str
    list_path: Path
    columns: tuple[Column, ...]
    inside: str = ""  # the heading of the column that names the row of the list around this one


@cache
def tables() -> tuple[Table, ...]:
    """Return the sheets that hold lists, in the order they are filled in."""
    return (
        _table("Legal entities", ("legal_entities",), LegalEntity),
        _table("Facilities", ("facilities",), Facility),
        _table("Key contacts", ("contacts",), Contact),
        _table("Signatories", ("signatories",), Signatory),
        _table("Reviewers", ("reviewers",), Reviewer),
        _table("Committees", ("workflow", "committees"), Committee),
        _table("Other PSOs", ("practice", "existing_pso_relationships"), OtherPso),
        _table("Other relationships", ("practice", "other_relationships"), OtherRelationship),
        _table("Staffing", ("facilities", "staffing"), StaffGroup, inside="Facility"),
    )


@cache
def answers() -> tuple[Column, ...]:
    """Return the lines of the sheet of single answers."""
    return tuple(
        Column(heading=leaf.label, path=leaf.path, leaf=leaf)
        for leaf in leaves(Enrollment)
        if leaf.path not in NOT_ASKED
    )


@cache
def practice_columns() -> Mapping[str, Path]:
    """Return the headings of a file with one practice a row, and what each fills in.

    The first legal entity, facility and contact have the names of their sheets in front.
    """
    found = {column.heading: column.path for column in answers()}
    for table in tables()[:3]:
        noun = {"Legal entities": "Legal entity", "Facilities": "Facility"}.get(
            table.title, "Contact"
        )
        for column in table.columns:
            found[f"{noun}: {column.heading}"] = (*table.list_path, 0, *column.path)
    return found


def plain(heading: str) -> str:
    """Return a heading as it is compared: one case, single spaces, no mark of need."""
    return " ".join(heading.replace("*", " ").casefold().split())


def _table(title: str, list_path: Path, record: type[Any], inside: str = "") -> Table:
    columns = tuple(column for leaf in leaves(record) for column in _columns(leaf))
    return Table(title=title, list_path=list_path, columns=columns, inside=inside)


def _columns(leaf: Leaf) -> Iterator[Column]:
    if leaf.words is None:
        yield Column(heading=leaf.label, path=leaf.path, leaf=leaf)
        return
    for option in leaf.words.options:
        heading = f"{leaf.label}: {phrase(option)}"
        yield Column(heading=heading, path=(*leaf.path, option.value), leaf=leaf, is_tick=True)
