"""What holds for every input, not only for the samples."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.domain.enrollment import (
    Stage,
    canonical_bytes,
    changed_document_fields,
    examine_enrollment,
    parse_enrollment,
    record_digest,
)
from docgen.domain.enrollment.findings import natural
from docgen.domain.enrollment.kinds import specs_of
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.text import clean_line
from docgen.domain.merge import contract_fields
from docgen.errors import EnrollmentInvalid
from tests.unit.domain.enrollment.samples import (
    TODAY,
    VALID,
    raw_sample,
    sample_pso,
    sample_record,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from docgen.errors import Problem

RAW = {name: raw_sample(name) for name in VALID}
FIELD_NAMES = sorted(
    {
        name
        for raw in RAW.values()
        for name in json.dumps(raw).replace('"', " ").replace(":", " ").split()
        if name.isidentifier()
    }
    | set(specs_of(Enrollment))
)
ODD_TEXT = st.text() | st.sampled_from(
    ["", " ", "\x00", "\ud800", "{{", "\u202e", "a" * 3000, "2000000010", "2026-02-30", "TX"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | ODD_TEXT
    | st.sampled_from([10**400, -(10**400), float("nan"), float("inf")])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(FIELD_NAMES) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=25,
)
RECORDS = st.dictionaries(st.sampled_from(sorted(specs_of(Enrollment))), VALUES, max_size=6)
STAGES = st.sampled_from(list(Stage))


def _refused(raw: object, stage: Stage) -> tuple[Problem, ...]:
    try:
        checked = parse_enrollment(raw, today=TODAY, stage=stage, pso=sample_pso())
    except EnrollmentInvalid as invalid:
        return invalid.problems
    again = parse_enrollment(checked.record.to_json(), today=TODAY, stage=stage)
    assert again.record == checked.record
    return ()


def _check(raw: object, stage: Stage) -> None:
    problems = _refused(raw, stage)
    assert problems == examine_enrollment(raw, today=TODAY, stage=stage, pso=sample_pso()).problems
    keys = [(natural(one.path), one.rule) for one in problems]
    assert keys == sorted(keys)
    assert all(one.path and one.message.endswith(".") for one in problems)


@given(VALUES | RECORDS, STAGES)
@settings(max_examples=300, deadline=None)
def test_any_value_is_parsed_or_refused(raw: object, stage: Stage) -> None:
    """Whatever stands in a file, the outcome is a record or a list of problems, nothing else."""
    _check(raw, stage)


def _places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _places(one, (*path, key))
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _places(one, (*path, index))


def _replaced(raw: object, path: tuple[str | int, ...], value: object) -> object:
    if not path:
        return value
    changed = copy.deepcopy(raw)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]  # type: ignore[index] # the path was walked on this value
    holder[path[-1]] = value  # type: ignore[index] # as above
    return changed


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_change_to_a_sample_is_parsed_or_refused(data: st.DataObject) -> None:
    """A sample with any one place replaced by anything is parsed or refused."""
    raw = RAW[data.draw(st.sampled_from(VALID))]
    path = data.draw(st.sampled_from(list(_places(raw))))
    _check(_replaced(raw, path, data.draw(VALUES)), data.draw(STAGES))


@given(st.sampled_from(VALID), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_canonical_bytes_do_not_depend_on_the_order_of_fields(
    name: str, order: random.Random
) -> None:
    """Fields in any order give the same record, the same bytes and the same digest."""
    record = parse_enrollment(_shuffled(RAW[name], order), today=TODAY, stage=Stage.PSES).record
    assert record == sample_record(name)
    assert canonical_bytes(record) == canonical_bytes(sample_record(name))
    assert record_digest(record) == record_digest(sample_record(name))


def _shuffled(value: object, order: random.Random) -> object:
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: _shuffled(value[key], order) for key in keys}
    return [_shuffled(one, order) for one in value] if isinstance(value, list) else value


@given(st.sampled_from(VALID), st.integers(0, 3650))
@settings(max_examples=60, deadline=None)
def test_a_stored_record_stays_readable(name: str, days: int) -> None:
    """A version accepted once is accepted on every later day, and is the same record."""
    record = sample_record(name)
    later = TODAY + timedelta(days=days)
    assert parse_enrollment(record.to_json(), today=later, stage=Stage.PSES).record == record


@given(STAGES, st.sampled_from(VALID), st.data())
@settings(max_examples=80, deadline=None)
def test_a_later_step_never_asks_for_less(stage: Stage, name: str, data: st.DataObject) -> None:
    """With anything left out, the problems of a step are among those of every later step."""
    raw = RAW[name]
    path = data.draw(st.sampled_from([one for one in _places(raw) if one]))
    lacking = _replaced(raw, path, None)
    own = examine_enrollment(lacking, today=TODAY, stage=stage)
    last = examine_enrollment(lacking, today=TODAY, stage=Stage.PSES)
    assert set(own.problems) <= set(last.problems)
    assert {(one.path, one.message) for one in own.missing} == {
        (one.path, one.message) for one in set(last.problems) - set(own.problems)
    }


@given(st.text())
def test_cleaning_text_twice_changes_nothing_more(text: str) -> None:
    """Cleaning is idempotent on whatever it accepts."""
    try:
        once = clean_line(text)
    except EnrollmentInvalid:
        return
    assert clean_line(once) == once


REPLACEMENTS: st.SearchStrategy[object] = st.sampled_from(
    [None, "Another Name", "a@example.org", "2027-05-05", "CA", 3, 14, True, False, "policy", []]
)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_printed_change_goes_unnoticed(data: st.DataObject) -> None:
    """If two records print anything differently, the list of changed fields is not empty."""
    name = data.draw(st.sampled_from(VALID))
    path = data.draw(st.sampled_from([one for one in _places(RAW[name]) if one]))
    changed = _replaced(RAW[name], path, data.draw(REPLACEMENTS))
    try:
        new = parse_enrollment(changed, today=TODAY, stage=Stage.SIGN).record
    except EnrollmentInvalid:
        return
    old = sample_record(name)
    printed = [
        contract_fields(one, sample_pso(), packet_id="P", title="T", version="1.0.0")
        for one in (old, new)
    ]
    if printed[0] != printed[1]:
        assert changed_document_fields(old, new)


@pytest.mark.parametrize("name", VALID)
def test_a_record_equals_itself_in_print(name: str) -> None:
    """A record compared with an equal one shows no changed field."""
    again = parse_enrollment(RAW[name], today=date(2026, 11, 24), stage=Stage.PSES).record
    assert changed_document_fields(sample_record(name), again) == ()
