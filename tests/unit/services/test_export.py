"""An export: a zip of known size whose index no spreadsheet program takes for formulas."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from docgen.domain.evidence import Execution
from docgen.domain.packet import ExecutedDocument, PacketKind, PacketState
from docgen.domain.person import Person, Role
from docgen.domain.plan import Source
from docgen.domain.renewal import RENEWED
from docgen.errors import InputError, NotAllowed
from docgen.ports.register import ArchivedLine
from docgen.ports.register_query import ArchiveQuery
from docgen.services import export as module
from docgen.services.export import (
    MOST_PACKETS,
    Selection,
    export,
    index_csv,
    index_xlsx,
    safe,
    select,
)
from tests.unit.services.walk import kinds

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

AVERY = Person(
    key="avery", name="Avery", email="avery@example.org", roles=frozenset({Role.AUDITOR})
)
LINE = ArchivedLine(
    packet_id="pkt_1",
    enrollment_id="enr_1",
    practice="Lakeside",
    kind=PacketKind.CONTRACTING,
    slug="psa",
    title="PSO agreement",
    source=Source.GENERATED,
    template_version="1.0.0",
    execution=Execution.ELECTRONIC,
    state=PacketState.ARCHIVED,
    effective_on=date(2026, 11, 2),
    ended_on=None,
    retain_until=None,
    on_hold=False,
    sha256="a" * 64,
    bundle_sha256="b" * 64,
)


@pytest.fixture
def archived(office: Office, packet: Packet) -> Packet:
    """Store the packet as executed and archived."""
    executed = tuple(
        ExecutedDocument(slug=item.slug, sent_sha256=item.pdf_sha256, signed_sha256="c" * 64)
        for item in packet.rendered
    )
    done = replace(
        packet,
        state=PacketState.ARCHIVED,
        executed=executed,
        executed_at=office.clock.now(),
        bundle_sha256=office.archive.put(b"PK bundle").sha256,
    )
    with office.ledger.transaction():
        office.ledger.packets.save(done)
    return done


@pytest.mark.parametrize("picked", [True, False])
def test_a_selection_is_exported(office: Office, archived: Packet, *, picked: bool) -> None:
    """Index and bundle are in the zip; it is as large as was said; it is an activity."""
    query = None if picked else ArchiveQuery(slug="psa")
    selection = select(office, (archived.id, archived.id), query)
    made = export(office, selection, AVERY)
    data = b"".join(made.pieces)
    assert len(data) == made.size
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.read(f"bundles/{archived.id}.bundle.zip") == b"PK bundle"
        rows = list(csv.reader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == [archived.id] * len(selection.lines)
    assert kinds(office, archived.id).count("archive.exported") == 1


def test_renewals_go_with_their_bundle(office: Office, archived: Packet) -> None:
    """Beside it, by the names it is verified with; the size is as was said."""
    parts = [office.archive.put(part).sha256 for part in (b"{}", b"stamp")]
    with office.ledger.transaction():
        office.note(
            archived.id,
            RENEWED,
            "system",
            number=1,
            record_sha256=parts[0],
            stamp_sha256=parts[1],
            objects={},
        )
    made = export(office, select(office, (archived.id,)), AVERY)
    data = b"".join(made.pieces)
    assert len(data) == made.size
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        beside = {name: archive.read(name) for name in archive.namelist() if "renewal" in name}
    assert beside == {
        f"bundles/{archived.id}.renewal-1.json": b"{}",
        f"bundles/{archived.id}.renewal-1.tsr": b"stamp",
    }


def test_what_has_no_bundle_is_said(office: Office, archived: Packet) -> None:
    """Such a packet stands in the index and in a list of its own, not among the bundles."""
    with office.ledger.transaction():
        office.ledger.packets.save(replace(archived, bundle_sha256=""))
    selection = select(office, (archived.id,))
    assert (selection.bundles, selection.lacking) == ((), (archived.id,))
    made = export(office, selection, AVERY)
    data = b"".join(made.pieces)
    assert len(data) == made.size
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archived.id in archive.read("lacking.txt").decode()


def test_limits_and_roles(
    office: Office, archived: Packet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing, too many, too large, or by somebody without the role: refused, nothing noted."""
    selection = select(office, (archived.id,))
    many = tuple(replace(LINE, packet_id=f"pkt_{at}") for at in range(MOST_PACKETS + 1))
    for wrong in (
        Selection(lines=(), bundles=(), lacking=()),
        Selection(lines=many, bundles=(), lacking=()),
    ):
        with pytest.raises(InputError):
            export(office, wrong, AVERY)
    with pytest.raises(NotAllowed):
        export(office, selection, replace(AVERY, roles=frozenset({Role.ADMINISTRATOR})))
    monkeypatch.setattr(module, "MOST_BYTES", 3)
    with pytest.raises(InputError, match="larger"):
        export(office, selection, AVERY)
    assert "archive.exported" not in kinds(office, archived.id)


@pytest.mark.parametrize(
    "begun", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "\x00=1"]
)
def test_no_cell_is_a_formula(begun: str) -> None:
    """What begins like a formula is quoted in the CSV and is plain text in the workbook."""
    selection = Selection(lines=(replace(LINE, practice=begun),), bundles=(), lacking=())
    rows = list(csv.reader(io.StringIO(index_csv(selection).decode("utf-8-sig"), newline="")))
    assert rows[1][0].startswith("'")
    book = load_workbook(io.BytesIO(index_xlsx(selection)))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.data_type == "f" for cell in cells)


def test_an_ordinary_name_is_left_alone() -> None:
    """The control: quoting is for what needs it."""
    assert safe("Lakeside Anesthesia, PLLC - North") == "Lakeside Anesthesia, PLLC - North"
