"""What every adapter reads and writes alike: moments, titles, reports and secrets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import ServiceUnavailable
from integrations.vendor.moment import moment
from integrations.vendor.report import report_of, same
from integrations.vendor.session import Answer
from integrations.vendor.title import shortened
from integrations.vendor.told import listed, told
from tests.contracts.esign import AT


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T12:00:00Z",
        "2026-11-23T12:00:00.000Z",
        "2026-11-23T12:00:00.0000000Z",
        "2026-11-23T12:00:00",
        "2026-11-23T04:00:00-08:00",
    ],
)
def test_a_moment_is_read_however_services_write_it(text: str) -> None:
    """With any number of digits, in any zone; without one it is UTC."""
    assert moment(text) == AT


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"text"', b"5", b"\xff", b"[" * 100_000]
)
def test_an_answer_that_is_no_object_is_no_answer(body: bytes) -> None:
    """Something other than the service answered; the control: an object is read."""
    with pytest.raises(ServiceUnavailable):
        Answer(status=200, body=body).json("service")
    assert Answer(status=200, body=b'{"id": 1}').json("service") == {"id": 1}


def test_what_an_answer_lacks_is_missed_aloud() -> None:
    """A list may be empty, and is then there all the same."""
    assert listed({"data": []}, "data", "service") == []
    assert told({"id": 0}, "id", "service") == 0
    answers: list[dict[str, object]] = [{}, {"data": None}, {"data": {}}, {"data": ["text"]}]
    for answer in answers:
        with pytest.raises(ServiceUnavailable):
            listed(answer, "data", "service")


@given(text=st.none() | st.integers() | st.text(max_size=40) | st.datetimes().map(str))
def test_a_strange_moment_is_none(text: object) -> None:
    """Never an error, and never a time without its zone."""
    found = moment(text)
    assert found is None or found.tzinfo is not None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026"])
def test_a_moment_beyond_every_calendar_is_none(text: str) -> None:
    """In UTC there would be no such year."""
    assert moment(text) is None


@given(length=st.integers(0, 300), longest=st.integers(1, 255))
def test_a_title_is_cut_with_a_sign(length: int, longest: int) -> None:
    """A long one ends in an ellipsis and never exceeds the limit; any other stays."""
    cut = shortened("t" * length, longest)
    assert len(cut) == min(length, longest)
    assert cut.endswith("…") == (length > longest)


@given(body=st.binary(max_size=60) | st.just(b'{"a": ' * 100_000))
def test_a_body_that_is_no_report_holds_nothing(body: bytes) -> None:
    """Whatever comes; the control is a report."""
    assert report_of(body) == {}
    assert report_of(b'{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("given_secret", "expected", "fits"),
    [
        ("new", ["new", "old"], True),
        ("old", ["new", "old"], True),
        ("", [""], False),
        ("", [], False),
        ("ol", ["old"], False),
        ("\ud800", ["old"], False),
        ("é", ["é"], True),
    ],
)
def test_any_current_secret_fits_and_none_that_is_empty(
    given_secret: str, expected: list[str], *, fits: bool
) -> None:
    """Half a character has no bytes: it fits nothing, and is no crash."""
    assert same(given_secret, expected) is fits
