"""A crowd of invented practices and packets, put into the register's tables in bulk."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from docgen.db.codec import to_json
from docgen.db.lines import (
    FormLine,
    document_rows,
    enrollment_line,
    packet_found,
    packet_line,
    packet_row,
)
from docgen.domain.document import SignaturePanel
from docgen.domain.envelope import Fact
from docgen.domain.packet import ExecutedDocument, Packet, PacketKind, PacketState
from docgen.domain.plan import (
    PSO_KEY,
    Plan,
    PlannedDeparture,
    PlannedDocument,
    PlannedPanel,
    PlannedRecipient,
    Source,
)
from docgen.domain.search import searchable
from docgen.domain.signing import Signal
from docgen.domain.stage import FormFacts
from docgen.domain.standing import standing_of
from docgen.domain.task import Task

if TYPE_CHECKING:
    from django.db.models import Model

    from docgen.db.lines import PacketFound

ZONE = "America/Chicago"
START = datetime(2020, 1, 6, 15, 0, tzinfo=UTC)
_BATCH = 500
_SYLLABLES = ("ba", "den", "fir", "gol", "hal", "kes", "lin", "mar", "nor", "pel", "ros", "tam")
_ENDINGS = ("Radiation Oncology", "Cancer Center", "Oncology Associates", "University Hospital")
_STATES = (
    PacketState.ARCHIVED, PacketState.ARCHIVED, PacketState.ARCHIVED, PacketState.ARCHIVED,
    PacketState.ARCHIVED, PacketState.ARCHIVED, PacketState.ARCHIVED, PacketState.TERMINATED,
    PacketState.SENT, PacketState.PARTLY_SIGNED, PacketState.DRAFT, PacketState.DECLINED,
)  # fmt: skip
_EXECUTED = frozenset({PacketState.ARCHIVED, PacketState.TERMINATED})


class Seed:
    """Invents practices and their packets, always the same ones."""

    def __init__(self, documents_a_packet: int) -> None:
        self._random = random.Random(20261123)  # noqa: S311  # invents samples, guards nothing
        self._documents = documents_a_packet

    def word(self) -> str:
        """Invent a name."""
        return "".join(self._random.choices(_SYLLABLES, k=self._random.randint(2, 4))).capitalize()

    def practice(self) -> str:
        """Invent a practice's name."""
        return f"{self.word()} {self._random.choice(_ENDINGS)}"

    def form(self, key: str) -> FormLine:
        """Invent what a practice's form says."""
        at = START + timedelta(hours=self._random.randint(0, 50_000))
        practice, words = self.practice(), [self.word() for _ in range(45)]
        digits = str(self._random.randint(10**8, 10**9 - 1))
        held = {
            task: at + timedelta(days=40)
            for task in (Task.GUIDE_REVIEWED, Task.WORKFLOW_DEFINED, Task.REVIEWERS_NAMED)
            if self._random.random() < 0.8
        }
        submitted = self._random.random() < 0.9
        return FormLine(
            practice=practice,
            version=2,
            is_draft=not submitted,
            changed_at=at,
            facilities=self._random.randint(1, 6),
            words=searchable(key, practice, f"{digits[:2]}-{digits[2:]}", f"1{digits}", *words),
            facts=FormFacts(
                first_at=at, submitted_at=at if submitted else None, parties=("main",), held=held
            ),
        )

    def packet(self, key: str, form: FormLine, kind: PacketKind) -> Packet:
        """Invent a packet in some state."""
        state = self._random.choice(_STATES)
        number = self._random.getrandbits(104)
        created = form.changed_at + timedelta(days=self._random.randint(1, 60))
        executed = state in _EXECUTED
        plan = self._plan(f"pkt_{number:026x}", key, form, kind)
        return Packet(
            id=plan.packet_id,
            state=state,
            plan=plan,
            rendered=(),
            created_at=created,
            service="embedded",
            envelope_id=f"env_{number:026x}",
            executed=tuple(
                ExecutedDocument(slug=item.slug, sent_sha256="a" * 64, signed_sha256="b" * 64)
                for item in plan.documents
            )
            if executed
            else (),
            executed_at=created + timedelta(days=9) if executed else None,
            bundle_sha256="c" * 64 if executed else "",
            terminated_on=date(2026, 1, 31) if state is PacketState.TERMINATED else None,
        )

    def _plan(self, packet_id: str, key: str, form: FormLine, kind: PacketKind) -> Plan:
        slugs = ["psa", "baa"] if kind is PacketKind.CONTRACTING else ["pses"]
        slugs += [f"rider_{number}" for number in range(self._documents - len(slugs))]
        people = tuple(
            PlannedRecipient(
                key=name,
                name=f"{self.word()} {self.word()}",
                title="Director",
                organization=form.practice,
                email=f"{name}@example.org",
                routing_order=order,
            )
            for order, name in enumerate(("practice_1", PSO_KEY), start=1)
        )
        departs = self._random.random() < 0.2
        sentence = "The term is 24 months instead of 36."
        return Plan(
            packet_id=packet_id,
            kind=kind,
            party_id="main",
            generation=0,
            enrollment_id=key,
            enrollment_version=1,
            enrollment_sha256="0" * 64,
            pso_sha256="0" * 64,
            engine="none",
            dated="2026-11-23",
            practice=form.practice,
            documents=tuple(self._document(slug) for slug in slugs),
            recipients=people,
            departures=(PlannedDeparture(code="term", sentence=sentence),) if departs else (),
        )

    def _document(self, slug: str) -> PlannedDocument:
        panels = tuple(
            PlannedPanel(
                recipient=name,
                panel=SignaturePanel(slot=name, party="", capacity="", meaning=""),
            )
            for name in ("practice_1", PSO_KEY)
        )
        return PlannedDocument(
            slug=slug,
            title=f"Agreement {slug}",
            source=Source.GENERATED,
            template_version=self._random.choice(("1.0.0", "1.1.0", "2.0.0")),
            template_digest="d" * 64,
            adopted=True,
            reason="",
            panels=panels,
        )

    def rows(self, number: int) -> tuple[list[Model], ...]:
        """Invent one practice; give its rows, one list for each table."""
        from docgen.db.models import RegisterLineRow

        key = f"enr_{number:026x}"
        form = self.form(key)
        lines: list[Model] = []
        columns: list[Model] = []
        documents: list[Model] = []
        found: list[PacketFound] = []
        for kind in PacketKind:
            packet = self.packet(key, form, kind)
            standing = standing_of(packet, [], _facts(packet), ZONE)
            line = packet_line(packet, standing)
            found.append(packet_found(packet, standing))
            facts = to_json(found[-1])
            lines.append(
                RegisterLineRow(
                    subject=packet.id,
                    enrollment_id=key,
                    is_packet=True,
                    line=to_json(line),
                    facts=facts,
                )
            )
            columns.append(packet_row(line, standing))
            documents += document_rows(packet, line)
        whole, column = enrollment_line(key, form, found, [], ZONE)
        lines.append(
            RegisterLineRow(
                subject=key,
                enrollment_id=key,
                is_packet=False,
                line=to_json(whole),
                facts=to_json(form),
            )
        )
        words = searchable(form.words, *(item.words for item in found))
        return lines, columns, documents, [column], [_words_row(key, words)]


def _words_row(key: str, words: str) -> Model:
    from docgen.db.models import RegisterWordsRow

    return RegisterWordsRow(enrollment_id=key, words=words)


def _facts(packet: Packet) -> set[Fact]:
    """Say who has signed, as the state tells."""
    signed = {Fact(signal=Signal.SIGNED, recipient="practice_1")}
    return signed if packet.state is PacketState.PARTLY_SIGNED else set()


def fill(enrollments: int, archived: int) -> None:
    """Invent two packets for each practice, two thirds of them executed, and store every line."""
    executed = enrollments * 2 * sum(state in _EXECUTED for state in _STATES) // len(_STATES)
    invent = Seed(max(2, round(archived / max(1, executed))))
    crowd = (invent.rows(number) for number in range(enrollments))
    while batch := list(islice(crowd, _BATCH)):
        for kind in zip(*batch, strict=True):
            rows = [row for group in kind for row in group]
            if rows:
                type(rows[0])._default_manager.bulk_create(rows)
