"""An enrollment file is read into plain values, or refused with one sentence."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import EnrollmentUnreadable, InputError
from docgen.services.enrollment_file import BYTES_MOST, DEPTH_MOST, read_enrollment

SUFFIXES = [".json", ".yaml", ".yml", ".toml"]


BYTES = st.binary(max_size=200) | st.text(max_size=200).map(
    lambda one: one.encode(errors="replace")
)


@given(BYTES, st.sampled_from(SUFFIXES))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes, suffix: str) -> None:
    """Garbage never shows as anything but an InputError that is a sentence."""
    try:
        read_enrollment(data, suffix=suffix)
    except InputError as refused:
        sentence = str(refused)
        assert sentence.endswith(".")


LETTERS = st.characters(min_codepoint=32, max_codepoint=0x2000, exclude_categories=["Cs", "Cc"])
NAMES = st.text(alphabet="abc_", min_size=1)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(alphabet=LETTERS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(NAMES, JSON_VALUES, min_size=1, max_size=4))
@settings(deadline=None)
def test_json_is_read_the_same_as_yaml(value: dict[str, object]) -> None:
    """JSON is YAML, and both readers give the very values that were written."""
    data = json.dumps(value).encode()
    assert read_enrollment(data, suffix=".json") == value
    assert read_enrollment(data, suffix=".yaml") == value


def test_a_file_over_one_mebibyte_is_refused() -> None:
    """One byte more than the limit is too much; the limit itself is read."""
    body = b'{"practice": {"display_name": "' + b"x" * (BYTES_MOST - 34) + b'"}}'
    assert len(body) == BYTES_MOST
    assert read_enrollment(body, suffix=".json")
    with pytest.raises(InputError, match="one mebibyte"):
        read_enrollment(body + b" ", suffix=".json")


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".toml"])
def test_nesting_is_read_to_its_bound_and_no_deeper(suffix: str) -> None:
    """Thirty-two levels are read, thirty-three are refused, whatever the format."""
    equals = b" = " if suffix == ".toml" else b": "
    before, after = (b"a", b"") if suffix != ".json" else (b'{"a"', b"}")

    def nested(levels: int) -> bytes:
        return before + equals + b"[" * (levels - 1) + b"]" * (levels - 1) + after

    assert read_enrollment(nested(DEPTH_MOST), suffix=suffix)
    with pytest.raises(InputError, match="32 levels deep"):
        read_enrollment(nested(DEPTH_MOST + 1), suffix=suffix)


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"[" * 500_000, ".json"),
        (b"[" * 500_000, ".yaml"),
        (b"- " * 500_000, ".yaml"),
        (b"a = " + b"[" * 500_000, ".toml"),
        (b".".join([b"a"] * 500_000) + b" = 1", ".toml"),
        (b".".join([b'"a="'] * 200_000) + b" = 1", ".toml"),
    ],
)
def test_endless_nesting_is_refused_at_once(data: bytes, suffix: str) -> None:
    """Half a million levels neither exhaust the stack nor the reader."""
    with pytest.raises(InputError, match="32 levels deep"):
        read_enrollment(data, suffix=suffix)


def test_many_dots_in_toml_text_are_no_nesting() -> None:
    """Dots in texts and comments are not mistaken for parts of a name."""
    dots = "a." * 100
    text = f"# {dots}\na = \"{dots}\"\nb = '{dots}'\nc = '''{dots}'''\nd = \"\"\"{dots}\"\"\"\n"
    assert read_enrollment(text.encode(), suffix=".toml") == dict.fromkeys("abcd", dots)


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b'{"a": 1, "a": 2}', ".json"),
        (b'{"b": {"a": 1, "a": 1}}', ".json"),
        (b"a: 1\na: 2\n", ".yaml"),
        (b"b: {a: 1, a: 1}\n", ".yaml"),
        (b"a = 1\na = 2\n", ".toml"),
    ],
)
def test_a_field_given_twice_is_refused(data: bytes, suffix: str) -> None:
    """Neither the first nor the last value wins in silence."""
    with pytest.raises(InputError, match="twice"):
        read_enrollment(data, suffix=suffix)


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b'{"a": NaN}', ".json"),
        (b'{"a": [-Infinity]}', ".json"),
        (b'{"a": 1e999}', ".json"),
        (b"a: .nan\n", ".yaml"),
        (b"a: -.inf\n", ".yaml"),
        (b"a: 1e999\n", ".yaml"),
        (b"a = nan\n", ".toml"),
        (b"a = [inf]\n", ".toml"),
    ],
)
def test_numbers_that_are_none_are_refused(data: bytes, suffix: str) -> None:
    """NaN and infinity have no place in an enrollment."""
    with pytest.raises(InputError, match="NaN and infinity"):
        read_enrollment(data, suffix=suffix)


@pytest.mark.parametrize(
    "data",
    [
        b"a: !!python/object/apply:os.system ['true']\n",
        b"a: !!python/name:os.system ''\n",
        b"a: !custom x\n",
        b"a: !!str 1\n",
        b"!!map {a: 1}\n",
    ],
)
def test_yaml_tags_are_refused(data: bytes) -> None:
    """No tag is acted on, not even a harmless one."""
    with pytest.raises(InputError, match="tags"):
        read_enrollment(data, suffix=".yaml")


@pytest.mark.parametrize(
    "data", [b"a: &x 1\nb: *x\n", b"a: &x [1]\n", b"&x a: 1\n", b"a: &x {b: 1}\nc:\n  <<: *x\n"]
)
def test_yaml_anchors_are_refused(data: bytes) -> None:
    """Nothing in a file can refer to another part, so nothing can multiply."""
    with pytest.raises(InputError, match="anchors"):
        read_enrollment(data, suffix=".yaml")


@pytest.mark.parametrize(
    "data", [b"? [a]\n: 1\n", b"1: a\n", b"true: a\n", b"? {a: 1}\n: 2\n", b"null: a\n"]
)
def test_yaml_field_names_are_text(data: bytes) -> None:
    """Numbers, lists and words with a meaning are no field names."""
    with pytest.raises(InputError, match="plain text"):
        read_enrollment(data, suffix=".yaml")


def test_yaml_keeps_words_dates_and_leading_zeros() -> None:
    """Only JSON's types are guessed: "no" is a word, 02139 a text, a date a text."""
    text = (
        "state: NO\nanswer: yes\nzip: 02139\nday: 2026-11-20\ntime: 12:30\noctal: 0o17\n"
        "hex: 0x1F\nplain: 1_000\nreal: true\ncount: 12\nnothing: null\ntilde: ~\nempty:\n"
    )
    assert read_enrollment(text.encode(), suffix=".yaml") == {
        "state": "NO",
        "answer": "yes",
        "zip": "02139",
        "day": "2026-11-20",
        "time": "12:30",
        "octal": "0o17",
        "hex": "0x1F",
        "plain": "1_000",
        "real": True,
        "count": 12,
        "nothing": None,
        "tilde": None,
        "empty": None,
    }


