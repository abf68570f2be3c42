"""Documenso behind the signing-service port."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from docgen.domain.signing import Signal
from docgen.errors import ConfigurationError, NotFound, ServiceRejected
from docgen.ports.esign import Capabilities, Reply, SealedDocument, ServiceRecord
from integrations.esign.documenso import webhook, wire
from integrations.esign.documenso.client import KEY, WORDS, DocumensoClient
from integrations.vendor.executed import LastExecuted
from integrations.vendor.refusal import disbelieved, refuse_unfit, unsupported
from integrations.vendor.sealed import (
    not_executed,
    nothing_to_sign,
    record_pdf,
    sealed_pdf,
    still_sealing,
)
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession, service_address
from integrations.vendor.several import one_by_one

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from docgen.domain.signing import EnvelopeSnapshot, SigningEvent
    from docgen.ports.esign import EnvelopeRequest, NewRecipient, RawCallback, VerifiedCallback
    from docgen.ports.service_account import ServiceAccount

ADDRESS = "https://app.documenso.com"
TOKEN = re.compile(r"api_[A-Za-z0-9_-]{1,200}")


class DocumensoService:
    """Sends through one Documenso team, in the cloud or on a server of one's own."""

    key: ClassVar[str] = KEY
    capabilities: ClassVar[Capabilities] = Capabilities(
        remind=True,
        reminds_by_itself=True,
        signing_link=True,
        find_by_key=True,
        separate_documents=True,
        gives_record=True,
        poll_every=timedelta(minutes=1),
        polls_an_hour=15_000,  # half of 1000 questions in a minute, two for each envelope
        longest_title=wire.LONGEST_SUBJECT,
        largest_file=50_000_000,
        most_documents=5,
        kept_headers=webhook.HEADERS,
    )

    def __init__(
        self, client: DocumensoClient, secrets: Secrets, *, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._secrets = secrets
        self._now = now
        self._last = LastExecuted[Mapping[str, Any]]()

    @classmethod
    def open(
        cls,
        account: ServiceAccount,
        *,
        now: Callable[[], datetime],
        callback_url: str,
        loopback: bool,
    ) -> DocumensoService:
        """Connect with the account of the settings; nothing is asked of Documenso yet.

        The callback's address is written into the team's settings at Documenso by hand.

        Raises:
            ConfigurationError: a setting is missing, unknown or wrong.
        """
        account.check(
            needs=frozenset(),
            may=frozenset({"address"}),
            secrets=frozenset({"api_token", "callback_secret"}),
        )
        if not TOKEN.fullmatch(account.secrets["api_token"][0]):
            raise ConfigurationError(
                "[services.documenso] api_token_file must hold an API token as Documenso shows it "
                "once; it begins with api_."
            )
        if not all(account.secrets["callback_secret"]):
            raise ConfigurationError(
                "[services.documenso] callback_secret_file is empty, so anybody could write "
                "callbacks. Put the secret of the team's callbacks into it."
            )
        client = DocumensoClient(
            ServiceSession(KEY, WORDS, now),
            service_address(account.options.get("address", ADDRESS), KEY, loopback=loopback),
            Secrets(account.secrets["api_token"]),
        )
        return cls(client, Secrets(account.secrets["callback_secret"]), now=now)

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up what was sent; a draft was not, and `send` goes on with it."""
        sent = [item for item in self._ours(idempotency_key) if item.get("status") != wire.DRAFT]
        return self.fetch(str(sent[0]["id"])) if sent else None

    def check(self, request: EnvelopeRequest) -> None:
        """Refuse what Documenso cannot carry."""
        refuse_unfit(request, self.capabilities, KEY)
        if what := wire.unfit(request):
            raise unsupported(KEY, what)

    def send(self, request: EnvelopeRequest) -> str:
        """Create the envelope as a draft, then distribute it; nothing goes out before that.

        What an earlier try left behind under the same key is taken up where it stopped.
        """
        self.check(request)
        kept = self._ours(request.idempotency_key)
        for item in kept:
            if item.get("status") != wire.DRAFT:
                return str(item["id"])
        envelope_id = self._draft(kept, request)
        self._client.distribute(envelope_id)
        return envelope_id

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Re-read where the envelope stands, and in its audit log since when."""
        envelope = self._client.envelope(envelope_id)
        snapshot = self._snapshot(envelope)
        if snapshot.ended is Signal.FULLY_EXECUTED:
            self._last.keep(envelope_id, envelope)
        return snapshot

    def fetch_several(self, envelope_ids: Sequence[str]) -> Mapping[str, EnvelopeSnapshot]:
        """Re-read one after the other."""
        return one_by_one(self.fetch, envelope_ids)

    def void(self, envelope_id: str, reason: str) -> None:
        """Cancel the envelope unless it has ended; a second cancel would be refused."""
        if self.fetch(envelope_id).ended is not None:
            return
        try:
            self._client.cancel(envelope_id, reason)
        except ServiceRejected:
            if self.fetch(envelope_id).ended is None:  # else it ended while we asked
                raise

    def remind(self, envelope_id: str, recipient: str) -> None:
        """Have Documenso mail the invitation again, which also renews the time for signing."""
        self._client.redistribute(envelope_id, int(self._waiting(envelope_id, recipient)["id"]))

    def reassign(self, envelope_id: str, recipient: str, new: NewRecipient) -> NoReturn:
        """Refuse: whoever was sent an envelope stays its recipient."""
        raise unsupported(KEY, "cannot put another person in a recipient's place once it was sent")

    def signing_link(self, envelope_id: str, recipient: str, return_url: str) -> str:
        """Give the recipient's own page; where it leads back to was fixed at sending."""
        return self._client.signing_address(str(self._waiting(envelope_id, recipient)["token"]))

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Fetch each document by itself.

        Before the end Documenso gives the unsigned file for the signed one and calls it well, so
        the status is read first and a signature looked for.
        """
        items = wire.items(self._executed(envelope_id))
        if not items:
            raise ServiceRejected(
                "The envelope at the signing service documenso holds other documents than were "
                "sent. Nothing was taken over; look at it there.",
                service=KEY,
            )
        return [
            SealedDocument(slug=slug, signed=sealed_pdf(self._client.signed_item(item), KEY))
            for slug, item in items
        ]

    def records(self, envelope_id: str) -> Sequence[ServiceRecord]:
        """Fetch Documenso's certificate and its audit log."""
        self._executed(envelope_id)
        return [
            ServiceRecord(
                name="documenso-certificate.pdf",
                title="Documenso's signing certificate",
                data=record_pdf(self._client.certificate(envelope_id), KEY),
            ),
            ServiceRecord(
                name="documenso-audit-log.pdf",
                title="Documenso's audit log",
                data=record_pdf(self._client.audit_log_file(envelope_id), KEY),
            ),
        ]

    def greet(self, raw: RawCallback) -> NoReturn:
        """Refuse: Documenso asks nobody."""
        raise disbelieved(KEY, "callbacks come by POST")

    def verify(self, raw: RawCallback) -> VerifiedCallback:
        """Check the shared secret; there is no more to check."""
        return webhook.verify(raw, self._secrets.texts)

    def acknowledge(self, raw: RawCallback) -> Reply:
        """Any answer of 200 will do."""
        return Reply()

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Translate a believed callback."""
        return webhook.parse(callback)

    def _ours(self, idempotency_key: str) -> list[Mapping[str, Any]]:
        """List what Documenso holds under our key, the oldest first; its search is by likeness."""
        found = []
        for item in self._client.envelopes(idempotency_key):
            carrier = wire.carried(item)
            if carrier is not None and carrier.key == idempotency_key:
                found.append(item)
        return sorted(found, key=lambda item: (str(item.get("createdAt")), str(item.get("id"))))

    def _draft(self, kept: Sequence[Mapping[str, Any]], request: EnvelopeRequest) -> str:
        """Find a draft that is whole and still what was asked for, or make one."""
        for item in kept:
            if wire.as_asked(self._client.envelope(str(item["id"])), request):
                return str(item["id"])
        return self._client.create(wire.envelope_body(request), wire.files(request))

    def _snapshot(self, envelope: Mapping[str, Any]) -> EnvelopeSnapshot:
        log = self._client.audit_log(str(envelope["id"]))
        return wire.snapshot_of(envelope, log, self._now())

    def _waiting(self, envelope_id: str, recipient: str) -> Mapping[str, Any]:
        """Find a recipient whose turn it is to sign."""
        envelope = self._client.envelope(envelope_id)
        people = wire.recipients(envelope)
        if recipient not in people:
            raise NotFound("The envelope has no such recipient.")
        if (
            envelope.get("status") != wire.PENDING
            or wire.snapshot_of(envelope, (), self._now()).ended is not None
            or recipient not in wire.on_turn(envelope)
        ):
            raise nothing_to_sign(KEY)
        return people[recipient]

    def _executed(self, envelope_id: str) -> Mapping[str, Any]:
        """Give an envelope that everybody has signed and Documenso has sealed."""
        known = self._last.find(envelope_id)
        if known is not None:
            return known
        envelope: Mapping[str, Any] = self._client.envelope(envelope_id)
        ended = wire.snapshot_of(envelope, (), self._now()).ended
        if ended is None and wire.signed_by_all(envelope):
            raise still_sealing(KEY)
        if ended is not Signal.FULLY_EXECUTED:
            raise not_executed(KEY)
        return self._last.keep(envelope_id, envelope)
