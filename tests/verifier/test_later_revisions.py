"""Revisions put behind the archive time stamp, and stamped anew by an authority we trust.

A time stamping authority may be open to everybody. Whoever has a stamp of its on what they added has
a file whose last stamp covers the whole: what was added must then be found by what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name as name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    enumerate_sig_fields,
)

from integrations.sign.pades.objects import array, dictionary, number
from integrations.sign.pades.revision import appended, open_revision
from tests.verifier.handling import anchor_of, failed, pack, relist, unpack
from tests.verifier.making import make
from tests.verifier.signing import ANEW, real_kit, small_pdf, stamped_anew

if TYPE_CHECKING:
    from collections.abc import Callable

    from integrations.sign.pades.signer import PadesSigner

SIGNED = "documents/psa/signed.pdf"
TRUE: Any = generic.BooleanObject(value=True)  # type: ignore[no-untyped-call]  # pyHanko


@dataclass(frozen=True, repr=False)
class Scene:
    """One really signed bundle, its anchor, and the authority that stamps for everybody."""

    data: bytes
    anchor: Any
    signer: PadesSigner

    @property
    def sealed(self) -> bytes:
        """Give the sealed file."""
        return unpack(self.data)[SIGNED]

    def found(self, pdf: bytes) -> set[str]:
        """Give the checks of signatures that fail with another sealed file in place."""
        data = pack(relist({**unpack(self.data), SIGNED: pdf}))
        return {one for one in failed(data, self.anchor, pdf=True) if one.startswith("pdf.")}

    def stamped(self, pdf: bytes, field: Callable[[Any, Any], None] | None = None) -> bytes:
        """Put a further time stamp over the whole file, in a field changed as told."""
        if field is None:
            return stamped_anew(pdf, self.signer)
        return stamped_anew(
            pdf, self.signer, lambda revision: field(revision, field_of(revision, ANEW))
        )


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Make the bundle once."""
    folder = tmp_path_factory.mktemp("later")
    kit: Any = real_kit(folder)
    made = make(kit, {"psa": small_pdf("Provider Services Agreement")})
    return Scene(made.data, anchor_of(made.anchor, folder), kit.signer)


def field_of(revision: Any, title: str) -> Any:
    """Find a signature field."""
    ((_, _, reference),) = enumerate_sig_fields(revision, with_name=title)
    return reference.get_object()


def stream(data: bytes, **keys: Any) -> generic.StreamObject:
    """Make a stream."""
    made = generic.StreamObject(stream_data=data)
    made.update({name(f"/{key}"): value for key, value in keys.items()})
    return made


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><other/></x:xmpmeta>'


def _nothing(revision: Any) -> None:
    revision.update_root()


def _catalog(key: str, value: Any) -> Callable[[Any], None]:
    def change(revision: Any) -> None:
        revision.root[name(key)] = value
        revision.update_root()

    return change


def _form(key: str, value: Any) -> Callable[[Any], None]:
    def change(revision: Any) -> None:
        form = revision.root["/AcroForm"]
        form[name(key)] = value
        revision.update_container(form)
        revision.update_root()

    return change


def _other_metadata(revision: Any) -> None:
    told = stream(XMP, Type=name("/Metadata"), Subtype=name("/XML"))
    revision.root[name("/Metadata")] = revision.add_object(told)
    revision.update_root()


def _metadata_in_place(revision: Any) -> None:
    told = revision.root["/Metadata"]
    told._data, told._encoded_data = XMP, None
    revision.update_container(told)


def _no_metadata(revision: Any) -> None:
    del revision.root["/Metadata"]
    revision.update_root()


def _other_title(revision: Any) -> None:
    revision.set_info(revision.add_object(dictionary(Title=generic.pdf_string("Settlement"))))


def _cargo(revision: Any) -> None:
    revision.add_object(stream(b"The fee was waived."))


def _cargo_as_evidence(revision: Any) -> None:
    kept = revision.root["/DSS"]["/CRLs"]
    kept.append(revision.add_object(stream(b"The fee was waived.")))
    revision.update_container(kept)


