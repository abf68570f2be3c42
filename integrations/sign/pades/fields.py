"""The signature fields: all placed empty in one revision, before anything is signed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    InvisSigSettings,
    MDPPerm,
    SigFieldSpec,
    append_signature_field,
    ensure_sig_flags,
    enumerate_sig_fields,
)

from docgen.errors import SignatureInvalid
from integrations.sign.pades.content import PageMarks
from integrations.sign.pades.objects import name, string
from integrations.sign.pades.structure import tag_widget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyhanko.pdf_utils.rw_common import PdfHandler

    from docgen.ports.signer import SignatureSlot
    from integrations.sign.pades.revision import Revision

SENT, SEAL, ARCHIVE = "Sent", "Seal", "Archive"
OWN_FIELDS = (SENT, SEAL, ARCHIVE)
LOCK = FieldMDPSpec(FieldMDPAction.ALL)
_SLOT = re.compile(r"[a-z0-9_]+")
_TOOLTIPS = {
    SENT: "Certification of the document as it was sent for signature",
    SEAL: "Seal against changes, made after the last signature",
    ARCHIVE: "Archive time stamp over the whole sealed document",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A signature field: whether it is signed, and its visible size."""

    name: str
    signed: bool
    width: float
    height: float


def read_fields(handler: PdfHandler) -> Mapping[str, Field]:
    """Read every signature field.

    Raises:
        SignatureInvalid: the form cannot be read, or two fields share a name.
    """
    fields: dict[str, Field] = {}
    try:
        for title, value, reference in enumerate_sig_fields(handler):
            if title in fields:
                raise SignatureInvalid("Two signature fields share a name; the file is not ours.")
            x, y, right, top = (float(side) for side in reference.get_object()["/Rect"])
            fields[title] = Field(
                name=title,
                signed=value is not None,
                width=abs(right - x),
                height=abs(top - y),
            )
    except (PdfError, KeyError, ValueError, TypeError) as error:
        raise SignatureInvalid(
            "The file's signature fields cannot be read; use the file as it was sent."
        ) from error
    return fields


def place_fields(revision: Revision, slots: Sequence[SignatureSlot]) -> None:
    """Add `Sent`, one field a slot and `Seal`, all empty.

    Raises:
        SignatureInvalid: the file has a form already, or a slot cannot be placed.
    """
    if "/AcroForm" in revision.root:
        raise SignatureInvalid(
            "The file already has form fields, so it cannot be certified as first of its "
            "signatures; make it again without."
        )
    names = [slot.place.slot for slot in slots]
    if len({*names, *OWN_FIELDS}) != len(names) + len(OWN_FIELDS):
        raise SignatureInvalid("Two signature slots share a name; give each its own.")
    try:
        pages, marks = int(revision.root["/Pages"]["/Count"]), PageMarks()
        _add(revision, SigFieldSpec(sig_field_name=SENT), None, marks)
        for slot in slots:
            _add(revision, _visible(slot, pages), slot, marks)
        seal = SigFieldSpec(
            sig_field_name=SEAL, field_mdp_spec=LOCK, doc_mdp_update_value=MDPPerm.NO_CHANGES
        )
        _add(revision, seal, None, marks)
        ensure_sig_flags(revision, lock_sig_flags=True)
    except (PdfError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise SignatureInvalid(
            "Signature fields cannot be placed in this file; typeset it again."
        ) from error


def add_archive_field(revision: Revision) -> None:
    """Add the archive time stamp's field, which `Seal` allows although it locks all others.

    A field placed earlier would be locked with the rest. A new one may change nothing but itself,
    so it cannot be tagged; its widget has no size and lies outside the page, where PDF/UA asks for
    no tag (ISO 14289-1, 7.18.1).
    """
    append_signature_field(
        revision,
        SigFieldSpec(
            sig_field_name=ARCHIVE,
            invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
            readable_field_name=_TOOLTIPS[ARCHIVE],
        ),
    )


def _visible(slot: SignatureSlot, pages: int) -> Any:
    place = slot.place
    named = _SLOT.fullmatch(place.slot) is not None
    if not named or not 1 <= place.page <= pages or place.width <= 0 or place.height <= 0:
        raise SignatureInvalid(
            "A signature slot has no proper name or lies on no page; typeset the file again."
        )
    make: Any = SigFieldSpec  # pyHanko says whole points, and takes any
    return make(
        sig_field_name=place.slot,
        on_page=place.page - 1,
        box=(place.x, place.y, place.x + place.width, place.y + place.height),
    )


def _add(
    revision: Revision, spec: SigFieldSpec, slot: SignatureSlot | None, marks: PageMarks
) -> None:
    append_signature_field(revision, spec)
    ((_, _, widget),) = enumerate_sig_fields(revision, with_name=spec.sig_field_name)
    tooltip = slot.tooltip if slot else _TOOLTIPS[spec.sig_field_name]
    field = widget.get_object()
    field["/TU"] = string(tooltip)
    page = field.raw_get("/P")
    page.get_object()["/Tabs"] = name("S")  # the page is in this revision for its widget
    tag_widget(revision, widget, page, slot.place if slot else None, marks)
