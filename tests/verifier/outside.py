"""Kits whose keys lie outside: over a store, under a company's authority, with our time stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.log.fake import FakeCheckpointSigner
from integrations.sign.authority import CompanyAuthority, LocalAuthority
from integrations.sign.pades.signer import PadesSigner
from integrations.timestamp.local import LocalTimeStamper
from tests.integrations.sign.authority.company import Company
from tests.verifier.making import ORIGIN, START, Kit, SteppingClock
from tests.verifier.signing import FONTS

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.ports.key_store import KeyStore
    from integrations.sign.pades.authority import Authority


def kit_of(
    authority: Authority,
    stamps: LocalAuthority,
    clock: SteppingClock | None = None,
    *,
    signer: type[PadesSigner] = PadesSigner,
) -> Kit:
    """Give a kit that signs with this authority and stamps with the other."""
    clock = clock or SteppingClock()
    stamper = LocalTimeStamper(stamps.stamping, clock)
    signs = signer(authority, stamper, FONTS, stamp_evidence=stamps)
    return Kit(signs, FakeCheckpointSigner(ORIGIN), clock, stamper)


def company_kit(folder: Path, store: KeyStore) -> tuple[Kit, CompanyAuthority]:
    """Give a kit under a company's authority, keys of issuing and sealing in this store."""
    authority = Company(START).authority(folder / "company", store, seal=store)
    stamps = LocalAuthority.open_or_create(folder / "authority", at=START)
    return kit_of(authority, stamps), authority
