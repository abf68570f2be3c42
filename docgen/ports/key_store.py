"""Where the site's signing keys lie: in files, in a PKCS#11 token, in a key management service."""

from __future__ import annotations

from typing import ClassVar, Protocol


class StoredKey(Protocol):
    """A P-256 key that signs where it lies; its private half cannot be asked for."""

    @property
    def public_key(self) -> bytes:
        """Give the public half, as DER (SubjectPublicKeyInfo)."""
        ...

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest with ECDSA; give the signature as DER.

        Raises:
            ServiceUnavailable: the store does not answer now; ask again later.
            ServiceRejected: the store refuses; asking again will not help.
            ConfigurationError: the store does not accept how we present ourselves.
        """
        ...


class KeyStore(Protocol):
    """Makes keys inside itself and finds them by name, such as `acts-001`."""

    key: ClassVar[str]

    def find(self, name: str) -> StoredKey | None:
        """Find a key, or None where none of this name was made.

        Raises:
            ServiceUnavailable, ServiceRejected, ConfigurationError: as `StoredKey.sign`.
        """
        ...

    def make(self, name: str) -> StoredKey:
        """Make the key of this name inside the store; asked again it gives the same.

        Raises:
            ServiceUnavailable, ServiceRejected, ConfigurationError: as `StoredKey.sign`.
        """
        ...
