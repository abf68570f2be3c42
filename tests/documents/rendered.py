"""Every sample's documents in all three forms, made once for the whole test process."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from docgen.domain.document import Attachment, Document, SignaturePanel
from docgen.domain.merge import ExecutedAgreement, contract_fields
from docgen.render.clauses import Dressing, evaluate
from docgen.render.docx import render_docx
from docgen.render.html import reading_view
from docgen.render.manifest import Template
from docgen.resources import fonts_dir
from integrations.typeset.typst.typesetter import TypstTypesetter
from tests.unit.domain.enrollment.samples import VALID, sample_pso, sample_record
from tests.unit.render.making import real

if TYPE_CHECKING:
    from collections.abc import Callable


SLUGS = ("psa", "baa", "pses")
CASES = [(name, slug) for name in VALID for slug in SLUGS]
PACKET = "k3v9tq2m7d8w4c5x6z1a0b2e3f"
PROPERTIES = {"packet": PACKET, "version": "1.0.0", "round": "0"}
PANELS = (
    SignaturePanel(
        slot="practice",
        party="Lakeside Radiation Oncology, PLLC",
        capacity="For Practice, as its authorized official",
        meaning="Agrees to be bound by this Agreement",
    ),
    SignaturePanel(
        slot="pso",
        party="Harborlight PSO, LLC",
        capacity="For PSO, as its authorized official",
        meaning="Countersigns this Agreement",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One document of one sample, and the fields it was made of."""

    template: Template
    fields: Mapping[str, object]
    document: Document
    docx: bytes
    html: bytes


@cache
def typesetter() -> TypstTypesetter:
    """Give the one typesetter of agreements."""
    return TypstTypesetter(fonts_dir())


def dressing() -> Dressing:
    """Give what stands around the text."""
    return Dressing(
        control_line=f"{PACKET} · plan 1a2b3c4d",
        mark="Sample for review by counsel",
        author="Harborlight PSO, LLC",
        dated="2026-11-23",
        attachment=Attachment(
            name="printed-fields.json",
            description="The fields printed in this document. Not part of the agreement.",
            media_type="application/json",
            data=b'{"a":1}',
        ),
    )


@cache
def made(name: str, slug: str) -> Made:
    """Evaluate and render one sample's document as DOCX and HTML."""
    template = real(slug)
    executed = ExecutedAgreement(
        agreement_date=date(2026, 11, 23), agreement_title=real("psa").title, packet_id=PACKET
    )
    every = contract_fields(
        sample_record(name),
        sample_pso(),
        packet_id=PACKET,
        title=template.title,
        version=template.version,
        executed=executed,
    )
    fields = {key: every[key] for key in template.fields}
    document = evaluate(template, fields, panels=PANELS, dressing=dressing())
    return Made(
        template=template,
        fields=fields,
        document=document,
        docx=render_docx(document, template.shell, properties=PROPERTIES),
        html=reading_view(document),
    )


@cache
def pdf_of(name: str, slug: str) -> bytes:
    """Typeset one sample's document."""
    return typesetter().typeset(made(name, slug).document).pdf


def typeset(document: Document) -> bytes:
    """Typeset any document."""
    return typesetter().typeset(document).pdf


def docx_part(data: bytes, name: str = "word/document.xml") -> str:
    """Read one XML part of a DOCX file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def edit_docx(data: bytes, change: Callable[[str], str], name: str = "word/document.xml") -> bytes:
    """Change one XML part of a DOCX file; the change must change something."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename == name:
                changed = change(part.decode()).encode()
                assert changed != part, "the planted fault changed nothing"
                part = changed
            target.writestr(entry, part)
    return buffer.getvalue()


def add_part(data: bytes, name: str, part: bytes) -> bytes:
    """Add a part to a DOCX file."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as target:
        target.writestr(name, part)
    return buffer.getvalue()
