"""The packet: a set of documents for one enrollment, and the states it passes through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from docgen.domain.document import PanelPlace
from docgen.domain.envelope import EnvelopeState
from docgen.domain.evidence import Execution
from docgen.domain.paper import PaperOriginal
from docgen.domain.plan import Plan, PlannedDocument
from docgen.domain.review import Round
from docgen.errors import IllegalTransition


class PacketKind(StrEnum):
    """Which agreements a packet holds."""

    CONTRACTING = "contracting"  # PSA and BAA: practice signs, PSO countersigns
    ONBOARDING = "onboarding"  # PSES policy: the practice approves and adopts it


class PacketState(StrEnum):
    """Where a packet stands; the words are those people see."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    IN_NEGOTIATION = "in_negotiation"
    TERMS_AGREED = "terms_agreed"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    VIEWED = "viewed"
    PARTLY_SIGNED = "partly_signed"
    FULLY_EXECUTED = "fully_executed"
    ARCHIVED = "archived"
    DECLINED = "declined"
    VOIDED = "voided"
    EXPIRED = "expired"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    ON_FILE = "on_file"  # nothing was to be signed: it refers to what was executed elsewhere

    @property
    def words(self) -> str:
        """Give the state as people read it."""
        return self.value.replace("_", " ")


class Step(StrEnum):
    """What our own people do to a packet."""

    RELEASE = "release for review"
    RETURN = "return from review"
    AGREE = "agree terms"
    APPROVE = "approve"
    SEND = "send"
    VOID = "void"
    WITHDRAW = "withdraw"
    REMIND = "remind"  # moves nothing
    REASSIGN = "reassign"  # moves nothing
    EXECUTE_ON_PAPER = "take in the signed paper"
    TAKE_IN_PART = "take in a part signed on paper"  # the rest is signed electronically
    ARCHIVE = "archive"
    PUT_ON_FILE = "put on file"
    TERMINATE = "terminate"


_S = PacketState
_BEFORE_APPROVAL = frozenset({_S.DRAFT, _S.IN_REVIEW, _S.IN_NEGOTIATION, _S.TERMS_AGREED})
OUT_FOR_SIGNATURE = frozenset({_S.SENDING, _S.SENT, _S.VIEWED, _S.PARTLY_SIGNED})
WITH_SIGNERS = OUT_FOR_SIGNATURE - {_S.SENDING}
IN_EFFECT = frozenset({_S.FULLY_EXECUTED, _S.ARCHIVED, _S.ON_FILE})
ENDED_UNSIGNED = frozenset({_S.DECLINED, _S.VOIDED, _S.EXPIRED, _S.FAILED, _S.WITHDRAWN})

_MOVES: dict[Step, tuple[frozenset[PacketState], PacketState | None]] = {
    Step.RELEASE: (frozenset({_S.DRAFT, _S.IN_NEGOTIATION}), _S.IN_REVIEW),
    Step.RETURN: (frozenset({_S.IN_REVIEW, _S.IN_NEGOTIATION}), _S.IN_NEGOTIATION),
    Step.AGREE: (frozenset({_S.IN_REVIEW, _S.IN_NEGOTIATION}), _S.TERMS_AGREED),
    Step.APPROVE: (frozenset({_S.DRAFT, _S.TERMS_AGREED}), _S.APPROVED),
    Step.SEND: (frozenset({_S.APPROVED}), _S.SENDING),
    Step.VOID: (OUT_FOR_SIGNATURE, _S.VOIDED),
    Step.WITHDRAW: (_BEFORE_APPROVAL | {_S.APPROVED}, _S.WITHDRAWN),
    Step.REMIND: (WITH_SIGNERS, None),
    Step.REASSIGN: (WITH_SIGNERS, None),
    Step.EXECUTE_ON_PAPER: (
        WITH_SIGNERS | {_S.APPROVED, _S.VOIDED, _S.DECLINED, _S.EXPIRED},
        _S.FULLY_EXECUTED,
    ),
    Step.TAKE_IN_PART: (WITH_SIGNERS | {_S.APPROVED}, None),
    Step.ARCHIVE: (frozenset({_S.FULLY_EXECUTED}), _S.ARCHIVED),
    Step.PUT_ON_FILE: (frozenset({_S.APPROVED}), _S.ON_FILE),
    Step.TERMINATE: (frozenset({_S.ARCHIVED, _S.ON_FILE}), _S.TERMINATED),
}

_FROM_ENVELOPE = {
    EnvelopeState.SENT: _S.SENT,
    EnvelopeState.VIEWED: _S.VIEWED,
    EnvelopeState.PARTLY_SIGNED: _S.PARTLY_SIGNED,
    EnvelopeState.FAILED: _S.FAILED,
    EnvelopeState.EXPIRED: _S.EXPIRED,
    EnvelopeState.VOIDED: _S.VOIDED,
    EnvelopeState.DECLINED: _S.DECLINED,
    EnvelopeState.FULLY_EXECUTED: _S.FULLY_EXECUTED,
}

