"""The page for checking by hand: each of its commands runs, and finds one changed byte."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.sign.authority import LocalAuthority
from tests.verifier.making import START, make
from tests.verifier.renewing import Renewing
from tests.verifier.signing import real_kit, real_pdfs

PAGE = Path(__file__).parents[2] / "docs" / "verify.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
SAID = (
    "",
    "digests agree",
    "each is the beginning of the next",
    "Fingerprint=",
    "Verification: OK",
    "Signature Verified Successfully",
    "the log holds the history",
    "signatures hold",
    "4 signatures valid",
    "0 renewals hold",
)
ANCHOR, RENEWALS = 3, 9
RENEWED = (datetime(2040, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC))
CHANGED = (
    (1, "bundle/plan.json"),
    (2, "bundle/documents/psa/rendered.pdf"),
    (4, "bundle/log/checkpoint.txt"),
    (5, "bundle/log/checkpoint.txt"),
    (6, "bundle/history.jsonl"),
    (7, "bundle/documents/psa/signed.pdf"),
    (8, "bundle/documents/psa/signed.pdf"),
)


def test_every_command_stands_in_a_block() -> None:
    """Words between the blocks name programs, and give no command that nobody runs."""
    between = re.sub(
        r"^```sh\n.*?^```$", "", PAGE.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    told = re.findall(r"`((?:sha256sum|cmp|openssl|python3|pdfsig) [^`]+)`", between)
    assert told == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Put a really signed bundle and its anchor into an empty folder."""
    made = make(real_kit(tmp_path), real_pdfs())
    place = tmp_path / "place"
    place.mkdir()
    (place / "packet.bundle.zip").write_bytes(made.data)
    (place / "anchor.json").write_bytes(made.anchor)
    return place


def run(block: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one block as a reader would."""
    return subprocess.run(
        ["/bin/sh", "-e", "-c", block], cwd=folder, capture_output=True, text=True, check=False
    )


def test_every_block_of_the_page_runs_and_says_so(folder: Path) -> None:
    """The control: with a genuine bundle each ends well, with the expected words."""
    for block, said in zip(BLOCKS, SAID, strict=True):
        ran = run(block, folder)
        assert ran.returncode == 0, ran.stderr
        assert said in ran.stdout + ran.stderr


@pytest.mark.parametrize(("number", "path"), CHANGED)
def test_one_changed_byte_is_found(folder: Path, number: int, path: str) -> None:
    """The matching block fails where a byte of what it looks at is another."""
    for block in BLOCKS[:number]:
        assert run(block, folder).returncode == 0
    data = bytearray((folder / path).read_bytes())
    data[10] ^= 1
    (folder / path).write_bytes(data)
    assert run(BLOCKS[number], folder).returncode != 0


@pytest.mark.parametrize("changed", ["", "1.json", "1.tsr", "2.json"])
def test_renewals_hold_unless_a_byte_was_changed(
    folder: Path, tmp_path: Path, changed: str
) -> None:
    """Two in a row, counted; a byte changed in any file that a time stamp is over is found."""
    authority = LocalAuthority.open_or_create(tmp_path / "authority", at=START)
    renewing = Renewing((folder / "packet.bundle.zip").read_bytes())
    for at in RENEWED:
        renewing = renewing.renew(authority.stamping, at)
    for number, pair in enumerate(renewing.pairs, start=1):
        for kind, content in zip(("json", "tsr"), pair, strict=True):
            (folder / f"packet.renewal-{number}.{kind}").write_bytes(content)
    if changed:
        file = folder / f"packet.renewal-{changed}"
        data = bytearray(file.read_bytes())
        data[-5] ^= 1
        file.write_bytes(data)
    assert run(BLOCKS[ANCHOR], folder).returncode == 0
    ran = run(BLOCKS[RENEWALS], folder)
    assert (ran.returncode == 0, "2 renewals hold" in ran.stdout) == (not changed, not changed)
