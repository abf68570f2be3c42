"""One packet: what it waits for, what is in it, who signs, and everything that happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from docgen.domain.disposal import disposal_of
from docgen.domain.envelope import Envelope
from docgen.domain.packet import PacketState, Step, allowed
from docgen.domain.person import Role
from docgen.domain.waiting import Alert
from docgen.errors import InputError
from docgen.services.approve import missing_approvals
from docgen.services.asked import open_requests
from docgen.services.ceremony.telephone import callers
from docgen.services.disposed import disposed_words
from docgen.services.freshness import reasons_stale
from docgen.services.parked import parked_words
from docgen.services.reassign import signers_now
from docgen.services.replaced import later_packets
from docgen.services.versions import what_changed
from docgen.services.wish import ON_PAPER, asks_for_paper
from docgen.web.account.visitor import acting_person
from docgen.web.desk.activity import moments_of
from docgen.web.desk.parts import (
    Badge,
    Cell,
    Column,
    Crumb,
    Fact,
    Moment,
    Row,
    Tab,
    Table,
    Tone,
)
from docgen.web.desk.wording import day_words, kind_words, service_words, wait_words
from docgen.web.site import office_of
from docgen.web.templatetags.desk import role_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.http import HttpRequest, HttpResponse

    from docgen.domain.enrollment.differences import Difference
    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.domain.plan import PlannedDocument
    from docgen.ports.register import PacketLine
    from docgen.services.office import Office

_BEFORE_SENDING = frozenset(
    {PacketState.DRAFT, PacketState.IN_REVIEW, PacketState.IN_NEGOTIATION}
    | {PacketState.TERMS_AGREED, PacketState.APPROVED}
)

_ENDING = {"signer.declined", "signer.asked_for_paper", "packet.taken_back"}

# Where a coordinator goes on with a packet that is out for review.
_REVIEW = {
    PacketState.DRAFT: "The practice’s key contacts can review marked drafts first.",
    PacketState.IN_REVIEW: "The drafts are with the practice’s key contacts.",
    PacketState.IN_NEGOTIATION: "What came back is answered, and terms are agreed, under Review.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What this person may do to this packet now."""

    approve: bool
    send: bool
    remind: bool
    reassign: bool
    void: bool
    withdraw: bool
    generate: bool
    correct: bool

    @property
    def any(self) -> bool:
        """True when there is something to do."""
        return any((self.approve, self.send, self.remind, self.reassign, self.void, self.withdraw))


def acts_of(office: Office, packet: Packet, person: Person, *, stale: bool, replaced: bool) -> Acts:
    """Say what this person may do to this packet now; the services decide again when asked."""
    coordinates = Role.COORDINATOR in person.roles
    state = packet.state
    given = {item.person for item in office.ledger.packets.approvals(packet.id)}
    capacities = set(missing_approvals(office, packet)) & person.roles
    approves = allowed(state, Step.APPROVE) and capacities and person.key not in given
    return Acts(
        approve=bool(approves) and not stale,
        send=coordinates
        and allowed(state, Step.SEND)
        and not stale
        and not packet.plan.on_paper_only
        and not asks_for_paper(office, packet),
        remind=coordinates and allowed(state, Step.REMIND),
        reassign=coordinates and allowed(state, Step.REASSIGN),
        void=coordinates and allowed(state, Step.VOID),
        withdraw=coordinates and allowed(state, Step.WITHDRAW),
        generate=coordinates
        and not replaced
        and (packet.ended_unsigned or (stale and state in _BEFORE_SENDING)),
        correct=coordinates
        and not replaced
        and (packet.ended_unsigned or state in _BEFORE_SENDING),
    )


