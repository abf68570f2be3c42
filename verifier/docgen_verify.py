"""Check an evidence bundle (docgen-evidence/1 or /2) offline, without anything of its issuer's.

    python -I docgen_verify.py BUNDLE [--anchor ANCHOR.json] [--at DATE] [--json]

One file, Python 3.11 or newer, standard library only. Two things are used where they are installed:
pyHanko, for what is inside PDF files (signatures, the pages of a scan), and the program `openssl`,
for the time stamps over the log and of renewals when pyHanko is missing. What could not be checked
for lack of them is said, never assumed. Renewals are read where they lie beside the bundle.

Exit codes
    0  everything holds
    1  a check failed; the table says which
    2  the command or a file cannot be read
    3  consistent in itself, issuer not established (no anchor was given)
    4  paper execution, attested by a person and not cryptographically signed; everything else holds
    5  holds as far as could be checked; the table says what could not be checked here
"""

import sys

if not sys.flags.safe_path and __name__ == "__main__":
    # Nothing that lies beside this file may pass for a part of Python.
    sys.path.remove(sys.path[0])

import argparse
import asyncio
import base64
import binascii
import contextlib
import functools
import gc
import hashlib
import io
import json
import logging
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import tomllib
import unicodedata
import zlib
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]  # not everywhere

VERSION = "2"
FIRST_FORMAT = "docgen-evidence/1"
FORMAT = "docgen-evidence/2"
ANCHOR_FORMAT = "docgen-anchor/1"
REPORT_FORMAT = "docgen-verification/1"
RENEWAL_FORMAT = "docgen-renewal/1"
BUNDLE_ENDING = ".bundle.zip"

HOLDS, FAILED, USAGE, NO_ISSUER, PAPER, PARTIAL = range(6)

MIB = 1024 * 1024
OLDEST_PYHANKO = (0, 38)
PYHANKO_WANTED = ">=0.38,<0.39"  # what this file was tested with
LARGEST_BUNDLE = 512 * MIB
LARGEST_ANCHOR = MIB
LARGEST_RENEWAL = MIB  # of each of its two files
MOST_RENEWALS = 99
MOST_FILES = 5_000
MOST_ACTIVITIES = 100_000
MOST_ACTS = 500  # of signing, in one packet
MOST_REVISIONS = 10_000  # of one file, or what looks like their ends
MOST_SECONDS = 300  # for one check
MEMORY, MEMORY_A_BYTE = 1536 * MIB, 8  # at most so much, and so much more for each byte of the file
MOST_UNSWEPT = 50_000  # objects between two looks for what nothing holds any more
CLOCKS_DIFFER = timedelta(minutes=10)
ISSUER = "pso"  # the key under which every plan names the issuer's own signer
AT_DESK = "signed in as one of our own people, who showed again who they are"
READ_OUT = "mailed link and a code read out by telephone"
SHOWN_HOLDS = timedelta(minutes=10)
YEARS = range(1970, 9999)  # which a bundle can be judged as of; counting on from the last one fails
ONE_DAY = timedelta(days=1)  # by so much a date may differ where its time zone is not known
MOST_PAGES = 10_000
PIECE = 64 * 1024
SIDES = 4  # of a rectangle
SEAL, SENT = "Seal", "Sent"
OWN_SIGNER = "embedded"  # the issuer's own signing pages; every other service is an outside one
LONGEST_NAME = 64
DEVELOPMENT = b"development, not for production"

Json = Any  # what a file says, until a check has looked at it


class Broken(Exception):
    """A check failed; the sentence says why."""


class Unchecked(Exception):
    """A check could not be made here; the sentence says what is missing."""


class TooLong(BaseException):
    """A check took longer than any needs; no library on the way may take it for an error."""


class Unreadable(Exception):
    """The command line or a file cannot be used at all."""


def need(holds: object, sentence: str) -> None:
    """Fail the running check unless this holds."""
    if not holds:
        raise Broken(sentence)


def sha256(data: bytes) -> str:
    """Digest bytes as lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Json) -> bytes:
    """Write JSON in its one canonical form."""
    text = json.dumps(
        value, allow_nan=False, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return text.encode()


def parse(data: bytes, what: str) -> Json:
    """Read JSON, and only in its canonical form (which also has no key twice)."""
    try:
        value = json.loads(data)
        same = canonical(value) == data
    except (ValueError, RecursionError) as error:
        raise Broken(f"{what} is not JSON.") from error
    need(same, f"{what} is not in canonical form.")
    return value


def moment(text: Json) -> datetime:
    """Read a time as the bundle writes it."""
    need(
        isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text),
        "A time is not written as UTC with microseconds.",
    )
    return datetime.fromisoformat(text)


def day(text: Json) -> date:
    """Read a date as the bundle writes it."""
    need(
        isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII),
        "A date is not written as year, month and day.",
    )
    return date.fromisoformat(text)


def say(when: datetime) -> str:
    """Write a time for people."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


# --- the zip: plain, bounded, nothing hidden ----------------------------------------------------

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
DATE_1980 = 0x21
SAFE_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
SAFE_PATH = re.compile(rf"{SAFE_PART}(?:/{SAFE_PART})*")
LONGEST_PATH = 200
REGULAR_FILE = 0o100644
VERSION_2 = 20
MADE_BY = (3 << 8) | VERSION_2  # Unix


def unzip(data: bytes) -> dict[str, bytes]:
    """Read the zip strictly: stored entries in order, end to end, each described twice alike.

    Nothing is ever decompressed, so the contents cannot be larger than the file.
    """
    need(len(data) >= END.size, "The file is too short for a zip.")
    mark, disk, start_disk, here, count, size, offset, comment = END.unpack(data[-END.size :])
    need(mark == b"PK\x05\x06", "The zip does not end where the file ends.")
    need(not (disk or start_disk or comment) and here == count, "The zip has parts or a comment.")
    need(0 < count <= MOST_FILES, "The zip has no entries, or too many.")
    need(offset + size + END.size == len(data), "The zip's directory is not where it should be.")
    files: dict[str, bytes] = {}
    position, listed, before = 0, offset, ""
    for _ in range(count):
        need(listed + CENTRAL.size <= len(data), "The zip's directory is cut off.")
        entry = CENTRAL.unpack_from(data, listed)
        name = _entry_name(data, listed + CENTRAL.size, entry, position)
        need(name > before, f"{name} is out of order or there twice.")
        files[name], position = _entry_data(data, (name, entry), position, offset)
        before = name
        listed += CENTRAL.size + entry[10]
    need(position == offset and listed == offset + size, "The zip has gaps between its entries.")
    return files


def _entry_name(data: bytes, at: int, entry: tuple[Any, ...], position: int) -> str:
    """Check one line of the directory and give its name."""
    mark, made, needed, flags, method, time, date, _, packed, size = entry[:10]
    length, extra, comment, disk, internal, attributes, header = entry[10:]
    name = data[at : at + length].decode("latin-1")
    shown = name if SAFE_PATH.fullmatch(name) else "An entry"
    need(mark == b"PK\x01\x02", "The zip's directory is damaged.")
    safe = SAFE_PATH.fullmatch(name) and length <= LONGEST_PATH
    need(safe, "An entry's name is not a safe path.")
    need(method == 0 and flags == 0 and packed == size, f"{shown} is compressed or encrypted.")
    plain = (made, needed, internal, attributes) == (MADE_BY, VERSION_2, 0, REGULAR_FILE << 16)
    need(plain, f"{shown} is not a plain file.")
    need(not (extra or comment or disk), f"{shown} carries hidden data.")
    need((time, date) == (0, DATE_1980), f"{shown} carries a date; the format has none.")
    need(header == position, f"{shown} does not follow the entry before it.")
    return name


def _entry_data(
    data: bytes, listed: tuple[str, tuple[Any, ...]], position: int, end: int
) -> tuple[bytes, int]:
    """Check one local header against the directory; give the bytes and where they end."""
    name, entry = listed
    need(position + LOCAL.size <= end, "An entry lies outside the zip.")
    local = LOCAL.unpack_from(data, position)
    need(local[0] == b"PK\x03\x04", "An entry's header is damaged.")
    start = position + LOCAL.size + local[9]
    same_name = data[position + LOCAL.size : start] == name.encode()
    same = same_name and local[1:10] == entry[2:11] and local[10] == 0
    need(same, f"{name} is described in two ways.")
    stop = start + local[8]
    need(stop <= end, "An entry lies outside the zip.")
    content = data[start:stop]
    need(zlib.crc32(content) == local[6], f"{name} fails the zip's own sum.")
    return content, stop


# --- Ed25519 (RFC 8032), checking only: small enough to need no library -------------------------

