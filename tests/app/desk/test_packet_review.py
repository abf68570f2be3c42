"""Review and negotiation on the desk: rounds out, files back, terms agreed."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from docgen.domain.packet import PacketState
from docgen.services.redline import MOST_BYTES
from docgen.services.sweep import run_due
from tests.app.desk.staff import ONCE
from tests.unit.services.word_file import redline, word_file

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

QUERIES = 20
READERS = ("coordinator", "legal_approver", "pso_countersigner", "auditor")


def at(packet: Packet) -> str:
    """Give the address of the tab."""
    return f"/desk/packets/{packet.id}/review"


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as a draft."""
    return desk.packet()


@pytest.fixture
def released(desk: Desk, packet: Packet) -> Packet:
    """Release it for review, through the page."""
    desk.send(desk.as_("coordinator"), f"{at(packet)}/release", page=at(packet))
    for _ in range(2):
        assert run_due(desk.office) == ()
    return desk.office.ledger.packets.get(packet.id)


def bring(
    desk: Desk, client: Client, packet: Packet, data: bytes, name: str = "back.docx", **more: str
) -> HttpResponse:
    """Bring a returned file."""
    fields = {"sender": "Gloria Example", "place": "", **more}
    return desk.send(
        client,
        f"{at(packet)}/return",
        page=at(packet),
        file=SimpleUploadedFile(name, data),
        **fields,
    )


def test_a_round_goes_to_the_key_contacts_and_says_so(desk: Desk, released: Packet) -> None:
    """Released from the page: state, letters, and on the page who was sent what and when."""
    assert released.state is PacketState.IN_REVIEW
    letters = [item for item in desk.mailer.sent if "For your review" in item.subject]
    assert len(letters) == 2
    page = desk.as_("auditor").get(at(released)).content.decode()
    assert "Round 1" in page
    for letter in letters:
        assert letter.to_address in page
    assert "on the way" not in page


def test_before_the_letters_leave_the_page_says_on_the_way(desk: Desk, packet: Packet) -> None:
    """What was asked for and what has left are two things."""
    from docgen.services.review import release

    release(desk.office, packet.id, desk.office.ledger.people.get("coordinator"))
    page = desk.as_("coordinator").get(at(packet)).content.decode()
    assert page.count("on the way") == 2


def test_a_double_click_releases_one_round(desk: Desk, packet: Packet) -> None:
    """The same form twice: one batch, one round."""
    client = desk.as_("coordinator")
    found = ONCE.search(client.get(at(packet)).content.decode())
    assert found is not None
    for _ in range(2):
        client.post(f"{at(packet)}/release", {"once": found.group(1)})
    run_due(desk.office)
    run_due(desk.office)
    assert len(desk.office.ledger.packets.get(packet.id).rounds) == 1


def test_drafts_are_fetched_as_they_were_mailed(desk: Desk, released: Packet) -> None:
    """Both forms of each draft, as downloads; what was never released is not there."""
    client, (mine,) = desk.as_("legal_approver"), released.rounds
    for copy in mine.copies:
        for form, digest in (("pdf", copy.pdf_sha256), ("docx", copy.docx_sha256)):
            answer = client.get(f"{at(released)}/1/{copy.slug}.{form}")
            assert answer.content == desk.office.work.open(digest)
            assert answer["Content-Disposition"].startswith("attachment")
    for other in ("2/psa.pdf", "1/pses.pdf", "1/psa.exe"):
        assert client.get(f"{at(released)}/{other}").status_code == 404


def test_a_returned_file_joins_its_round_and_is_kept_as_it_came(
    desk: Desk, released: Packet
) -> None:
    """The file says where it belongs; it comes back out byte for byte, never as a page."""
    client, data = desk.as_("coordinator"), redline(released)
    answer = bring(desk, client, released, data)
    assert answer.status_code == 302, answer.content.decode()
    (file,) = desk.office.ledger.packets.get(released.id).rounds[0].returned
    assert (file.sender, file.taken_in_by) == ("Gloria Example", "coordinator")
    page = client.get(at(released)).content.decode()
    assert "Gloria Example" in page
    got = client.get(f"/desk/packets/{released.id}/returned/{file.sha256}")
    assert got.content == data
    assert got["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got["Content-Security-Policy"]
    assert client.get(f"/desk/packets/{released.id}/returned/{'0' * 64}").status_code == 404


def test_the_same_file_again_changes_nothing(desk: Desk, released: Packet) -> None:
    """A second upload of the very file is told, not recorded."""
    client, data = desk.as_("coordinator"), redline(released)
    for _ in range(2):
        bring(desk, client, released, data)
    assert desk.history(released.id).count("review.returned") == 1
    assert "taken in before" in client.get(at(released)).content.decode()


def test_a_file_without_properties_is_placed_by_hand(desk: Desk, released: Packet) -> None:
    """By itself it is refused with what to do; with its place chosen it joins the round."""
    client, data = desk.as_("coordinator"), word_file(None)
    refused = bring(desk, client, released, data)
    assert refused.status_code == 422
    assert "say by hand" in refused.content.decode()
    assert "--" not in refused.content.decode().partition('role="alert"')[2].partition("</div>")[0]
    assert bring(desk, client, released, data, place="1/baa").status_code == 302
    (file,) = desk.office.ledger.packets.get(released.id).rounds[0].returned
    assert file.slug == "baa"


@pytest.mark.parametrize("place", ["2/psa", "1/pses", "../1", "1/psa/x", "x/psa"])
def test_a_place_that_is_none_is_refused(desk: Desk, released: Packet, place: str) -> None:
    """Attack: only the rounds and documents offered can be chosen."""
    answer = bring(desk, desk.as_("coordinator"), released, word_file(None), place=place)
    assert answer.status_code == 422
    assert "review.returned" not in desk.history(released.id)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.docx", b"MZ"),
        ("x.docx", b""),
        ("x.pdf", b"%PDF-1.7"),
        ("macro.docx", word_file(None, {"word/vbaProject.bin": b"x"})),
        ("../<b>.docx", b"PK\x03\x04" + b"\0" * 200),
        ("dtd.docx", word_file(b'<!DOCTYPE a [<!ENTITY b "c">]><Properties>&b;</Properties>')),
    ],
)
def test_hostile_files_are_refused_in_a_sentence(
    desk: Desk, released: Packet, name: str, data: bytes
) -> None:
    """Attack: the page says why, nothing is recorded, and no name is echoed as markup."""
    answer = bring(desk, desk.as_("coordinator"), released, data, name)
    assert answer.status_code == 422
    assert 'id="problem"' in answer.content.decode()
    assert "<b>" not in answer.content.decode()
    assert "review.returned" not in desk.history(released.id)


