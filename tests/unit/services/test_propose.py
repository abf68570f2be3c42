"""A file becomes a proposal that a person confirms; nothing is stored by reading it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from docgen.domain.enrollment import Stage, parse_enrollment
from docgen.errors import InputError, NotFound
from docgen.services.enroll import enroll
from docgen.services.form import print_form
from docgen.services.propose import propose
from docgen.services.spreadsheet_template import blank_csv, draft_workbook, workbook
from tests.unit.domain.enrollment.samples import TODAY, raw_sample, sample_file, sample_record
from tests.unit.services.forms_in import SMALL, empty_form, filled, leaves_in, workbook_of

if TYPE_CHECKING:
    from docgen.ports.ledger import EnrollmentVersion
    from docgen.services.office import Office

NAME = "freestanding-pllc"


def stored(office: Office, name: str = NAME, **changes: object) -> EnrollmentVersion:
    """Store a sample as a draft."""
    return enroll(office, raw_sample(name) | changes, draft=True, actor="user:test").version


def test_a_proposal_stores_nothing(office: Office) -> None:
    """Reading leaves no trace; only `enroll` takes the values."""
    proposal = propose(office, "form.pdf", filled(SMALL))
    (row,) = proposal.rows
    assert list(office.ledger.enrollments.list()) == []
    result = enroll(office, row.values, draft=True, actor="user:test")
    assert result.version.practice == "Lakeside Radiation Oncology"
    assert result.checked.record.source == "email_form"


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".toml"])
def test_a_record_is_a_proposal_like_any_other(office: Office, suffix: str) -> None:
    """The same entry takes the files that hold the record itself."""
    names = {".json": "hospital-department", ".yaml": NAME, ".toml": "second-pso"}
    file = sample_file(names[suffix])
    (row,) = propose(office, file.name, file.read_bytes()).rows
    assert row.problems == ()
    assert row.shown[0].label


def test_problems_carry_the_rule_the_path_and_the_place_in_the_form(office: Office) -> None:
    """A wrong NPI on the second row is the first facility's, and stands in part 3."""
    proposal = propose(office, "form.pdf", filled({**SMALL, "facilities.1.npi": "1234567890"}))
    (found,) = proposal.rows[0].problems
    assert (found.rule, found.path) == ("val.npi", "facilities[0].npi")
    assert found.where == "part 3, Facility 2, NPI"
    missing = next(one for one in proposal.rows[0].findings if one.path == "contacts[0].title")
    assert (missing.weight, missing.where) == ("missing", "part 4, Contact 1, Title")


def test_problems_carry_the_place_in_the_workbook(office: Office) -> None:
    """The sheet and the cell."""
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    sheet = book["Facilities"]
    headings = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, headings["Name *"]).value = "Main"
    sheet.cell(2, headings["NPI"]).value = "12"
    sheet.cell(2, headings["Short name"]).value = "=A1"
    target = io.BytesIO()
    book.save(target)
    (row,) = propose(office, "x.xlsx", target.getvalue()).rows
    places = {one.path: (one.rule, one.where) for one in row.problems}
    assert places["facilities[0].short_name"] == ("val.type", "Facilities!C2")
    rule, where = places["facilities[0].npi"]
    assert rule == "val.npi"
    assert where.startswith("Facilities!")
    assert [one.path for one in row.refusals] == ["facilities[0].short_name"]


def test_a_reference_to_an_empty_row_is_a_problem(office: Office) -> None:
    """Who chose a row nobody filled in is told so."""
    (row,) = propose(office, "form.pdf", filled({**SMALL, "submitted_by": "#5"})).rows
    (found,) = row.problems
    assert (found.rule, found.where) == ("val.refs", "part 1, Person who submitted")
    assert "row 5 of that list is empty" in found.message


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("form.docx", b"x", "Send the enrollment as one of these"),
        ("form", b"x", "Send the enrollment as one of these"),
        ("form.pdf", b"PK\x03\x04xx", "holds something else"),
        ("form.xlsx", b"%PDF-1.7", "holds something else"),
        ("form.csv", b"PK\x03\x04xx", "is a .xlsx file"),
        ("form.json", b"%PDF-1.7", "is a .pdf file"),
        ("list.json", b"[]", "by name"),
        ("sites.csv", b"Name,Phone number\nMain,x\n", "which enrollment they belong to"),
    ],
)
def test_a_file_of_another_kind_than_its_name_is_refused(
    office: Office, name: str, data: bytes, told: str
) -> None:
    """The content must be what the ending says."""
    with pytest.raises(InputError, match=told):
        propose(office, name, data)


def test_a_form_printed_from_a_draft_comes_back_onto_it(office: Office) -> None:
    """What the form does not ask for stays as it is in the draft."""
    version = stored(office)
    form = filled({"contacts.0.title": "Chief of Everything"}, print_form(office, version))
    proposal = propose(office, "form.pdf", form, onto=version.enrollment_id)
    (row,) = proposal.rows
    wanted: Any = sample_record(NAME).to_json()
    wanted["contacts"][0]["title"] = "Chief of Everything"
    back = parse_enrollment(row.values, today=TODAY, stage=Stage.DRAFT).record.to_json()
    assert dict(leaves_in(back)) == dict(leaves_in(wanted))
    result = enroll(office, row.values, draft=True, actor="user:test", onto=row.onto)
    assert (result.version.enrollment_id, result.version.version) == (version.enrollment_id, 2)


