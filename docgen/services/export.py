"""Export: a selection of archived packets as one zip: an index for spreadsheets, and the bundles.

The zip is written as it leaves, one bundle in memory at a time, and its size is known beforehand,
so that whoever fetches it sees how far it is.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.domain.canonical import sha256_hex
from docgen.domain.disposal import disposal_of
from docgen.domain.person import ARCHIVE_READERS
from docgen.domain.renewal import RENEWED, renewals_in
from docgen.errors import EvidenceError, InputError, NotFound, Refused
from docgen.ports.register import ArchivedLine
from docgen.ports.register_query import ArchiveQuery, Paging
from docgen.services.archived import open_archived
from docgen.services.disposed import disposals_decided, disposed_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.history import Activity
    from docgen.domain.person import Person
    from docgen.services.office import Office

EXPORTED = "archive.exported"
MOST_PACKETS = 100
MOST_BYTES = 1024 * 1024 * 1024
COLUMNS = (
    "Practice",
    "Packet",
    "Kind",
    "Document",
    "Template version",
    "Text from",
    "Signed",
    "State",
    "Effective date",
    "Last day in effect",
    "Keep until",
    "Legal hold",
    "Disposed of on",
    "SHA-256 of the executed file",
    "Evidence bundle",
    "SHA-256 of the bundle",
)
# What a spreadsheet program may take for the beginning of a formula, in either width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL = 30_000
_PAGE = 200  # lines
_STAMP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What an export would hold: its index, and each bundle's packet, digest and size.

    `renewals` are the files beside bundles: packet, digest and size, and each one's name.
    `disposed` says of packets that lack a bundle when they were disposed of.
    """

    lines: tuple[ArchivedLine, ...]
    bundles: tuple[tuple[str, str, int], ...]
    lacking: tuple[str, ...]
    renewals: tuple[tuple[str, str, int, str], ...] = ()
    disposed: Mapping[str, str] = field(default_factory=dict)

    @property
    def lacks(self) -> tuple[str, ...]:
        """Name what lacks a bundle, with the reason where it was disposed of."""
        told = self.disposed
        return tuple(f"{item}: {told[item]}" if item in told else item for item in self.lacking)

    @property
    def size(self) -> int:
        """Give the bytes of the bundles together."""
        return sum(size for _, _, _, size in self.files)

    @property
    def files(self) -> Iterator[tuple[str, str, str, int]]:
        """Give the name in the zip, packet, digest and size of each bundle and renewal."""
        for packet_id, digest, size in self.bundles:
            yield f"bundles/{packet_id}.bundle.zip", packet_id, digest, size
        for packet_id, digest, size, name in self.renewals:
            yield f"bundles/{name}", packet_id, digest, size

    @property
    def is_too_much(self) -> bool:
        """Say whether there are more packets than one export holds; not all were looked up then."""
        return len({item.packet_id for item in self.lines}) > MOST_PACKETS

    @property
    def refusal(self) -> str:
        """Say why this cannot be exported as one, or ""."""
        if not self.lines:
            return "Nothing archived was picked."
        if self.is_too_much:
            return f"An export holds at most {MOST_PACKETS} packets; narrow the selection."
        if self.size > MOST_BYTES:
            limit = MOST_BYTES // (1024 * 1024)
            return f"The bundles are larger than {limit} MiB together; narrow the selection."
        return ""


