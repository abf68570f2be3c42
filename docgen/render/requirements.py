"""The registry of legal requirements an agreement must or should meet, by id."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.errors import TemplateInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

FOLDER = "requirements"


class Level(StrEnum):
    """How binding a requirement is."""

    REQ = "REQ"  # law says the document must contain it
    OBL = "OBL"  # law binds a party whether or not the document says so
    CUST_STRONG = "CUST_STRONG"  # customary, and expected by every careful reader
    CUST = "CUST"  # customary
    OPTION = "OPTION"  # allowed by law, used where the parties want it


MUST_COVER = frozenset({Level.REQ, Level.OBL, Level.CUST_STRONG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement; `from_memory` marks a citation counsel should check before adoption."""

    id: str
    level: Level
    document: str
    citation: str
    title: str
    from_memory: bool


def read_requirements(root: Traversable) -> Sequence[Requirement]:
    """Read every requirement that lies beside the templates, in order of id.

    Raises:
        TemplateInvalid: an entry is malformed or an id stands twice.
    """
    files = tuple(
        item.read_bytes()
        for item in sorted(root.joinpath(FOLDER).iterdir(), key=lambda item: item.name)
        if item.name.endswith(".toml")
    )
    return _parse(files)


@lru_cache(maxsize=8)
def _parse(files: tuple[bytes, ...]) -> tuple[Requirement, ...]:
    found: dict[str, Requirement] = {}
    for data in files:
        for raw in tomllib.loads(data.decode("utf-8"))["requirement"]:
            item = Requirement(
                id=raw["id"],
                level=Level(raw["level"]),
                document=raw["document"],
                citation=raw.get("citation", ""),
                title=raw["title"],
                from_memory=bool(raw.get("from_memory", False)),
            )
            if item.id in found:
                raise TemplateInvalid(f"The requirement {item.id} stands twice.")
            found[item.id] = item
    return tuple(found[key] for key in sorted(found))
