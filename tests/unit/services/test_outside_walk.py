"""A packet's whole way through an outside signing service, with everything that goes wrong there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import pytest

from docgen.domain.packet import PacketState
from docgen.errors import NotAllowed, Refused, ServiceUnavailable, UnsupportedFeature
from docgen.ports.esign import RawCallback
from docgen.ports.service_account import ServiceAccount
from docgen.services.ceremony.desk import Desk
from docgen.services.file import file_packet
from docgen.services.parked import parked_words
from docgen.services.reassign import NewSigner, give_place_outside, reassign, signers_now
from docgen.services.receive import answer, refresh
from docgen.services.remind import remind
from docgen.services.send import send
from docgen.services.sweep import sweep
from docgen.services.withdraw import withdraw
from integrations.archive.fake import FakeArchive
from integrations.esign.docusign.provider import DocusignService
from integrations.esign.embedded.service import EmbeddedService
from integrations.simulators.docusign import DocusignSimulator
from integrations.simulators.envelope import Ending
from integrations.simulators.mischief import Delivery, Handing, Trouble
from integrations.simulators.seal import root_pem
from integrations.system.clock import StandingClock
from tests.integrations.esign.keys import PRIVATE_KEY, PUBLIC_KEY
from tests.unit.services.test_file_service import verified
from tests.unit.services.walk import COORDINATOR, Crash, CrashingLedger, approved, kinds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office
    from integrations.simulators.envelope import Envelope

SECRET = "s3cret-docusign"  # noqa: S105  # the simulator's
URL = "http://testserver/callbacks/docusign"
QUARTER = timedelta(minutes=16)


@pytest.fixture
def vendor(office: Office) -> Iterator[DocusignSimulator]:
    """Run DocuSign's simulator by the office's clock."""
    with DocusignSimulator(public_key=PUBLIC_KEY, secret=SECRET, now=office.clock.now) as running:
        yield running


@pytest.fixture
def site(office: Office, vendor: DocusignSimulator) -> Office:
    """Connect the office with it."""
    account = ServiceAccount(
        service="docusign",
        options={"address": vendor.url, "integration_key": "key", "user_id": "user"},
        secrets={"private_key": (PRIVATE_KEY,), "callback_secret": (SECRET,)},
    )
    service = DocusignService.open(account, now=office.clock.now, callback_url=URL, loopback=True)
    embedded = EmbeddedService(Desk(office), [office.rules.callback_secret])
    return replace(
        office,
        services={embedded.key: embedded, service.key: service},
        archive=FakeArchive(),
        rules=replace(office.rules, service_roots=(root_pem("DocuSign").decode(),)),
    )


def asked(site: Office, packet: Packet) -> None:
    """Approve the packet and decide to send it through DocuSign; nothing has left yet."""
    approved(site, packet)
    send(site, packet.id, COORDINATOR, "docusign")


def out(site: Office, packet: Packet, vendor: DocusignSimulator) -> Envelope:
    """Send it; give the vendor's envelope."""
    asked(site, packet)
    sweep(site)
    [envelope] = vendor.envelopes.values()
    return envelope


def deliver(site: Office, vendor: DocusignSimulator, mode: Delivery = Delivery.NORMAL) -> None:
    """Bring the callbacks that are on their way to our endpoint."""
    for letter in vendor.letters(mode):
        raw = RawCallback(
            headers={name.lower(): value for name, value in letter.headers.items()},
            body=letter.body,
            received_at=site.clock.now(),
            query=urlsplit(letter.url).query,
        )
        assert answer(site, "docusign", raw).body


def pass_time(site: Office, by: timedelta) -> None:
    """Let time pass, then sweep until nothing is due."""
    cast("StandingClock", site.clock).advance(by)
    for _ in range(4):
        sweep(site)


@pytest.mark.parametrize("mode", list(Delivery))
def test_from_sending_to_a_bundle_that_holds(
    site: Office, packet: Packet, vendor: DocusignSimulator, tmp_path: Path, mode: Delivery
) -> None:
    """Whatever becomes of the callbacks; with all of them lost, by re-reading alone."""
    envelope = out(site, packet, vendor)
    assert envelope.packet_id == packet.id
    vendor.view(envelope.id, envelope.turn[0].id)
    pass_time(site, timedelta(minutes=1))
    vendor.sign_all(envelope.id)
    deliver(site, vendor, mode)
    pass_time(site, timedelta(minutes=1))
    for _ in range(3):
        pass_time(site, QUARTER)
    after = site.ledger.packets.get(packet.id)
    assert after.state is PacketState.ARCHIVED
    assert verified(site, site.archive.open(after.bundle_sha256), tmp_path) == 0
    told = kinds(site, packet.id)
    assert told.count("packet.sent") == told.count("packet.executed") == 1
    assert vendor.faults == []


