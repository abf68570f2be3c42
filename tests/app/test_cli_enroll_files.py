"""`docgen enroll` with the files people send: shown, confirmed, stored; templates written."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.app.command import FORM, Terminal, refused
from tests.unit.domain.enrollment.samples import raw_sample
from tests.unit.services.forms_in import SMALL, changed, filled, flatten, workbook_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PRACTICES = (
    "Practice, practice name;Practice, setting;Facility: Name;Facility: Address, first address line;"
    "Facility: Address, city;Facility: Address, state;Facility: Address, ZIP code;"
    "Contact: Given name;Contact: Family name;Contact: E-mail address;Contact: Roles: Primary contact;"
    "Contact: Roles: Signs the agreements\n"
    "One;academic;Main;1 Street;Austin;TX;78731;Ada;Example;ada@example.org;yes;yes\n"
    "Two;academic;Main;1 Street;Austin;TX;78731;Bob;Example;nobody;yes;yes\n"
)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Give a site and a folder."""
    folder = tmp_path_factory.mktemp("files")
    terminal = Terminal(folder=folder, home=folder / "home")
    terminal.does("init", "--demo")
    yield terminal


def put(terminal: Terminal, name: str, data: bytes) -> str:
    """Lay a file into the folder."""
    (terminal.folder / name).write_bytes(data)
    return name


def test_a_form_is_shown_confirmed_and_stored(terminal: Terminal) -> None:
    """What was read stands there with its place; without a yes nothing is stored."""
    file = put(terminal, "form.pdf", filled(SMALL))
    before = terminal.does("status").out
    shown = terminal.run("enroll", file, "--draft")
    assert shown.code == 130  # nobody there to say yes
    assert (
        "Practice, practice name: Lakeside Radiation Oncology  [part 1, Practice name]" in shown.out
    )
    assert "shall it be stored?" in shown.err
    only = terminal.does("enroll", file, "--json").json
    assert only["stored"] is False
    assert only["rows"][0]["values"]["practice"]["setting"] == "government"
    assert terminal.does("status").out == before
    stored = terminal.does("enroll", file, "--draft", "--new", "--yes", "--json").json
    assert stored["enrollment"].startswith("enr_")
    assert stored["draft"] is True


def test_what_many_sites_share_is_one_line_and_all_of_the_json(terminal: Terminal) -> None:
    """Fourteen sites without a Reviewer: a person reads it once, a script at each path."""
    raw = raw_sample("network-joinder") | {
        "reviewers": [{"contact_id": "sofia-alvarez", "facility_ids": ["midtown"]}]
    }
    file = put(terminal, "network.json", json.dumps(raw).encode())
    told = terminal.does("enroll", file, "--new").err.splitlines()
    (line,) = (one for one in told if "name a Reviewer for this facility" in one)
    assert "and 11 more, 14 in all: " in line
    rows = terminal.does("enroll", file, "--new", "--json").json["missing"]
    paths = {one["path"] for one in rows if "name a Reviewer" in one["message"]}
    assert len(paths) == 14


def test_problems_name_the_rule_the_path_and_the_place(terminal: Terminal) -> None:
    """For people in one line, for scripts in fields of their own."""
    file = put(terminal, "wrong.pdf", filled({**SMALL, "facilities.1.npi": "12"}))
    ran = terminal.run("enroll", file, "--yes")
    refused(ran, 2, "val.npi  facilities[0].npi (part 3, Facility 2, NPI)")
    ran = terminal.run("enroll", file, "--new", "--yes", "--json")
    places = {one["path"]: one.get("where") for one in ran.json["problems"]}
    assert places["facilities[0].npi"] == "part 3, Facility 2, NPI"


def test_what_was_refused_as_private_is_not_repeated(terminal: Terminal) -> None:
    """A Social Security number stands neither in the terminal nor in a script's log."""
    number = "219-09-9999"
    file = put(
        terminal,
        "private.pdf",
        filled(
            {
                **SMALL,
                "legal_entities.0.legal_name": "Lakeside, PLLC",
                "legal_entities.0.ein": number,
                "contacts.0.title": f"Administrator, SSN {number}",
            }
        ),
    )
    ran = terminal.run("enroll", file, "--yes")
    refused(ran, 2, "val.ein", "val.no_phi")
    assert "Legal entity 1, EIN: (not repeated here)  [part 2, Legal entity 1, EIN]" in ran.out
    assert "Source: Form by e-mail\n" in ran.out  # read from nowhere in the file
    scripted = terminal.does("enroll", file, "--json")
    values = scripted.json["rows"][0]["values"]
    assert values["legal_entities"][0]["ein"] == "(not repeated here)"
    assert values["legal_entities"][0]["legal_name"] == "Lakeside, PLLC"
    assert number not in ran.out + ran.err + scripted.out + scripted.err


