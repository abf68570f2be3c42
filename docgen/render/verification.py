"""The report of a verification: what was checked, what was found, and what was not established."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docgen.domain.verification import HEADLINES
from docgen.render.completion import page_template

if TYPE_CHECKING:
    from docgen.domain.verification import Verification

SAID = {"ok": "holds", "failed": "does not hold", "not checked": "not checked"}
_MEANT = {
    0: "Every check was made and holds, under the anchor named below.",
    1: "At least one check failed. These files must not be taken for what they claim to be until "
    "it is explained.",
    2: "The file could not be read as an evidence bundle, so nothing was established.",
    3: "The files agree with each other. Without the issuer’s anchor nobody can tell who made "
    "them: whoever makes all of them anew makes them agree as well.",
    4: "What was signed on paper rests on the attestation of a person; no electronic signature "
    "proves it. Every other check holds.",
    5: "Every check that could be made here holds. Some could not be made; they are listed below.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """The anchor a verification stands on: its name, and each root and key by fingerprint."""

    name: str
    fingerprints: tuple[tuple[str, str], ...]


def verification_page(
    found: Verification,
    trusted: Trusted | None,
    *,
    at: datetime,
    program_sha256: str,
    spelled_out: bool = False,
) -> bytes:
    """Write the report as one HTML page; with `spelled_out` in letters that every font has."""

    def shown(text: str) -> str:
        plain = "".join(one if one.isprintable() else "?" for one in text)
        return plain.encode("ascii", "backslashreplace").decode() if spelled_out else plain

    page = page_template("verification.html").render(
        headline=HEADLINES[found.code],
        meant=_MEANT[found.code],
        result=shown(found.result),
        packet=shown(found.packet_id),
        bundle_sha256=found.bundle_sha256,
        documents=[(shown(title), shown(how)) for title, how in found.documents],
        judged=_moment(found.at),
        made=_words(at),
        verifier=found.verifier,
        program_sha256=program_sha256,
        anchor=trusted
        and {
            "name": shown(trusted.name),
            "fingerprints": [(words, shown(value)) for words, value in trusted.fingerprints],
        },
        failed=[shown(item.sentence) for item in found.checks if item.result == "failed"],
        open=[
            (shown(item.sentence), shown(item.detail))
            for item in found.checks
            if item.result == "not checked"
        ],
        checks=[
            (
                item.id,
                shown(item.sentence),
                SAID.get(item.result, "not checked"),
                shown(item.detail),
            )
            for item in found.checks
        ],
    )
    return page.encode()


def _moment(text: str) -> str:
    try:
        return _words(datetime.fromisoformat(text))
    except ValueError:
        return ""


def _words(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