P = 2**255 - 19
KEY_SIZE, SIGNATURE_SIZE, HASH_SIZE = 32, 64, 32
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _recover_x(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x % 2 != sign else x


def _decode_point(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _recover_x(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def _encode_point(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P % 2) << 255).to_bytes(32, "little")


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(factor: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while factor:
        if factor % 2:
            result = _add(result, point)
        point, factor = _add(point, point), factor >> 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = _recover_x(BASE_Y, 0) or 0
BASE: Point = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether an Ed25519 signature holds."""
    if len(public) != KEY_SIZE or len(signature) != SIGNATURE_SIZE:
        return False
    key, scalar = _decode_point(public), int.from_bytes(signature[32:], "little")
    if key is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    factor = int.from_bytes(digest, "little") % ORDER
    minus_key = (P - key[0], key[1], 1, P - key[3])
    return _encode_point(_add(_times(scalar, BASE), _times(factor, minus_key))) == signature[:32]


# --- the log: RFC 6962 leaves, C2SP checkpoints -------------------------------------------------


@dataclass(frozen=True)
class LogKey:
    """A log's public key by name."""

    name: str
    public: bytes
    key_hash: bytes


def unbase64(text: str, what: str) -> bytes:
    """Decode base64 in its one canonical spelling."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Broken(f"{what} is damaged.") from error
    need(base64.b64encode(raw).decode() == text, f"{what} is damaged.")
    return raw


def log_key(line: str) -> LogKey:
    """Read a C2SP verifier key, `name+hash+key`."""
    name, _, rest = line.partition("+")
    claimed, _, encoded = rest.partition("+")
    raw = unbase64(encoded, "A log key")
    need(name and raw[:1] == b"\x01" and len(raw) == 1 + KEY_SIZE, "A log key is not Ed25519.")
    key_hash = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    need(claimed == key_hash.hex(), "A log key does not match its own hash.")
    return LogKey(name, raw[1:], key_hash)


@dataclass(frozen=True)
class Checkpoint:
    """A signed checkpoint as read: its text, what it says, and its signature lines."""

    text: str
    origin: str
    size: int
    root: bytes
    lines: tuple[tuple[str, bytes], ...]

    def signed_by(self, key: LogKey) -> bool:
        """Say whether a line of this key holds over the text."""
        return any(
            name == key.name
            and raw[:4] == key.key_hash
            and ed25519_holds(key.public, raw[4:], self.text.encode())
            for name, raw in self.lines
        )


def read_checkpoint(data: bytes) -> Checkpoint:
    """Read a C2SP signed note that holds a checkpoint."""
    damaged = "The checkpoint is not a signed note."
    try:
        text, gap, tail = data.decode().rpartition("\n\n")
        lines = []
        for line in lines_of(tail, damaged):
            mark, name, encoded = line.split(" ")
            need(mark == "\u2014", damaged)
            lines.append((name, unbase64(encoded, "A checkpoint's signature")))
        origin, size, root = text.split("\n")[:3]
    except ValueError as error:
        raise Broken(damaged) from error
    need(gap and lines and re.fullmatch(r"0|[1-9][0-9]{0,18}", size, re.ASCII), damaged)
    read = unbase64(root, "The checkpoint's root")
    return Checkpoint(text + "\n", origin, int(size), read, tuple(lines))


def lines_of(text: str, otherwise: str) -> list[str]:
    """Split text into lines, each of which must have its end."""
    lines = text.split("\n")
    need(lines.pop() == "", otherwise)
    return lines


def in_tree(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Say whether the inclusion proof leads from the leaf to the root (RFC 6962 section 2.1.1)."""
    if not 0 <= index < size:
        return False
    running = hashlib.sha256(b"\x00" + leaf).digest()
    last, rest = size - 1, list(proof)
    while last:
        if not (index == last and index % 2 == 0):
            if not rest or len(rest[0]) != HASH_SIZE:
                return False
            pair = rest[0] + running if index % 2 else running + rest[0]
            running, rest = hashlib.sha256(b"\x01" + pair).digest(), rest[1:]
        index, last = index >> 1, last >> 1
    return not rest and running == root


# --- what is looked at --------------------------------------------------------------------------


@dataclass(frozen=True)
class Anchor:
    """What the reader got from the issuer by another way."""

    name: str
    signing_roots: tuple[bytes, ...]
    timestamp_roots: tuple[bytes, ...]
    log_keys: tuple[LogKey, ...]
    service_roots: tuple[bytes, ...] = ()


@dataclass(frozen=True, repr=False)
class Renewal:
    """The two files of one renewal as they lie beside the bundle, or what is wrong with them."""

    number: int
    record: bytes = b""
    stamp: bytes = b""
    fault: str = ""

    @property
    def name(self) -> str:
        """Name it in a sentence."""
        return f"Renewal {self.number}"


@dataclass(frozen=True, repr=False)
class Renewed:
    """What a renewal says: when, over what, and what was known of its authority then."""

    at: datetime
    digest: bytes
    certificates: tuple[bytes, ...]
    lists: tuple[bytes, ...]


@dataclass
class Case:
    """One bundle under examination."""

    files: dict[str, bytes]
    at: datetime
    anchor: Anchor | None
    data: bytes = field(default=b"", repr=False)
    renewals: tuple[Renewal, ...] = ()
    renewed: Renewed | None = None
    manifest: dict[str, Json] = field(default_factory=dict)
    statement_sha256: str = ""
    history: list[Json] = field(default_factory=list)
    by_kind: dict[str, list[Json]] = field(default_factory=dict)
    seconds: float = 0  # for each check; 0 for as long as it takes
    plan: dict[str, Json] = field(default_factory=dict)
    grown_old: bool = False  # what protects the bundle itself, at the time it is judged as of
    lapsed: bool = False  # the last renewal
    notes: list[str] = field(default_factory=list)
    pdfs: dict[str, Any] = field(default_factory=dict)

    def file(self, path: str) -> bytes:
        """Give a file, or fail the running check."""
        need(path in self.files, f"{path} is missing.")
        return self.files[path]

    @property
    def as_of(self) -> datetime:
        """Give the time as of which the bundle itself is judged: when it was first renewed."""
        return self.renewed.at if self.renewed else self.at

    @property
    def renewal_due(self) -> bool:
        """Say whether the protection has grown old since, or had before it was renewed."""
        return self.grown_old or self.lapsed

    @property
    def signed(self) -> list[Json]:
        """Give the documents that were signed electronically, wherever."""
        return [item for item in self.manifest["documents"] if item["execution"] == "electronic"]

    @property
    def electronic(self) -> list[Json]:
        """Give the documents that were signed at the issuer's own signer."""
        return self.signed if self.manifest["service"] == OWN_SIGNER else []

    @property
    def outside(self) -> list[Json]:
        """Give the documents that were signed through an outside signing service."""
        return [] if self.manifest["service"] == OWN_SIGNER else self.signed

    @property
    def paper(self) -> list[Json]:
        """Give the documents that were signed on paper."""
        return [item for item in self.manifest["documents"] if item["execution"] == "wet_ink"]

    @property
    def first_format(self) -> bool:
        """Say whether the bundle is of the first format, which asked for less."""
        return bool(self.manifest["format"] == FIRST_FORMAT)

    @property
    def pinned(self) -> list[Json]:
        """Give the documents that are somebody else's file, pinned by its digest."""
        return [item for item in self.manifest["documents"] if item["pinned_sha256"]]

    def planned(self, slug: str) -> Json:
        """Give a document as planned."""
        return _only([item for item in self.plan["documents"] if item["slug"] == slug], slug)

    def told(self, kind: str, actor: str = "") -> list[Json]:
        """Give the activities of this kind (and actor), in order."""
        found = self.by_kind.get(kind, [])
        return [item for item in found if item["actor"] == actor] if actor else found

    def acts(self) -> list[Json]:
        """Give the acts of signing, in order."""
        found = self.told("signer.signed")
        need(len(found) <= MOST_ACTS, "The history tells of more acts of signing than can be.")
        return found

    def roots(self, which: str) -> tuple[bytes, ...]:
        """Give the trusted roots: the anchor's, or without one those the bundle brought along."""
        if self.anchor is not None:
            anchor = self.anchor
            return anchor.signing_roots if which == "signing" else anchor.timestamp_roots
        stem = f"certificates/{which}-root-"
        found = tuple(self.files[path] for path in sorted(self.files) if path.startswith(stem))
        need(found, f"The bundle brings no {which} root along.")
        return found


# --- checks: files ------------------------------------------------------------------------------

FIRST_STATEMENT_KEYS = {
    "format",
    "packet_id",
    "kind",
    "service",
    "envelope_id",
    "execution",
    "effective_date",
    "engine",
    "product",
    "log_time_stamp",
    "documents",
}
STATEMENT_KEYS = FIRST_STATEMENT_KEYS | {"time_zone"}
FIRST_DOCUMENT_KEYS = {
    "slug",
    "title",
    "execution",
    "template",
    "rendered_sha256",
    "sent_sha256",
    "signed_sha256",
    "docx_sha256",
    "html_sha256",
    "signatures",
}
DOCUMENT_KEYS = FIRST_DOCUMENT_KEYS | {"source", "pinned_sha256", "checklist_sha256"}
SIGNATURE_KEYS = {
    "field",
    "signer",
    "act_id",
    "name",
    "title",
    "organization",
    "meaning",
    "at",
}
DOCUMENT_FILES = {
    "rendered_sha256": "rendered.pdf",
    "sent_sha256": "sent.pdf",
    "signed_sha256": "signed.pdf",
    "docx_sha256": "document.docx",
    "html_sha256": "reading.html",
    "pinned_sha256": "pinned.pdf",
    "checklist_sha256": "checklist.toml",
}
OURS = {"rendered_sha256", "docx_sha256", "html_sha256"}
# What each source must bring, and how what comes from it may be executed.
SOURCES: dict[str, tuple[set[str], set[str]]] = {
    "generated": (OURS, {"electronic", "wet_ink"}),
    "counterparty_paper": ({"pinned_sha256", "checklist_sha256"}, {"wet_ink"}),
    "already_on_file": (set(), {""}),
    "not_applicable": (set(), {""}),
}
ATTESTATION_KEYS = {
    "packet_id",
    "documents",
    "scan_sha256",
    "pages",
    "signed_on",
    "received_on",
    "original_at",
    "attested_by",
    "name",
    "statement",
    "at",
}
ALWAYS = {
    "README.txt",
    "approvals.json",
    "bundle.json",
    "certificate-of-completion.html",
    "certificate-of-completion.pdf",
    "enrollment/digest",
    "enrollment/record.json",
    "history.jsonl",
    "log/checkpoint.txt",
    "log/key.txt",
    "log/leaves.jsonl",
    "plan.json",
    "verify.py",
}
# The settings of the issuer that documents print, since they are kept; how to begin, for people.
OPTIONAL = {"START-HERE.html", "issuer/settings.json"}
PAPER_FILES = {"paper/scan.pdf", "paper/attestation.json"}
CANONICAL = {
    "approvals.json",
    "enrollment/record.json",
    "issuer/settings.json",
    "paper/attestation.json",
}
BY_PATTERN = re.compile(
    r"callbacks/\d{4,}\.json|consent/[^/]+\.txt|certificates/(signing|timestamp)-root-\d+\.pem"
    r"|service/[^/]+"
)


def check_format(case: Case) -> str:
    """Read the manifest and check its shape; one of the first format is read as of this one."""
    manifest = parse(case.file("bundle.json"), "bundle.json")
    need(isinstance(manifest, dict), "bundle.json is not an object.")
    found = manifest.get("format")
    need(
        found in {FIRST_FORMAT, FORMAT},
        f"This verifier knows the formats {FIRST_FORMAT} and {FORMAT} only.",
    )
    first = found == FIRST_FORMAT
    keys = FIRST_STATEMENT_KEYS if first else STATEMENT_KEYS
    need(set(manifest) == keys | {"files"}, "bundle.json has other keys than its format.")
    need(isinstance(manifest["log_time_stamp"], bool), "bundle.json is malformed.")
    case.statement_sha256 = sha256(canonical({key: manifest[key] for key in keys}))
    documents = manifest["documents"]
    need(documents and isinstance(documents, list), "bundle.json lists no documents.")
    for item in documents:
        _check_document(item, first=first)
    ways = {item["execution"] for item in documents} - {""}
    need(ways, "Nothing was executed.")
    need(
        manifest["execution"] == (ways.pop() if len(ways) == 1 else "mixed"),
        "The packet's execution is not that of its documents.",
    )
    slugs = [item["slug"] for item in documents]
    need(len(set(slugs)) == len(slugs), "Two documents have the same name.")
    case.manifest = manifest
    how = {"electronic": "signed electronically", "wet_ink": "signed on paper"}.get(
        manifest["execution"], f"{manifest['execution']} execution"
    )
    return f"format {found}, {len(documents)} document(s), {how}"


def _check_document(item: Json, *, first: bool) -> None:
    """Check one document of the manifest; fill in what the first format took for granted."""
    wanted = FIRST_DOCUMENT_KEYS if first else DOCUMENT_KEYS
    need(set(item) - {"first_page"} == wanted, "A document in bundle.json is malformed.")
    page = item.get("first_page", 2)
    need(isinstance(page, int) and page > 1, "A document's first page is malformed.")
    if first:
        item |= {"source": "generated", "pinned_sha256": "", "checklist_sha256": ""}
    need(item["source"] in SOURCES, "A document's source is unknown.")
    brings, executions = SOURCES[item["source"]]
    need(item["execution"] in executions, "A document was executed in a way that cannot be.")
    if item["execution"] == "electronic":
        brings = brings | {"sent_sha256", "signed_sha256"}
    optional = {"pinned_sha256"} if item["source"] == "already_on_file" else set()
    has = {key for key in DOCUMENT_FILES if item[key]}
    need(
        brings <= has <= brings | optional,
        "A document has other files than its source and execution ask for.",
    )
    need(set(item["template"]) == {"slug", "version", "digest"}, "A template is malformed.")
    electronic = item["execution"] == "electronic"
    need(electronic or not item["signatures"], "What was not signed electronically has signatures.")
    for expected in item["signatures"]:
        need(set(expected) == SIGNATURE_KEYS, "An expected signature is malformed.")
        moment(expected["at"])


def check_complete(case: Case) -> str:
    """Compare the files with their list, and the list with what the format asks for."""
    there, listed = set(case.files) - {"bundle.json"}, set(case.manifest["files"])
    need(not listed - there, f"Missing: {', '.join(sorted(listed - there)[:5])}.")
    need(not there - listed, f"Not in the list: {', '.join(sorted(there - listed)[:5])}.")
    wanted = set(ALWAYS)
    for item in case.manifest["documents"]:
        for key, name in DOCUMENT_FILES.items():
            if item[key]:
                wanted.add(f"documents/{item['slug']}/{name}")
    if case.paper:
        wanted |= PAPER_FILES
    if case.manifest["log_time_stamp"]:
        wanted.add("log/timestamp.tsr")
    lacking = sorted(wanted - set(case.files))
    need(not lacking, f"The format asks for: {', '.join(lacking[:5])}.")
    folders = tuple(
        f"templates/{item['template']['slug']}/{item['template']['version']}/"
        for item in case.manifest["documents"]
        if item["source"] == "generated"
    )
    strange = sorted(
        path
        for path in case.files
        if path not in wanted | OPTIONAL
        and not BY_PATTERN.fullmatch(path)
        and not path.startswith(folders)
    )
    need(not strange, f"The format has no place for: {', '.join(strange[:5])}.")
    return f"{len(case.files)} files, all listed"


def check_digests(case: Case) -> str:
    """Digest every file."""
    wrong = []
    for path, promised in sorted(case.manifest["files"].items()):
        data = case.file(path)
        if canonical(promised) != canonical({"sha256": sha256(data), "size": len(data)}):
            wrong.append(path)
    need(not wrong, f"Other bytes than listed: {', '.join(wrong[:5])}.")
    for item in case.manifest["documents"]:
        for key, name in DOCUMENT_FILES.items():
            path = f"documents/{item['slug']}/{name}"
            actual = sha256(case.files[path]) if path in case.files else ""
            need(actual == item[key], f"{path} is not the file that the statement names.")
    return "every digest and size is right"


def check_canonical(case: Case) -> str:
    """Read every JSON file in its one canonical form."""
    case.plan = parse(case.file("plan.json"), "plan.json")
    lines = case.file("history.jsonl").split(b"\n")
    need(lines.pop() == b"", "history.jsonl does not end with a line end.")
    need(0 < len(lines) <= MOST_ACTIVITIES, "The history is empty or too long.")
    case.history = [parse(line, "A line of history.jsonl") for line in lines]
    for activity in case.history:
        need(
            set(activity)
            == {"seq", "position", "at", "subject", "kind", "actor", "details", "salt"},
            "An activity has other keys than its format.",
        )
        need(
            type(activity["seq"]) is int and type(activity["position"]) is int,
            "An activity's numbers are not whole numbers.",
        )
        need(isinstance(activity["details"], dict), "An activity's details are malformed.")
        need(re.fullmatch(r"[0-9a-f]{32,}", activity["salt"]), "An activity lacks its salt.")
        moment(activity["at"])
        need(isinstance(activity["kind"], str), "An activity is of no kind.")
        case.by_kind.setdefault(activity["kind"], []).append(activity)
    others = [path for path in case.files if path in CANONICAL or path.startswith("callbacks/")]
    for path in others:
        parse(case.file(path), path)
    return f"{len(case.history)} activities and {len(others) + 2} JSON files"


# --- checks: content ----------------------------------------------------------------------------


def check_plan(case: Case) -> str:
    """Compare the plan with its approvals, and both with the history."""
    plan, checksum = case.plan, sha256(case.file("plan.json"))
    need(plan["packet_id"] == case.manifest["packet_id"], "The plan is another packet's.")
    need(plan["kind"] == case.manifest["kind"], "The plan is of another kind.")
    approvals = [
        item
        for item in parse(case.file("approvals.json"), "approvals.json")
        if item["plan_checksum"] == checksum
    ]
    given = {item["capacity"]: item["person"] for item in approvals}
    wanted = {"coordinator", "legal_approver"} if plan["departures"] else {"coordinator"}
    need(wanted <= set(given), "The plan in the bundle is not the one that was approved.")
    need(len(set(given.values())) == len(given), "One person approved in two capacities.")
    departing = {item["code"] for item in plan["departures"]}
    for item in case.manifest["documents"]:
        departs = item["source"] != "generated" and plan["kind"] == "contracting"
        need(
            not departs or f"source.{item['slug']}" in departing,
            f"{item['slug']}: that it is not the issuer's own was not put up for legal approval.",
        )
    for item in approvals:
        told = any(
            activity["details"].get("plan_checksum") == checksum
            and activity["details"].get("capacity") == item["capacity"]
            and activity["details"].get("files") == item["files"]
            for activity in case.told("plan.approved", f"user:{item['person']}")
        )
        need(told, "The history does not tell of an approval.")
        documents = case.manifest["documents"]
        rendered = {document["rendered_sha256"] for document in documents} - {""}
        need(rendered == set(item["files"]), "Other documents were approved than rendered.")
    capacities = " and ".join(sorted(given)).replace("_", " ")
    return f"checksum {checksum[:12]}, approved as {capacities}"


def check_documents(case: Case) -> str:
    """Compare documents, pinned files and expected signatures with the plan."""
    planned = case.plan["documents"]
    if case.first_format:
        planned = [item for item in planned if item["source"] == "generated"]
    need(
        [item["slug"] for item in planned] == [item["slug"] for item in case.manifest["documents"]],
        "The bundle's documents are not those planned.",
    )
    for plan, item in zip(planned, case.manifest["documents"], strict=True):
        slug = item["slug"]
        need(item["source"] == plan["source"], f"{slug}: it comes from elsewhere than planned.")
        template = {"slug": slug, "version": plan["template_version"]}
        template["digest"] = plan["template_digest"]
        need(item["template"] == template, f"{slug}: made from another template.")
        need(item["title"] == plan["title"], f"{slug}: another title than planned.")
        paper, on_file = plan.get("paper") or {}, plan.get("on_file") or {}
        pinned = (
            paper.get("file_sha256", on_file.get("file_sha256", "")),
            paper.get("checklist_sha256", ""),
        )
        need(
            (item["pinned_sha256"], item["checklist_sha256"]) == pinned,
            f"{slug}: the pinned file or its checklist is not the one planned.",
        )
        if item["execution"] == "electronic":  # here or elsewhere
            _check_panels(case, plan, item)
    return ", ".join(item["title"] for item in planned)


def _check_panels(case: Case, plan: Json, item: Json) -> None:
    """Compare the expected signatures of one document with its planned panels."""
    recipients = {one["key"]: one for one in case.plan["recipients"]}
    wanted = sorted(
        (
            panel["panel"]["slot"],
            panel["recipient"],
            panel["panel"]["meaning"],
            recipients[panel["recipient"]]["organization"],
        )
        for panel in plan["panels"]
    )
    stated = sorted(
        (one["field"], one["signer"], one["meaning"], one["organization"])
        for one in item["signatures"]
    )
    need(wanted == stated, f"{item['slug']}: other signatures than planned.")


def check_enrollment(case: Case) -> str:
    """Digest the enrollment record, and the issuer's own data where it is there."""
    digest = sha256(case.file("enrollment/record.json"))
    need(case.file("enrollment/digest") == f"{digest}\n".encode(), "The digest file differs.")
    need(case.plan["enrollment_sha256"] == digest, "The plan was made from another enrollment.")
    issuer = case.files.get("issuer/settings.json")
    if issuer is not None:
        need(case.plan["pso_sha256"] == sha256(issuer), "The issuer's data is not the plan's.")
    return f"version {case.plan['enrollment_version']}, {digest[:12]}"


def check_templates(case: Case) -> str:
    """Recompute each template's digest from its source files."""
    for item in case.manifest["documents"]:
        if item["source"] != "generated":
            continue
        template = item["template"]
        folder = f"templates/{template['slug']}/{template['version']}/"
        parts = {
            path.removeprefix(folder): sha256(data)
            for path, data in case.files.items()
            if path.startswith(folder)
        }
        need(
            sha256(canonical(parts)) == template["digest"],
            f"{item['slug']}: the template's source files are not those used.",
        )
    return "each recomputed from its source files"


def check_prefixes(case: Case) -> str:
    """Check that each file continues the one before it, byte for byte."""
    for item in case.electronic:
        folder = f"documents/{item['slug']}"
        rendered, sent = case.file(f"{folder}/rendered.pdf"), case.file(f"{folder}/sent.pdf")
        signed = case.file(f"{folder}/signed.pdf")
        need(
            sent.startswith(rendered) and len(sent) > len(rendered),
            f"{item['slug']}: what was sent is not what was rendered and approved.",
        )
        need(
            signed.startswith(sent) and len(signed) > len(sent),
            f"{item['slug']}: what was signed is not what was sent.",
        )
    return "rendered is contained in sent, and sent in signed, byte for byte"


def check_steps(case: Case) -> str:
    """Follow each document through the history: sent, shown, signed by each person, sealed."""
    opened = _envelope(case, "envelope.opened")["details"]
    sealed = _envelope(case, "envelope.sealed")["details"]
    for item in case.electronic:
        slug = item["slug"]
        current = _named(opened["documents"], slug, "sent_sha256")
        revisions = _revisions(case.file(f"documents/{slug}/signed.pdf"))
        need(current == item["sent_sha256"], f"{slug}: another file was sent.")
        for act in case.acts():
            need(act["details"]["shown"].get(slug) == current, f"{slug}: another file was shown.")
            current = _named(act["details"]["documents"], slug, "signed_sha256")
            need(current in revisions, f"{slug}: a signer's revision is not in the signed file.")
        need(
            _named(sealed["documents"], slug, "sha256") == item["signed_sha256"],
            f"{slug}: another file was sealed.",
        )
    return "what each person was shown and signed is in the signed file"


def _envelope(case: Case, kind: str) -> Json:
    """Find the one activity of this kind about the bundle's envelope."""
    envelope_id = case.manifest["envelope_id"]
    mine = [item for item in case.told(kind) if item["details"]["envelope_id"] == envelope_id]
    return _only(mine, f"{kind} of this envelope")


def _only(found: list[Json], what: str) -> Json:
    need(len(found) == 1, f"The history tells of {len(found)} times of this: {what}.")
    return found[0]


def _named(documents: list[Json], slug: str, key: str) -> str:
    return str(_only([item for item in documents if item["slug"] == slug], slug)[key])


def _revisions(pdf: bytes) -> set[str]:
    """Digest every revision of a PDF, that is everything up to each end-of-file mark."""
    found, running, done = set(), hashlib.sha256(), 0
    for mark in re.finditer(rb"%%EOF", pdf):
        running.update(pdf[done : mark.end()])
        done = mark.end()
        found.add(running.hexdigest())
        need(len(found) <= MOST_REVISIONS, "A signed file has more revisions than can be.")
        for end in (b"\r\n", b"\n", b"\r"):
            if pdf.startswith(end, done):
                longer = running.copy()
                longer.update(end)
                found.add(longer.hexdigest())
                break
    return found


# --- checks: people -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """Who held a recipient's place when they signed, and the sequence number it was theirs from."""

    email: str
    since: int


def holder(case: Case, act: Json) -> Holder:
    """Say who was to sign: the person planned, or the one the place was last reassigned to.

    What the person before them did counts for nothing.
    """
    key = act["actor"].removeprefix("signer:")
    planned = _only([item for item in case.plan["recipients"] if item["key"] == key], key)
    now = Holder(planned["email"], -1)
    for item in case.told("signer.reassigned"):
        details = item["details"]
        if details["recipient"] != key or not _precedes(item, act):
            continue
        need(item["actor"].startswith("user:"), "A place was reassigned by nobody of the issuer's.")
        need(details["before"]["email"] == now.email, "A place was reassigned from somebody else.")
        now = Holder(details["after"]["email"], item["seq"])
    return now


def _own(case: Case, kind: str, act: Json) -> list[Json]:
    """Give what the signer did before signing, and after the place became theirs."""
    since = holder(case, act).since
    return [
        item
        for item in case.told(kind, act["actor"])
        if since < item["seq"] and _precedes(item, act)
    ]


def check_identified(case: Case) -> str:
    """Check how each signer was identified: a mailed code, one read out, or the issuer's desk."""
    at_desk: list[str] = []
    read_out: list[str] = []
    for act in case.acts():
        now = holder(case, act)
        need(
            act["details"]["email"] == now.email,
            f"{act['actor']} signed from another address than planned or reassigned.",
        )
        before = _own(case, "signer.identified", act)
        need(before, f"{act['actor']} signed without having been identified.")
        key = act["actor"].removeprefix("signer:")
        if before[-1]["details"].get("method") == AT_DESK:
            _check_at_desk(act, before[-1], now)
            at_desk.append(key)
            continue
        planned = _only([item for item in case.plan["recipients"] if item["key"] == key], key)
        spoken = before[-1]["details"].get("method") == READ_OUT
        need(
            spoken == bool(planned.get("by_telephone")),
            f"{act['actor']} was identified in another way than planned.",
        )
        if spoken:
            _check_read_out(case, before[-1], now, key)
            read_out.append(key)
            continue
        mails = [
            item
            for item in case.told("signer.code_sent")
            if item["details"].get("recipient") == key
            and item["details"].get("address") == now.email
            and now.since < item["seq"]
            and _precedes(item, before[-1])
        ]
        need(mails, f"{act['actor']} was identified without a code to the signer's address.")
    ways = [
        "the issuer's own by their sign-in" if at_desk else "",
        f"{', '.join(read_out)} by a mailed link and a code read out by telephone"
        if read_out
        else "",
    ]
    told = [way for way in ways if way]
    if told:
        return f"{'; '.join(told)}; others by a code to the address on record"
    return "each by a one-time code to the address on record, before signing"


def _check_read_out(case: Case, identified: Json, now: Holder, key: str) -> None:
    """Check that one of the issuer's people read this signer a code, and none went by mail."""
    calls, mails = (
        [
            item
            for item in case.told(kind)
            if item["details"].get("recipient") == key
            and now.since < item["seq"]
            and _precedes(item, identified)
        ]
        for kind in ("signer.code_read_out", "signer.code_sent")
    )
    need(calls, f"signer:{key} was identified, but no code was read out before.")
    need(
        all(item["actor"].startswith("user:") for item in calls),
        f"A code was read out to signer:{key} by nobody of the issuer's.",
    )
    need(not mails, f"A code for signer:{key} was mailed, though it was to be read out.")


def _check_at_desk(act: Json, identified: Json, now: Holder) -> None:
    """Check the sign-in of the issuer's own countersigner: whose, for which place, how fresh."""
    details, who = identified["details"], act["actor"]
    need(who == f"signer:{ISSUER}", f"{who} is not the issuer's, but signed in at its desk.")
    need(details.get("person"), f"{who} signed in as nobody.")
    need(details.get("ways"), f"{who} signed in by no means.")
    need(details.get("address") == now.email, f"{who} signed in with another address.")
    shown, at = moment(details["shown_at"]), moment(identified["at"])
    need(shown <= at < shown + SHOWN_HOLDS, f"{who} showed too long ago who they are.")
    need(
        moment(act["at"]) < shown + SHOWN_HOLDS + CLOCKS_DIFFER,
        f"{who} signed too long after showing who they are.",
    )


def check_consented(case: Case) -> str:
    """Check that each signer accepted a disclosure in the bundle before reading and signing."""
    everybody = [] if case.first_format else case.told("signer.consented")
    versions = {_accepted(case, item) for item in everybody}
    for act in case.acts():
        accepted = _own(case, "signer.consented", act)
        need(accepted, f"{act['actor']} signed without consent to electronic records.")
        versions.add(_accepted(case, accepted[-1]))
        for slug in act["details"]["shown"]:
            read = any(
                item["details"].get("document") == slug and _precedes(accepted[-1], item)
                for item in _own(case, "signer.read", act)
            )
            need(read, f"{act['actor']} signed {slug} without having gone through it.")
    there = {path for path in case.files if path.startswith("consent/")}
    need(
        case.first_format or there == {f"consent/{version}.txt" for version in versions},
        "The bundle holds a disclosure that nobody accepted.",
    )
    return f"disclosure {', '.join(sorted(versions))}, before reading and signing"


def _accepted(case: Case, consent: Json) -> str:
    """Check that the text somebody accepted is in the bundle; give its version."""
    version = str(consent["details"]["disclosure_version"])
    need(
        sha256(case.file(f"consent/{version}.txt")) == consent["details"]["disclosure_sha256"],
        f"consent/{version}.txt is not the text that was accepted.",
    )
    return version


def check_acts(case: Case) -> str:
    """Match every expected signature with an act in the history, and the other way round."""
    told = case.acts()
    acts = {item["details"]["act_id"]: item for item in told}
    need(len(acts) == len(told), "Two acts of signing in the history share an id.")
    orders = {f"signer:{item['key']}": item["routing_order"] for item in case.plan["recipients"]}
    turns = [orders[item["actor"]] for item in told]
    need(turns == sorted(turns), "Somebody signed before it was their turn.")
    expected = [one for item in case.electronic for one in item["signatures"]]
    need(expected, "No signatures are expected.")
    need(
        {one["act_id"] for one in expected} == set(acts),
        "The acts of signing in the history are not those of the expected signatures.",
    )
    for one in expected:
        act = acts[one["act_id"]]
        need(act["actor"] == f"signer:{one['signer']}", "A signature is another signer's.")
        for key in ("name", "title", "organization"):
            need(one[key] == act["details"][key], f"A signer's {key} differs from the history.")
        need(_close(moment(one["at"]), moment(act["at"])), "A time of signing differs.")
        need(
            act["details"].get("intent_statement") and act["details"].get("authority_statement"),
            "A signer did not declare intent and authority.",
        )
    people = sorted({f"{one['name']} ({one['organization']})" for one in expected})
    return "; ".join(people)


def _precedes(one: Json, other: Json) -> bool:
    return bool(one["seq"] < other["seq"])


def _close(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= CLOCKS_DIFFER


def check_paper(case: Case) -> str:
    """Check the scan and the attestation of what was signed on paper."""
    attestation = parse(case.file("paper/attestation.json"), "paper/attestation.json")
    scan = sha256(case.file("paper/scan.pdf"))
    need(attestation["packet_id"] == case.manifest["packet_id"], "Another packet is attested.")
    need(attestation["scan_sha256"] == scan, "The scan is not the one attested.")
    need(
        sorted(attestation["documents"]) == sorted(item["slug"] for item in case.paper),
        "Other documents are attested than were signed on paper.",
    )
    need(attestation["statement"] and attestation["attested_by"], "Nobody attests to the scan.")
    told = any(item["details"].get("scan_sha256") == scan for item in case.history)
    need(told, "The history does not tell of this scan.")
    if not case.first_format:
        _check_attestation(case, attestation)
    return f"attested by {attested_by(case)} on {say(moment(attestation['at']))}"


def _check_attestation(case: Case, attestation: Json) -> None:
    """Compare every key of an attestation with the last taking in that the history tells of."""
    need(set(attestation) == ATTESTATION_KEYS, "The attestation has other keys than its format.")
    need(attestation["name"], "The attestation does not name the person.")
    need(attestation["original_at"], "The attestation does not say where the original is.")
    taken = case.told("paper.taken_in")
    need(taken, "The history does not tell who took the paper in.")
    last = taken[-1]
    need(
        attestation["attested_by"] == last["actor"] and last["actor"].startswith("user:"),
        "The attestation is not by the person who took the paper in.",
    )
    need(
        last["details"]["plan_checksum"] == sha256(case.file("plan.json")),
        "The paper was taken in for another plan.",
    )
    for key in ("scan_sha256", "pages", "signed_on", "received_on", "original_at", "statement"):
        need(attestation[key] == last["details"][key], f"The attestation's {key} was another.")
    need(
        sorted(attestation["documents"]) == sorted(last["details"]["documents"]),
        "The paper was taken in for other documents.",
    )
    need(
        _close(moment(attestation["at"]), moment(last["at"])),
        "The paper was taken in another time.",
    )
    pages = attestation["pages"]
    need(type(pages) is int and pages > 0, "The attestation counts no pages.")
    made_on = moment(case.history[0]["at"]).date()  # nothing is told of a packet before it is made
    attested_on = moment(attestation["at"]).date()
    signed_on, received_on = day(attestation["signed_on"]), day(attestation["received_on"])
    need(made_on - ONE_DAY <= signed_on, "The paper was signed before it was made.")
    need(signed_on <= received_on, "The paper was received before it was signed.")
    need(received_on <= attested_on + ONE_DAY, "The paper was received after it was attested to.")


def attested_by(case: Case) -> str:
    """Name the person who attests to the paper."""
    attestation = parse(case.file("paper/attestation.json"), "paper/attestation.json")
    name, key = attestation.get("name", ""), attestation["attested_by"]
    return f"{name} ({key})" if name else str(key)


def check_pinned(case: Case) -> str:
    """Compare the checklist of each paper that is not the issuer's with the plan's."""
    theirs = [item for item in case.manifest["documents"] if item["checklist_sha256"]]
    for item in theirs:
        slug = item["slug"]
        planned = case.planned(slug)["paper"]
        try:
            sheet = tomllib.loads(case.file(f"documents/{slug}/checklist.toml").decode())
        except ValueError as error:
            raise Broken(f"{slug}: the checklist cannot be read.") from error
        need(sheet["checked_by"] == planned["checked_by"], f"{slug}: somebody else checked it.")
        filled = sorted(
            (one["id"], one["page"], " ".join(normal(one["section"]).split()))
            for one in sheet["requirement"]
        )
        stated = sorted((one["requirement"], one["page"], one["section"]) for one in planned["met"])
        need(filled == stated and stated, f"{slug}: the checklist says something else.")
        pages = range(1, planned["pages"] + 1)
        need(all(page in pages for _, page, _ in filled), f"{slug}: a page is not there.")
    count = len(case.pinned)
    return f"{count} pinned file(s), {len(theirs)} with a checklist as planned"


def check_pages(case: Case) -> str:
    """Count the pages of the scan and of each pinned file."""
    stated: dict[str, int] = {}
    if case.paper and not case.first_format:
        attestation = parse(case.file("paper/attestation.json"), "paper/attestation.json")
        stated["paper/scan.pdf"] = attestation["pages"]
    for item in case.pinned:
        planned = case.planned(item["slug"])
        of = planned.get("paper") or planned["on_file"]
        stated[f"documents/{item['slug']}/pinned.pdf"] = of["pages"]
    missing = pyhanko_missing()
    for path, pages in stated.items():
        data = case.file(path)
        if missing and count_plainly(data) != pages:
            raise Unchecked(missing)
        found = pages if missing else count_pages(data)
        need(found == pages, f"{path} has {found} pages, not {pages}.")
    counted = ", ".join(f"{path}: {pages}" for path, pages in stated.items())
    return counted or "the format does not state them"


def count_pages(pdf: bytes) -> int:
    """Count a PDF's pages by walking its tree, whatever it claims of itself.

    Scanners write what the standard forbids in small things; digests, not form, bind these bytes.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    waiting, seen, count = [PdfFileReader(io.BytesIO(pdf), strict=False).root["/Pages"]], 0, 0
    while waiting:
        node, seen = waiting.pop(), seen + 1
        need(seen <= 2 * MOST_PAGES, "A PDF has too many pages, or its page tree no end.")
        if "/Kids" in node:
            waiting += [kid.get_object() for kid in node["/Kids"]]
        else:
            count += 1
    return count


def count_plainly(pdf: bytes) -> int:
    """Count what calls itself a page, without reading the file as a PDF; a usual scan agrees."""
    page, left = re.compile(rb"/Type\s*/Page(?![A-Za-z])"), LARGEST_BUNDLE
    count = sum(1 for _ in page.finditer(pdf))
    for found in re.finditer(rb"stream\r?\n", pdf):
        if b"/ObjStm" not in pdf[max(0, found.start() - 500) : found.start()]:
            continue
        need(left > 0, "A file holds more than can be looked at.")
        inside = inflated(pdf, found.end(), min(left, 64 * MIB))
        left -= len(inside) + 1
        count += sum(1 for _ in page.finditer(inside))
    return count


def inflated(pdf: bytes, at: int, most: int) -> bytes:
    """Inflate what begins here, at most so much of it, without copying the rest of the file."""
    packed, parts, size = zlib.decompressobj(), [], 0
    with contextlib.suppress(zlib.error):
        while at < len(pdf) and size < most and not packed.eof:
            piece = packed.unconsumed_tail or pdf[at : at + PIECE]
            at += 0 if packed.unconsumed_tail else PIECE
            parts.append(packed.decompress(piece, most - size))
            size += len(parts[-1])
    return b"".join(parts)


def check_effective(case: Case) -> str:
    """Check that the effective date is the date of the last signature, or a later one agreed on."""
    if case.first_format:
        return "the format does not say in which time zone; not compared"
    stated = day(case.manifest["effective_date"])
    fixed = case.plan.get("effective_from", "")
    by_hand = []
    if case.paper:
        attestation = parse(case.file("paper/attestation.json"), "paper/attestation.json")
        by_hand.append(day(attestation["signed_on"]))
    signed = [moment(one["at"]) for item in case.signed for one in item["signatures"]]
    name = case.manifest["time_zone"]
    try:
        zone = zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = max([*by_hand, *(one.date() for one in signed)])
        if fixed and day(fixed) > near + ONE_DAY:
            return _agreed_later(stated, day(fixed))
        need(abs(stated - near) <= ONE_DAY, "The effective date is not that of the last signature.")
        return f"{stated}, within a day: this computer does not know the time zone"
    last = max([*by_hand, *(one.astimezone(zone).date() for one in signed)])
    if fixed and day(fixed) > last:
        return _agreed_later(stated, day(fixed))
    need(stated == last, "The effective date is not that of the last signature.")
    return f"{stated}, the date of the last signature ({name})"


def _agreed_later(stated: date, fixed: date) -> str:
    need(stated == fixed, "The effective date is not the one on which the parties agreed.")
    return f"{stated}, the date fixed in the agreement"


# --- checks: outside signing service ------------------------------------------------------------


def check_handed_over(case: Case) -> str:
    """Check that what was sent is what was approved, and that the history names what came back."""
    service, envelope = case.manifest["service"], case.manifest["envelope_id"]
    sent = [
        item
        for item in case.told("packet.sent")
        if (item["details"]["service"], item["details"]["envelope_id"]) == (service, envelope)
    ]
    _only(sent, "packet.sent through this service")
    executed = _only(case.told("packet.executed"), "packet.executed")
    need(_precedes(sent[0], executed), "It was executed before it was sent.")
    for item in case.outside:
        slug = item["slug"]
        need(item["sent_sha256"] == item["rendered_sha256"], f"{slug}: another file was sent.")
        documents = executed["details"]["documents"]
        for key in ("sent_sha256", "signed_sha256"):
            need(_named(documents, slug, key) == item[key], f"{slug}: another file came back.")
        [told] = [one for one in documents if one["slug"] == slug]
        need(
            told.get("first_page", 1) == item.get("first_page", 1),
            f"{slug}: it begins on another page than the history tells.",
        )
    records = {f"service/{one['name']}" for one in executed["details"].get("records", [])}
    there = {path for path in case.files if path.startswith("service/")}
    need(there == records, "The service's own records are not those that the history names.")
    for one in executed["details"].get("records", []):
        path = f"service/{one['name']}"
        need(sha256(case.file(path)) == one["sha256"], f"{path} is not what the service gave.")
    own = f"; its own records: {', '.join(sorted(records))}" if records else ""
    return f"sent to {service} as approved, and what came back is here{own}"


def check_reported(case: Case) -> str:
    """Match every expected signature with the service's report that this person signed."""
    told = case.told("signer.reported", f"service:{case.manifest['service']}")
    reports = {item["details"]["act_id"]: item for item in told}
    need(len(reports) == len(told), "Two reports of the service share an id.")
    expected = [one for item in case.outside for one in item["signatures"]]
    need(expected, "No signatures are expected.")
    need(
        {one["act_id"] for one in expected} == set(reports),
        "The service's reports are not those of the expected signatures.",
    )
    for one in expected:
        details = reports[one["act_id"]]["details"]
        need(details["envelope_id"] == case.manifest["envelope_id"], "Another envelope's report.")
        need(details["recipient"] == one["signer"], "A signature is another signer's.")
        for key in ("name", "title"):
            need(one[key] == details[key], f"A signer's {key} differs from the history.")
        need(moment(one["at"]) == moment(details["signed_at"]), "A time of signing differs.")
    orders = {item["key"]: item["routing_order"] for item in case.plan["recipients"]}
    turns = sorted(
        (orders[one["signer"]], moment(one["at"]))
        for one in expected
    )  # fmt: skip
    need(
        all(one[1] <= other[1] + CLOCKS_DIFFER for one, other in pairwise(turns)),
        "Somebody signed before it was their turn.",
    )
    people = sorted({f"{one['name']} ({one['organization']})" for one in expected})
    return f"as {case.manifest['service']} reports: {'; '.join(people)}"


def check_service_seal(case: Case) -> str:
    """Check that the service's signatures are intact and the last covers the whole file."""
    count = 0
    for slug, signatures in outside_signatures(case):
        size = len(case.file(f"documents/{slug}/signed.pdf"))
        for one in signatures:
            status = outside_status(case, one, ())
            need(
                status.intact and status.valid,
                f"{slug}, {one.field_name}: the file was changed after signing.",
            )
            count += 1
        need(
            _end(signatures[-1]) == size
            and signatures[-1].evaluate_signature_coverage().name == "ENTIRE_FILE",
            f"{slug}: the last signature does not cover the whole file.",
        )
    return f"{count} signatures of the service, and nothing was added after the last"


def check_service_issuer(case: Case) -> str:
    """Check that the sealing certificates come from the service's roots, as the anchor has them."""
    roots = case.anchor.service_roots if case.anchor else ()
    signatures = outside_signatures(case)
    names = sorted({str(_common_name(one)) for _, found in signatures for one in found})
    if not roots:
        raise Unchecked(
            f"the anchor names no root of {case.manifest['service']}; the files are sealed by "
            f"{', '.join(names)}"
        )
    for slug, found in signatures:
        for one in found:
            trusted = outside_status(case, one, roots).trusted
            need(trusted, f"{slug}, {one.field_name}: its certificate is not the service's.")
    return f"sealed by {', '.join(names)}, under the service's roots"


def outside_status(case: Case, signature: Any, roots: tuple[bytes, ...]) -> Any:
    """Look at one signature of the service as of the moment the packet was executed."""
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(
        trust_roots=[one for pem in roots for one in load_certs_from_pemder_data(pem)],
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=moment(_only(case.told("packet.executed"), "packet.executed")["at"]),
    )
    return asyncio.run(async_validate_pdf_signature(signature, signer_validation_context=context))


def outside_signatures(case: Case) -> list[tuple[str, list[Any]]]:
    """Give the signatures of each file that came back from the service; there must be one."""
    missing = pyhanko_missing()
    if missing:
        raise Unchecked(missing)
    from pyhanko.pdf_utils.reader import PdfFileReader

    result = []
    for item in case.outside:
        slug = item["slug"]
        data = case.file(f"documents/{slug}/signed.pdf")
        found = [
            one
            for one in PdfFileReader(io.BytesIO(data), strict=False).embedded_signatures
            if one.sig_object_type == "/Sig"
        ]
        need(found, f"{slug}: it holds no signature of the service's.")
        result.append((slug, found))
    return result


def check_words(case: Case) -> str:
    """Compare every line of what was sent with what came back signed, page by page."""
    try:
        import pypdfium2
    except ImportError as error:
        raise Unchecked("pypdfium2 is not installed here: pip install pypdfium2") from error

    def lines(data: bytes) -> list[list[str]]:
        document = pypdfium2.PdfDocument(data)
        found = [
            [" ".join(line.split()) for line in page.get_textpage().get_text_range().splitlines()]
            for page in document
        ]
        document.close()
        return [[line for line in page if line] for page in found]

    pages = 0
    for item in case.outside:
        folder = f"documents/{item['slug']}"
        sent = lines(case.file(f"{folder}/sent.pdf"))
        first = item.get("first_page", 1) - 1
        came = lines(case.file(f"{folder}/signed.pdf"))[first : first + len(sent)]
        need(len(came) == len(sent), f"{item['slug']}: pages are missing.")
        for number, (ours, theirs) in enumerate(zip(sent, came, strict=True), start=1):
            rest = iter(theirs)
            need(
                all(line in rest for line in ours),
                f"{item['slug']}: a line of page {number} is not as it was sent.",
            )
        pages += len(sent)
    return f"every line of {pages} pages stands in the signed files, in order"


# --- checks: history and log --------------------------------------------------------------------


def check_history(case: Case) -> str:
    """Check that the packet's history is whole: numbered from 1, in order, up to the collection."""
    for number, item in enumerate(case.history, start=1):
        need(item["subject"] == case.manifest["packet_id"], "An activity is another packet's.")
        need(
            item["position"] == number,
            f"Activity {number} of the packet is missing or out of order.",
        )
    for one, other in pairwise(case.history):
        need(one["seq"] < other["seq"], "The history is out of order.")
        need(
            moment(one["at"]) <= moment(other["at"]) + CLOCKS_DIFFER,
            f"The clock went back at activity {other['position']}.",
        )
    need(
        case.history[-1]["kind"] == "evidence.collected",
        "The history's end is missing: it ends with the collection of the evidence.",
    )
    first, last = moment(case.history[0]["at"]), moment(case.history[-1]["at"])
    return f"{len(case.history)} activities from {say(first)} to {say(last)}"


def check_bound(case: Case) -> str:
    """Compare statement and files with what the history says was collected."""
    collected = case.history[-1]["details"]
    need(
        collected.get("statement_sha256") == case.statement_sha256,
        "The statement in bundle.json is not the one the history recorded.",
    )
    actual = {
        path: sha256(data)
        for path, data in case.files.items()
        if path not in {"bundle.json", "history.jsonl"} and not path.startswith("log/")
    }
    recorded = collected.get("files", {})
    wrong = sorted(path for path in actual | recorded if actual.get(path) != recorded.get(path))
    need(not wrong, f"Not what the history recorded: {', '.join(wrong[:5])}.")
    return f"the history names the statement and {len(actual)} files by digest"


def leaf_of(activity: Json) -> bytes:
    """Recompute an activity's leaf: ids, time, kind and the salted digest."""
    content = {key: activity[key] for key in ("actor", "details", "position")}
    leaf = {key: activity[key] for key in ("seq", "at", "subject", "kind")}
    digest = sha256(activity["salt"].encode() + canonical(content))
    return canonical({**leaf, "v": 1, "digest": digest})


def check_inclusion(case: Case) -> str:
    """Recompute every leaf and follow its proof to the checkpoint's root."""
    checkpoint = read_checkpoint(case.file("log/checkpoint.txt"))
    lines = case.file("log/leaves.jsonl").split(b"\n")
    need(lines.pop() == b"", "log/leaves.jsonl does not end with a line end.")
    proofs = [parse(line, "A line of log/leaves.jsonl") for line in lines]
    need(
        [item["seq"] for item in proofs] == [item["seq"] for item in case.history],
        "The proofs are not those of this history.",
    )
    need(
        case.history[-1]["seq"] < checkpoint.size,
        "The checkpoint is older than the history; it does not cover its end.",
    )
    for activity, proof in zip(case.history, proofs, strict=True):
        path = [bytes.fromhex(part) for part in proof["proof"]]
        need([part.hex() for part in path] == proof["proof"], "A proof is not in canonical form.")
        # Nothing vouches for this file, so it may not say anything that is not checked.
        whole = canonical({"proof": proof["proof"], "seq": activity["seq"]})
        need(canonical(proof) == whole, "A line of log/leaves.jsonl says more than a proof.")
        need(
            in_tree(leaf_of(activity), activity["seq"], checkpoint.size, path, checkpoint.root),
            f"Activity {activity['position']} ({activity['kind']}) is not in the log as it stands.",
        )
    return f"{len(proofs)} proofs lead to the root of a log of {checkpoint.size} entries"


def check_checkpoint(case: Case) -> str:
    """Check the checkpoint's signature by an anchored key; else by the bundle's own."""
    checkpoint = read_checkpoint(case.file("log/checkpoint.txt"))
    written = case.file("log/key.txt").decode("utf-8", "replace")
    (line,) = lines_of(written, "log/key.txt is not one line.")
    own = log_key(line)
    keys = case.anchor.log_keys if case.anchor else (own,)
    signers = [key for key in keys if checkpoint.signed_by(key)]
    need(signers, "No known log key signed this checkpoint.")
    need(signers[0].name == checkpoint.origin, "The checkpoint names another log than its key.")
    need(own in signers, "log/key.txt is not the key that signed the checkpoint.")
    # Elsewhere a signed note may bear lines of signers unknown. Here nothing vouches for them: they
    # come after the history's end, and a time stamp over them is to be had by everybody.
    need(len(checkpoint.lines) == 1, "The checkpoint bears more than its log's one signature.")
    return f"log {checkpoint.origin}, {checkpoint.size} entries"


def check_log_time(case: Case) -> str:
    """Check the time stamp over the checkpoint."""
    if not case.manifest["log_time_stamp"]:
        return "the issuer promised none; the time stamps in the signed files stand alone"
    data, answer = case.file("log/checkpoint.txt"), case.file(LOG_STAMP)
    check_granted(answer)
    stamp = Stamp(
        "over the log",
        answer,
        lambda algorithm: hashlib.new(algorithm, data).digest(),
        case.roots("timestamp"),
    )
    stamped, old = check_stamp(stamp, case.as_of)
    last = moment(case.history[-1]["at"])
    need(stamped >= last - CLOCKS_DIFFER, "The log was time-stamped before its history ended.")
    need(stamped <= case.as_of + CLOCKS_DIFFER, "The log's time stamp lies in the future.")
    if old:
        case.grown_old = True
        return f"{say(stamped)}; the authority's certificate has expired since: renewal due"
    return f"time-stamped {say(stamped)}"


# --- checks: signatures in the PDF files (needs pyHanko) ----------------------------------------


def pyhanko_missing() -> str | None:
    """Say what is missing for looking into PDF files, or None."""
    wanted = f'pip install "pyhanko{PYHANKO_WANTED}"'
    try:
        import pyhanko.sign.validation.ades  # noqa: F401  # asked for, not used
    except Exception as error:  # noqa: BLE001  # a broken installation is a missing one
        if isinstance(sys.modules.get(NETWORK), StandIn):
            del sys.modules[NETWORK]
            return pyhanko_missing()
        return f"pyHanko is not installed here ({type(error).__name__}): {wanted}"
    found = re.match(r"(\d+)\.(\d+)", pyhanko_version())
    if found and (int(found[1]), int(found[2])) < OLDEST_PYHANKO:
        return f"pyHanko {pyhanko_version()} is too old: {wanted}"
    return None


NETWORK = "aiohttp"


class StandIn(ModuleType):
    """Stands where the network library would: whatever is asked of it is an empty class."""

    def __getattr__(self, name: str) -> type:
        """Give what pyHanko names when it is imported, such as the class of a session."""
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def leave_network_out() -> None:
    """Keep pyHanko from loading the library with which it fetches things.

    Nothing is fetched here, and that library takes a third of the time to load everything.
    """
    sys.modules.setdefault(NETWORK, StandIn(NETWORK))


def pyhanko_version() -> str:
    """Give the version of pyHanko that is installed here."""
    from pyhanko.version import __version__

    return str(__version__)


@dataclass
class Opened:
    """One signed PDF with its signatures in order."""

    item: Json
    data: bytes
    reader: Any
    people: list[Any]
    sent: Any
    seal: Any
    stamps: list[Any]


def opened_pdfs(case: Case) -> list[Opened]:
    """Open every signed PDF, once."""
    missing = pyhanko_missing()
    if missing:
        raise Unchecked(missing)
    from pyhanko.pdf_utils.reader import PdfFileReader

    result = []
    for item in case.electronic:
        slug = item["slug"]
        if slug not in case.pdfs:
            data = case.file(f"documents/{slug}/signed.pdf")
            case.pdfs[slug] = f"{slug}: the signed file cannot be read as a PDF."
            with hex_at_once():
                reader = PdfFileReader(io.BytesIO(data))
                trace_what_matters(reader)
                case.pdfs[slug] = _sorted_signatures(item, data, reader)
        need(isinstance(case.pdfs[slug], Opened), case.pdfs[slug])
        result.append(case.pdfs[slug])
    return result


def _sorted_signatures(item: Json, data: bytes, reader: Any) -> Opened:
    found = list(reader.embedded_signatures)
    for one in found:
        remember_review(one)
    stamps = [one for one in found if one.sig_object_type == "/DocTimeStamp"]
    regular = [one for one in found if one.sig_object_type == "/Sig"]
    return Opened(
        item=item,
        data=data,
        reader=reader,
        people=[one for one in regular if one.field_name not in {SENT, SEAL}],
        sent=next((one for one in regular if one.field_name == SENT), None),
        seal=next((one for one in regular if one.field_name == SEAL), None),
        stamps=stamps,
    )


PLAIN_HEX = re.compile(rb"<(?:[0-9A-Fa-f]{2})*")


@contextlib.contextmanager
def hex_at_once() -> Iterator[None]:
    """Let pyHanko read a string of plain hex digits at once.

    It reads letter by letter, which takes long for the places in which signatures lie. What is not
    plain, or not at its end within a piece, it reads as ever.
    """
    from pyhanko.pdf_utils import generic

    by_letter = generic.read_hex_string_from_stream

    def at_once(stream: Any) -> Any:
        start = stream.tell()
        inside, end, _ = stream.read(PIECE).partition(b">")
        if not end or not PLAIN_HEX.fullmatch(inside):
            stream.seek(start)
            return by_letter(stream)
        stream.seek(start + len(inside) + len(end))
        return generic.pdf_string(binascii.unhexlify(inside[1:]))

    generic.read_hex_string_from_stream = at_once
    try:
        yield
    finally:
        generic.read_hex_string_from_stream = by_letter


def remember_review(signature: Any) -> None:
    """Let pyHanko compare a file's revisions with a signature's own once, not for each check.

    Each check asks for the comparison anew, and it is most of the work. Nothing it rests on differs
    from one check to the next: the bytes, the signature and the policy, which is always ours.
    """
    review = signature.evaluate_modifications
    known: dict[Any, Any] = {}

    def once(_: Any) -> Any:
        if signature.coverage not in known:
            known[signature.coverage] = review(review_policy())
        return known[signature.coverage]

    signature.evaluate_modifications = once


KNOWN_PYHANKO = "0.38."  # whose way of tracing uses is the one below


def trace_what_matters(reader: Any) -> None:
    """Let pyHanko compare a file's revisions by `Uses`, instead of tracing everything."""
    if not pyhanko_version().startswith(KNOWN_PYHANKO) or reader.encrypted:
        return
    parts: dict[Any, Any] = {}  # shared by all revisions
    view_of = reader.get_historical_resolver

    def lighter(revision: int) -> Any:
        view = view_of(revision)
        if "_get_usages_of_ref" not in vars(view):
            uses = Uses(view, parts)
            view._load_reverse_xref_cache = uses.trace  # noqa: SLF001  # there is no public way
            view._get_usages_of_ref = uses.of  # noqa: SLF001  # nor here
        return view

    reader.get_historical_resolver = lighter


Steps = tuple[str | int, ...]  # a way through a file, by keys and places in lists
PAGES: Steps = ("/Root", "/Pages")
STRUCTURE: Steps = ("/Root", "/StructTreeRoot", "/K")
LONGEST_CHAIN = 100  # of references to references


class Uses:
    """In which places a revision of a file uses the objects that matter when it is compared.

    pyHanko follows every way to every object, anew for each revision, and that is most of the work
    of verifying. This follows the same ways by the same rules, but enters nothing that leads to no
    object that matters: one that a later revision writes, a form field or its look. What an object
    refers to is read once for all revisions that share it.
    """

    def __init__(self, view: Any, parts: dict[Any, Any]) -> None:
        from pyhanko.pdf_utils import generic, misc, reader

        self.pdf, self.malformed, self.way = generic, misc.PdfReadError, reader.RawPdfPath
        self.view, self.parts = view, parts
        self.here: dict[Any, Any] = {}
        self.wanted: set[Any] = set()
        self.places: dict[Any, set[Steps]] = {}

    def trace(self) -> None:
        """Find every place in which something that matters is used, unless that is done."""
        if self.wanted:
            return
        xrefs, revision = self.view.reader.xrefs, self.view.revision
        for later in range(revision + 1, xrefs.total_revisions):
            self.wanted |= xrefs.explicit_refs_in_revision(later)
        self._trace()

    def of(self, ref: Any) -> set[Any]:
        """Give the places in which an object is used, whether it was thought to matter or not."""
        if ref not in self.wanted:
            self.wanted.add(ref)
            self._trace()
        return {self.way(*place) for place in self.places.get(ref, ())}

    def _trace(self) -> None:
        self.pages, self.structure = self._page_tree(), self._structure_tree()
        self.leading, self.places = self._leading(), {}
        self._walk(self._links(self.view.trailer_view), (), frozenset())

    def _walk(self, links: Any, way: Steps, above: frozenset[Any]) -> None:
        """Note where these links lead, and walk on from there, as pyHanko does.

        A page is entered by its place in the page tree only, an element of the structure from the
        structure only, and nothing from itself.
        """
        for steps, ref in links:
            place = way + steps
            structural = place[:3] == STRUCTURE
            if ref in above or (structural and "/P" in place[3:]):
                continue
            if ref in self.wanted:
                self.places.setdefault(ref, set()).add(place)
            elsewhere = self.pages.get(ref, place) != place
            if ref not in self.leading or elsewhere or (ref in self.structure and not structural):
                continue
            self._walk(self._part(ref)[1], place, above | {ref})

    def _leading(self) -> set[Any]:
        """Find the objects from which a way leads to one that matters."""
        users: dict[Any, list[Any]] = {}
        seen, waiting = set(), [ref for _, ref in self._links(self.view.trailer_view)]
        while waiting:
            ref = waiting.pop()
            if ref in seen:
                continue
            seen.add(ref)
            content, links = self._part(ref)
            if isinstance(content, self.pdf.DictionaryObject) and "/FT" in content:
                self.wanted |= {ref, *(to for steps, to in links if steps == ("/AP",))}
            for steps, to in links:
                if not (ref in self.structure and "/P" in steps):
                    users.setdefault(to, []).append(ref)
                    waiting.append(to)
        leading, waiting = set(), list(self.wanted & seen)
        while waiting:
            ref = waiting.pop()
            if ref not in leading:
                leading.add(ref)
                waiting += users.get(ref, ())
        return leading

    def _page_tree(self) -> dict[Any, Steps]:
        """Give the place of every node of the page tree."""
        top, found = self._root().raw_get("/Pages"), {}
        if isinstance(top, self.pdf.IndirectObject):
            found[top.reference] = PAGES
        waiting = [(self._resolved(top), PAGES)]
        while waiting:
            node, place = waiting.pop()
            for number, kid in enumerate(self._entry(node, "/Kids")):
                at = (*place, "/Kids", number)
                if isinstance(kid, self.pdf.IndirectObject):
                    self._once(kid.reference, found)
                    found[kid.reference] = at
                child = self._resolved(kid)
                if child.get("/Type") == "/Pages":
                    waiting.append((child, at))
        return found

    def _structure_tree(self) -> set[Any]:
        """Give the elements of the structure tree."""
        found: set[Any] = set()
        root = self._root()
        if "/StructTreeRoot" in root:
            self._elements(self._entry(root, "/StructTreeRoot"), found)
        return found

    def _elements(self, node: Any, found: set[Any]) -> None:
        kids = self._entry(node, "/K") if "/K" in node else ()
        for kid in kids if isinstance(kids, self.pdf.ArrayObject) else (kids,):
            child = self._resolved(kid)
            if not isinstance(child, self.pdf.DictionaryObject):
                continue
            if "/Type" in child and self._entry(child, "/Type") != "/StructElem":
                continue
            if isinstance(kid, self.pdf.IndirectObject):
                self._once(kid.reference, found)
                found.add(kid.reference)
            self._elements(child, found)

    def _once(self, ref: Any, found: Any) -> None:
        if ref in found:
            raise self.malformed("A tree of this file runs in a circle.")

    def _root(self) -> Any:
        return self._resolved(self.view.trailer_view.raw_get("/Root"))

    def _entry(self, content: Any, key: str) -> Any:
        return self._resolved(content.raw_get(key))

    def _resolved(self, content: Any) -> Any:
        """Give what a reference stands for in this revision."""
        for _ in range(LONGEST_CHAIN):
            if not isinstance(content, self.pdf.IndirectObject):
                return content
            content = self._part(content.reference)[0]
        raise self.malformed("References of this file run in a circle.")

    def _part(self, ref: Any) -> Any:
        """Give an object as it is in this revision, and its links."""
        if ref not in self.here:
            reader, revision = self.view.reader, self.view.revision
            try:
                late = reader.xrefs.get_last_change(ref) > revision
            except KeyError:
                late = True
            key = ref, reader.xrefs.get_historical_ref(ref, revision) if late else None
            if key not in self.parts:
                content = reader.get_object(ref, revision if late else None)
                reference = isinstance(content, self.pdf.IndirectObject)
                self.parts[key] = content, [] if reference else list(self._links(content))
            self.here[ref] = self.parts[key]
        return self.here[ref]

    def _links(self, content: Any, way: Steps = ()) -> Iterator[tuple[Steps, Any]]:
        """Give every reference in something, with its way there; none to what it is part of."""
        if isinstance(content, self.pdf.IndirectObject):
            yield way, content.reference
        elif isinstance(content, self.pdf.DictionaryObject):
            for key, value in content.items():
                if key != "/Parent":
                    yield from self._links(value, (*way, key))
        elif isinstance(content, self.pdf.ArrayObject):
            for number, value in enumerate(content):
                yield from self._links(value, (*way, number))


@functools.cache
def review_policy() -> Any:
    """Say what a revision may bring: signatures in their fields, time stamps, validation data.

    pyHanko's own policy also lets pass, as if it were validation data: another title or metadata,
    another version, other defaults of a form, flags of fields, and objects that nothing refers to.
    """
    from pyhanko.sign.diff_analysis import FormUpdatingRule, ModificationLevel, StandardDiffPolicy
    from pyhanko.sign.diff_analysis.rules.file_structure_rules import (
        CatalogModificationRule,
        XrefStreamRule,
    )
    from pyhanko.sign.diff_analysis.rules.form_field_rules import (
        DSSCompareRule,
        SigFieldCreationRule,
        SigFieldModificationRule,
    )

    late = ModificationLevel.LTA_UPDATES
    catalog: Any = CatalogModificationRule  # pyHanko leaves these constructors untyped
    new_field: Any = SigFieldCreationRule
    return StandardDiffPolicy(
        global_rules=[
            catalog({"/AcroForm", "/DSS"}),
            XrefStreamRule().as_qualified(late),
            DSSCompareRule().as_qualified(late),
        ],
        form_rule=FormUpdatingRule(
            [new_field(), SigFieldModificationRule(always_modifiable=frozenset())],
            ignored_acroform_keys={"/Fields"},
        ),
        ignore_orphaned_objects=False,
    )


def check_list(case: Case) -> str:
    """Compare the whole list of signatures with the expected one, in order."""
    from_pyhanko = opened_pdfs(case)
    from pyhanko.sign.fields import enumerate_sig_fields

    counted = 0
    for pdf in from_pyhanko:
        slug = pdf.item["slug"]
        found = [one.field_name for one in pdf.reader.embedded_signatures]
        people = [one["field"] for one in pdf.item["signatures"]]
        stamps = [one.field_name for one in pdf.stamps]
        need(stamps, f"{slug}: there is no document time stamp.")
        need(
            sorted(found[1 : 1 + len(people)]) == sorted(people)
            and found[:1] == [SENT]
            and found[1 + len(people) :] == [SEAL, *stamps],
            f"{slug}: the signatures are {', '.join(found)}; expected were {SENT}, "
            f"{', '.join(people)}, {SEAL} and the document time stamp, in this order.",
        )
        due = {one["field"]: one["at"] for one in pdf.item["signatures"]}
        signed_at = [due[name] for name in found[1 : 1 + len(people)]]
        need(signed_at == sorted(signed_at), f"{slug}: the signatures are in another order.")
        revisions = [one.signed_revision for one in pdf.reader.embedded_signatures]
        need(len(set(revisions)) == len(revisions), f"{slug}: two signatures share a revision.")
        empty = [name for name, value, _ in enumerate_sig_fields(pdf.reader) if value is None]
        need(not empty, f"{slug}: a signature field is empty.")
        counted += len(found)
    return f"{counted} signatures and document time stamps, exactly those expected"


def check_certified(case: Case) -> str:
    """Check that `Sent` certifies each file first and allows only filling and signing."""
    pdfs = opened_pdfs(case)
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.validation.pdf_embedded import read_certification_data

    for pdf in pdfs:
        slug = pdf.item["slug"]
        need(pdf.sent is not None, f"{slug}: it is not certified.")
        certified = read_certification_data(pdf.reader)
        if certified is None or certified.permission != MDPPerm.FILL_FORMS:
            raise Broken(f"{slug}: the certification allows more than filling and signing.")
        need(
            certified.author_sig.raw_get("/Contents") == pdf.sent.sig_object.raw_get("/Contents"),
            f"{slug}: another signature than {SENT} certifies the file.",
        )
        sent_size = len(case.file(f"documents/{slug}/sent.pdf"))
        need(_end(pdf.sent) == sent_size, f"{slug}: {SENT} does not cover exactly what was sent.")
    return f"{SENT} comes first and allows only filling and signing"


def check_people(case: Case) -> str:
    """Compare each person's signature and certificate with the expected one."""
    count = 0
    for pdf in opened_pdfs(case):
        by_field = {one.field_name: one for one in pdf.people}
        for expected in pdf.item["signatures"]:
            where = f"{pdf.item['slug']}, {expected['field']}"
            need(expected["field"] in by_field, f"{where}: the signature is missing.")
            found = by_field[expected["field"]]
            subject = found.signer_cert.subject.native
            name = subject.get("name", subject.get("common_name"))
            need(
                any(same_name(name, one) for one in (expected["name"], spelled(expected["name"]))),
                f"{where}: the certificate names another.",
            )
            need(
                states(subject.get("organization_name"), expected["organization"]),
                f"{where}: the certificate states another organization.",
            )
            # A serial number in a certificate is a PrintableString, which has no underscore.
            act = expected["act_id"].replace("_", "-")
            need(
                subject.get("serial_number") == act, f"{where}: the certificate is for another act."
            )
            reason = str(found.sig_object.get("/Reason", ""))
            # The first format left titles out of certificates; one that is there must be right.
            otherwise = short(expected["title"]) if case.first_format else None
            title = subject.get("title", otherwise)
            need(
                states(title, expected["title"]),
                f"{where}: the certificate states another title.",
            )
            need(reason == expected["meaning"], f"{where}: the signature means something else.")
            name = str(found.sig_object.get("/Name", expected["name"]))
            need(name == expected["name"], f"{where}: the signature names somebody else.")
            count += 1
    return f"{count} signatures, each with name, organization, meaning and act"


def same_name(one: Any, other: Any) -> bool:
    """Compare names as people write them."""
    return isinstance(one, str) and normal(one) == normal(other)


def states(found: Any, text: str) -> bool:
    """Tell whether a certificate states a text: as written, or spelled for comparison, cut."""
    return any(same_name(found, short(one)) for one in (text, spelled(text)))


def spelled(text: str) -> str:
    """Spell a text in punycode, as certificates do what RFC 4518 cannot compare."""
    return "xn--" + normal(text).encode("punycode").decode("ascii")


def normal(text: str) -> str:
    """Bring text to one spelling."""
    return unicodedata.normalize("NFC", text).strip()


def short(text: str) -> str:
    """Cut a name as certificates do, which hold 64 bytes of it (RFC 5280 appendix A)."""
    text = normal(text)
    if len(text.encode()) <= LONGEST_NAME:
        return text
    head = text.encode()[: LONGEST_NAME - len("…".encode())].decode(errors="ignore")
    while len(head) > 1 and unicodedata.combining(text[len(head)]):
        head = head[:-1]
    return head.rstrip() + "…"


def check_seal(case: Case) -> str:
    """Check that `Seal` locks every field and forbids every further change."""
    pdfs = opened_pdfs(case)
    from pyhanko.sign.fields import FieldMDPAction, MDPPerm

    for pdf in pdfs:
        slug = pdf.item["slug"]
        need(pdf.seal is not None, f"{slug}: it is not sealed.")
        lock = pdf.seal.fieldmdp
        need(
            lock is not None and lock.action == FieldMDPAction.ALL,
            f"{slug}: the seal does not lock every field.",
        )
        its_field = pdf.seal.sig_field.get_object()
        need(
            "/Lock" in its_field and its_field["/Lock"]["/Action"] == "/All",
            f"{slug}: the seal's field does not say that it locks every field.",
        )
        need(
            pdf.seal.docmdp_level == MDPPerm.NO_CHANGES,
            f"{slug}: the seal does not forbid further changes.",
        )
        need(
            pdf.sent is not None and same_name(_common_name(pdf.seal), _common_name(pdf.sent)),
            f"{slug}: {SENT} and {SEAL} are not of the same service.",
        )
    return f"{SEAL} comes last, locks every field and forbids further changes"


def _common_name(signature: Any) -> Any:
    return signature.signer_cert.subject.native.get("common_name")


def check_whole_file(case: Case) -> str:
    """Check that the last document time stamp covers the file to its last byte."""
    for pdf in opened_pdfs(case):
        slug = pdf.item["slug"]
        need(pdf.stamps, f"{slug}: there is no document time stamp.")
        last = list(pdf.reader.embedded_signatures)[-1]
        need(last is pdf.stamps[-1], f"{slug}: the document time stamp is not last.")
        need(_end(last) == len(pdf.data), f"{slug}: bytes follow the document time stamp.")
        need(
            last.evaluate_signature_coverage().name == "ENTIRE_FILE",
            f"{slug}: the document time stamp does not cover the whole file.",
        )
    return "the last time stamp covers each file to its last byte"


def _end(signature: Any) -> int:
    """Give the offset at which a signature's coverage ends."""
    try:
        start, _, resumed, length = (int(number) for number in signature.byte_range)
    except ValueError as error:
        raise Broken("A signature covers its file in an unusual way.") from error
    need(start == 0, "A signature covers its file in an unusual way.")
    return resumed + length


def check_untouched(case: Case) -> str:
    """Check that every revision after a signature only adds what that signature allows."""
    pdfs = opened_pdfs(case)
    from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel

    for pdf in pdfs:
        for one in pdf.reader.embedded_signatures:
            where = f"{pdf.item['slug']}, {one.field_name}"
            one.compute_integrity_info()
            need(
                one.coverage.name in {"ENTIRE_FILE", "ENTIRE_REVISION"},
                f"{where}: it does not cover its whole revision.",
            )
            need(alone(one.pkcs7_content), f"{where}: something is hidden behind the signature.")
            late = one is pdf.seal or one in pdf.stamps
            allowed = ModificationLevel.LTA_UPDATES if late else ModificationLevel.FORM_FILLING
            need(
                isinstance(one.diff_result, DiffResult)
                and one.diff_result.modification_level <= allowed,
                f"{where}: the file was changed afterwards in a way that is not allowed.",
            )
            need(
                late or one.summarise_integrity_info()["docmdp_ok"],
                f"{where}: the file was changed afterwards against its certification.",
            )
        for stamp in pdf.stamps:
            need(
                shows_nothing(stamp.sig_field.get_object()),
                f"{pdf.item['slug']}, {stamp.field_name}: the time stamp's field shows something.",
            )
    return f"after {SEAL} nothing was added but validation data and time stamps"


def alone(place: bytes) -> bool:
    """Say whether nothing but zeros follows a signature in the place that was reserved for it."""
    from asn1crypto import parser

    return not place[parser.peek(place) :].strip(b"\0")


STAMP_KEYS = {"/Type", "/Subtype", "/FT", "/T", "/TU", "/F", "/Rect", "/P", "/V"}


def shows_nothing(field: Any) -> bool:
    """Say whether a time stamp's field only holds it: no look, no action, no size.

    pyHanko takes for invisible what has no four plain numbers for its place; viewers draw it.
    """
    place = list(field.get("/Rect", ()))
    plain = all(isinstance(side, (int, Decimal)) for side in place)
    return set(field) <= STAMP_KEYS and plain and place[:2] == place[2:] and len(place) == SIDES


def check_valid(case: Case) -> str:
    """Validate every signature for the long term under the trusted roots, offline."""
    results = []
    for pdf in opened_pdfs(case):
        for one in (pdf.sent, *pdf.people, pdf.seal):
            where = f"{pdf.item['slug']}, {one.field_name}"
            verdict = validate(case, one, case.as_of)
            if verdict.holds:
                results.append(verdict)
                continue
            # What held when it was last time-stamped and does not hold now only grew old: the data
            # and the roots are the same, nothing but the time differs.
            stamped = stamp_time(pdf.stamps[-1])
            again = validate(case, one, stamped + timedelta(seconds=1))
            need(again.holds and case.as_of > stamped, f"{where}: {verdict.why}")
            case.grown_old = True
            results.append(again)
    if case.grown_old:
        return f"{len(results)} signatures held when last time-stamped; renewal due"
    return f"{len(results)} signatures valid on {say(case.as_of)} under the roots"


@dataclass(frozen=True)
class Verdict:
    """One signature's result at one time."""

    holds: bool
    why: str = ""


def validate(case: Case, signature: Any, at: datetime) -> Verdict:
    """Run the AdES long-term validation of one signature as of a time."""
    from pyhanko.sign.ades.report import AdESPassed
    from pyhanko.sign.validation.ades import ades_lta_validation
    from pyhanko_certvalidator.ltv.types import ValidationTimingInfo

    signature.compute_integrity_info()
    timing = ValidationTimingInfo(
        validation_time=at, best_signature_time=at, point_in_time_validation=True
    )
    with clock_at(at):
        result = asyncio.run(ades_lta_validation(signature, pdf_policy(case), timing_info=timing))
    status, inner = result.api_status, result.signature_timestamp_status
    if result.ades_subindic != AdESPassed.OK:
        name = getattr(result.ades_subindic, "name", "unknown")
        return Verdict(holds=False, why=f"the signature does not hold ({name}).")
    # What follows the long-term validation has no word for: it says OK.
    if status is None or not (status.intact and status.valid):
        return Verdict(holds=False, why="the signature does not hold.")
    if status.docmdp_ok is False:
        return Verdict(holds=False, why="something was changed after it that it does not permit.")
    if inner is None or inner.ades_subindic != AdESPassed.OK:
        return Verdict(holds=False, why="its own time stamp does not hold.")
    if result.oldest_evidence_record_timestamp is None:
        return Verdict(holds=False, why="the document time stamp does not hold.")
    return Verdict(holds=True)


@contextlib.contextmanager
def clock_at(at: datetime) -> Iterator[None]:
    """Let pyHanko's look into the past begin at this time.

    It takes a time for its validation, but reads the computer's clock where its search for proof of
    existence begins; without this, a check as of another date would mix two times.
    """
    from pyhanko_certvalidator.ltv import ades_past, poe

    stopped = SimpleNamespace(now=lambda tz=None: at.astimezone(tz))
    modules: tuple[Any, ...] = (ades_past, poe)
    before = [(module, module.datetime) for module in modules]
    try:
        for module, _ in before:
            module.datetime = stopped
        yield
    finally:
        for module, original in before:
            module.datetime = original


def pdf_policy(case: Case) -> Any:
    """Say whom to trust: the given roots and nobody else, with revocation data, without network."""
    from pyhanko.sign.validation.policy_decl import (
        CertificateFetchingRule,
        PdfSignatureValidationSpec,
        RevinfoOnlineFetchingRule,
        RevocationInfoGatheringSpec,
        SignatureValidationSpec,
    )
    from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO

    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=cert_policy(case.roots("signing"), REQUIRE_REVINFO),
            ts_cert_validation_policy=cert_policy(case.roots("timestamp"), REQUIRE_REVINFO),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
                certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
            ),
            local_knowledge=known_when_renewed(case),
        )
    )


def known_when_renewed(case: Case) -> Any:
    """Give the certificates and lists that were recorded when the protection was first renewed.

    They come on top of those in the file: one list that names a certificate is enough to refuse it.
    """
    from asn1crypto import crl, x509
    from pyhanko.sign.validation.policy_decl import LocalKnowledge
    from pyhanko_certvalidator.revinfo.archival import CRLContainer

    if case.renewed is None:
        return LocalKnowledge()
    lists = [crl.CertificateList.load(der) for der in case.renewed.lists]
    return LocalKnowledge(
        known_certs=[x509.Certificate.load(der) for der in case.renewed.certificates],
        known_crls=[CRLContainer(one) for one in lists],
    )


def cert_policy(roots: tuple[bytes, ...], revocation: Any) -> Any:
    """Trust these roots and no others."""
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko_certvalidator.context import CertValidationPolicySpec
    from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy
    from pyhanko_certvalidator.registry import SimpleTrustManager

    certificates = [one for pem in roots for one in load_certs_from_pemder_data(pem)]
    return CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=certificates),
        # A list made at sealing speaks for the signatures before it: what was withdrawn after a
        # signature's time stamp leaves it valid, what was withdrawn before does not.
        revinfo_policy=CertRevTrustPolicy(revocation, retroactive_revinfo=True),
    )


