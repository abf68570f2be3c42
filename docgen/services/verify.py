"""Verify: run the stand-alone verifier over a bundle, in a process that cannot import the product.

One at a time: a bundle may be large, and a page must not be able to keep the machine busy.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.domain.person import ARCHIVE_READERS
from docgen.domain.verification import parse_verification
from docgen.errors import InputError, NotFound, StillRunning
from docgen.resources import stand_alone_verifier
from docgen.services.anchor import anchor_of
from docgen.services.archived import open_archived, stat_archived
from docgen.services.renewals import renewals_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.domain.packet import Packet
    from docgen.domain.person import Person
    from docgen.domain.renewal import Renewal
    from docgen.domain.verification import Verification
    from docgen.services.office import Office

ARCHIVE_VERIFIED = "archive.verified"
MOST_BYTES = 512 * 1024 * 1024  # what the verifier itself reads at most
MOST_SECONDS = 120
DOES_NOT_HOLD = 1  # the verifier's exit code
NO_BUNDLE = "This packet has no evidence bundle; it was not archived here."
_busy = threading.Lock()


def verify_packet(
    office: Office, packet_id: str, person: Person, *, seconds: float = MOST_SECONDS
) -> Verification:
    """Verify a packet's bundle as it lies in the archive; that it was done is an activity.

    Raises:
        NotAllowed: the person may not read the archive.
        NotFound: the packet has no bundle.
        InputError: the bundle is too large, or took too long; `docgen archive verify` has no limit.
        StillRunning: another bundle is being verified.
    """
    person.require(*ARCHIVE_READERS)
    packet = office.ledger.packets.get(packet_id)
    size = _size(office, packet)
    if size > MOST_BYTES:
        raise InputError(
            "This bundle is too large to be verified here; fetch it and use the verifier itself."
        )
    if not _busy.acquire(blocking=False):
        raise StillRunning("Another bundle is being verified just now; try again in a minute.")
    try:
        code, output = verify_apart(
            office,
            open_archived(office, packet.id, packet.bundle_sha256),
            renewals=renewals_of(office, packet.id),
            as_json=True,
            seconds=seconds,
        )
    finally:
        _busy.release()
    found = parse_verification(code, output, packet.bundle_sha256)
    with office.ledger.transaction():
        office.note(
            packet.id,
            ARCHIVE_VERIFIED,
            f"user:{person.key}",
            bundle_sha256=packet.bundle_sha256,
            exit_code=found.code,
            failed=[item.id for item in found.checks if item.result == "failed"],
        )
    return found


def _size(office: Office, packet: Packet) -> int:
    digest = packet.bundle_sha256
    receipt = stat_archived(office, packet.id, digest) if digest else None
    if receipt is None:
        raise NotFound(NO_BUNDLE)
    return receipt.size


def verify_apart(
    office: Office,
    data: bytes,
    *,
    renewals: Sequence[Renewal] = (),
    moment: str | None = None,
    as_json: bool = False,
    seconds: float | None = None,
) -> tuple[int, str]:
    """Verify a bundle with its renewals under the site's own anchor; give exit code and output."""
    with tempfile.TemporaryDirectory(prefix="docgen-verify-") as name:
        bundle = Path(name) / "packet.bundle.zip"
        bundle.write_bytes(data)
        for number, one in enumerate(renewals, start=1):
            stem = f"packet.renewal-{number}"
            (bundle.parent / f"{stem}.json").write_bytes(one.record)
            (bundle.parent / f"{stem}.tsr").write_bytes(one.stamp)
        return under_own_anchor(office, bundle, moment, as_json=as_json, seconds=seconds)


def under_own_anchor(
    office: Office,
    bundle: Path,
    moment: str | None,
    *,
    as_json: bool,
    seconds: float | None = None,
) -> tuple[int, str]:
    """Verify a file under the site's own anchor; give exit code and output."""
    with tempfile.TemporaryDirectory(prefix="docgen-verify-") as name:
        anchor = Path(name) / "anchor.json"
        anchor.write_text(json.dumps(anchor_of(office)), "utf-8")
        return run_verifier(bundle, anchor, moment, as_json=as_json, seconds=seconds)


def run_verifier(
    bundle: Path,
    anchor: Path | None,
    moment: str | None,
    *,
    as_json: bool,
    seconds: float | None = None,
) -> tuple[int, str]:
    """Run the verifier's one file by itself, isolated from everything installed but libraries.

    Raises:
        InputError: it took longer than `seconds`; it was ended.
    """
    with tempfile.TemporaryDirectory(prefix="docgen-verify-") as name:
        program = Path(name) / "docgen_verify.py"
        program.write_bytes(stand_alone_verifier().read_bytes())
        command = [sys.executable, "-I", str(program), str(bundle.absolute())]
        command += ["--anchor", str(anchor.absolute())] if anchor else []
        command += [f"--at={moment}"] if moment else []
        command += ["--json"] if as_json else []
        try:
            ran = subprocess.run(  # noqa: S603  # our own program, our own arguments
                command, cwd=name, capture_output=True, check=False, timeout=seconds
            )
        except subprocess.TimeoutExpired as error:
            raise InputError(
                "Verifying took too long and was ended; fetch the bundle and use the verifier "
                "itself."
            ) from error
    output = ran.stdout + ran.stderr
    return ran.returncode, output.decode("utf-8", "replace")
