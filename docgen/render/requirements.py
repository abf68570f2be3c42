"""The registry of legal requirements an agreement must or should meet, by id."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.errors import TemplateInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

FOLDER = "requirements"


class Level(StrEnum):
    """How binding a requirement is."""

    REQ = "REQ"  # law says the document must contain it
    OBL = "OBL"  # law binds a party whether or not the document says so
    CUST_STRONG = "CUST (strong)"  # customary, and expected by every careful reader
    CUST = "CUST"  # customary
    OPTION = "OPTION"  # allowed by law, used where the parties want it


MUST_COVER = frozenset({Level.REQ, Level.OBL, Level.CUST_STRONG})
DOCUMENT_OF_FAMILY = {"psqia": "psa", "hipaa": "baa", "pses": "pses"}
_TEXTS = ("id", "level", "document", "citation", "title")
_KEYS = {*_TEXTS, "from_memory", "note"}


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
        TemplateInvalid: an entry is malformed, an id stands twice, or a family's document is wrong.
    """
    files = tuple(
        (item.name, item.read_bytes())
        for item in sorted(root.joinpath(FOLDER).iterdir(), key=lambda item: item.name)
        if item.name.endswith(".toml")
    )
    return _parse(files)


@lru_cache(maxsize=8)
def _parse(files: tuple[tuple[str, bytes], ...]) -> tuple[Requirement, ...]:
    found: dict[str, Requirement] = {}
    for name, data in files:
        where = f"{FOLDER}/{name}"
        for raw in read_entries(data, "requirement", where):
            item = _requirement(raw, where)
            if item.id in found:
                raise TemplateInvalid(f"{where}: the requirement {item.id} stands twice.")
            found[item.id] = item
    return tuple(found[key] for key in sorted(found))


def read_entries(data: bytes, table: str, where: str) -> Sequence[Mapping[str, object]]:
    """Read a TOML file that is one list of tables and nothing else.

    Raises:
        TemplateInvalid: it is not.
    """
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateInvalid(f"{where} is not valid TOML: {error}.") from error
    entries = raw.get(table, [])
    if set(raw) - {table} or not isinstance(entries, list):
        raise TemplateInvalid(f"{where} may hold only [[{table}]] entries.")
    if not all(isinstance(entry, dict) for entry in entries):
        raise TemplateInvalid(f"{where} may hold only [[{table}]] entries.")
    return entries


def _requirement(raw: Mapping[str, object], where: str) -> Requirement:
    name = raw.get("id")
    wrong = [key for key in _TEXTS if not isinstance(raw.get(key), str)]
    wrong += sorted(set(raw) - _KEYS)
    if wrong:
        raise TemplateInvalid(f"{where}: {name}: {wrong[0]!r} is unknown, missing or not a text.")
    level, document = str(raw["level"]), str(raw["document"])
    family = str(name).partition(".")[0]
    if level not in set(Level):
        raise TemplateInvalid(f"{where}: {name}: the level must be one of {', '.join(Level)}.")
    if DOCUMENT_OF_FAMILY.get(family) != document:
        raise TemplateInvalid(f"{where}: {name}: {family!r} requirements are not for {document!r}.")
    return Requirement(
        id=str(name),
        level=Level(level),
        document=document,
        citation=str(raw["citation"]),
        title=str(raw["title"]),
        from_memory=raw.get("from_memory") is True,
    )
