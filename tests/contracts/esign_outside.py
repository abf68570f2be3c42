"""What every adapter of an outside signing service promises, shown against its simulator."""

from __future__ import annotations

import abc
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import pytest
import requests
from pypdf import PdfReader

from docgen.domain.signing import FieldKind, Signal
from docgen.errors import (
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedFeature,
)
from docgen.ports.esign import NewRecipient, RawCallback
from integrations.simulators.envelope import Happening
from integrations.simulators.mischief import Delivery, Trouble
from integrations.system.clock import StandingClock
from tests.contracts.esign import (
    AT,
    HOME,
    SigningServiceContract,
    document,
    invited,
    request,
    two_of_each,
)

if TYPE_CHECKING:
    from docgen.domain.signing import EnvelopeSnapshot
    from docgen.ports.clock import Clock
    from docgen.ports.esign import SigningService
    from integrations.simulators.envelope import Envelope, Mark
    from integrations.simulators.kit import Simulator
    from integrations.simulators.wire import Letter

BETWEEN = timedelta(minutes=1)
LOOKS_S = 10
SECRET_WORDS = ("PRIVATE KEY", "s3cret")  # every secret of a suite holds one of them


def opened(link: str) -> str:
    """Open an address as a person would: with nothing of ours; nothing where it has ended."""
    answer = requests.get(link, timeout=LOOKS_S, allow_redirects=False)
    return answer.text if answer.ok else ""


# Put in place of an envelope's id, each would have another address asked, or none there is.
STRANGE_IDS = (
    "",
    ".",
    "..",
    "../{id}",
    "{id}/..",
    "{id}/../{id}",
    "{id}/",
    "/{id}",
    "{id}//{id}",
    "{id}%2f..",
    "{id}%2F",
    "%2e%2e",
    "{id}?",
    "{id}?status=voided",
    "{id}#",
    "{id}#{id}",
    "{id};x=1",
    "{id}&x=1",
    "{id}\\..",
    "{id}\n",
    "\n{id}",
    "{id}\r\nX-Other: 1",
    "{id}\0",
    " {id}",
    "{id} ",
    "{id}@example.org",
    "//example.org/{id}",
    "https://example.org/{id}",
    "{id}\N{FULLWIDTH SOLIDUS}",
    "{id}\N{ARABIC-INDIC DIGIT ONE}",
    "{id}" * 40,
)


