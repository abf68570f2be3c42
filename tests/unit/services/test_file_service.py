"""Filing: what comes back is compared, archived whole or not at all, and proven by its bundle."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
)

from docgen.domain.canonical import digest_of
from docgen.domain.enrollment import Stage
from docgen.domain.packet import PacketState
from docgen.errors import ArchiveConflict, DigestMismatch, EvidenceError, StorageError
from docgen.ports.esign import SealedDocument
from docgen.services.anchor import anchor_of
from docgen.services.enroll import read_version
from docgen.services.file import NOT_FILED, file_packet
from docgen.services.generate import render_plan
from docgen.services.receive import refresh
from docgen.services.returned import difference
from docgen.services.sweep import run_errand, sweep
from integrations.archive.fake import FakeArchive
from integrations.esign.fake import FakeService
from tests.unit.services.walk import (
    Crash,
    CrashingLedger,
    FullStore,
    Loopback,
    at_own_desk,
    kinds,
    sent,
    sign_next,
    with_fake,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.services.office import Office


def executed(office: Office, packet: Packet) -> Packet:
    """Let everybody sign at the own signer, and the packet become fully executed, not filed."""
    after = sent(office, packet, "embedded")
    for _ in packet.plan.recipients:
        sign_next(office, after.envelope_id)
    run_errand(office, f"seal:{after.envelope_id}")
    return refresh(office, packet.id)


def verified(office: Office, bundle: bytes, folder: Path) -> int:
    """Give the stand-alone verifier's exit code for a bundle."""
    (folder / "packet.bundle.zip").write_bytes(bundle)
    (folder / "anchor.json").write_text(json.dumps(anchor_of(office)), "utf-8")
    (folder / "docgen_verify.py").write_bytes(office.verifier.read_bytes())
    command = [
        sys.executable,
        "-I",
        "docgen_verify.py",
        "packet.bundle.zip",
        "--anchor",
        "anchor.json",
    ]
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return ran.returncode


def test_a_signed_packet_is_filed_and_its_bundle_holds(
    office: Office, packet: Packet, tmp_path: Path
) -> None:
    """From the sweep alone, with all callbacks lost, to a bundle that a stranger verifies."""
    office = replace(at_own_desk(office, Loopback(lost=True)), archive=FakeArchive())
    after = sent(office, packet, "embedded")
    for _ in packet.plan.recipients:
        sign_next(office, after.envelope_id)
        sweep(office)
    sweep(office)
    filed = office.ledger.packets.get(packet.id)
    assert filed.state is PacketState.ARCHIVED
    assert filed.executed_at is not None
    assert verified(office, office.archive.open(filed.bundle_sha256), tmp_path) == 0
    before = kinds(office, packet.id)
    file_packet(office, {"packet_id": packet.id})
    assert kinds(office, packet.id) == before


@pytest.mark.parametrize("crashes", [1, 2, 3])
def test_filing_goes_on_where_a_crash_left_it(
    office: Office, packet: Packet, tmp_path: Path, crashes: int
) -> None:
    """Lost at its first, second or third commit, the errand is run again and the bundle holds."""
    office = replace(at_own_desk(office, Loopback(lost=True)), archive=FakeArchive())
    executed(office, packet)
    payload = {"packet_id": packet.id}
    for survived in range(crashes):
        with pytest.raises(Crash):
            file_packet(_dying_after(office, survived), payload)
        assert office.ledger.packets.get(packet.id).state is PacketState.FULLY_EXECUTED
    file_packet(office, payload)
    filed = office.ledger.packets.get(packet.id)
    assert filed.state is PacketState.ARCHIVED
    assert kinds(office, packet.id).count("packet.archived") == 1
    assert kinds(office, packet.id).count("packet.executed") == 1
    assert verified(office, office.archive.open(filed.bundle_sha256), tmp_path) == 0


def _dying_after(office: Office, survived: int) -> Any:
    """Give an office whose process dies at a later and later commit."""
    ledger = CrashingLedger(office.ledger, crashes=1, armed=True, spared=survived)
    return replace(office, ledger=ledger)  # type: ignore[arg-type]  # a double