def test_toml_dates_are_kept_as_dates() -> None:
    """The record's reader takes TOML's own dates."""
    assert read_enrollment(b"a = 2026-11-20\nb = 2026-11-20T15:30:00Z\n", suffix=".toml") == {
        "a": date(2026, 11, 20),
        "b": datetime(2026, 11, 20, 15, 30, tzinfo=UTC),
    }


def test_a_byte_order_mark_is_no_text() -> None:
    """Editors that write one do not spoil the file."""
    assert read_enrollment(b'\xef\xbb\xbf{"a": 1}', suffix="json") == {"a": 1}


@pytest.mark.parametrize(
    ("data", "suffix", "words"),
    [
        ('{"a": "é"}'.encode("latin-1"), ".json", "UTF-8"),
        ('{"a": 1}'.encode("utf-16"), ".json", "UTF-8"),
        ('{"a": 1}'.encode("utf-16-le"), ".json", "UTF-8"),
        ("a = 1".encode("utf-32-be"), ".toml", "UTF-8"),
        (b"", ".json", "empty"),
        (b" \n\t", ".yaml", "empty"),
        (b'{"a": 1', ".json", "line 1, column 8"),
        (b"a: [1\nb: 2\n", ".yaml", "line 2"),
        (b"a: 1\n---\nb: 2\n", ".yaml", "Correct the YAML"),
        (b"a: \x00\n", ".yaml", "Correct the YAML|cannot be printed"),
        (b"a = \n", ".toml", "line 1"),
        (b'{"a": ' + b"9" * 5000 + b"}", ".json", "too long"),
        (b"a: " + b"9" * 5000, ".yaml", "too long"),
        (b"a = " + b"9" * 5000, ".toml", "Correct the TOML"),
        (b"%PDF-1.7", ".pdf", "Save the enrollment as"),
        (b"a,b", "", "Save the enrollment as"),
    ],
)
def test_unreadable_files_are_refused_with_what_to_do(data: bytes, suffix: str, words: str) -> None:
    """Wrong encodings, empty and broken files say where and what to correct, as any problem."""
    with pytest.raises(EnrollmentUnreadable, match=words) as refused:
        read_enrollment(data, suffix=suffix)
    (problem,) = refused.value.problems
    assert (problem.path, problem.rule) == ("file", "val.file")
    assert problem.message == str(refused.value)


@pytest.mark.parametrize(
    ("suffix", "text", "place"),
    [
        (
            ".yaml",
            "practice:\n  name: One\n  name: Two\n",
            r"name stands there twice \(again on line 3",
        ),
        (".json", '{"a": 1, "ein": 2, "ein": 3}', "ein stands there twice"),
        (".json", '{"Dana Example": 1, "Dana Example": 2}', "one stands there twice"),
        (".yaml", "a: 1\nb: &x 2\n", r"\(line 2\)"),
        (".yaml", "a: 1\nb: 3\nc: !!int 2\n", "one is on line 3"),
        (".yaml", "a: 1\n2: b\n", r"plain text \(line 1\)"),
    ],
)
def test_a_refusal_says_where(suffix: str, text: str, place: str) -> None:
    """By line, and by the field's name where that is one of a field and not somebody's words."""
    with pytest.raises(InputError, match=place) as refusal:
        read_enrollment(text.encode(), suffix=suffix)
    assert "Dana" not in str(refusal.value)
