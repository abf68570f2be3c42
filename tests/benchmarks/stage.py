"""The stage of every measurement: a demonstration site, and as many practices as are asked for.

No two packets of a run are about the same practice: names and addresses differ, as they do from one
enrollment to the next, so that nothing is fast only because it was rendered a moment before.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.bootstrap.application import build
from docgen.cli.start import write_settings
from docgen.domain.canonical import sha256_hex
from docgen.domain.enrollment import Stage, canonical_bytes, parse_enrollment
from docgen.domain.packet import Packet, PacketKind, PacketState
from docgen.ports.ledger import EnrollmentVersion
from docgen.services.enroll import read_version
from docgen.services.generate import evaluate_planned, render_plan
from docgen.services.plan import contracting_parties, make_plan
from docgen.settings import SETTINGS_FILE, read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.bootstrap.application import Application
    from docgen.domain.document import Document
    from docgen.domain.enrollment import Enrollment
    from docgen.domain.plan import Plan
    from docgen.ports.press import Forms
    from docgen.ports.typesetter import TypesetPdf

SAMPLE = Path(__file__).parents[2] / "samples" / "network-joinder" / "enrollment.json"
_NAME = "Northline"
_SYLLABLES = ("ba", "den", "fir", "gol", "hal", "kes", "lin", "mar", "nor", "pel", "ros", "tam")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """One agreement packet to be rendered, with the record and the packet it cites."""

    plan: Plan
    record: Enrollment
    follows: Packet | None


class Site:
    """A demonstration site in a folder of its own."""

    def __init__(self, home: Path, *, base_url: str = "http://127.0.0.1:8720") -> None:
        settings = home / SETTINGS_FILE
        if not settings.exists():
            write_settings(settings, demo=True)
        self.app: Application = build(
            read_settings({"DOCGEN_HOME": str(home), "DOCGEN_BASE_URL": base_url})
        )
        self.office = self.app.office
        self.home = home
        self._sample = SAMPLE.read_text("utf-8")

    def enrollment(self, number: int) -> EnrollmentVersion:
        """Give the sample as the enrollment of practice `number`."""
        raw = json.loads(self._sample.replace(_NAME, _invented(number)))
        for entity in raw["legal_entities"]:
            address = entity["principal_address"]
            address["line1"] = f"{number + 1} {address['line1']}"
        now = self.office.clock.now()
        checked = parse_enrollment(raw, today=now.date(), stage=Stage.SUBMIT, pso=self.office.pso)
        record = canonical_bytes(checked.record)
        digest = sha256_hex(record)
        return EnrollmentVersion(
            enrollment_id=f"enr_{digest[:26]}",
            version=1,
            record=record,
            sha256=digest,
            practice=checked.record.practice.display_name,
            is_draft=False,
            at=now,
        )

    def order(self, version: EnrollmentVersion) -> tuple[Ordered, ...]:
        """Read the stored JSON and plan both packets: two agreements, then the policy."""
        contracting = self._order(version, PacketKind.CONTRACTING, Stage.SIGN, None)
        executed = _executed(contracting.plan, self.office.clock.now())
        return contracting, self._order(version, PacketKind.ONBOARDING, Stage.PSES, executed)

    def _order(
        self, version: EnrollmentVersion, kind: PacketKind, stage: Stage, follows: Packet | None
    ) -> Ordered:
        record = read_version(version, stage, self.office.pso_settings)
        party = contracting_parties(record)[0]
        plan = make_plan(self.office, version, record, kind, party, follows)
        return Ordered(plan=plan, record=record, follows=follows)

    def packet(self, version: EnrollmentVersion) -> tuple[Forms, ...]:
        """Take stored JSON to three agreements as PDF, DOCX and HTML, passed through the gate."""
        return tuple(
            forms
            for item in self.order(version)
            for forms in render_plan(self.office, item.plan, item.record, item.follows)
        )

    def documents(self, order: tuple[Ordered, ...]) -> tuple[tuple[Document, ...], ...]:
        """Evaluate the templates; one group for each packet."""
        return tuple(
            tuple(
                evaluate_planned(self.office, item.plan, planned, item.record, item.follows)
                for planned in item.plan.generated
            )
            for item in order
        )

    def render(self, version: EnrollmentVersion) -> tuple[TypesetPdf, ...]:
        """Take stored JSON to the three PDFs alone: no DOCX, no HTML, no gate."""
        return tuple(
            self.office.typesetter.typeset(document)
            for group in self.documents(self.order(version))
            for document in group
        )


def _executed(plan: Plan, at: datetime) -> Packet:
    """Give the contracting packet as fully executed, for the policy to cite."""
    packet = Packet(
        id=plan.packet_id, state=PacketState.DRAFT, plan=plan, rendered=(), created_at=at
    )
    return replace(packet, state=PacketState.FULLY_EXECUTED, executed_at=at)


def _invented(number: int) -> str:
    """Make a name of four syllables that no other number has."""
    parts = []
    for _ in range(4):
        number, at = divmod(number, len(_SYLLABLES))
        parts.append(_SYLLABLES[at])
    return "".join(parts).capitalize()


def resident_mb(pid: int | str = "self") -> float:
    """Say how much memory a process holds (RSS), in mebibytes."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return round(int(line.split()[1]) / 1024, 1)


def free_port() -> int:
    """Find a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def engine_versions() -> dict[str, str]:
    """Name what rendered and what it was compared with."""
    names = ("typst", "docxtpl", "pypdf", "pypdfium2", "pyhanko", "cryptography")
    return {name: version(name) for name in names}
