"""Renew: time-stamp an archived bundle again, by the calendar or because somebody asks for it.

A time stamp proves something for as long as its authority's certificate runs and its hash is
strong. The pass over the archive asks for the next one in time; it uses SHA-512, the ones before
SHA-256.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.disposal import is_going
from docgen.domain.person import ARCHIVE_READERS
from docgen.domain.renewal import (
    MOST,
    OBJECTS,
    RENEWED,
    Renewal,
    covered,
    protected_since,
    renewal_record,
    renewals_in,
)
from docgen.domain.timestamp import strong_time_stamp_request
from docgen.domain.verification import parse_verification
from docgen.errors import EvidenceError, NotFound, Refused
from docgen.services.archived import ask_keeping, objects_now, open_archived
from docgen.services.renewals import renewals_of
from docgen.services.verify import DOES_NOT_HOLD, NO_BUNDLE, verify_apart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office

ERRAND = "renew"
RENEWALS = "renewals"  # the verifier's check of them


def ask_renewal_if_due(office: Office, packet: Packet, history: Sequence[Activity]) -> None:
    """Ask for a packet's next renewal if its last time stamp is older than the house wants."""
    since = protected_since(history)
    if not packet.bundle_sha256 or since is None or is_going(history):
        return
    if since + office.rules.renewal_period <= office.clock.now():
        _ask(office, packet.id, len(renewals_in(history)) + 1)


def ask_renewal(office: Office, packet_id: str, person: Person) -> str:
    """Ask for a packet's next renewal now; give the errand's key.

    Raises:
        NotAllowed: the person may not read the archive.
        NotFound: the packet has no bundle.
        Gone: it was disposed of.
        Refused: the bundle was renewed as often as can be read.
    """
    person.require(*ARCHIVE_READERS)
    packet = office.ledger.packets.get(packet_id)
    if not packet.bundle_sha256:
        raise NotFound(NO_BUNDLE)
    number = len(renewals_in(office.ledger.history.of(packet_id))) + 1
    if number > MOST:
        raise Refused(f"This bundle was renewed {MOST} times, and no more can be read.")
    open_archived(office, packet_id, packet.bundle_sha256)
    return _ask(office, packet_id, number, f"user:{person.key}")


def _ask(office: Office, packet_id: str, number: int, actor: str = "system") -> str:
    key = f"{ERRAND}:{packet_id}:{number}"
    with office.ledger.transaction():
        office.ask(key, ERRAND, packet_id=packet_id, number=number, actor=actor)
    return key


def renew_packet(office: Office, payload: Mapping[str, object]) -> None:
    """Make one renewal, unless there is one of this number; what does not verify is not kept.

    Raises:
        EvidenceError: the bundle does not hold, or would not with this renewal.
        ServiceUnavailable: the time stamping authority or the archive did not answer.
    """
    packet_id, number = str(payload["packet_id"]), int(str(payload["number"]))
    packet, history = office.ledger.packets.get(packet_id), office.ledger.history.of(packet_id)
    earlier = renewals_in(history)
    if number != len(earlier) + 1 or number > MOST or is_going(history):
        return
    bundle = open_archived(office, packet_id, packet.bundle_sha256)
    before = renewals_of(office, packet_id)
    proof = office.signer.stamp_evidence(at=office.clock.now())
    record = renewal_record(
        packet_id,
        number,
        packet.bundle_sha256,
        certificates=proof.certificates,
        lists=proof.lists,
    )
    stamp = office.stamper.respond(strong_time_stamp_request(covered(bundle, before, record)))
    made = Renewal(record=record, stamp=stamp)
    _refuse_unsound(office, bundle, [*before, made])
    digests = [office.archive.put(part).sha256 for part in (record, stamp)]
    with office.ledger.transaction():
        office.ledger.packets.locked(packet_id)
        history = office.ledger.history.of(packet_id)
        if len(renewals_in(history)) >= number or is_going(history):
            return  # another process was first, or two people decided so meanwhile
        noted = office.note(
            packet_id,
            RENEWED,
            str(payload["actor"]),
            number=number,
            bundle_sha256=packet.bundle_sha256,
            record_sha256=digests[0],
            stamp_sha256=digests[1],
            **{OBJECTS: objects_now(office, digests)},
        )
        ask_keeping(office, packet_id, noted.seq)


def _refuse_unsound(office: Office, bundle: bytes, renewals: Sequence[Renewal]) -> None:
    """Refuse what the verifier refuses, or passes over since it lies in the future.

    As of tomorrow: the authority's clock may be ahead of ours by less.
    """
    moment = (office.clock.now() + timedelta(days=1)).isoformat()
    found = parse_verification(
        *verify_apart(office, bundle, renewals=renewals, moment=moment, as_json=True)
    )
    looked_at = any(item.id == RENEWALS and item.result == "ok" for item in found.checks)
    if found.code == DOES_NOT_HOLD or not looked_at:
        raise EvidenceError(
            "The evidence bundle does not hold with its next renewal, so none was kept. Verify the "
            "packet to see what is amiss."
        )
