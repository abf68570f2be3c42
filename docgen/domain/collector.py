"""Who is entitled to a packet's executed copies, and somebody who comes to collect them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from docgen.domain.enrollment.vocabulary import ContactRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docgen.domain.enrollment import Enrollment
    from docgen.domain.enrollment.person import Contact

# Who is sent which executed document unasked; the primary contact gets all of them.
_SENT_TO: dict[str, frozenset[ContactRole]] = {
    "psa": frozenset({ContactRole.LEGAL_NOTICE}),
    "baa": frozenset({ContactRole.HIPAA_PRIVACY, ContactRole.LEGAL_NOTICE}),
    "pses": frozenset({ContactRole.PSES_ADMINISTRATOR}),
}
_CONTRACTS = frozenset({"psa", "baa"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled:
    """One person or office that may have the executed copies at any time.

    `key` names them in the history; `documents` are the slugs they are sent without asking.
    """

    key: str
    name: str
    email: str
    documents: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """One entitled person's visit to the page of the executed copies.

    Codes are derived from a secret, never stored; `code_number` says which one is valid. Codes are
    counted by the day that began at `day_began_at`.
    """

    packet_id: str
    key: str
    code_number: int = 0
    code_sent_at: datetime | None = None
    code_tries: int = 0
    day_began_at: datetime | None = None
    codes_today: int = 0
    session_sha256: str = ""
    session_until: datetime | None = None


def entitled(enrollment: Enrollment, slugs: Iterable[str]) -> tuple[Entitled, ...]:
    """List who may have the executed copies of these documents, each e-mail address once.

    These are the practice's active key contacts, the addresses for formal notices and the counsel
    who is copied on them (15 U.S.C. 7001(e): every party must be able to keep the record).
    """
    wanted = frozenset(slugs)
    found: dict[str, Entitled] = {}
    for one in (*_contacts(enrollment, wanted), *_notices(enrollment, wanted)):
        address = one.email.casefold()
        if address in found:
            before = found[address]
            one = Entitled(  # noqa: PLW2901  # the same person in a second capacity
                key=before.key,
                name=before.name,
                email=before.email,
                documents=before.documents | one.documents,
            )
        found[address] = one
    return tuple(found.values())


def _contacts(enrollment: Enrollment, slugs: frozenset[str]) -> Iterator[Entitled]:
    for contact in enrollment.contacts:
        if contact.active and contact.email:
            yield Entitled(
                key=f"contact-{contact.contact_id}",
                name=contact.full_name,
                email=contact.email,
                documents=frozenset(slug for slug in slugs if _is_sent(slug, contact)),
            )


def _is_sent(slug: str, contact: Contact) -> bool:
    roles = _SENT_TO.get(slug, frozenset()) | {ContactRole.PRIMARY}
    return bool(roles & set(contact.roles))


def _notices(enrollment: Enrollment, slugs: frozenset[str]) -> Iterator[Entitled]:
    """List where an entity's formal notices go; the policy is the practice's own affair."""
    contracts = slugs & _CONTRACTS
    for entity in enrollment.legal_entities:
        notice = entity.notice
        if contracts and notice.email:
            yield Entitled(
                key=f"notice-{entity.entity_id}",
                name=notice.attention,
                email=notice.email,
                documents=contracts,
            )
        if contracts and notice.cc_counsel.email:
            yield Entitled(
                key=f"counsel-{entity.entity_id}",
                name=notice.cc_counsel.name,
                email=notice.cc_counsel.email,
                documents=contracts,
            )