def _field_flags(revision: Any) -> None:
    field = field_of(revision, "Seal")
    field[name("/Ff")] = number(1)
    revision.update_container(field)


def _unseen_signature(revision: Any) -> None:
    field = field_of(revision, "practice_signature")
    field[name("/F")] = number(2)
    revision.update_container(field)


def _page(key: str, value: Any) -> Callable[[Any], None]:
    def change(revision: Any) -> None:
        page, _ = revision.find_page_for_modification(0)
        page.get_object()[name(key)] = value
        revision.update_container(page.get_object())

    return change


def _other_letters(revision: Any) -> None:
    """Let what is copied from the page read otherwise than it looks."""
    page, _ = revision.find_page_for_modification(0)
    for font in page.get_object()["/Resources"]["/Font"].values():
        told = font.get_object()["/ToUnicode"]
        told._data, told._encoded_data = told.data.replace(b"0072", b"0042"), None
        revision.update_container(told)


def _other_widths(revision: Any) -> None:
    page, _ = revision.find_page_for_modification(0)
    for font in page.get_object()["/Resources"]["/Font"].values():
        below = font.get_object()["/DescendantFonts"][0].get_object()
        below[name("/W")] = array()
        revision.update_container(below)


def _link(revision: Any) -> None:
    page, _ = revision.find_page_for_modification(0)
    link = dictionary(
        Type=name("/Annot"),
        Subtype=name("/Link"),
        Rect=array(*map(number, (0, 0, 500, 700))),
        A=dictionary(S=name("/URI"), URI=generic.pdf_string("https://other.example.org")),
    )
    revision.register_annotation(page, revision.add_object(link))


REVISIONS: dict[str, Callable[[Any], None]] = {
    "other metadata": _other_metadata,
    "metadata overwritten": _metadata_in_place,
    "metadata taken out": _no_metadata,
    "another title": _other_title,
    "an object that nothing refers to": _cargo,
    "words among the validation data": _cargo_as_evidence,
    "an extension": _catalog(
        "/Extensions", dictionary(X=dictionary(BaseVersion=name("/1.7"), ExtensionLevel=number(1)))
    ),
    "another version": _catalog("/Version", name("/2.0")),
    "tags disowned": _catalog("/MarkInfo", dictionary(Suspects=TRUE)),
    "layers": _catalog("/OCProperties", dictionary(OCGs=array(), D=dictionary())),
    "names": _catalog("/Names", dictionary()),
    "a script": _catalog(
        "/OpenAction", dictionary(S=name("/JavaScript"), JS=generic.pdf_string("app.beep()"))
    ),
    "looks made anew": _form("/NeedAppearances", TRUE),
    "other fonts of the form": _form("/DR", dictionary(Font=dictionary())),
    "another style of the form": _form("/DA", generic.pdf_string("/Helv 0 Tf")),
    "another form": _form("/XFA", generic.pdf_string("<xdp/>")),
    "no signatures said to be there": _form("/SigFlags", number(0)),
    "flags of the seal's field": _field_flags,
    "a signature hidden": _unseen_signature,
    "the page turned": _page("/Rotate", number(90)),
    "the page cropped": _page("/CropBox", array(*map(number, (0, 0, 500, 300)))),
    "the page scaled": _page("/UserUnit", number(7)),
    "other letters": _other_letters,
    "other widths": _other_widths,
    "a link over the page": _link,
}


@pytest.mark.parametrize("change", REVISIONS)
def test_a_revision_that_is_stamped_anew_is_found(scene: Scene, change: str) -> None:
    """Whatever it brings besides validation data and a time stamp: the file was changed."""
    revision = open_revision(scene.sealed)
    REVISIONS[change](revision)
    found = scene.found(scene.stamped(appended(revision)))
    assert found & {"pdf.untouched", "pdf.valid"}
    assert "pdf.whole" not in found


