"""What every signing service's adapter promises; inherited by each and by the fake."""

from __future__ import annotations

import abc
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from docgen.domain.canonical import digest_of
from docgen.domain.ceremony import CeremonyPanel
from docgen.domain.document import PanelPlace
from docgen.domain.signing import Signal
from docgen.errors import CallbackRejected, NotFound, ServiceRejected, UnsupportedFeature
from docgen.ports.esign import (
    EnvelopeDocument,
    EnvelopeRecipient,
    EnvelopeRequest,
    NewRecipient,
    RawCallback,
    VerifiedCallback,
)
from docgen.services.fields import signing_fields
from integrations.simulators.seal import Written, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.ports.esign import SigningService

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOME = "https://enrollment.example.org/back"
ANY_FIXTURE = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]


def request(key: str = "k1") -> EnvelopeRequest:
    """Make a request with one document and one signer."""
    return EnvelopeRequest(
        idempotency_key=digest_of(key),
        packet_id="pkt_1",
        title="Example Agreement",
        practice="Example Practice",
        documents=(document("psa", "Example Agreement", ("practice_1",)),),
        recipients=(recipient("practice_1", "Dana Example", 1),),
        sent_at=AT,
        expires_at=AT + timedelta(days=30),
        message="Please read and sign the agreement.",
        remind_every=timedelta(days=7),
    )


def two_of_each(key: str = "k1") -> EnvelopeRequest:
    """Make a request with two documents that two people sign in turn, as a contracting packet."""
    people = ("practice_1", "pso")
    return replace(
        request(key),
        documents=(
            document("psa", "Example Agreement", people),
            document("baa", "Example Annex", people),
        ),
        recipients=(recipient(people[0], "Dana Example", 1), recipient(people[1], "Kim Sample", 2)),
    )


def invited(asked: EnvelopeRequest) -> EnvelopeRequest:
    """Make it an envelope whose signers we invite."""
    return replace(asked, return_url=HOME, remind_every=None)


def document(slug: str, title: str, people: Sequence[str]) -> EnvelopeDocument:
    """Make a document of two pages whose last holds one panel for each of these people."""
    pdf = plain_pdf([f"{title}, page {page}, packet pkt_1, amount 1,234" for page in (1, 2)])
    panels = tuple(
        (
            CeremonyPanel(
                slot=key,
                recipient=key,
                organization="Example Practice",
                capacity="Authorized signatory",
                meaning="Agrees to be bound",
            ),
            PanelPlace(slot=key, page=2, x=100, y=400 - 120 * row, width=220, height=88),
        )
        for row, key in enumerate(people)
    )
    return EnvelopeDocument(
        slug=slug,
        title=title,
        pdf=pdf,
        html=b"<main></main>",
        panels=panels,
        fields=signing_fields(pdf, panels),
    )


def recipient(key: str, name: str, routing_order: int) -> EnvelopeRecipient:
    """Make a recipient with an address of their own."""
    return EnvelopeRecipient(
        key=key,
        name=name,
        title="Director",
        organization="Example Practice",
        email=f"{key}@example.org",
        routing_order=routing_order,
    )


def plain_pdf(pages: Sequence[str]) -> bytes:
    """Make a PDF with one line of text on each page, in US Letter."""
    blank = io.BytesIO()
    writer = PdfWriter()
    for _ in pages:
        writer.add_blank_page(612, 792)
    writer.write(blank)
    lines = [Written(page=at, x=72, y=72, text=text) for at, text in enumerate(pages, start=1)]
    return write(blank.getvalue(), lines)


