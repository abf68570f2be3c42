"""People: contacts, who signs, and who reviews."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from docgen.domain.enrollment import forms
from docgen.domain.enrollment.fields import (
    a_line,
    a_reference,
    choice,
    choice_or,
    day,
    flag,
    formed,
    instant,
    line,
    named,
    part,
    reference,
    texts,
    words,
)
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.vocabulary import (
    AuthMethod,
    ContactRole,
    SignedDocument,
    SignerBasis,
)

# Characters of a name or a title; of more, a signature panel's print is too small to read.
SIGNED_LINE_MOST = 120
_ONE_NAME = "a person with a single name gives it as given and as family name"
_ORDINAL = re.compile(r"[IVX]+|[1-9](?:st|nd|rd|th)")  # follows a name without a comma


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One person named on the form."""

    contact_id: str = formed("id", forms.SLUG, need=Stage.SUBMIT)
    given_name: str = named("given name", high=80, need=Stage.SUBMIT, hint=_ONE_NAME)
    middle_name: str = named("middle name", high=80)
    family_name: str = named("family name", high=80, need=Stage.SUBMIT, hint=_ONE_NAME)
    suffix: str = named("suffix", high=20)
    credentials: tuple[str, ...] = texts(
        "credentials", "Credential", a_line("credential", high=30), high=10
    )
    title: str = line("title", high=SIGNED_LINE_MOST, need=Stage.SIGN)
    email: str = formed("e-mail address", forms.EMAIL, need=Stage.SUBMIT)
    phone: str = formed("phone number", forms.PHONE, need=Stage.SIGN)
    phone_ext: str = formed("extension", forms.EXTENSION)
    employer_entity_id: str = reference("employer", forms.SLUG, "entity", printed=False)
    facility_ids: tuple[str, ...] = texts(
        "facilities",
        "Facility",
        a_reference("facility", forms.SLUG, "facility"),
        high=200,
        printed=False,
    )
    roles: tuple[ContactRole, ...] = words(ContactRole, "roles", need=Stage.SUBMIT)
    active: bool = flag("still with the practice", default=True)
    notification_optout: bool = flag("no reminders", printed=False)

    @property
    def full_name(self) -> str:
        """Write the name as it is printed: given, middle, family, suffix, then credentials.

        The same given and family name is a single name, printed once.
        """
        spoken = [self.given_name, self.middle_name, self.family_name]
        if not self.middle_name and self.given_name == self.family_name:
            spoken = [self.given_name]
        after = [self.suffix, *self.credentials]
        if _ORDINAL.fullmatch(self.suffix):
            spoken.append(after.pop(0))
        plain = " ".join(piece for piece in spoken if piece)
        return ", ".join(piece for piece in (plain, *after) if piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Why the signatory may bind the entity (42 CFR 3.20: officials authorized to execute)."""

    basis: SignerBasis | None = choice(SignerBasis, "basis", need=Stage.SIGN)
    attested: bool = flag("attestation of authority", need=Stage.SIGN)
    attested_at: datetime | None = instant("time of the attestation")
    document_ref: str = line("document", high=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signs what, for whom."""

    contact_id: str = reference("person", forms.SLUG, "contact", need=Stage.SUBMIT)
    signs: tuple[SignedDocument, ...] = words(SignedDocument, "documents to sign", need=Stage.SIGN)
    for_entity_ids: tuple[str, ...] = texts(
        "entities signed for",
        "Entity",
        a_reference("entity", forms.SLUG, "entity"),
        high=50,
        need=Stage.SIGN,
    )
    authority: Authority = part(Authority, "authority", need=Stage.SIGN)
    auth_method: AuthMethod = choice_or(AuthMethod.EMAIL_OTP, "identity check", printed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Who may analyze what is entered, and report it to the PSO."""

    contact_id: str = reference("person", forms.SLUG, "contact", need=Stage.PSES)
    facility_ids: tuple[str, ...] = texts(
        "facilities",
        "Facility",
        a_reference("facility", forms.SLUG, "facility"),
        high=200,
        need=Stage.PSES,
    )
    can_report_to_pso: bool = flag("may report to the PSO")
    can_remove_from_pses: bool = flag("may remove before reporting")
    training_completed_at: date | None = day("training completed", printed=False)
