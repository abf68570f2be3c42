"""Read which packet, document and round a returned Word file belongs to; the file is hostile."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.errors import InputError
from docgen.services.form_child import read_apart

MOST_BYTES = 20 * 1024 * 1024
_OURS = ("document", "packet", "round", "version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """What a returned file says about itself; each part has its proper form, nothing more."""

    packet_id: str
    slug: str
    version: str
    number: int


def read_belonging(data: bytes) -> Belonging:
    """Read the properties our drafts carry; the rest of the file is only unpacked and dropped.

    Raises:
        InputError: the file is no Word file of ours, or would harm whoever opens it.
    """
    found = read_claims(data)
    if not found:
        raise InputError(
            "The file does not say which packet it belongs to: it is not the Word file we sent, or "
            "its properties were taken out. Ask for the changes in the file we sent, or say by "
            "hand which round and document it belongs to."
        )
    missing = [name for name in _OURS if name not in found]
    if missing:
        raise InputError(
            f"The file lacks our property “{missing[0]}”; ask for the file we sent, or say by "
            "hand which round and document it belongs to."
        )
    return Belonging(
        packet_id=found["packet"],
        slug=found["document"],
        version=found["version"],
        number=int(found["round"]),
    )


def read_claims(data: bytes) -> dict[str, str]:
    """Read, in a process apart, what is left of our properties; none when they were taken out.

    Raises:
        InputError: the file is no Word file, would harm whoever opens it, or its properties are not
            as we write them.
    """
    if len(data) > MOST_BYTES:
        raise InputError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB; ask for less.")
    claims = read_apart("redline_reader", data, "file")["claims"]
    return {str(name): str(value) for name, value in claims.items()}
