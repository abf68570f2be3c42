"""Sign every document of the packet that asks for this person, or decline the packet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.domain.history import timestamp
from docgen.domain.signing import Signal
from docgen.errors import Refused
from docgen.ports.signer import Act, DrawnMark
from docgen.services.ceremony.invite import invite_turn
from docgen.services.ceremony.read import refuse_unless_open
from docgen.services.ceremony.tell import tell_sender

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.domain.ceremony import Ceremony, CeremonyDocument, CeremonySigner
    from docgen.services.ceremony.enter import Visit
    from docgen.services.office import Office

LONGEST_NAME = 120
LONGEST_REASON = 2_000

INTENT = (
    "By choosing “Sign”, I sign the documents listed here, intending my typed or drawn signature to "
    "have the effect of my handwritten one."
)
AUTHORITY = "I have authority to sign for the organization named, and the name and title are mine."


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What the person declared on the signing page.

    `shown` maps each document to the digest of the bytes that the page displayed.
    """

    name: str
    title: str
    typed: str
    drawn: DrawnMark | None
    attests_authority: bool
    shown: Mapping[str, str]
    client: Mapping[str, str]


def sign_packet(office: Office, visit: Visit, intent: Intent) -> None:
    """Sign all documents for this person, whole or not at all.

    Raises:
        Refused: a declaration is missing, a document was not read, or the bytes shown are no longer
            the bytes to be signed.
    """
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(visit.ceremony.envelope_id)
        signer = ceremony.signer(visit.signer.key)
        refuse_unless_open(office, ceremony, signer)
        _refuse_incomplete(ceremony, signer, intent)
        now = office.clock.now()
        act_id = office.ids.new("act")
        documents = tuple(
            _sign_document(office, item, _acts(item, signer, intent, act_id, now))
            for item in ceremony.documents
        )
        signer = replace(signer, name=intent.name, title=intent.title, signed_at=now)
        ceremony = replace(ceremony, documents=documents).with_signer(signer)
        office.ledger.ceremonies.save(ceremony)
        office.note(
            ceremony.subject,
            "signer.signed",
            f"signer:{signer.key}",
            act_id=act_id,
            signed_at=timestamp(now),
            name=intent.name,
            title=intent.title,
            organization=signer.organization,
            email=signer.email,
            mark="drawn" if intent.drawn else "typed",
            intent_statement=INTENT,
            authority_statement=AUTHORITY,
            shown=dict(intent.shown),
            documents=[
                {"slug": item.slug, "signed_sha256": item.current_sha256} for item in documents
            ],
            claimed_client=dict(intent.client),
        )
        tell_sender(office, ceremony, "signed", signer.key)
        if ceremony.all_signed:
            office.ask(f"seal:{ceremony.envelope_id}", "seal", envelope_id=ceremony.envelope_id)
        else:
            invite_turn(office, ceremony)


def _refuse_incomplete(ceremony: Ceremony, signer: CeremonySigner, intent: Intent) -> None:
    problem = _missing_declaration(signer, intent) or _unseen_document(ceremony, signer, intent)
    if problem:
        raise Refused(problem)


def _missing_declaration(signer: CeremonySigner, intent: Intent) -> str:
    """Say what the person still has to declare, or ""."""
    if signer.consented_at is None:
        return "Please agree to electronic records first, or choose to sign on paper."
    for value, what in ((intent.name, "name"), (intent.title, "title")):
        if not value.strip() or len(value) > LONGEST_NAME:
            return f"Please give your {what}, in at most {LONGEST_NAME} characters."
    if not intent.typed.strip() and intent.drawn is None:
        return "Please type or draw your signature."
    if not intent.attests_authority:
        return "Please confirm that you have authority to sign, or say that you have not."
    return ""


def _unseen_document(ceremony: Ceremony, signer: CeremonySigner, intent: Intent) -> str:
    """Say which document was not read, or is not the one that was shown, or ""."""
    for document in ceremony.documents:
        if document.slug not in signer.viewed:
            return f"Please read “{document.title}” before signing."
        if intent.shown.get(document.slug) != document.current_sha256:
            return (
                "A document changed since it was shown to you, because somebody else signed it. "
                "Please look at it again; nothing was signed."
            )
    return ""


def _acts(
    document: CeremonyDocument, signer: CeremonySigner, intent: Intent, act_id: str, at: datetime
) -> tuple[Act, ...]:
    return tuple(
        Act(
            slot=panel.slot,
            act_id=act_id,
            name=intent.name,
            title=intent.title,
            organization=panel.organization,
            email=signer.email,
            meaning=panel.meaning,
            typed=intent.typed,
            drawn=intent.drawn,
            at=at,
        )
        for panel in document.panels
        if panel.recipient == signer.key
    )


def _sign_document(
    office: Office, document: CeremonyDocument, acts: tuple[Act, ...]
) -> CeremonyDocument:
    pdf = office.work.open(document.current_sha256)
    for act in acts:
        pdf = office.signer.sign(pdf, act)
    return replace(document, current_sha256=office.work.put(pdf).sha256) if acts else document


def decline_packet(office: Office, visit: Visit, reason: str) -> None:
    """Decline the whole packet, with a reason in the person's own words.

    Raises:
        Refused: the reason is missing or too long, or the person cannot act any more.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Refused(f"Please give a reason, in at most {LONGEST_REASON} characters.")
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(visit.ceremony.envelope_id)
        signer = ceremony.signer(visit.signer.key)
        refuse_unless_open(office, ceremony, signer)
        now = office.clock.now()
        signer = replace(signer, declined_at=now)
        ceremony = replace(
            ceremony.with_signer(signer), ended=Signal.DECLINED, ended_at=now, reason=reason
        )
        office.ledger.ceremonies.save(ceremony)
        office.note(ceremony.subject, "signer.declined", f"signer:{signer.key}", reason=reason)
        tell_sender(office, ceremony, "declined", signer.key)
