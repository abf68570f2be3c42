"""An archived packet's documents are made again from its archived inputs, byte for byte."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pytest

from docgen.domain.canonical import canonical_json, digest_of
from docgen.errors import EvidenceError, NotFound
from docgen.services.bundle import ISSUER
from docgen.services.file import file_packet
from docgen.services.press import PressHere
from docgen.services.regenerate import regenerate
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_file_service import executed
from tests.unit.services.walk import Loopback, at_own_desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.domain.document import Document
    from docgen.domain.packet import Packet
    from docgen.ports.typesetter import TypesetPdf, Typesetter
    from docgen.services.office import Office

FORMS = ("rendered.pdf", "sent.pdf", "signed.pdf")


@pytest.fixture
def desk(office: Office) -> Office:
    """Give the office of the own signer, with an archive of its own."""
    return replace(at_own_desk(office, Loopback(lost=True)), archive=FakeArchive())


@pytest.fixture
def archived(desk: Office, packet: Packet) -> Packet:
    """Have the packet signed by everybody and filed."""
    desk.work.put(canonical_json(desk.pso_settings.to_json()))
    file_packet(desk, {"packet_id": executed(desk, packet).id})
    return desk.ledger.packets.get(packet.id)


def with_bundle(office: Office, packet: Packet, change: Callable[[dict[str, bytes]], None]) -> None:
    """Let the packet's bundle hold other files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office.archive.open(packet.bundle_sha256))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    receipt = office.archive.put(buffer.getvalue())
    with office.ledger.transaction():
        office.ledger.packets.save(replace(packet, bundle_sha256=receipt.sha256))


@dataclass
class OtherEngine:
    """A typesetter of another name, that makes something of what the real one makes."""

    inner: Typesetter
    make: Callable[[Typesetter, Document], TypesetPdf]
    engine: str = "typst 0.99"
    key: ClassVar[str] = "other"

    def unprintable(self, text: str) -> str:
        """Ask the real one."""
        return self.inner.unprintable(text)

    def typeset(self, document: Document) -> TypesetPdf:
        """Make something else."""
        return self.make(self.inner, document)


def on_other_engine(desk: Office, make: Callable[[Typesetter, Document], TypesetPdf]) -> Office:
    """Give the office with another engine, in its press too."""
    other = OtherEngine(desk.typesetter, make)
    return replace(desk, typesetter=other, press=PressHere(other))


def test_the_same_inputs_give_the_same_bytes(desk: Office, archived: Packet) -> None:
    """They are the beginning of what was approved, sent and signed."""
    found = regenerate(desk, archived.id)
    assert found.identical
    assert [item.slug for item in found.documents] == ["psa", "baa"]
    assert {item.begins for item in found.documents} == {FORMS}
    assert not any(item.differences for item in found.documents)


def test_what_the_site_says_today_does_not_matter(
    desk: Office, archived: Packet, tmp_path: Path
) -> None:
    """Other PSO settings and no templates at all: the archived ones are used."""
    other = replace(desk.pso_settings, legal_name="Another Group, Inc.")
    today = replace(desk, pso=other, templates=tmp_path)
    assert regenerate(today, archived.id).identical


def test_another_engine_is_named_and_words_are_compared(desk: Office, archived: Packet) -> None:
    """Other bytes with the same words are told from other words."""

    def longer(inner: Typesetter, document: Document) -> TypesetPdf:
        made = inner.typeset(document)
        return replace(made, pdf=made.pdf + b"% another engine\n")

    found = regenerate(on_other_engine(desk, longer), archived.id)
    assert (found.engine_then, found.engine_now) == (desk.typesetter.engine, "typst 0.99")
    assert not found.identical
    assert found.words_alike
    assert {item.differences for item in found.documents} == {("rendered.pdf has other bytes",)}

    def moved(inner: Typesetter, document: Document) -> TypesetPdf:
        made = longer(inner, document)
        return replace(made, panels=tuple(replace(one, x=one.x + 1) for one in made.panels))

    found = regenerate(on_other_engine(desk, moved), archived.id)
    assert not found.words_alike
    assert "signatures stand elsewhere" in found.documents[0].differences


def _other_text(files: dict[str, bytes]) -> None:
    files["templates/psa/1.0.0/clauses.yaml"] += b"\n"


def _other_record(files: dict[str, bytes]) -> None:
    files["enrollment/record.json"] = files["enrollment/record.json"].replace(b"Lake", b"Lane")


def _other_plan(files: dict[str, bytes]) -> None:
    files["plan.json"] = files["plan.json"].replace(b"contracting", b"onboarding")


def _other_settings(files: dict[str, bytes]) -> None:
    files[ISSUER] = files[ISSUER].replace(b"Chicago", b"Houston")


def _no_settings(files: dict[str, bytes]) -> None:
    del files[ISSUER]


@pytest.mark.parametrize("change", [_other_text, _other_record, _other_plan, _other_settings])
def test_an_input_that_is_not_the_one_named_is_refused(
    desk: Office, archived: Packet, change: Callable[[dict[str, bytes]], None]
) -> None:
    """The plan names each input by its digest; the untouched bundle is the control above."""
    with_bundle(desk, archived, change)
    with pytest.raises(EvidenceError, match="not the one this packet was made from"):
        regenerate(desk, archived.id)


def test_without_kept_settings_todays_serve_only_while_they_are_the_same(
    desk: Office, archived: Packet
) -> None:
    """Older bundles lack them."""
    with_bundle(desk, archived, _no_settings)
    assert regenerate(desk, archived.id).identical
    other = replace(desk.pso_settings, short_name="Other")
    assert digest_of(other.to_json()) != archived.plan.pso_sha256
    with pytest.raises(NotFound, match="cannot be made again"):
        regenerate(replace(desk, pso=other), archived.id)


def test_what_is_not_archived_has_nothing_to_be_made_from(desk: Office, packet: Packet) -> None:
    """The sentence says where the packet stands."""
    with pytest.raises(NotFound, match="not archived: it is draft"):
        regenerate(desk, packet.id)
