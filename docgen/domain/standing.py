"""Where a packet stands, for lists: who waits on whom, since when, and what a person must look at.

Everything here follows from the packet, its history and what is known of its envelope; nothing from
the clock, so that it can be stored beside the packet and worked out again at any time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from docgen.domain.damage import DAMAGED, unmended
from docgen.domain.disposal import disposal_of, is_going
from docgen.domain.envelope import Envelope, Fact
from docgen.domain.evidence import Execution
from docgen.domain.packet import (
    ENDED_UNSIGNED,
    IN_EFFECT,
    OUT_FOR_SIGNATURE,
    WITH_SIGNERS,
    Packet,
    PacketState,
)
from docgen.domain.paper import noon_of
from docgen.domain.person import Role
from docgen.domain.plan import PSO_KEY, SIGNED_HERE
from docgen.domain.reassignment import REASSIGNED, signers_in_place
from docgen.domain.retention import HELD, RELEASED, retention_of
from docgen.domain.signing import Signal
from docgen.domain.waiting import Alert, Need, Wait, WaitsOn

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from docgen.domain.history import Activity


# Mail that came back: details `recipient`, and `mail`, one of the two below or another name.
BOUNCED = "mail.bounced"
INVITATION = "invitation"
EXECUTED_COPY = "executed_copy"
COPIES = ("signer.copy_sent", "copy.sent")  # executed copies left, to a signer or to another
# The signing service stopped knowing the envelope, or knows it again.
ENVELOPE_MISSING, ENVELOPE_FOUND = "packet.envelope_missing", "packet.envelope_found"
ASKED_FOR_PAPER = "asked_for_paper"  # a detail of what was generated for signing by hand
ACCESS = "archive."  # kinds that say who looked at what is archived; nothing changed by it


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerStanding:
    """Who signs as one recipient now, and how far they have come."""

    key: str
    name: str
    title: str
    organization: str
    routing_order: int
    email: str = field(repr=False)
    invited_at: datetime | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentStanding:
    """How far one document of the packet has come."""

    slug: str
    sent_at: datetime | None
    practice_signed_at: datetime | None
    complete_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a packet stands."""

    wait: Wait
    alerts: tuple[Alert, ...]
    signers: tuple[SignerStanding, ...]
    documents: tuple[DocumentStanding, ...]
    changed_at: datetime
    sent_at: datetime | None
    effective_on: date | None
    ended_on: date | None
    retain_until: date | None
    on_hold: bool
    reminders: int
    disposed_on: date | None = None


def standing_of(
    packet: Packet, history: Sequence[Activity], facts: Collection[Fact], zone: str
) -> Standing:
    """Work out where a packet stands; `zone` is the time zone in which the PSO counts days."""
    told = _Told(packet, history, facts, zone)
    signers = told.signers()
    alerts = told.alerts(signers)
    effective_on = _effective_on(packet, zone)
    return Standing(
        wait=_wait(packet, told, signers, alerts),
        alerts=alerts,
        signers=signers,
        documents=told.documents(signers),
        changed_at=max(
            (item.at for item in history if not item.kind.startswith(ACCESS)),
            default=packet.created_at,
        ),
        sent_at=told.last("packet.sent"),
        effective_on=effective_on,
        ended_on=packet.terminated_on,
        retain_until=retention_of(packet, ZoneInfo(zone)).retain_until,
        on_hold=told.held(),
        reminders=told.count("signer.reminded"),
        disposed_on=told.disposed_on(zone),
    )


def _effective_on(packet: Packet, zone: str) -> date | None:
    agreed, fixed = _agreed_on(packet, zone), packet.plan.effective_from
    return max(agreed, date.fromisoformat(fixed)) if agreed and fixed else agreed


