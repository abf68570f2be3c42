"""A key store in memory that can be made to fail as a token or a service does."""

from __future__ import annotations

from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from docgen.errors import ServiceUnavailable
from integrations.keys.memory import MemoryKey


class FakeKeys:
    """Keeps keys until the process ends; `away` is a token that was pulled out."""

    key: ClassVar[str] = "fake"

    def __init__(self) -> None:
        self.away = False
        self.signed = 0
        self._keys: dict[str, _FakeKey] = {}

    def find(self, name: str) -> _FakeKey | None:
        """Find a key."""
        self.require_here()
        return self._keys.get(name)

    def make(self, name: str) -> _FakeKey:
        """Make a key, or give the one of this name."""
        self.require_here()
        return self._keys.setdefault(
            name, _FakeKey(self, MemoryKey(generate_private_key(SECP256R1())))
        )

    def require_here(self) -> None:
        """Refuse while it is away."""
        if self.away:
            raise ServiceUnavailable("The key store does not answer now.", service="keys")


class _FakeKey:
    """A key of the fake store."""

    def __init__(self, store: FakeKeys, key: MemoryKey) -> None:
        self._store = store
        self._key = key

    @property
    def public_key(self) -> bytes:
        """Give the public half."""
        return self._key.public_key

    def sign(self, digest: bytes) -> bytes:
        """Sign, unless the store is away."""
        self._store.require_here()
        self._store.signed += 1
        return self._key.sign(digest)
