"""Sign every document of the packet that asks for this person, or decline the packet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.domain.history import timestamp
from docgen.domain.signing import Signal
from docgen.errors import Refused, RenderRefused
from docgen.ports.signer import Act, DrawnMark
from docgen.services.ceremony.invite import invite_turn
from docgen.services.ceremony.notice import DECLINED, PAPER, ask_notice
from docgen.services.ceremony.read import (
    CHANGED,
    NO_CONSENT,
    ask_to_read_again,
    changed_documents,
    refuse_unless_open,
)
from docgen.services.ceremony.tell import tell_sender
from docgen.services.ceremony.words import line_given, name_given, prose_given
from docgen.services.given import LONGEST_REASON

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.domain.ceremony import Ceremony, CeremonyDocument, CeremonySigner
    from docgen.services.ceremony.enter import Visit
    from docgen.services.office import Office


INTENT = (
    "By choosing “Sign”, I sign the documents listed here, intending my typed or drawn signature "
    "to have the effect of my handwritten one."
)
AUTHORITY = "I have authority to sign for this organization, and the name and title are mine."
ASKED_FOR_PAPER = "The signer asked to sign on paper instead."


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

    Signing happens before the database is held; what changed meanwhile is found under the lock.

    Raises:
        Refused: a declaration is missing, a document was not read, or the bytes shown are no longer
            the bytes to be signed.
    """
    given = _declared(intent)
    before = office.ledger.ceremonies.get(visit.ceremony.envelope_id)
    _refuse_unready(office, before, visit.signer.key)
    changed = changed_documents(before, given.shown)
    if not changed:
        now, act_id = office.clock.now(), office.ids.new("act")
        documents = _signed_documents(office, before, visit.signer.key, given, act_id, now)
        with office.ledger.transaction():
            ceremony = office.ledger.ceremonies.locked(before.envelope_id)
            _refuse_unready(office, ceremony, visit.signer.key)
            changed = changed_documents(ceremony, given.shown)
            if not changed:
                signed = replace(ceremony, documents=documents)
                _record(office, signed, visit.signer.key, given, act_id, now)
    if changed:
        ask_to_read_again(office, visit, changed)
        raise Refused(CHANGED)


def _declared(intent: Intent) -> Intent:
    """Give the declarations in their normal form, or refuse what is missing or unusable."""
    name, title = name_given(intent.name, "full name"), line_given(intent.title, "title")
    typed = name_given(intent.typed, "signature") if intent.typed.strip() else ""
    if not typed and intent.drawn is None:
        raise Refused("Please type or draw your signature.")
    if not intent.attests_authority:
        raise Refused("Please confirm that you have authority to sign, or say that you have not.")
    return replace(intent, name=name, title=title, typed=typed)


def _refuse_unready(office: Office, ceremony: Ceremony, key: str) -> None:
    signer = ceremony.signer(key)
    refuse_unless_open(office, ceremony, signer)
    if signer.consented_at is None:
        raise Refused(NO_CONSENT)
    for document in ceremony.documents:
        if document.slug not in signer.viewed:
            raise Refused(f"Please read “{document.title}” before signing.")


def _signed_documents(
    office: Office, ceremony: Ceremony, key: str, given: Intent, act_id: str, now: datetime
) -> tuple[CeremonyDocument, ...]:
    signer = ceremony.signer(key)
    try:
        return tuple(
            _sign_document(office, item, _acts(item, signer, given, act_id, now))
            for item in ceremony.documents
        )
    except RenderRefused as error:
        raise Refused(
            "Your name, title or signature holds a character that cannot be printed, or is too "
            "long for its line. Please write it in letters, or shorter; nothing was signed."
        ) from error


def _record(
    office: Office, signed: Ceremony, key: str, given: Intent, act_id: str, now: datetime
) -> None:
    """Keep the signed documents, say so in the history, and let the next step follow."""
    signer = replace(signed.signer(key), name=given.name, title=given.title, signed_at=now)
    ceremony = signed.with_signer(signer)
    office.ledger.ceremonies.save(ceremony)
    office.note(
        ceremony.subject,
        "signer.signed",
        f"signer:{key}",
        act_id=act_id,
        signed_at=timestamp(now),
        name=given.name,
        title=given.title,
        organization=signer.organization,
        email=signer.email,
        mark="drawn" if given.drawn else "typed",
        intent_statement=INTENT,
        authority_statement=AUTHORITY,
        shown=dict(given.shown),
        documents=[
            {"slug": item.slug, "signed_sha256": item.current_sha256} for item in ceremony.documents
        ],
        claimed_client=dict(given.client),
    )
    tell_sender(office, ceremony, "signed", key)
    if ceremony.all_signed:
        office.ask(f"seal:{ceremony.envelope_id}", "seal", envelope_id=ceremony.envelope_id)
    else:
        invite_turn(office, ceremony)


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


def decline_packet(office: Office, visit: Visit, reason: str, *, paper: bool = False) -> None:
    """Decline the whole packet, with a reason in the person's own words, or in favour of paper.

    Raises:
        Refused: the reason is missing or too long, or the person cannot act any more.
    """
    given = prose_given(reason, "your reason", longest=LONGEST_REASON)
    if paper:
        given = ASKED_FOR_PAPER
    if not given:
        raise Refused("Please give a reason; a few words are enough.")
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(visit.ceremony.envelope_id)
        signer = ceremony.signer(visit.signer.key)
        refuse_unless_open(office, ceremony, signer)
        now = office.clock.now()
        signer = replace(signer, declined_at=now)
        ceremony = replace(
            ceremony.with_signer(signer), ended=Signal.DECLINED, ended_at=now, reason=given
        )
        office.ledger.ceremonies.save(ceremony)
        kind = "signer.asked_for_paper" if paper else "signer.declined"
        office.note(ceremony.subject, kind, f"signer:{signer.key}", reason=given)
        words = "" if paper else given
        ask_notice(office, ceremony, signer, PAPER if paper else DECLINED, words=words)
        tell_sender(office, ceremony, "declined", signer.key)