@pytest.mark.parametrize("trouble", [Trouble.BROKEN_AFTER, Trouble.HALF, Trouble.BROKEN])
def test_nothing_goes_twice_when_the_answer_is_lost(
    site: Office, packet: Packet, vendor: DocusignSimulator, trouble: Trouble
) -> None:
    """The next try looks first, and finds what was done."""
    asked(site, packet)
    vendor.trouble(trouble, where="POST /restapi")
    assert sweep(site).failures
    assert site.ledger.packets.get(packet.id).state is PacketState.SENDING
    pass_time(site, timedelta(minutes=5))
    assert site.ledger.packets.get(packet.id).state is PacketState.SENT
    assert len(vendor.envelopes) == 1


def test_an_outage_parks_the_packet_and_passes(
    site: Office, packet: Packet, vendor: DocusignSimulator
) -> None:
    """Hours of errors; then it is sent, once."""
    asked(site, packet)
    vendor.trouble(Trouble.BROKEN, times=1000)
    for _ in range(5):
        pass_time(site, timedelta(hours=1))
    waiting = site.ledger.packets.get(packet.id)
    assert waiting.state is PacketState.SENDING
    assert not vendor.envelopes
    words = parked_words(site, waiting)
    assert "docusign has not taken this packet yet" in words
    assert "next at 2026-11-2" in words
    vendor.troubles.clear()
    pass_time(site, timedelta(hours=6))
    sent = site.ledger.packets.get(packet.id)
    assert sent.state is PacketState.SENT
    assert parked_words(site, sent) == ""
    assert len(vendor.envelopes) == 1


def test_who_asked_for_a_void_that_comes_late_is_kept(
    site: Office, packet: Packet, vendor: DocusignSimulator
) -> None:
    """The service does not answer; it is voided there later, and the history knows who wanted it."""
    out(site, packet, vendor)
    vendor.trouble(Trouble.BROKEN_AFTER, where="PUT")
    with pytest.raises(ServiceUnavailable):
        withdraw(site, packet.id, COORDINATOR, "Sent too early.")
    for _ in range(2):
        pass_time(site, QUARTER)
    assert site.ledger.packets.get(packet.id).state is PacketState.VOIDED
    [asked] = [it for it in site.ledger.history.of(packet.id) if it.kind == "packet.void_asked"]
    assert (asked.actor, asked.details["reason"]) == ("user:coordinator", "Sent too early.")


