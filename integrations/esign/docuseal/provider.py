"""DocuSeal behind the signing-service port."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from docgen.domain.signing import Signal
from docgen.errors import ConfigurationError, NotFound, ServiceRejected
from docgen.ports.esign import Capabilities, Reply, SealedDocument, ServiceRecord
from integrations.esign.docuseal import webhook, wire
from integrations.esign.docuseal.client import KEY, WORDS, DocusealClient
from integrations.vendor.executed import LastExecuted
from integrations.vendor.refusal import disbelieved, refuse_unfit
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

ADDRESS = "https://api.docuseal.com"
# In the cloud, files and signing pages lie beside the API, not under it.
CLOUD = {ADDRESS: "docuseal.com", "https://api.docuseal.eu": "docuseal.eu"}
RECORD_TAKES = timedelta(hours=1)  # after that an audit log that is not there never will be


class DocusealService:
    """Sends through one DocuSeal account."""

    key: ClassVar[str] = KEY
    capabilities: ClassVar[Capabilities] = Capabilities(
        remind=True,
        reassign=True,
        signing_link=True,
        find_by_key=True,
        signed_callbacks=True,
        separate_documents=True,
        gives_record=True,
        tolerance=webhook.TOLERANCE,
        poll_every=timedelta(minutes=5),  # the vendor documents no limit
        longest_title=wire.LONGEST_SUBJECT,
        largest_file=25_000_000,
        most_documents=20,
        kept_headers=webhook.HEADERS,
    )

    def __init__(
        self,
        client: DocusealClient,
        secrets: Secrets,
        *,
        now: Callable[[], datetime],
        callback_header: str = "",
    ) -> None:
        self._client = client
        self._secrets = secrets
        self._now = now
        self._callback_header = callback_header
        self._last = LastExecuted[Mapping[str, Any]]()

    @classmethod
    def open(
        cls,
        account: ServiceAccount,
        *,
        now: Callable[[], datetime],
        callback_url: str,
        loopback: bool,
    ) -> DocusealService:
        """Connect with the account of the settings; nothing is asked of DocuSeal yet.

        Callbacks are registered in DocuSeal's own settings, so `callback_url` is not sent.

        Raises:
            ConfigurationError: a setting is missing, unknown or wrong.
        """
        account.check(
            needs=frozenset(),
            may=frozenset({"address", "file_hosts", "callback_header"}),
            secrets=frozenset({"api_key", "callback_secret"}),
        )
        given = account.options
        address = service_address(given.get("address") or ADDRESS, KEY, loopback=loopback)
        header = given.get("callback_header", "").lower()
        if header in webhook.HEADERS:
            raise ConfigurationError(
                f"[services.docuseal] callback_header cannot be {header}; leave it out where the "
                "server signs its callbacks, and name a header of your own where it does not."
            )
        hosts = [*given.get("file_hosts", "").split(), *CLOUD.get(address, "").split()]
        client = DocusealClient(
            ServiceSession(KEY, WORDS, now),
            address,
            Secrets(account.secrets["api_key"]),
            file_hosts=hosts,
        )
        secrets = Secrets(account.secrets["callback_secret"])
        return cls(client, secrets, now=now, callback_header=header)

    def find(self, idempotency_key: str) -> EnvelopeSnapshot | None:
        """Look up by the id that our first submitter carries."""
        wanted = wire.external_id(idempotency_key, 1)
        for one in self._client.submitters(wanted):
            if one.get("external_id") != wanted:
                continue
            try:
                return self.fetch(str(one["submission_id"]))
            except NotFound:
                continue  # destroyed at the service since
        return None

    def check(self, request: EnvelopeRequest) -> None:
        """Refuse what DocuSeal cannot carry."""
        refuse_unfit(request, self.capabilities, KEY)

    def send(self, request: EnvelopeRequest) -> str:
        """Create and send the submission in one call."""
        self.check(request)
        return self._client.create(wire.envelope_body(request))

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Re-read where the submission stands."""
        submission = self._client.submission(envelope_id)
        snapshot = wire.snapshot_of(submission)
        if snapshot.ended is Signal.FULLY_EXECUTED:
            self._last.keep(envelope_id, submission)
        return snapshot

    def fetch_several(self, envelope_ids: Sequence[str]) -> Mapping[str, EnvelopeSnapshot]:
        """Re-read one after the other."""
        return one_by_one(self.fetch, envelope_ids)

    def void(self, envelope_id: str, reason: str) -> None:
        """Archive the submission unless it has ended; DocuSeal keeps no reason."""
        if self.fetch(envelope_id).ended is not None:
            return
        try:
            self._client.archive(envelope_id)
        except ServiceRejected:
            if self.fetch(envelope_id).ended is None:  # else it ended while we asked
                raise

    def remind(self, envelope_id: str, recipient: str) -> None:
        """Have DocuSeal mail the invitation again, to whose turn it is."""
        one = self._invited(envelope_id, recipient)
        self._client.update_submitter(str(one["id"]), {"send_email": True})

    def reassign(self, envelope_id: str, recipient: str, new: NewRecipient) -> None:
        """Correct the submitter, who is invited now or when it is their turn, by whom that is."""
        one, _ = self._waiting(envelope_id, recipient)
        change: dict[str, object] = {"name": new.name, "email": new.email}
        if values := wire.refilled(one, new):
            change["values"] = values
        if one["status"] != wire.NOT_YET and not wire.invited_by_us(one):
            change["send_email"] = True
        self._client.update_submitter(str(one["id"]), change)

    def signing_link(self, envelope_id: str, recipient: str, return_url: str) -> str:
        """Give the submitter's own link; whoever has it signs."""
        one = self._invited(envelope_id, recipient)
        changed = self._client.update_submitter(
            str(one["id"]), {"completed_redirect_url": return_url}
        )
        return self._client.own_address(str(changed.get("embed_src")))

    def download(self, envelope_id: str) -> Sequence[SealedDocument]:
        """Fetch each document by itself; before everybody signed these would be previews."""
        slugs = wire.slugs(self._last.find(envelope_id) or self._executed(envelope_id))
        urls = self._client.documents(envelope_id)
        if not urls:
            raise still_sealing(KEY)
        if len(urls) != len(slugs):
            raise ServiceRejected(
                "DocuSeal does not hand over as many documents as were sent.", service=KEY
            )
        return [
            SealedDocument(slug=slug, signed=sealed_pdf(self._client.file(url), KEY))
            for slug, url in zip(slugs, urls, strict=True)
        ]

    def records(self, envelope_id: str) -> Sequence[ServiceRecord]:
        """Fetch DocuSeal's audit log; one that is long overdue was never made.

        The submission is read again for it: the log is made later, and its address soon ends.
        """
        submission = self._executed(envelope_id)
        url = submission.get("audit_log_url")
        if not url:
            ended = wire.snapshot_of(submission).ended_at
            if ended is not None and self._now() - ended < RECORD_TAKES:
                raise still_sealing(KEY)
            return []
        data = record_pdf(self._client.file(str(url)), KEY)
        title = "DocuSeal's audit log"
        return [ServiceRecord(name="docuseal-audit-log.pdf", title=title, data=data)]

    def greet(self, raw: RawCallback) -> NoReturn:
        """Refuse: DocuSeal asks nobody."""
        raise disbelieved(KEY, "callbacks come by POST")

    def verify(self, raw: RawCallback) -> VerifiedCallback:
        """Check signature and age."""
        return webhook.verify(raw, self._secrets.texts, self._callback_header)

    def acknowledge(self, raw: RawCallback) -> Reply:
        """Any answer below 400 will do."""
        return Reply()

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Translate a believed callback."""
        return webhook.parse(callback)

    def _waiting(
        self, envelope_id: str, recipient: str
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Find a recipient who has still to sign, and the submission."""
        submission = self._client.submission(envelope_id)
        one = wire.submitters(submission).get(recipient)
        if one is None:
            raise NotFound("The envelope has no such recipient.")
        if wire.snapshot_of(submission).ended or one["status"] not in wire.WAITING:
            raise nothing_to_sign(KEY)
        return one, submission

    def _invited(self, envelope_id: str, recipient: str) -> Mapping[str, Any]:
        """Find a recipient whose turn it is."""
        one, submission = self._waiting(envelope_id, recipient)
        if not wire.on_turn(submission, one):
            raise nothing_to_sign(KEY)
        return one

    def _executed(self, envelope_id: str) -> Mapping[str, Any]:
        """Read a submission that everybody has signed."""
        submission: Mapping[str, Any] = self._client.submission(envelope_id)
        if wire.snapshot_of(submission).ended is not Signal.FULLY_EXECUTED:
            raise not_executed(KEY)
        return submission
