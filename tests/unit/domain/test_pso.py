"""The PSO's settings are complete or refused by key, and departures from them are listed."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.pso import Departure, departures, parse_pso
from docgen.errors import ConfigurationError
from tests.unit.domain.enrollment.samples import VALID, sample_pso, sample_record

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTIONAL = frozenset(
    [
        *("parent_name", "website", "open_terms", "principal_address.line2"),
        *("principal_address.country", "signatory.name", "notice.email"),
    ]
)


def _leaves(value: dict[str, Any], path: str = "") -> Iterator[str]:
    for key, one in value.items():
        here = f"{path}.{key}" if path else key
        if isinstance(one, dict):
            yield from _leaves(one, here)
        else:
            yield here


PATHS = sorted(_leaves(sample_pso().to_json()))


def _changed(path: str, value: object) -> dict[str, Any]:
    raw: dict[str, Any] = copy.deepcopy(sample_pso().to_json())
    *holders, last = path.split(".")
    holder = raw
    for name in holders:
        holder = holder[name]
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    return raw


def test_settings_survive_writing_and_reading() -> None:
    """Writing settings and parsing that gives equal settings."""
    assert parse_pso(sample_pso().to_json()) == sample_pso()


@pytest.mark.parametrize("path", PATHS)
def test_a_missing_key_is_named(path: str) -> None:
    """Each required key left out is named; each optional one may be left out."""
    raw = _changed(path, None)
    if path in OPTIONAL:
        assert parse_pso(raw) != parse_pso(_changed("short_name", "Other"))
        return
    # a section with nothing left in it is named itself
    named = path.removesuffix(".version")
    with pytest.raises(ConfigurationError, match=f" {named} \\("):
        parse_pso(raw)


def test_all_missing_keys_are_named_at_once() -> None:
    """An empty file lists every key to write, in one message."""
    with pytest.raises(ConfigurationError) as wrong:
        parse_pso({})
    for key in ("legal_name", "pso_number", "signatory", "standard_terms", "time_zone"):
        assert f" {key} (" in str(wrong.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("pso_number", "0015"),
        ("email", "nobody"),
        ("time_zone", "Mars/Olympus"),
        ("legal_name", "{{ name }}"),
        ("listing_expires_on", "2020-01-01"),
        ("standard_terms.notice_days", 5),
        ("standard_terms.auto_renew", "yes"),
        ("open_terms", ["whatever"]),
        ("secret", "x"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(path: str, value: object) -> None:
    """A wrong setting is refused by key, without the value."""
    with pytest.raises(ConfigurationError, match=f" {path} \\(") as wrong:
        parse_pso(_changed(path, value))
    if isinstance(value, str) and len(value) > 3:
        assert value not in str(wrong.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(PATHS) | st.text(max_size=4), inner, max_size=4)
        ),
        max_leaves=10,
    )
)
def test_any_value_is_settings_or_a_configuration_error(raw: object) -> None:
    """Whatever a settings file holds, the outcome is never another exception."""
    with pytest.raises(ConfigurationError):
        parse_pso(raw)


def test_standard_terms_depart_in_nothing() -> None:
    """A practice that agreed nothing special needs no legal approval."""
    assert departures(sample_record("freestanding-pllc"), sample_pso()) == ()


def test_departures_are_listed_term_by_term() -> None:
    """Other terms, riders and special terms each become one departure with a sentence."""
    found = departures(sample_record("academic-public-university"), sample_pso())
    assert found == (
        Departure(
            code="terms.auto_renew",
            sentence="Renews by itself: “no” instead of “yes”.",
            needs_approval=True,
        ),
        Departure(
            code="terms.notice_days",
            sentence="Days of notice: sixty (60) days instead of ninety (90) days.",
            needs_approval=True,
        ),
        Departure(
            code="terms.governing_law",
            sentence="Governing law: Ohio instead of left open.",
            needs_approval=False,
        ),
        Departure(
            code="terms.allow_deidentification",
            sentence="De-identification allowed: “no” instead of “yes”.",
            needs_approval=True,
        ),
        Departure(
            code="rider.government",
            sentence="The government rider applies.",
            needs_approval=True,
        ),
        Departure(
            code="terms.special_terms[0]",
            sentence="Special term 1 is added.",
            needs_approval=True,
        ),
    )


def test_a_fixed_effective_date_is_a_departure() -> None:
    """An agreement that does not start with its last signature is looked at."""
    codes = [one.code for one in departures(sample_record("network-joinder"), sample_pso())]
    assert "terms.effective_date" in codes


@pytest.mark.parametrize("name", VALID)
def test_departures_are_sentences(name: str) -> None:
    """Each departure says in a sentence what departs."""
    for one in departures(sample_record(name), sample_pso()):
        assert one.sentence[0].isupper()
        assert one.sentence.endswith(".")