def select(office: Office, packets: Sequence[str], query: ArchiveQuery | None = None) -> Selection:
    """Look up the packets picked, or with a query all that it finds; nothing is noted.

    Of more than can be exported as one, no more is read than shows that it is too much.
    """
    if query is not None:
        lines = _lines(office, query)
        ids = list(dict.fromkeys(item.packet_id for item in lines))
    else:
        ids = list(dict.fromkeys(packets))[: MOST_PACKETS + 1]
        picked = _lines(office, ArchiveQuery(packet_ids=frozenset(ids))) if ids else ()
        lines = tuple(sorted(picked, key=lambda item: ids.index(item.packet_id)))
    if len(ids) > MOST_PACKETS:
        return Selection(lines=lines, bundles=(), lacking=())
    digests = {item.packet_id: item.bundle_sha256 for item in lines}
    bundles, lacking = [], []
    disposed = {
        item: disposed_words(office, disposal_of(office.ledger.history.of(item)))
        for item in disposals_decided(office, ids)
    }
    for packet_id in ids:
        digest = digests.get(packet_id, "")
        kept = digest and packet_id not in disposed
        receipt = office.archive.stat(digest) if kept else None
        if receipt is None:
            lacking.append(packet_id)
        else:
            bundles.append((packet_id, digest, receipt.size))
    return Selection(
        lines=lines,
        bundles=tuple(bundles),
        lacking=tuple(lacking),
        renewals=tuple(_renewals(office, [packet_id for packet_id, _, _ in bundles])),
        disposed=disposed,
    )


def _renewals(office: Office, packets: Sequence[str]) -> Iterator[tuple[str, str, int, str]]:
    """Find the renewals of these packets' bundles; one that is gone is told when it is read."""
    found: dict[str, list[Activity]] = {}
    for item in office.ledger.history.of_kind(RENEWED, packets):
        found.setdefault(item.subject, []).append(item)
    for packet_id, history in found.items():
        for entry in renewals_in(history):
            digests = (entry.record_sha256, entry.stamp_sha256)
            for name, digest in zip(entry.names(packet_id), digests, strict=True):
                receipt = office.archive.stat(digest)
                yield packet_id, digest, receipt.size if receipt else 0, name