def test_a_form_that_says_the_same_is_the_version_already_stored(office: Office) -> None:
    """A form sent back as it was changes nothing."""
    version = stored(office)
    (row,) = propose(office, "f.pdf", print_form(office, version), onto=version.enrollment_id).rows
    again = enroll(office, row.values, draft=True, actor="user:test", onto=row.onto)
    assert not [one for one in row.findings if one.weight == "note"]
    assert again.version.version in {1, 2}  # the order of ticked words may differ
    assert parse_enrollment(row.values, today=TODAY, stage=Stage.PSES).warnings == ()


def test_a_workbook_of_a_draft_comes_back_onto_it_and_may_drop_rows(office: Office) -> None:
    """A row taken out of the sheet leaves the record."""
    version = stored(office, "network-joinder")
    book = openpyxl.load_workbook(io.BytesIO(draft_workbook(version)))
    book["Facilities"].delete_rows(17)
    target = io.BytesIO()
    book.save(target)
    (row,) = propose(office, "x.xlsx", target.getvalue(), onto=version.enrollment_id).rows
    assert len(row.values["facilities"]) == 15


def test_rows_stay_if_the_draft_changed_meanwhile(office: Office) -> None:
    """A file made from an older version must not take away what somebody added since."""
    version = stored(office, record_id="1b4e28ba-2fa1-4d2a-8c3b-0a1b2c3d4e5f")
    book = draft_workbook(version)
    raw: Any = raw_sample(NAME) | {"record_id": version.enrollment_id}
    raw["facilities"].append({**raw["facilities"][0], "facility_id": "new", "name": "New"})
    enroll(office, raw, draft=True, actor="user:test")
    (row,) = propose(office, "x.xlsx", book, onto=version.enrollment_id).rows
    assert [one["facility_id"] for one in row.values["facilities"]] == ["main", "new"]
    assert any("draft changed" in one.message for one in row.findings)


def test_a_file_made_from_another_draft_is_refused(office: Office) -> None:
    """One practice's form never lands on another's enrollment."""
    mine, other = stored(office), stored(office, "second-pso")
    with pytest.raises(InputError, match="another enrollment"):
        propose(office, "x.xlsx", draft_workbook(mine), onto=other.enrollment_id)
    with pytest.raises(NotFound):
        propose(office, "x.xlsx", draft_workbook(mine), onto="enr_nobody")


def test_without_naming_the_draft_nothing_of_it_is_read(office: Office) -> None:
    """A file that names a draft gives nobody that draft's values."""
    version = stored(office)
    form = print_form(office, version)
    (row,) = propose(office, "form.pdf", form).rows
    assert "terms" not in row.values
    assert "staffing" not in row.values["facilities"][0]
    assert any("naming that enrollment" in one.message for one in row.findings)


def test_facilities_from_a_csv_file_join_the_draft(office: Office) -> None:
    """Known by id or name they are changed, unknown ones are added, all others stay."""
    version = stored(office)
    data = (
        'Name,Operating entity,"Address, first address line","Address, city",'
        '"Address, state","Address, ZIP code",NPI\r\n'
        "Lakeside Radiation Oncology Center,,1 New Street,Austin,TX,78731,2000000028\r\n"
        "Lakeside West,lakeside,2 Lake Street,Austin,Texas,78731,12\r\n"
    )
    (row,) = propose(office, "sites.csv", data.encode(), onto=version.enrollment_id).rows
    first, second = row.values["facilities"]
    assert first["facility_id"] == "main"
    assert first["address"]["line1"] == "1 New Street"
    assert first["equipment"]["linacs"] == 2
    assert first["operated_by_entity_id"] == "lakeside"  # an empty cell takes nothing away
    assert second["facility_id"] == "lakeside-west"
    assert len(row.values["contacts"]) == 4
    (found,) = row.problems
    assert (found.path, found.where) == ("facilities[1].npi", "cell G3")


def test_many_practices_come_in_one_file(office: Office) -> None:
    """Each row is an enrollment of its own, with its own problems."""
    headings = blank_csv().decode("utf-8-sig").strip()
    assert headings.count('"Facility: NPI"') == 1
    data = (
        '"Practice, practice name";"Practice, setting";"Facility: Name";"Contact: Given name";'
        '"Contact: Family name";"Contact: E-mail address";"Contact: Roles: Primary contact";Taste\n'
        "One;academic;Main;Ada;Example;ada@example.org;yes;sweet\n"
        "Two;Government;Main;Bob;Example;bob-example.org;yes;\n"
    )
    one, two = propose(office, "practices.csv", data.encode()).rows
    assert one.problems == ()
    assert [item.where for item in one.unread] == ["row 2, column H"]
    assert one.values["contacts"][0]["roles"] == ["primary"]
    assert [(item.rule, item.where) for item in two.problems] == [("val.email", "row 3, column F")]


def test_what_is_shown_is_what_is_proposed(office: Office) -> None:
    """Every value with its label and its place, in words people read."""
    (row,) = propose(office, "x.xlsx", workbook_of(NAME)).rows
    shown = {one.label: (one.text, one.where) for one in row.shown}
    assert shown["Practice, setting"] == ("Community, freestanding", "Practice!B13")
    assert shown["Contact 1, roles"][0].startswith("primary; contracting")
    assert {one.path for one in row.shown} >= {"legal_entities[0].legal_name", "facilities[0].npi"}


def test_a_draft_that_does_not_fit_on_the_form_is_offered_the_spreadsheet(office: Office) -> None:
    """Nothing is cut off silently."""
    with pytest.raises(InputError, match="16 facilities"):
        print_form(office, stored(office, "network-joinder"))
    assert print_form(office)[:5] == empty_form()[:5]