def _agreed_on(packet: Packet, zone: str) -> date | None:
    if packet.paper is not None and packet.whole_on_paper:
        return packet.paper.signed_on
    if packet.executed_at is not None:
        return packet.executed_at.astimezone(ZoneInfo(zone)).date()
    if packet.plan.to_sign or packet.state not in {PacketState.ON_FILE, PacketState.TERMINATED}:
        return None
    dated = [item.on_file.dated for item in packet.plan.documents if item.on_file]
    return date.fromisoformat(max(dated)) if any(dated) else None


class _Told:
    """What history and envelope say about one packet."""

    def __init__(
        self, packet: Packet, history: Sequence[Activity], facts: Collection[Fact], zone: str
    ) -> None:
        self._packet = packet
        self._by_hand_at = noon_of(packet.paper.signed_on, zone) if packet.paper else None
        self._history = history
        self._facts = frozenset(facts)

    def asked_for_paper(self) -> bool:
        """Say whether the form it was generated from asks to sign by hand."""
        return any(
            item.kind == "packet.generated" and item.details.get(ASKED_FOR_PAPER) is True
            for item in self._history
        )

    def last(self, *kinds: str, recipient: str = "") -> datetime | None:
        """Give the moment of the last activity of these kinds, about this recipient if named."""
        for item in reversed(self._history):
            about = not recipient or recipient in {
                item.details.get("recipient"),
                item.actor.removeprefix("signer:"),
            }
            if item.kind in kinds and about:
                return item.at
        return None

    def count(self, kind: str) -> int:
        """Count the activities of a kind."""
        return sum(1 for item in self._history if item.kind == kind)

    def disposed_on(self, zone: str) -> date | None:
        """Give the day on which the packet was disposed of."""
        found = disposal_of(self._history)
        if found is None or found.disposed_at is None:
            return None
        return found.disposed_at.astimezone(ZoneInfo(zone)).date()

    def held(self) -> bool:
        """Say whether a legal hold lies on the packet."""
        kinds = [item.kind for item in self._history if item.kind in {HELD, RELEASED}]
        return kinds[-1:] == [HELD]

    def signers(self) -> tuple[SignerStanding, ...]:
        """List who signs, as planned or as reassigned since."""
        now = signers_in_place(self._packet.plan, self._history)
        return tuple(
            SignerStanding(
                key=item.key,
                name=now[item.key].name,
                title=now[item.key].title,
                organization=item.organization,
                routing_order=item.routing_order,
                email=now[item.key].email,
                invited_at=self.last("signer.invited", recipient=item.key),
                signed_at=self._signed_at(item.key),
            )
            for item in self._packet.plan.recipients
        )

    def _signed_at(self, key: str) -> datetime | None:
        """Give when a person signed, or when we came to know it."""
        if key not in self._packet.electronic_signers:
            return self._by_hand_at
        moment = self.last("signer.signed", recipient=key)
        known = Fact(signal=Signal.SIGNED, recipient=key) in self._facts
        if moment is None and (known or self._packet.executed_at is not None):
            moment = self._packet.executed_at or self.last(
                "packet.partly_signed", "packet.fully_executed"
            )
            return moment or self._packet.created_at
        return moment

    def documents(self, signers: Sequence[SignerStanding]) -> tuple[DocumentStanding, ...]:
        """Say how far each document has come; what is not signed here is so once approved."""
        packet, sent = self._packet, self.last("packet.sent")
        signed = {item.key: item.signed_at for item in signers}
        approved = self.last("plan.approved") if packet.state not in _BEFORE_APPROVED else None
        found = []
        for item in packet.plan.documents:
            by_hand = packet.execution_of(item.slug) is Execution.WET_INK
            keys = {panel.recipient for panel in item.panels} or set(signed)
            theirs = [signed.get(key) for key in keys - {PSO_KEY}]
            everybody = [signed.get(key) for key in keys]
            moments = (sent or packet.executed_at, _when_all(theirs), _when_all(everybody))
            if by_hand:
                moments = (sent or self._by_hand_at, self._by_hand_at, self._by_hand_at)
            elif item.source not in SIGNED_HERE:
                moments = (approved, approved, approved)
            found.append(
                DocumentStanding(
                    slug=item.slug,
                    sent_at=moments[0],
                    practice_signed_at=moments[1],
                    complete_at=moments[2],
                )
            )
        return tuple(found)

    def alerts(self, signers: Sequence[SignerStanding]) -> tuple[Alert, ...]:
        """Name what a person must look at."""
        packet = self._packet
        tests = {
            Alert.INVITATION_BOUNCED: packet.state in OUT_FOR_SIGNATURE
            and any(self.bounced(item) for item in signers),
            Alert.COPY_UNDELIVERED: packet.state in IN_EFFECT
            and any(self._undelivered(key) for key in self._receivers()),
            Alert.OTHER_PERSON: packet.state in OUT_FOR_SIGNATURE
            and any(self.disowned(item) for item in signers),
            Alert.CONTRADICTED: Envelope(facts=self._facts).contradictory,
            Alert.NOT_ARCHIVED: packet.state is PacketState.FULLY_EXECUTED
            and self.count("packet.not_filed") > 0,
            Alert.ENVELOPE_MISSING: packet.state in OUT_FOR_SIGNATURE
            and packet.missing_since is not None,
            Alert.DAMAGED: bool(unmended(self._history)) and not is_going(self._history),
        }
        return tuple(alert for alert, holds in tests.items() if holds)

    def bounced(self, signer: SignerStanding) -> bool:
        """Say whether the last mail to somebody who has yet to sign came back."""
        if signer.signed_at is not None:
            return False
        came_back = self._came_back(signer.key, copies=False)
        since = self.last("signer.invited", REASSIGNED, recipient=signer.key)
        return came_back is not None and (since is None or came_back >= since)

    def disowned(self, signer: SignerStanding) -> bool:
        """Say whether this signer's link reached somebody who says that another person signs."""
        said = self.last("signer.says_other_person", recipient=signer.key)
        since = self.last(REASSIGNED, recipient=signer.key)
        return signer.signed_at is None and said is not None and (since is None or said >= since)

    def _receivers(self) -> frozenset[str]:
        """Name who is to have a copy: who signed at our own desk, and whose copy came back."""
        sealed = self.count("envelope.sealed") > 0
        bounced = (item for item in self._history if item.kind == BOUNCED)
        others = frozenset(str(item.details.get("recipient")) for item in bounced)
        return others | (self._packet.electronic_signers if sealed else frozenset())

    def _undelivered(self, key: str) -> bool:
        """Say whether somebody's executed copy was not sent yet, or came back."""
        sent = self.last(*COPIES, recipient=key)
        came_back = self._came_back(key, copies=True)
        if came_back is not None:
            return sent is None or came_back >= sent
        sealed = self.count("envelope.sealed") > 0
        return sealed and sent is None and key in self._packet.electronic_signers

    def _came_back(self, key: str, *, copies: bool) -> datetime | None:
        return max(
            (
                item.at
                for item in self._history
                if item.kind == BOUNCED
                and item.details.get("recipient") == key
                and (item.details.get("mail") == EXECUTED_COPY) is copies
            ),
            default=None,
        )

    def approved_by(self) -> frozenset[str]:
        """List the capacities in which this very plan was approved."""
        return frozenset(
            str(item.details.get("capacity"))
            for item in self._history
            if item.kind == "plan.approved"
            and item.details.get("plan_checksum") == self._packet.plan.checksum
        )