@require_safe
def record(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Show one packet."""
    office, person = office_of(request), acting_person(request)
    packet = office.ledger.packets.get(packet_id)
    line = office.register.packet(packet_id)
    stale = stale_reasons(office, packet)
    later = later_packets(office, packet) if packet.ended_unsigned else ()
    acts = acts_of(office, packet, person, stale=bool(stale), replaced=bool(later))
    told = office.ledger.history.of(packet_id)
    gone = disposed_words(office, disposal_of(told))
    context = head(packet, "packet") | {
        "packet": packet,
        "line": line,
        "lead": _lead(line),
        "alerts": attention_of(office, packet, line.alerts),
        "said": _said(office, packet, line, told),
        "stale": stale,
        "on_paper": ON_PAPER if asks_for_paper(office, packet) else "",
        "acts": acts,
        "later": later[-1] if later else None,
        "changes": _changes(office, packet),
        "passed": _passed(office, packet) if acts.correct else (),
        "review_words": _REVIEW.get(packet.state, "") if Role.COORDINATOR in person.roles else "",
        "callers": callers(office, packet) if Role.COORDINATOR in person.roles else (),
        "requests": open_requests(office, packet) if acts.reassign else (),
        "services": [(key, service_words(key)) for key in sorted(office.services)],
        "service": office.rules.service,
        "missing": [role_words(role) for role in missing_approvals(office, packet)]
        if allowed(packet.state, Step.APPROVE)
        else [],
        "gone": gone,
        "facts": _facts(packet, line),
        "documents": _documents(packet, gone=bool(gone)),
        "signers": _signers(office, packet, acts),
    }
    return render(request, "docgen/desk/packets/record.html", context)


@require_safe
def history(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Show everything that happened to one packet, newest first."""
    office = office_of(request)
    packet = office.ledger.packets.get(packet_id)
    people = {item.key: item.name for item in office.ledger.people.list()}
    signers = {key: name for key, (name, _) in signers_now(office, packet).items()}
    told = office.ledger.history.of(packet_id)
    context = head(packet, "packet-history") | {
        "packet": packet,
        "moments": moments_of(told, people, signers),
    }
    return render(request, "docgen/desk/packets/history.html", context)


def head(packet: Packet, here: str) -> dict[str, object]:
    """Give what the head of each page of a packet shows."""
    plan = packet.plan
    pages = {
        "packet": "Packet",
        "packet-review": "Review",
        "packet-paper": "Paper and end",
        "packet-history": "History",
    }
    return {
        "title": plan.practice,
        "badge": Badge.of(packet.state),
        "crumbs": [Crumb(words="Packets", url=reverse("desk:packets"))],
        "tabs": [
            Tab(words=words, url=reverse(f"desk:{name}", args=[packet.id]), is_here=name == here)
            for name, words in pages.items()
        ],
    }


def _changes(office: Office, packet: Packet) -> tuple[Difference, ...] | None:
    """List what the form says differently since the packet this one replaces; None without one."""
    if not packet.supersedes:
        return None
    plan = packet.plan
    before = office.ledger.packets.get(packet.supersedes).plan.enrollment_version
    return what_changed(office, plan.enrollment_id, before, plan.enrollment_version)


def _passed(office: Office, packet: Packet) -> list[tuple[str, str]]:
    """Name who had taken whose place in the packet this one replaces, and is not asked again."""
    if not packet.supersedes:
        return []
    earlier = office.ledger.packets.get(packet.supersedes)
    asked = {item.name for item in packet.plan.recipients}
    now = signers_now(office, earlier)
    pairs = [(now[item.key][0], item.name) for item in earlier.plan.recipients]
    return [(name, planned) for name, planned in pairs if name not in asked and planned in asked]


def _lead(line: PacketLine) -> str:
    waits = wait_words(line.wait)
    return kind_words(line.kind) + ("" if waits == "nobody" else f". Waits on {waits}.")


def stale_reasons(office: Office, packet: Packet) -> tuple[str, ...]:
    """Say why a packet not sent yet is stale; a template that is gone is a reason, not an end."""
    if packet.state not in _BEFORE_SENDING:
        return ()
    try:
        return reasons_stale(office, packet)
    except InputError as error:
        return (str(error),)


_MISSING = (
    "The signing service says that it has no such envelope. Look for it there. If it was deleted, "
    "nobody can sign it any more: void this packet and generate it again. If this site signs in to "
    "another account there since, have the earlier one put back."
)


def attention_of(office: Office, packet: Packet, alerts: Collection[Alert]) -> list[str]:
    """Say what a person must look at."""
    found = [item.words for item in alerts]
    if Envelope(facts=office.ledger.packets.facts(packet.id)).contradictory:
        found.append("The signing service reported two different endings; compare it there.")
    if Alert.ENVELOPE_MISSING in alerts:
        found.append(_MISSING)
    parked = parked_words(office, packet)
    return [*found, parked] if parked else found


def _said(
    office: Office, packet: Packet, line: PacketLine, told: Sequence[Activity]
) -> list[Moment]:
    """Tell what ended the packet, or who says that another person signs, in their own words."""
    kinds = _ENDING if packet.ended_unsigned else set()
    if Alert.OTHER_PERSON in line.alerts:
        kinds = {"signer.says_other_person"}
    last = [item for item in told if item.kind in kinds][-1:]
    if not last:
        return []
    people = {item.key: item.name for item in office.ledger.people.list()}
    signers = {key: name for key, (name, _) in signers_now(office, packet).items()}
    return moments_of(last, people, signers)


def _facts(packet: Packet, line: PacketLine) -> list[Fact]:
    plan = packet.plan
    facts = [
        Fact(
            term="Enrollment",
            words=f"version {plan.enrollment_version}",
            url=reverse("desk:enrollment", args=[plan.enrollment_id]),
        ),
        Fact(term="Packet", words=packet.id),
        Fact(term="Plan checksum", words=plan.short_checksum),
        Fact(term="Generated", at=packet.created_at),
    ]
    if line.sent_at:
        facts.append(Fact(term="Sent", at=line.sent_at))
        facts.append(Fact(term="Signing service", words=service_words(packet.service)))
    if line.effective_on:
        facts.append(Fact(term="Effective date", words=day_words(line.effective_on)))
    if line.reminders:
        facts.append(Fact(term="Reminders", words=str(line.reminders)))
    if packet.supersedes:
        earlier = reverse("desk:packet", args=[packet.supersedes])
        facts.append(Fact(term="Takes the place of", words="an earlier packet", url=earlier))
    return facts


def _documents(packet: Packet, *, gone: bool) -> Table:
    pages = {item.slug: item.pages for item in packet.rendered}
    rows = [
        Row(
            cells=(
                Cell(
                    words=item.title,
                    url=reverse("desk:packet-document", args=[packet.id, item.slug])
                    if item.slug in pages and not gone
                    else "",
                ),
                Cell(words=_source(item), below=item.reason),
                Cell(words=str(pages.get(item.slug, "–"))),
            )
        )
        for item in packet.plan.documents
    ]
    columns = (
        Column(words="Document"),
        Column(words="Source"),
        Column(words="Pages", is_number=True),
    )
    return Table(caption="Documents", columns=columns, rows=rows)


def _source(document: PlannedDocument) -> str:
    if document.template_version:
        adopted = "adopted" if document.adopted else "a sample, not adopted"
        return f"our template {document.template_version}, {adopted}"
    return document.source.replace("_", " ")


def _signers(office: Office, packet: Packet, acts: Acts) -> Table:
    now = signers_now(office, packet)
    facts = {(item.signal.value, item.recipient) for item in office.ledger.packets.facts(packet.id)}
    rows = []
    for person in packet.plan.recipients:
        name, title = now[person.key]
        place = reverse("desk:packet-reassign", args=[packet.id, person.key])
        change = acts.reassign and ("signed", person.key) not in facts
        rows.append(
            Row(
                cells=(
                    Cell(words=str(person.routing_order)),
                    Cell(words=name, below=title),
                    Cell(words=person.organization),
                    Cell(badge=_signer_badge(facts, person.key)),
                    *(
                        (Cell(words="Reassign", url=place) if change else Cell(words="–"),)
                        if acts.reassign
                        else ()
                    ),
                )
            )
        )
    heads = ("Order", "Signer", "For", "Standing", *(("Change",) if acts.reassign else ()))
    return Table(caption="Signers", columns=tuple(Column(words=item) for item in heads), rows=rows)


def _signer_badge(facts: set[tuple[str, str]], key: str) -> Badge:
    for signal, tone in (
        ("signed", Tone.GOOD),
        ("declined", Tone.BAD),
        ("viewed", Tone.BUSY),
    ):
        if (signal, key) in facts:
            return Badge(words=signal, tone=tone)
    return Badge(words="not yet", tone=Tone.QUIET)
