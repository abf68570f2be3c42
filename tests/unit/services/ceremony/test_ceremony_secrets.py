"""Links and codes: derived, apart from each other, and read back only from their exact form."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from docgen.services.ceremony.secret import link_token, one_time_code, same, split_token

part = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
secrets = st.binary(min_size=32, max_size=32)


@given(secrets, part, part, st.integers(0, 9))
def test_a_token_says_whose_it_is_and_holds_256_bits(
    secret: bytes, envelope: str, signer: str, number: int
) -> None:
    """Splitting gives envelope and signer back; the rest is a 32-byte digest."""
    token = link_token(secret, envelope, signer, number)
    assert split_token(token) == (envelope, signer)
    assert len(base64.urlsafe_b64decode(token.rpartition(".")[2] + "=")) == 32


@given(st.text())
def test_any_text_splits_into_a_safe_pair(text: str) -> None:
    """Untrusted text gives two plain identifiers, or nothing."""
    envelope, signer = split_token(text)
    assert bool(envelope) == bool(signer)
    assert all(char.isascii() and (char.isalnum() or char in "_-") for char in envelope + signer)


@given(secrets, part, part, st.integers(0, 9))
def test_each_number_and_person_has_a_token_of_their_own(
    secret: bytes, envelope: str, signer: str, number: int
) -> None:
    """Another number, signer, envelope or secret gives another token."""
    tokens = {
        link_token(secret, envelope, signer, number),
        link_token(secret, envelope, signer, number + 1),
        link_token(secret, envelope, signer + "x", number),
        link_token(secret, envelope + "x", signer, number),
        link_token(secret[::-1] + b"x", envelope, signer, number),
    }
    assert len(tokens) == 5


@given(secrets, part, part, st.integers(0, 9))
def test_a_code_is_six_digits_and_repeatable(
    secret: bytes, envelope: str, signer: str, number: int
) -> None:
    """The same inputs give the same six digits, so that a letter may be sent twice."""
    code = one_time_code(secret, envelope, signer, number)
    assert len(code) == 6
    assert code.isdigit()
    assert code == one_time_code(secret, envelope, signer, number)


def test_codes_are_spread_evenly() -> None:
    """Over ten thousand codes every leading digit comes about a tenth of the time."""
    codes = [one_time_code(b"s" * 32, "env", "p", number) for number in range(10_000)]
    for digit in "0123456789":
        assert 850 < sum(1 for code in codes if code[0] == digit) < 1150
    assert len(set(codes)) > 9_900


@given(st.text(max_size=8), st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_only_the_same_text_is_the_same(given_text: str, expected: str) -> None:
    """Comparison agrees with equality on ASCII and is False, not an error, on anything else."""
    assert same(given_text, expected) is (given_text == expected)
    assert same(expected, expected)
