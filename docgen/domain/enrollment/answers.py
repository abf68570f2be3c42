"""Answers from a form or a sheet, gathered into a record's plain values.

A form has numbered rows, some left empty, and its people name rows instead of inventing ids. Here
empty rows go, ids are made from names, and what refers to a row gets the row's id. Every value
keeps the place in the file it was read from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docgen.domain.enrollment.findings import Place, Rule
from docgen.domain.enrollment.kinds import Many, Part, is_absent, specs_of
from docgen.domain.enrollment.leaves import (
    ROW_IDS,
    Leaf,
    Path,
    leaf_at,
    rows_of,
    written_path,
)
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.written import understand
from docgen.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

ROW = "#"  # "#3" in a field that refers to a row means the third row of that list
_SLUG_MOST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What stands in one field or cell; `where` says which, in words of the file."""

    path: Path
    raw: object
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Plain values for the record's reader, where each was read, and what was done on the way."""

    values: dict[str, Any]
    places: Mapping[str, str]
    notes: tuple[Problem, ...]
    problems: tuple[Problem, ...]
    covered: frozenset[Path]


def gather(answers: Iterable[Answer], known: Mapping[str, Any]) -> Gathered:
    """Gather answers into plain values; `known` are the values of the draft they belong to.

    Answers to fields the record does not have are the caller's to leave out.
    """
    desk = _Desk(known=known)
    for answer in answers:
        desk.put(answer)
    desk.name_rows()
    values = desk.settle(Enrollment, desk.tree, ())
    return Gathered(
        values=values,
        places=desk.places,
        notes=tuple(desk.notes),
        problems=tuple(desk.problems),
        covered=frozenset(desk.covered),
    )


def find_leaf(path: Path) -> Leaf | None:
    """Return the field an answer belongs to; a word or a row to tick belongs to its list."""
    leaf = leaf_at(Enrollment, path)
    if leaf is not None or not path:
        return leaf
    around = leaf_at(Enrollment, path[:-1])
    if around is None or not isinstance(around.spec, Many):
        return None
    last = path[-1]
    if around.words is not None and last in {option.value for option in around.words.options}:
        return around
    return around if around.refers_to and isinstance(last, int) else None


def generic(path: Path) -> Path:
    """Return the path without its row numbers."""
    return tuple(piece for piece in path if isinstance(piece, str))


def slug_of(text: str, taken: Iterable[str], otherwise: str) -> str:
    """Make an id out of a name: lower-case letters and digits, different from those taken."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_SLUG_MOST].strip("-") or otherwise
    used, number, unique = set(taken), 1, slug
    while unique in used:
        number += 1
        unique = f"{slug}-{number}"
    return unique


@dataclass(slots=True)
class _Cell:
    """A field's answer, or the ticks that make up its list."""

    leaf: Leaf
    answer: Answer
    ticks: list[object] = field(default_factory=list)


