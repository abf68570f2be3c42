"""The own signer behind the signing-service port: a thin translation to its desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docgen.ports.esign import Capabilities
from integrations.esign.embedded import webhook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.signing import EnvelopeSnapshot, SigningEvent
    from docgen.ports.desk import SigningDesk
    from docgen.ports.esign import (
        EnvelopeRequest,
        RawCallback,
        SealedDocument,
        VerifiedCallback,
    )


class EmbeddedService:
    """Our own signer; needs no account and no network."""

    key: ClassVar[str] = "embedded"
    capabilities: ClassVar[Capabilities] = Capabilities(
        own_certificate_per_signer=True,
        keeps_sent_bytes_as_prefix=True,
        find_by_key=True,
        signed_callbacks=True,
    )

    def __init__(self, desk: SigningDesk, secrets: Sequence[bytes]) -> None:
        self._desk = desk
        self._secrets = tuple(secrets)

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up an envelope by our key."""
        return self._desk.find_envelope(idempotency_key)

    def send(self, request: EnvelopeRequest) -> str:
        """Open the envelope at the desk."""
        return self._desk.open_envelope(request)

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Re-read where the envelope stands."""
        return self._desk.show_envelope(envelope_id)

    def void(self, envelope_id: str, reason: str) -> None:
        """Withdraw the envelope."""
        self._desk.void_envelope(envelope_id, reason)

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Fetch the fully executed documents."""
        return self._desk.executed_documents(envelope_id)

    def verify(self, raw: RawCallback) -> VerifiedCallback:
        """Check signature and age."""
        return webhook.verify(raw, self._secrets)

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Translate a believed callback."""
        return webhook.parse(callback)