class SigningServiceContract(abc.ABC):
    """The suite. A subclass gives the service and signs callbacks as the vendor would."""

    @abc.abstractmethod
    def service(self) -> SigningService:
        """Give a fresh service."""

    @abc.abstractmethod
    def rotated(self) -> SigningService:
        """Give a service that accepts the old and the new callback secret."""

    @abc.abstractmethod
    def callback(self, body: bytes, at: datetime = AT) -> RawCallback:
        """Sign a callback as the vendor would, with the old secret."""

    @abc.abstractmethod
    def forged(self, body: bytes, at: datetime = AT) -> RawCallback:
        """Sign a callback as the vendor would, with a secret that is not ours."""

    @abc.abstractmethod
    def known_body(self, envelope_id: str) -> bytes:
        """Give the body of a callback that says `fully executed`."""

    @abc.abstractmethod
    def sign_all(self, service: SigningService, envelope_id: str) -> None:
        """Let everybody sign."""

    def test_an_envelope_is_found_by_our_key(self) -> None:
        """Before a re-send, the envelope is found; an unknown key finds nothing."""
        service = self.service()
        envelope_id = service.send(request("k1"))
        other = service.send(request("k2"))
        found = service.find(digest_of("k1"))
        assert found is not None
        assert found.envelope_id == envelope_id != other
        assert found.idempotency_key == digest_of("k1")
        assert service.find(digest_of("k9")) is None

    def test_fetch_tells_where_each_recipient_stands(self) -> None:
        """A fresh envelope shows its recipients by our keys, nobody signed."""
        service = self.service()
        snapshot = service.fetch(service.send(request()))
        assert [item.key for item in snapshot.recipients] == ["practice_1"]
        assert snapshot.recipients[0].signed_at is None
        assert snapshot.ended is None

    def test_an_unknown_envelope_is_not_found(self) -> None:
        """Neither fetching nor voiding what was never sent, or is gone, does more than say so."""
        service = self.service()
        known = service.send(request())
        gone = known[:-1] + ("1" if known[-1] != "1" else "2")
        for envelope_id in ("env_unknown", gone):
            with pytest.raises(NotFound):
                service.fetch(envelope_id)
            with pytest.raises(NotFound):
                service.void(envelope_id, "sent too early")
        assert service.fetch(known).ended is None

    def test_several_are_read_as_each_by_itself(self) -> None:
        """In any order, one that has ended and one that has not; of what is unknown nothing is said."""
        service = self.service()
        waiting, ended = service.send(request("k1")), service.send(request("k2"))
        self.sign_all(service, ended)
        found = service.fetch_several([ended, waiting])
        assert found == {one: service.fetch(one) for one in (waiting, ended)}
        assert service.fetch_several(["env_unknown"]) == {}

    def test_void_ends_the_envelope_once(self) -> None:
        """Voiding ends it with the reason; voiding again changes nothing."""
        service = self.service()
        envelope_id = service.send(request())
        service.void(envelope_id, "sent too early")
        service.void(envelope_id, "again")
        snapshot = service.fetch(envelope_id)
        kept = "sent too early" if self.keeps_void_reasons else ""
        assert (snapshot.ended, snapshot.reason) == (Signal.VOIDED, kept)

    # False for a vendor that does not give back why an envelope was voided.
    keeps_void_reasons = True

    def test_documents_come_only_when_fully_executed(self) -> None:
        """Nothing is handed over early; everything is once all have signed."""
        service = self.service()
        envelope_id = service.send(request())
        with pytest.raises(ServiceRejected):
            service.download(envelope_id)
        self.sign_all(service, envelope_id)
        assert service.fetch(envelope_id).ended is Signal.FULLY_EXECUTED
        assert [item.slug for item in service.download(envelope_id)] == ["psa"]

    def test_a_true_callback_is_believed_and_understood(self) -> None:
        """The control: a callback as the vendor signs it passes and says what it says."""
        service = self.service()
        believed = service.verify(self.callback(self.known_body("env_1")))
        events = service.parse(believed)
        assert [item.signal for item in events] == [Signal.FULLY_EXECUTED]
        assert events[0].envelope_id == "env_1"

    def test_both_secrets_are_believed_during_rotation(self) -> None:
        """No delivery is rejected while secrets are rotated."""
        service = self.rotated()
        believed = service.verify(self.callback(self.known_body("env_1")))
        assert [item.envelope_id for item in service.parse(believed)] == ["env_1"]

    def test_a_strange_secret_is_rejected(self) -> None:
        """Whoever does not know the secret is not believed."""
        with pytest.raises(CallbackRejected):
            self.service().verify(self.forged(self.known_body("env_1")))

    def test_one_report_has_one_delivery_id(self) -> None:
        """Delivered twice, it is known again; another report is another one."""
        service = self.service()
        first, again, other = (
            service.verify(self.callback(self.known_body(name))).delivery_id
            for name in ("env_1", "env_1", "env_2")
        )
        assert first == again
        assert self.numbers_its_callbacks or first != other

    # A vendor (or the fake) whose deliveries carry an id of their own, which `callback` fixes.
    numbers_its_callbacks = False

    def test_the_answer_to_a_callback_is_small(self) -> None:
        """Services read their answer; it never repeats what they sent."""
        raw = self.callback(self.known_body("env_1"))
        assert len(self.service().acknowledge(raw).body) < 200

    def later(self) -> object:
        """Let so much time pass that a service would write to somebody again."""
        return None  # most services write whenever they are asked to

    def test_a_capability_is_a_promise(self) -> None:
        """What is declared is there; what is not declared is refused before anything happens."""
        service = self.service()
        able = service.capabilities
        envelope_id = service.send(request())
        ours = service.send(invited(request("k2"))) if able.signing_link else envelope_id
        self.later()
        one = NewRecipient(name="Ann Other", title="Dean", email="ann@example.org")
        verbs: tuple[tuple[bool, Callable[[], object]], ...] = (
            (able.remind, lambda: service.remind(envelope_id, "practice_1")),
            (able.reassign, lambda: service.reassign(envelope_id, "practice_1", one)),
            (able.signing_link, lambda: service.signing_link(ours, "practice_1", HOME)),
        )
        for declared, verb in verbs:
            if declared:
                verb()
                continue
            with pytest.raises(UnsupportedFeature):
                verb()

    @settings(suppress_health_check=ANY_FIXTURE, max_examples=150)
    @given(body=st.binary(max_size=200))
    def test_a_believed_body_we_do_not_understand_is_unknown(self, body: bytes) -> None:
        """Parsing never raises; what is not understood moves nothing."""
        believed = VerifiedCallback(delivery_id="d", body=body, received_at=AT)
        assert [item.signal for item in self.service().parse(believed)] == [Signal.UNKNOWN]


