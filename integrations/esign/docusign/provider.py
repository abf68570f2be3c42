"""DocuSign behind the signing-service port."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from docgen.domain.signing import Signal
from docgen.errors import NotFound, ServiceRejected
from docgen.ports.esign import Capabilities, Reply, SealedDocument, ServiceRecord
from integrations.esign.docusign import webhook, wire
from integrations.esign.docusign.client import KEY, WORDS, Credentials, DocusignClient
from integrations.vendor.executed import LastExecuted
from integrations.vendor.refusal import disbelieved, refuse_unfit
from integrations.vendor.sealed import not_executed, nothing_to_sign, record_pdf, sealed_pdf
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession, service_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from docgen.domain.signing import EnvelopeSnapshot, SigningEvent
    from docgen.ports.esign import EnvelopeRequest, NewRecipient, RawCallback, VerifiedCallback
    from docgen.ports.service_account import ServiceAccount

ADDRESS = "https://account.docusign.com"
LOOKS_BACK = timedelta(days=180)


class DocusignService:
    """Sends through one DocuSign account."""

    key: ClassVar[str] = KEY
    capabilities: ClassVar[Capabilities] = Capabilities(
        remind=True,
        reminds_by_itself=True,
        reassign=True,
        signing_link=True,
        ending_link=True,
        find_by_key=True,
        signed_callbacks=True,
        separate_documents=True,
        gives_record=True,
        tolerance=webhook.TOLERANCE,
        poll_every=timedelta(minutes=15),
        polls_an_hour=1500,  # half of what an account may ask in all
        reads_at_once=100,  # of their ids, an address holds some 4,000 characters
        longest_title=wire.LONGEST_SUBJECT,
        largest_file=25_000_000,
        most_documents=20,
        kept_headers=webhook.HEADERS,
    )

    def __init__(
        self,
        client: DocusignClient,
        secrets: Secrets,
        *,
        now: Callable[[], datetime],
        callback_url: str,
    ) -> None:
        self._client = client
        self._secrets = secrets
        self._now = now
        self._callback_url = callback_url
        self._last = LastExecuted[Mapping[str, Any]]()

    @classmethod
    def open(
        cls,
        account: ServiceAccount,
        *,
        now: Callable[[], datetime],
        callback_url: str,
        loopback: bool,
    ) -> DocusignService:
        """Connect with the account of the settings; nothing is asked of DocuSign yet.

        Raises:
            ConfigurationError: a setting is missing, unknown or wrong.
        """
        account.check(
            needs=frozenset({"integration_key", "user_id"}),
            may=frozenset({"account_id", "address"}),
            secrets=frozenset({"private_key", "callback_secret"}),
        )
        given = account.options
        client = DocusignClient(
            ServiceSession(KEY, WORDS, now),
            service_address(given.get("address", ADDRESS), KEY, loopback=loopback),
            Credentials(
                integration_key=given["integration_key"],
                user_id=given["user_id"],
                account_id=given.get("account_id", ""),
                private_key=account.secrets["private_key"][0],
            ),
            now,
            loopback=loopback,
        )
        return cls(
            client, Secrets(account.secrets["callback_secret"]), now=now, callback_url=callback_url
        )

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up by transaction, which lasts seven days, then by our own field."""
        asked: tuple[dict[str, str], ...] = (
            {"transaction_ids": wire.transaction_id(idempotency_key)},
            {
                "from_date": (self._now() - LOOKS_BACK).isoformat(),
                "custom_field": f"{wire.OUR_KEY}={idempotency_key}",
            },
        )
        for question in asked:
            for envelope in self._client.envelopes(**question):
                if wire.custom_fields(envelope).get(wire.OUR_KEY) == idempotency_key:
                    return wire.snapshot_of(envelope)
        return None

    def check(self, request: EnvelopeRequest) -> None:
        """Refuse what DocuSign cannot carry."""
        refuse_unfit(request, self.capabilities, KEY)

    def send(self, request: EnvelopeRequest) -> str:
        """Create and send the envelope in one call."""
        self.check(request)
        return self._client.create(wire.envelope_body(request, self._callback_url))

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Re-read where the envelope stands."""
        envelope = self._client.envelope(envelope_id)
        snapshot = wire.snapshot_of(envelope)
        if snapshot.ended is Signal.FULLY_EXECUTED:
            self._last.keep(envelope_id, envelope)
        return snapshot

    def fetch_several(self, envelope_ids: Sequence[str]) -> Mapping[str, EnvelopeSnapshot]:
        """Re-read many by one list, which DocuSign wants in place of one question for each."""
        listed = self._client.envelopes(envelope_ids=",".join(envelope_ids))
        found = {item.envelope_id: item for item in map(wire.snapshot_of, listed)}
        return {item: found[item] for item in envelope_ids if item in found}

    def void(self, envelope_id: str, reason: str) -> None:
        """Void the envelope unless it has ended."""
        if self.fetch(envelope_id).ended is not None:
            return
        try:
            self._client.void(envelope_id, reason)
        except ServiceRejected:
            if self.fetch(envelope_id).ended is None:  # else it ended while we asked
                raise

    def remind(self, envelope_id: str, recipient: str) -> None:
        """Have DocuSign mail the invitation again."""
        signer = self._waiting(envelope_id, recipient)
        self._client.update_signer(envelope_id, {"recipientId": signer["recipientId"]})

    def reassign(self, envelope_id: str, recipient: str, new: NewRecipient) -> None:
        """Correct the recipient, who is invited at once unless we invite."""
        signer = self._waiting(envelope_id, recipient)
        self._client.update_signer(envelope_id, wire.corrected(signer, new))

    def signing_link(self, envelope_id: str, recipient: str, return_url: str) -> str:
        """Give an address that DocuSign lets be opened once, within minutes."""
        signer = self._waiting(envelope_id, recipient)
        if signer["status"] not in wire.ON_TURN:
            raise nothing_to_sign(KEY)
        if not signer.get("clientUserId"):
            raise ServiceRejected(
                "DocuSign itself invited the signers of this envelope, so it gives no addresses "
                "for them.",
                service=KEY,
            )
        return self._client.recipient_view(envelope_id, wire.view_body(signer, return_url))

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Fetch each document by itself, without DocuSign's certificate appended."""
        envelope = self._executed(envelope_id)
        return [
            SealedDocument(
                slug=slug,
                signed=sealed_pdf(self._client.document(envelope_id, str(number)), KEY),
            )
            for number, slug in enumerate(wire.slugs(envelope), start=1)
        ]

    def records(self, envelope_id: str) -> Sequence[ServiceRecord]:
        """Fetch DocuSign's certificate of completion."""
        self._executed(envelope_id)
        return [
            ServiceRecord(
                name="docusign-certificate.pdf",
                title="DocuSign's certificate of completion",
                data=record_pdf(self._client.document(envelope_id, "certificate"), KEY),
            )
        ]

    def greet(self, raw: RawCallback) -> NoReturn:
        """Refuse: Connect asks nobody."""
        raise disbelieved(KEY, "callbacks come by POST")

    def verify(self, raw: RawCallback) -> VerifiedCallback:
        """Check signature and age."""
        return webhook.verify(raw, self._secrets.texts)

    def acknowledge(self, raw: RawCallback) -> Reply:
        """Any answer of 200 will do."""
        return Reply()

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Translate a believed callback."""
        return webhook.parse(callback)

    def _waiting(self, envelope_id: str, recipient: str) -> Mapping[str, Any]:
        """Find a recipient who has still to sign."""
        envelope = self._client.envelope(envelope_id)
        signer = wire.signers(envelope).get(recipient)
        if signer is None:
            raise NotFound("The envelope has no such recipient.")
        if wire.snapshot_of(envelope).ended or signer["status"] not in wire.WAITING:
            raise nothing_to_sign(KEY)
        return signer

    def _executed(self, envelope_id: str) -> Mapping[str, Any]:
        """Give an envelope that everybody has signed; DocuSign counts how often one is read."""
        known = self._last.find(envelope_id)
        if known is not None:
            return known
        envelope: Mapping[str, Any] = self._client.envelope(envelope_id)
        if wire.snapshot_of(envelope).ended is not Signal.FULLY_EXECUTED:
            raise not_executed(KEY)
        return self._last.keep(envelope_id, envelope)
