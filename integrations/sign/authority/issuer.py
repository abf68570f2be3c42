"""Issues certificates for acts, and gives the service its own, with keys wherever they lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from docgen.errors import ConfigurationError
from integrations.sign.authority.certificate import (
    act_certificate,
    as_der,
    new_key,
    revocation_list,
    whole_second,
)
from integrations.sign.authority.credential import KeyCredential
from integrations.sign.authority.held import HeldKey
from integrations.sign.authority.subject import mailbox_of, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from integrations.sign.authority.revocations import Revocations
    from integrations.sign.pades.authority import Credential, Holder


_LATER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A certificate, its key, and the certificates above it up to but without the root."""

    name: str
    certificate: x509.Certificate
    key: HeldKey = field(repr=False)
    above: tuple[bytes, ...] = ()

    def rehearse(self) -> None:
        """Sign something worthless, which shows that the key is there and can be used."""
        self.key.sign(b"rehearsal", ec.ECDSA(hashes.SHA256()))


class Issuer:
    """The newest generation issues; earlier ones go on speaking for what they issued."""

    def __init__(
        self,
        acts: tuple[Pair, ...],
        seals: tuple[Pair, ...],
        revocations: Revocations,
        *,
        unit: str | None,
    ) -> None:
        """Take the generations, oldest first; `unit` stands in every subject that is issued."""
        self._acts = acts
        self._seals = seals
        self._revocations = revocations
        self._unit = unit

    def issue(self, holder: Holder, *, at: datetime) -> Credential:
        """Make a new key and certify it for this holder and one act.

        Raises:
            SignatureInvalid: the holder cannot be named in a certificate.
            ConfigurationError: the issuing certificate does not hold at this moment.
            ServiceUnavailable: its key cannot be used now.
        """
        at = whole_second(at)
        issuer = self._acts[-1]
        self._require_good(issuer, at)
        mailbox = mailbox_of(holder.email) if holder.email else None
        key = new_key()
        certificate = act_certificate(
            subject_of(holder, unit=self._unit),
            mailbox,
            key.public_key(),
            (issuer.certificate, issuer.key),
            at=at,
        )
        return KeyCredential(
            key=key,
            certificate=as_der(certificate),
            chain=(as_der(issuer.certificate), *issuer.above),
        )

    def own(self, holder: Holder, *, at: datetime) -> Credential:
        """Give the seal key where there is one; else what any act gets.

        Raises:
            ConfigurationError: its certificate does not hold at this moment.
        """
        if not self._seals:
            return self.issue(holder, at=at)
        seal = self._seals[-1]
        self._require_good(seal, whole_second(at))
        return KeyCredential(key=seal.key, certificate=as_der(seal.certificate), chain=seal.above)

    def lists(self, issuers: Iterable[Pair], *, at: datetime) -> tuple[bytes, ...]:
        """Sign a fresh list for each of these issuers whose certificate holds.

        A list that a withdrawn issuer signs says nothing, and makes validators doubt the others.
        """
        revoked, at = self._revocations.read(), whole_second(at)
        return tuple(
            as_der(revocation_list(pair.certificate, pair.key, revoked, at=at))
            for pair in issuers
            if pair.certificate.not_valid_after_utc > at
            and not revoked.get(pair.certificate.serial_number, at + _LATER) <= at
        )

    def revoke(self, serial: int, *, at: datetime) -> None:
        """Put a certificate on the lists from this moment on."""
        self._revocations.add(serial, at=whole_second(at))

    def _require_good(self, pair: Pair, at: datetime) -> None:
        """Nothing is signed whose signature would not hold."""
        certificate = pair.certificate
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise ConfigurationError(
                "The clock stands outside the lifetime of the signing authority's certificate; set "
                "the clock, or renew the certificate."
            )
        withdrawn = self._revocations.read().get(certificate.serial_number)
        if withdrawn is not None and withdrawn <= at:
            raise ConfigurationError(
                "The certificate that would sign was withdrawn; an administrator runs "
                "`docgen keys rotate signing --as PERSON`."
            )
