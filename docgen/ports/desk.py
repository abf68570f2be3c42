"""Our own signer as its adapter sees it: the ceremony desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.ports.esign import EnvelopeRequest, SealedDocument


class SigningDesk(Protocol):
    """Opens, shows, voids and hands over envelopes of the own signer."""

    def open_envelope(self, request: EnvelopeRequest) -> str:
        """Certify the documents, store the envelope and invite the first signers; idempotent."""
        ...

    def find_envelope(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look an envelope up by its sender's key."""
        ...

    def show_envelope(self, envelope_id: str) -> EnvelopeSnapshot:
        """Say where an envelope stands, or raise `NotFound`."""
        ...

    def void_envelope(self, envelope_id: str, reason: str) -> None:
        """Withdraw an envelope that has not ended; otherwise change nothing."""
        ...

    def executed_documents(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Hand over the sealed documents, or raise `ServiceRejected`."""
        ...