# A report never undoes what came after it, and never revives what was set aside before sending.
_SETTLED = (
    frozenset({_S.ARCHIVED, _S.TERMINATED, _S.ON_FILE, _S.WITHDRAWN})
    | _BEFORE_APPROVAL
    | {_S.APPROVED}
)


def allowed(state: PacketState, step: Step) -> bool:
    """Say whether this step may be taken in this state."""
    return state in _MOVES[step][0]


def move(state: PacketState, step: Step) -> PacketState:
    """Take one step of our own.

    Raises:
        IllegalTransition: the step is not allowed in this state; the message says where it is.
    """
    if not allowed(state, step):
        where = ", ".join(sorted(source.words for source in _MOVES[step][0]))
        message = (
            f"The packet is {state.words}, so the step “{step}” cannot be taken now. It can be "
            f"when a packet is: {where}."
        )
        raise IllegalTransition(message)
    return _MOVES[step][1] or state


def follow(state: PacketState, envelope: EnvelopeState) -> PacketState:
    """Let the packet follow its envelope; settled packets stay where they are."""
    if state in _SETTLED or envelope is EnvelopeState.UNSENT:
        return state
    return _FROM_ENVELOPE[envelope]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedDocument:
    """One document's rendered forms, by digest, and where its signature panels lie."""

    slug: str
    pdf_sha256: str
    docx_sha256: str
    html_sha256: str
    pages: int
    places: tuple[PanelPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedDocument:
    """One document as sent and as sealed, by digest.

    `first_page` is where it begins in the sealed file, which may hold several documents.
    """

    slug: str
    sent_sha256: str
    signed_sha256: str
    first_page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A packet as it stands now; what happened to it is in its history.

    `supersedes` names the packet this one replaced, unsent or ended unsigned. `paper` is there once
    something of it was signed on paper. `terminated_on` is the last day in effect. `entrance_id`
    names our own entrance to an envelope at an outside service; empty where the service invites its
    signers. `missing_since` is there while the signing service knows no such envelope.
    """

    id: str
    state: PacketState
    plan: Plan
    rendered: tuple[RenderedDocument, ...]
    created_at: datetime
    service: str = ""
    envelope_id: str = ""
    executed: tuple[ExecutedDocument, ...] = ()
    executed_at: datetime | None = None
    bundle_sha256: str = ""
    terminated_at: datetime | None = None
    terminated_on: date | None = None
    supersedes: str = ""
    rounds: tuple[Round, ...] = ()
    paper: PaperOriginal | None = None
    entrance_id: str = ""
    missing_since: datetime | None = None

    @property
    def ceremony_id(self) -> str:
        """Where the links and letters of those whom we invite are kept."""
        return self.entrance_id or self.envelope_id

    @property
    def ended_unsigned(self) -> bool:
        """True when this packet came to an end without being fully executed."""
        return self.state in ENDED_UNSIGNED

    @property
    def on_paper(self) -> frozenset[str]:
        """The slugs of the documents that were signed on paper."""
        if self.paper is None:
            return frozenset()
        return frozenset(self.paper.documents or (item.slug for item in self.plan.to_sign))

    @property
    def whole_on_paper(self) -> bool:
        """True when everything that is signed in this packet was signed on paper."""
        return self.paper is not None and self.on_paper >= {item.slug for item in self.plan.to_sign}

    @property
    def electronic(self) -> tuple[PlannedDocument, ...]:
        """The documents that are, or are to be, signed electronically, in order."""
        return tuple(item for item in self.plan.generated if item.slug not in self.on_paper)

    @property
    def electronic_signers(self) -> frozenset[str]:
        """The keys of the recipients who sign electronically."""
        return frozenset(panel.recipient for item in self.electronic for panel in item.panels)

    @property
    def lacks_paper(self) -> bool:
        """True while a document that can be signed by hand only is not in yet."""
        return any(item.slug not in self.on_paper for item in self.plan.by_hand)

    def execution_of(self, slug: str) -> Execution | None:
        """Say how a document is executed; None when it is not signed in this packet."""
        if slug in {item.slug for item in self.electronic}:
            return Execution.ELECTRONIC
        return Execution.WET_INK if slug in {item.slug for item in self.plan.to_sign} else None

    @property
    def execution(self) -> Execution:
        """Say how the packet as a whole is executed."""
        ways = {self.execution_of(item.slug) for item in self.plan.to_sign}
        return (ways.pop() if len(ways) == 1 else None) or Execution.MIXED

    def step(self, step: Step) -> Packet:
        """Give the packet after one step of our own; an illegal one raises `IllegalTransition`."""
        return replace(self, state=move(self.state, step))

    def follow(self, envelope: EnvelopeState) -> Packet:
        """Give the packet after its envelope's state became known.

        What is wholly on paper outranks its envelope; what lacks its paper is at most partly
        signed.
        """
        if self.whole_on_paper:
            return self
        state = follow(self.state, envelope)
        if state is PacketState.FULLY_EXECUTED and self.lacks_paper:
            state = PacketState.PARTLY_SIGNED
        return replace(self, state=state)
