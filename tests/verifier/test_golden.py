"""Golden bundles: at least one a format, committed, never made again; they verify for ever."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from docgen.domain.evidence import FORMAT
from tests.verifier.handling import load_verifier
from tests.verifier.making import VERIFIER

GOLDEN = Path(__file__).parent / "golden"
DIGESTS = {
    "docgen-evidence-1": "c0c1d2fec39b428ba5d2f7fc8107a431c3648f8543ed60badf1cab804499cf39",
    "docgen-evidence-2": "024f850e36b39e871f8f7ef3b8a914c19c163f0a8af0aee2064ba3cac06c759d",
    "docgen-evidence-2-mixed": "671cae3f682e512e57b36fa5726598131b9b8ff505192661c4a82a6c1d0868e5",
}
RENEWALS = {
    "renewal-1.json": "40d1622cbc5829b968aad92411b535d918a8ef5f79802733ac90cbfc246c4018",
    "renewal-1.tsr": "c042d36dd3112c0340a3233a79c9b1774e4ad69ad1f9bec022b50b67cb2d52c9",
    "renewal-2.json": "c61060a8e0d022a1755ed5281ef9269502c73230d253362a11082ab60f6eb0ae",
    "renewal-2.tsr": "772790ebbb15d351fb20a183a57ad27a16ec42f9629a2d3ffad54d95f5ac0593",
}
RESULTS = {"docgen-evidence-1": 0, "docgen-evidence-2": 0, "docgen-evidence-2-mixed": 4}


@pytest.mark.parametrize("stem", sorted(DIGESTS))
def test_a_golden_bundle_is_the_one_once_made(stem: str) -> None:
    """The bytes are those of the day it was made."""
    data = (GOLDEN / f"{stem}.bundle.zip").read_bytes()
    assert hashlib.sha256(data).hexdigest() == DIGESTS[stem]


def test_every_format_has_a_golden_bundle() -> None:
    """The current format has one, and every one that lies there is tested."""
    assert FORMAT.replace("/", "-") in DIGESTS
    there = {path.name.removesuffix(".bundle.zip") for path in GOLDEN.glob("*.bundle.zip")}
    assert there == set(DIGESTS)


@pytest.mark.parametrize("stem", sorted(DIGESTS))
@pytest.mark.parametrize("at", ["2026-11-24", "2027-11-23", "2034-11-23", "2060-01-01"])
def test_a_golden_bundle_holds_for_ever(stem: str, at: str) -> None:
    """Today's verifier finds that everything holds, as of any date after signing."""
    verifier = load_verifier()
    anchor = verifier.read_anchor(str(GOLDEN / f"{stem}.anchor.json"))
    data = (GOLDEN / f"{stem}.bundle.zip").read_bytes()
    when = datetime.fromisoformat(at).replace(tzinfo=UTC)
    case, findings = verifier.examine_all(data, when, anchor)
    assert [item for item in findings if item.result != "ok"] == []
    assert verifier.conclude(case, findings)[0] == RESULTS[stem]


@pytest.mark.parametrize("stem", sorted(DIGESTS))
def test_a_golden_bundle_holds_from_the_command_line(stem: str) -> None:
    """The command says so too: isolated, with the code of its execution."""
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            str(VERIFIER),
            str(GOLDEN / f"{stem}.bundle.zip"),
            "--anchor",
            str(GOLDEN / f"{stem}.anchor.json"),
            "--at",
            "2030-01-01",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == RESULTS[stem], done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("at", "due"), [("2041-01-01", False), ("2061-01-01", False), ("2100-01-01", True)]
)
def test_golden_renewals_hold_for_ever(tmp_path: Path, at: str, *, due: bool) -> None:
    """Beside the bundle that they renew they do what they did when they were made."""
    bundle = GOLDEN / "docgen-evidence-2.bundle.zip"
    (tmp_path / "p.bundle.zip").write_bytes(bundle.read_bytes())
    for name, digest in RENEWALS.items():
        data = (GOLDEN / f"docgen-renewal-1.{name}").read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        (tmp_path / f"p.{name}").write_bytes(data)
    anchor = str(GOLDEN / "docgen-renewal-1.anchor.json")
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(tmp_path / "p.bundle.zip"), "--json",
         "--anchor", anchor, "--at", at],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    told = json.loads(done.stdout)
    results = {item["id"]: item["result"] for item in told["checks"]}
    assert (done.returncode, results["renewals"], told["renewal_due"]) == (0, "ok", due)
