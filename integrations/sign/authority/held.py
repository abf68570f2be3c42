"""A stored key as the certificate builders and signatures use it: every answer is checked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from docgen.errors import ConfigurationError, ServiceRejected

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from docgen.ports.key_store import KeyStore, StoredKey

_PREHASHED = ec.ECDSA(Prehashed(hashes.SHA256()))


class HeldKey(ec.EllipticCurvePrivateKey):
    """Stands for a private key that lies elsewhere; `cryptography` signs certificates with it.

    A signature that does not hold, from a store that is broken or answers with another key, is
    never put under anything.
    """

    def __init__(self, stored: StoredKey) -> None:
        """Take a stored key.

        Raises:
            ServiceRejected: it is no key on P-256.
        """
        try:
            public = load_der_public_key(stored.public_key)
        except ValueError as error:
            raise _wrong() from error
        if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(
            public.curve, ec.SECP256R1
        ):
            raise _wrong()
        self._stored = stored
        self._public = public

    def public_key(self) -> EllipticCurvePublicKey:
        """Give the public half."""
        return self._public

    @property
    def curve(self) -> ec.EllipticCurve:
        """Name the curve."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """Give the curve's size."""
        return self._public.curve.key_size

    def sign(
        self,
        data: bytes,  # type: ignore[override]  # callers are our own and pass bytes
        signature_algorithm: ec.EllipticCurveSignatureAlgorithm,
    ) -> bytes:
        """Sign with ECDSA over SHA-256, the only way these keys are used."""
        if not isinstance(signature_algorithm.algorithm, hashes.SHA256):
            raise TypeError
        digest = hashlib.sha256(data).digest()
        signature = self._stored.sign(digest)
        try:
            self._public.verify(signature, digest, _PREHASHED)
        except InvalidSignature as error:
            raise _wrong() from error
        return signature

    def exchange(self, *_: object) -> NoReturn:
        """Refuse: these keys sign and do nothing else."""
        raise TypeError

    def private_numbers(self) -> NoReturn:
        """Refuse: nobody can take the key out."""
        raise TypeError

    def private_bytes(self, *_: object) -> NoReturn:
        """Refuse: nobody can take the key out."""
        raise TypeError

    def __copy__(self) -> HeldKey:
        return self

    def __deepcopy__(self, memo: object) -> HeldKey:
        return self


def _wrong() -> ServiceRejected:
    return ServiceRejected(
        "The key store answered with something that is no signature of its key; nothing was "
        "signed. Check which store [signing] names.",
        service="keys",
    )


class LatentKey:
    """A key looked for in its store when it first signs, so that nothing waits for a token before.

    That the store then has the right key is seen from its signature, which `HeldKey` checks.
    """

    def __init__(self, store: KeyStore, name: str, public: EllipticCurvePublicKey) -> None:
        self._store = store
        self._name = name
        self._public = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._found: StoredKey | None = None

    @property
    def public_key(self) -> bytes:
        """Give the public half that its certificate states."""
        return self._public

    def sign(self, digest: bytes) -> bytes:
        """Find the key and sign.

        Raises:
            ConfigurationError: the store has no key of this name, or another.
        """
        found = self._found or self._store.find(self._name)
        if found is None or found.public_key != self._public:
            raise ConfigurationError(
                f"The key {self._name} is not in the place that [signing] names, or is another one "
                "there; correct the setting, or restore the token from its back-up."
            )
        self._found = found
        return found.sign(digest)


def latent(store: KeyStore | None, name: str, public: object) -> HeldKey:
    """Give a key outside, without asking its store yet.

    Raises:
        TypeError: there is no store, or it is no key on an elliptic curve.
    """
    if store is None or not isinstance(public, ec.EllipticCurvePublicKey):
        raise TypeError
    return HeldKey(LatentKey(store, name, public))
