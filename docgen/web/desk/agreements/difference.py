"""What differs between two versions of an agreement, clause by clause and word by word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from docgen.errors import NotFound
from docgen.render.contents import labels_of
from docgen.render.diff import Change, differences
from docgen.render.word_diff import Piece
from docgen.web.desk.agreements.record import head
from docgen.web.desk.agreements.standing import version_of, versions_of
from docgen.web.desk.parts import Badge, Tone
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from docgen.render.diff import Difference
    from docgen.render.manifest import Template
    from docgen.services.survey import Version

_BADGES = {
    Change.ADDED: Badge(words="added", tone=Tone.GOOD),
    Change.REMOVED: Badge(words="removed", tone=Tone.BAD),
    Change.CHANGED: Badge(words="changed", tone=Tone.BUSY),
}
FACTS = {
    "title": "Title",
    "running_title": "Title at the head of each page",
    "instrument": "Kind of instrument",
    "packet": "Packet it is sent in",
    "rule_as_of": "Rules as of",
    "language": "Language",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One clause that differs, as the page shows it; `was` is its other number, if it has one."""

    id: str
    label: str
    was: str
    badge: Badge
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One clause that has the same words under another number."""

    id: str
    before: str
    after: str


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Compare two versions, at first the newest with the one before it."""
    office = office_of(request)
    versions = versions_of(office, slug)
    here = [item for item in versions if item.template]
    if not here:
        raise NotFound("No text of this agreement can be read here, so nothing can be compared.")
    new = _asked(request, "to", here, here[0])
    earlier = here[here.index(new) + 1 :] or here[-1:]
    old = _asked(request, "from", here, earlier[0])
    context = head(request, slug, versions, "template-compare") | {
        "lead": f"What version {new.version} changes in version {old.version}."
        if old is not new
        else "",
        "old": old,
        "new": new,
        "choices": [item.version for item in here],
        "gone": [item for item in versions if not item.template],
    }
    if old.template and new.template and old is not new:
        context |= _compared(old.template, new.template)
    return render(request, "docgen/desk/agreements/compare.html", context)


def _asked(request: HttpRequest, name: str, here: Sequence[Version], otherwise: Version) -> Version:
    given = request.GET.get(name, "")
    return version_of(tuple(here), given) if given else otherwise


def _compared(old: Template, new: Template) -> dict[str, object]:
    before, after = labels_of(old), labels_of(new)
    found = list(differences(old, new))
    touched = {item.id for item in found}
    return {
        "changes": [_changed(item, before, after) for item in found],
        "moved": list(moved_of(before, after, touched)),
        "counts": [
            (sum(1 for item in found if item.change is change), change.value) for change in Change
        ],
    }


def _changed(item: Difference, before: Mapping[str, str], after: Mapping[str, str]) -> Changed:
    was, label = before.get(item.id, ""), after.get(item.id, "")
    return Changed(
        id="" if item.id in FACTS else item.id,
        label=FACTS.get(item.id) or label or was,
        was=was if label and was and was != label else "",
        badge=_BADGES[item.change],
        pieces=item.pieces,
    )


def moved_of(
    before: Mapping[str, str], after: Mapping[str, str], touched: set[str]
) -> Iterator[Moved]:
    """List the clauses outside those touched that have another number now."""
    for name, label in after.items():
        was = before.get(name, "")
        if name not in touched and was and label and was != label:
            yield Moved(id=name, before=was, after=label)
