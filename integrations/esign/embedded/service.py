"""The own signer behind the signing-service port: a thin translation to its desk."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, NoReturn

from docgen.errors import CallbackRejected, UnsupportedFeature
from docgen.ports.esign import Capabilities, Reply
from integrations.esign.embedded import webhook
from integrations.vendor.several import one_by_one

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.signing import EnvelopeSnapshot, SigningEvent
    from docgen.ports.desk import SigningDesk
    from docgen.ports.esign import (
        EnvelopeRequest,
        NewRecipient,
        RawCallback,
        SealedDocument,
        ServiceRecord,
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
        separate_documents=True,
        tolerance=timedelta(seconds=webhook.TOLERANCE_S),
        kept_headers=webhook.HEADERS,
    )

    def __init__(self, desk: SigningDesk, secrets: Sequence[bytes]) -> None:
        self._desk = desk
        self._secrets = tuple(secrets)

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up an envelope by our key."""
        return self._desk.find_envelope(idempotency_key)

    def check(self, request: EnvelopeRequest) -> None:
        """Take whatever the typesetter made; its limits are our own."""

    def send(self, request: EnvelopeRequest) -> str:
        """Open the envelope at the desk."""
        return self._desk.open_envelope(request)

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Re-read where the envelope stands."""
        return self._desk.show_envelope(envelope_id)

    def fetch_several(self, envelope_ids: Sequence[str]) -> Mapping[str, EnvelopeSnapshot]:
        """Re-read one after the other."""
        return one_by_one(self.fetch, envelope_ids)

    def void(self, envelope_id: str, reason: str) -> None:
        """Withdraw the envelope."""
        self._desk.void_envelope(envelope_id, reason)

    def remind(self, envelope_id: str, recipient: str) -> None:
        """Refuse: the ceremony's own reminders keep who wants none."""
        raise _elsewhere("reminds")

    def reassign(self, envelope_id: str, recipient: str, new: NewRecipient) -> None:
        """Refuse: reassigning is an act of the ceremony, with its confirmation of authority."""
        raise _elsewhere("reassigns")

    def signing_link(self, envelope_id: str, recipient: str, return_url: str) -> str:
        """Refuse: links leave by letter alone."""
        raise _elsewhere("gives links")

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Fetch the fully executed documents."""
        return self._desk.executed_documents(envelope_id)

    def records(self, envelope_id: str) -> Sequence[ServiceRecord]:
        """Give nothing: the certificate of completion is made with the evidence."""
        return ()

    def greet(self, raw: RawCallback) -> NoReturn:
        """Refuse: our own signer asks nobody."""
        raise CallbackRejected("Callbacks come by POST.", service=self.key)

    def verify(self, raw: RawCallback) -> VerifiedCallback:
        """Check signature and age."""
        return webhook.verify(raw, self._secrets)

    def acknowledge(self, raw: RawCallback) -> Reply:
        """Say that it is stored."""
        return Reply()

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Translate a believed callback."""
        return webhook.parse(callback)


def _elsewhere(does: str) -> UnsupportedFeature:
    return UnsupportedFeature(
        f"Our own signer {does} through the packet's own steps, not as a service.",
        service=EmbeddedService.key,
    )