def test_a_full_archive_leaves_the_packet_and_says_so(
    office: Office, packet: Packet, tmp_path: Path
) -> None:
    """The errand waits, others go on; with space again the packet is filed."""
    store = FullStore(FakeArchive(), after=5)
    office = replace(at_own_desk(office, Loopback(lost=True)), archive=store)
    executed(office, packet)
    assert "file: storage" in sweep(office).failures
    assert office.ledger.packets.get(packet.id).state is PacketState.FULLY_EXECUTED
    assert NOT_FILED not in kinds(office, packet.id)
    store.full = False
    key = f"file:{packet.id}"
    office.ledger.errands.again(key, office.clock.now())  # as if the wait were over
    run_errand(office, key)
    filed = office.ledger.packets.get(packet.id)
    assert filed.state is PacketState.ARCHIVED
    assert verified(office, office.archive.open(filed.bundle_sha256), tmp_path) == 0


# -- what came back is not what was sent ----------------------------------------------------------


class Altering(FakeService):
    """A service that hands back something of its own making."""

    prefix = False

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Hand back what `alter` makes of each document."""
        return [self.alter(item) for item in super().download(envelope_id)]

    def alter(self, item: SealedDocument) -> SealedDocument:
        """Change nothing."""
        return item


def swap(item: SealedDocument, pdf: bytes) -> SealedDocument:
    """Replace the signed bytes."""
    return replace(item, signed=pdf)


def redrawn(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    """Write a PDF anew after changing its first page."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def stamped(text: str, *, page: int, at: tuple[int, int] = (20, 20)) -> Callable[[Any], None]:
    """Give a change that prints a line on a page, as services do."""

    def change(writer: Any) -> None:
        target = writer.pages[page]
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        fonts = (
            target["/Resources"].get_object().setdefault(NameObject("/Font"), DictionaryObject())
        )
        fonts.get_object()[NameObject("/FService")] = font
        stream = DecodedStreamObject()
        lines = " T* ".join(f"({text[by : by + 90]}) Tj" for by in range(0, len(text), 90))
        stream.set_data(f"q BT /FService 6 Tf 7 TL {at[0]} {at[1]} Td {lines} ET Q".encode())
        old = target["/Contents"]
        kept = old if isinstance(old, ArrayObject) else ArrayObject([target.raw_get("/Contents")])
        target[NameObject("/Contents")] = ArrayObject([*kept, writer._add_object(stream)])

    return change


def drawn(strokes: str, *, page: int = 0) -> Callable[[Any], None]:
    """Give a change that draws over a page, whose own letters all stay in the file."""

    def change(writer: Any) -> None:
        target = writer.pages[page]
        stream = DecodedStreamObject()
        stream.set_data(f"q {strokes} Q".encode())
        old = target["/Contents"]
        kept = old if isinstance(old, ArrayObject) else ArrayObject([target.raw_get("/Contents")])
        target[NameObject("/Contents")] = ArrayObject([*kept, writer._add_object(stream)])

    return change


def noted(writer: Any) -> None:
    """Lay a white note over a paragraph."""
    look = DecodedStreamObject()
    look.set_data(b"1 g 0 0 400 40 re f")
    look.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject([NumberObject(one) for one in (0, 0, 400, 40)]),
        }
    )
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Stamp"),
            NameObject("/F"): NumberObject(4),
            NameObject("/Rect"): ArrayObject([NumberObject(one) for one in (80, 400, 480, 440)]),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(look)}),
        }
    )
    writer.pages[1][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])


def turned(writer: Any) -> None:
    """Turn a page upside down."""
    writer.pages[1].rotate(180)


def cut(writer: Any) -> None:
    """Show only the upper half of a page."""
    writer.pages[1].cropbox.lower_left = (0, 396)


def without_page(writer: Any) -> None:
    """Drop the second page."""
    writer.remove_page(1)


def twisted(writer: Any) -> None:
    """Change the order of two pages."""
    pages = list(writer.pages)
    writer.remove_page(2)
    writer.insert_page(pages[2], 1)


def at_altering(office: Office, packet: Packet, service: FakeService) -> Office:
    """Send a packet by this service and let everybody sign."""
    office, _ = with_fake(office, service)
    office = replace(office, archive=FakeArchive())
    sent(office, packet)
    service.sign_all("fake_1", office.clock.now())
    refresh(office, packet.id)
    return office


def refuses(
    office: Office,
    packet: Packet,
    error: type[EvidenceError] = DigestMismatch,
    *,
    why: str = "",
) -> None:
    """Check that filing is refused, nothing is archived, and the history says so once."""
    for _ in range(2):
        with pytest.raises(error, match=r"[Nn]othing was archived") as caught:
            file_packet(office, {"packet_id": packet.id})
        assert why in str(caught.value)
    assert isinstance(office.archive, FakeArchive)
    assert not office.archive.objects
    assert office.ledger.packets.get(packet.id).state is PacketState.FULLY_EXECUTED
    assert kinds(office, packet.id).count(NOT_FILED) == 1


