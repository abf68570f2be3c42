"""Packets on the desk: what each person sees and does, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.canonical import sha256_hex
from docgen.domain.packet import PacketState
from docgen.services.asked import ask_to_reassign
from docgen.services.ceremony.invite import signing_link
from docgen.services.reassign import NewSigner
from docgen.services.receive import refresh
from docgen.services.sweep import run_due
from docgen.services.withdraw import withdraw
from tests.app.desk.staff import ONCE
from tests.unit.services.walk import sent, with_fake

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

QUERIES_OF_LIST = 12
QUERIES_OF_RECORD = 30


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as a draft."""
    return desk.packet()


def approve(desk: Desk, packet: Packet, key: str = "coordinator", **changed: str) -> str:
    """Approve as this person; give the page that follows."""
    at = f"/desk/packets/{packet.id}"
    fields = {"looked": "yes", "checksum": packet.plan.checksum, **changed}
    client = desk.as_(key)
    desk.send(client, f"{at}/approve", page=at, **fields)
    return client.get(at).content.decode()


def test_the_list_finds_by_practice_and_state(desk: Desk, packet: Packet) -> None:
    """Words, state and kind narrow the list; what fits nothing says so."""
    client = desk.as_("coordinator")
    for narrowed in ("", "?q=lakeside", "?state=draft", "?kind=contracting&on=coordinator"):
        assert packet.id in client.get(f"/desk/packets{narrowed}").content.decode()
    for other in ("?q=nobody-of-this-name", "?state=sent", "?kind=onboarding"):
        page = client.get(f"/desk/packets{other}").content.decode()
        assert packet.id not in page
        assert "Nothing fits" in page


@pytest.mark.parametrize(
    "given", ["?page=0", "?page=x", "?page=99999999999", "?sort=nonsense", "?state=;--"]
)
@pytest.mark.usefixtures("packet")
def test_an_odd_address_is_answered(desk: Desk, given: str) -> None:
    """What a filter does not know asks for nothing."""
    assert desk.as_("auditor").get(f"/desk/packets{given}").status_code == 200


def test_the_line_from_draft_to_signature(desk: Desk, packet: Packet) -> None:
    """Approve, send, remind too soon, void: each act is offered when it is possible."""
    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    assert "Approve the plan" in client.get(at).content.decode()
    assert "Send to the signers" in approve(desk, packet)
    desk.send(client, f"{at}/send", page=at)
    assert run_due(desk.office) == ()
    run_due(desk.office)
    assert desk.office.ledger.packets.get(packet.id).state is PacketState.SENT
    desk.send(client, f"{at}/remind", page=at)
    assert "Nobody is to be reminded now" in client.get(at).content.decode()
    desk.send(client, f"{at}/take-back", page=at, reason="Wrong address.")
    assert desk.office.ledger.packets.get(packet.id).state is PacketState.VOIDED
    assert "packet.taken_back" in desk.history(packet.id)


def test_whoever_takes_a_packet_back_is_told_who_reads_why(desk: Desk, packet: Packet) -> None:
    """Both forms say so of a packet that is out; one that never went out has no such readers."""
    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    told = "the signers see it"
    assert told not in client.get(at).content.decode()
    approve(desk, packet)
    desk.send(client, f"{at}/send", page=at)
    run_due(desk.office)
    assert client.get(at).content.decode().count(told) == 2


def test_a_packet_that_its_service_has_not_taken_says_when_it_is_tried_again(desk: Desk) -> None:
    """Parked in an outage; the control: before the first try failed there is nothing to say."""
    packet, office = desk.packet(PacketState.SENDING), desk.office
    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    with office.ledger.transaction():
        office.ask(f"send:{packet.id}", "send", packet_id=packet.id)
    assert "has not taken this packet yet" not in client.get(at).content.decode()
    errand = office.ledger.errands.take_one(f"send:{packet.id}", office.clock.now(), lease_s=60)
    assert errand is not None
    office.ledger.errands.again(errand.key, office.clock.now() + timedelta(minutes=10))
    page = client.get(at).content.decode()
    assert "has not taken this packet yet: it was tried once" in page
    assert "nothing is lost and nothing goes twice" in page


