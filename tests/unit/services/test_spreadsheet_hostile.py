"""Hostile workbooks and CSV files: each refused in a sentence, quickly, with its control."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from docgen.errors import InputError
from docgen.services.spreadsheet import MOST_BYTES, read_workbook
from docgen.services.spreadsheet_csv import read_csv
from docgen.services.spreadsheet_template import workbook
from tests.unit.services.forms_in import repacked, workbook_of

if TYPE_CHECKING:
    from collections.abc import Callable

SHEET = "xl/worksheets/sheet2.xml"
NAMES = "xl/sharedStrings.xml"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><sst xmlns="http://schemas.openxmlformats.org/'
    b'spreadsheetml/2006/main"><si><t>&c;</t></si></sst>'
)


def bomb() -> bytes:
    """Return a workbook with a sheet of 200 MB of nothing."""
    return repacked(workbook(), {SHEET: b" " * (200 * 1024 * 1024)})


def lying_bomb() -> bytes:
    """Return the same, with a directory that says the sheet is small."""
    data = bytearray(bomb())
    size = (200 * 1024 * 1024).to_bytes(4, "little")
    return bytes(data.replace(size, (100).to_bytes(4, "little")))


def sparse() -> bytes:
    """Return a workbook whose only cell stands in the last row there is."""
    book = openpyxl.Workbook()
    book.active.title = "Practice"
    book.active.cell(1_048_576, 1).value = "x"
    return saved(book)


def wide() -> bytes:
    """Return a workbook with a cell in the last column there is."""
    book = openpyxl.Workbook()
    book.active.title = "Practice"
    book.active.cell(1, 16_384).value = "x"
    return saved(book)


def huge_text() -> bytes:
    """Return a workbook with the longest text a cell takes."""
    book = openpyxl.Workbook()
    book.active.title = "Practice"
    book.active["A1"] = "x" * 32_000
    return saved(book)


def many_rows() -> bytes:
    """Return a workbook with ten thousand rows."""
    book = openpyxl.Workbook()
    book.active.title = "Facilities"
    for _ in range(10_000):
        book.active.append(["x"])
    return saved(book)


def other_version() -> bytes:
    """Return a workbook of a version this program does not read."""
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book["About this file"]["B2"] = "0.1"
    return saved(book)


def another() -> bytes:
    """Return somebody's budget."""
    book = openpyxl.Workbook()
    book.active["A1"] = "Budget"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Return the file of a workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def many_parts() -> bytes:
    """Return a workbook with a thousand parts."""
    return repacked(workbook(), {f"xl/x{number}.xml": b"<x/>" for number in range(1000)})


HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("billion laughs", lambda: repacked(workbook(), {NAMES: LAUGHS}), "declares entities"),
    (
        "laughs in UTF-16",
        lambda: repacked(workbook(), {NAMES: LAUGHS.decode().encode("utf-16")}),
        "damaged",
    ),
    (
        "laughs in another encoding",
        lambda: repacked(workbook(), {NAMES: b'<?xml version="1.0" encoding="UTF-7"?>+ADw-x'}),
        "damaged",
    ),
    ("zip bomb", bomb, "unpacks to far more"),
    ("zip bomb that lies", lying_bomb, "cannot be used"),
    ("a cell far down", sparse, "more than 30 sheets"),
    ("a cell far right", wide, "more than 30 sheets"),
    ("huge text", huge_text, "more than 5000 characters"),
    ("ten thousand rows", many_rows, "more than 30 sheets"),
    ("a thousand parts", many_parts, "unpacks to far more"),
    ("another version", other_version, "of another version"),
    ("another workbook", another, "none of the sheets"),
    ("truncated", lambda: workbook()[:9000], "damaged"),
    ("no zip", lambda: b"PK\x03\x04" + b"x" * 2000, "damaged"),
    ("old or encrypted", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "locked"),
]