def check_times(case: Case) -> str:
    """Check that the time stamps follow each other and agree with the history."""
    for pdf in opened_pdfs(case):
        slug = pdf.item["slug"]
        order = [pdf.sent, *pdf.people, pdf.seal]
        times = [signature_time(one, slug) for one in order]
        times += [stamp_time(one) for one in pdf.stamps]
        need(
            all(one <= other + CLOCKS_DIFFER for one, other in pairwise(times)),
            f"{slug}: the time stamps are not in order.",
        )
        need(times[-1] <= case.as_of + CLOCKS_DIFFER, f"{slug}: a time stamp lies in the future.")
        expected = {one["field"]: moment(one["at"]) for one in pdf.item["signatures"]}
        for one, stamped in zip(order[1:-1], times[1:], strict=False):
            need(
                _close(stamped, expected[one.field_name]),
                f"{slug}, {one.field_name}: time stamp and history differ.",
            )
        opened = moment(_envelope(case, "envelope.opened")["at"])
        sealed = moment(_envelope(case, "envelope.sealed")["at"])
        need(_close(times[0], opened), f"{slug}: time stamp and history of sending differ.")
        need(_close(times[len(order) - 1], sealed), f"{slug}: times of sealing differ.")
    return "in order, and as the history tells"


def signature_time(signature: Any, slug: str) -> datetime:
    """Give the time in a signature's own time stamp."""
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

    tokens = list(extract_tst_data_iter(signature.signer_info, signed=False))
    where = f"{slug}, {signature.field_name}"
    need(len(tokens) == 1, f"{where}: it has {len(tokens)} time stamps of its own, not one.")
    return _token_time(tokens[0])


