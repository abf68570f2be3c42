"""Identifiers: from the operating system's randomness, and a counted fake."""

from __future__ import annotations

import hashlib
import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
_LENGTH = 26


class SystemIds:
    """Identifiers and secrets nobody can guess."""

    def new(self, prefix: str) -> str:
        """Make an id of 130 random bits behind a prefix."""
        return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))

    def token(self) -> str:
        """Make a 256-bit token."""
        return secrets.token_urlsafe(32)

    def salt(self) -> str:
        """Make a 128-bit salt."""
        return secrets.token_hex(16)


class CountedIds:
    """Repeatable identifiers for tests."""

    def __init__(self) -> None:
        self._count = 0

    def _next(self) -> bytes:
        self._count += 1
        return hashlib.sha256(str(self._count).encode()).digest()

    def new(self, prefix: str) -> str:
        """Make the next id."""
        return f"{prefix}_" + "".join(_ALPHABET[byte % 32] for byte in self._next()[:_LENGTH])

    def token(self) -> str:
        """Make the next token."""
        return self._next().hex()

    def salt(self) -> str:
        """Make the next salt."""
        return self._next()[:16].hex()