def _lines(office: Office, query: ArchiveQuery) -> tuple[ArchivedLine, ...]:
    """Read page by page until all is read, or more packets than one export holds."""
    found: list[ArchivedLine] = []
    number, last = 1, 1
    while number <= last and len({item.packet_id for item in found}) <= MOST_PACKETS:
        page = office.register.archived(replace(query, page=Paging(number=number, size=_PAGE)))
        found += page.items
        number, last = number + 1, page.last
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export on its way: how many bytes it has, and the bytes piece by piece."""

    name: str
    size: int
    pieces: Iterator[bytes]


def read_bundle(office: Office, packet_id: str, person: Person) -> tuple[str, tuple[str, ...]]:
    """Read and hash one bundle of an export that was asked for, so that handing it over succeeds.

    A packet without one is no fault: the export's index says so.

    Raises:
        NotAllowed: the person may not read the archive.
        Refused: the archive no longer holds the bundle as it was archived.
    """
    person.require(*ARCHIVE_READERS)
    selection = select(office, [packet_id])
    if not selection.bundles:
        return "; ".join(selection.disposed.values()) or "no evidence bundle in the archive", ()
    size = selection.size
    try:
        for _, _, digest, _ in selection.files:
            open_archived(office, packet_id, digest)
    except EvidenceError as error:
        raise Refused(str(error)) from error
    return f"{size:,} bytes, as they were archived", ()


def export(office: Office, selection: Selection, person: Person, export_id: str = "") -> Export:
    """Begin an export; that it was made is an activity of each packet.

    One that was asked for before keeps the id it got then.

    Raises:
        NotAllowed: the person may not read the archive.
        InputError: nothing was picked, or too much.
    """
    person.require(*ARCHIVE_READERS)
    if selection.refusal:
        raise InputError(selection.refusal)
    export_id = export_id or office.ids.new("exp")
    index = {"index.csv": index_csv(selection), "index.xlsx": index_xlsx(selection)}
    if selection.lacking:
        index["lacking.txt"] = _lacking(selection)
    with office.ledger.transaction():
        for packet_id in dict.fromkeys(item.packet_id for item in selection.lines):
            office.note(
                packet_id,
                EXPORTED,
                f"user:{person.key}",
                export=export_id,
                index_sha256=sha256_hex(index["index.csv"]),
            )
    names = {**{name: len(data) for name, data in index.items()}}
    names |= {name: size for name, _, _, size in selection.files}
    return Export(
        name=f"{export_id}.zip",
        size=zip_size(names),
        pieces=_pieces(office, index, selection),
    )


def _lacking(selection: Selection) -> bytes:
    told = "\r\n".join(selection.lacks)
    return f"These packets have no evidence bundle in the archive:\r\n{told}\r\n".encode()


def zip_size(files: dict[str, int]) -> int:
    """Give the size of a stored zip that was written in one go: headers, data, directory."""
    local, after, central, end = 30, 16, 46, 22
    return end + sum(
        local + after + central + 2 * len(name.encode()) + size for name, size in files.items()
    )


class _Drain(io.RawIOBase):
    """A file that cannot be gone back in; what was written is taken out piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(memoryview(data))  # type: ignore[arg-type]  # any buffer
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        """Take out what was written since."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def _pieces(office: Office, index: dict[str, bytes], selection: Selection) -> Iterator[bytes]:
    drain = _Drain()
    with zipfile.ZipFile(drain, "w", zipfile.ZIP_STORED) as archive:
        for name, data in index.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=_STAMP), data)
            yield drain.take()
        for name, packet_id, digest, size in selection.files:
            data = open_archived(office, packet_id, digest)
            if len(data) != size:
                raise NotFound("A bundle changed its size while it was exported.")
            archive.writestr(zipfile.ZipInfo(name, date_time=_STAMP), data)
            yield drain.take()
    yield drain.take()


def safe(text: str) -> str:
    """Give the text so that no spreadsheet program takes it for a formula."""
    bare = _UNPRINTABLE.sub("", text)[:_LONGEST_CELL]
    return f"'{bare}" if bare.lstrip(" \u00a0").startswith(FORMULA) else bare


def index_csv(selection: Selection) -> bytes:
    """Write the index as CSV with a byte order mark, which spreadsheet programs need."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in row] for row in _rows(selection))
    return b"\xef\xbb\xbf" + target.getvalue().encode("utf-8")


def index_xlsx(selection: Selection) -> bytes:
    """Write the index as a workbook whose cells are all text."""
    # What writes workbooks takes 14 MB, which a site that nobody asks for one need not spend.
    from openpyxl import Workbook
    from openpyxl.styles import Font

    from docgen.services.spreadsheet_template import put

    book = Workbook(write_only=False)
    sheet = book.worksheets[0]
    sheet.title = "Index"
    for column, heading in enumerate(COLUMNS, start=1):
        put(sheet, 1, column, heading).font = Font(bold=True)
    for row, cells in enumerate(_rows(selection), start=2):
        for column, text in enumerate(cells, start=1):
            put(sheet, row, column, _UNPRINTABLE.sub("", text)[:_LONGEST_CELL])
    sheet.freeze_panes = "A2"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _rows(selection: Selection) -> Iterator[tuple[str, ...]]:
    there = {packet_id for packet_id, _, _ in selection.bundles}
    for line in selection.lines:
        is_there = line.packet_id in there
        yield (
            line.practice,
            line.packet_id,
            line.kind.value,
            line.title,
            line.template_version,
            line.source.value.replace("_", " "),
            line.execution.value.replace("_", " ") if line.execution else "",
            line.state.words,
            line.effective_on.isoformat() if line.effective_on else "",
            line.ended_on.isoformat() if line.ended_on else "",
            line.retain_until.isoformat() if line.retain_until else "",
            "yes" if line.on_hold else "no",
            line.disposed_on.isoformat() if line.disposed_on else "",
            line.sha256,
            f"bundles/{line.packet_id}.bundle.zip" if is_there else "none",
            line.bundle_sha256,
        )
