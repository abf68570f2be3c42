"""The own signer's desk, as its adapter sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.signing import Signal
from docgen.services.ceremony.finish import end_envelope, executed_documents
from docgen.services.ceremony.open import open_envelope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.ports.esign import EnvelopeRequest, SealedDocument
    from docgen.services.office import Office


class Desk:
    """Answers the signing desk's port over the ceremony services."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def open_envelope(self, request: EnvelopeRequest) -> str:
        """Certify, store and invite; idempotent."""
        return open_envelope(self._office, request)

    def find_envelope(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look an envelope up by its sender's key."""
        ceremony = self._office.ledger.ceremonies.by_key(idempotency_key)
        return None if ceremony is None else ceremony.snapshot()

    def show_envelope(self, envelope_id: str) -> EnvelopeSnapshot:
        """Say where an envelope stands."""
        return self._office.ledger.ceremonies.get(envelope_id).snapshot()

    def void_envelope(self, envelope_id: str, reason: str) -> None:
        """Withdraw an envelope that has not ended."""
        end_envelope(self._office, envelope_id, Signal.VOIDED, reason)

    def executed_documents(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Hand over the sealed documents."""
        ceremony = self._office.ledger.ceremonies.get(envelope_id)
        return executed_documents(self._office, ceremony)