def test_who_asked_for_a_void_is_kept_though_the_process_dies_over_it(
    site: Office, packet: Packet, vendor: DocusignSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written down before the service is asked."""
    envelope = out(site, packet, vendor)

    def dying(*_: Any) -> None:
        vendor.end(envelope, Ending.VOIDED)
        raise Crash

    monkeypatch.setattr(DocusignService, "void", dying)
    with pytest.raises(Crash):
        withdraw(site, packet.id, COORDINATOR, "Sent too early.")
    pass_time(site, QUARTER)
    assert site.ledger.packets.get(packet.id).state is PacketState.VOIDED
    assert kinds(site, packet.id).count("packet.void_asked") == 1


def test_a_limit_is_waited_out(site: Office, packet: Packet, vendor: DocusignSimulator) -> None:
    """DocuSign says twenty minutes: nothing is asked before, everything after."""
    asked(site, packet)
    vendor.trouble(Trouble.THROTTLED, where="/envelopes")
    sweep(site)
    before = len(vendor.exchanges)
    pass_time(site, timedelta(minutes=10))
    assert len(vendor.exchanges) == before
    pass_time(site, timedelta(minutes=11))
    assert site.ledger.packets.get(packet.id).state is PacketState.SENT


def test_polling_keeps_to_the_vendors_period(
    site: Office, packet: Packet, vendor: DocusignSimulator
) -> None:
    """However often the sweep runs, an envelope stands in a list about once a quarter of an hour."""
    envelope = out(site, packet, vendor)
    vendor.exchanges.clear()
    for _ in range(90):
        pass_time(site, timedelta(minutes=1))
    asked = [item.asked for item in vendor.exchanges]
    assert 5 <= sum(one.query.get("envelope_ids") == envelope.id for one in asked) <= 7
    assert not any(one.path.endswith(envelope.id) for one in asked)


def test_an_unsigned_end_is_followed(
    site: Office, packet: Packet, vendor: DocusignSimulator
) -> None:
    """A decline at DocuSign is a declined packet, with its reason in the history."""
    envelope = out(site, packet, vendor)
    vendor.decline(envelope.id, envelope.turn[0].id, "We have another PSO.")
    deliver(site, vendor)
    sweep(site)
    assert site.ledger.packets.get(packet.id).state is PacketState.DECLINED
    [told] = [it for it in site.ledger.history.of(packet.id) if it.kind == "packet.declined"]
    assert told.details["reason"] == "We have another PSO."


def test_taking_back_voids_it_there(
    site: Office, packet: Packet, vendor: DocusignSimulator
) -> None:
    """The coordinator's void reaches DocuSign, with the reason."""
    envelope = out(site, packet, vendor)
    withdraw(site, packet.id, COORDINATOR, "Sent too early.")
    assert envelope.reason == "Sent too early."
    assert site.ledger.packets.get(packet.id).state is PacketState.VOIDED


def test_a_reminder_goes_through_the_service(
    site: Office, packet: Packet, vendor: DocusignSimulator
) -> None:
    """At most once a day, and only to whoever signs next."""
    envelope = out(site, packet, vendor)
    with pytest.raises(Refused):
        remind(site, packet.id, COORDINATOR)
    pass_time(site, timedelta(days=1))
    first = envelope.turn[0]
    assert remind(site, packet.id, COORDINATOR) == (first.key,)
    with pytest.raises(Refused):
        remind(site, packet.id, COORDINATOR)
    sweep(site)
    assert [item.reminded for item in envelope.people] == [
        int(item is first) for item in envelope.people
    ]


def test_a_place_is_given_to_another_person_there(
    site: Office, packet: Packet, vendor: DocusignSimulator, tmp_path: Path
) -> None:
    """The new person signs; the bundle names them; nobody signs for both sides."""
    envelope = out(site, packet, vendor)
    key, keys = envelope.turn[0].key, {item.key for item in envelope.people}
    [other] = keys - {key}
    new = NewSigner(
        name="Ann Other", title="Dean", email="ann@example.org", reason="On leave since May."
    )
    pso = envelope.person(other).email
    for email in (pso, site.pso_settings.signatory.email):
        with pytest.raises(NotAllowed):
            reassign(site, packet.id, key, replace(new, email=email), COORDINATOR)
    reassign(site, packet.id, key, new, COORDINATOR)
    sweep(site)
    assert envelope.person(key).email == "ann@example.org"
    vendor.sign_all(envelope.id)
    deliver(site, vendor)
    pass_time(site, timedelta(minutes=1))
    after = site.ledger.packets.get(packet.id)
    bundle = site.archive.open(after.bundle_sha256)
    assert b"Ann Other" in bundle
    assert verified(site, bundle, tmp_path) == 0


NEW = NewSigner(name="Ann Other", title="Dean", email="ann@example.org", reason="On leave.")


def corrections(vendor: DocusignSimulator) -> int:
    """Count how often DocuSign was asked to change a recipient."""
    return sum(
        item.asked.method == "PUT" and item.asked.path.endswith("/recipients")
        for item in vendor.exchanges
    )


@pytest.mark.parametrize("trouble", [None, Trouble.BROKEN_AFTER, Trouble.HALF])
def test_another_person_is_put_in_once_whatever_is_lost(
    site: Office, packet: Packet, vendor: DocusignSimulator, trouble: Trouble | None
) -> None:
    """Ordered before it is asked; after a lost answer, or a crash after the work, it is looked."""
    envelope = out(site, packet, vendor)
    key = envelope.turn[0].key
    reassign(site, packet.id, key, NEW, COORDINATOR)
    assert corrections(vendor) == 0
    assert "signer.reassigned" not in kinds(site, packet.id)
    if trouble is not None:
        vendor.trouble(trouble, where="PUT")
        sweep(site)
    else:
        crashing = CrashingLedger(site.ledger, crashes=1)
        crashing.armed = True
        dying: Any = replace(site, ledger=crashing)  # type: ignore[arg-type]  # a double
        [errand] = [it for it in site.ledger.errands.open() if it.kind == "reassign"]
        with pytest.raises(Crash):
            give_place_outside(dying, errand.payload)
    assert "signer.reassigned" not in kinds(site, packet.id)
    pass_time(site, timedelta(minutes=10))
    assert corrections(vendor) == 1
    assert envelope.person(key).email == NEW.email
    assert kinds(site, packet.id).count("signer.reassigned") == 1
    assert signers_now(site, site.ledger.packets.get(packet.id))[key] == (NEW.name, NEW.title)


def test_a_place_is_given_once_at_a_time(
    site: Office, packet: Packet, vendor: DocusignSimulator
) -> None:
    """Attack: a second order could overtake the first. The control: once it is done, the next goes."""
    envelope = out(site, packet, vendor)
    key = envelope.turn[0].key
    later = replace(NEW, name="Noor Later", email="later@example.org")
    reassign(site, packet.id, key, NEW, COORDINATOR)
    with pytest.raises(Refused, match="being asked already"):
        reassign(site, packet.id, key, later, COORDINATOR)
    sweep(site)
    assert envelope.person(key).email == NEW.email
    reassign(site, packet.id, key, later, COORDINATOR)
    sweep(site)
    assert envelope.person(key).email == later.email
    first, second = (
        (item.details["before"], item.details["after"])
        for item in site.ledger.history.of(packet.id)
        if item.kind == "signer.reassigned"
    )
    assert second[0] == first[1] == {"name": NEW.name, "title": NEW.title, "email": NEW.email}


@pytest.mark.parametrize("is_done", [False, True])
def test_nobody_comes_into_two_places(
    site: Office, packet: Packet, vendor: DocusignSimulator, *, is_done: bool
) -> None:
    """Attack: whoever was put in one place, or is about to be, is named for another as well."""
    envelope = out(site, packet, vendor)
    one, other = (item.key for item in envelope.people)
    planned = envelope.person(one).email
    reassign(site, packet.id, one, NEW, COORDINATOR)
    if is_done:
        sweep(site)
    twice = replace(NEW, email="ANN@example.org")
    with pytest.raises(NotAllowed, match="each signer needs their own"):
        reassign(site, packet.id, other, twice, COORDINATOR)
    if is_done:  # the control: whoever left a place may come back into it
        back = replace(NEW, name="Back Again", email=planned)
        reassign(site, packet.id, one, back, COORDINATOR)
        sweep(site)
        assert envelope.person(one).email == planned


def test_who_signs_after_a_crash_is_known_before_it_is_filed(
    site: Office, packet: Packet, vendor: DocusignSimulator
) -> None:
    """The new person signs before the order is looked at again: the evidence names them."""
    envelope = out(site, packet, vendor)
    key = envelope.turn[0].key
    reassign(site, packet.id, key, NEW, COORDINATOR)
    vendor.trouble(Trouble.BROKEN_AFTER, where="PUT")
    sweep(site)
    vendor.sign_all(envelope.id)
    refresh(site, packet.id)
    assert "signer.reassigned" not in kinds(site, packet.id)
    file_packet(site, {"packet_id": packet.id})
    found = kinds(site, packet.id)
    assert found.index("signer.reassigned") < found.index("packet.executed")
    [told] = [
        item.details["name"]
        for item in site.ledger.history.of(packet.id)
        if item.kind == "signer.reported" and item.details["recipient"] == key
    ]
    assert told == NEW.name
    assert corrections(vendor) == 1


def test_who_signed_meanwhile_stays_and_the_order_is_noted_as_refused(
    site: Office, packet: Packet, vendor: DocusignSimulator
) -> None:
    """The service says no for good; nobody else is named in the evidence."""
    envelope = out(site, packet, vendor)
    key, before = envelope.turn[0].key, envelope.turn[0].name
    reassign(site, packet.id, key, NEW, COORDINATOR)
    vendor.sign(envelope.id, key)
    sweep(site)
    assert kinds(site, packet.id).count("signer.reassign_failed") == 1
    assert "signer.reassigned" not in kinds(site, packet.id)
    assert signers_now(site, site.ledger.packets.get(packet.id))[key][0] == before
    for _ in range(2):
        pass_time(site, QUARTER)  # by then it is known here that they signed
    with pytest.raises(Refused, match="signed or declined already"):
        reassign(site, packet.id, key, NEW, COORDINATOR)


def test_what_the_service_cannot_carry_is_refused_before_anything_is_decided(
    site: Office, packet: Packet, vendor: DocusignSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused send leaves the packet approved and the vendor unasked."""
    small = replace(DocusignService.capabilities, most_documents=1)
    monkeypatch.setattr(DocusignService, "capabilities", small)
    approved(site, packet)
    with pytest.raises(UnsupportedFeature, match="at most 1 documents"):
        send(site, packet.id, COORDINATOR, "docusign")
    assert site.ledger.packets.get(packet.id).state is PacketState.APPROVED
    assert vendor.exchanges == []


@pytest.mark.parametrize(
    ("kind", "aside"),
    [(Handing.STRANGER, True), (Handing.ALTERED, True), (Handing.UNSIGNED, False)],
)
def test_what_is_not_ours_or_not_sealed_is_never_archived(
    site: Office, packet: Packet, vendor: DocusignSimulator, kind: Handing, *, aside: bool
) -> None:
    """Under DocuSign's true seal it is set aside for a person; what has no seal yet is awaited."""
    vendor.handing = kind
    envelope = out(site, packet, vendor)
    vendor.sign_all(envelope.id)
    deliver(site, vendor)
    pass_time(site, timedelta(minutes=1))
    after = site.ledger.packets.get(packet.id)
    assert after.state is PacketState.FULLY_EXECUTED
    assert after.executed == ()
    assert ("packet.quarantined" in kinds(site, packet.id)) is aside
    assert not cast("FakeArchive", site.archive).objects
