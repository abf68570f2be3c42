"""Review: marked drafts go out, redlines come back to their round, and the terms are agreed."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import canonical_json
from docgen.domain.packet import PacketKind, PacketState, Step, allowed
from docgen.domain.review import DraftCopy, Round
from docgen.errors import IllegalTransition, InputError, NotAllowed, PacketStale, Refused
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from docgen.services.proposals import proposals_in
from docgen.services.review import Placed, agree, key_contacts, last_round, release, take_back
from docgen.services.sweep import run_due
from integrations.mail.fake import FakeMailer
from tests.contracts.pdf_reading import printed_text
from tests.unit.services.walk import (
    AUDITOR,
    COORDINATOR,
    COUNSEL,
    RECORD_ID,
    approved,
    changed,
    kinds,
)
from tests.unit.services.word_file import (
    belonging_xml,
    body_xml,
    deleted,
    inserted,
    redline,
    run,
    word_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.services.office import Office
    from tests.unit.services.walk import Generated

S = PacketState
MARK = "Draft for review, round 1"


def in_state(
    office: Office, packet: Packet, state: PacketState, rounds: int = 1, draft: bytes = b""
) -> Packet:
    """Set a packet's state, with rounds already released."""
    copies = tuple(
        DraftCopy(
            slug=item.slug,
            version=item.template_version,
            pdf_sha256="0" * 64,
            docx_sha256=office.work.put(draft or word_file(None)).sha256,
        )
        for item in packet.plan.documents
    )
    released = tuple(
        Round(
            number=number,
            released_by="coordinator",
            released_at=office.clock.now(),
            copies=copies,
        )
        for number in range(1, rounds + 1)
    )
    packet = replace(packet, state=state, rounds=released)
    with office.ledger.transaction():
        office.ledger.packets.save(packet)
    return packet


