"""Blank copies of every agreement, for review before anyone enrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from docgen.domain.document import SignaturePanel
from docgen.ports.press import Order
from docgen.render.blank import Blank
from docgen.render.clauses import Dressing, evaluate_blank
from docgen.render.manifest import latest_version, list_templates, load_template

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

    from docgen.domain.document import Document
    from docgen.ports.press import Press
    from docgen.render.manifest import Template

MARK = "Blank sample for review by counsel"


class Workshop(Protocol):
    """What blank copies are made with; every office is one."""

    @property
    def templates(self) -> Traversable:
        """Give the folder of the agreements' texts."""
        ...

    @property
    def press(self) -> Press:
        """Give the press."""
        ...


def slugs(office: Workshop) -> list[str]:
    """List the agreements there are."""
    return sorted({slug for slug, _ in list_templates(office.templates)})


def blank_forms(office: Workshop, tell: Callable[[], None] = lambda: None) -> dict[str, bytes]:
    """Render the newest version of every agreement blank, in all three forms, by file name.

    `tell` is called after each agreement, for showing progress.
    """
    found: dict[str, bytes] = {}
    for slug in slugs(office):
        version = latest_version(office.templates, slug)
        template = load_template(office.templates, slug, version)
        order = Order(
            document=_blank(template), shell=template.shell, properties={"packet": "blank sample"}
        )
        (forms,) = office.press.press([order])
        stem = f"{slug}-{version}-blank"
        made = {".pdf": forms.typeset.pdf, ".docx": forms.docx, ".html": forms.html}
        found |= {stem + ending: data for ending, data in made.items()}
        tell()
    return found


def _blank(template: Template) -> Document:
    panels = [
        SignaturePanel(
            slot="party",
            party="[legal name of the party]",
            capacity="[capacity in which the person signs]",
            meaning="[what the signature means]",
        )
    ]
    return evaluate_blank(
        template,
        {name: Blank(name) for name in template.fields},
        panels=panels,
        dressing=Dressing(
            control_line=f"{template.slug} {template.version} · {template.digest[:12]}",
            mark=MARK,
            author="Sample",
            dated=template.rule_as_of.isoformat(),
        ),
    )
