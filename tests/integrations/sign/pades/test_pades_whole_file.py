"""A sealed file is accepted as a whole, now and in eight years, by several judges."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import page
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.contracts.signer import AT
from tests.integrations.sign import judge as judge_module
from tests.integrations.sign.judge import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.ports.typesetter import TypesetPdf
    from tests.integrations.sign.pades.conftest import House

# The rules of the conformance checker that a sealed file may break, and why; nothing else may fail.
TOLERATED = {
    "PDFA3A-SIGNATURE-BYTERANGE-001": (
        "Inherent to several signatures: an earlier one cannot span what a later one appends. The "
        "judge asks instead that each covers its whole revision and the last the whole file."
    ),
    "PDFA3A-STREAM-LENGTH-001": (
        "The checker misreads a compressed stream that ends in a carriage return, one in 256; "
        "qpdf, which reads every stream's length, must pass the same file."
    ),
}
DAYS = (0, 1, 365, 8 * 365.25)


def need(program: str, package: str) -> str:
    """Find a program or say how to get it."""
    found = shutil.which(program)
    if found is None:
        pytest.fail(f"{program} is missing; bin/test installs it (Debian package {package}).")
    return found


@pytest.mark.parametrize("days", DAYS)
def test_the_list_of_signatures_is_accepted(
    sealed: bytes, house: House, rendered: TypesetPdf, days: float
) -> None:
    """Exactly the expected signatures, every one valid for archiving, whenever it is read."""
    assert judge(sealed, house.expecting(rendered, days=days)) == []


@pytest.mark.slow
@pytest.mark.parametrize("days", DAYS)
def test_it_is_accepted_by_a_machine_of_that_day(
    sealed: bytes, house: House, rendered: TypesetPdf, tmp_path: Path, days: float
) -> None:
    """With the whole machine's clock set on, offline and without this product, nothing changes."""
    faketime = need("faketime", "faketime")
    (tmp_path / "sealed.pdf").write_bytes(sealed)
    expected = house.expecting(rendered)
    words = {"acts": dict(expected.acts), "roots": expected.roots}
    (tmp_path / "expected.json").write_text(json.dumps(words), "utf-8")
    (tmp_path / "judge.py").write_bytes(Path(judge_module.__file__).read_bytes())
    moment = f"{AT + timedelta(days=days, hours=1):%Y-%m-%d %H:%M:%S}"
    command = [faketime, "-f", f"@{moment}", sys.executable, "-I", "judge.py"]
    done = subprocess.run(
        [*command, "sealed.pdf", "expected.json"],
        cwd=tmp_path,
        env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_roots_of_another_house_do_not_accept_it(
    sealed: bytes, house: House, rendered: TypesetPdf
) -> None:
    """The control of the above: without our root nothing is accepted."""
    ours = house.expecting(rendered)
    nobody = judge_module.Expected(acts=ours.acts, roots=(), moment=ours.moment)
    assert judge(sealed, nobody) != []


def test_poppler_accepts_every_signature(sealed: bytes, tmp_path: Path) -> None:
    """A second implementation finds four valid signatures, and the last over the whole file."""
    pdfsig = need("pdfsig", "poppler-utils")
    (tmp_path / "sealed.pdf").write_bytes(sealed)
    done = subprocess.run(
        [pdfsig, "-nocert", "sealed.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    signatures = done.stdout.split("Signature #")[1:]
    assert len(signatures) == 5
    assert [("Signature is Valid." in found) for found in signatures] == [True] * 4 + [False]
    assert ["Total document signed" in found for found in signatures] == [False] * 4 + [True]
    assert all("Not total document signed" in found for found in signatures[:4])


def test_openssl_accepts_every_signature(sealed: bytes, house: House, tmp_path: Path) -> None:
    """A third implementation verifies each CMS object over its bytes, up to our root."""
    openssl = need("openssl", "openssl")
    (tmp_path / "root").write_bytes(house.authority.roots[0])
    reader = PdfFileReader(io.BytesIO(sealed))
    checked = 0
    for found in reader.embedded_regular_signatures:
        first, length, second, rest = found.byte_range
        (tmp_path / "content").write_bytes(
            sealed[first : first + length] + sealed[second : second + rest]
        )
        (tmp_path / "cms").write_bytes(cms.ContentInfo.load(found.pkcs7_content).dump())
        verify = [openssl, "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms"]
        verify += ["-content", "content", "-CAfile", "root", "-purpose", "any", "-no_check_time"]
        done = subprocess.run(
            [*verify, "-out", "out"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert "Verification successful" in done.stderr, done.stderr
        checked += 1
    assert checked == 4


@pytest.mark.parametrize("step", range(5))
def test_qpdf_finds_every_revision_well_formed(
    files: Sequence[bytes], tmp_path: Path, step: int
) -> None:
    """No syntax or stream error at any step."""
    qpdf = need("qpdf", "qpdf")
    (tmp_path / "file.pdf").write_bytes(files[step])
    done = subprocess.run(
        [qpdf, "--check", "file.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No syntax or stream encoding errors found" in done.stdout


@pytest.mark.parametrize("profile", ["3a", "ua1"])
@pytest.mark.parametrize("step", range(5))
def test_every_revision_is_archivable_and_accessible(
    files: Sequence[bytes], step: int, profile: str
) -> None:
    """PDF/A-3a and PDF/UA-1 hold at every step, but for the tolerated rules."""
    report = page.validate_pdf_bytes(files[step], profile=profile)
    failed = {failure.rule_id for failure in report.failures}
    assert failed <= set(TOLERATED)
    assert report.rules.total > 50


def test_the_checker_would_notice(files: Sequence[bytes]) -> None:
    """The control of the above: the same file without its tags and its output intent fails."""
    broken = files[-1].replace(b"/StructTreeRoot", b"/StructTreeR00t")
    assert not page.validate_pdf_bytes(broken, profile="ua1").is_compliant
    broken = files[-1].replace(b"/OutputIntents", b"/OutputIntentz")
    failed = {f.rule_id for f in page.validate_pdf_bytes(broken, profile="3a").failures}
    assert failed - set(TOLERATED)