def _when_all(moments: Sequence[datetime | None]) -> datetime | None:
    """Give the last of these moments, or None while one is missing."""
    known = [item for item in moments if item is not None]
    return max(known) if known and len(known) == len(moments) else None


_S = PacketState
_BEFORE_APPROVED = frozenset({_S.DRAFT, _S.IN_REVIEW, _S.IN_NEGOTIATION, _S.TERMS_AGREED})

_OURS: dict[PacketState, tuple[WaitsOn, Need]] = {
    _S.DRAFT: (WaitsOn.COORDINATOR, Need.APPROVE),
    _S.TERMS_AGREED: (WaitsOn.COORDINATOR, Need.APPROVE),
    _S.IN_REVIEW: (WaitsOn.PRACTICE, Need.REVIEW_DRAFTS),
    _S.IN_NEGOTIATION: (WaitsOn.COORDINATOR, Need.READ_RETURNED),
    _S.APPROVED: (WaitsOn.COORDINATOR, Need.SEND),
    _S.SENDING: (WaitsOn.SERVICE, Need.CARRY_ON),
    _S.FULLY_EXECUTED: (WaitsOn.SERVICE, Need.CARRY_ON),
}
_SETTLED = ENDED_UNSIGNED | {_S.ARCHIVED, _S.ON_FILE, _S.TERMINATED}
# Activities after which somebody else may be the one to act.
_TURNS = (
    "packet.generated", "plan.approved", "review.released", "review.returned", "terms.agreed",
    "packet.sending", "packet.sent", "packet.partly_signed", "packet.fully_executed",
    "packet.archived", "packet.on_file", "packet.declined", "packet.voided", "packet.expired",
    "packet.failed", "packet.superseded", "packet.taken_back", "packet.terminated",
    "packet.not_filed", "packet.contradicted", "paper.taken_in", "signer.signed",
    REASSIGNED, "signer.says_other_person", "envelope.sealed", BOUNCED,
    ENVELOPE_MISSING, ENVELOPE_FOUND,
)  # fmt: skip


