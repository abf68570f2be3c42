"""The workbook: every sample goes in and comes back equal; what a person writes is understood."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from docgen.domain.enrollment.answers import gather
from docgen.services.spreadsheet import read_workbook
from docgen.services.spreadsheet_plan import NOT_ASKED, answers, tables
from docgen.services.spreadsheet_template import workbook
from tests.unit.domain.enrollment.samples import VALID, sample_record
from tests.unit.services.forms_in import leaves_in, record_in, workbook_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWERS = {
    "Practice": {"Practice, practice name *": "Lakeside", "Practice, setting *": "Academic center"}
}


def written(sheets: Mapping[str, Any]) -> bytes:
    """Fill the empty workbook in by its headings: one row a dictionary, answers by question."""
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    for title, content in sheets.items():
        sheet = book[title]
        headings = {cell.value: cell.column for cell in sheet[1]}
        if title == "Practice":
            lines = {row[0].value: row[1] for row in sheet.iter_rows(min_row=2)}
            for question, value in content.items():
                lines[question].value = value
            continue
        for number, row in enumerate(content, start=2):
            for heading, value in row.items():
                sheet.cell(number, headings[heading]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def understood(sheets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain values of a workbook filled in by hand."""
    return gather(read_workbook(written(sheets)).answers, {}).values


@pytest.mark.parametrize("name", VALID)
def test_every_sample_comes_back_equal(name: str) -> None:
    """The workbook holds the whole record, but for what the program itself writes."""
    taken = read_workbook(workbook_of(name))
    own = {".".join(map(str, path)) for path in NOT_ASKED}
    before = {
        path: one for path, one in leaves_in(sample_record(name).to_json()) if path not in own
    }
    after = {path: one for path, one in leaves_in(record_in(taken)) if path not in own}
    assert after == before
    assert taken.unread == []
    assert len(before) > 80


def test_an_empty_workbook_says_nothing() -> None:
    """The template itself holds no answer."""
    assert gather(read_workbook(workbook()).answers, {}).values == {}


def test_a_heading_names_one_field() -> None:
    """Headings are labels, so no sheet may have two of one label."""
    for columns in (answers(), *(one.columns for one in tables())):
        headings = [one.heading.casefold() for one in columns]
        assert len(set(headings)) == len(headings)


def test_what_people_write_is_understood() -> None:
    """Words from the lists, yes and no, dates, numbers, several values in a cell."""
    values = understood(
        ANSWERS
        | {
            "Legal entities": [{"Legal name": "Lakeside, PLLC", "EIN": 123456789}],
            "Facilities": [
                {
                    "Name *": "Main",
                    "Operating entity": "lakeside,  pllc",
                    "Address, ZIP code *": 2139,
                    "NPI": 2000000028.0,
                    "First day": datetime(2014, 3, 1, tzinfo=None),  # noqa: DTZ001  # cells know no zone
                    "Last day": "12/31/2030",
                    "Equipment, linear accelerators": 2.0,
                    "Systems, treatment planning systems": "One; Two",
                    "Accreditation: ACR": "x",
                }
            ],
            "Key contacts": [
                {
                    "Given name *": "Ada",
                    "Family name *": "Example",
                    "Roles: Primary contact": "yes",
                }
            ],
        }
    )
    assert values["practice"] == {"display_name": "Lakeside", "setting": "academic"}
    (facility,) = values["facilities"]
    assert facility["operated_by_entity_id"] == values["legal_entities"][0]["entity_id"]
    assert facility["address"]["postal_code"] == "02139"
    assert facility["npi"] == "2000000028"
    assert (facility["effective_from"], facility["effective_to"]) == ("2014-03-01", "2030-12-31")
    assert facility["equipment"] == {"linacs": 2}
    assert facility["systems"] == {"tps": ["One", "Two"]}
    assert facility["accreditation"] == ["acr"]
    assert values["contacts"][0]["roles"] == ["primary"]
    assert values["legal_entities"][0]["ein"] == "123456789"


def test_zeros_put_back_are_told() -> None:
    """A value that is not exactly what stands in the cell is pointed out."""
    row = {"Name *": "Main", "Address, ZIP code *": 2139}
    found = gather(read_workbook(written({"Facilities": [row]})).answers, {})
    assert "zeros in front" in found.notes[0].message
    assert found.places["facilities[0].address.postal_code"] == "Facilities!I2"


def test_a_list_inside_a_list_names_its_row() -> None:
    """Staff groups belong to the facility whose name or id stands beside them."""
    staffing = [
        {"Facility": "West", "Position *": "physicist", "Number of people *": 2},
        {"Facility": "nowhere", "Position *": "nurse", "Number of people *": 1},
    ]
    taken = read_workbook(
        written({"Facilities": [{"Name *": "Main"}, {"Name *": "West"}], "Staffing": staffing})
    )
    values = gather(taken.answers, {}).values
    assert "staffing" not in values["facilities"][0]
    assert values["facilities"][1]["staffing"] == [{"role": "physicist", "people": 2}]
    assert [one.where for one in taken.unread] == ["Staffing!A3"]


def test_what_is_not_read_is_told() -> None:
    """An unknown sheet, an unknown heading and a line nobody asked for."""
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book.create_sheet("Notes")["A1"] = "x"
    book["Facilities"].cell(1, 90).value = "Favourite colour"
    book["Practice"].cell(200, 1).value = "Anything else?"
    book["Practice"].cell(200, 2).value = "no"
    target = io.BytesIO()
    book.save(target)
    taken = read_workbook(target.getvalue())
    assert [one.where for one in taken.unread] == ["Practice!B200", "Facilities!CL1", "sheet Notes"]


def test_formulas_are_refused_by_cell_and_text_that_looks_like_one_too() -> None:
    """No formula is evaluated, and none is taken for text."""
    row = {"Name *": "=1+1", "Short name": "plain"}
    taken = read_workbook(written({"Facilities": [row]}))
    (found,) = taken.problems
    assert (found[0].rule, found[0].path, found[1]) == (
        "val.type",
        "facilities[0].name",
        "Facilities!B2",
    )
    assert "formulas are not read" in found[0].message


def test_values_go_into_the_workbook_as_text_never_as_formulas() -> None:
    """A practice named like a formula stays text, marked as such, when a draft is written out."""
    values = {"practice": {"display_name": "=HYPERLINK(1)", "referral_source": "+1", "dba": ["@x"]}}
    data = workbook(values)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = {cell.value: cell for row in book["Practice"].iter_rows() for cell in row if cell.value}
    for text in ("=HYPERLINK(1)", "+1", "@x"):
        assert cells[text].quotePrefix
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in packed.read(name) for name in sheets)


def test_lists_to_choose_from_come_with_the_template() -> None:
    """Every field with a fixed list has one in its cells."""
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    rules = book["Facilities"].data_validations.dataValidation
    offered = {str(one.sqref).split(":")[0][:-1] for one in rules if one.type == "list"}
    headings = {cell.value: cell.column_letter for cell in book["Facilities"][1]}
    for heading in ("Kind of facility", "Status", "Data scope", "Address, state *"):
        assert headings[heading] in offered, heading


def test_a_date_cell_stays_a_date() -> None:
    """A cell formatted as a date is read as one."""
    values = understood({"Facilities": [{"Name *": "Main", "First day": date(2020, 2, 29)}]})
    assert values["facilities"][0]["effective_from"] == "2020-02-29"
