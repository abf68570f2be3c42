"""What a list was asked for: filters in its address, and acts on the lines picked in it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from docgen.domain.batch import Act
from docgen.errors import InputError
from docgen.services.batch import begin
from docgen.web.account.visitor import acting_person
from docgen.web.desk.parts import Choice
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

Word = TypeVar("Word", bound=StrEnum)
LAST_PAGE = 100_000


def chosen(request: HttpRequest, name: str, words: type[Word]) -> Word | None:
    """Give the word chosen for this filter, or None."""
    given = request.GET.get(name, "")
    return next((item for item in words if item.value == given), None)


def page_number(request: HttpRequest) -> int:
    """Give the page asked for, 1 unless it is a whole number that can be one."""
    given = request.GET.get("page", "")
    if not (given.isascii() and given.isdigit()):
        return 1
    return min(max(int(given[:9]), 1), LAST_PAGE)


def choice(
    request: HttpRequest, name: str, label: str, whole: str, words: Iterable[StrEnum]
) -> Choice:
    """Give a drop-down over these words; `whole` is what its first line, for all of them, says."""
    options = ((item.value, str(getattr(item, "words", item.value))) for item in words)
    return Choice(
        name=name,
        label=label,
        options=(("", whole), *options),
        value=request.GET.get(name, ""),
    )


def begin_batch(
    request: HttpRequest, picks: str, allowed: Iterable[Act], back: str
) -> HttpResponse:
    """Begin the act asked for on the lines picked, and lead to its results, or back to the list."""
    offered = {item.value for item in allowed}

    def act() -> str:
        wanted = request.POST.get("act", "")
        if wanted not in offered:
            raise InputError("Choose what to do with the picked lines.")
        picked = request.POST.getlist(picks)
        batch = begin(office_of(request), Act(wanted), picked, acting_person(request))
        return reverse("desk:batch", args=[batch.id])

    try:
        return once(request, act)
    except InputError as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