@pytest.mark.parametrize(
    ("make", "told"), [one[1:] for one in HOSTILE], ids=[one[0] for one in HOSTILE]
)
def test_a_hostile_workbook_is_refused_in_a_sentence(make: Callable[[], bytes], told: str) -> None:
    """Nothing of it is taken, and the sentence says why."""
    with pytest.raises(InputError) as refused:
        read_workbook(make())
    assert told in str(refused.value)
    assert str(refused.value).endswith(".")


def test_the_control_of_every_attack_is_read() -> None:
    """The same workbook, packed anew without the attack, is fine."""
    assert read_workbook(repacked(workbook_of("freestanding-pllc"), {})).answers


def test_too_large_a_file_is_refused_before_it_is_looked_at() -> None:
    """Its size alone decides."""
    with pytest.raises(InputError, match="larger than"):
        read_workbook(b"PK\x03\x04" + b"0" * MOST_BYTES)


def test_macros_and_links_are_ignored_and_told() -> None:
    """They are not run, not followed and not silently dropped."""
    parts = {
        "xl/vbaProject.bin": b"x",
        "xl/externalLinks/externalLink1.xml": b"<x/>",
        "xl/embeddings/x.bin": b"x",
    }
    taken = read_workbook(repacked(workbook(), parts))
    said = " ".join(one.why for one in taken.unread)
    assert all(word in said for word in ("macros", "links to other files", "embedded objects"))


def test_a_doctype_split_between_two_reads_is_found() -> None:
    """The look for entities does not stop at the edge of a piece."""
    edge = 1024 * 1024
    content = b"<!--" + b"x" * (edge - 8) + b"--><!DOCTYPE x []><x/>"
    with pytest.raises(InputError, match="declares entities"):
        read_workbook(repacked(workbook(), {NAMES: content}))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no rows"),
        (b"Name,Address\n", "no rows"),
        (b"Colour,Taste\nred,sweet\n", "neither practices, facilities nor contacts"),
        ("Näme\nx\n".encode("latin-1"), "not in UTF-8"),
        (b"Name\nx\0y\n", "not text"),
        (b"a" * (2 * 1024 * 1024 + 1), "larger than"),
        (b"Name\n" + b"x\n" * 2_100, "more than 2000 rows"),
        (b"Name" + b"," * 400 + b"\nx\n", "300 columns"),
        (b"Name\n" + b"x" * 6_000 + b"\n", "5000 characters"),
        (b'Name\n"x\ny\n', "quotation marks"),
        (b'Name,B\n"x"y,z\n', "quotation marks"),
    ],
)
def test_a_hostile_or_broken_csv_file_is_refused_in_a_sentence(data: bytes, told: str) -> None:
    """Sizes, encodings and quotation marks."""
    with pytest.raises(InputError) as refused:
        read_csv(data)
    assert told in str(refused.value)


def test_the_csv_control_is_read_with_either_mark_and_a_byte_order_mark() -> None:
    """The same rows, however the spreadsheet program writes them."""
    plain = 'Name,"Address, city"\n"Lakeside, West",Austin\n'
    german = 'Name;"Address, city"\n"Lakeside, West";Austin\n'
    kinds = [
        read_csv(text.encode(how)) for text in (plain, german) for how in ("utf-8", "utf-8-sig")
    ]
    raws = [[one.raw for one in taken.answers] for _, (taken,) in kinds]
    assert raws == [["Lakeside, West", "Austin"]] * 4
    assert {kind for kind, _ in kinds} == {"facilities"}


def test_a_formula_in_a_csv_file_is_refused_by_cell() -> None:
    """What a spreadsheet program would calculate is not taken for a name."""
    _, (taken,) = read_csv(b'Name,Short name\n"=cmd|x",West\n')
    assert [(one.path, where) for one, where in taken.problems] == [
        ("facilities[0].name", "cell A2")
    ]


def test_the_zip_module_is_what_counts() -> None:
    """Control: the bomb is a workbook like any other to a program that does not count."""
    with zipfile.ZipFile(io.BytesIO(bomb())) as packed:
        assert packed.getinfo(SHEET).compress_size < 1024 * 1024 < packed.getinfo(SHEET).file_size