def make(alter: Callable[[SealedDocument], SealedDocument]) -> FakeService:
    """Make a service that alters so."""

    class One(Altering):
        def alter(self, item: SealedDocument) -> SealedDocument:
            """Alter."""
            return alter(item)

    return One()


ALTERED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no PDF at all": (lambda _: b"<html>Please log in</html>", "cannot be read"),
    "empty": (lambda _: b"", "cannot be read"),
    "a page missing": (lambda pdf: redrawn(pdf, without_page), "pages are missing"),
    "pages in another order": (lambda pdf: redrawn(pdf, twisted), "a line of page 2 changed"),
    "a sentence added": (
        lambda pdf: redrawn(pdf, stamped("The practice pays ten times the fee. " * 5, page=0)),
        "more was added to page 1",
    ),
    "lines painted out": (
        lambda pdf: redrawn(pdf, drawn("1 g 80 400 400 40 re f", page=1)),
        "page 2 looks otherwise",
    ),
    "letters painted out": (
        lambda pdf: redrawn(pdf, drawn("1 g 150 80 6 600 re f", page=1)),
        "page 2 looks otherwise",
    ),
    "lines struck through": (
        lambda pdf: redrawn(pdf, drawn("2 w 80 400 m 480 400 l S", page=1)),
        "page 2 looks otherwise",
    ),
    "a footer painted out": (
        lambda pdf: redrawn(pdf, drawn("1 g 60 20 500 30 re f", page=1)),
        "page 2 looks otherwise",
    ),
    "a short word in the text": (
        lambda pdf: redrawn(pdf, stamped("not", page=1, at=(200, 400))),
        "page 2 looks otherwise",
    ),
    "a note laid over lines": (lambda pdf: redrawn(pdf, noted), "page 2 looks otherwise"),
    "a page turned": (lambda pdf: redrawn(pdf, turned), "page 2 has another size"),
    "a page cut": (lambda pdf: redrawn(pdf, cut), "page 2 has another size"),
}


@pytest.mark.parametrize("name", list(ALTERED))
def test_an_altered_document_is_refused(office: Office, packet: Packet, name: str) -> None:
    """A service that writes files anew is held to our lines and to how our pages look."""
    alter, why = ALTERED[name]
    service = make(lambda item: swap(item, alter(item.signed)))
    refuses(at_altering(office, packet, service), packet, why=why)


def test_another_customers_document_is_refused(office: Office, packet: Packet) -> None:
    """The BAA where the agreement should be, and the other way round."""

    class Mixed(FakeService):
        def download(self, envelope_id: str) -> Sequence[SealedDocument]:
            """Hand back each under the other's name."""
            first, second = super().download(envelope_id)
            return [swap(first, second.signed), swap(second, first.signed)]

    refuses(at_altering(office, packet, Mixed()), packet)


def test_a_changed_digit_is_refused(office: Office, packet: Packet) -> None:
    """One other digit in one clause, set by the same typesetter on the same page, is refused."""
    other = _other_digit(office, packet)
    service = make(lambda item: swap(item, other) if item.slug == "psa" else item)
    refuses(at_altering(office, packet, service), packet)


def _other_digit(office: Office, packet: Packet) -> bytes:
    """Set the agreement with one digit of one clause changed."""
    version = office.ledger.enrollments.latest(packet.plan.enrollment_id)
    record = read_version(version, Stage.SIGN)
    document = render_plan(office, packet.plan, record, None)[0].document
    blocks = list(document.blocks)
    at, number = next(
        (index, place)
        for index, block in enumerate(blocks)
        for place, run in enumerate(block.runs)
        if "10" in run.text
    )
    runs = list(blocks[at].runs)
    runs[number] = replace(runs[number], text=runs[number].text.replace("10", "90", 1))
    blocks[at] = replace(blocks[at], runs=tuple(runs))
    return office.typesetter.typeset(replace(document, blocks=tuple(blocks))).pdf


