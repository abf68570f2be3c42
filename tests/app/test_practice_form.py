"""A practice fills in its own form: by link and code, on the same pages, and hands it in."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.person import Role
from docgen.errors import NotAllowed
from docgen.services.enroll import enroll
from docgen.services.practice_form import LINK_PERIOD, invite, revoke
from docgen.services.sweep import run_due
from tests.app.desk.test_enrollment_form import latest, opened

if TYPE_CHECKING:
    from django.test import Client

    from docgen.domain.form_guest import FormGuest
    from docgen.ports.ledger import EnrollmentVersion
    from tests.app.desk.staff import Desk

ADA = "ada@riverside.example.org"
LINK = re.compile(r"(/practice/link/\S+)")


def draft(desk: Desk) -> EnrollmentVersion:
    """Store a draft that lacks nothing to be submitted."""
    raw = json.loads(desk.enrollment.record) | {"record_id": "6f1f3f0e-8f0c-4d5e-9a51-000000000001"}
    return enroll(desk.office, raw, draft=True, actor="user:coordinator", as_new=True).version


def invited(desk: Desk, version: EnrollmentVersion) -> FormGuest:
    """Invite Ada."""
    person = desk.office.ledger.people.get("coordinator")
    return invite(desk.office, version.enrollment_id, "Ada Lovelace", ADA, person)


def link(desk: Desk, email: str = ADA) -> str:
    """Give the newest mailed link."""
    run_due(desk.office)
    texts = [one.text for one in desk.mailer.sent if one.to_address == email]
    found = [match[1] for text in texts if (match := LINK.search(text))]
    return found[-1]


def inside(desk: Desk, email: str = ADA) -> tuple[Client, str]:
    """Come by the link, prove the address, and give the client and the form's address."""
    client = desk.client()
    door = client.get(link(desk, email))["Location"]
    assert client.post(door, {"send": "yes"}).status_code == 302
    answer = client.post(door, {"code": desk.code_of(email)})
    assert answer.status_code == 302, answer.content.decode()
    return client, answer["Location"]


def test_a_practice_fills_in_and_submits_its_form(desk: Desk) -> None:
    """By link and code, on the same pages; then the coordinators are told, once each."""
    version = draft(desk)
    guest = invited(desk, version)
    client, form = inside(desk)
    assert form == f"/practice/{guest.id}/form"
    page = opened(client, f"{form}/practice")
    sent = page.fields | {"practice.referral_source": ["a friend"], "do": "stay"}
    assert client.post(f"{form}/practice", sent).status_code == 302
    assert latest(desk, version)["practice"]["referral_source"] == "a friend"
    assert "Submit the form" in client.get(form).content.decode()
    for _ in range(2):
        client.post(form)
    newest = desk.office.ledger.enrollments.latest(version.enrollment_id)
    assert not newest.is_draft
    assert "is submitted" in client.get(f"{form}/practice").content.decode()
    run_due(desk.office)
    told = [one.to_address for one in desk.mailer.sent if "form submitted" in one.subject]
    wanted = [
        one.email for one in desk.office.ledger.people.list() if Role.COORDINATOR in one.roles
    ]
    assert sorted(told) == sorted(wanted)
    states = desk.office.register.enrollment(version.enrollment_id).tasks
    done = {one.task.value: one.done_at for one in states}
    assert done["task.form_submitted"] is not None
    assert done["task.form_accepted"] is None


def test_opening_a_link_changes_nothing(desk: Desk) -> None:
    """A mail scanner opens it, and its own page: no activity, no code, no session."""
    version = draft(desk)
    guest = invited(desk, version)
    address = link(desk)
    before = (desk.history(version.enrollment_id), desk.office.ledger.form_guests.get(guest.id))
    scanner = desk.client()
    for _ in range(3):
        assert scanner.get(scanner.get(address)["Location"]).status_code == 200
    after = (desk.history(version.enrollment_id), desk.office.ledger.form_guests.get(guest.id))
    assert after == before
    assert scanner.get(f"/practice/{guest.id}/form")["Location"].startswith(
        f"/practice/{guest.id}?"
    )


def test_wrong_links_and_codes_open_nothing(desk: Desk) -> None:
    """Attack: a guessed link, another's link, a wrong code, a code without the link."""
    version = draft(desk)
    guest = invited(desk, version)
    address = link(desk)
    client = desk.client()
    for wrong in (f"{address[:-1]}x", f"/practice/link/{guest.id}.form.AAAA", "/practice/link/x"):
        answer = client.get(wrong)
        assert answer.status_code == 404
        assert "/start" in answer.content.decode()
    assert client.get(f"/practice/{guest.id}").status_code == 404
    assert client.post(f"/practice/{guest.id}", {"code": "000000"}).status_code == 404
    door = client.get(address)["Location"]
    client.post(door, {"send": "yes"})
    code = desk.code_of(ADA)
    wrong_code = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert client.post(door, {"code": wrong_code}).status_code == 409
    assert client.post(door, {"code": code}).status_code == 409  # tried too often


def test_a_link_ends_and_helps(desk: Desk) -> None:
    """Old, replaced or withdrawn, it says what to do; the visit ends with it."""
    version = draft(desk)
    guest = invited(desk, version)
    person = desk.office.ledger.people.get("coordinator")
    client, form = inside(desk)
    old = link(desk)
    assert client.get(form).status_code == 200
    invited(desk, version)
    assert desk.client().get(old).status_code == 404
    assert client.get(form).status_code == 302
    client, form = inside(desk)
    revoke(desk.office, version.enrollment_id, guest.id, person)
    assert client.get(form).status_code == 302
    assert desk.client().get(link(desk)).status_code == 404
    invited(desk, version)
    fresh = link(desk)
    desk.clock.advance(LINK_PERIOD + timedelta(seconds=1))
    assert desk.client().get(fresh).status_code == 404


