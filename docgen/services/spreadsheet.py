"""Read a returned workbook: cells become answers, each with its sheet and cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docgen.domain.enrollment.leaves import ROW_IDS, Path
from docgen.errors import InputError
from docgen.services.form_taken import Taken, Unread
from docgen.services.read_apart import read_apart
from docgen.services.spreadsheet_plan import (
    ABOUT,
    ANSWERS,
    LISTS,
    READ_ME,
    WORKBOOK_ID,
    WORKBOOK_VERSION,
    Table,
    answers,
    plain,
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_BYTES = 5 * 1024 * 1024


def read_workbook(data: bytes) -> Taken:
    """Read an XLSX file in a limited process of its own.

    Raises:
        InputError: it is no workbook of ours, or more than an enrollment ever needs.
    """
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise InputError(f"The workbook is larger than {most} MB; an enrollment is far smaller.")
    found = read_apart("spreadsheet_reader", data, "workbook")
    sheets = {plain(one["name"]): one for one in found["sheets"]}
    result = Taken()
    for what in found["ignored"]:
        why = f"it holds {what}, which were ignored"
        result.unread.append(Unread(where="the file", why=why))
    _read_about(sheets.pop(plain(ABOUT), None), result)
    for name in (READ_ME, LISTS):
        sheets.pop(plain(name), None)
    known = [sheets.pop(plain(name), None) for name in (ANSWERS, *(one.title for one in tables()))]
    if not any(known):
        raise InputError(
            "The workbook has none of the sheets of the enrollment workbook; start from "
            "the template."
        )
    if known[0]:
        _read_answers(known[0], result)
    for table, sheet in zip(tables(), known[1:], strict=True):
        if sheet:
            read_table(table, sheet["rows"], sheet["name"], result)
    why = "the enrollment workbook has no sheet of this name"
    result.unread += [
        Unread(where=f"sheet {one['name']}", why=why) for one in sheets.values() if any(one["rows"])
    ]
    return result


def read_table(table: Table, rows: Sequence[Sequence[object]], name: str, result: Taken) -> None:
    """Read a list: headings in the first row that holds any, then one entry a row.

    A file without sheets has no `name`.
    """
    start = next((index for index, row in enumerate(rows) if any(_filled(row))), None)
    if start is None:
        return
    before = f"{name}!" if name else "cell "
    columns = headed(table, rows[start], before, start + 1, result)
    around = _around(table, rows[start])
    for number, row in enumerate(rows[start + 1 :]):
        at = (*table.list_path, number)
        if around is not None:
            found = _row_around(row, around, result)
            if found is None:
                if any(_filled(row)):
                    where = f"{before}{letters(around)}{start + 2 + number}"
                    why = "it names no facility of the sheet Facilities"
                    result.unread.append(Unread(where=where, why=why))
                continue
            at = (table.list_path[0], found, *table.list_path[1:], number)
        for index, (path, label) in columns.items():
            value = row[index] if index < len(row) else None
            where = f"{before}{letters(index)}{start + 2 + number}"
            result.take((*at, *path), label, value, where)


def headed(
    table: Table, headings: Sequence[object], before: str, row: int, result: Taken
) -> dict[int, tuple[Path, str]]:
    """Return which field each column holds; unknown and repeated headings are noted."""
    by_name = {name: column for column in table.columns for name in column.names}
    columns: dict[int, tuple[Path, str]] = {}
    for index, heading in enumerate(headings):
        text = plain(str(heading)) if isinstance(heading, str) else ""
        column = by_name.get(text)
        if column is not None and column.path not in {path for path, _ in columns.values()}:
            columns[index] = (column.path, column.heading)
        elif heading is not None and text != plain(table.inside):
            why = "the column has a heading of another" if column else "no field has this heading"
            where = f"{before}{letters(index)}{row}"
            result.unread.append(Unread(where=where, why=why))
    return columns


def letters(index: int) -> str:
    """Return a column's letters: A for the first."""
    text, rest = "", index + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        text = chr(ord("A") + letter) + text
    return text


def _read_about(sheet: Mapping[str, Any] | None, result: Taken) -> None:
    """Read the marks of the file.

    Raises:
        InputError: the workbook was made by another version.
    """
    marks = {str(row[0]): str(row[1]) for row in (sheet or {"rows": []})["rows"] if len(row) > 1}
    if marks and (marks.get("file"), marks.get("version")) != (WORKBOOK_ID, WORKBOOK_VERSION):
        raise InputError(
            "The workbook is of another version than this program reads; copy the values into the "
            "current template."
        )
    result.enrollment, result.digest = marks.get("enrollment", ""), marks.get("digest", "")


def _read_answers(sheet: Mapping[str, Any], result: Taken) -> None:
    by_name = {name: column for column in answers() for name in column.names}
    seen: set[Path] = set()
    for number, row in enumerate(sheet["rows"], start=1):
        question = plain(str(row[0])) if row and isinstance(row[0], str) else ""
        column = by_name.get(question)
        value = row[1] if len(row) > 1 else None
        where = f"{sheet['name']}!B{number}"
        if column is None or column.path in seen:
            if value is not None and (number > 1 or question != "question"):
                result.unread.append(Unread(where=where, why="no question of the form stands here"))
            continue
        seen.add(column.path)
        result.take(column.path, column.heading, value, where)


def _around(table: Table, headings: Sequence[object]) -> int | None:
    """Return the column that names the row around, for a list inside a list."""
    if not table.inside:
        return None
    names = [plain(str(one)) if isinstance(one, str) else "" for one in headings]
    return names.index(plain(table.inside)) if plain(table.inside) in names else len(names)


def _row_around(row: Sequence[object], column: int, result: Taken) -> int | None:
    wanted = plain(str(row[column])) if column < len(row) and row[column] is not None else ""
    return _facility_rows(result).get(wanted) if wanted else None


def _facility_rows(result: Taken) -> dict[str, int]:
    id_name, (name,) = ROW_IDS["facilities"][0], ROW_IDS["facilities"][1]
    return dict(_named(result, "facilities", {id_name, name}))


def _named(result: Taken, rows: str, fields: set[str]) -> Iterator[tuple[str, int]]:
    for one in result.answers:
        match one.path:
            case (str(first), int(index), str(last)) if first == rows and last in fields:
                if isinstance(one.raw, str):
                    yield plain(one.raw), index


def _filled(row: Sequence[object]) -> Iterator[bool]:
    return (one is not None for one in row)