def stamp_time(signature: Any) -> datetime:
    """Give the time of a document time stamp."""
    return _token_time(signature.signed_data)


def _token_time(token: Any) -> datetime:
    when: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return when


# --- time stamps over the log and of renewals ---------------------------------------------------


LOG_STAMP = "log/timestamp.tsr"
LARGEST_ANSWER = 64 * 1024
INTEGER, OCTETS, OBJECT, MOMENT, SEQUENCE, SET, FIRST = 0x02, 0x04, 0x06, 0x18, 0x30, 0x31, 0xA0
LONG_FORM = 0x80
GRANTED = {0, 1}  # as asked, or with changes (RFC 3161, 2.4.2)
SHA2 = {bytes.fromhex(f"6086480165030402{last}"): name for last, name in (
    ("01", "sha256"), ("02", "sha384"), ("03", "sha512"),
)}  # fmt: skip
# From the answer's beginning to what was stamped: each value is entered, or else passed over.
TO_IMPRINT = (
    (SEQUENCE, True),  # the answer
    (SEQUENCE, False),  # its status
    (SEQUENCE, True),  # the token
    (OBJECT, False),
    (FIRST, True),
    (SEQUENCE, True),  # the signed data
    (INTEGER, False),
    (SET, False),
    (SEQUENCE, True),  # its contents
    (OBJECT, False),
    (FIRST, True),
    (OCTETS, True),
    (SEQUENCE, True),  # what the authority says
    (INTEGER, False),
    (OBJECT, False),
)


