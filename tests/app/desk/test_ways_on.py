"""Each page says where it goes on, in words of people and not of programs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from docgen.domain.batch import Act
from docgen.domain.packet import PacketState
from docgen.services.batch import begin
from docgen.services.sweep import run_due
from docgen.web.desk.wording import service_words
from integrations.mail.fake import FakeMailer

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (PacketState.DRAFT, "can review marked drafts first"),
        (PacketState.IN_REVIEW, "The drafts are with"),
        (PacketState.IN_NEGOTIATION, "What came back is answered"),
    ],
)
def test_a_packet_under_review_leads_there(desk: Desk, state: PacketState, words: str) -> None:
    """The coordinator, who does it; not those who only read."""
    packet = desk.packet(state)
    link = f'<a href="/desk/packets/{packet.id}/review">Go to Review</a>'
    page = desk.as_("coordinator").get(f"/desk/packets/{packet.id}").content.decode()
    assert words in page
    assert link in page
    assert link not in desk.as_("auditor").get(f"/desk/packets/{packet.id}").content.decode()


def test_a_packet_past_review_does_not(desk: Desk) -> None:
    """The control."""
    packet = desk.packet(PacketState.APPROVED)
    page = desk.as_("coordinator").get(f"/desk/packets/{packet.id}").content.decode()
    assert "Go to Review" not in page


def test_signing_services_go_by_their_names() -> None:
    """One that we do not know is told as the settings name it."""
    assert service_words("embedded") == "our own signing pages"
    assert service_words("dropbox_sign") == "Dropbox Sign"
    assert service_words("another") == "another"


def test_a_batch_names_practices_not_ids(desk: Desk) -> None:
    """The id of an enrollment means nothing to a person."""
    person = desk.office.ledger.people.get("coordinator")
    ids = [desk.enrollment.enrollment_id]
    batch = begin(desk.office, Act.GENERATE_CONTRACTING, ids, person)
    run_due(desk.office)
    page = desk.as_("coordinator").get(f"/desk/batches/{batch.id}").content.decode()
    words = re.sub(r"<[^>]+>", " ", page)
    assert desk.enrollment.enrollment_id not in words
    assert f'href="/desk/enrollments/{desk.enrollment.enrollment_id}"' in page


def test_a_file_of_which_nothing_was_read_shows_no_empty_table(desk: Desk) -> None:
    """Only what is wrong with it, and the way back."""
    client = desk.as_("coordinator")
    data = SimpleUploadedFile("form.json", b'{"nonsense": 1}')
    place = client.post("/desk/enrollments/upload", {"file": data}).headers["Location"]
    page = client.get(place).content.decode()
    assert "upload it again" in page
    assert "<h2>Values</h2>" not in page


def test_the_home_page_of_an_administrator_leads_to_what_is_amiss(desk: Desk) -> None:
    """An administrator's roles have no queue."""
    assert 'href="/desk/settings"' in desk.as_("administrator").get("/desk/").content.decode()
    assert "before real use" not in desk.as_("coordinator").get("/desk/").content.decode()


class Outbox(FakeMailer):
    """Letters in memory, called what those in a folder are."""

    key: ClassVar[str] = "outbox"


def test_where_letters_go_to_a_folder_the_code_page_says_so(desk: Desk) -> None:
    """Somebody who tries the product out on one machine finds the code; nobody else is told."""
    address = {"email": "coordinator@example.org"}
    place, words = "/account/sign-in", "the newest holds the code"
    assert words not in desk.client().post(place, address, follow=True).content.decode()
    desk.office = replace(desk.office, mailer=Outbox())
    assert words in desk.client().post(place, address, follow=True).content.decode()
