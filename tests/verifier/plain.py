"""A signer that only appends text: for bundles whose PDF signatures are not looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docgen.ports.signer import Act, Ending, SignatureSlot, StampEvidence, TrustMaterial
from integrations.log.fake import FakeCheckpointSigner
from tests.verifier.making import ORIGIN, Kit, SteppingClock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PDFS = {"psa": b"%PDF-1.7 psa\n%%EOF\n", "baa": b"%PDF-1.7 baa\n%%EOF\n"}


class PlainSigner:
    """Appends one revision a step, ended as PDF revisions end."""

    key: ClassVar[str] = "plain"
    development: bool = True

    def certify(self, pdf: bytes, slots: Sequence[SignatureSlot], *, at: datetime) -> bytes:
        """Append the sending."""
        return pdf + f"sent {at} {len(slots)}\n%%EOF\n".encode()

    def sign(self, pdf: bytes, act: Act) -> bytes:
        """Append a person's act."""
        return pdf + f"{act.act_id} {act.slot}\n%%EOF\n".encode()

    def seal(self, pdf: bytes, *, at: datetime) -> bytes:
        """Append the seal."""
        return pdf + f"sealed {at}\n%%EOF\n".encode()

    def trust(self) -> TrustMaterial:
        """Give certificates that are none."""
        return TrustMaterial(signing_roots=(b"root\n",), timestamp_roots=(b"stamps\n",))

    def stamp_evidence(self, *, at: datetime) -> StampEvidence:  # the port's own
        """Give nothing: there are no certificates."""
        return StampEvidence(certificates=(), lists=())

    def endings(self) -> Sequence[Ending]:
        """Say that nothing ends."""
        return ()

    def rehearse(self) -> None:
        """Do nothing: there are no keys."""


def plain_kit(salt: str = "", *, by_telephone: str = "") -> Kit:
    """Give a kit that signs nothing but the log; a salt makes it somebody else's."""
    log = FakeCheckpointSigner(ORIGIN, salt)
    return Kit(PlainSigner(), log, SteppingClock(), by_telephone=by_telephone)
