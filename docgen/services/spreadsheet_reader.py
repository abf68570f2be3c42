"""The child process that reads a workbook: a program of its own, with little memory and time.

It reads one XLSX from standard input and answers one line of JSON: the cells of each sheet, or
`{"problem": "..."}`. No formula is evaluated, no link followed, no macro looked at. It imports
nothing of the product and can open neither file nor connection.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime, time
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
MOST_PARTS = 300
MOST_INFLATED = 40 * 1024 * 1024
MOST_SHEETS = 30
MOST_ROWS = 2_000
MOST_COLUMNS = 300
MOST_CELLS = 100_000
MOST_CHARACTERS = 5_000
MALFORMED = "it is damaged or no XLSX workbook; save it again as .xlsx"
ENCRYPTED = "it is locked with a password or an older kind of workbook; save it as a plain .xlsx"
TOO_LARGE = "it unpacks to far more than an enrollment needs; copy the values into our template"
DECLARES = "it declares entities of its own, which no spreadsheet program writes"
TOO_MANY = (
    f"it has more than {MOST_SHEETS} sheets, {MOST_ROWS} rows, {MOST_COLUMNS} columns or "
    f"{MOST_CELLS} filled cells"
)
TOO_LONG = f"a cell in it holds more than {MOST_CHARACTERS} characters; shorten what you wrote"
_OLD = b"\xd0\xcf\x11\xe0"  # encrypted workbooks and .xls files are OLE containers
_CHUNK = 1024 * 1024


class Unusable(Exception):
    """The file cannot be used; the words say why."""


def limit() -> None:
    """Give up the means to do harm before anything hostile is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # no file and no socket from here on


def look(data: bytes) -> dict[str, object]:
    """Return the cells of each sheet, or raise Unusable."""
    from openpyxl import load_workbook

    ignored = _inspect(data)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    if len(book.sheetnames) > MOST_SHEETS:
        raise Unusable(TOO_MANY)
    budget = [MOST_CELLS]
    sheets = [
        {"name": str(name)[:100], "rows": _rows(book[name], budget)}
        for name in book.sheetnames
        if hasattr(book[name], "iter_rows")
    ]
    return {"sheets": sheets, "ignored": ignored}


def _inspect(data: bytes) -> list[str]:
    """Unpack every part once, counting; refuse what no spreadsheet program writes."""
    if data.startswith(_OLD):
        raise Unusable(ENCRYPTED)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        names = [part.filename for part in parts]
        if len(parts) > MOST_PARTS or len(set(names)) != len(names):
            raise Unusable(TOO_LARGE)
        if sum(part.file_size for part in parts) > MOST_INFLATED:
            raise Unusable(TOO_LARGE)
        if any(part.flag_bits & 1 for part in parts):
            raise Unusable(ENCRYPTED)
        left = MOST_INFLATED
        for part in parts:
            left -= _unpack(packed, part, left)
    found = {
        "macros": any(name.endswith("vbaProject.bin") for name in names),
        "links to other files": any("externalLinks/" in name for name in names),
        "embedded objects": any("/embeddings/" in name for name in names),
    }
    return [what for what, is_there in found.items() if is_there]


def _unpack(packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Read one part to its end within what is left; the directory may lie about sizes."""
    size, tail = 0, b""
    is_xml = not part.filename.endswith((".bin", ".png", ".jpeg", ".jpg", ".gif", ".emf", ".wmf"))
    with packed.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if is_xml and not size and _is_wide(chunk):
                raise Unusable(MALFORMED)  # another encoding would hide what is looked for below
            size += len(chunk)
            if size > left:
                raise Unusable(TOO_LARGE)
            if is_xml and any(mark in tail + chunk for mark in (b"<!DOCTYPE", b"<!ENTITY")):
                raise Unusable(DECLARES)
            tail = chunk[-16:]
    return size


def _is_wide(start: bytes) -> bool:
    """Say whether XML is written in UTF-16 or UTF-32, or in an encoding it names itself."""
    declared = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=[\"']([^\"']+)", start[:200])
    other = declared and declared[1].upper() not in {b"UTF-8", b"US-ASCII"}
    return bool(start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:8] or other)


def _rows(sheet: Any, budget: list[int]) -> list[list[object]]:
    rows: list[list[object]] = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS * 10:  # empty rows far down cost time, too
            raise Unusable(TOO_MANY)
        if any(cell.value is not None for cell in row[MOST_COLUMNS:]):
            raise Unusable(TOO_MANY)
        values = [_value(cell) for cell in row[:MOST_COLUMNS]]
        while values and values[-1] is None:
            values.pop()
        if not values:
            rows.append([])
            continue
        budget[0] -= sum(1 for one in values if one is not None)
        if number > MOST_ROWS or budget[0] < 0:
            raise Unusable(TOO_MANY)
        rows.append(values)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _value(cell: Any) -> object:
    """Return a plain value; dates as text, a formula as the mark of one."""
    value = cell.value
    if value is None or value == "":
        return None
    if cell.data_type == "f" or (isinstance(value, str) and value.lstrip().startswith("=")):
        return {"formula": True}
    if cell.data_type == "e":
        return {"error": True}
    if isinstance(value, datetime) and value.time() == time(0):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | int | float):
        return value
    text = str(value)
    if len(text) > MOST_CHARACTERS:
        raise Unusable(TOO_LONG)
    return text.replace("\r\n", "\n").replace("_x000D_", "")


def warm_up() -> None:
    """Read a harmless workbook, so that all code is there before nothing can be opened."""
    from openpyxl import Workbook, load_workbook

    blank = io.BytesIO()
    book = Workbook()
    book.active.append([date(2026, 1, 1), "x", 1, "=1"])
    book.save(blank)
    _ = [
        [cell.value for cell in row]
        for row in load_workbook(blank, read_only=True).worksheets[0].iter_rows()
    ]


def main() -> None:
    """Answer for the file on standard input."""
    import warnings

    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read()
    warm_up()
    limit()
    try:
        answer = look(data)
    except Unusable as refused:
        answer = {"problem": str(refused)}
    except BaseException:  # noqa: BLE001  # a hostile file may provoke anything
        answer = {"problem": MALFORMED}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
