"""The PDF signer: certifies at sending, signs for each person, seals last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Protocol

from docgen.ports.typesetter import PanelPlace

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureSlot:
    """An empty signature field to be placed before certification.

    `tooltip` is read by screen readers ("Signature of the authorized signatory of ...").
    """

    place: PanelPlace
    tooltip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMark:
    """A drawn signature: strokes of (x, y) points in a 0..1000 by 0..300 box, y downwards."""

    strokes: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One person's act of signing, as the signature will state it.

    `typed` is the adopted signature as typed; `drawn` replaces it in the appearance where present.
    `meaning` is one sentence ("agrees to be bound for ..."). `act_id` names the act in our history
    and goes into the person's certificate, which is issued for this act alone.
    """

    slot: str
    act_id: str
    name: str
    title: str
    organization: str
    email: str
    meaning: str
    typed: str
    drawn: DrawnMark | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustMaterial:
    """What a stranger needs to check our signatures: PEM certificates, most trusted first."""

    signing_roots: tuple[bytes, ...]
    timestamp_roots: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A certificate or revocation list in use, when it ends, and what to do about it in time.

    Somebody must know `notice` before its end.
    """

    what: str
    ends: datetime
    remedy: str
    notice: timedelta = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class StampEvidence:
    """What proves the time stamping authority good on a day: certificates and CRLs, as DER."""

    certificates: tuple[bytes, ...]
    lists: tuple[bytes, ...]


class Signer(Protocol):
    """Signs PDFs in steps that only append: earlier bytes are a prefix of later ones."""

    key: ClassVar[str]

    @property
    def development(self) -> bool:
        """True when the keys are a development CA's; said loudly wherever signatures are shown."""
        ...

    def certify(self, pdf: bytes, slots: Sequence[SignatureSlot], *, at: datetime) -> bytes:
        """Place every field, then certify as `Sent` (fill and sign only), time-stamped."""
        ...

    def sign(self, pdf: bytes, act: Act) -> bytes:
        """Add one person's time-stamped signature, with a certificate issued for this act.

        Raises:
            SignatureInvalid: `pdf` is not certified, the slot is missing or already signed, or the
                file is already sealed.
        """
        ...

    def seal(self, pdf: bytes, *, at: datetime) -> bytes:
        """Sign last in `Seal`, which locks the file; add revocation data and an archive time stamp.

        Raises:
            SignatureInvalid: a person's field is still empty, or the file is already sealed.
        """
        ...

    def trust(self) -> TrustMaterial:
        """Give the certificates a verifier outside needs."""
        ...

    def stamp_evidence(self, *, at: datetime) -> StampEvidence:
        """Give what proves the certificates behind time stamps, as of this moment.

        Raises:
            ServiceUnavailable: the authority's lists cannot be had now.
        """
        ...

    def endings(self) -> Sequence[Ending]:
        """Say when what signs now ends, roots of signatures left out: `trust` has them."""
        ...

    def rehearse(self) -> None:
        """Sign something worthless with each key in use, to find out whether that is possible.

        Raises:
            ServiceUnavailable, ServiceRejected, ConfigurationError: a key cannot be used now.
        """
        ...