def test_a_guest_sees_its_own_form_only(desk: Desk) -> None:
    """Attack: the session of one invitation opens no other one, and nothing of the desk."""
    invited(desk, draft(desk))
    client, form = inside(desk)
    person = desk.office.ledger.people.get("coordinator")
    raw = {"practice": {"display_name": "Another Practice"}}
    other = enroll(desk.office, raw, draft=True, actor="user:coordinator").version
    theirs = invite(desk.office, other.enrollment_id, "Bo", "bo@other.example.org", person)
    mine = form.split("/")[2]
    for what in ("form-link", "form-visit"):
        client.cookies[f"{what}-{theirs.id}"] = client.cookies[f"{what}-{mine}"].value
    assert client.get(f"/practice/{theirs.id}/form").status_code == 302
    assert client.get(f"/practice/{theirs.id}").status_code == 404
    assert client.get(f"/desk/enrollments/{other.enrollment_id}/form").status_code == 302
    auditor = desk.office.ledger.people.get("auditor")
    with pytest.raises(NotAllowed):
        invite(desk.office, other.enrollment_id, "Cy", "cy@other.example.org", auditor)


def test_what_a_guest_typed_survives_the_end_of_the_visit(desk: Desk) -> None:
    """Sent too late: the code is asked for again, and the page shows what was typed."""
    version = draft(desk)
    invited(desk, version)
    client, form = inside(desk)
    sent = opened(client, f"{form}/practice").fields | {"practice.referral_source": ["a friend"]}
    desk.clock.advance(timedelta(hours=3))
    answer = client.post(f"{form}/practice", sent)
    assert answer.status_code == 302
    door = answer["Location"]
    client.post(door, {"send": "yes"})
    answer = client.post(door, {"code": desk.code_of(ADA)})
    assert answer["Location"] == f"{form}/practice"
    assert "a friend" in client.get(answer["Location"]).content.decode()
    client.post(door.partition("?")[0], {"send": "yes"})
    away = f"{door.partition('?')[0]}?next=https://evil.example.org/"
    assert client.post(away, {"code": desk.code_of(ADA)})["Location"] == form


def test_a_practice_starts_by_itself(desk: Desk) -> None:
    """The same answer for everybody; a draft begins only when the address is proved."""
    client, before = desk.client(), len(desk.office.ledger.enrollments.list())
    new = client.post("/start", {"address": "new@practice.example.org"})
    bodies = {re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", one.content.decode()) for one in (
        new, client.post("/start", {"address": "new@practice.example.org"}),
        client.post("/start", {"address": "coordinator@example.org"}),
    )}  # fmt: skip
    assert len(bodies) == 1
    assert len(desk.office.ledger.enrollments.list()) == before
    practice, form = inside(desk, "new@practice.example.org")
    assert len(desk.office.ledger.enrollments.list()) == before + 1
    greetings = {
        one.text.partition("\n")[0]
        for one in desk.mailer.sent
        if one.to_address == "new@practice.example.org"
    }
    assert greetings == {"Hello,"}  # nobody told a name
    enrollment = desk.office.ledger.form_guests.of_email("new@practice.example.org")[0]
    listed = desk.as_("coordinator").get(f"/desk/enrollments/{enrollment.enrollment_id}/guests")
    assert "asked for the form without an invitation" in listed.content.decode()
    assert "new@practice.example.org" in practice.get(f"{form}/contacts/1").content.decode()
    assert client.post("/start", {"address": "no address"}).status_code == 422
    run_due(desk.office)
    for _ in range(5):  # a stranger cannot fill a mailbox, nor end the visit
        client.post("/start", {"address": "new@practice.example.org"})
    run_due(desk.office)
    letters = [
        one
        for one in desk.mailer.sent
        if LINK.search(one.text) and one.to_address == "new@practice.example.org"
    ]
    assert len(letters) == 3
    assert practice.get(form).status_code == 200


def test_the_start_page_offers_what_to_read(desk: Desk) -> None:
    """The guide, the blank agreements, the blank forms; anything else is not found."""
    client = desk.client()
    page = client.get("/start").content.decode()
    assert "Participation Guide" in page
    answer = client.get("/start/sample/psa/docx")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    assert client.get("/start/sample/psa/pdf").content[:5] == b"%PDF-"
    assert client.get("/start/blank/xlsx").status_code == 200
    for wrong in ("/start/sample/psa/exe", "/start/sample/none/pdf", "/start/blank/csv"):
        assert client.get(wrong).status_code == 404


def test_the_coordinator_invites_and_withdraws_on_the_desk(desk: Desk) -> None:
    """Once for each form; a submitted form must be a draft again first."""
    client, version = desk.as_("coordinator"), draft(desk)
    at = f"/desk/enrollments/{version.enrollment_id}/guests"
    assert desk.send(client, at, name="Ada", email=ADA).status_code == 302
    (guest,) = desk.office.ledger.form_guests.of_enrollment(version.enrollment_id)
    assert ADA in client.get(at).content.decode()
    assert desk.send(client, at, name="Ada", email="not one").status_code == 422
    assert desk.send(client, at, name="{{x}}", email=ADA).status_code == 422
    assert desk.send(client, f"{at}/{guest.id}/withdraw", page=at).status_code == 302
    assert desk.office.ledger.form_guests.get(guest.id).revoked_at is not None
    submitted = f"/desk/enrollments/{desk.enrollment.enrollment_id}/guests"
    page = client.get(submitted).content.decode()
    assert "Send the link" not in page
    assert "Save as a draft" in page
    # Opened before it was submitted, the form of the invitation is still refused.
    assert desk.send(client, submitted, page=at, name="Ada", email=ADA).status_code == 409
