"""The canonical bytes of a record, its frozen versions and its published schema."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import unicodedata
from datetime import UTC, date, datetime

import pytest
from jsonschema import Draft202012Validator

from docgen.domain.enrollment import (
    Enrollment,
    Stage,
    canonical_bytes,
    examine_enrollment,
    parse_enrollment,
    record_digest,
)
from docgen.domain.enrollment.canonical import canonical_json
from docgen.domain.enrollment.schema import enrollment_schema, schema_text
from docgen.services.enrollment_file import read_enrollment
from tests.unit.domain.enrollment.samples import (
    BAD,
    ROOT,
    TODAY,
    VALID,
    raw_sample,
    sample_file,
    sample_record,
)


def test_canonical_json_sorts_keys_and_writes_utf8() -> None:
    """Keys are sorted, nothing is spaced, letters of every script stand as themselves."""
    value = {"b": ["é", "\u20ac", '"\\\n\u0007'], "a": {"2": True, "10": 0}, "c": "\U0001f600"}
    assert canonical_json(value) == (
        '{"a":{"10":0,"2":true},"b":["é","€","\\"\\\\\\n\\u0007"],"c":"😀"}'.encode()
    )


def test_canonical_json_refuses_nan() -> None:
    """A number that is none has no bytes."""
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json({"a": float("nan")})


def test_the_digest_is_of_the_canonical_bytes() -> None:
    """The digest can be recomputed by anybody from the bytes."""
    record = sample_record("freestanding-pllc")
    assert record_digest(record) == hashlib.sha256(canonical_bytes(record)).hexdigest()


def test_the_bytes_of_a_version_are_fixed() -> None:
    """A change to this digest changes what stored packets were made from."""
    record = sample_record("sole-proprietor")
    assert (
        record_digest(record) == "b2a25938b42c2b5f09df9ce8fe588caee04d0b7fa2615e7521fca5921c2cebc2"
    )


@pytest.mark.parametrize("name", VALID)
def test_canonical_bytes_are_json_without_fractions(name: str) -> None:
    """The bytes read back as the record's JSON, and no number in them has a fraction."""
    record = sample_record(name)

    def refuse(_: str) -> None:
        pytest.fail("a fraction stands in the canonical bytes")

    assert json.loads(canonical_bytes(record), parse_float=refuse) == record.to_json()


def test_a_version_never_changes() -> None:
    """No field of a record, however deep, can be assigned."""
    record = sample_record("freestanding-pllc")
    for value, name in (
        (record, "version"),
        (record.practice, "display_name"),
        (record.facilities[0].address, "line1"),
        (record.terms, "special_terms"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, None)
    assert hash(record) == hash(sample_record("freestanding-pllc"))


def test_a_decomposed_name_is_the_same_record() -> None:
    """A name typed in NFD gives the same bytes as in NFC."""
    raw = raw_sample("names-many-scripts")
    text = unicodedata.normalize("NFD", json.dumps(raw, ensure_ascii=False))
    again = parse_enrollment(json.loads(text), today=TODAY, stage=Stage.PSES).record
    assert text != json.dumps(raw, ensure_ascii=False)
    assert canonical_bytes(again) == canonical_bytes(sample_record("names-many-scripts"))


def test_blank_values_are_absent() -> None:
    """Null, empty text, an empty list and an empty object mean "not given"."""
    blank: dict[str, object] = {
        "record_id": None,
        "submitted_by": "  ",
        "facilities": [],
        "practice": {"dba": [], "website": ""},
        "terms": {},
        "portal": None,
    }
    found = examine_enrollment(blank, today=TODAY, stage=Stage.DRAFT)
    assert found.problems == ()
    assert found.record == Enrollment()


def test_dates_of_toml_and_text_are_the_same() -> None:
    """A TOML date value and its written form give the same record; moments are kept in UTC."""
    values: dict[str, object] = {
        "submitted_at": datetime(2026, 11, 20, 15, 30, 0, 999, tzinfo=UTC),
        "terms": {"effective_date_rule": "fixed", "effective_date": date(2027, 1, 1)},
    }
    texts = {
        "submitted_at": "2026-11-20T09:30:00-06:00",
        "terms": {"effective_date_rule": "fixed", "effective_date": "2027-01-01"},
    }
    first, second = (
        parse_enrollment(one, today=TODAY, stage=Stage.DRAFT).record for one in (values, texts)
    )
    assert first == second
    assert first.to_json()["submitted_at"] == "2026-11-20T15:30:00Z"


def test_the_published_schema_is_the_generated_one() -> None:
    """`docs/enrollment.schema.json` is what the record's fields generate, byte for byte."""
    published = (ROOT / "docs" / "enrollment.schema.json").read_text(encoding="utf-8")
    assert published == schema_text()


def test_the_published_schema_is_itself_valid() -> None:
    """The schema follows draft 2020-12 and allows no unknown field anywhere."""
    schema = enrollment_schema()
    Draft202012Validator.check_schema(schema)
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    assert all(one["additionalProperties"] is False for one in definitions.values())
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", VALID)
def test_valid_samples_and_stored_records_fit_the_schema(name: str) -> None:
    """What the product accepts and what it writes is what the schema describes."""
    validator = Draft202012Validator(enrollment_schema())
    assert list(validator.iter_errors(raw_sample(name))) == []
    assert list(validator.iter_errors(sample_record(name).to_json())) == []


SHAPES = [
    *("wrong-types", "unknown-fields", "words-not-listed", "limits-exceeded", "facilities-201"),
    *("empty-lists", "first-form-incomplete", "ein-is-ssn", "zip-shape", "root-is-a-list"),
]


@pytest.mark.parametrize("name", SHAPES)
def test_bad_shapes_do_not_fit_the_schema(name: str) -> None:
    """Types, names, words, bounds and written forms are in the schema too."""
    assert name in BAD
    path = sample_file(name, kind="bad")
    raw = read_enrollment(path.read_bytes(), suffix=path.suffix)
    plain = json.loads(json.dumps(raw, default=lambda moment: moment.isoformat()))
    assert not Draft202012Validator(enrollment_schema()).is_valid(plain)