@pytest.mark.parametrize("change", [None, _nothing])
def test_a_further_time_stamp_holds(scene: Scene, change: Callable[[Any], None] | None) -> None:
    """The control: stamped anew, also with the catalog written again as it was, nothing fails."""
    pdf = scene.sealed
    if change is not None:
        revision = open_revision(pdf)
        change(revision)
        pdf = appended(revision)
    assert scene.found(scene.stamped(pdf)) == set()


def _covering(*place: Any) -> Callable[[Any, Any], None]:
    """Draw a person's signature, which the file holds, over the page."""

    def change(revision: Any, field: Any) -> None:
        field[name("/Rect")] = array(*place)
        field[name("/AP")] = field_of(revision, "pso_signature").raw_get("/AP")
        field[name("/F")] = number(4)

    return change


def _indirect(revision: Any, field: Any) -> None:
    _covering(*map(number, (0, 0)), *(revision.add_object(number(one)) for one in (500, 700)))(
        revision, field
    )


def _told(key: str, value: Any) -> Callable[[Any, Any], None]:
    def change(_: Any, field: Any) -> None:
        field[name(key)] = value

    return change


COVERING: dict[str, Callable[[Any, Any], None]] = {
    "four numbers": _covering(*map(number, (0, 0, 500, 700))),
    "a fifth number": _covering(*map(number, (0, 0, 500, 700, 0))),
    "numbers elsewhere": _indirect,
}
FIELDS: dict[str, Callable[[Any, Any], None]] = {
    **COVERING,
    "a colour": _told("/MK", dictionary(BG=array(*map(number, (1, 0, 0))))),
    "a script": _told(
        "/AA",
        dictionary(
            PO=dictionary(S=name("/JavaScript"), JS=generic.pdf_string("app.beep()")),
        ),
    ),
    "an address": _told(
        "/A", dictionary(S=name("/URI"), URI=generic.pdf_string("https://other.example.org"))
    ),
    "words": _told("/Contents", generic.pdf_string("The fee was waived.")),
    "no place": _told("/Rect", array()),
}


@pytest.mark.parametrize("change", FIELDS)
def test_a_time_stamps_field_shows_and_does_nothing(scene: Scene, change: str) -> None:
    """What pyHanko takes for invisible and a viewer draws is found, like every other extra."""
    assert "pdf.untouched" in scene.found(scene.stamped(scene.sealed, FIELDS[change]))


@pytest.mark.parametrize("change", COVERING)
def test_a_viewer_does_draw_it(scene: Scene, change: str) -> None:
    """Why it matters: the page looks otherwise; with a plain further time stamp it does not."""
    before = _look(scene.sealed)
    assert _look(scene.stamped(scene.sealed, COVERING[change])) != before
    assert _look(scene.stamped(scene.sealed)) == before


def _look(pdf: bytes) -> bytes:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    page = document[0]
    bitmap = page.render(scale=0.5, may_draw_forms=True)
    look = bytes(bitmap.buffer)
    bitmap.close()
    page.close()
    document.close()
    return look


@pytest.mark.parametrize("cargo", [b"The fee was waived.", b"\x01", None])
def test_nothing_hides_behind_a_signature(scene: Scene, cargo: bytes | None) -> None:
    """Bytes after the time stamp in its place, or the stamp a second time, are covered by nothing."""
    pdf = scene.sealed
    stamp = list(PdfFileReader(BytesIO(pdf)).embedded_signatures)[-1]
    start, end = int(stamp.byte_range[1]) + 1, int(stamp.byte_range[2]) - 1
    digits = pdf[start:end]
    own = len(stamp.pkcs7_content.rstrip(b"\0")) * 2
    more = digits[:own] if cargo is None else cargo.hex().encode()
    changed = (digits[:own] + more).ljust(len(digits), b"0")
    assert scene.found(pdf[:start] + digits + pdf[end:]) == set()
    assert scene.found(pdf[:start] + changed + pdf[end:]) == {"pdf.untouched"}