def _wait(
    packet: Packet,
    told: _Told,
    signers: Sequence[SignerStanding],
    alerts: Sequence[Alert],
) -> Wait:
    since = told.last(*_TURNS) or packet.created_at
    if Alert.DAMAGED in alerts:
        return Wait(on=WaitsOn.COORDINATOR, need=Need.LOOK, since=told.last(DAMAGED) or since)
    if packet.state in _SETTLED:
        return Wait(on=WaitsOn.NOBODY, need=Need.NOTHING, since=since)
    if {Alert.NOT_ARCHIVED, Alert.CONTRADICTED, Alert.ENVELOPE_MISSING} & set(alerts):
        return Wait(on=WaitsOn.COORDINATOR, need=Need.LOOK, since=since)
    if packet.state in WITH_SIGNERS:
        return _signing(packet, told, signers, since)
    on, need = _OURS[packet.state]
    if need is Need.APPROVE and Role.COORDINATOR in told.approved_by():
        on, need = WaitsOn.LEGAL_APPROVER, Need.APPROVE_DEPARTURES
    elif need is Need.SEND and (packet.plan.on_paper_only or told.asked_for_paper()):
        need = Need.TAKE_IN_PAPER
    return Wait(on=on, need=need, since=since)


def _signing(
    packet: Packet, told: _Told, signers: Sequence[SignerStanding], since: datetime
) -> Wait:
    """Say whose signature is next, and whether something stands between."""
    electronic = packet.electronic_signers
    waiting = [item for item in signers if item.signed_at is None and item.key in electronic]
    if not waiting and packet.lacks_paper:
        return Wait(on=WaitsOn.COORDINATOR, need=Need.TAKE_IN_PAPER, since=since)
    if not waiting:
        return Wait(on=WaitsOn.SERVICE, need=Need.CARRY_ON, since=since)
    signer = min(waiting, key=lambda item: item.routing_order)
    on, need = WaitsOn.PRACTICE, Need.SIGN
    if told.bounced(signer):
        on, need = WaitsOn.COORDINATOR, Need.CORRECT_ADDRESS
    elif told.disowned(signer):
        on, need = WaitsOn.COORDINATOR, Need.CONFIRM_SIGNER
    elif signer.key == PSO_KEY:
        on, need = WaitsOn.COUNTERSIGNER, Need.COUNTERSIGN
    return Wait(on=on, need=need, since=since, recipient=signer.key, name=signer.name)
