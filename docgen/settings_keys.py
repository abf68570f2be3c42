"""The settings of [signing] that say where keys lie and who certified them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEYS = ("keys", "seal_keys", "pin_file", "chain", "seal_chain")
FILE = "file"
_OUTSIDE = ("pkcs11:", "kms:")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """Where the signing keys lie, and the files with what an authority certified of them.

    `issuing` and `seal` are `file`, or begin with `pkcs11:` or `kms:`.
    """

    issuing: str = FILE
    seal: str = FILE
    pin: str = field(default="", repr=False)
    chain: str = ""
    seal_chain: str = ""


def parse_keys(values: Mapping[str, str], home: Path, *, pin: str) -> KeySettings:
    """Read the settings as given; `pin` wins over the file of one. The seal's key lies with others.

    Raises:
        ConfigurationError: a place is unknown, or a file does not go with it.
    """
    issuing = values["keys"] or FILE
    keys = KeySettings(
        issuing=issuing,
        seal=values["seal_keys"] or issuing,
        pin=pin or _pin(values["pin_file"], home),
        chain=values["chain"],
        seal_chain=values["seal_chain"],
    )
    for name, place in (("keys", keys.issuing), ("seal_keys", keys.seal)):
        if place != FILE and not place.startswith(_OUTSIDE):
            raise ConfigurationError(
                f'[signing] {name} must be "{FILE}", or begin with pkcs11: for a token or kms: for '
                "AWS KMS."
            )
    if keys.chain and keys.issuing == FILE:
        raise ConfigurationError(
            "[signing] chain is for a key in a token or in AWS KMS, which [signing] keys names; a "
            "company's authority does not certify a key that lies in a file."
        )
    if keys.seal_chain and (keys.seal == FILE or not keys.chain):
        raise ConfigurationError(
            "[signing] seal_chain is for a seal whose key lies in a token or in AWS KMS, beside "
            "[signing] chain for the certificates of the people who sign."
        )
    return keys


def _pin(name: str, home: Path) -> str:
    if not name:
        return ""
    try:
        pin = (home / name).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "The file named by [signing] pin_file cannot be read; check its name and permissions. "
            "A relative name is looked for in the home folder."
        ) from error
    if not pin:
        raise ConfigurationError("The file named by [signing] pin_file is empty.")
    return pin