def test_a_void_asks_its_service_outside_any_transaction(
    desk: Desk, packet: Packet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow service would keep everybody from writing; sent twice, the form does it once."""
    from django.db import connection

    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    held: list[bool] = []

    def watched(*given: Any) -> Packet:
        held.append(connection.in_atomic_block)
        return withdraw(*given)

    monkeypatch.setattr("docgen.web.desk.packets.acts.withdraw", watched)
    found = ONCE.search(client.get(at).content.decode())
    assert found is not None
    form = {"reason": "Wrong address.", "once": found.group(1)}
    first = client.post(f"{at}/take-back", form)
    again = client.post(f"{at}/take-back", form)
    assert first.headers["Location"] == again.headers["Location"] == at
    assert "not done a second time" in client.get(at).content.decode()
    assert desk.history(packet.id).count("packet.taken_back") == 1
    assert held == [False]


def test_an_approval_names_its_sign_in(desk: Desk, packet: Packet) -> None:
    """What is recorded is how the person signed in, never "claimed"."""
    approve(desk, packet)
    (approval,) = desk.office.ledger.packets.approvals(packet.id)
    assert approval.person == "coordinator"
    assert approval.authentication != "claimed"


def test_a_double_click_sends_once(desk: Desk, packet: Packet) -> None:
    """The same form twice: one sending, and both answers lead to the same page."""
    approve(desk, packet)
    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    found = ONCE.search(client.get(at).content.decode())
    assert found is not None
    answers = [client.post(f"{at}/send", {"once": found.group(1)}) for _ in range(2)]
    assert [item.status_code for item in answers] == [302, 302]
    assert desk.history(packet.id).count("packet.sending") == 1


@pytest.mark.parametrize("changed", [{"looked": ""}, {"checksum": "0" * 64}, {"checksum": ""}])
def test_an_approval_of_what_was_not_seen_is_refused(
    desk: Desk, packet: Packet, changed: dict[str, str]
) -> None:
    """Without the tick, or with another plan's checksum, nothing is approved."""
    approve(desk, packet, **changed)
    assert desk.office.ledger.packets.get(packet.id).state is PacketState.DRAFT


@pytest.mark.parametrize("key", ["auditor", "pso_countersigner", "administrator"])
def test_others_cannot_act(desk: Desk, packet: Packet, key: str) -> None:
    """Roles that only read, or do not even that, are refused by the table and by the service."""
    client = desk.as_(key)
    for act in ("approve", "send", "remind", "take-back", "signers/pso"):
        assert (
            client.post(f"/desk/packets/{packet.id}/{act}", {"once": "x" * 32}).status_code == 403
        )
    assert desk.office.ledger.packets.get(packet.id).state is PacketState.DRAFT


def test_a_batch_tells_each_result(desk: Desk, packet: Packet) -> None:
    """Picked packets are sent, refusals say why, and the page tells how far it is."""
    client = desk.as_("coordinator")
    answer = desk.send(
        client, "/desk/packets/act", page="/desk/packets", packet=[packet.id], act="send"
    )
    at = answer["Location"]
    assert "0 of 1" in client.get(at).content.decode()
    run_due(desk.office)
    page = client.get(at).content.decode()
    assert "1 of 1 could not be done" in page
    assert "approval" in page


@pytest.mark.usefixtures("packet")
def test_picking_nothing_is_said(desk: Desk) -> None:
    """No line picked: a sentence, and no batch."""
    client = desk.as_("coordinator")
    desk.send(client, "/desk/packets/act", page="/desk/packets", act="send")
    assert "Choose at least one" in client.get("/desk/packets").content.decode()
    assert desk.office.ledger.batches.latest(1) == []


def test_documents_are_read_and_fetched(desk: Desk, packet: Packet) -> None:
    """The reading view, the pages' digest and both files of each document; nobody may frame them."""
    client, at = desk.as_("legal_approver"), f"/desk/packets/{packet.id}"
    for item in packet.rendered:
        page = client.get(f"{at}/documents/{item.slug}")
        assert page.status_code == 200
        assert f'data-sha256="{item.pdf_sha256}"' in page.content.decode()
        pdf = client.get(f"{at}/files/{item.slug}.pdf?shown={item.pdf_sha256}")
        assert sha256_hex(pdf.content) == item.pdf_sha256
        for answer in (page, pdf):
            assert "frame-src" not in answer["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
            assert answer["X-Frame-Options"] == "DENY"
        assert client.get(f"{at}/files/{item.slug}.docx").content.startswith(b"PK")
    assert client.get(f"{at}/files/psa.exe").status_code == 404
    assert client.get(f"{at}/documents/none").status_code == 404


def test_a_signer_is_reassigned_with_care(desk: Desk, packet: Packet) -> None:
    """Without the word that authority was checked nothing changes; with it, the link moves."""
    approve(desk, packet)
    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    desk.send(client, f"{at}/send", page=at)
    for _ in range(2):
        run_due(desk.office)
    key = packet.plan.recipients[0].key
    place = f"{at}/signers/{key}"
    fields = {"name": "Noor Sample", "title": "CEO", "email": "noor@example.org", "reason": "Left."}
    refused = desk.send(client, place, **fields)
    assert refused.status_code == 422
    assert desk.history(packet.id).count("signer.reassigned") == 0
    assert desk.send(client, place, **fields, authority="on").status_code == 302
    assert desk.history(packet.id).count("signer.reassigned") == 1
    assert "Noor Sample" in client.get(at).content.decode()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("confirm", "signer.reassigned"), ("refuse", "signer.reassign_refused")],
)
def test_who_is_named_instead_is_answered_once(
    desk: Desk, packet: Packet, answer: str, kind: str
) -> None:
    """The page shows the request; one answer is given, and the page shows none afterwards."""
    approve(desk, packet)
    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    desk.send(client, f"{at}/send", page=at)
    for _ in range(2):
        run_due(desk.office)
    key = packet.plan.recipients[0].key
    envelope = desk.office.ledger.packets.get(packet.id).envelope_id
    ceremony = desk.office.ledger.ceremonies.get(envelope)
    link = signing_link(desk.office, ceremony, ceremony.signer(key))
    wanted = NewSigner(name="Noor Sample", title="CEO", email="noor@example.org", reason="So.")
    ask_to_reassign(desk.office, link.rpartition("/")[2], wanted)
    assert "Confirm and reassign to Noor Sample" in client.get(at).content.decode()
    place = f"{at}/signers/{key}/asked"
    for number in ("x", "2"):
        desk.send(client, place, page=at, number=number, answer="confirm")
    assert desk.history(packet.id).count("signer.reassigned") == 0
    for _ in range(2):
        desk.send(client, place, page=at, number="1", answer=answer, reason="She left.")
    assert desk.history(packet.id).count(kind) == 1
    assert "Confirm and reassign" not in client.get(at).content.decode()


