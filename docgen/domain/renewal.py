"""Renewal: a later time stamp over an evidence bundle, before what protects it grows old.

As in RFC 4998 a renewal covers all that came before it: the bundle, every earlier renewal, and its
own record, which carries what proves the time stamping authority's certificates on that day. The
bundle and the signed files keep their bytes (docs/adr/0020-renewals-lie-beside.md).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from docgen.domain.canonical import canonical_json
from docgen.domain.damage import ARCHIVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docgen.domain.history import Activity

RENEWED = "evidence.renewed"
OBJECTS = "objects"  # the detail that names both files by place, as in `packet.archived`
FORMAT = "docgen-renewal/1"
MOST = 99  # of one bundle; what the verifier reads at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """One renewal: its record, and the RFC 3161 answer over everything up to that record."""

    record: bytes
    stamp: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalEntry:
    """What the history says of one renewal: when, and the digests of its two files."""

    number: int
    at: datetime
    record_sha256: str
    stamp_sha256: str

    def names(self, packet_id: str) -> tuple[str, str]:
        """Name record and stamp as they lie beside `PACKET.bundle.zip`."""
        stem = f"{packet_id}.renewal-{self.number}"
        return f"{stem}.json", f"{stem}.tsr"


def renewals_in(history: Iterable[Activity]) -> tuple[RenewalEntry, ...]:
    """List the renewals of a packet's bundle, the first one first."""
    return tuple(
        RenewalEntry(
            number=int(str(item.details["number"])),
            at=item.at,
            record_sha256=str(item.details["record_sha256"]),
            stamp_sha256=str(item.details["stamp_sha256"]),
        )
        for item in history
        if item.kind == RENEWED
    )


def protected_since(history: Sequence[Activity]) -> datetime | None:
    """Say when a packet's bundle was last time-stamped; None before it was archived."""
    moments = [item.at for item in history if item.kind in {ARCHIVED, RENEWED}]
    return moments[-1] if moments else None


def renewal_record(
    packet_id: str,
    number: int,
    bundle_sha256: str,
    *,
    certificates: Sequence[bytes],
    lists: Sequence[bytes],
) -> bytes:
    """Write the record; certificates and lists, as DER, are the authority's of that day."""
    return canonical_json(
        {
            "format": FORMAT,
            "packet_id": packet_id,
            "number": number,
            "bundle_sha256": bundle_sha256,
            "certificates": _texts(certificates),
            "lists": _texts(lists),
        }
    )


def covered(bundle: bytes, earlier: Sequence[Renewal], record: bytes) -> bytes:
    """Give the bytes that a renewal's time stamp is over."""
    return b"".join((bundle, *(part for one in earlier for part in _parts(one)), record))


def objects_of(activity: Activity) -> Mapping[str, Mapping[str, str]]:
    """Read the version of both files in each place, by their digests."""
    return cast("Mapping[str, Mapping[str, str]]", activity.details[OBJECTS])


def _parts(renewal: Renewal) -> Iterator[bytes]:
    yield renewal.record
    yield renewal.stamp


def _texts(parts: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(part).decode() for part in parts]
