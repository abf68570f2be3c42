"""The verifier's own Ed25519: the RFC 8032 vectors, and agreement with a library."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.handling import load_verifier

# RFC 8032 section 7.1, tests 1 to 3: public key, message, signature.
VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
            "b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
            "1d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
            "c6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
)


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_published_vectors(public: str, message: str, signature: str) -> None:
    """The published signatures hold, and do not over another message."""
    holds = load_verifier().ed25519_holds
    key, sign = bytes.fromhex(public), bytes.fromhex(signature)
    assert holds(key, sign, bytes.fromhex(message))
    assert not holds(key, sign, bytes.fromhex(message) + b"x")


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
@settings(max_examples=30, deadline=None)
def test_signatures_of_a_library_hold_until_touched(seed: bytes, message: bytes, bit: int) -> None:
    """What the cryptography library signs holds here; one flipped bit and it does not."""
    holds = load_verifier().ed25519_holds
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    signature = private.sign(message)
    assert holds(public, signature, message)
    touched = (int.from_bytes(signature, "big") ^ (1 << bit)).to_bytes(64, "big")
    assert not holds(public, touched, message)


def test_the_same_signature_spelled_otherwise_is_refused() -> None:
    """Adding the group's order to the scalar is refused (no second spelling of a signature)."""
    verifier = load_verifier()
    public, message, signature = (bytes.fromhex(part) for part in VECTORS[1])
    scalar = int.from_bytes(signature[32:], "little") + verifier.ORDER
    other = signature[:32] + scalar.to_bytes(32, "little")
    assert not verifier.ed25519_holds(public, other, message)


@pytest.mark.parametrize(
    ("public", "signature"),
    [
        (b"", bytes(64)),
        (bytes(31), bytes(64)),
        (bytes(32), bytes(63)),
        (b"\xff" * 32, bytes(64)),
        (b"\x02" + bytes(31), bytes(64)),
    ],
)
def test_what_is_no_key_or_signature_does_not_hold(public: bytes, signature: bytes) -> None:
    """Wrong lengths and points off the curve do not hold, and do not crash."""
    assert not load_verifier().ed25519_holds(public, signature, b"message")
