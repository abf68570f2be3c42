"""The key store port answered by AWS KMS."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from integrations.keys.kms.client import KmsClient
from integrations.keys.kms.wire import parse_place

if TYPE_CHECKING:
    from integrations.keys.kms.wire import KmsPlace

_DIGEST = 32
_NO_DIGEST = "A SHA-256 digest has 32 bytes."


class KmsKeys:
    """Keeps P-256 keys in KMS under aliases such as `alias/docgen-acts-001`."""

    key: ClassVar[str] = "kms"

    def __init__(self, place: KmsPlace, client: KmsClient) -> None:
        self._prefix = place.prefix
        self._client = client

    @classmethod
    def at(cls, reference: str, *, pin: str = "") -> KmsKeys:  # noqa: ARG003  # every store is told
        """Take `kms:REGION/PREFIX`; credentials come the way every AWS program gets them.

        Raises:
            ConfigurationError: it names no place in KMS.
        """
        place = parse_place(reference)
        return cls(place, KmsClient.connect(place))

    def find(self, name: str) -> KmsKey | None:
        """Find a key by its alias."""
        answer = self._client.find(self._alias(name))
        # From here on the key itself is named: an alias can be made to point elsewhere.
        return None if answer is None else KmsKey(self._client, *answer)

    def make(self, name: str) -> KmsKey:
        """Make a key in KMS, which never gives one out, and name it.

        Ended between the two, a key without a name is left behind, which signs nothing.
        """
        found = self.find(name)
        if found is not None:
            return found
        # By the key's own name: an alias made just now may not be known everywhere yet.
        return KmsKey(self._client, *self._client.create(self._alias(name)))

    def _alias(self, name: str) -> str:
        return f"alias/{self._prefix}-{name}"


class KmsKey:
    """A key in KMS."""

    def __init__(self, client: KmsClient, arn: str, public: bytes) -> None:
        self._client = client
        self._arn = arn
        self._public = public

    @property
    def public_key(self) -> bytes:
        """Give the public half."""
        return self._public

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest; only the digest leaves this machine."""
        if len(digest) != _DIGEST:
            raise ValueError(_NO_DIGEST)
        return self._client.sign(self._arn, digest)
