"""The record as a flat list of fields, the way a form or a sheet sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.domain.enrollment.kinds import Choice, Many, Part, Spec, Text, specs_of
from docgen.domain.enrollment.wording import hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

Piece = str | int
Path = tuple[Piece, ...]

# What names each row of a list, and what a missing name is made from.
ROW_IDS = {
    "legal_entities": ("entity_id", ("legal_name",)),
    "facilities": ("facility_id", ("name",)),
    "contacts": ("contact_id", ("given_name", "family_name")),
}
REFERRED = {"entity": "legal_entities", "facility": "facilities", "contact": "contacts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One field that holds a value: where it stands, its kind, and what a form calls it."""

    path: Path
    spec: Spec
    crumbs: tuple[str, ...]
    hint: str

    @property
    def label(self) -> str:
        """Name the field with the parts it stands in."""
        text = ", ".join(self.crumbs)
        return text[:1].upper() + text[1:]

    @property
    def words(self) -> Choice | None:
        """Return the list to choose several words from, if this is such a field."""
        spec = self.spec
        return spec.item if isinstance(spec, Many) and isinstance(spec.item, Choice) else None

    @property
    def refers_to(self) -> str:
        """Return the list whose rows this field names, or nothing."""
        spec = self.spec.item if isinstance(self.spec, Many) else self.spec
        return REFERRED[spec.refers_to] if isinstance(spec, Text) and spec.refers_to else ""


def leaves(record: type[Any], path: Path = (), crumbs: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """List the fields of a record and of the parts inside it; lists of parts are left out."""
    for name, spec in specs_of(record).items():
        here, named = (*path, name), (*crumbs, spec.label)
        if isinstance(spec, Part):
            yield from leaves(spec.record, here, named)
        elif rows_of(spec) is None:
            yield Leaf(path=here, spec=spec, crumbs=named, hint=hint(record, name))


def rows_of(spec: Spec) -> type[Any] | None:
    """Return the record each row of a list is, or None for all other kinds of field."""
    item = spec.item if isinstance(spec, Many) else None
    return item.record if isinstance(item, Part) else None


def leaf_at(record: type[Any], path: Iterable[Piece]) -> Leaf | None:
    """Return the field a path leads to, with its numbered rows as crumbs; None if there is none."""
    spec: Spec = Part(label="", record=record)
    taken: tuple[Piece, ...] = ()
    crumbs: tuple[str, ...] = ()
    owner: type[Any] = record
    for piece in path:
        if isinstance(spec, Part) and isinstance(piece, str) and piece in specs_of(spec.record):
            owner, spec = spec.record, specs_of(spec.record)[piece]
            crumbs = (*crumbs, spec.label)
        elif isinstance(spec, Many) and isinstance(spec.item, Part) and isinstance(piece, int):
            crumbs = (*crumbs[:-1], f"{spec.noun} {piece + 1}")
            spec = spec.item
        else:
            return None
        taken = (*taken, piece)
    if isinstance(spec, Part) or rows_of(spec) is not None:
        return None
    name = str(taken[-1])
    return Leaf(path=taken, spec=spec, crumbs=crumbs, hint=hint(owner, name))


def written_path(path: Iterable[Piece]) -> str:
    """Write a path the way findings do: `facilities[0].npi`."""
    text = ""
    for piece in path:
        text += f"[{piece}]" if isinstance(piece, int) else f".{piece}" if text else piece
    return text


def dotted(path: Iterable[Piece]) -> str:
    """Write a path the way a form names its fields: `facilities.0.npi`."""
    return ".".join(str(piece) for piece in path)


def undotted(name: str) -> Path:
    """Read a path back from a form's name for a field."""
    return tuple(
        int(piece) if piece.isascii() and piece.isdecimal() and len(piece) < 5 else piece  # noqa: PLR2004 - no list is longer
        for piece in name.split(".")
    )
