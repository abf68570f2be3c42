"""Generating: complete records only, in order, and the same bytes for the same inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketKind, PacketState
from docgen.errors import EnrollmentInvalid, NotFound, Refused
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from integrations.archive.fake import FakeArchive
from tests.unit.services.walk import RECORD_ID, FullStore, Generated, changed, form, kinds

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office


def test_an_unknown_enrollment_is_not_found(office: Office) -> None:
    """There is nothing to generate from."""
    with pytest.raises(NotFound):
        generate(office, "enr_x", PacketKind.CONTRACTING, "user:ada")


def test_an_incomplete_record_is_refused_by_name(office: Office) -> None:
    """A draft without a signatory says what is missing, and makes no packet."""
    raw = changed(lambda raw: raw.pop("signatories"))
    enroll(office, raw, draft=True, actor="user:ada")
    with pytest.raises(EnrollmentInvalid) as refusal:
        generate(office, RECORD_ID, PacketKind.CONTRACTING, "user:ada")
    assert any("signator" in item.path for item in refusal.value.problems)
    assert not office.ledger.packets.list()


def test_onboarding_waits_for_the_agreements(office: Office, packet: Packet) -> None:
    """The policy cites the executed agreement, so it is refused before there is one."""
    with pytest.raises(Refused, match="not fully executed yet"):
        generate(office, packet.plan.enrollment_id, PacketKind.ONBOARDING, "user:ada")


def test_onboarding_follows_the_agreement_it_cites(office: Office, standard: Generated) -> None:
    """Once the agreement is fully executed the policy is generated and names it."""
    contract = standard.store(office)
    with office.ledger.transaction():
        done = replace(contract, state=PacketState.ARCHIVED, executed_at=office.clock.now())
        office.ledger.packets.save(done)
    (policy,) = generate(office, contract.plan.enrollment_id, PacketKind.ONBOARDING, "user:ada")
    assert policy.plan.follows_packet_id == contract.id
    assert [item.slug for item in policy.rendered] == ["pses"]


def test_generating_again_is_the_same_packet(office: Office, packet: Packet) -> None:
    """The same inputs give the packet already there; nothing is stored or noted twice."""
    (again,) = generate(office, packet.plan.enrollment_id, PacketKind.CONTRACTING, "user:ada")
    assert again == packet
    assert office.ledger.packets.list() == [packet]
    assert not kinds(office, packet.id)


def test_another_site_makes_the_same_bytes(office: Office, standard: Generated) -> None:
    """With another ledger and other stores, the same form gives the same id and the same files."""
    elsewhere = replace(office, work=FakeArchive())
    enroll(elsewhere, form(), draft=False, actor="user:ada")
    (packet,) = generate(elsewhere, RECORD_ID, PacketKind.CONTRACTING, "user:ada")
    assert packet.id == standard.packet.id
    assert packet.rendered == standard.packet.rendered
    for item in packet.rendered:
        assert elsewhere.work.open(item.pdf_sha256) == office.work.open(item.pdf_sha256)


def test_another_form_makes_another_packet(office: Office, standard: Generated) -> None:
    """The control: one printed word changes id and bytes."""
    raw = changed(lambda raw: raw["legal_entities"][0].update(legal_name="Lakeside Two, PLLC"))
    enroll(office, raw, draft=False, actor="user:ada")
    (packet,) = generate(office, RECORD_ID, PacketKind.CONTRACTING, "user:ada")
    assert packet.id != standard.packet.id
    assert packet.rendered[0].pdf_sha256 != standard.packet.rendered[0].pdf_sha256


def test_a_full_disk_leaves_no_packet_and_generating_works_afterwards(office: Office) -> None:
    """When a file cannot be stored there is no packet; with space again, there is."""
    from docgen.errors import StorageError

    store = FullStore(FakeArchive(), after=4)
    full = replace(office, work=store)
    enroll(full, form(), draft=False, actor="user:ada")
    with pytest.raises(StorageError):
        generate(full, RECORD_ID, PacketKind.CONTRACTING, "user:ada")
    assert not office.ledger.packets.list()
    store.full = False
    (packet,) = generate(full, RECORD_ID, PacketKind.CONTRACTING, "user:ada")
    assert office.ledger.packets.list() == [packet]
