"""Requests to certify keys that lie outside: each also records its key's public half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from docgen.errors import ConfigurationError
from integrations.sign.authority.certificate import signing_request
from integrations.sign.authority.folder import add_files
from integrations.sign.authority.held import HeldKey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docgen.ports.key_store import KeyStore

_SUFFIX = ".csr"
_TITLES = {"acts": "docgen acts of signing", "seal": "docgen signing service"}


class Requests:
    """The requests in an authority's folder, one for each generation of each kind of key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keys(self, kind: str) -> Mapping[str, EllipticCurvePublicKey]:
        """Give the keys of a kind by name, oldest first.

        Raises:
            ConfigurationError: a request cannot be read, or was changed.
        """
        found = {}
        for path in sorted(self._folder.glob(f"{kind}-*{_SUFFIX}")):
            try:
                request = x509.load_pem_x509_csr(path.read_bytes())
            except (OSError, ValueError) as error:
                raise _damaged(path.name) from error
            public = request.public_key()
            if not request.is_signature_valid or not isinstance(public, EllipticCurvePublicKey):
                raise _damaged(path.name)
            found[path.stem] = public
        return found

    def make(self, store: KeyStore, kind: str, number: int) -> Path:
        """Make a key in its store and the request that goes with it; give the request's file.

        Raises:
            ConfigurationError: the folder cannot be written.
            ServiceUnavailable, ServiceRejected: the store does not make or use the key.
        """
        name = f"{kind}-{number:03d}"
        key = HeldKey(store.make(name))
        path = self.path_of(name)
        if not path.exists():
            request = signing_request(key, f"{_TITLES[kind]} {number}")
            add_files(self._folder, {path.name: request})
        return path

    def path_of(self, name: str) -> Path:
        """Name the file of a request."""
        return self._folder / f"{name}{_SUFFIX}"


def _damaged(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"The request {name} of the signing authority is damaged; restore it from the back-up."
    )