@dataclass(frozen=True, repr=False)
class Stamp:
    """An RFC 3161 answer, what it should be over, and who may vouch for it."""

    what: str
    answer: bytes
    digest: Callable[[str], bytes]  # of what it should be over, by the algorithm's name
    roots: tuple[bytes, ...]
    certificates: tuple[bytes, ...] = ()  # known besides those it brings along

    @property
    def does_not_hold(self) -> str:
        """Say that it does not hold."""
        return (
            f"The time stamp {self.what} does not hold, or comes from an authority not trusted "
            "here."
        )


@dataclass(frozen=True)
class Told:
    """What an RFC 3161 answer says, whoever signed it."""

    algorithm: str  # "" for one that is not of the SHA-2 family
    digest: bytes
    at: datetime


def no_answer(path: str) -> str:
    """Say that a file is no time stamp."""
    return f"{path} is not one granted answer with its time stamp, and nothing else."


def check_granted(answer: bytes, path: str = LOG_STAMP, largest: int = LARGEST_ANSWER) -> None:
    """Check that an RFC 3161 answer is a granted status and a time stamp, to its last byte.

    Read here, since pyHanko passes over the status, and both it and openssl over what follows.
    """
    need(len(answer) <= largest, no_answer(path))
    start, end = der_value(answer, 0, SEQUENCE, path)
    status, token = der_value(answer, start, SEQUENCE, path)
    first, last = der_value(answer, status, INTEGER, path)
    need(int.from_bytes(answer[first:last], "big") in GRANTED, no_answer(path))
    need(der_value(answer, token, SEQUENCE, path)[1] == end == len(answer), no_answer(path))