def test_a_formula_hides_no_other_problem(terminal: Terminal) -> None:
    """What a cell refuses, what the record refuses and what is missing are told at once."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_of("freestanding-pllc")))

    def put_in(sheet: str, heading: str, value: str | None) -> None:
        heads = [str(cell.value).rstrip(" *") for cell in book[sheet][1]]
        book[sheet].cell(2, heads.index(heading) + 1).value = value

    put_in("Facilities", "Name", "=1+1")
    put_in("Facilities", "NPI", "1234567890")
    put_in("Facilities", "Address, city", None)
    put_in("Legal entities", "EIN", "219-09-9999")
    data = io.BytesIO()
    book.save(data)
    ran = terminal.run("enroll", put(terminal, "formula.xlsx", data.getvalue()), "--yes", "--json")
    assert ran.code == 2
    assert [(one["rule"], one["path"]) for one in ran.json["problems"]] == [
        ("val.required", "facilities[0].address.city"),
        ("val.type", "facilities[0].name"),
        ("val.npi", "facilities[0].npi"),
        ("val.ein", "legal_entities[0].ein"),
    ]


def test_a_workbook_is_stored_whole(terminal: Terminal) -> None:
    """Everything of a sample, with the digest of the sample itself but for its source."""
    file = put(terminal, "book.xlsx", workbook_of("freestanding-pllc"))
    stored = terminal.does("enroll", file, "--new", "--yes", "--json").json
    assert stored["missing"] == []
    again = terminal.does("enroll", file, "--new", "--yes", "--json").json
    assert again["version"] == stored["version"]


def test_a_record_is_stored_without_a_question(terminal: Terminal) -> None:
    """Control: files for programs go in as before."""
    assert "stored" in terminal.does("enroll", str(FORM), "--new").out


def test_templates_are_written_and_never_over_something(terminal: Terminal) -> None:
    """Empty forms of each kind; an existing file needs --yes."""
    for kind, start in (("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        name = f"empty.{kind}"
        terminal.does("enroll", "--template", kind, name)
        assert (terminal.folder / name).read_bytes().startswith(start)
        refused(terminal.run("enroll", "--template", kind, name), 2, "exists already")
        terminal.does("enroll", "--template", kind, name, "--yes")
    refused(terminal.run("enroll", "--template", "xlsx", "x.xlsx", "--onto", "enr_nobody"), 3)


def test_a_draft_is_printed_changed_and_becomes_its_next_version(terminal: Terminal) -> None:
    """The workbook of a draft comes back onto it."""
    draft = terminal.does("enroll", str(FORM), "--new", "--json").json["enrollment"]
    terminal.does("enroll", "--template", "xlsx", "draft.xlsx", "--onto", draft)
    book = openpyxl.load_workbook(terminal.folder / "draft.xlsx")
    sheet = book["Facilities"]
    headings = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, headings["Short name"]).value = "Lake"
    target = io.BytesIO()
    book.save(target)
    file = put(terminal, "draft.xlsx", target.getvalue())
    stored = terminal.does("enroll", file, "--onto", draft, "--yes", "--json").json
    assert (stored["enrollment"], stored["version"]) == (draft, 2)


def test_many_practices_have_a_result_each(terminal: Terminal) -> None:
    """One that cannot be stored does not hold up the others, and the command says so."""
    file = put(terminal, "practices.csv", PRACTICES.encode())
    ran = terminal.run("enroll", file, "--new", "--yes", "--json")
    assert ran.code == 2
    one, two = ran.json["rows"]
    assert one["version"] == 1
    assert two["problems"][0]["where"] == "row 3, column J"
    refused(
        terminal.run("enroll", file, "--new", "--yes"), 2, "1 of 2 practices could not be stored"
    )


def test_a_flattened_form_is_refused_in_a_sentence(terminal: Terminal) -> None:
    """With what to do about it, and nothing is stored."""
    file = put(terminal, "flat.pdf", changed(flatten))
    refused(terminal.run("enroll", file, "--yes"), 2, "printed or flattened")


def test_a_stranger_s_text_does_not_steer_the_terminal(terminal: Terminal) -> None:
    """Control characters in a cell are not printed."""
    data = PRACTICES.replace("One;", '"\x1b[2JOne";').encode()
    file = put(terminal, "steer.csv", data)
    ran = terminal.run("enroll", file, "--yes")
    assert "\x1b" not in ran.out + ran.err
    assert "[2JOne" in ran.out


def test_the_guide_s_commands_are_the_command_s_own(terminal: Terminal) -> None:
    """Every option the practices' page names exists."""
    guide = Path(__file__).parents[2] / "docs" / "practices" / "enrollment-form.md"
    used = {word for word in guide.read_text("utf-8").split() if word.startswith("--")}
    known = terminal.does("enroll", "--help").out
    assert used
    assert all(word.strip("`,;.") in known for word in used), json.dumps(sorted(used))


@pytest.mark.parametrize("command", ["enroll", "verify"])
def test_a_pipe_or_a_folder_is_no_form(terminal: Terminal, command: str) -> None:
    """Nothing is waited for: a pipe that nobody writes to would never end."""
    pipe = terminal.folder / f"{command}.pipe.json"
    os.mkfifo(pipe)
    refused(terminal.run(command, str(pipe)), 2, "cannot be read: it is a folder")
    refused(terminal.run(command, str(terminal.folder)), 2, "cannot be read: it is a folder")
