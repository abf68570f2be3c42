"""What the stand-alone verifier said of a bundle, as a value."""

from __future__ import annotations

import json
from dataclasses import dataclass

VERIFIED = {
    0: "everything holds",
    1: "a check failed; the output says which",
    2: "the file cannot be read as a bundle",
    3: "consistent, but the issuer is not established (no anchor)",
    4: "paper execution attested, not cryptographically signed; all else holds",
    5: "holds as far as could be checked here; the output says what was not",
}
HEADLINES = {
    0: "everything holds",
    1: "does not hold",
    2: "cannot be read",
    3: "issuer not established",
    4: "paper attested",
    5: "partly checked",
}
_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One check of the verifier: what it looks at, how it ended, and what was found."""

    id: str
    sentence: str
    result: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What the verifier said of one bundle; `code` is a key of `VERIFIED`.

    `documents` pairs each title with how it was executed; `at` is the moment it was judged as of.
    """

    code: int
    result: str
    checks: tuple[Checked, ...]
    bundle_sha256: str
    packet_id: str = ""
    verifier: str = ""
    at: str = ""
    anchor: str = ""
    documents: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """Give the result in a few words."""
        return VERIFIED[self.code]


def parse_verification(code: int, output: str, bundle_sha256: str = "") -> Verification:
    """Read the verifier's report; what it says without one, such as a usage error, is one line.

    A crash is no result: without a report, only "cannot be read" may be believed.
    """
    try:
        told = json.loads(output)
        return Verification(
            code=code if code in VERIFIED else 1,
            result=str(told["result"]),
            checks=tuple(
                Checked(**{name: str(item[name]) for name in Checked.__slots__})
                for item in told["checks"]
            ),
            bundle_sha256=bundle_sha256 or str(told["bundle_sha256"]),
            packet_id=str(told.get("packet_id") or ""),
            verifier=str(told.get("verifier") or ""),
            at=str(told.get("at") or ""),
            anchor=str(told.get("anchor") or ""),
            documents=tuple(
                (str(item["title"]), str(item["executed"])) for item in told.get("documents") or ()
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        said = output.strip()[:_LONGEST] or VERIFIED[2]
        return Verification(code=2, result=said, checks=(), bundle_sha256=bundle_sha256)
