"""Files on the desk: read, shown, confirmed, stored; blank forms to take along."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from docgen.services.spreadsheet_template import practice_columns, workbook
from tests.unit.domain.enrollment.samples import raw_sample

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.app.desk.staff import Desk

UPLOAD = "/desk/enrollments/upload"


def sent(client: Client, name: str, data: bytes, address: str = UPLOAD) -> HttpResponse:
    """Upload a file."""
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def sample(name: str = "hospital-department") -> bytes:
    """Give a sample as a JSON file."""
    return json.dumps(raw_sample(name)).encode()


def test_a_file_is_shown_before_it_is_stored_once(desk: Desk) -> None:
    """Nothing is stored by uploading; confirmed twice, it is stored once."""
    client, before = desk.as_("coordinator"), len(desk.office.ledger.enrollments.list())
    answer = sent(client, "form.json", sample())
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert raw_sample("hospital-department")["practice"]["display_name"] in page  # type: ignore[index]
    assert len(desk.office.ledger.enrollments.list()) == before
    stored = desk.send(client, answer["Location"], act="draft")
    assert stored["Location"].endswith("/form")
    desk.send(client, answer["Location"], act="draft")
    assert len(desk.office.ledger.enrollments.list()) == before + 1


def test_a_workbook_onto_a_practice_becomes_its_next_version(desk: Desk) -> None:
    """The workbook filled in so far comes back as a new version of the same form."""
    client, at = desk.as_("coordinator"), f"/desk/enrollments/{desk.enrollment.enrollment_id}"
    given = client.get(f"{at}/blank/xlsx")
    assert given["Content-Disposition"].startswith("attachment")
    answer = sent(client, "form.xlsx", given.content, f"{at}/upload")
    assert answer.status_code == 302, answer.content.decode()
    assert b"To correct" not in client.get(answer["Location"]).content
    assert desk.send(client, answer["Location"], act="submit")["Location"] == f"{at}/form"


def test_a_csv_of_practices_gets_a_result_for_each_row(desk: Desk) -> None:
    """Control and attack in one file: the good row is stored, the bad one says why."""
    columns = practice_columns()
    assert columns
    heading = ",".join(f'"{one}"' for one in columns)
    name = next(index for index, one in enumerate(columns) if "ractice name" in one)
    rows = [["" for _ in columns] for _ in range(2)]
    rows[0][name], rows[1][name] = "Riverside Radiation Oncology", "{{ evil }} Clinic"
    data = "\r\n".join([heading, *(",".join(f'"{cell}"' for cell in row) for row in rows)])
    client = desk.as_("coordinator")
    answer = sent(client, "practices.csv", data.encode())
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer["Location"]).content.decode()
    assert "Store 1 as drafts" in page
    assert "Cannot be stored" in page
    desk.send(client, answer["Location"], act="draft")
    page = client.get(answer["Location"]).content.decode()
    assert page.count("badge good") == 1
    assert "reserved for templates" in page


def test_what_many_places_lack_is_one_line_but_each_problem_has_its_own(desk: Desk) -> None:
    """Fourteen sites without a Reviewer are one thing to look at; wrong ZIP codes are many."""
    raw: dict[str, Any] = raw_sample("network-joinder")
    raw["reviewers"] = [
        {"contact_id": "sofia-alvarez", "facility_ids": ["midtown"], "can_report_to_pso": True}
    ]
    for facility in raw["facilities"][:7]:
        facility["address"]["postal_code"] = "1"
    client = desk.as_("coordinator")
    answer = sent(client, "form.json", json.dumps(raw).encode())
    page = client.get(answer["Location"]).content.decode()
    assert page.count("name a Reviewer for this facility") == 1
    assert "and 11 more, 14 in all: name a Reviewer for this facility" in page
    to_correct = page.partition("To correct")[2].partition("</ul>")[0]
    assert re.findall(r"Facility (\d+), address, ZIP code: ", to_correct) == list("1234567")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("form.exe", b"MZ"),
        ("form.pdf", b"not a pdf"),
        ("form.json", b"[1]"),
        ("form.json", b""),
        ("../../<b>.yaml", b"a: &x [*x]"),
        ("bomb.xlsx", b"PK\x03\x04" + b"\x00" * 200),
    ],
)
def test_hostile_files_are_refused_in_a_sentence(desk: Desk, name: str, data: bytes) -> None:
    """Attack: the page says what to do; nothing is stored and no name is echoed as markup."""
    before = len(desk.office.ledger.enrollments.list())
    answer = sent(desk.as_("coordinator"), name, data)
    assert 400 <= answer.status_code < 500
    assert 'id="problem"' in answer.content.decode()
    assert len(desk.office.ledger.enrollments.list()) == before


def test_a_file_that_is_too_large_is_not_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is checked before anything is parsed; no file at all is said so too."""
    monkeypatch.setattr("docgen.web.desk.enrollments.uploads.MOST_BYTES", 10)
    answer = sent(desk.as_("coordinator"), "form.json", sample())
    assert answer.status_code in {400, 422}
    assert "larger than 10 MB" in answer.content.decode()
    assert "Choose a file" in desk.as_("coordinator").post(UPLOAD).content.decode()


def test_a_second_file_waits_while_one_is_read(desk: Desk) -> None:
    """One at a time for each person."""
    from docgen.web.desk.enrollments.uploads import turn

    with turn("coordinator"):
        answer = sent(desk.as_("coordinator"), "form.json", sample())
    assert "Another file is being read" in answer.content.decode()
    assert sent(desk.as_("coordinator"), "form.json", sample()).status_code == 302


def test_nobody_reads_somebody_elses_upload(desk: Desk) -> None:
    """Attack: another coordinator with the address of the page finds nothing."""
    answer = sent(desk.as_("coordinator"), "form.json", sample())
    assert desk.as_("everything").get(answer["Location"]).status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_blank_forms_are_handed_over(desk: Desk, kind: str) -> None:
    """As files to save, of the right kind."""
    answer = desk.as_("coordinator").get(f"/desk/enrollments/blank/{kind}")
    assert answer.status_code == 200
    assert f"enrollment-form.{kind}" in answer["Content-Disposition"]
    assert workbook()[:2] == b"PK"


def test_a_practice_that_is_enrolled_leads_to_its_enrollment(desk: Desk) -> None:
    """The page that refuses leads there; as another practice it is stored all the same."""
    client = desk.as_("coordinator")
    first = desk.send(client, sent(client, "form.json", sample())["Location"], act="draft")
    raw = raw_sample("hospital-department") | {"participation_guide": {"version": "2026.2"}}
    place = sent(client, "form.json", json.dumps(raw).encode())["Location"]
    known = f'<a href="{first["Location"].removesuffix("/form")}">Look at that enrollment</a>'
    assert known not in client.get(place).content.decode()
    desk.send(client, place, act="draft")
    assert known in client.get(place).content.decode()
    assert desk.send(client, place, act="as-new")["Location"].endswith("/form")


def test_headings_nobody_knows_lead_to_the_blank_form_of_the_page(desk: Desk) -> None:
    """No command of the terminal is named to somebody at a page."""
    page = sent(desk.as_("coordinator"), "odd.csv", b"a,b\n1,2\n").content.decode()
    assert "or of the blank CSV." in page
    assert "docgen enroll" not in page
