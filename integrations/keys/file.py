"""Keys in files that only their owner reads: parsed once, used in this process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_key

from docgen.errors import ConfigurationError
from integrations.keys.memory import MemoryKey
from integrations.system.durable import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

KEY_SUFFIX = ".key"
_OTHERS = 0o077


class FileKeys:
    """Keeps each key as PEM in a file of mode 0600."""

    key: ClassVar[str] = "file"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, name: str) -> MemoryKey | None:
        """Read a key.

        Raises:
            ConfigurationError: its file cannot be read, is damaged, or is open to others.
        """
        path = self._folder / f"{name}{KEY_SUFFIX}"
        try:
            if path.stat().st_mode & _OTHERS:
                raise ConfigurationError(
                    f"The key {path.name} may be read by others; give it mode 0600."
                )
            pem = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigurationError(
                f"The key {path.name} cannot be read; check its permissions."
            ) from error
        try:
            found = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise _damaged(path.name) from error
        if not isinstance(found, EllipticCurvePrivateKey):
            raise _damaged(path.name)
        return MemoryKey(found)

    def make(self, name: str) -> MemoryKey:
        """Make a key and keep it; durable before it is given out.

        Raises:
            ConfigurationError: the folder cannot be written.
        """
        found = self.find(name)
        if found is not None:
            return found
        made = new_key(SECP256R1())
        pem = made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = self._folder / f"{name}{KEY_SUFFIX}"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            sync_folder(self._folder)
        except OSError as error:
            raise ConfigurationError(
                "The folder of the keys cannot be written; check space and permissions, and that "
                "nobody else is adding a key."
            ) from error
        return MemoryKey(made)


def _damaged(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"The key {name} is damaged; restore it from the back-up of the keys. A new one would not "
        "be the one that earlier signatures name."
    )