class OutsideServiceContract(SigningServiceContract):
    """The suite. A subclass gives the vendor's simulator and connects the adapter with it.

    `renews` says whether the adapter mints a new token itself. `keeps_reasons` is False where the
    vendor does not give back why somebody declined or an envelope was voided. `tells` are the
    happenings this vendor reports at all; `signals` what each is to us.
    """

    renews: ClassVar[bool] = False
    keeps_reasons: ClassVar[bool] = True
    tells: ClassVar[dict[Happening, Signal]] = {
        Happening.SENT: Signal.SENT,
        Happening.VIEWED: Signal.VIEWED,
        Happening.SIGNED: Signal.SIGNED,
        Happening.COMPLETED: Signal.FULLY_EXECUTED,
        Happening.DECLINED: Signal.DECLINED,
        Happening.VOIDED: Signal.VOIDED,
        Happening.EXPIRED: Signal.EXPIRED,
        Happening.NEWS: Signal.UNKNOWN,
    }

    clock: StandingClock
    simulator: Simulator
    pauses: list[float]

    @abc.abstractmethod
    def simulated(self, clock: Clock) -> Simulator:
        """Make the simulator; its callbacks go to `https://enrollment.example.org/callbacks/KEY`."""

    @abc.abstractmethod
    def connected(self, simulator: Simulator) -> SigningService:
        """Connect the adapter; it pauses into `self.pauses` and waits at most a second."""

    @pytest.fixture(autouse=True)
    def _running(self) -> Iterator[None]:
        self.clock, self.pauses = StandingClock(AT), []
        with self.simulated(self.clock) as simulator:
            self.simulator = simulator
            yield
            assert simulator.faults == []  # nothing was asked that the vendor does not document

    def service(self) -> SigningService:
        return self.connected(self.simulator)

    def sign_all(self, service: SigningService, envelope_id: str) -> None:
        self.simulator.sign_all(envelope_id)

    def later(self) -> object:
        self.clock.advance(timedelta(hours=2))
        return None

    def sent(self, service: SigningService) -> Envelope:
        """Send two documents to two people."""
        return self.simulator.envelopes[service.send(two_of_each())]

    # Sending -------------------------------------------------------------------------------------

    def test_the_envelope_carries_what_we_said(self) -> None:
        """Title, message, packet, people in their order, and the end of the time for signing."""
        asked, envelope = two_of_each(), self.sent(self.service())
        assert envelope.packet_id == asked.packet_id
        assert asked.title in envelope.title
        assert asked.message in envelope.message
        assert [(it.email, it.name) for it in sorted(envelope.people, key=lambda it: it.order)] == [
            (it.email, it.name) for it in asked.recipients
        ]
        assert len({it.order for it in envelope.people}) == len(asked.recipients)
        assert envelope.expires_at is not None
        assert abs(envelope.expires_at - asked.expires_at) <= timedelta(days=1)
        assert [pdf for _, pdf in envelope.files] == [it.pdf for it in asked.documents]

    def test_reminders_are_the_services_own_where_it_declares_them(self) -> None:
        """At least as often as we said; never where nobody is to be reminded."""
        service, asked = self.service(), two_of_each()
        by_itself = service.capabilities.reminds_by_itself
        envelope = self.sent(service)
        assert (envelope.remind_every is not None) is by_itself
        assert envelope.remind_every is None or envelope.remind_every <= timedelta(days=7)
        quiet = replace(asked, idempotency_key=request("k2").idempotency_key, remind_every=None)
        assert self.simulator.envelopes[service.send(quiet)].remind_every is None

    def test_long_words_are_cut_with_a_sign(self) -> None:
        """To what the vendor takes; the packet is carried all the same."""
        service = self.service()
        asked = replace(two_of_each(), title="t" * 500, message="m" * 20_000)
        envelope = self.simulator.envelopes[service.send(asked)]
        assert len(envelope.title) <= service.capabilities.longest_title
        assert "t…" in envelope.title
        assert envelope.packet_id == asked.packet_id

    def test_every_field_lies_where_the_typesetter_put_its_row(self) -> None:
        """Signature, name, title and date of each panel, within its row."""
        asked, envelope = two_of_each(), self.sent(self.service())
        for number, item in enumerate(asked.documents):
            for field in item.fields:
                mark = self._mark(envelope, number, field.recipient, field.kind)
                assert mark.page == field.page
                assert abs(mark.x - field.x) <= 4
                assert abs(mark.y - field.y) <= field.height / 2
                assert mark.width <= field.width + 1
                assert mark.height <= field.height + 1
        assert len(envelope.marks) == sum(len(item.fields) for item in asked.documents)

    def _mark(self, envelope: Envelope, number: int, key: str, kind: FieldKind) -> Mark:
        person = envelope.person(f"{key}@example.org").id
        [found] = [
            mark
            for mark in envelope.marks
            if (mark.file, mark.person, mark.kind) == (number, person, kind.value)
        ]
        return found

    def test_people_who_sign_together_share_a_place_in_the_order(self) -> None:
        """Two recipients of one routing order are both invited at once."""
        asked = two_of_each()
        together = tuple(replace(item, routing_order=1) for item in asked.recipients)
        service = self.service()
        envelope = self.simulator.envelopes[service.send(replace(asked, recipients=together))]
        assert len(envelope.turn) == len(together)

    def test_what_the_service_cannot_carry_is_refused_before_anything_leaves(self) -> None:
        """Too many documents; a file too large; a recipient with nothing to sign."""
        service, asked = self.service(), request()
        able = service.capabilities
        many = tuple(
            document(f"d{number}", "Annex", ("practice_1",))
            for number in range(able.most_documents + 1)
        )
        large = replace(asked.documents[0], pdf=b"%PDF-" + bytes(able.largest_file))
        bare = replace(asked.documents[0], fields=())
        for documents in (many, (large,), (bare,)):
            with pytest.raises(UnsupportedFeature):
                service.check(replace(asked, documents=documents))
        service.check(asked)
        assert self.simulator.exchanges == []

    def test_as_many_documents_as_declared_come_back_by_their_names(self) -> None:
        """Also where their names are long; what has no room for them refuses before anything leaves."""
        service = self.service()
        slugs = [
            f"annex_of_facility_{number}" for number in range(service.capabilities.most_documents)
        ]
        asked = replace(
            request(),
            documents=tuple(document(slug, f"Annex {slug}", ("practice_1",)) for slug in slugs),
        )
        service.check(asked)
        envelope_id = service.send(asked)
        self.simulator.sign_all(envelope_id)
        assert [item.slug for item in service.download(envelope_id)] == slugs

    # Whether the service learns of letters that come back to it, and says so when it is read.
    tells_of_bounces: ClassVar[bool] = True

    def test_whose_letter_came_back_is_told_when_the_envelope_is_read(self) -> None:
        """Of them alone, and the envelope goes on; the control: before, of nobody."""
        service = self.service()
        envelope_id = service.send(two_of_each())
        assert {item.bounced_at for item in service.fetch(envelope_id).recipients} == {None}
        self.clock.advance(BETWEEN)
        self.simulator.bounce(envelope_id, "practice_1@example.org")
        self.clock.advance(BETWEEN)
        found = service.fetch(envelope_id)
        assert found.ended is None
        bounced = {item.key: item.bounced_at for item in found.recipients}
        told = bounced.pop("practice_1")
        assert set(bounced.values()) == {None}
        assert (told is not None) is self.tells_of_bounces
        assert told is None or found.sent_at <= told <= self.clock.now()

    def test_a_lost_answer_is_looked_up_and_nothing_goes_twice(self) -> None:
        """The work was done, the answer was an error or never came: `find` knows the envelope."""
        for number, kind in enumerate((Trouble.BROKEN_AFTER, Trouble.SILENT, Trouble.HALF)):
            service, asked = self.service(), request(f"lost{number}")
            self.simulator.trouble(kind, where=self.sending)
            with pytest.raises(ServiceUnavailable):
                service.send(asked)
            self.clock.advance(BETWEEN)
            found = service.find(asked.idempotency_key)
            assert found is not None
            assert found.idempotency_key == asked.idempotency_key
        assert len(self.simulator.envelopes) == number + 1

    # What `METHOD path` of the request that sends contains.
    sending: ClassVar[str] = "POST"

    @pytest.mark.parametrize("kind", [Trouble.BROKEN, Trouble.SILENT, Trouble.HALF])
    def test_reading_is_tried_again(self, kind: Trouble) -> None:
        """One bad moment of the service is not noticed when something is only read."""
        service = self.service()
        envelope_id = service.send(request())
        self.simulator.trouble(kind, where="GET")
        assert service.fetch(envelope_id).envelope_id == envelope_id
        assert self.pauses

    def test_an_outage_is_said_and_passes(self) -> None:
        """A service that stays broken is unavailable, then back."""
        service = self.service()
        envelope_id = service.send(request())
        self.simulator.trouble(Trouble.BROKEN, times=20)
        with pytest.raises(ServiceUnavailable):
            service.fetch(envelope_id)
        self.simulator.troubles.clear()
        assert service.fetch(envelope_id).ended is None

    def test_a_limit_is_kept(self) -> None:
        """Asked to wait, we say for how long and do not ask again at once."""
        service = self.service()
        envelope_id = service.send(request())
        before = len(self.simulator.exchanges)
        self.simulator.trouble(Trouble.THROTTLED)
        with pytest.raises(ServiceUnavailable) as refused:
            service.fetch(envelope_id)
        assert refused.value.retry_after_s is not None
        assert refused.value.retry_after_s > 0
        assert len(self.simulator.exchanges) == before + 1

    def test_a_limit_is_kept_for_every_envelope(self) -> None:
        """Where the wait is said, another envelope is not asked after before; then it is."""
        service = self.service()
        first, second = service.send(request()), service.send(request("k2"))
        self.simulator.trouble(Trouble.THROTTLED)
        with pytest.raises(ServiceUnavailable) as refused:
            service.fetch(first)
        said = any(self.simulator.throttled().answer.headers)
        before = len(self.simulator.exchanges)
        if said:
            self.clock.advance(timedelta(seconds=(refused.value.retry_after_s or 0) - 1))
            with pytest.raises(ServiceUnavailable) as held:
                service.fetch(second)
            assert held.value.retry_after_s == pytest.approx(1.0)
            assert len(self.simulator.exchanges) == before
            self.clock.advance(timedelta(seconds=1))
        assert service.fetch(second).envelope_id == second

    def test_credentials_that_ran_out(self) -> None:
        """A token is minted again once; a key that no longer holds is said, without its letters."""
        service = self.service()
        envelope_id = service.send(request())
        self.simulator.trouble(Trouble.EXPIRED, where=envelope_id)
        if self.renews:
            assert service.fetch(envelope_id).envelope_id == envelope_id
            self.simulator.trouble(Trouble.EXPIRED, where=envelope_id, times=5)
        with pytest.raises(Unauthorized) as refused:
            service.fetch(envelope_id)
        assert not any(word in str(refused.value) for word in SECRET_WORDS)

    @pytest.mark.parametrize("kind", [Trouble.REDIRECT, Trouble.ENDLESS])
    def test_strange_answers_are_refused(self, kind: Trouble) -> None:
        """No redirect is followed (it leads where nothing is documented), none endless taken in."""
        service = self.service()
        envelope_id = service.send(request())
        before = len(self.simulator.exchanges)
        self.simulator.trouble(kind, where="GET", times=5)
        with pytest.raises(ServiceRejected):
            service.fetch(envelope_id)
        assert len(self.simulator.exchanges) == before + 1

    def test_an_answer_that_says_nothing_is_not_taken_for_no_envelope(self) -> None:
        """Taken so, what is there would be sent again; the control: asked again, it is found."""
        service, asked = self.service(), request()
        envelope_id = service.send(asked)
        self.simulator.trouble(Trouble.BLANK, where="GET", times=20)
        with pytest.raises(ServiceUnavailable):
            service.find(asked.idempotency_key)
        with pytest.raises(ServiceUnavailable):
            service.fetch(envelope_id)
        self.simulator.troubles.clear()
        found = service.find(asked.idempotency_key)
        assert found is not None
        assert found.envelope_id == envelope_id

    def test_a_sending_that_is_answered_with_nothing_is_looked_up(self) -> None:
        """Nothing is known of its outcome, so it is no refusal either, and no error of ours."""
        service, asked = self.service(), request()
        self.simulator.trouble(Trouble.BLANK, where="POST", times=2)
        with pytest.raises(ServiceUnavailable):
            service.send(asked)

    def test_no_secret_shows(self) -> None:
        """Neither the adapter nor anything it holds prints a secret."""
        service = self.service()
        shown = repr(service) + repr(getattr(service, "__dict__", {}))
        assert not any(word in shown for word in SECRET_WORDS)

    # Following -----------------------------------------------------------------------------------

    def test_the_snapshot_follows_the_people(self) -> None:
        """Invited, viewed, partly signed, fully executed; each person under our key."""
        service = self.service()
        envelope = self.sent(service)
        first, second = (envelope.person(f"{key}@example.org").id for key in ("practice_1", "pso"))
        assert [(it.key, it.email) for it in service.fetch(envelope.id).recipients] == [
            ("practice_1", "practice_1@example.org"),
            ("pso", "pso@example.org"),
        ]
        self.clock.advance(BETWEEN)
        self.simulator.view(envelope.id, first)
        self.clock.advance(BETWEEN)
        self.simulator.sign(envelope.id, first)
        seen = {it.key: it for it in service.fetch(envelope.id).recipients}
        assert seen["practice_1"].signed_at == self.clock.now()
        assert seen["practice_1"].viewed_at is not None
        assert seen["pso"].signed_at is None
        assert service.fetch(envelope.id).ended is None
        self.simulator.sign(envelope.id, second)
        done = service.fetch(envelope.id)
        assert done.ended is Signal.FULLY_EXECUTED
        assert all(item.signed_at for item in done.recipients)

    def test_a_decline_is_one_with_its_reason(self) -> None:
        """Who declined, and why, where the vendor says it."""
        service = self.service()
        envelope = self.sent(service)
        self.simulator.decline(envelope.id, "practice_1@example.org", "Not this year")
        snapshot = service.fetch(envelope.id)
        assert snapshot.ended is Signal.DECLINED
        assert snapshot.recipients[0].declined_at is not None
        assert snapshot.reason == ("Not this year" if self.keeps_reasons else "")

    def test_a_void_is_no_decline_and_an_expiry_neither(self) -> None:
        """The three ways to end unsigned are told apart."""
        service = self.service()
        voided, expired = service.send(request("k1")), service.send(request("k2"))
        service.void(voided, "sent too early")
        self.simulator.expire(expired)
        assert service.fetch(voided).ended is Signal.VOIDED
        assert service.fetch(expired).ended is Signal.EXPIRED
        service.void(expired, "again")
        assert service.fetch(expired).ended is Signal.EXPIRED

    def test_what_ends_while_it_is_voided_has_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Everybody signs between our look and our call: the refusal is no error."""
        service = self.service()
        envelope_id, kind = service.send(request()), type(service)
        fetch = kind.fetch

        def late(own: SigningService, number: str) -> EnvelopeSnapshot:
            snapshot = fetch(own, number)
            self.simulator.sign_all(number)
            return snapshot

        monkeypatch.setattr(kind, "fetch", late)
        service.void(envelope_id, "Too early")
        assert fetch(service, envelope_id).ended is Signal.FULLY_EXECUTED

    def test_a_word_the_vendor_added_since_changes_nothing(self) -> None:
        """An unknown status is no ending."""
        service = self.service()
        envelope_id = service.send(request())
        self.simulator.envelopes[envelope_id].notes["status"] = "something_new"
        assert service.fetch(envelope_id).ended is None

    # Handing over --------------------------------------------------------------------------------

    def test_signed_documents_come_back_as_ours(self) -> None:
        """Each document begins where it is said to, with our text and the vendor's signature."""
        service = self.service()
        envelope = self.sent(service)
        self.simulator.sign_all(envelope.id)
        sealed = {item.slug: item for item in service.download(envelope.id)}
        assert sorted(sealed) == ["baa", "psa"]
        for slug, title in (("psa", "Example Agreement"), ("baa", "Example Annex")):
            reader = PdfReader(io.BytesIO(sealed[slug].signed))
            page = reader.pages[sealed[slug].first_page - 1]
            assert f"{title}, page 1, packet pkt_1" in page.extract_text()
            assert b"/ByteRange" in sealed[slug].signed
        separate = service.capabilities.separate_documents
        assert separate == (sealed["psa"].signed != sealed["baa"].signed)

    def test_sealing_takes_its_time(self) -> None:
        """Signed by all is not yet sealed: it is unavailable for a while, then there."""
        service = self.service()
        self.simulator.seal_waits = 20
        envelope = self.sent(service)
        self.simulator.sign_all(envelope.id)
        with pytest.raises(ServiceUnavailable):
            service.download(envelope.id)
        envelope.seal_waits = 0
        assert len(service.download(envelope.id)) == 2

    def test_the_services_own_record_comes_along(self) -> None:
        """Its certificate of completion, where it has one as a file."""
        service = self.service()
        envelope = self.sent(service)
        self.simulator.sign_all(envelope.id)
        records = service.records(envelope.id)
        assert bool(records) is service.capabilities.gives_record
        assert all(item.data.startswith(b"%PDF-") for item in records)
        assert all("/" not in item.name for item in records)

    def test_what_is_no_file_is_not_kept_as_a_record(self) -> None:
        """An answer of success that holds something else is waited out, as for the documents."""
        service = self.service()
        envelope = self.sent(service)
        self.simulator.sign_all(envelope.id)
        assert service.fetch(envelope.id).ended is Signal.FULLY_EXECUTED
        self.simulator.trouble(Trouble.BLANK, where="GET", times=20)
        if service.capabilities.gives_record:
            with pytest.raises(ServiceUnavailable):
                service.records(envelope.id)
        with pytest.raises((ServiceRejected, ServiceUnavailable)):
            service.download(envelope.id)

    def test_what_was_read_as_executed_is_handed_over_without_another_reading(self) -> None:
        """Services limit how often an envelope is asked after; one other envelope is not mixed up."""
        service = self.service()
        envelopes = [self.sent(service), self.sent_anew(service)]
        for envelope in envelopes:
            self.simulator.sign_all(envelope.id)
        for envelope in (*envelopes, envelopes[0]):
            self.simulator.exchanges.clear()
            assert service.fetch(envelope.id).ended is Signal.FULLY_EXECUTED
            read = {item.asked.path for item in self.simulator.exchanges}
            self.simulator.exchanges.clear()
            assert len(service.download(envelope.id)) == 2
            service.records(envelope.id)
            asked = [item.asked.path for item in self.simulator.exchanges]
            assert sum(path in read for path in asked) == self.reads_again
            assert all(envelope.id in path or path not in read for path in asked)

    def test_as_many_as_declared_are_read_by_one_question(self) -> None:
        """Where a service says how many it may be asked about at once, that costs one request."""
        service = self.service()
        most = service.capabilities.reads_at_once
        envelope = self.sent(service)
        self.simulator.exchanges.clear()
        service.fetch(envelope.id)
        alone = len(self.simulator.exchanges)
        strangers = [f"{envelope.id[:-3]}{number:03}" for number in range(1, most)]
        self.simulator.exchanges.clear()
        assert set(service.fetch_several([envelope.id, *strangers])) == {envelope.id}
        assert len(self.simulator.exchanges) == alone

    # How often the record of a vendor wants the envelope read once more.
    reads_again: ClassVar[int] = 0

    # Whose envelope ------------------------------------------------------------------------------

    @pytest.mark.parametrize("strange", STRANGE_IDS)
    def test_an_id_never_alters_what_is_asked(self, strange: str) -> None:
        """What is no id of the vendor's is no envelope, and the vendor is not asked."""
        service = self.service()
        envelope_id = strange.replace("{id}", service.send(request()))
        new = NewRecipient(name="Ann Other", title="Dean", email="ann@example.org")
        able, before = service.capabilities, len(self.simulator.exchanges)
        verbs: tuple[tuple[bool, Callable[[], object]], ...] = (
            (True, lambda: service.fetch(envelope_id)),
            (True, lambda: service.void(envelope_id, "Too early")),
            (able.remind, lambda: service.remind(envelope_id, "practice_1")),
            (able.reassign, lambda: service.reassign(envelope_id, "practice_1", new)),
            (able.signing_link, lambda: service.signing_link(envelope_id, "practice_1", HOME)),
            (True, lambda: service.download(envelope_id)),
            (able.gives_record, lambda: service.records(envelope_id)),
        )
        for declared, verb in verbs:
            if declared:
                with pytest.raises(NotFound):
                    verb()
        assert len(self.simulator.exchanges) == before

    def test_an_id_of_the_vendors_is_asked_for(self) -> None:
        """The control: whether there is such an envelope, the vendor says."""
        service = self.service()
        envelope_id = service.send(request())
        assert service.fetch(envelope_id).envelope_id == envelope_id
        del self.simulator.envelopes[envelope_id]
        before = len(self.simulator.exchanges)
        with pytest.raises(NotFound):
            service.fetch(envelope_id)
        assert len(self.simulator.exchanges) > before

    # Acts in between -----------------------------------------------------------------------------

    def test_a_reminder_reaches_the_person(self) -> None:
        """Where it is declared."""
        service = self.service()
        envelope = self.sent(service)
        self.clock.advance(timedelta(days=1))
        if service.capabilities.remind:
            service.remind(envelope.id, "practice_1")
        assert envelope.person("practice_1@example.org").reminded == int(
            service.capabilities.remind
        )

    def test_a_place_passes_to_another_person(self) -> None:
        """Where it is declared: the new person signs under the old key; who signed stays."""
        service = self.service()
        envelope = self.sent(service)
        if not service.capabilities.reassign:
            return
        new = NewRecipient(name="Ann Other", title="Dean", email="ann@example.org")
        service.reassign(envelope.id, "practice_1", new)
        assert envelope.person("ann@example.org").name == new.name
        seen = {item.key: item for item in service.fetch(envelope.id).recipients}
        assert seen["practice_1"].email == new.email  # by which a repeated order is known
        self.simulator.sign(envelope.id, "ann@example.org")
        seen = {item.key: item for item in service.fetch(envelope.id).recipients}
        assert seen["practice_1"].signed_at is not None
        with pytest.raises(ServiceRejected):
            service.reassign(envelope.id, "practice_1", replace(new, email="eve@example.org"))

    def test_whom_we_invite_the_service_does_not_write_to(self) -> None:
        """Where it gives addresses for signing; elsewhere nothing leaves, and a sentence says so."""
        service, asked = self.service(), invited(two_of_each())
        if not service.capabilities.signing_link:
            with pytest.raises(UnsupportedFeature, match="own letters"):
                service.check(asked)
            with pytest.raises(UnsupportedFeature, match="own letters"):
                service.send(asked)
            assert self.simulator.exchanges == []
            return
        assert self.simulator.envelopes[service.send(asked)].quiet
        assert not self.sent_anew(service).quiet

    def sent_anew(self, service: SigningService) -> Envelope:
        """Send an envelope to which the service invites."""
        return self.simulator.envelopes[service.send(two_of_each("k2"))]

    def test_a_link_leads_to_the_vendors_page(self) -> None:
        """For whose turn it is, in the order of signing, and to nobody once they have signed."""
        service = self.service()
        if not service.capabilities.signing_link:
            return
        envelope = self.simulator.envelopes[service.send(invited(two_of_each()))]
        for key, name in (("practice_1", "Dana Example"), ("pso", "Kim Sample")):
            assert name in opened(service.signing_link(envelope.id, key, HOME))
            if key == "practice_1":
                with pytest.raises(ServiceRejected):
                    service.signing_link(envelope.id, "pso", HOME)
            self.simulator.sign(envelope.id, f"{key}@example.org")
            with pytest.raises(ServiceRejected):
                service.signing_link(envelope.id, key, HOME)

    def test_a_link_ends_where_that_is_declared(self) -> None:
        """It is opened once, and within minutes; elsewhere whoever had it can come back."""
        service = self.service()
        if not service.capabilities.signing_link:
            return
        envelope_id = service.send(invited(request()))
        link = service.signing_link(envelope_id, "practice_1", HOME)
        assert opened(link)
        late = service.signing_link(envelope_id, "practice_1", HOME)
        self.clock.advance(timedelta(minutes=6))
        ends = service.capabilities.ending_link
        assert [bool(opened(link)), bool(opened(late))] == [not ends, not ends]
        assert opened(service.signing_link(envelope_id, "practice_1", HOME))

    def test_whoever_takes_a_place_is_invited_by_us_too(self) -> None:
        """The service writes to neither of the two, and the new person gets a page of their own."""
        service = self.service()
        if not (service.capabilities.signing_link and service.capabilities.reassign):
            return
        envelope = self.simulator.envelopes[service.send(invited(two_of_each()))]
        self.simulator.view(envelope.id, "practice_1@example.org")
        new = NewRecipient(name="Ann Other", title="Dean", email="ann@example.org")
        service.reassign(envelope.id, "practice_1", new)
        assert new.name in opened(service.signing_link(envelope.id, "practice_1", HOME))
        assert [it.reminded for it in envelope.people] == [0, 0]

    # Callbacks -----------------------------------------------------------------------------------

    def received(self, letter: Letter) -> RawCallback:
        """Give a letter as our endpoint receives it."""
        return RawCallback(
            headers={name.lower(): value for name, value in letter.headers.items()},
            body=letter.body,
            received_at=self.clock.now(),
            query=urlsplit(letter.url).query,
        )

    def told(self, service: SigningService, mode: Delivery = Delivery.NORMAL) -> list[Signal]:
        """Believe and translate every callback on its way."""
        events = [
            event
            for letter in self.simulator.letters(mode)
            for event in service.parse(service.verify(self.received(letter)))
        ]
        assert {item.envelope_id for item in events} <= set(self.simulator.envelopes)
        return [item.signal for item in events]

    def test_the_vendors_callbacks_are_believed_and_understood(self) -> None:
        """Through a whole signing, then each other ending."""
        service = self.service()
        envelope = self.sent(service)
        self.simulator.view(envelope.id, envelope.turn[0].id)
        self.simulator.sign_all(envelope.id)
        signals = self.told(service)
        for happening in (Happening.SENT, Happening.VIEWED, Happening.SIGNED, Happening.COMPLETED):
            if happening in self.tells:
                assert self.tells[happening] in signals
        for number, happening in enumerate(
            (Happening.DECLINED, Happening.VOIDED, Happening.EXPIRED)
        ):
            one = service.send(request(f"e{number}"))
            self.told(service)
            if happening is Happening.DECLINED:
                self.simulator.decline(one, "practice_1@example.org", "No")
            elif happening is Happening.VOIDED:
                service.void(one, "Too early")
            else:
                self.simulator.expire(one)
            if happening in self.tells:
                assert self.tells[happening] in self.told(service)

    def test_a_callback_added_since_is_kept_as_unknown(self) -> None:
        """What the vendor invents later is believed, kept, and moves nothing."""
        service = self.service()
        envelope = self.sent(service)
        self.told(service)
        self.simulator.tell(envelope, Happening.NEWS)
        assert self.told(service) == [Signal.UNKNOWN]

    def test_a_report_delivered_twice_has_one_id(self) -> None:
        """So the inbox keeps it once."""
        service = self.service()
        self.sent(service)
        self.simulator.waiting = self.simulator.waiting[-1:]
        first, again = self.simulator.letters(Delivery.DOUBLED)
        ids = {service.verify(self.received(item)).delivery_id for item in (first, again)}
        assert len(ids) == 1

    def test_kept_headers_hold_no_secret(self) -> None:
        """What the history keeps of a callback's headers may be shown to an auditor."""
        service = self.service()
        self.sent(service)
        [letter, *_] = self.simulator.letters()
        raw = self.received(letter)
        kept = [raw.headers.get(name, "") for name in service.capabilities.kept_headers]
        assert not any(word in text for text in kept for word in SECRET_WORDS)
        assert not any(word in service.verify(raw).body.decode() for word in SECRET_WORDS)
