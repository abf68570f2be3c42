"""Review by API: rounds and drafts, what came back and proposes; and whom a signer names instead."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.services.asked import ask_to_reassign
from docgen.services.ceremony.invite import signing_link
from docgen.services.paper import Scan, intake_scan
from docgen.services.reassign import NewSigner
from docgen.services.sweep import run_due
from tests.app.api.caller import Caller, is_problem, told
from tests.app.api.test_api_doing import approved, sent
from tests.app.desk.test_packet_review import edited
from tests.unit.services.test_paper import scanned
from tests.unit.services.word_file import word_file

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as a draft."""
    return desk.packet()


def test_rounds_tell_who_sent_what_when(
    desk: Desk, packet: Packet, coordinator: Caller, auditor: Caller
) -> None:
    """Released, a file back, its proposals word by word, terms agreed with an answer."""
    at = f"/packets/{packet.id}"
    nothing: dict[str, object] = {"unanswered": 0, "agreed_at": None, "agreed_by": "", "rounds": []}
    assert told(auditor.get(f"{at}/review")) == nothing
    assert coordinator.post(f"{at}/release").status_code == 200
    (mine,) = told(auditor.get(f"{at}/review"))["rounds"]
    assert [item["at"] for item in mine["sent"]] == [None, None]
    run_due(desk.office)
    (mine,) = told(auditor.get(f"{at}/review"))["rounds"]
    assert all(item["at"] and item["name"] for item in mine["sent"])
    (stored,) = desk.office.ledger.packets.get(packet.id).rounds
    assert (mine["number"], mine["released_by"]) == (1, "coordinator")
    assert mine["drafts"] == [copy.slug for copy in stored.copies]
    for copy in stored.copies:
        for form, digest in (("pdf", copy.pdf_sha256), ("docx", copy.docx_sha256)):
            answer = auditor.get(f"{at}/review/1/{copy.slug}/{form}")
            assert answer.content == desk.office.work.open(digest)
    for other in ("2/psa/pdf", "1/none/pdf", "1/psa/exe"):
        assert is_problem(auditor.get(f"{at}/review/{other}"), 404, "not-found")
    psa = stored.copy("psa")
    assert psa is not None
    data = edited(desk.office.work.open(psa.docx_sha256))
    body = {"file": b64encode(data).decode(), "sender": "Gloria Example"}
    assert is_problem(auditor.post(f"{at}/returned", body), 403, "not-allowed")
    taken = coordinator.post(f"{at}/returned", body)
    assert taken.status_code == 201, taken.content
    assert coordinator.post(f"{at}/returned", body).status_code == 201  # the very file again
    review = told(auditor.get(f"{at}/review"))
    assert review == told(taken)
    (file,) = review["rounds"][0]["returned"]
    assert (review["unanswered"], file["sender"], file["proposals"]) == (1, "Gloria Example", 1)
    assert auditor.get(f"{at}/returned/{file['sha256']}").content == data
    found = told(auditor.get(f"{at}/returned/{file['sha256']}/proposals"))
    pieces = [piece for change in found["silent"] for piece in change["pieces"]]
    assert [item["words"] for item in pieces if item["is_gone"]] == ["(30)"]
    assert [item["words"] for item in pieces if item["is_new"]] == ["(90)"]
    for place in ("", "/proposals"):
        missing = auditor.get(f"{at}/returned/{'0' * 64}{place}")
        assert is_problem(missing, 404, "not-found")
    assert coordinator.post(f"{at}/agree", {"answer": "Withdrawn."}).status_code == 200
    review = told(auditor.get(f"{at}/review"))
    assert (review["agreed_by"], bool(review["agreed_at"])) == ("user:coordinator", True)


