"""Dropbox Sign behind the signing-service port."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from docgen.domain.signing import Signal
from docgen.errors import (
    ConfigurationError,
    Gone,
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
)
from docgen.ports.esign import Capabilities, Reply, SealedDocument
from integrations.esign.dropbox_sign import webhook, wire
from integrations.esign.dropbox_sign.client import KEY, WORDS, DropboxSignClient
from integrations.vendor.executed import LastExecuted
from integrations.vendor.refusal import disbelieved, refuse_unfit, unsupported
from integrations.vendor.sealed import not_executed, nothing_to_sign, sealed_pdf
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession, service_address
from integrations.vendor.several import one_by_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from docgen.domain.signing import EnvelopeSnapshot, SigningEvent
    from docgen.ports.esign import (
        EnvelopeRequest,
        NewRecipient,
        RawCallback,
        ServiceRecord,
        VerifiedCallback,
    )
    from docgen.ports.service_account import ServiceAccount

ADDRESS = "https://api.hellosign.com"
CANCELLING_S = 60.0
CANCELLED_AFTER_S = (1.0, 2.0)  # how long to wait before each look whether it is cancelled


class DropboxSignService:
    """Sends through one Dropbox Sign account.

    Its callbacks are signed with the API key, so every key that still holds is one that may sign;
    requests are made with the newest.
    """

    test_mode: ClassVar[bool] = False
    key: ClassVar[str] = KEY
    capabilities: ClassVar[Capabilities] = Capabilities(
        remind=True,
        reassign=True,
        find_by_key=True,
        tolerance=webhook.TOLERANCE,
        poll_every=timedelta(minutes=5),
        polls_an_hour=3000,  # half of 100 in a minute
        longest_title=wire.LONGEST_TITLE,
        largest_file=40_000_000,
        most_documents=10,
        kept_headers=webhook.HEADERS,
    )

    def __init__(
        self,
        client: DropboxSignClient,
        keys: Secrets,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._keys = keys
        self._pause = pause
        self._last = LastExecuted[Mapping[str, Any]]()

    @classmethod
    def open(
        cls,
        account: ServiceAccount,
        *,
        now: Callable[[], datetime],
        callback_url: str,
        loopback: bool,
    ) -> DropboxSignService:
        """Connect with the account of the settings; nothing is asked of Dropbox Sign yet.

        Raises:
            ConfigurationError: a setting is missing, unknown or wrong.
        """
        account.check(
            needs=frozenset(),
            may=frozenset({"address", "test_mode"}),
            secrets=frozenset({"api_key"}),
        )
        mode = account.options.get("test_mode", "")
        if mode not in MODES:
            raise ConfigurationError(
                '[services.dropbox_sign] test_mode must be "yes" or "no"; what is signed in test '
                "mode binds nobody."
            )
        keys = Secrets(account.secrets["api_key"])
        address = account.options.get("address", ADDRESS)
        client = DropboxSignClient(
            ServiceSession(KEY, WORDS, now),
            service_address(address, KEY, loopback=loopback),
            keys,
        )
        return MODES[mode](client, keys)

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Search for our key, then look through the newest, which the search may not know yet."""
        for found in chain(self._client.asked_for(idempotency_key), self._newest()):
            if wire.metadata(found).get(wire.OUR_KEY) == idempotency_key:
                return wire.snapshot_of(found)
        return None

    def check(self, request: EnvelopeRequest) -> None:
        """Refuse what Dropbox Sign cannot carry."""
        refuse_unfit(request, self.capabilities, KEY)
        if what := wire.unfit(request):
            raise unsupported(KEY, what)

    def send(self, request: EnvelopeRequest) -> str:
        """Create and send the request in one call."""
        self.check(request)
        files = [(f"{item.slug}.pdf", item.pdf) for item in request.documents]
        fields = wire.envelope_body(request, test_mode=self.test_mode)
        return self._client.create(fields, files)

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Re-read where the request stands; a cancelled one is only said to be gone."""
        try:
            found = self._client.request(envelope_id)
        except Gone:
            return wire.voided(envelope_id)
        snapshot = wire.snapshot_of(found)
        if snapshot.ended is Signal.FULLY_EXECUTED:
            self._last.keep(envelope_id, found)
        return snapshot

    def fetch_several(self, envelope_ids: Sequence[str]) -> Mapping[str, EnvelopeSnapshot]:
        """Re-read one after the other."""
        return one_by_one(self.fetch, envelope_ids)

    def void(self, envelope_id: str, reason: str) -> None:
        """Cancel the request unless it has ended; Dropbox Sign keeps no reason.

        It answers that the cancellation is queued, so it is looked at again before this returns.

        Raises:
            ServiceUnavailable: the cancellation is under way and not carried out yet.
        """
        if self.fetch(envelope_id).ended is not None:
            return
        try:
            self._client.cancel(envelope_id)
        except (ServiceRejected, NotFound):
            if self.fetch(envelope_id).ended is None:  # else it ended while we asked
                raise
            return
        for wait in CANCELLED_AFTER_S:
            self._pause(wait)
            if self.fetch(envelope_id).ended is not None:
                return
        raise ServiceUnavailable(
            "Dropbox Sign has taken the cancellation and carries it out shortly; ask again in a "
            "minute.",
            service=KEY,
            retry_after_s=CANCELLING_S,
        )

    def remind(self, envelope_id: str, recipient: str) -> None:
        """Have Dropbox Sign mail the invitation again, at most once an hour."""
        signature = self._waiting(envelope_id, recipient)
        self._client.remind(
            envelope_id,
            name=str(signature["signer_name"]),
            email=str(signature["signer_email_address"]),
        )

    def reassign(self, envelope_id: str, recipient: str, new: NewRecipient) -> None:
        """Put another person in the signer's place."""
        signature = self._waiting(envelope_id, recipient)
        self._client.update(
            envelope_id, str(signature["signature_id"]), name=new.name, email=new.email
        )

    def signing_link(self, envelope_id: str, recipient: str, return_url: str) -> NoReturn:
        """Refuse: its addresses open in a frame of Dropbox Sign's own script alone (ADR 19)."""
        raise unsupported(KEY, "invites by its own letters alone")

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Fetch the one file in which the documents follow each other, the audit trail last."""
        found = self._executed(envelope_id)
        data = sealed_pdf(self._client.file(envelope_id), KEY)
        return [
            SealedDocument(slug=slug, signed=data, first_page=page)
            for slug, page in wire.parts(found)
        ]

    def records(self, envelope_id: str) -> Sequence[ServiceRecord]:
        """Give nothing: the audit trail is the signed file's last pages."""
        return ()

    def greet(self, raw: RawCallback) -> NoReturn:
        """Refuse: Dropbox Sign tries an address out by POST."""
        raise disbelieved(KEY, "callbacks come by POST")

    def verify(self, raw: RawCallback) -> VerifiedCallback:
        """Check hash and age."""
        return webhook.verify(raw, self._keys.texts)

    def acknowledge(self, raw: RawCallback) -> Reply:
        """Say the words without which Dropbox Sign tries again."""
        return Reply(body=webhook.ANSWER)

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Translate a believed callback."""
        return webhook.parse(callback)

    def _newest(self) -> Iterator[Mapping[str, Any]]:
        """Ask for the newest requests once the search has found nothing."""
        yield from self._client.newest()

    def _waiting(self, envelope_id: str, recipient: str) -> Mapping[str, Any]:
        """Find a signature that is still awaited."""
        try:
            found = self._client.request(envelope_id)
        except Gone:
            raise nothing_to_sign(KEY) from None
        signature = wire.signatures(found).get(recipient)
        if signature is None:
            raise NotFound("The envelope has no such recipient.")
        if wire.snapshot_of(found).ended or signature["status_code"] not in wire.WAITING:
            raise nothing_to_sign(KEY)
        return signature

    def _executed(self, envelope_id: str) -> Mapping[str, Any]:
        """Give a request that everybody has signed."""
        known = self._last.find(envelope_id)
        if known is not None:
            return known
        try:
            found: Mapping[str, Any] = self._client.request(envelope_id)
        except Gone:
            raise not_executed(KEY) from None
        if wire.snapshot_of(found).ended is not Signal.FULLY_EXECUTED:
            raise not_executed(KEY)
        return self._last.keep(envelope_id, found)


class DropboxSignTrial(DropboxSignService):
    """Sends in test mode: what is signed binds nobody, and the account may ask far less often."""

    test_mode: ClassVar[bool] = True
    capabilities: ClassVar[Capabilities] = replace(
        DropboxSignService.capabilities,
        polls_an_hour=300,  # half of 10 in a minute
    )


MODES = {"": DropboxSignService, "no": DropboxSignService, "yes": DropboxSignTrial}