class IdempotentSendContract(SigningServiceContract):
    """For services that keep anybody from sending twice under one key."""

    def test_send_is_idempotent_by_key(self) -> None:
        """The same key gives the same envelope, another key another one."""
        service = self.service()
        first = service.send(request("k1"))
        assert service.send(request("k1")) == first
        assert service.send(request("k2")) != first


class TimedCallbackContract(SigningServiceContract):
    """For services whose callbacks state when they were made, in a way that can be trusted."""

    @pytest.mark.parametrize("sign", [-1, 1])
    def test_a_callback_of_another_time_is_rejected(self, sign: int) -> None:
        """Too old and from the future alike are not believed; just within is."""
        service = self.service()
        tolerance = service.capabilities.tolerance
        assert tolerance is not None
        raw = self.callback(self.known_body("env_1"))
        within = AT + sign * tolerance
        assert service.verify(replace(raw, received_at=within)).received_at == within
        moved = replace(raw, received_at=AT + sign * (tolerance + timedelta(seconds=1)))
        with pytest.raises(CallbackRejected):
            service.verify(moved)


class SignedBodyContract(SigningServiceContract):
    """For services that sign the body of a callback."""

    @settings(suppress_health_check=ANY_FIXTURE, max_examples=60)
    @given(position=st.integers(0, 10_000), flip=st.integers(1, 255))
    def test_any_changed_byte_is_rejected(self, position: int, flip: int) -> None:
        """One changed byte of the body and we do not believe it."""
        raw = self.callback(self.known_body("env_1"))
        body = bytearray(raw.body)
        body[position % len(body)] ^= flip
        with pytest.raises(CallbackRejected):
            self.service().verify(replace(raw, body=bytes(body)))


class HeaderProofContract(SigningServiceContract):
    """For services whose proof stands in headers; `callback` gives no other headers."""

    @settings(suppress_health_check=ANY_FIXTURE, max_examples=150)
    @given(text=st.text(max_size=40), pick=st.integers(0, 100))
    def test_a_malformed_header_is_rejected_not_a_crash(self, text: str, pick: int) -> None:
        """Whatever stands in a header: not believed, never another error."""
        raw = self.callback(self.known_body("env_1"))
        name = sorted(raw.headers)[pick % len(raw.headers)]
        if raw.headers[name] == text:
            return
        with pytest.raises(CallbackRejected):
            self.service().verify(replace(raw, headers={**raw.headers, name: text}))

    def test_a_missing_header_is_rejected(self) -> None:
        """Each header of the signature is needed."""
        raw = self.callback(self.known_body("env_1"))
        for name in raw.headers:
            left = {key: value for key, value in raw.headers.items() if key != name}
            with pytest.raises(CallbackRejected):
                self.service().verify(replace(raw, headers=left))
