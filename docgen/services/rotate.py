"""Rotate: a new key takes over from the present one, which stays known for what it signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.person import Role
from docgen.services.checkpoint import sign_checkpoint

if TYPE_CHECKING:
    from docgen.domain.person import Person
    from docgen.ports.keyring import KeyRing, Renewal
    from docgen.services.office import Office

ROTATED = "key.rotated"
REVOKED = "certificate.revoked"
SUBJECT = "keys"
LOG, SIGNING = "log", "signing"


def rotate_log(office: Office, keys: KeyRing, person: Person) -> str:
    """Give the log a new key; both keys sign the checkpoint that covers the change.

    Whoever trusts the old key can so see that the new one was named while the old one was in use.
    Ended in between, nothing has changed but the history; called again it goes on.

    Raises:
        NotAllowed: the person is no administrator.
        SignatureInvalid: the history was rewritten; the key was not changed.
        ConfigurationError: the new key cannot be kept.
    """
    person.require(Role.ADMINISTRATOR)
    new = keys.next_log_key()
    _note(office, person, LOG, str(office.checkpoint_signer.vkey), str(new.vkey))
    sign_checkpoint(office, also=new)
    keys.use_next_log_key()
    return str(new.vkey)


def rotate_signing(office: Office, keys: KeyRing, person: Person) -> Renewal:
    """Make the signing keys' next generation, where the present ones lie.

    The old generation stays known and lists what was withdrawn, so that packets out for signature
    go on. Keys under a company's authority sign once it has certified them.

    Raises:
        NotAllowed: the person is no administrator.
        Refused: the generation before still waits to be certified.
        SignatureInvalid: the history was rewritten.
        ConfigurationError: the new keys cannot be kept.
        ServiceUnavailable, ServiceRejected: they cannot be made where they lie.
    """
    person.require(Role.ADMINISTRATOR)
    renewal = keys.renew_signing(at=office.clock.now())
    _note(office, person, SIGNING, renewal.before, renewal.after)
    sign_checkpoint(office)
    return renewal


def revoke_certificate(office: Office, keys: KeyRing, person: Person, serial: int) -> None:
    """Withdraw a certificate from now on: what it signed before, by its time stamp, stays valid.

    Raises:
        NotAllowed: the person is no administrator.
        Refused: another authority issued it.
        SignatureInvalid: the history was rewritten.
        ConfigurationError: the list cannot be kept.
    """
    person.require(Role.ADMINISTRATOR)
    at = office.clock.now()
    keys.revoke(serial, at=at)
    with office.ledger.transaction():
        office.note(SUBJECT, REVOKED, f"user:{person.key}", serial=f"{serial:x}")
    sign_checkpoint(office)


def _note(office: Office, person: Person, which: str, before: str, after: str) -> None:
    with office.ledger.transaction():
        office.note(SUBJECT, ROTATED, f"user:{person.key}", which=which, before=before, after=after)
