"""A kit that really signs: small PDFs, the development authority, its time stamps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, append_signature_field
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp

from integrations.log.fake import FakeCheckpointSigner
from integrations.sign.authority import LocalAuthority
from integrations.sign.pades.revision import open_revision, signed
from integrations.sign.pades.signer import PadesSigner
from integrations.timestamp.local import LocalTimeStamper
from tests.verifier.making import ORIGIN, START, Kit, SteppingClock

if TYPE_CHECKING:
    from collections.abc import Callable

FONTS = Path(__file__).parents[2] / "docgen" / "fonts"
ANEW = "Archive2"  # the field of a further time stamp
PLACE = 12288


def small_pdf(title: str, *, pages: int = 1) -> bytes:
    """Typeset one page, or more."""
    body = "#pagebreak()\n".join("#lorem(40)\n" for _ in range(pages))
    source = (
        f'#set document(title: "{title}", date: datetime(year: 2026, month: 11, day: 23))\n'
        f"#set page(width: 500pt, height: 700pt)\n= {title}\n{body}"
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


def stamped_anew(pdf: bytes, signer: Any, change: Callable[[Any], None] | None = None) -> bytes:
    """Put a further time stamp over the whole file, in a revision changed as told."""
    revision = open_revision(pdf)
    unseen = InvisSigSettings(box_out_of_bounds=True)
    append_signature_field(revision, SigFieldSpec(sig_field_name=ANEW, invis_sig_settings=unseen))
    if change is not None:
        change(revision)
    place: Any = DocumentTimestamp
    return signed(
        revision,
        ANEW,
        place(bytes_reserved=PLACE),
        lambda digest: signer._stamps.stamp(digest).der,
    )
