"""What the PAdES signer asks of a certificate authority, whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from integrations.sign.cms import SigningKey

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.signer import Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a certificate is issued to: a person for one act, or this service for one step.

    `act_id` stands in the subject's serial number; `email` and `title` may be empty.
    """

    name: str
    organization: str
    act_id: str
    email: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What proves certificates good at a moment: the other certificates and their CRLs, as DER."""

    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]


class Credential(SigningKey, Protocol):
    """A private key with its certificate; the key may lie in a device."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Give the intermediate certificates up to but without the root, as DER."""
        ...


class EvidenceSource(Protocol):
    """Knows roots and, at sealing, everything a verifier will need offline for years."""

    @property
    def roots(self) -> tuple[bytes, ...]:
        """Give the roots, as PEM, most trusted first."""
        ...

    @property
    def endings(self) -> tuple[Ending, ...]:
        """Say when what is in use, roots left out, comes to its end."""
        ...

    def evidence(self, *, at: datetime) -> Evidence:
        """Give certificates and CRLs as of this moment.

        Raises:
            ServiceUnavailable: the authority's lists cannot be had now.
        """
        ...


class Authority(EvidenceSource, Protocol):
    """Issues a certificate for one act."""

    @property
    def development(self) -> bool:
        """Say whether these certificates are for demonstration only."""
        ...

    def issue(self, holder: Holder, *, at: datetime) -> Credential:
        """Make a new key and certify it for this holder, from a little before `at`.

        Raises:
            SignatureInvalid: the holder cannot be named in a certificate.
            ServiceUnavailable: the issuing key does not answer now.
        """
        ...

    def own(self, holder: Holder, *, at: datetime) -> Credential:
        """Give this service's key for one step of its own, named as `holder` or by its certificate.

        Raises:
            ConfigurationError: its certificate does not hold at this moment.
        """
        ...

    def rehearse(self) -> None:
        """Sign something worthless with each key in use.

        Raises:
            ServiceUnavailable, ServiceRejected, ConfigurationError: one cannot be used now.
        """
        ...
