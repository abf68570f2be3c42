"""Where the form is shown: on the desk, or to the practice itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from docgen.services.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Who fills in which enrollment, in which layout, and under which addresses.

    `address` gives the page of a section, and of an item of its list counted from 1 (or "new");
    both empty, the overview. `told` is what the pages show around the form.
    """

    office: Office
    enrollment_id: str
    actor: str
    layout: str
    address: Callable[[str, str], str]
    told: Mapping[str, object]
    names: Mapping[str, str]
    may_accept: bool = False
