"""What every key store promises: keys by name, made once, that sign where they lie."""

from __future__ import annotations

import abc
import hashlib
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import load_der_public_key

from docgen.errors import ConfigurationError, ServiceRejected, ServiceUnavailable

if TYPE_CHECKING:
    from docgen.ports.key_store import KeyStore, StoredKey

DIGEST = hashlib.sha256(b"an agreement").digest()
_ECDSA = ec.ECDSA(Prehashed(hashes.SHA256()))


def public_of(key: StoredKey) -> ec.EllipticCurvePublicKey:
    """Parse a key's public half."""
    found = load_der_public_key(key.public_key)
    assert isinstance(found, ec.EllipticCurvePublicKey)
    return found


class KeyStoreContract(abc.ABC):
    """One suite for all; subclasses give `store`, which is empty, and `reopened`, the same again."""

    @pytest.fixture
    @abc.abstractmethod
    def store(self) -> KeyStore:
        """Give an empty store."""

    @pytest.fixture
    @abc.abstractmethod
    def reopened(self, store: KeyStore) -> KeyStore:
        """Give the same store as another process sees it."""

    def test_a_key_not_made_is_not_found(self, store: KeyStore) -> None:
        """Looking makes nothing."""
        assert store.find("acts-001") is None
        assert store.find("acts-001") is None

    def test_a_key_is_on_p256_and_signs_digests(self, store: KeyStore) -> None:
        """Its signature is DER and holds under its public half, for that digest alone."""
        key = store.make("acts-001")
        public = public_of(key)
        assert isinstance(public.curve, ec.SECP256R1)
        public.verify(key.sign(DIGEST), DIGEST, _ECDSA)
        with pytest.raises(InvalidSignature):
            public.verify(key.sign(DIGEST), hashlib.sha256(b"another").digest(), _ECDSA)

    def test_a_key_is_made_once(self, store: KeyStore, reopened: KeyStore) -> None:
        """Asked for again, also by another process, it is the same, and signs as the same."""
        made = store.make("acts-001")
        again, found = reopened.make("acts-001"), reopened.find("acts-001")
        assert found is not None
        assert made.public_key == again.public_key == found.public_key
        public_of(made).verify(found.sign(DIGEST), DIGEST, _ECDSA)

    def test_names_are_keys_of_their_own(self, store: KeyStore) -> None:
        """Another name is another key, and none is found by half its name."""
        one, other = store.make("acts-001"), store.make("acts-002")
        assert one.public_key != other.public_key
        assert store.find("acts-00") is None
        assert store.find("acts") is None

    @pytest.mark.parametrize("length", [0, 20, 31, 33, 64])
    def test_only_sha256_digests_are_signed(self, store: KeyStore, length: int) -> None:
        """Anything of another length is a fault of the caller."""
        with pytest.raises(ValueError, match="digest"):
            store.make("acts-001").sign(bytes(length))

    def test_no_key_shows_its_private_half(self, store: KeyStore) -> None:
        """Neither the key nor the store says more of itself than its class."""
        key = store.make("acts-001")
        shown = f"{key!r} {store!r}"
        assert "PRIVATE" not in shown.upper().replace("_PRIVATE", "")
        assert not hasattr(key, "private_bytes")


class OutsideKeyStoreContract(KeyStoreContract):
    """What a store outside this process promises besides; subclasses take it away and bring it back."""

    @abc.abstractmethod
    def take_away(self) -> None:
        """Make the store unreachable, as when a token is pulled out."""

    @abc.abstractmethod
    def bring_back(self) -> None:
        """Make it reachable again."""

    def test_away_in_the_middle_is_tried_again(self, store: KeyStore) -> None:
        """A key that signed fails in a way that is retried, and signs again once it is back."""
        key = store.make("acts-001")
        key.sign(DIGEST)
        self.take_away()
        for act in (lambda: key.sign(DIGEST), lambda: store.find("acts-001")):
            with pytest.raises(ServiceUnavailable):
                act()
        self.bring_back()
        public_of(key).verify(key.sign(DIGEST), DIGEST, _ECDSA)


def told(error: Exception) -> bool:
    """Say whether an error is one of ours that a store may raise."""
    return isinstance(error, ServiceUnavailable | ServiceRejected | ConfigurationError)
