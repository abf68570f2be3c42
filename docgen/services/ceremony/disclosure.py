"""The electronic records disclosure (after 15 U.S.C. 7001(c)(1)); its acceptance is an act."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from docgen.domain.canonical import sha256_hex

VERSION = "2026-11"


@cache
def disclosure_text() -> str:
    """Give the disclosure as shown to every signer."""
    return files(__package__).joinpath("disclosure.txt").read_text("utf-8")


def disclosure_sha256() -> str:
    """Digest the disclosure, for the record of its acceptance."""
    return sha256_hex(disclosure_text().encode())
