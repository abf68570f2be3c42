"""Adobe Acrobat Sign behind the signing-service port."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from docgen.domain.signing import EnvelopeSnapshot, Signal
from docgen.errors import IntegrationError, NotFound, ServiceRejected, ServiceUnavailable
from docgen.ports.esign import Capabilities, SealedDocument, ServiceRecord
from integrations.esign.adobe_sign import webhook, wire
from integrations.esign.adobe_sign.client import INDEX_LAGS_S, KEY, WORDS, AdobeSignClient
from integrations.vendor.executed import LastExecuted
from integrations.vendor.refusal import refuse_unfit
from integrations.vendor.sealed import not_executed, nothing_to_sign, record_pdf, sealed_pdf
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession, service_address
from integrations.vendor.several import one_by_one

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from docgen.domain.signing import SigningEvent
    from docgen.ports.esign import (
        EnvelopeRequest,
        NewRecipient,
        RawCallback,
        Reply,
        VerifiedCallback,
    )
    from docgen.ports.service_account import ServiceAccount

ADDRESS = "https://api.adobesign.com"


class AdobeSignService:
    """Sends through one Acrobat Sign account.

    An agreement is authored first and sent by a call of its own. A crash in between leaves a draft
    that nobody has seen; `find` does not know it, and the next `send` carries it on.
    """

    key: ClassVar[str] = KEY
    capabilities: ClassVar[Capabilities] = Capabilities(
        remind=True,
        reminds_by_itself=True,
        reassign=True,
        signing_link=True,
        find_by_key=True,
        gives_record=True,
        poll_every=timedelta(minutes=10),
        longest_title=wire.LONGEST_NAME,
        largest_file=10_000_000,
        most_documents=10,
        kept_headers=webhook.HEADERS,
    )

    def __init__(
        self, client: AdobeSignClient, secrets: Secrets, *, client_id: str, callback_url: str
    ) -> None:
        self._client = client
        self._secrets = secrets
        self._client_id = client_id
        self._callback_url = callback_url
        self._last = LastExecuted[EnvelopeSnapshot]()

    @classmethod
    def open(
        cls,
        account: ServiceAccount,
        *,
        now: Callable[[], datetime],
        callback_url: str,
        loopback: bool,
    ) -> AdobeSignService:
        """Connect with the account of the settings; nothing is asked of Adobe yet.

        Raises:
            ConfigurationError: a setting is missing, unknown or wrong.
        """
        account.check(
            needs=frozenset({"client_id"}),
            may=frozenset({"address", "user"}),
            secrets=frozenset({"integration_key", "callback_secret"}),
        )
        client = AdobeSignClient(
            ServiceSession(KEY, WORDS, now),
            service_address(account.options.get("address", ADDRESS), KEY, loopback=loopback),
            Secrets(account.secrets["integration_key"]),
            user=account.options.get("user", ""),
            loopback=loopback,
        )
        return cls(
            client,
            Secrets(account.secrets["callback_secret"]),
            client_id=account.options["client_id"],
            callback_url=callback_url,
        )

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up by our id; what is still being made was not sent."""
        for agreement in self._ours(idempotency_key):
            if agreement.get("status") not in wire.BEING_MADE:
                return self._snapshot(agreement)
        return None

    def check(self, request: EnvelopeRequest) -> None:
        """Refuse what Acrobat Sign cannot carry."""
        refuse_unfit(request, self.capabilities, KEY)

    def send(self, request: EnvelopeRequest) -> str:
        """Author the agreement, or carry on with one that was left unsent, then send it."""
        self.check(request)
        agreement_id = self._draft(request) or self._authored(request)
        status = self._client.agreement(agreement_id).get("status")
        if status in wire.BEING_MADE - {wire.AUTHORING}:
            raise ServiceUnavailable(
                "Acrobat Sign is still reading the documents; the agreement is sent shortly.",
                service=KEY,
                retry_after_s=INDEX_LAGS_S,
            )
        if status == wire.AUTHORING:
            self._refuse_unlisted(request.idempotency_key, agreement_id)
            sets, _ = self._client.members(agreement_id)
            self._client.put_fields(agreement_id, wire.fields(request, sets))
            self._client.put_state(agreement_id, wire.SENT)
        # Without callbacks the agreement is re-read by and by; that is no reason to fail.
        with suppress(IntegrationError):
            self._client.hook(wire.hook_body(agreement_id, self._hook_url()))
        return agreement_id

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Re-read where the agreement stands."""
        snapshot = self._snapshot(self._client.agreement(envelope_id))
        if snapshot.ended is Signal.FULLY_EXECUTED:
            self._last.keep(envelope_id, snapshot)
        return snapshot

    def fetch_several(self, envelope_ids: Sequence[str]) -> Mapping[str, EnvelopeSnapshot]:
        """Re-read one after the other."""
        return one_by_one(self.fetch, envelope_ids)

    def void(self, envelope_id: str, reason: str) -> None:
        """Cancel the agreement unless it has ended."""
        if self.fetch(envelope_id).ended is not None:
            return
        try:
            self._client.put_state(envelope_id, wire.cancelled(reason))
        except ServiceRejected:
            if self.fetch(envelope_id).ended is None:  # else it ended while we asked
                raise

    def remind(self, envelope_id: str, recipient: str) -> None:
        """Have Adobe mail the invitation again."""
        one, _ = self._waiting(envelope_id, recipient)
        self._client.remind(envelope_id, str(wire.active(one)["id"]))

    def reassign(self, envelope_id: str, recipient: str, new: NewRecipient) -> None:
        """Put another person into the participant set."""
        one, mark = self._waiting(envelope_id, recipient)
        body = wire.replaced(one, new)
        self._client.put_participants(envelope_id, str(one["id"]), body, mark)

    def signing_link(self, envelope_id: str, recipient: str, return_url: str) -> str:
        """Give Adobe's signing address; where it leads back to was fixed at sending."""
        one, _ = self._waiting(envelope_id, recipient)
        found = self._client.signing_urls(envelope_id)
        email = str(wire.active(one).get("email")).casefold()
        if one.get("status") != wire.ON_TURN or email not in found:
            raise nothing_to_sign(KEY)
        return found[email]

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Fetch the one document into which Adobe joins the files."""
        self._executed(envelope_id)
        data = sealed_pdf(self._client.file(envelope_id, "combinedDocument"), KEY)
        return [
            SealedDocument(slug=slug, signed=data, first_page=page)
            for slug, page in wire.parts(self._client.documents(envelope_id))
        ]

    def records(self, envelope_id: str) -> Sequence[ServiceRecord]:
        """Fetch Adobe's audit report."""
        self._executed(envelope_id)
        data = record_pdf(self._client.file(envelope_id, "auditTrail"), KEY)
        return [ServiceRecord(name="adobe-sign-audit.pdf", title="Adobe's audit report", data=data)]

    def greet(self, raw: RawCallback) -> Reply:
        """Say that callbacks are wanted here, to whoever knows our id and secret."""
        webhook.believe(raw, self._client_id, self._secrets.texts)
        return webhook.echo(self._client_id)

    def verify(self, raw: RawCallback) -> VerifiedCallback:
        """Check id and secret."""
        return webhook.verify(raw, self._client_id, self._secrets.texts)

    def acknowledge(self, raw: RawCallback) -> Reply:
        """Echo our application's id."""
        return webhook.echo(self._client_id)

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Translate a believed callback."""
        return webhook.parse(callback)

    def _ours(self, idempotency_key: str) -> list[Any]:
        """Read every agreement that carries exactly this key."""
        read = (self._client.agreement(one) for one in self._client.listed(idempotency_key))
        return [item for item in read if wire.key_of(item) == idempotency_key]

    def _draft(self, request: EnvelopeRequest) -> str:
        """Find what an earlier try left unsent; "" when there is nothing."""
        drafts = (
            item
            for item in self._ours(request.idempotency_key)
            if item.get("status") in wire.BEING_MADE
        )
        return next((str(item["id"]) for item in drafts), "")

    def _refuse_unlisted(self, idempotency_key: str, agreement_id: str) -> None:
        """Send nothing that could not be found again should the answer to sending be lost.

        The list of agreements runs behind; what is in it once stays in it, sent or not.
        """
        if agreement_id not in self._client.listed(idempotency_key):
            raise ServiceUnavailable(
                "Acrobat Sign does not list the new agreement yet; it is sent once it could be "
                "found again.",
                service=KEY,
                retry_after_s=INDEX_LAGS_S,
            )

    def _authored(self, request: EnvelopeRequest) -> str:
        uploaded = [
            self._client.upload(wire.file_name(item.slug), item.pdf) for item in request.documents
        ]
        return self._client.create(wire.envelope_body(request, uploaded))

    def _snapshot(self, agreement: Mapping[str, Any]) -> EnvelopeSnapshot:
        agreement_id = str(agreement["id"])
        sets, _ = self._client.members(agreement_id)
        return wire.snapshot_of(agreement, sets, self._client.events(agreement_id))

    def _waiting(self, envelope_id: str, recipient: str) -> tuple[Mapping[str, Any], str]:
        """Find a participant set that has still to sign, and the mark to change it with."""
        sets, mark = self._client.members(envelope_id)
        one = next((item for item in sets if item.get("name") == recipient), None)
        if one is None:
            raise NotFound("The envelope has no such recipient.")
        if one.get("status") not in wire.WAITING:
            raise nothing_to_sign(KEY)
        return one, mark

    def _executed(self, envelope_id: str) -> None:
        """Check that everybody has signed an agreement, which takes three calls unless known."""
        if self._last.find(envelope_id) is not None:
            return
        if self.fetch(envelope_id).ended is not Signal.FULLY_EXECUTED:
            raise not_executed(KEY)

    def _hook_url(self) -> str:
        return f"{self._callback_url}?key={quote(self._secrets.texts[0], safe='')}"
