"""One reading of a record answers for every step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.enrollment import Enrollment, Stage, reading_of
from docgen.domain.enrollment.findings import Findings, Place, Rule
from docgen.domain.enrollment.kinds import Many, Part, specs_of
from docgen.errors import EnrollmentInvalid
from tests.unit.domain.enrollment.samples import TODAY, raw_sample, sample_pso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docgen.domain.enrollment import Reading

SAMPLE = "network-joinder"
BEFORE_SIGNING = (Stage.DRAFT, Stage.SUBMIT)
FROM_SIGNING = (Stage.SIGN, Stage.PSES)


def _read(change: Callable[[Any], None]) -> Reading:
    raw: Any = raw_sample(SAMPLE)
    change(raw)
    return reading_of(raw, today=TODAY, pso=sample_pso())


def _outdate_consent(raw: Any) -> None:
    raw["consents"]["electronic_records"]["version"] = "1990-01"


def _lose_privacy_officer(raw: Any) -> None:
    for contact in raw["contacts"]:
        contact["roles"] = [role for role in contact["roles"] if role != "hipaa_privacy"]


def test_consent_to_an_older_disclosure_stops_signing_alone() -> None:
    """A form is accepted with it; agreements are not prepared on it."""
    reading = _read(_outdate_consent)
    for stage in BEFORE_SIGNING:
        assert reading.checked(stage).record == reading.record
    for stage in FROM_SIGNING:
        with pytest.raises(EnrollmentInvalid) as refusal:
            reading.checked(stage)
        assert [one.rule for one in refusal.value.problems] == ["val.consent"]


def test_a_privacy_officer_is_asked_for_when_agreements_are_prepared() -> None:
    """Whoever only joins is not bothered with it."""
    reading = _read(_lose_privacy_officer)
    told = {
        stage: ("contacts", "val.roles_min")
        in [(one.path, one.rule) for one in reading.examined(stage).warnings]
        for stage in Stage
    }
    assert told == dict.fromkeys(BEFORE_SIGNING, False) | dict.fromkeys(FROM_SIGNING, True)


def _records(record: type[Any]) -> Iterator[type[Any]]:
    yield record
    for spec in specs_of(record).values():
        inner = spec.item if isinstance(spec, Many) else spec
        if isinstance(inner, Part):
            yield from _records(inner.record)


def test_what_is_left_out_is_blank() -> None:
    """A field that is not given keeps its default without being read, so both must be one."""
    for record in _records(Enrollment):
        empty = record()
        for name, spec in specs_of(record).items():
            assert getattr(empty, name) == spec.blank, (record.__name__, name)


def test_what_was_noted_for_an_early_step_is_not_put_off() -> None:
    """Two rules may find the same; the first step that minds it counts."""
    findings, place = Findings(), Place(path="contacts")
    for since in (Stage.SUBMIT, Stage.SIGN, Stage.DRAFT):
        findings.refuse(place, Rule.TYPE, "write a list here", since=since)
        (found,) = findings.since
        assert findings.since[found] is (Stage.DRAFT if since is Stage.DRAFT else Stage.SUBMIT)
