"""Consent to electronic records, and the documents opened for reading."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.errors import Refused
from docgen.services.ceremony.disclosure import VERSION, disclosure_sha256, disclosure_text
from docgen.services.ceremony.tell import tell_sender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.ceremony import Ceremony, CeremonySigner
    from docgen.services.ceremony.enter import Visit
    from docgen.services.office import Office

NOT_OPEN = (
    "This packet is no longer open for your signature: it was signed, declined, voided or expired. "
    "The coordinator named in your message can help."
)
NO_CONSENT = "Please agree to electronic records first, or choose to sign on paper."
CHANGED = (
    "A document changed since it was shown to you. Nothing was signed. "
    "Please read it again as it stands now."
)


def refuse_unless_open(office: Office, ceremony: Ceremony, signer: CeremonySigner) -> None:
    """Check that the person may still act.

    Raises:
        Refused: the envelope ended or expired, the person is done, or others sign first.
    """
    if ceremony.ended or signer.done or office.clock.now() > ceremony.expires_at:
        raise Refused(NOT_OPEN)
    if all(item.key != signer.key for item in ceremony.turn):
        raise Refused("Somebody else signs first; we will write to you when it is your turn.")


def accept_disclosure(office: Office, visit: Visit) -> None:
    """Record the affirmative consent to electronic records, once, as an act of its own."""
    office.work.put(disclosure_text().encode())  # a later version must not make it unfindable
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(visit.ceremony.envelope_id)
        signer = ceremony.signer(visit.signer.key)
        refuse_unless_open(office, ceremony, signer)
        if signer.consented_at is not None:
            return
        signer = replace(signer, consented_at=office.clock.now(), consent_version=VERSION)
        office.ledger.ceremonies.save(ceremony.with_signer(signer))
        office.note(
            ceremony.subject,
            "signer.consented",
            f"signer:{signer.key}",
            disclosure_version=VERSION,
            disclosure_sha256=disclosure_sha256(),
        )


def record_reading(office: Office, visit: Visit, slug: str, shown: str) -> None:
    """Record that the person went through one document, as `shown`, and chose to go on.

    Raises:
        Refused: consent is missing, no such document is in the packet, or it changed meanwhile.
    """
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(visit.ceremony.envelope_id)
        signer = ceremony.signer(visit.signer.key)
        refuse_unless_open(office, ceremony, signer)
        if signer.consented_at is None:
            raise Refused(NO_CONSENT)
        document = next((item for item in ceremony.documents if item.slug == slug), None)
        if document is None:
            raise Refused("This packet holds no such document.")
        if shown != document.current_sha256:
            raise Refused(CHANGED)
        if slug in signer.viewed:
            return
        first = signer.viewed_at is None
        signer = replace(
            signer,
            viewed=(*signer.viewed, slug),
            viewed_at=signer.viewed_at or office.clock.now(),
        )
        office.ledger.ceremonies.save(ceremony.with_signer(signer))
        office.note(
            ceremony.subject,
            "signer.read",
            f"signer:{signer.key}",
            document=slug,
            shown_sha256=shown,
        )
        if first:
            tell_sender(office, ceremony, "viewed", signer.key)


def changed_documents(ceremony: Ceremony, shown: Mapping[str, str]) -> tuple[str, ...]:
    """List the documents that are no longer what was shown."""
    return tuple(
        item.slug for item in ceremony.documents if shown.get(item.slug) != item.current_sha256
    )


def ask_to_read_again(office: Office, visit: Visit, slugs: tuple[str, ...]) -> None:
    """Take back that these documents were read, because others stand in their place."""
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(visit.ceremony.envelope_id)
        signer = ceremony.signer(visit.signer.key)
        left = tuple(item for item in signer.viewed if item not in slugs)
        office.ledger.ceremonies.save(ceremony.with_signer(replace(signer, viewed=left)))
        office.note(
            ceremony.subject,
            "signer.shown_outdated",
            f"signer:{signer.key}",
            documents=list(slugs),
        )