def test_a_file_that_is_too_large_is_not_read(desk: Desk, released: Packet) -> None:
    """The bound is checked before anything is parsed."""
    answer = bring(desk, desk.as_("coordinator"), released, bytes(MOST_BYTES + 1))
    assert answer.status_code == 422
    assert "larger than 20 MB" in answer.content.decode()


def test_a_file_of_another_packet_is_refused(desk: Desk, released: Packet) -> None:
    """Attack: a file cannot be slipped into a round that is not its own."""
    answer = bring(desk, desk.as_("coordinator"), released, redline(released, number=7))
    assert answer.status_code == 409
    assert "never released" in answer.content.decode()


def test_terms_are_agreed_and_then_approved(desk: Desk, released: Packet) -> None:
    """Agreeing leads to the packet, where approving is next; the tab says who agreed."""
    client = desk.as_("coordinator")
    answer = desk.send(client, f"{at(released)}/agree", page=at(released))
    assert answer["Location"] == f"/desk/packets/{released.id}"
    assert desk.office.ledger.packets.get(released.id).state is PacketState.TERMS_AGREED
    page = client.get(at(released)).content.decode()
    assert "Terms agreed" in page
    assert "Casey Coordinator" in page


@pytest.mark.parametrize("act", ["release", "agree"])
def test_what_cannot_be_done_now_is_said(desk: Desk, released: Packet, act: str) -> None:
    """A form from before, sent when the packet has moved on, leads back with a sentence."""
    client = desk.as_("coordinator")
    found = ONCE.search(client.get(at(released)).content.decode())
    assert found is not None
    desk.send(client, f"{at(released)}/agree", page=at(released))
    answer = client.post(f"{at(released)}/{act}", {"once": found.group(1)[::-1]}, follow=True)
    assert "cannot be taken now" in answer.content.decode()


@pytest.mark.parametrize("key", ["auditor", "legal_approver", "pso_countersigner"])
def test_others_read_and_do_not_act(desk: Desk, released: Packet, key: str) -> None:
    """Readers see the rounds and no form; what they send is refused by the table."""
    client = desk.as_(key)
    assert "Take in a returned file" not in client.get(at(released)).content.decode()
    for act in ("release", "return", "agree"):
        assert client.post(f"{at(released)}/{act}", {"once": "x" * 32}).status_code == 403


def test_the_tab_takes_a_fixed_number_of_queries(desk: Desk, released: Packet) -> None:
    """However many rounds and files."""
    assert desk.queries(desk.as_("coordinator"), at(released)) <= QUERIES


def edited(data: bytes) -> bytes:
    """Change a word of the real draft without tracking it, as somebody in Word could."""
    document = Document(io.BytesIO(data))
    for paragraph in document.paragraphs:
        for piece in paragraph.runs:
            if "thirty (30) days" in piece.text or "30 days" in piece.text:
                piece.text = piece.text.replace("30", "90")
                buffer = io.BytesIO()
                document.save(buffer)
                return buffer.getvalue()
    raise AssertionError


def test_a_silent_change_is_shown_and_must_be_answered(desk: Desk, released: Packet) -> None:
    """The control is the draft itself, saved again: it proposes nothing."""
    client = desk.as_("coordinator")
    draft = released.rounds[0].copy("psa")
    assert draft is not None
    sent = desk.office.work.open(draft.docx_sha256)
    again = io.BytesIO()
    Document(io.BytesIO(sent)).save(again)
    for data in (again.getvalue(), edited(sent)):
        assert bring(desk, client, released, data).status_code == 302
    same, other = desk.office.ledger.packets.get(released.id).rounds[0].returned
    assert (same.proposals, other.proposals) == (0, 1)
    place = f"/desk/packets/{released.id}/returned"
    assert "It proposes nothing" in client.get(f"{place}/{same.sha256}/changes").content.decode()
    page = client.get(f"{place}/{other.sha256}/changes").content.decode()
    assert "Not tracked" in page
    assert re.search(r"<del>[^<]*30[^<]*</del>\s*<ins>[^<]*90[^<]*</ins>", page)
    assert desk.queries(client, f"{place}/{other.sha256}/changes") <= QUERIES
    assert client.get(f"{place}/{'0' * 64}/changes").status_code == 404
    refused = desk.send(client, f"{at(released)}/agree", page=at(released))
    assert refused.status_code == 409
    assert "Gloria Example (psa)" in refused.content.decode()
    given = {"answer": "Withdrawn by counsel by telephone."}
    assert desk.send(client, f"{at(released)}/agree", page=at(released), **given).status_code == 302
