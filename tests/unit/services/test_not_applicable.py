"""The BAA of a practice without a covered entity: not applicable by itself, with its reason."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.enrollment import Rule, Stage
from docgen.domain.enrollment.vocabulary import EntityRole, HipaaStatus
from docgen.domain.merge.parties import contracting_party
from docgen.domain.packet import PacketKind
from docgen.domain.person import Role
from docgen.domain.plan import Source
from docgen.services.approve import missing_approvals
from docgen.services.enroll import enroll, read_version
from docgen.services.freshness import reasons_stale
from docgen.services.generate import render_plan
from docgen.services.plan import make_plan
from docgen.services.send import send
from docgen.services.sources import NOBODY_COVERED, choices_for, generate_ours, leave_out
from tests.unit.services.test_sources import both_approve, contract, take
from tests.unit.services.walk import COORDINATOR, add_people, changed

if TYPE_CHECKING:
    from docgen.services.office import Office


def _uncovered(raw: Any) -> None:
    """Say of every entity that it is no covered entity."""
    for entity in raw["legal_entities"]:
        entity["hipaa_status"] = "not_covered"
        entity["hipaa_reason"] = "It sends no standard transactions."


@pytest.fixture
def uncovered(office: Office) -> str:
    """Store an enrollment of which no entity is a covered entity."""
    add_people(office)
    return enroll(
        office, changed(_uncovered), draft=False, actor="user:coordinator"
    ).version.enrollment_id


def test_without_a_covered_entity_the_baa_is_not_applicable_by_itself(
    office: Office, uncovered: str
) -> None:
    """It is left out with its reason, which a legal approver sees as a departure; nobody signs it."""
    packet = contract(office, uncovered)
    psa, baa = packet.plan.documents
    assert (psa.source, baa.source) == (Source.GENERATED, Source.NOT_APPLICABLE)
    assert (baa.reason, baa.panels) == (NOBODY_COVERED, ())
    (departure,) = packet.plan.departures
    assert departure.code == "source.baa"
    assert NOBODY_COVERED in departure.sentence
    assert missing_approvals(office, packet) == [Role.COORDINATOR, Role.LEGAL_APPROVER]
    assert not reasons_stale(office, packet)
    both_approve(office, packet)
    assert send(office, packet.id, COORDINATOR)


def _words(office: Office, enrollment: str) -> str:
    """Give the words of the PSA as its reading view prints them, tags left out."""
    psa = contract(office, enrollment).rendered[0]
    page = office.work.open(psa.html_sha256)
    return " ".join(re.sub(r"<[^>]+>", "", page.decode()).split())


def test_without_a_baa_the_psa_presumes_none(office: Office, uncovered: str) -> None:
    """No definition, condition or link names an agreement that nobody makes."""
    words = _words(office, uncovered)
    assert re.findall(r".{30}\bBAA\b.{30}", words) == []
    assert "The Parties sign no business associate agreement" in words


@pytest.mark.parametrize("left_out", [True, False])
def test_the_policy_cites_a_baa_only_where_there_is_one(
    office: Office, uncovered: str, *, left_out: bool
) -> None:
    """What was left out of the executed packet is not named in the policy that follows it."""
    contracted = contract(office, uncovered)
    assert contracted.plan.documents[1].source is Source.NOT_APPLICABLE
    if not left_out:
        generated = replace(contracted.plan.documents[1], source=Source.GENERATED)
        documents = (contracted.plan.documents[0], generated)
        contracted = replace(contracted, plan=replace(contracted.plan, documents=documents))
    follows = replace(contracted, executed_at=office.clock.now())
    version = office.ledger.enrollments.latest(uncovered)
    record = read_version(version, Stage.PSES, office.pso_settings)
    party = contracting_party(record)
    plan = make_plan(office, version, record, PacketKind.ONBOARDING, party, follows)
    (policy,) = render_plan(office, plan, record, follows)
    words = " ".join(re.sub(r"<[^>]+>", "", policy.html.decode()).split())
    assert ("“BAA”" in words) != left_out
    assert ("only while the PSA and the BAA are in effect" in words) != left_out
    assert ("only while the PSA is in effect" in words) == left_out
    assert (re.findall(r"\bBAA\b", words) == []) == left_out


@pytest.mark.parametrize("left_out", [True, False])
def test_the_psa_follows_the_plan(office: Office, *, left_out: bool) -> None:
    """A BAA left out by choice counts the same; the control keeps every mention."""
    add_people(office)
    raw = changed(lambda _: None)
    enrollment = enroll(office, raw, draft=False, actor="user:ada").version.enrollment_id
    if left_out:
        leave_out(office, enrollment, "baa", "It sends no PHI at all.", COORDINATOR)
    words = _words(office, enrollment)
    for sentence in ("“BAA” means", "Agreement and the BAA have both been", "If the BAA is termin"):
        assert (sentence in words) != left_out
    assert ("sign no business associate agreement" in words) == left_out


@pytest.mark.parametrize("covered", [True, False])
def test_nobody_need_sign_a_baa_that_is_not_made(office: Office, *, covered: bool) -> None:
    """A signatory of the PSA alone is enough where no entity is covered, and only there."""
    add_people(office)

    def of_the_psa(raw: Any) -> None:
        if not covered:
            _uncovered(raw)
        for one in raw["signatories"]:
            one["signs"] = ["psa"]

    stored = enroll(office, changed(of_the_psa), draft=False, actor="user:coordinator")
    lacking = [one.rule for one in stored.checked.missing if one.needed_for is Stage.SIGN]
    assert lacking == ([Rule.SIGNATORY_COVER] if covered else [])
    if not covered:
        assert contract(office, stored.version.enrollment_id).plan.documents[1].panels == ()


def test_who_becomes_covered_needs_the_baa(office: Office, uncovered: str) -> None:
    """With one covered entity among them it is generated again, and the old packet is stale."""
    packet = contract(office, uncovered)
    raw = changed(lambda _: None)
    enroll(office, raw, draft=False, actor="user:coordinator")
    assert any("source of the baa" in item for item in reasons_stale(office, packet))
    assert [item.source for item in contract(office, uncovered).plan.documents] == [
        Source.GENERATED,
        Source.GENERATED,
    ]


def test_a_baa_for_nobody_is_not_generated_by_a_choice(office: Office, uncovered: str) -> None:
    """Going back to our template does not make one; the practice's own is still taken."""
    generate_ours(office, uncovered, "baa", COORDINATOR)
    assert contract(office, uncovered).plan.documents[1].source is Source.NOT_APPLICABLE
    take(office, uncovered)
    assert contract(office, uncovered).plan.documents[1].source is Source.COUNTERPARTY_PAPER


def test_one_covered_entity_is_enough(office: Office) -> None:
    """The control: a parent that is none leaves the BAA where it is; so does what is not said."""
    add_people(office)
    record = read_version(
        enroll(office, changed(lambda _: None), draft=False, actor="user:ada").version, Stage.SIGN
    )
    (party, *_) = record.legal_entities
    parent = replace(
        party, entity_id="p", role=EntityRole.PARENT, hipaa_status=HipaaStatus.NOT_COVERED
    )
    for entities, applies in (
        ((party, parent), True),
        ((replace(party, hipaa_status=None),), True),
        ((replace(party, hipaa_status=HipaaStatus.NOT_COVERED), parent), False),
        ((replace(party, hipaa_status=HipaaStatus.OHCA_PARTICIPANT), parent), True),
    ):
        changed_record = replace(record, legal_entities=entities)
        choices = choices_for(office, "enr_x", changed_record, party.entity_id)
        assert ("baa" not in choices) == applies