def test_pages_ask_the_database_a_fixed_number_of_times(desk: Desk, packet: Packet) -> None:
    """However many lines, the list takes the same queries."""
    client = desk.as_("coordinator")
    assert desk.queries(client, "/desk/packets") <= QUERIES_OF_LIST
    assert desk.queries(client, f"/desk/packets/{packet.id}") <= QUERIES_OF_RECORD


def test_a_packet_taken_back_to_be_corrected_leads_to_the_form(desk: Desk, packet: Packet) -> None:
    """Void leads back to the packet, correct on to the form, where generating waits for it."""
    desk.office.ledger.packets.save(replace(packet, state=PacketState.APPROVED))
    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    form_at = f"/desk/enrollments/{packet.plan.enrollment_id}/form"
    assert "Generate it again" not in client.get(form_at).content.decode()
    refused = desk.send(client, f"{at}/take-back", page=at, then="correct", reason=" ")
    assert refused.headers["Location"] == at
    answer = desk.send(client, f"{at}/take-back", page=at, then="correct", reason="Wrong.")
    assert answer.headers["Location"] == form_at
    shown = client.get(form_at).content.decode()
    assert "Correct the form now." in shown
    assert "Generate it again as a new packet" in shown
    for place in (f"{form_at}/practice", f"{form_at}/contacts"):
        assert f'href="{form_at}#again"' in client.get(place).content.decode()


def test_a_packet_that_was_replaced_offers_no_other(desk: Desk, packet: Packet) -> None:
    """Its page leads to what took its place; until then it offers to generate that."""
    desk.office.ledger.packets.save(replace(packet, state=PacketState.VOIDED))
    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    assert "Generate a new packet" in client.get(at).content.decode()
    newer = replace(packet, id="pkt_newer", supersedes=packet.id, state=PacketState.DRAFT)
    desk.office.ledger.packets.add(newer)
    shown = client.get(at).content.decode()
    assert "Generate a new packet" not in shown
    assert 'href="/desk/packets/pkt_newer"' in shown
    told = client.get("/desk/packets/pkt_newer").content.decode()
    assert "What changed since the packet it replaces" in told
    assert "The form says the same" in told


