"""A kit that really signs: small PDFs, the development authority, its time stamps."""

from __future__ import annotations

from pathlib import Path

import typst

from integrations.log.fake import FakeCheckpointSigner
from integrations.sign.authority import LocalAuthority
from integrations.sign.pades.signer import PadesSigner
from integrations.timestamp.local import LocalTimeStamper
from tests.verifier.making import ORIGIN, START, Kit, SteppingClock

FONTS = Path(__file__).parents[2] / "docgen" / "fonts"


def small_pdf(title: str) -> bytes:
    """Typeset one page."""
    source = (
        f'#set document(title: "{title}", date: datetime(year: 2026, month: 11, day: 23))\n'
        f"#set page(width: 500pt, height: 700pt)\n= {title}\n#lorem(40)\n"
    )
    return bytes(typst.compile(source.encode()))


def real_pdfs() -> dict[str, bytes]:
    """Typeset the packet's two documents."""
    return {"psa": small_pdf("Provider Services Agreement"), "baa": small_pdf("Business Associate")}


def real_kit(folder: Path, salt: str = "", signer: type[PadesSigner] = PadesSigner) -> Kit:
    """Give a kit with an authority of its own in this folder, or one that is there already."""
    clock = SteppingClock()
    authority = LocalAuthority.open_or_create(folder / f"authority{salt}", at=START)
    stamper = LocalTimeStamper(authority.stamping, clock)
    return Kit(
        signer(authority, stamper, FONTS), FakeCheckpointSigner(ORIGIN, salt), clock, stamper
    )
