"""From a mailed link to an identified person: link, one-time code, session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.domain.ceremony import Ceremony, CeremonySigner
from docgen.errors import NotFound, Refused
from docgen.services.ceremony.secret import (
    link_token,
    one_time_code,
    same,
    session_hash,
    split_token,
)
from docgen.services.ceremony.standing import Standing, may_enter, standing_of

if TYPE_CHECKING:
    from docgen.services.office import Office

MOST_TRIES = 5
MOST_CODES = 10

NO_LINK = (
    "This link is not valid. It may have been replaced by a newer one: please use the link in the "
    "latest message, or ask the coordinator named there for a new one."
)
NO_SESSION = "Your session ended. Please open the link in your message again."
BY_TELEPHONE = (
    "Your code is not mailed but read out to you: please call the coordinator at the number on "
    "this page."
)
# The verifier knows the second of these; a bundle tells by it how this signer was identified.
BY_MAIL = "mailed link and one-time code to the same address"
BY_VOICE = "mailed link and a code read out by telephone"
NOTHING_TO_DO = (
    "This packet asks nothing of you now, so no code is needed. The coordinator can help."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A signer at an envelope, and how it stands for them."""

    ceremony: Ceremony
    signer: CeremonySigner
    standing: Standing

    @property
    def may_enter(self) -> bool:
        """True when a one-time code is of use to this person; copies of ours are here alone."""
        if self.ceremony.outside:
            return self.standing is Standing.OPEN
        return may_enter(self.standing, self.signer)


def visit_by_link(office: Office, token: str) -> Visit:
    """Find who a link is for; changes nothing, so that mail scanners may open it.

    Raises:
        NotFound: the link is unknown, mistyped or replaced; one answer for all three.
    """
    envelope_id, key = split_token(token)
    try:
        ceremony = office.ledger.ceremonies.get(envelope_id)
        signer = ceremony.signer(key)
    except (NotFound, StopIteration) as error:
        raise NotFound(NO_LINK) from error
    expected = link_token(office.rules.link_secret, envelope_id, key, signer.link_number)
    if not same(token, expected):
        raise NotFound(NO_LINK)
    return _visit(office, ceremony, signer)


def _visit(office: Office, ceremony: Ceremony, signer: CeremonySigner) -> Visit:
    standing = standing_of(ceremony, signer, office.clock.now())
    return Visit(ceremony=ceremony, signer=signer, standing=standing)


def request_code(office: Office, token: str) -> str:
    """Ask for a new one-time code by mail; give the errand's key.

    Raises:
        Refused: too many codes were asked for with this link, or there is nothing to come in for,
            or this person's code is read out by telephone and never mailed.
    """
    visit = visit_by_link(office, token)
    if not visit.may_enter:
        raise Refused(NOTHING_TO_DO)
    if visit.signer.by_telephone:
        raise Refused(BY_TELEPHONE)
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(visit.ceremony.envelope_id)
        signer = next_code(office, ceremony, visit.signer.key)
        office.note(ceremony.subject, "signer.link_opened", f"signer:{signer.key}")
        key = f"code:{ceremony.envelope_id}:{signer.key}:{signer.code_number}"
        office.ask(
            key,
            "code",
            envelope_id=ceremony.envelope_id,
            signer=signer.key,
            code_number=signer.code_number,
        )
    return key


def next_code(office: Office, ceremony: Ceremony, key: str) -> CeremonySigner:
    """Let this signer's next code be the one that holds; the caller holds the ceremony.

    Raises:
        Refused: this link used up its codes.
    """
    signer = ceremony.signer(key)
    if signer.code_number >= MOST_CODES * (signer.link_number + 1):
        raise Refused(
            "Too many codes were asked for with this link. "
            "Please ask the coordinator for a new link."
        )
    signer = replace(
        signer, code_number=signer.code_number + 1, code_sent_at=office.clock.now(), code_tries=0
    )
    office.ledger.ceremonies.save(ceremony.with_signer(signer))
    return signer


def identify(office: Office, token: str, code: str, client: dict[str, str]) -> str:
    """Exchange a link and its code for a session token.

    `client` (address, browser) is what the person's own side claims; it is kept as a claim.

    Raises:
        Refused: the code is wrong, too old, or was tried too often.
    """
    visit = visit_by_link(office, token)
    session = office.ids.token()
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(visit.ceremony.envelope_id)
        signer = ceremony.signer(visit.signer.key)
        problem = _code_problem(office, ceremony, signer, code)
        if problem:
            signer = replace(signer, code_tries=signer.code_tries + 1)
        else:
            now = office.clock.now()
            signer = replace(
                signer,
                code_sent_at=None,
                session_sha256=session_hash(session),
                session_until=now + office.rules.session_period,
                identified_at=now,
            )
            office.note(
                ceremony.subject,
                "signer.identified",
                f"signer:{signer.key}",
                method=BY_VOICE if signer.by_telephone else BY_MAIL,
                claimed_client=client,
            )
        office.ledger.ceremonies.save(ceremony.with_signer(signer))
    if problem:
        raise Refused(problem)
    return f"{ceremony.envelope_id}.{signer.key}.{session}"


def _code_problem(office: Office, ceremony: Ceremony, signer: CeremonySigner, code: str) -> str:
    """Say what is wrong with a given code, or ""."""
    now = office.clock.now()
    again = "Please call for a new one." if signer.by_telephone else "Please ask for a new one."
    if signer.code_sent_at is None or now > signer.code_sent_at + office.rules.code_period:
        return f"This code is no longer valid. {again}"
    if signer.code_tries >= MOST_TRIES:
        return f"This code was tried too often. {again}"
    expected = one_time_code(
        office.rules.link_secret, ceremony.envelope_id, signer.key, signer.code_number
    )
    if not same(code.strip().replace(" ", ""), expected):
        if signer.by_telephone:
            return "This is not the code that was read out. Try once more, or call for a new one."
        return "This is not the code we sent. Please look at the latest message and try again."
    return ""


def visit_by_session(
    office: Office, envelope_id: str, cookie: str, *, outside: bool = False
) -> Visit:
    """Find the identified person behind a session cookie at this envelope.

    Whoever is let in to sign `outside` signs nothing here, and the other way about.

    Raises:
        NotFound: there is no such session, or it ended; the person starts again from their link.
    """
    named, key = split_token(cookie)
    try:
        ceremony = office.ledger.ceremonies.get(named)
        signer = ceremony.signer(key)
    except (NotFound, StopIteration) as error:
        raise NotFound(NO_SESSION) from error
    secret = cookie.rpartition(".")[2]
    until = signer.session_until
    expired = until is None or office.clock.now() > until
    # A session holds for its own envelope alone, whatever address it is presented at.
    elsewhere = named != envelope_id or bool(ceremony.outside) is not outside
    if elsewhere or expired or not same(session_hash(secret), signer.session_sha256):
        raise NotFound(NO_SESSION)
    return _visit(office, ceremony, signer)
