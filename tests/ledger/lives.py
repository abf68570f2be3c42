"""Lives of enrollments and packets for register tests: small records, plans with real signers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from docgen.domain.canonical import sha256_hex
from docgen.domain.document import SignaturePanel
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
from docgen.ports.ledger import EnrollmentVersion
from tests.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.services.office import Office

BY = "user:coordinator"
SIGNERS = ("practice_1", PSO_KEY)


def record(name: str, **more: object) -> dict[str, object]:
    """Write a small record about a practice of this name."""
    return {
        "practice": {"display_name": name},
        "legal_entities": [
            {
                "entity_id": "main",
                "legal_name": f"{name}, PLLC",
                "role": "contracting_party",
                "ein": "12-3456789",
                "npi": "2000000010",
            }
        ],
        "facilities": [{"facility_id": "north", "name": "Northfield Center"}],
        "contacts": [
            {"contact_id": "zoe", "given_name": "Zoë", "family_name": "Łukasz-O’Neil"},
            {"contact_id": "ann", "given_name": "Ann", "family_name": "Unsigned"},
        ],
        "signatories": [{"contact_id": "zoe"}],
        **more,
    }


def version(
    enrollment_id: str,
    raw: Mapping[str, object],
    *,
    number: int = 1,
    draft: bool = False,
    at: datetime = NOON,
) -> EnrollmentVersion:
    """Make a version of this record."""
    body = json.dumps(raw).encode()
    practice = raw["practice"]
    assert isinstance(practice, dict)
    return EnrollmentVersion(
        enrollment_id=enrollment_id,
        version=number,
        record=body,
        sha256=sha256_hex(body),
        practice=str(practice["display_name"]),
        is_draft=draft,
        at=at,
    )


def packet(
    packet_id: str,
    enrollment_id: str,
    *,
    practice: str = "Lakeside Oncology",
    kind: PacketKind = PacketKind.CONTRACTING,
    departs: bool = False,
    release: str = "1.0.0",
) -> Packet:
    """Make a packet that a signer of the practice and the PSO's sign, the policy only the first."""
    contracting = kind is PacketKind.CONTRACTING
    keys = SIGNERS if contracting else SIGNERS[:1]
    departure = PlannedDeparture(code="terms.notice_days", sentence="Notice is 60 days, not 90.")
    plan = Plan(
        packet_id=packet_id,
        kind=kind,
        party_id="main",
        generation=0,
        enrollment_id=enrollment_id,
        enrollment_version=1,
        enrollment_sha256="0" * 64,
        pso_sha256="0" * 64,
        engine="none",
        dated="2026-11-23",
        practice=practice,
        documents=tuple(
            _document(slug, keys, release)
            for slug in (("psa", "baa") if contracting else ("pses",))
        ),
        recipients=tuple(_recipient(key, order) for order, key in enumerate(keys, start=1)),
        departures=(departure,) if departs else (),
    )
    return Packet(id=packet_id, state=PacketState.DRAFT, plan=plan, rendered=(), created_at=NOON)


def _document(slug: str, keys: tuple[str, ...], release: str) -> PlannedDocument:
    return PlannedDocument(
        slug=slug,
        title=f"Agreement {slug}",
        source=Source.GENERATED,
        template_version=release,
        template_digest="d" * 64,
        adopted=True,
        reason="",
        panels=tuple(
            PlannedPanel(
                recipient=key, panel=SignaturePanel(slot=key, party="", capacity="", meaning="")
            )
            for key in keys
        ),
    )


def _recipient(key: str, order: int) -> PlannedRecipient:
    return PlannedRecipient(
        key=key,
        name=f"Invented {key}",
        title="Director",
        organization="",
        email=f"{key}@example.org",
        routing_order=order,
    )


def store(office: Office, one: EnrollmentVersion, *packets: Packet) -> None:
    """Store a version and packets the way services do."""
    with office.ledger.transaction():
        office.ledger.enrollments.add(one)
        office.note(one.enrollment_id, "enrollment.stored", BY, version=one.version)
        for item in packets:
            office.ledger.packets.add(item)
            office.note(item.id, "packet.generated", BY)


def to_state(office: Office, packet_id: str, state: PacketState, kind: str = "") -> None:
    """Put a packet into a state and say so."""
    with office.ledger.transaction():
        held = office.ledger.packets.locked(packet_id)
        office.ledger.packets.save(replace(held, state=state, service="embedded"))
        office.note(packet_id, kind or f"packet.{state}", "system")


def sign(office: Office, packet_id: str, key: str) -> None:
    """Let one recipient sign."""
    with office.ledger.transaction():
        office.note(packet_id, "signer.signed", f"signer:{key}", name=f"Invented {key}")


def execute(office: Office, packet_id: str, at: datetime = NOON) -> None:
    """Fully execute and archive a packet."""
    for key in SIGNERS:
        sign(office, packet_id, key)
    with office.ledger.transaction():
        held = office.ledger.packets.locked(packet_id)
        done = tuple(
            ExecutedDocument(slug=item.slug, sent_sha256="a" * 64, signed_sha256="b" * 64)
            for item in held.plan.to_sign
        )
        held = replace(held, state=PacketState.ARCHIVED, executed=done, executed_at=at)
        office.ledger.packets.save(replace(held, service="embedded", bundle_sha256="c" * 64))
        office.note(packet_id, "packet.archived", "system")


def end(office: Office, packet_id: str, days: int) -> None:
    """Terminate a packet so many days after noon."""
    with office.ledger.transaction():
        held = office.ledger.packets.locked(packet_id)
        last = (NOON + timedelta(days=days)).date()
        held = replace(held, state=PacketState.TERMINATED, terminated_on=last)
        office.ledger.packets.save(held)
        office.note(packet_id, "packet.terminated", BY)
