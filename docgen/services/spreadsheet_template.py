"""Write the workbook an enrollment is filled into, empty or with a draft's values."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from docgen.domain.enrollment.kinds import Flag
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.written import YES, choices, show
from docgen.services.spreadsheet_plan import (
    ABOUT,
    ANSWERS,
    LISTS,
    READ_ME,
    WORKBOOK_ID,
    WORKBOOK_VERSION,
    Column,
    Table,
    answers,
    practice_columns,
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.enrollment.leaves import Path
    from docgen.ports.ledger import EnrollmentVersion

ROWS_READY = 200  # rows that come with lists to choose from
_TEXT = "@"
_DRAWN = datetime(2026, 1, 1)  # noqa: DTZ001  # a fixed date in the file, so that equal input gives equal bytes
_INK, _PAPER, _LINE = "0B5A6E", "F1F7F9", "B9C8CE"
_HEAD = Font(bold=True, color="FFFFFF")
_HEAD_FILL = PatternFill("solid", start_color=_INK)
_ANSWER_FILL = PatternFill("solid", start_color=_PAPER)
_EDGE = Border(*(Side(style="thin", color=_LINE) for _ in range(4)))
_TOP = Alignment(vertical="top", wrap_text=True)
_ADVICE = """\
This workbook is one enrollment. Fill in what you know, save it, and send it back.
1. Start with the sheet Practice: one question a line, the answer in the second column.
2. The other sheets are lists: one row for each legal entity, facility, person and so on. Do not \
rename headings or sheets.
3. Where a cell offers a list, choose from it. Select a cell to see what belongs there.
4. Where a column asks for a person, a facility or a legal entity, write its name as it stands on \
its own sheet, or its id. Ids may stay empty: they are made from the names.
5. Several values in one cell stand on lines of their own (Alt+Enter) or have semicolons between.
6. Write dates as year-month-day, such as 2026-11-23.
7. Formulas are not read: type values. Macros and links to other files are ignored.
8. An asterisk (*) marks what must be there before you send it; all else may follow.
No patient information, no Social Security numbers, nothing about an incident."""


@dataclass(slots=True)
class _Lists:
    """The hidden sheet that holds the words of every list to choose from."""

    sheet: Worksheet
    known: dict[tuple[str, ...], str]

    def reference(self, words: tuple[str, ...]) -> str:
        """Return where the words stand, writing them down the first time."""
        if words not in self.known:
            column = len(self.known) + 1
            for row, word in enumerate(words, start=1):
                put(self.sheet, row, column, word)
            letter = get_column_letter(column)
            self.known[words] = f"'{LISTS}'!${letter}$1:${letter}${len(words)}"
        return self.known[words]


def workbook(
    values: Mapping[str, Any] | None = None, *, enrollment: str = "", digest: str = ""
) -> bytes:
    """Return a workbook ready to fill in; the same input gives the same cells."""
    held = values or {}
    book = Workbook()
    front = book.active
    if front is None:
        message = "a new workbook has no sheet"
        raise LookupError(message)
    front.title = READ_ME
    _write_advice(front)
    lists = _Lists(book.create_sheet(LISTS), {})
    _write_answers(book.create_sheet(ANSWERS), lists, held)
    for table in tables():
        _write_table(book.create_sheet(table.title), table, lists, held)
    about = book.create_sheet(ABOUT)
    marks = (WORKBOOK_ID, WORKBOOK_VERSION, enrollment, digest)
    for row, (name, mark) in enumerate(
        zip(("file", "version", "enrollment", "digest"), marks, strict=True), start=1
    ):
        put(about, row, 1, name)
        put(about, row, 2, mark)
    for hidden in (about, lists.sheet):
        hidden.sheet_state = "hidden"
    book.move_sheet(lists.sheet, len(book.sheetnames))
    book.active = 1
    book.properties.creator = "docgen"
    book.properties.title = "Enrollment"
    book.properties.created = book.properties.modified = _DRAWN
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def draft_workbook(version: EnrollmentVersion | None = None) -> bytes:
    """Return the workbook for a stored draft, or an empty one."""
    if version is None:
        return workbook()
    values = json.loads(version.record)
    return workbook(values, enrollment=version.enrollment_id, digest=version.sha256)


def blank_csv() -> bytes:
    """Return the headings of a file with one practice a row."""
    headings = ",".join('"' + one.replace('"', '""') + '"' for one in practice_columns())
    return b"\xef\xbb\xbf" + headings.encode() + b"\r\n"


def put(sheet: Worksheet, row: int, column: int, text: str) -> Any:
    """Write text as text, so that no spreadsheet program ever takes it for a formula."""
    cell = sheet.cell(row, column)
    cell.number_format = _TEXT
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@\t\r"
    return cell


def _write_advice(sheet: Worksheet) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = 100
    put(sheet, 1, 1, "Enrollment form").font = Font(bold=True, size=20, color=_INK)
    for row, line in enumerate(_ADVICE.splitlines(), start=3):
        put(sheet, row, 1, line).alignment = _TOP


def _write_answers(sheet: Worksheet, lists: _Lists, values: Mapping[str, Any]) -> None:
    _write_headings(sheet, ("Question", "Answer", "What to write"), (52, 60, 44))
    for row, column in enumerate(answers(), start=2):
        put(sheet, row, 1, _marked(column)).alignment = _TOP
        cell = put(sheet, row, 2, _text(column, _held(values, column.path)))
        cell.alignment, cell.fill, cell.border = _TOP, _ANSWER_FILL, _EDGE
        put(sheet, row, 3, column.leaf.hint).font = Font(italic=True, color="566B74")
        _offer(sheet, column, lists, f"B{row}")
    sheet.freeze_panes = "B2"


def _write_table(sheet: Worksheet, table: Table, lists: _Lists, values: Mapping[str, Any]) -> None:
    inside = (table.inside,) if table.inside else ()
    headings = (*inside, *(_marked(one) for one in table.columns))
    _write_headings(sheet, headings, tuple(max(14, min(34, len(one) + 3)) for one in headings))
    for index in range(1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(index)].number_format = _TEXT
    for index, column in enumerate(table.columns, start=1 + len(inside)):
        letter = get_column_letter(index)
        _offer(sheet, column, lists, f"{letter}2:{letter}{ROWS_READY + 1}")
    for row, (name, held) in enumerate(_rows(table, values), start=2):
        texts = [_text(one, _held(held, one.path)) for one in table.columns]
        for index, text in enumerate(([name] if inside else []) + texts, start=1):
            put(sheet, row, index, text)
    sheet.freeze_panes = "C2" if len(headings) > 2 else "A2"  # noqa: PLR2004 - ids and names stay


def _rows(table: Table, values: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    if not table.inside:
        return [("", one) for one in _held(values, table.list_path) or ()]
    return [
        (str(around.get("facility_id", "")), one)
        for around in values.get("facilities", ())
        for one in around.get("staffing", ())
    ]


def _write_headings(sheet: Worksheet, headings: tuple[str, ...], widths: tuple[int, ...]) -> None:
    for index, (heading, width) in enumerate(zip(headings, widths, strict=True), start=1):
        cell = put(sheet, 1, index, heading)
        cell.font, cell.fill, cell.alignment = _HEAD, _HEAD_FILL, _TOP
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.row_dimensions[1].height = 32


def _offer(sheet: Worksheet, column: Column, lists: _Lists, cells: str) -> None:
    """Give cells their list to choose from and the words that help."""
    words = _words(column)
    rule = DataValidation(allow_blank=True, showErrorMessage=bool(words), showInputMessage=True)
    if words:
        rule.type = "list"
        rule.formula1 = lists.reference(words)
        rule.error = "Choose a word from the list."
    rule.promptTitle = column.leaf.label[:32]
    rule.prompt = (column.leaf.hint or _help(column))[:255]
    if words or rule.prompt:
        sheet.add_data_validation(rule)
        rule.add(cells)


def _words(column: Column) -> tuple[str, ...]:
    if column.is_tick:
        return (YES,)
    if isinstance(column.leaf.spec, Flag):
        return (YES, "no")
    return tuple(choices(column.leaf.spec).values())


def _help(column: Column) -> str:
    rows = column.leaf.refers_to
    return f"a name or an id from its own sheet ({rows.replace('_', ' ')})" if rows else ""


def _text(column: Column, held: object) -> str:
    if column.is_tick:
        return YES if held is True else ""
    shown = choices(column.leaf.spec)
    text = show(column.leaf.spec, held)
    return shown.get(text, text)


def _held(values: Mapping[str, Any], path: Path) -> Any:
    held: Any = values
    for piece in path:
        if isinstance(held, list):
            return piece in held  # a word's own column
        held = held.get(piece) if isinstance(held, dict) else None
    return held


def _marked(column: Column) -> str:
    needed = column.leaf.spec.need is Stage.SUBMIT and not column.is_tick
    return f"{column.heading} *" if needed else column.heading
