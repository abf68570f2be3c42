"""What is filled in to choose where an agreement comes from; one form for each way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from django import forms

from docgen.domain.person import Role
from docgen.render.requirements import Level, read_requirements
from docgen.services.given import LONGEST_LINE
from docgen.services.scan import MOST_BYTES
from docgen.web.desk.incoming import incoming
from docgen.web.form import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.render.requirements import Requirement
    from docgen.services.office import Office

_MOST_PAGES = 1_000


def requirements_of(office: Office, slug: str) -> tuple[Requirement, ...]:
    """List what the law says this document must contain."""
    return tuple(
        item
        for item in read_requirements(office.templates)
        if item.document == slug and item.level is Level.REQ
    )


class SourceForm(Form):
    """Any of them; this one asks nothing."""

    def __init__(self, office: Office, slug: str, *given: Any) -> None:
        super().__init__(*given)
        self.fill(office, slug)

    def fill(self, office: Office, slug: str) -> None:
        """Add what depends on the office or the document."""


class PaperForm(SourceForm):
    """The practice's own document, and where in it each requirement of law is met."""

    file = incoming(
        "The practice’s document", ".pdf", "The PDF as it will be signed by hand.", MOST_BYTES
    )
    checked_by = forms.ChoiceField(
        label="Who read it against the requirements",
        help_text="A coordinator or a legal approver; the name stands in the plan.",
        error_messages={"required": "Choose who read the document."},
    )

    def fill(self, office: Office, slug: str) -> None:
        """Add a page and a section for each requirement, and those who may have read it."""
        may = {Role.COORDINATOR, Role.LEGAL_APPROVER}
        field = cast("forms.ChoiceField", self.fields["checked_by"])
        field.choices = [("", "Choose")] + [
            (item.key, item.name) for item in office.ledger.people.list() if may & item.roles
        ]
        self._requirements = requirements_of(office, slug)
        for number, item in enumerate(self._requirements):
            self.fields[f"page_{number}"] = forms.IntegerField(
                label=f"Page: {item.title}",
                min_value=1,
                max_value=_MOST_PAGES,
                error_messages={"required": "Say on which page it is met."},
            )
            self.fields[f"section_{number}"] = forms.CharField(
                label=f"Section: {item.title}",
                max_length=LONGEST_LINE,
                error_messages={"required": "Say in which section it is met."},
            )

    def plain(self) -> list[forms.BoundField]:
        """List the fields that are not about one requirement."""
        return [self["file"], self["checked_by"]]

    def groups(self) -> list[Mapping[str, object]]:
        """Give each requirement with its two fields."""
        return [
            {"of": item, "page": self[f"page_{number}"], "section": self[f"section_{number}"]}
            for number, item in enumerate(self._requirements)
        ]

    def checklist(self) -> bytes:
        """Write what was filled in as the checklist that is kept (TOML)."""
        given = self.cleaned_data
        lines = [f"checked_by = {_quoted(given['checked_by'])}"]
        for number, item in enumerate(self._requirements):
            lines += [
                "",
                "[[requirement]]",
                f"id = {_quoted(item.id)}",
                f"page = {given[f'page_{number}']}",
                f"section = {_quoted(given[f'section_{number}'])}",
            ]
        return ("\n".join(lines) + "\n").encode()


def _quoted(text: str) -> str:
    """Write a TOML basic string; JSON's escapes are TOML's as well."""
    return json.dumps(text, ensure_ascii=False)


class OnFileForm(SourceForm):
    """An agreement executed before."""

    title = forms.CharField(label="Title of the agreement", max_length=LONGEST_LINE)
    dated = forms.DateField(
        label="Executed on",
        help_text="The day it took effect between both parties.",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Give the day as year-month-day, such as 2024-05-02."},
    )
    kept_at = forms.CharField(
        label="Where it is kept",
        max_length=LONGEST_LINE,
        help_text="Such as: contracts cabinet, folder 12.",
    )


class CopyForm(SourceForm):
    """A copy of what is on file."""

    file = incoming(
        "Copy", ".pdf", "A PDF of the executed agreement; it goes into the evidence.", MOST_BYTES
    )


class LeaveOutForm(SourceForm):
    """Why a document is not needed."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_LINE,
        help_text="Why this practice needs no such document. It stands in the plan.",
    )


FORMS: Mapping[str, type[SourceForm]] = {
    "paper": PaperForm,
    "on-file": OnFileForm,
    "copy": CopyForm,
    "leave-out": LeaveOutForm,
    "ours": SourceForm,
}
