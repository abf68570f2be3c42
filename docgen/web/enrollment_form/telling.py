"""What the check found, beside the fields it is about and in a list that leads to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.web.desk.parts import Trouble
from docgen.web.enrollment_form.boxes import Box, Item, anchor_of
from docgen.web.enrollment_form.sections import number_of, section_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docgen.domain.enrollment.stages import Missing
    from docgen.errors import Problem


def places_on(items: Iterable[Item]) -> dict[str, Item]:
    """List everything on a page that a message can stand beside, by path."""
    return {one.path: one for one in _all(items)}


def _all(items: Iterable[Item]) -> Iterator[Item]:
    for one in items:
        yield one
        yield from _all(getattr(one, "inside", None) or getattr(one, "groups", None) or ())


def nearest(places: Mapping[str, Item], path: str) -> Item | None:
    """Find where a path stands on the page, or the part around it."""
    while path:
        if path in places:
            return places[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Places messages; `address` gives the page of a section and an item of it."""

    places: Mapping[str, Item]
    address: Callable[[str, str], str]

    def beside(self, problems: Iterable[Problem], warnings: Iterable[Problem]) -> None:
        """Put each message beside its field, without the field's name in front."""
        for found in problems:
            item = nearest(self.places, found.path)
            if item is not None:
                item.problems.append(_short(item, found.message))
        for found in warnings:
            item = nearest(self.places, found.path)
            if item is not None:
                item.warnings.append(_short(item, found.message))

    def listed(self, found: Iterable[Problem | Missing]) -> list[Trouble]:
        """List messages, each leading to its field on this page or another."""
        return [
            Trouble(words=one.message, anchor=self.lead(one.path)) for one in dict.fromkeys(found)
        ]

    def lead(self, path: str) -> str:
        """Give the way to a path: an anchor here, or the address of the page it is on."""
        item = nearest(self.places, path)
        if item is not None:
            return f"#{_target(item)}"
        return link_to(path, self.address)


def link_to(path: str, address: Callable[[str, str], str]) -> str:
    """Give the address of the page a path is on, with the field's anchor; "" for the whole."""
    section = section_of(path)
    if section is None:
        return ""
    number = number_of(path)
    page = address(section.key, "" if number is None else str(number + 1))
    is_page = section.rows is not None and path in {
        section.names[0],
        f"{section.names[0]}[{number}]",
    }
    return page if is_page else f"{page}#{anchor_of(path)}"


def _target(item: Item) -> str:
    """Give what to focus: the first tick of several, else the field itself."""
    if isinstance(item, Box) and item.kind == "ticks" and item.options:
        return item.options[0].id
    return item.id


def _short(item: Item, message: str) -> str:
    rest = message.removeprefix(f"{item.spoken}: ")
    return rest[:1].upper() + rest[1:]