@dataclass(slots=True)
class _Desk:
    """The answers on their way into a record."""

    known: Mapping[str, Any]
    tree: dict[Any, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    covered: set[Path] = field(default_factory=set)
    blank: dict[Path, str] = field(default_factory=dict)
    ids: dict[str, dict[int, str]] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)

    def put(self, answer: Answer) -> None:
        """Lay one answer down at its place in the tree; nodes of lists have numbers as keys."""
        leaf = find_leaf(answer.path)
        if leaf is None:
            return
        self.covered.add(generic(leaf.path))
        is_tick = len(answer.path) > len(leaf.path)
        ticked = is_tick and understand(_FLAG, answer.raw).value is True
        if is_absent(answer.raw) or (is_tick and not ticked):
            self.blank.setdefault(leaf.path, answer.where)
            return
        node = self.tree
        for piece in leaf.path[:-1]:
            node = node.setdefault(piece, {})
        cell = node.setdefault(leaf.path[-1], _Cell(leaf, answer))
        if ticked:
            last = answer.path[-1]
            cell.ticks.append(f"{ROW}{last + 1}" if isinstance(last, int) else last)

    def name_rows(self) -> None:
        """Give every row that says anything an id, and note which names mean which id."""
        for rows, (id_name, name_fields) in ROW_IDS.items():
            nodes = self.tree.get(rows, {})
            known = [one for one in self.known.get(rows, ()) if isinstance(one, dict)]
            before = {_name(one, name_fields): one.get(id_name, "") for one in known}
            given = {index: _written(node.get(id_name)) for index, node in nodes.items()}
            for index in [one for one, node in nodes.items() if not set(node) - {id_name}]:
                del nodes[index]  # nothing but the id the form was printed with
            ids: dict[int, str] = {}
            names = dict(before)
            for index, node in sorted(nodes.items()):
                name = _name({key: _written(node.get(key)) for key in name_fields}, name_fields)
                taken = {*given.values(), *before.values(), *ids.values()}
                same = before.get(name, "")
                ids[index] = (
                    given[index]
                    or (same if same not in {*given.values(), *ids.values()} else "")
                    or slug_of(name, taken, f"{rows.replace('_', '-')}-{index + 1}")
                )
                # A name two rows have means neither: whoever refers to it must write the id.
                is_other = names.get(name, ids[index]) != ids[index]
                names[name] = "" if is_other else ids[index]
            self.ids[rows], self.names[rows] = ids, names
            if ids:
                self.covered.add((rows, id_name))

    def settle(self, record: type[Any], node: Mapping[Any, Any], at: Path) -> dict[str, Any]:
        """Return a part's values; row numbers close up over the empty rows."""
        values: dict[str, Any] = {}
        for name, spec in specs_of(record).items():
            held = node.get(name)
            here = (*at, name)
            if isinstance(held, _Cell):
                values[name] = self._value(held, here)
            elif isinstance(spec, Part) and held:
                values[name] = self.settle(spec.record, held, here)
            elif (row := rows_of(spec)) is not None and held:
                values[name] = self._rows(row, held, here)
        return values

    def _rows(self, record: type[Any], held: Mapping[int, Any], at: Path) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for index, node in sorted(held.items()):
            here = (*at, len(rows))
            row = self.settle(record, node, here)
            if at[0] in ROW_IDS and len(at) == 1:
                row = {ROW_IDS[str(at[0])][0]: self.ids[str(at[0])][index], **row}
            self._remember_blank((*at, index), here)
            rows.append(row)
        return rows

    def _remember_blank(self, was: Path, now: Path) -> None:
        for path, where in self.blank.items():
            if path[: len(was)] == was:
                self.places.setdefault(written_path((*now, *path[len(was) :])), where)

    def _value(self, cell: _Cell, at: Path) -> object:
        """Return what a field says, in the record's words."""
        path, where = written_path(at), cell.answer.where
        self.places[path] = where
        if cell.ticks:
            value: object = [one for one in cell.ticks if one is not None]
        else:
            understood = understand(cell.leaf.spec, cell.answer.raw)
            value = understood.value
            if understood.note:
                self.notes.append(_note(cell.leaf, path, understood.note))
        if not cell.leaf.refers_to:
            return value
        if isinstance(value, list):
            found = [self._referred(cell.leaf, one, path) for one in value]
            return [one for one in found if one]
        return self._referred(cell.leaf, value, path)

    def _referred(self, leaf: Leaf, value: object, path: str) -> object:
        """Return the id of the row meant by a number or a name; anything else stays."""
        rows = leaf.refers_to
        text = str(value).strip()
        if re.fullmatch(r"#[0-9]{1,4}", text):
            found = self.ids[rows].get(int(text[1:]) - 1, "")
            if not found:
                sentence = f"row {text[1:]} of that list is empty; choose one that is filled in"
                place = Place(path=path, crumbs=leaf.crumbs)
                message = f"{place.label}: {sentence}."
                self.problems.append(Problem(path=path, rule=Rule.REFS.value, message=message))
            return found
        if text in self.ids[rows].values():
            return text
        return self.names[rows].get(_plain(text)) or value


def _note(leaf: Leaf, path: str, sentence: str) -> Problem:
    return Problem(path=path, rule="read", message=f"{leaf.label}: {sentence}.")


def _written(cell: object) -> str:
    return str(cell.answer.raw).strip() if isinstance(cell, _Cell) else ""


def _name(row: Mapping[str, object], fields: Iterable[str]) -> str:
    return _plain(" ".join(str(row.get(name) or "") for name in fields))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


_FLAG = specs_of(Enrollment)["us_based_attestation"]