@pytest.mark.parametrize(
    "change",
    [
        lambda _: None,
        stamped("Envelope 0000-1111 by Example Sign", page=0),
        stamped("Envelope 0000-1111 by Example Sign", page=1, at=(20, 775)),
    ],
)
def test_what_services_do_to_files_is_no_difference(
    office: Office, packet: Packet, change: Callable[[Any], None]
) -> None:
    """The control: written anew, or with an envelope number on the page, it is still ours."""
    rendered = packet.rendered[0]
    pdf = office.work.open(rendered.pdf_sha256)
    assert difference(pdf, redrawn(pdf, change), rendered.places) == ""


def test_what_people_draw_into_their_panels_is_no_difference(
    office: Office, packet: Packet
) -> None:
    """The control: ink within the panels, and a little beyond, as signatures are drawn."""
    rendered = packet.rendered[0]
    pdf = office.work.open(rendered.pdf_sha256)
    for place in rendered.places:
        left, bottom = place.x - 3, place.y - 3
        strokes = f"3 w {left} {bottom} m {left + place.width} {bottom + place.height} l S"
        signed = redrawn(pdf, drawn(strokes, page=place.page - 1))
        assert difference(pdf, signed, rendered.places) == ""
        assert "looks otherwise" in difference(pdf, signed, [])


def test_a_missing_or_foreign_document_is_refused(office: Office, packet: Packet) -> None:
    """Other documents than were sent are not taken for them."""

    class Half(FakeService):
        def download(self, envelope_id: str) -> Sequence[SealedDocument]:
            """Hand back the first only."""
            return super().download(envelope_id)[:1]

    refuses(at_altering(office, packet, Half()), packet)


def test_a_service_that_promises_a_prefix_is_held_to_the_byte(
    office: Office, packet: Packet
) -> None:
    """At the own signer one flipped byte of what was sent is refused, whatever it still says."""
    inner = at_own_desk(office, Loopback(lost=True))
    executed(inner, packet)
    genuine = inner.service("embedded")

    class Flipping:
        key = "embedded"
        capabilities = genuine.capabilities

        def fetch(self, envelope_id: str) -> Any:
            """Say what is so."""
            return genuine.fetch(envelope_id)

        def download(self, envelope_id: str) -> Sequence[SealedDocument]:
            """Flip a bit in the middle of the first document."""
            first, *rest = genuine.download(envelope_id)
            data = bytearray(first.signed)
            data[5000] ^= 1
            return [replace(first, signed=bytes(data)), *rest]

    services: Any = {"embedded": Flipping()}
    refuses(replace(inner, services=services, archive=FakeArchive()), packet)


def test_an_ending_without_signatures_is_refused(office: Office, packet: Packet) -> None:
    """Fully executed, but nobody signed: a person must look."""

    class Hasty(FakeService):
        def sign_all(self, envelope_id: str, at: Any) -> None:
            """Call it fully executed although nobody signed."""
            super().sign_all(envelope_id, at)
            item = self.envelopes[envelope_id]
            unsigned = tuple(replace(one, signed_at=None) for one in item.snapshot.recipients)
            item.snapshot = replace(item.snapshot, recipients=unsigned)

    refuses(at_altering(office, packet, Hasty()), packet, EvidenceError)


def test_an_envelope_with_another_key_is_refused(office: Office, packet: Packet) -> None:
    """Its files look as ours do, and it was made for another sending: a person must look."""

    class Mistaken(FakeService):
        def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
            """Show another envelope under the same number."""
            return replace(super().fetch(envelope_id), idempotency_key=digest_of("another"))

    refuses(at_altering(office, packet, Mistaken()), packet, why="does not carry this packet's key")


def test_a_damaged_archive_is_not_built_upon(office: Office, packet: Packet) -> None:
    """Other bytes under a key stop the filing; the bundle is not made from them."""
    archive = FakeArchive()
    office = replace(at_own_desk(office, Loopback(lost=True)), archive=archive)
    executed(office, packet)
    archive.objects[packet.rendered[0].pdf_sha256] = b"something else"
    with pytest.raises(ArchiveConflict):
        file_packet(office, {"packet_id": packet.id})
    assert office.ledger.packets.get(packet.id).state is PacketState.FULLY_EXECUTED


def test_only_fully_executed_packets_are_filed(office: Office, packet: Packet) -> None:
    """A draft is left alone, and StorageError of a full store is never taken for evidence."""
    archive = FullStore(FakeArchive())
    file_packet(replace(office, archive=archive), {"packet_id": packet.id})
    assert office.ledger.packets.get(packet.id) == packet
    with pytest.raises(StorageError):
        archive.put(b"")
