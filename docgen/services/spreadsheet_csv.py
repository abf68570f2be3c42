"""Read a CSV file: facilities or contacts of one draft, or one practice a row."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from docgen.errors import InputError
from docgen.services.form_taken import Taken, Unread
from docgen.services.spreadsheet import letters, read_table
from docgen.services.spreadsheet_plan import plain, practice_columns, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.services.spreadsheet_plan import Table

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 2_000
MOST_COLUMNS = 300
MOST_CHARACTERS = 5_000
_MARKS = (",", ";", "\t")
_LISTS = {"Facilities": {"name"}, "Key contacts": {"given name", "family name"}}


def read_csv(data: bytes) -> tuple[str, list[Taken]]:
    """Return what kind of rows a CSV file holds, and what each practice in it says.

    Facilities and contacts come as one; a file of practices gives one for each row.

    Raises:
        InputError: it is no CSV text of bounded size, or its headings say nothing to us.
    """
    rows = _rows(_decoded(data))
    if len(rows) < 2:  # noqa: PLR2004 - headings and one row
        raise InputError("The CSV file has no rows below its headings; fill it in first.")
    headings = [plain(one) for one in rows[0]]
    if "practice, practice name" in headings or "practice.display_name" in headings:
        return "practices", _practices(rows)
    for table in tables():
        needed = _LISTS.get(table.title)
        if needed and needed <= _recognised(table, headings):
            result = Taken()
            cells = [[_cell(value) for value in row] for row in rows]
            read_table(table, cells, "", result)
            return table.title.casefold(), [result]
    raise InputError(
        "The headings of the CSV file say neither practices, facilities nor contacts. Use the "
        "headings of the sheets of the workbook, or of `docgen enroll --template csv FILE`."
    )


def _recognised(table: Table, headings: Sequence[str]) -> set[str]:
    return {plain(one.heading) for one in table.columns if one.names & set(headings)}


def _practices(rows: Sequence[Sequence[str]]) -> list[Taken]:
    by_name = {plain(heading): (path, heading) for heading, path in practice_columns().items()}
    by_name |= {".".join(map(str, path)): (path, heading) for path, heading in by_name.values()}
    columns = {index: by_name.get(plain(one)) for index, one in enumerate(rows[0])}
    found = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(one.strip() for one in row):
            continue
        result = Taken()
        for index, value in enumerate(row):
            where, column = f"row {number}, column {letters(index)}", columns.get(index)
            if column is not None:
                result.take(*column, _cell(value), where)
            elif value.strip():
                result.unread.append(Unread(where=where, why="no field has this heading"))
        found.append(result)
    return found


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise InputError(f"The CSV file is larger than {most} MB; split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            "The CSV file is not in UTF-8; save it as “CSV UTF-8” and try again."
        ) from None
    if "\0" in text:
        raise InputError("The CSV file is not text; save it as “CSV UTF-8” and try again.")
    return text


def _rows(text: str) -> list[list[str]]:
    first = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])  # headings may hold commas of their own
    mark = max(_MARKS, key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=mark, strict=True):
            too_wide = len(row) > MOST_COLUMNS or any(len(one) > MOST_CHARACTERS for one in row)
            if too_wide or len(rows) > MOST_ROWS:
                raise InputError(
                    f"The CSV file has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns, or a "
                    f"cell of more than {MOST_CHARACTERS} characters; split or shorten it."
                )
            rows.append(row)
    except csv.Error:
        raise InputError(
            f"The CSV file breaks off or mixes its quotation marks after row {len(rows)}; save it "
            "again from the spreadsheet program."
        ) from None
    while rows and not any(one.strip() for one in rows[-1]):
        rows.pop()
    return rows


def _cell(value: str) -> object:
    """Return the text; what a spreadsheet program would calculate is marked as a formula."""
    return {"formula": True} if value.lstrip().startswith("=") else value or None