def der_value(data: bytes, at: int, tag: int, path: str) -> tuple[int, int]:
    """Give where the contents of a DER value of this kind begin and end."""
    need(data[at : at + 1] == bytes([tag]) and len(data) > at + 1, no_answer(path))
    length, start = data[at + 1], at + 2
    if length >= LONG_FORM:
        after = start + length - LONG_FORM
        length, start = int.from_bytes(data[start:after], "big"), after
    return start, start + length


def read_stamp(answer: bytes, path: str = LOG_STAMP) -> Told:
    """Read what an RFC 3161 answer says, without asking who signed it.

    Read here, since what openssl prints begins with words that nobody signed.
    """
    at = 0
    for tag, enter in TO_IMPRINT:
        start, end = der_value(answer, at, tag, path)
        at = start if enter else end
    imprint, serial = der_value(answer, at, SEQUENCE, path)
    algorithm, digest = der_value(answer, imprint, SEQUENCE, path)
    name = slice(*der_value(answer, algorithm, OBJECT, path))
    value = slice(*der_value(answer, digest, OCTETS, path))
    when = slice(*der_value(answer, der_value(answer, serial, INTEGER, path)[1], MOMENT, path))
    told = re.fullmatch(rb"(\d{14})(?:\.(\d{1,6})\d*)?Z", answer[when])
    try:
        need(told, no_answer(path))
        second, parts = told.groups() if told else (b"", b"")
        moment = datetime.strptime(second.decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise Broken(no_answer(path)) from error
    moment = moment.replace(microsecond=int((parts or b"").ljust(6, b"0")))
    return Told(SHA2.get(answer[name], ""), answer[value], moment)


def check_stamp(stamp: Stamp, at: datetime) -> tuple[datetime, bool]:
    """Check an RFC 3161 answer; give its time, and whether its authority had expired by `at`."""
    if pyhanko_missing() is None:
        stamped, expires = stamp_by_pyhanko(stamp)
        return stamped, at > expires
    return stamp_by_openssl(stamp, at)


def stamp_by_pyhanko(stamp: Stamp) -> tuple[datetime, datetime]:
    """Check an RFC 3161 answer; give its time and when its authority's certificate expires."""
    from asn1crypto import tsp, x509
    from pyhanko.sign.ades.report import AdESPassed
    from pyhanko.sign.validation.ades import ades_timestamp_validation
    from pyhanko.sign.validation.generic_cms import extract_certs_for_validation
    from pyhanko.sign.validation.policy_decl import (
        CertificateFetchingRule,
        LocalKnowledge,
        RevinfoOnlineFetchingRule,
        RevocationInfoGatheringSpec,
        SignatureValidationSpec,
    )
    from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
    from pyhanko_certvalidator.policy_decl import NO_REVOCATION

    token = tsp.TimeStampResp.load(stamp.answer)["time_stamp_token"]["content"]
    stamped = _token_time(token)
    spec = SignatureValidationSpec(
        cert_validation_policy=cert_policy(stamp.roots, NO_REVOCATION),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        local_knowledge=LocalKnowledge(
            known_certs=[x509.Certificate.load(der) for der in stamp.certificates]
        ),
    )
    timing = ValidationTimingInfo(
        validation_time=stamped, best_signature_time=stamped, point_in_time_validation=True
    )
    result = asyncio.run(ades_timestamp_validation(token, spec, stamp.digest, timing_info=timing))
    status = result.api_status
    need(
        result.ades_subindic == AdESPassed.OK and status is not None and status.intact,
        stamp.does_not_hold,
    )
    expires: datetime = extract_certs_for_validation(token).signer_cert.not_valid_after
    return stamped, expires


def stamp_by_openssl(stamp: Stamp, at: datetime) -> tuple[datetime, bool]:
    """Check an RFC 3161 answer with the openssl program; give its time, and whether it grew old."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise Unchecked("neither pyHanko nor the program openssl is installed here")
    told = read_stamp(stamp.answer)
    need(told.algorithm, stamp.does_not_hold)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "answer").write_bytes(stamp.answer)
        (place / "roots").write_bytes(b"\n".join(stamp.roots))
        options = ["-digest", stamp.digest(told.algorithm).hex()]
        if stamp.certificates:
            (place / "known").write_text("".join(as_pem(one) for one in stamp.certificates))
            options += ["-untrusted", "known"]
        then, now = (_verified(openssl, place, options, when) for when in (told.at, at))
        need(then, stamp.does_not_hold)
    return told.at, not now


def as_pem(der: bytes) -> str:
    """Write a certificate as PEM."""
    lines = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n"


def _verified(openssl: str, place: Path, options: list[str], at: datetime) -> bool:
    asked = ("ts", "-verify", *options, "-in", "answer", "-CAfile", "roots")
    seconds = str(int(at.timestamp()))
    done = subprocess.run(  # noqa: S603  # arguments of our own, no shell
        [openssl, *asked, "-attime", seconds],
        cwd=place,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return b"Verification: OK" in done.stdout + done.stderr


# --- renewals: archive time stamps over all that came before (after RFC 4998) -------------------


RENEWAL_KEYS = {"format", "packet_id", "number", "bundle_sha256", "certificates", "lists"}
RENEWAL_HASH = "sha512"


def check_renewals(case: Case) -> str:
    """Check each renewal: its record, what its time stamp covers, whose it is, and in time."""
    renewed = [_read_renewal(case, one) for one in case.renewals]
    # Many authorities count whole seconds, and a bundle may be renewed as soon as it is closed.
    closed = closed_at(case).replace(microsecond=0)
    need(closed <= renewed[0].at, "Renewal 1 was made before the bundle was.")
    for one, (before, now) in zip(case.renewals[1:], pairwise(renewed), strict=True):
        need(before.at < now.at, f"{one.name} was made before the one it follows.")
    last = renewed[-1].at
    untils = [one.at for one in renewed[1:]] + [max(case.at, last)]
    stamps = zip(_renewal_stamps(case, renewed), untils, strict=True)
    old = [
        _grew_old(stamp, one, until) for one, (stamp, until) in zip(renewed, stamps, strict=True)
    ]
    for one, expired in zip(case.renewals[1:], old, strict=False):
        need(
            not expired,
            f"{one.name} came too late: the certificate of the authority before had expired.",
        )
    case.renewed, case.lapsed = renewed[0], old[-1]
    case.notes.append(f"Its protection was last renewed on {last.date().isoformat()}.")
    times = f"renewed {', '.join(say(one.at) for one in renewed)}"
    if case.lapsed:
        return f"{times}; the authority's certificate has expired since: renewal due"
    return times


def closed_at(case: Case) -> datetime:
    """Give when the bundle was closed: its log's time stamp, or else the end of its history."""
    if case.manifest["log_time_stamp"]:
        return read_stamp(case.file(LOG_STAMP)).at
    return moment(case.history[-1]["at"])


def _read_renewal(case: Case, renewal: Renewal) -> Renewed:
    """Check all that needs no authority: that both files are there and say what they must."""
    need(not renewal.fault, renewal.fault)
    name, stamp_name = f"{renewal.name}'s record", f"{renewal.name}'s time stamp"
    record = parse(renewal.record, name)
    need(isinstance(record, dict) and set(record) == RENEWAL_KEYS, f"{name} is malformed.")
    need(record["format"] == RENEWAL_FORMAT, f"{name} is of a format not known here.")
    wanted = {
        "packet_id": case.manifest["packet_id"],
        "number": renewal.number,
        "bundle_sha256": sha256(case.data),
    }
    found = {key: record[key] for key in wanted}
    need(canonical(found) == canonical(wanted), f"{name} is another bundle's, or another's.")
    check_granted(renewal.stamp, stamp_name, LARGEST_RENEWAL)
    told = read_stamp(renewal.stamp, stamp_name)
    need(told.algorithm == RENEWAL_HASH, f"{stamp_name} is not over a SHA-512 digest.")
    certificates, lists = (_all_der(record[key], name) for key in ("certificates", "lists"))
    return Renewed(told.at, told.digest, certificates, lists)


def _all_der(value: Json, name: str) -> tuple[bytes, ...]:
    """Read a list of DER values in base64."""
    need(isinstance(value, list) and all(isinstance(one, str) for one in value),
         f"{name} is malformed.")  # fmt: skip
    found = tuple(unbase64(one, name) for one in value)
    for der in found:
        whole = der_value(der, 0, SEQUENCE, name)[1] == len(der)
        need(whole, f"{name} holds something that is no certificate or list.")
    return found


def _renewal_stamps(case: Case, renewed: list[Renewed]) -> Iterator[Stamp]:
    """Give each renewal's time stamp with the digest of all that it must be over.

    That is the bundle, every record and time stamp before it, and its own record.
    """
    running = hashlib.sha512(case.data)
    for renewal, one in zip(case.renewals, renewed, strict=True):
        running.update(renewal.record)
        need(
            one.digest == running.digest(),
            f"{renewal.name}'s time stamp is over something else than the files that are here.",
        )
        running.update(renewal.stamp)
        yield Stamp(
            f"of renewal {renewal.number}",
            renewal.stamp,
            _already(one.digest),
            case.roots("timestamp"),
            one.certificates,
        )


def _already(digest: bytes) -> Callable[[str], bytes]:
    """Give a digest that is there already, for the one algorithm that was asked for."""
    return lambda _: digest


def _grew_old(stamp: Stamp, renewed: Renewed, until: datetime) -> bool:
    """Check a renewal's time stamp, and say whether its authority had expired by then."""
    stamped, old = check_stamp(stamp, until)
    need(stamped.replace(microsecond=0) == renewed.at.replace(microsecond=0), stamp.does_not_hold)
    return old


def made_by(at: datetime, renewals: tuple[Renewal, ...]) -> tuple[Renewal, ...]:
    """Leave out the renewals that were made after this time, and those that follow one."""
    for count, one in enumerate(renewals):
        with contextlib.suppress(Broken):
            if read_stamp(one.stamp).at > at + CLOCKS_DIFFER:
                return renewals[:count]
    return renewals


def check_issuer(case: Case) -> str:
    """Check that the log is the anchored one; signatures and time stamps were held to it above."""
    if case.anchor is None:
        raise Unchecked("no anchor was given; anyone could have made this bundle")
    checkpoint = read_checkpoint(case.file("log/checkpoint.txt"))
    known = any(checkpoint.signed_by(key) for key in case.anchor.log_keys)
    need(known, f"This bundle does not come from “{case.anchor.name}”.")
    if any(DEVELOPMENT in pem_bytes(root) for root in case.roots("signing")):
        case.notes.append("Its keys are DEVELOPMENT KEYS, which prove nothing in real use.")
    return f"anchor “{case.anchor.name}”"


def pem_bytes(pem: bytes) -> bytes:
    """Give the bytes inside a PEM certificate."""
    inside = re.sub(rb"-----[^-]*-----|\s", b"", pem)
    try:
        return base64.b64decode(inside)
    except ValueError:
        return b""


# --- the list of checks -------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """One check: its id, what it shows, and where it applies.

    `e` is where something was signed at the issuer's own signer, `s` through an outside service,
    `p` on paper, `f` where a file is pinned.
    """

    id: str
    sentence: str
    run: Callable[[Case], str]
    applies: str = "always"


RENEWALS = Check("renewals", "Its protection was renewed in time.", check_renewals)
READING = (
    Check("bundle.format", "The bundle says what it is, in a format known here.", check_format),
    Check("files.complete", "Every file is listed, every listed file there.", check_complete),
    Check("files.digests", "Every file has the listed digest.", check_digests),
    Check("files.canonical", "Every record is in its one canonical form.", check_canonical),
)
CONTENT = (
    Check("plan.approved", "The plan is the one that was approved.", check_plan),
    Check("plan.documents", "Documents and signers are those planned.", check_documents),
    Check("enrollment.digest", "The enrollment is the one planned with.", check_enrollment),
    Check("templates.digest", "The templates are those planned with.", check_templates),
    Check("history.complete", "The history is whole and in order.", check_history),
    Check("history.binds", "The history names everything in the bundle.", check_bound),
    Check("log.inclusion", "The log holds every activity as it stands here.", check_inclusion),
    Check("log.checkpoint", "The log's key signed its checkpoint.", check_checkpoint),
    Check("log.time", "The log's checkpoint is time-stamped.", check_log_time),
    Check("documents.prefix", "Signed is what was sent is what was approved.", check_prefixes, "e"),
    Check("documents.steps", "Each person was shown what was signed.", check_steps, "e"),
    Check("people.identified", "Each signer was identified first.", check_identified, "e"),
    Check("people.consented", "Each signer agreed to electronic records.", check_consented, "e"),
    Check("people.acts", "Each signature is an act in the history.", check_acts, "e"),
    Check("pdf.list", "The signatures are exactly those expected.", check_list, "e"),
    Check("pdf.certified", "The file is certified as sent.", check_certified, "e"),
    Check(
        "pdf.people", "Each signature states who, for whom and what it means.", check_people, "e"
    ),
    Check("pdf.sealed", "The file is sealed against changes.", check_seal, "e"),
    Check("pdf.whole", "A time stamp covers the whole file.", check_whole_file, "e"),
    Check("pdf.untouched", "Nothing was changed after signing.", check_untouched, "e"),
    Check("pdf.valid", "Every signature is valid under the roots.", check_valid, "e"),
    Check("pdf.times", "The times are in order and agree.", check_times, "e"),
    Check("service.files", "What the service got and gave is known.", check_handed_over, "s"),
    Check("service.signers", "The service reports each signature.", check_reported, "s"),
    Check("service.sealed", "The service sealed the files.", check_service_seal, "s"),
    Check("service.issuer", "The seals are the service's.", check_service_issuer, "s"),
    Check("service.words", "What came back says what was sent.", check_words, "s"),
    Check(
        "effective.date",
        "It took effect when last signed, or on the later day agreed on.",
        check_effective,
    ),
    Check("paper.attested", "A person attests to the paper original.", check_paper, "p"),
    Check("paper.pinned", "What is not the issuer's own is as planned.", check_pinned, "f"),
    Check("paper.pages", "The pages are as many as stated.", check_pages, "pf"),
    Check("issuer", "The issuer is established by an anchor.", check_issuer),
)
ZIP_ID, ZIP_SENTENCE = "zip.safe", "The file is a plain zip with nothing hidden."


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    id: str
    sentence: str
    result: str  # ok, failed, not checked
    detail: str


def examine(check: Check, case: Case) -> Finding:
    """Run one check; whatever a hostile file provokes is a failure with a sentence."""
    try:
        with at_most(case.seconds):
            detail = check.run(case)
        return Finding(check.id, check.sentence, "ok", detail)
    except TooLong:
        detail = f"It takes longer than {case.seconds:.0f} seconds to look at this."
        return Finding(check.id, check.sentence, "failed", detail)
    except Unchecked as reason:
        return Finding(check.id, check.sentence, "not checked", str(reason))
    except Broken as reason:
        return Finding(check.id, check.sentence, "failed", str(reason))
    except ImportError as error:
        detail = f"pyHanko is too old or too new for this check ({error.name})"
        return Finding(check.id, check.sentence, "not checked", detail)
    except Exception as error:  # noqa: BLE001  # hostile input may provoke anything
        detail = f"What it looks at is malformed ({type(error).__name__})."
        if check.id.startswith("pdf."):
            detail += f" pyHanko {pyhanko_version()} looked; this program knows {PYHANKO_WANTED}."
        return Finding(check.id, check.sentence, "failed", detail)


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """End what takes longer, where the system can: Windows cannot, nor any but the first thread."""
    first = threading.current_thread() is threading.main_thread()
    if not (seconds and first and hasattr(signal, "setitimer")):
        yield
        return

    def end(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, end)
    try:
        # And once more each second, should it get lost on the way.
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def bound_memory(size: int) -> None:
    """Let a file that would fill the memory fail the check that looks at it, and nothing else."""
    if resource is None:
        return
    bounds = (*resource.getrlimit(resource.RLIMIT_AS), MEMORY + MEMORY_A_BYTE * size)
    least = min(one for one in bounds if one != resource.RLIM_INFINITY)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (least, bounds[1]))


def examine_all(
    data: bytes,
    at: datetime,
    anchor: Anchor | None,
    *,
    seconds: float = 0,
    renewals: tuple[Renewal, ...] = (),
) -> tuple[Case, list[Finding]]:
    """Run every check that applies; what rests on a failed reading is not checked."""
    renewals = made_by(at, renewals)
    case = Case({}, at, anchor, data=data, renewals=renewals, seconds=seconds)
    findings = [examine(Check(ZIP_ID, ZIP_SENTENCE, _unzip_into(data)), case)]
    for check in READING:
        if findings[-1].result == "failed" and findings[-1].id in {ZIP_ID, "bundle.format"}:
            break
        findings.append(examine(check, case))
    readable = len(findings) == 1 + len(READING) and findings[-1].result == "ok"
    # First of all, since they say as of which time the bundle itself is judged.
    for check in (*([RENEWALS] if renewals else []), *CONTENT):
        if readable and _applies(check, case):
            findings.append(examine(check, case))
        elif not readable:
            reason = "the bundle cannot be read that far"
            findings.append(Finding(check.id, check.sentence, "not checked", reason))
    return case, findings


def _unzip_into(data: bytes) -> Callable[[Case], str]:
    def run(case: Case) -> str:
        case.files = unzip(data)
        return f"{len(case.files)} entries, {len(data):,} bytes"

    return run


def _applies(check: Check, case: Case) -> bool:
    if check.applies == "always":
        return True
    there = {"e": case.electronic, "s": case.outside, "p": case.paper, "f": case.pinned}
    return any(there[letter] for letter in check.applies)


# --- the result ---------------------------------------------------------------------------------


ELSEWHERE = {
    "already_on_file": "executed before, on file",
    "not_applicable": "not applicable, left out",
}


def executions(case: Case) -> list[tuple[str, str]]:
    """Say of each document, by its title, how it was executed."""
    said = []
    for item in case.manifest.get("documents", []):
        if item["execution"] == "electronic" and case.outside:
            words = f"signed through {case.manifest['service']}, which reports who signed"
        elif item["execution"] == "electronic":
            words = "signed electronically"
        elif item["execution"] == "wet_ink":
            words = f"paper execution attested by {attested_by(case)}, not cryptographically signed"
        else:
            words = ELSEWHERE[item["source"]]
        said.append((str(item["title"]), words))
    return said


def conclude(case: Case, findings: list[Finding]) -> tuple[int, str]:
    """Give the exit code and the result in plain words."""
    failed = [item.id for item in findings if item.result == "failed"]
    open_ = [item for item in findings if item.result == "not checked" and item.id != "issuer"]
    packet = case.manifest.get("packet_id", "")
    if failed:
        return FAILED, f"DOES NOT HOLD: failed {', '.join(failed)}."
    rest = f" Not checked: {', '.join(item.id for item in open_)}." if open_ else ""
    notes = "".join(f" {note}" for note in case.notes)
    if case.renewed and case.grown_old:
        notes += " It had grown old before it was first renewed."
    due = notes + " Time stamp renewal due: the protection of the signatures should be renewed." * (
        case.renewal_due
    )
    how = "; ".join(f"{title}: {words}" for title, words in executions(case))
    paper = f" {how}." if case.paper else ""
    if case.anchor is None:
        return NO_ISSUER, (
            f"CONSISTENT, ISSUER NOT ESTABLISHED: packet {packet} agrees with itself; without the "
            f"issuer's anchor nobody can tell who made it.{paper}{rest}{due}"
        )
    if open_:
        return PARTIAL, f"HOLDS AS FAR AS COULD BE CHECKED: packet {packet}.{paper}{rest}{due}"
    if case.paper:
        return PAPER, f"PAPER EXECUTION ATTESTED: packet {packet}.{paper} All else holds.{due}"
    through = f" {how}." if case.outside else ""
    issuer = case.anchor.name
    return HOLDS, f"EVERYTHING HOLDS: packet {packet}, issued by “{issuer}”.{through}{due}"


def table(findings: list[Finding]) -> Iterator[str]:
    """Write the findings for people."""
    width = max(len(item.id) for item in findings)
    for item in findings:
        yield f"{item.result:<12}{item.id:<{width}}  {item.sentence}"
        yield f"{'':<12}{'':<{width}}  {printable(item.detail)}"


def printable(text: str) -> str:
    """Keep a bundle's words from steering the reader's terminal."""
    return "".join(char if char.isprintable() else "?" for char in text)


def report(case: Case, findings: list[Finding], data: bytes, code: int, words: str) -> str:
    """Write the findings for machines."""
    return json.dumps(
        {
            "format": REPORT_FORMAT,
            "verifier": VERSION,
            "bundle_sha256": sha256(data),
            "packet_id": case.manifest.get("packet_id"),
            "execution": case.manifest.get("execution"),
            "documents": _told_documents(case, code),
            "at": case.at.isoformat(),
            "anchor": case.anchor.name if case.anchor else None,
            "checks": [
                {"id": item.id, "sentence": item.sentence, "result": item.result,
                 "detail": item.detail}
                for item in findings
            ],
            "renewal_due": case.renewal_due,
            "exit_code": code,
            "result": words,
        },
        ensure_ascii=True,
        indent=2,
    )  # fmt: skip


def _told_documents(case: Case, code: int) -> list[dict[str, str]]:
    """Give how each document was executed; nothing where a check failed."""
    if code == FAILED:
        return []
    return [{"title": title, "executed": words} for title, words in executions(case)]


# --- the command --------------------------------------------------------------------------------


def read_anchor(path: str) -> Anchor:
    """Read an anchor file."""
    try:
        value = json.loads(read_file(path, LARGEST_ANCHOR))
        need(value["format"] == ANCHOR_FORMAT, "unknown format")
        anchor = Anchor(
            name=str(value["name"]),
            signing_roots=tuple(one.encode() for one in value["signing_roots"]),
            timestamp_roots=tuple(one.encode() for one in value["timestamp_roots"]),
            log_keys=tuple(log_key(one) for one in value["log_keys"]),
            service_roots=tuple(one.encode() for one in value.get("service_roots", [])),
        )
        need(anchor.name and anchor.log_keys, "no log keys")
        need(anchor.signing_roots and anchor.timestamp_roots, "no roots")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Broken) as error:
        raise Unreadable(f"The anchor is not a file of the format {ANCHOR_FORMAT}.") from error
    return anchor


def read_file(path: str, largest: int) -> bytes:
    """Read a file of bounded size."""
    try:
        with Path(path).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(largest + 1) if size <= largest else b""
    except (OSError, ValueError) as error:
        raise Unreadable(f"{printable(path)} cannot be read.") from error
    if max(size, len(data)) > largest:
        raise Unreadable(f"{printable(path)} is too large ({largest // MIB} MiB is the limit).")
    return data


def read_renewals(bundle: str) -> tuple[Renewal, ...]:
    """Read the renewals that lie beside a bundle, by its name; whatever is wrong is kept as that.

    Each number up to the highest that is there gets its place, so that a gap is seen.
    """
    if not bundle.endswith(BUNDLE_ENDING):
        return ()
    stem = bundle.removesuffix(BUNDLE_ENDING)
    numbers = range(1, MOST_RENEWALS + 2)
    pairs = [[f"{stem}.renewal-{number}.{kind}" for kind in ("json", "tsr")] for number in numbers]
    there = [number for number in numbers if any(map(os.path.lexists, pairs[number - 1]))]
    return tuple(
        _renewal(number, *pairs[number - 1]) for number in range(1, max(there, default=0) + 1)
    )


def _renewal(number: int, record: str, stamp: str) -> Renewal:
    """Read the two files of one renewal."""
    if number > MOST_RENEWALS:
        return Renewal(number, fault=f"There are more than {MOST_RENEWALS} renewals.")
    read = []
    for what, path in (("record", record), ("time stamp", stamp)):
        name = f"The {what} of renewal {number} ({Path(path).suffix})"
        if not os.path.lexists(path):
            return Renewal(number, fault=f"{name} is missing.")
        if not Path(path).is_file():  # nothing that would be waited for
            return Renewal(number, fault=f"{name} is not a file.")
        try:
            read.append(read_file(path, LARGEST_RENEWAL))
        except Unreadable:
            return Renewal(number, fault=f"{name} cannot be read, or is too large (1 MiB).")
    return Renewal(number, record=read[0], stamp=read[1])


def read_time(text: str | None) -> datetime:
    """Read a date or time; without a zone it is UTC, and a date alone means the end of that day."""
    if text is None:
        return datetime.now(UTC)
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable("--at takes a date such as 2034-05-31.") from error
    if when.year not in YEARS:
        raise Unreadable(f"--at takes a year from {YEARS[0]} to {YEARS[-1]}.")
    if re.fullmatch(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}", text):
        when = when.replace(hour=23, minute=59, second=59)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def stay_offline() -> None:
    """Refuse every network connection of this process, whatever a library may try."""

    def refuse(event: str, _: object) -> None:
        if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"}:
            raise OSError("no network access here")

    sys.addaudithook(refuse)


def run(arguments: list[str]) -> int:
    """Check one bundle and print what was found."""
    parser = argparse.ArgumentParser(
        prog="docgen_verify.py", description="Check an evidence bundle offline."
    )
    parser.add_argument("bundle", help="the file whose name ends in .bundle.zip")
    parser.add_argument("--anchor", help="anchor.json, obtained from the issuer outside the bundle")
    parser.add_argument("--at", help="check as of this date (default: now)")
    parser.add_argument("--json", action="store_true", help="print the machine-readable form")
    chosen = parser.parse_args(arguments)
    anchor = read_anchor(chosen.anchor) if chosen.anchor else None
    at = read_time(chosen.at)
    data = read_file(chosen.bundle, LARGEST_BUNDLE)
    if not data.startswith(b"PK"):
        raise Unreadable(f"{printable(chosen.bundle)} is not an evidence bundle.")
    renewals = read_renewals(chosen.bundle)
    bound_memory(len(data))
    case, findings = examine_all(data, at, anchor, seconds=MOST_SECONDS, renewals=renewals)
    code, words = conclude(case, findings)
    if chosen.json:
        print(report(case, findings, data, code, words))
    else:
        print("\n".join(table(findings)))
        told = _told_documents(case, code)
        print("\n".join(["", *(printable(f"{one['title']}: {one['executed']}") for one in told)]))
        print(f"\n{printable(words)}" if told else printable(words))
    return code


def main() -> int:
    """Run the command; never show a trace back."""
    logging.disable(logging.CRITICAL)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # text streams have it
    sys.unraisablehook = lambda _: None  # where memory ends, even a hook may fail
    gc.set_threshold(MOST_UNSWEPT)
    stay_offline()
    leave_network_out()
    try:
        return run(sys.argv[1:])
    except Unreadable as error:
        print(f"{error}", file=sys.stderr)
        return USAGE


if __name__ == "__main__":
    sys.exit(main())
