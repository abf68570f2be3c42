"""The committed samples, as tests read them."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

from docgen.domain.enrollment import Enrollment, Stage, parse_enrollment
from docgen.domain.pso import PsoSettings, parse_pso
from docgen.services.enrollment_file import read_enrollment

ROOT = Path(__file__).parents[4]
SAMPLES = ROOT / "samples"
TODAY = date(2026, 11, 23)
VALID = sorted(path.parent.name for path in SAMPLES.glob("*/enrollment.*"))
DRAFTS = sorted(path.parent.name for path in (SAMPLES / "drafts").glob("*/enrollment.*"))
BAD = sorted(path.parent.name for path in (SAMPLES / "bad").glob("*/enrollment.*"))


def sample_file(name: str, *, kind: str = "") -> Path:
    """Return the one enrollment file of a sample."""
    (path,) = (SAMPLES / kind / name).glob("enrollment.*")
    return path


def raw_sample(name: str, *, kind: str = "") -> dict[str, object]:
    """Return a sample's plain values; TOML dates become text, as JSON would have them."""
    path = sample_file(name, kind=kind)
    value = read_enrollment(path.read_bytes(), suffix=path.suffix)
    plain: dict[str, object] = json.loads(
        json.dumps(value, default=lambda moment: moment.isoformat())
    )
    return plain


@cache
def sample_pso() -> PsoSettings:
    """Return the sample PSO's settings."""
    path = SAMPLES / "pso.toml"
    return parse_pso(read_enrollment(path.read_bytes(), suffix=path.suffix))


@cache
def sample_record(name: str) -> Enrollment:
    """Return a valid sample as a trusted record."""
    return parse_enrollment(raw_sample(name), today=TODAY, stage=Stage.PSES).record