def test_who_waits_for_one_packet_is_led_to_it(desk: Desk) -> None:
    """The batch of one practice ends at its packet; its own page stays for looking back."""
    client, enrollment = desk.as_("coordinator"), desk.enrollment.enrollment_id
    page = f"/desk/enrollments/{enrollment}"
    batch = desk.send(client, f"{page}/generate", page=page, kind="contracting").headers["Location"]
    waiting = client.get(batch, headers={"HX-Request": "true"})
    assert "HX-Redirect" not in waiting.headers
    run_due(desk.office)
    (made,) = desk.office.ledger.packets.of_enrollment(enrollment)
    done = client.get(batch, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == f"/desk/packets/{made.id}"
    assert "Open the packet" in client.get(batch).content.decode()


def test_who_declined_and_why_stands_on_the_page(desk: Desk, packet: Packet) -> None:
    """In the signer's words; before, the page tells nothing of the kind."""
    page = approve(desk, packet)
    assert "Declined to sign" not in page
    office = desk.office
    with office.ledger.transaction():
        key = packet.plan.recipients[0].key
        reason = "Section 3 names <b>another</b> entity."
        office.note(packet.id, "signer.declined", f"signer:{key}", reason=reason)
        stored = office.ledger.packets.get(packet.id)
        office.ledger.packets.save(replace(stored, state=PacketState.DECLINED))
    page = desk.as_("coordinator").get(f"/desk/packets/{packet.id}").content.decode()
    assert "Declined to sign" in page
    assert "Section 3 names &lt;b&gt;another&lt;/b&gt; entity." in page


def test_somebody_elses_signature_is_the_coordinators_to_settle(desk: Desk, packet: Packet) -> None:
    """The page says who is waited for, what the signer said, and what to do."""
    office, key = desk.office, packet.plan.recipients[0].key
    name = packet.plan.recipients[0].name
    with office.ledger.transaction():
        stored = office.ledger.packets.get(packet.id)
        office.ledger.packets.save(replace(stored, state=PacketState.SENT))
        hint = "Dr. Other signs for us."
        office.note(packet.id, "signer.says_other_person", f"signer:{key}", hint=hint)
    page = desk.as_("coordinator").get(f"/desk/packets/{packet.id}").content.decode()
    assert f"Waits on coordinator: confirm signer ({name})." in page
    assert hint in page
    assert "then choose Reassign beside the signer" in page
    assert hint in desk.as_("auditor").get(f"/desk/packets/{packet.id}/history").content.decode()


def test_a_corrected_packet_says_who_had_been_reassigned(desk: Desk, packet: Packet) -> None:
    """The form still names who signed no more; without a reassignment nothing is said of it."""
    said = "had taken the place of"
    first = _corrected(desk, packet)
    assert said not in desk.as_("coordinator").get(f"/desk/packets/{first.id}").content.decode()
    second = _corrected(desk, first, reassigned="Noor Sample")
    page = desk.as_("coordinator").get(f"/desk/packets/{second.id}").content.decode()
    assert f"<bdi>Noor Sample</bdi> {said} <bdi>{packet.plan.recipients[0].name}</bdi>" in page


def _corrected(desk: Desk, packet: Packet, reassigned: str = "") -> Packet:
    """Send a packet, reassign it perhaps, take it back, and store the one that takes its place."""
    approve(desk, packet)
    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    desk.send(client, f"{at}/send", page=at)
    for _ in range(2):
        run_due(desk.office)
    if reassigned:
        given = {"name": reassigned, "title": "CEO", "email": "noor@example.org", "reason": "Left."}
        place = f"{at}/signers/{packet.plan.recipients[0].key}"
        assert desk.send(client, place, **given, authority="on").status_code == 302
    desk.send(client, f"{at}/take-back", page=at, reason="Wrong.", then="correct")
    run_due(desk.office)
    before = {item.id for item in desk.office.ledger.packets.list()}
    form = f"/desk/enrollments/{packet.plan.enrollment_id}"
    desk.send(client, f"{form}/generate", page=form, kind="contracting")
    run_due(desk.office)
    (made,) = (item for item in desk.office.ledger.packets.list() if item.id not in before)
    return made


def test_what_to_do_about_an_envelope_that_is_gone_stands_on_the_page(
    desk: Desk, packet: Packet
) -> None:
    """The board counts it, and the page says what it may be and what to do; voiding works."""
    client, at = desk.as_("coordinator"), f"/desk/packets/{packet.id}"
    desk.office, fake = with_fake(desk.office)
    sent(desk.office, packet)
    fake.envelopes.clear()
    told = "If it was deleted, nobody can sign it any more: void this packet"
    assert told not in client.get(at).content.decode()
    desk.clock.advance(timedelta(hours=2))
    refresh(desk.office, packet.id)
    client = desk.as_("coordinator")  # the visit of two hours ago has ended
    page = client.get(at).content.decode()
    assert told in page
    assert "No longer found at the signing service" in page
    assert packet.id in client.get("/desk/packets?alert=envelope_missing").content.decode()
    desk.send(client, f"{at}/take-back", page=at, reason="Deleted there by mistake.")
    assert desk.office.ledger.packets.get(packet.id).state is PacketState.VOIDED
    assert told not in client.get(at).content.decode()