def docx_text(data: bytes) -> str:
    """Give every part's XML of a Word file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if "xml" in name)


def test_drafts_are_marked_and_mailed_to_the_key_contacts(office: Office, packet: Packet) -> None:
    """Each key contact gets every document as marked PDF and DOCX; what may be signed is unmarked."""
    mailer = FakeMailer()
    office = replace(office, mailer=mailer)
    released = release(office, packet.id, COORDINATOR)
    assert (released.state, released.rendered) == (S.IN_REVIEW, packet.rendered)
    assert not run_due(office)
    assert {mail.to_address.split("@")[0] for mail in mailer.sent} == {
        "maria.delgado",
        "daniel.okafor",
    }
    for mail in mailer.sent:
        files = {item.name: item.data for item in mail.attachments}
        assert sorted(files) == [
            f"{slug}-draft-round-1.{suffix}"
            for slug in ("baa", "psa")
            for suffix in ("docx", "pdf")
        ]
        for name, data in files.items():
            text = docx_text(data) if name.endswith("docx") else printed_text(data)
            assert MARK in text
    for item in packet.rendered:
        assert "Draft for review" not in printed_text(office.work.open(item.pdf_sha256))
    assert kinds(office, packet.id) == ["review.released", "review.mailed", "review.mailed"]


def test_the_draft_that_was_mailed_finds_its_way_back(office: Office, packet: Packet) -> None:
    """The very file that went out comes back to packet, document and round 1; the next is round 2."""
    released = release(office, packet.id, COORDINATOR)
    draft = released.rounds[0].copies[1]
    data = office.work.open(draft.docx_sha256)
    taken = take_back(office, packet.id, data, "Gloria Example", COORDINATOR)
    (file,) = taken.rounds[0].returned
    assert (taken.state, file.slug, file.sender) == (S.IN_NEGOTIATION, "baa", "Gloria Example")
    assert office.work.open(file.sha256) == data
    again = release(office, packet.id, COORDINATOR)
    assert [item.number for item in again.rounds] == [1, 2]
    assert again.rounds[0].returned == (file,)


def test_a_redline_is_attached_to_the_round_it_names(office: Office, packet: Packet) -> None:
    """A late one of the first round does not count for the second; the same file counts once."""
    in_state(office, packet, S.IN_REVIEW, rounds=2)
    data = redline(packet, number=1)
    take_back(office, packet.id, data, "Gloria Example", COORDINATOR)
    taken = take_back(office, packet.id, data, "Gloria Example", COORDINATOR)
    assert [len(item.returned) for item in taken.rounds] == [1, 0]
    taken = take_back(office, packet.id, redline(packet, number=2, slug="baa"), "G.", COORDINATOR)
    assert [len(item.returned) for item in taken.rounds] == [1, 1]
    assert kinds(office, packet.id) == ["review.returned"] * 2


@pytest.mark.parametrize(
    "changes",
    [
        {"packet": "pkt_" + "0" * 26},
        {"round": "2"},
        {"round": "0"},
        {"document": "pses"},
        {"version": "9.9.9"},
    ],
)
def test_a_file_of_another_packet_or_round_is_refused(
    office: Office, packet: Packet, changes: dict[str, str]
) -> None:
    """It is neither kept nor counted; the control beside it is."""
    in_state(office, packet, S.IN_REVIEW)
    good = {"packet": packet.id, "document": "psa", "version": "1.0.0", "round": "1"}
    wrong = word_file(belonging_xml(**{**good, **changes}))
    with pytest.raises(Refused):
        take_back(office, packet.id, wrong, "Gloria Example", COORDINATOR)
    assert not kinds(office, packet.id)
    right = word_file(belonging_xml(**good))
    assert take_back(office, packet.id, right, "Gloria Example", COORDINATOR).rounds[0].returned


STRIPPED = {
    "the part is gone": None,
    "nothing is left in it": belonging_xml(),
    "others' properties": belonging_xml(Company="Somebody else"),
    "some are left, and right": belonging_xml(document="psa", round="1"),
}


@pytest.mark.parametrize("name", STRIPPED)
def test_a_redline_without_its_properties_is_placed_by_hand(
    office: Office, packet: Packet, name: str
) -> None:
    """By itself it is refused with what to do; with round and document it joins its round."""
    in_state(office, packet, S.IN_REVIEW, rounds=2)
    data = word_file(STRIPPED[name])
    with pytest.raises(InputError, match="which round and document"):
        take_back(office, packet.id, data, "Gloria Example", COORDINATOR)
    assert not kinds(office, packet.id)
    placed = Placed(slug="psa", number=1)
    taken = take_back(office, packet.id, data, "Gloria Example", COORDINATOR, placed)
    assert [[file.slug for file in item.returned] for item in taken.rounds] == [["psa"], []]
    (noted,) = office.ledger.history.of(packet.id)
    assert noted.details["placed"] == "by hand"


@pytest.mark.parametrize(
    "changes", [{"packet": "pkt_" + "0" * 26}, {"round": "2"}, {"document": "baa"}]
)
def test_a_file_that_says_otherwise_is_not_placed_by_hand(
    office: Office, packet: Packet, changes: dict[str, str]
) -> None:
    """What is left of its properties must not contradict; a file that agrees is taken in."""
    in_state(office, packet, S.IN_REVIEW, rounds=2)
    placed = Placed(slug="psa", number=1)
    wrong = word_file(belonging_xml(**changes))
    with pytest.raises(Refused, match="leave out the round"):
        take_back(office, packet.id, wrong, "Gloria Example", COORDINATOR, placed)
    assert not kinds(office, packet.id)
    right = redline(packet, number=1)
    assert take_back(office, packet.id, right, "G.", COORDINATOR, placed).rounds[0].returned


@pytest.mark.parametrize(("slug", "number"), [("pses", 1), ("psa", 3), ("x", 1)])
def test_nothing_is_placed_where_nothing_was_released(
    office: Office, packet: Packet, slug: str, number: int
) -> None:
    """A round or document that never went out takes nothing in."""
    in_state(office, packet, S.IN_REVIEW, rounds=2)
    with pytest.raises(Refused, match="never released"):
        take_back(
            office,
            packet.id,
            word_file(None),
            "Gloria Example",
            COORDINATOR,
            Placed(slug=slug, number=number),
        )


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n%%EOF", b"The changes are: none."])
def test_what_is_no_word_file_is_not_placed_by_hand(
    office: Office, packet: Packet, data: bytes
) -> None:
    """Saying where it belongs does not make it a redline."""
    in_state(office, packet, S.IN_REVIEW)
    placed = Placed(slug="psa", number=1)
    with pytest.raises(InputError):
        take_back(office, packet.id, data, "Gloria Example", COORDINATOR, placed)


PROPOSALS = {
    "tracked": (run("One ") + deleted("year") + inserted("month"), "", (1, 0, 0)),
    "silent": ("One month", "", (1, 1, 0)),
    "a comment": ("One year", "Why not less?", (0, 0, 1)),
    "nothing": ("One year", "", (0, 0, 0)),
}


@pytest.mark.parametrize("name", PROPOSALS)
def test_what_a_redline_proposes_is_listed_tracked_or_not(
    office: Office, packet: Packet, name: str
) -> None:
    """Terms that leave a proposal out are agreed only with an answer; without one, freely."""
    changed_paragraph, comment, (changes, silent, comments) = PROPOSALS[name]
    draft = word_file(None, body=body_xml("Term", "One year"))
    in_state(office, packet, S.IN_REVIEW, draft=draft)
    data = redline(packet, words=comment, body=body_xml("Term", changed_paragraph))
    taken = take_back(office, packet.id, data, "Gloria Example", COORDINATOR)
    (file,) = taken.rounds[0].returned
    found = proposals_in(office, taken, file.sha256)
    assert (len(found.changes), len(found.silent), len(found.comments)) == (
        changes,
        silent,
        comments,
    )
    assert file.proposals == found.count
    if name == "nothing":
        assert agree(office, packet.id, COORDINATOR).state is S.TERMS_AGREED
        return
    with pytest.raises(Refused, match=r"Gloria Example \(psa\)"):
        agree(office, packet.id, COORDINATOR)
    with pytest.raises(InputError, match="answer"):
        agree(office, packet.id, COORDINATOR, "a\u202eb")
    answer = "Withdrawn by telephone."
    assert agree(office, packet.id, COORDINATOR, answer).state is S.TERMS_AGREED
    assert office.ledger.history.of(packet.id)[-1].details["answer"] == answer


@pytest.mark.parametrize("sender", ["", "  ", "x" * 201, "a\u202eb", "{{ name }}", "…"])
def test_who_sent_it_is_one_clean_line(office: Office, packet: Packet, sender: str) -> None:
    """A name that hides something or is none is refused."""
    in_state(office, packet, S.IN_REVIEW)
    with pytest.raises(InputError, match="name of the sender"):
        take_back(office, packet.id, redline(packet), sender, COORDINATOR)


STEPS: list[tuple[Step, Callable[[Office, Packet, Person], Packet]]] = [
    (Step.RELEASE, lambda office, packet, person: release(office, packet.id, person)),
    (
        Step.RETURN,
        lambda office, packet, person: take_back(
            office, packet.id, redline(packet), "Gloria Example", person
        ),
    ),
    (Step.AGREE, lambda office, packet, person: agree(office, packet.id, person)),
]


@pytest.mark.parametrize(("step", "take"), STEPS)
@pytest.mark.parametrize("state", list(PacketState))
def test_each_step_is_refused_where_it_does_not_belong(
    office: Office,
    packet: Packet,
    state: PacketState,
    step: Step,
    take: Callable[[Office, Packet, Person], Packet],
) -> None:
    """In every other state there is one sentence, no change and no trace."""
    if allowed(state, step):
        assert state in {S.DRAFT, S.IN_REVIEW, S.IN_NEGOTIATION}
        return
    before = in_state(office, packet, state)
    with pytest.raises(IllegalTransition, match="cannot be taken now"):
        take(office, before, COORDINATOR)
    assert office.ledger.packets.get(packet.id) == before
    assert not kinds(office, packet.id)


@pytest.mark.parametrize(("step", "take"), STEPS)
@pytest.mark.parametrize("person", [COUNSEL, AUDITOR])
def test_only_a_coordinator_may(
    office: Office,
    packet: Packet,
    person: Person,
    step: Step,
    take: Callable[[Office, Packet, Person], Packet],
) -> None:
    """Nobody else takes a step of the review."""
    state = S.DRAFT if step is Step.RELEASE else S.IN_REVIEW
    before = in_state(office, packet, state)
    with pytest.raises(NotAllowed):
        take(office, before, person)


@pytest.mark.parametrize("state", [S.IN_REVIEW, S.IN_NEGOTIATION])
def test_agreed_terms_can_be_approved(office: Office, packet: Packet, state: PacketState) -> None:
    """Under review nothing is approved; once the terms are agreed it is."""
    in_state(office, packet, state)
    with pytest.raises(IllegalTransition):
        approved(office, packet)
    assert agree(office, packet.id, COORDINATOR).state is S.TERMS_AGREED
    assert approved(office, packet).state is S.APPROVED


def test_changed_terms_make_a_packet_that_takes_the_place_of_the_old(
    office: Office, standard: Generated
) -> None:
    """The old one is stale and withdrawn, the new one links to it and goes on with its rounds."""
    packet = standard.store(office)
    in_state(office, packet, S.IN_NEGOTIATION, rounds=2)
    raw = changed(lambda raw: raw.setdefault("terms", {}).update(notice_days=60))
    enroll(office, raw, draft=False, actor="user:coordinator")
    for take in (release, agree):
        with pytest.raises(PacketStale):
            take(office, packet.id, COORDINATOR)
    (newer,) = generate(office, RECORD_ID, PacketKind.CONTRACTING, "user:coordinator")
    assert (newer.supersedes, newer.state, newer.rounds) == (packet.id, S.DRAFT, ())
    assert newer.plan.departs
    assert office.ledger.packets.get(packet.id).state is S.WITHDRAWN
    assert kinds(office, packet.id) == ["packet.superseded"]
    assert last_round(office, newer) == 2
    with pytest.raises(IllegalTransition):
        take_back(office, packet.id, redline(packet), "Gloria Example", COORDINATOR)
    in_state(office, newer, S.IN_REVIEW, rounds=3)
    with pytest.raises(Refused, match=packet.id):
        take_back(office, newer.id, redline(packet), "Gloria Example", COORDINATOR)
    (again,) = generate(office, RECORD_ID, PacketKind.CONTRACTING, "user:coordinator")
    assert again.id == newer.id


def test_going_back_to_earlier_settings_makes_a_new_packet_once(
    office: Office, standard: Generated
) -> None:
    """A packet that was replaced is never taken up again; the same inputs give one next packet."""
    packet = standard.store(office)
    pso = office.pso_settings
    other = replace(office, pso=replace(pso, phone="+13125550199"))
    (second,) = generate(other, RECORD_ID, PacketKind.CONTRACTING, "user:coordinator")
    (third,) = generate(office, RECORD_ID, PacketKind.CONTRACTING, "user:coordinator")
    assert len({packet.id, second.id, third.id}) == 3
    assert (second.supersedes, third.supersedes) == (packet.id, second.id)
    assert generate(office, RECORD_ID, PacketKind.CONTRACTING, "user:coordinator") == (third,)
    states = [item.state for item in office.ledger.packets.list()]
    assert states == [S.WITHDRAWN, S.WITHDRAWN, S.DRAFT]


def test_what_is_out_for_signature_is_not_replaced(office: Office, standard: Generated) -> None:
    """Generating from a newer version leaves it to the coordinator to void what people hold."""
    packet = standard.store(office)
    in_state(office, packet, S.SENT)
    raw = changed(lambda raw: raw.setdefault("terms", {}).update(notice_days=60))
    enroll(office, raw, draft=False, actor="user:coordinator")
    (newer,) = generate(office, RECORD_ID, PacketKind.CONTRACTING, "user:coordinator")
    assert newer.supersedes == ""
    assert office.ledger.packets.get(packet.id).state is S.SENT


def test_nobody_to_review_is_said_before_anything_is_made(
    office: Office, standard: Generated
) -> None:
    """A record whose contacts hold no such role, or left, gets a sentence and no round."""
    record = json.loads(standard.version.record)
    for contact in record["contacts"]:
        contact["roles"] = ["reviewer"]
    record["contacts"][0].update(roles=["primary"], active=False)
    version = replace(standard.version, record=canonical_json(record))
    packet = replace(standard, version=version).store(office)
    assert key_contacts(office, packet) == ()
    with pytest.raises(Refused, match="legal_notice"):
        release(office, packet.id, COORDINATOR)
    assert office.ledger.packets.get(packet.id) == packet


def test_an_outdated_round_is_not_mailed(office: Office, packet: Packet) -> None:
    """A letter that waited while the packet was withdrawn is dropped."""
    mailer = FakeMailer()
    office = replace(office, mailer=mailer)
    release(office, packet.id, COORDINATOR)
    in_state(office, packet, S.WITHDRAWN)
    assert not run_due(office)
    assert not mailer.sent
