"""The result of a verification as a PDF report that can be filed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.canonical import sha256_hex
from docgen.domain.certificate import fingerprint
from docgen.errors import RenderRefused
from docgen.render.verification import Trusted, verification_page
from docgen.resources import stand_alone_verifier

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from docgen.domain.verification import Verification
    from docgen.ports.printer import Printer

TITLE = "Verification report"
_ROOTS = (
    ("signing_roots", "Root of the signatures"),
    ("timestamp_roots", "Root of the time stamps"),
    ("service_roots", "Root of an outside signing service"),
)


def verification_report(
    printer: Printer,
    found: Verification,
    *,
    anchor: Mapping[str, object] | None,
    at: datetime,
) -> bytes:
    """Print what the verifier found; the same result, anchor and time give the same bytes.

    What a hostile bundle says may hold letters that no font has; such a report is printed with
    these letters spelled out, never refused.
    """
    trusted = trusted_of(anchor) if anchor is not None else None
    program = sha256_hex(stand_alone_verifier().read_bytes())
    page = verification_page(found, trusted, at=at, program_sha256=program)
    try:
        return printer.print_page(page, title=TITLE)
    except RenderRefused:
        plain = verification_page(found, trusted, at=at, program_sha256=program, spelled_out=True)
        return printer.print_page(plain, title=TITLE)


def trusted_of(anchor: Mapping[str, object]) -> Trusted:
    """Name what an anchor trusts by fingerprints, as people compare them by telephone."""
    prints = [
        (words, ":".join(fingerprint(str(pem))[at : at + 2] for at in range(0, 64, 2)))
        for key, words in _ROOTS
        for pem in _list(anchor, key)
    ]
    prints += [("Key of the log", str(line)) for line in _list(anchor, "log_keys")]
    return Trusted(name=str(anchor.get("name", "")), fingerprints=tuple(prints))


def _list(anchor: Mapping[str, object], key: str) -> list[object]:
    found = anchor.get(key)
    return found if isinstance(found, list) else []