@pytest.mark.parametrize(
    ("file", "more", "status", "code"),
    [
        ("no base64!", {}, 422, "input"),
        (b64encode(b"MZ").decode(), {}, 422, "input"),
        ("", {}, 422, "input"),
        (b64encode(word_file(None)).decode(), {}, 422, "input"),
        (
            b64encode(word_file(None)).decode(),
            {"place": {"number": 2, "slug": "psa"}},
            409,
            "refused",
        ),
        (b64encode(word_file(None)).decode(), {"place": {"number": 1}}, 422, "input"),
        (
            b64encode(word_file(None, {"word/vbaProject.bin": b"x"})).decode(),
            {"place": {"number": 1, "slug": "psa"}},
            422,
            "input",
        ),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_refused(
    desk: Desk,
    packet: Packet,
    coordinator: Caller,
    file: str,
    more: dict[str, object],
    status: int,
    code: str,
) -> None:
    """Attack: what is no Word file, is hostile, or belongs nowhere; nothing is recorded."""
    assert coordinator.post(f"/packets/{packet.id}/release").status_code == 200
    body = {"file": file, "sender": "Gloria Example", **more}
    answer = coordinator.post(f"/packets/{packet.id}/returned", body)
    assert is_problem(answer, status, code), answer.content
    assert "review.returned" not in desk.history(packet.id)


@pytest.mark.parametrize(
    ("answer", "body", "kind"),
    [
        ("confirm", {"authority_checked": True}, "signer.reassigned"),
        ("refuse", {"reason": "She left."}, "signer.reassign_refused"),
    ],
)
def test_who_is_named_instead_is_answered_once(
    desk: Desk,
    packet: Packet,
    coordinator: Caller,
    answer: str,
    body: dict[str, object],
    kind: str,
) -> None:
    """The request is listed with what must be checked; answered, no more; another number, never."""
    sent(desk, coordinator, packet)
    key = packet.plan.recipients[0].key
    envelope = desk.office.ledger.packets.get(packet.id).envelope_id
    ceremony = desk.office.ledger.ceremonies.get(envelope)
    link = signing_link(desk.office, ceremony, ceremony.signer(key))
    wanted = NewSigner(name="Noor Sample", title="CEO", email="noor@example.org", reason="So.")
    at = f"/packets/{packet.id}/requests"
    assert told(coordinator.get(at)) == {"items": []}
    ask_to_reassign(desk.office, link.rpartition("/")[2], wanted)
    (item,) = told(coordinator.get(at))["items"]
    assert item == {
        "recipient": key,
        "number": 1,
        "name": "Noor Sample",
        "title": "CEO",
        "email": "noor@example.org",
        "reason": "So.",
    }
    place = f"{at}/{key}/{answer}"
    assert is_problem(coordinator.post(place, {**body, "number": 2}), 409, "refused")
    assert is_problem(coordinator.post(place, {"number": 1}), 422, "input")
    auditor = Caller.of(desk, "auditor")
    assert is_problem(auditor.post(place, {**body, "number": 1}), 403, "not-allowed")
    done = coordinator.post(place, {**body, "number": 1})
    assert done.status_code == 200, done.content
    assert desk.history(packet.id).count(kind) == 1
    assert told(coordinator.get(at)) == {"items": []}
    names = {item["name"] for item in told(done)["recipients"]}
    assert ("Noor Sample" in names) is (answer == "confirm")
    assert is_problem(coordinator.post(place, {**body, "number": 1}), 409, "refused")


def test_what_was_signed_on_paper_is_told(
    desk: Desk, packet: Packet, coordinator: Caller, auditor: Caller
) -> None:
    """With what a person attests, and the scan exactly as it came."""
    at = f"/packets/{packet.id}"
    assert told(auditor.get(at))["paper"] is None
    assert is_problem(auditor.get(f"{at}/scan"), 404, "not-found")
    approved(desk, coordinator, packet)
    today = desk.clock.now().date()
    scan = Scan(
        data=scanned(),
        pages=3,
        signed_on=today,
        received_on=today,
        original_at="Cabinet 3",
        documents=tuple(item.slug for item in packet.plan.to_sign),
    )
    casey = desk.office.ledger.people.get("coordinator")
    intake_scan(desk.office, packet.id, scan, casey, "code by mail")
    paper = told(auditor.get(at))["paper"]
    assert (paper["pages"], paper["original_at"]) == (3, "Cabinet 3")
    assert paper["attested_by"] == "coordinator"
    assert set(paper["documents"]) == {item.slug for item in packet.plan.to_sign}
    assert auditor.get(f"{at}/scan").content == scan.data


def test_what_a_newer_packet_changes_is_told(desk: Desk, packet: Packet, auditor: Caller) -> None:
    """Against the packet it takes the place of; the first has none."""
    slug = packet.rendered[0].slug
    at = f"/packets/{packet.id}/changes/{slug}"
    assert is_problem(auditor.get(at), 404, "not-found")
    html = desk.office.work.open(packet.rendered[0].html_sha256)
    changed = desk.office.work.put(html.replace(b"thirty (30) days", b"ninety (90) days", 1))
    rendered = (replace(packet.rendered[0], html_sha256=changed.sha256), *packet.rendered[1:])
    newer = replace(packet, id="pkt_newer", supersedes=packet.id, rendered=rendered)
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.add(replace(newer, state=PacketState.DRAFT))
    assert told(auditor.get("/packets/pkt_newer"))["supersedes"] == packet.id
    (item,) = told(auditor.get(f"/packets/pkt_newer/changes/{slug}"))["items"]
    assert [one["words"] for one in item["pieces"] if one["is_new"]] == ["ninety (90)"]
    assert is_problem(auditor.get("/packets/pkt_newer/changes/none"), 404, "not-found")
