"""After keys were rotated: the newer anchor still lists the older ones, so older bundles hold."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.evidence import Anchor
from integrations.log.ed25519 import Ed25519CheckpointSigner
from tests.verifier.handling import anchor_of, failed
from tests.verifier.making import ORIGIN, Kit, Made, make
from tests.verifier.signing import real_kit, small_pdf

if TYPE_CHECKING:
    from pathlib import Path

PDFS = {"psa": small_pdf("Agreement")}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for the keys."""
    return tmp_path_factory.mktemp("rotated")


@pytest.fixture(scope="module")
def before(place: Path) -> Made:
    """Make a bundle under the first keys."""
    log = Ed25519CheckpointSigner.create(place / "log.pem", ORIGIN)
    return make(replace(real_kit(place), log=log), PDFS)


@pytest.fixture(scope="module")
def kit(place: Path, before: Made) -> Kit:
    """Rotate the log's key, and set up a new authority that remembers the old one's root."""
    log = Ed25519CheckpointSigner.rotate(place / "log.pem", ORIGIN)
    assert str(log.vkey) != before.proof.vkey
    real_kit(place, "-next")
    shutil.copy(place / "authority" / "root.pem", place / "authority-next" / "retired-001.pem")
    return replace(real_kit(place, "-next"), log=log)


def _anchor(kit: Kit, folder: Path, *, remember: bool = True) -> Any:
    trust = kit.signer.trust()
    several = None if remember else 1
    log = kit.log
    anchor = Anchor(
        name="Clarity PSO",
        signing_roots=tuple(pem.decode() for pem in trust.signing_roots[:several]),
        timestamp_roots=tuple(pem.decode() for pem in trust.timestamp_roots[:several]),
        log_keys=tuple(str(key) for key in (log.vkey, *log.retired)[:several]),
    )
    return anchor_of(anchor.to_bytes(), folder)


def test_a_bundle_from_before_holds_under_the_anchor_of_today(
    kit: Kit, before: Made, tmp_path: Path
) -> None:
    """Its roots and its log key were rotated out and are still listed; so do bundles of today."""
    anchor = _anchor(kit, tmp_path)
    assert failed(before.data, anchor, pdf=True) == set()
    assert failed(make(kit, PDFS).data, anchor, pdf=True) == set()


def test_without_the_retired_keys_it_would_not(kit: Kit, before: Made, tmp_path: Path) -> None:
    """The control: an anchor of today's keys alone knows neither log nor signatures from before."""
    anchor = _anchor(kit, tmp_path, remember=False)
    found = failed(before.data, anchor, pdf=True)
    assert {"log.checkpoint", "log.time", "pdf.valid", "issuer"} <= found
    assert failed(make(kit, PDFS).data, anchor, pdf=True) == set()


def test_the_anchor_from_before_does_not_know_todays_keys(
    kit: Kit, before: Made, place: Path
) -> None:
    """An older anchor cannot vouch for keys that came later; a newer one must be fetched."""
    assert len(json.loads(before.anchor)["log_keys"]) == 1
    found = failed(make(kit, PDFS).data, anchor_of(before.anchor, place), pdf=True)
    assert {"log.checkpoint", "pdf.valid", "issuer"} <= found
