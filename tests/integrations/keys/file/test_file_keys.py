"""Keys in files keep the contract, and nobody else may read them."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from docgen.errors import ConfigurationError
from integrations.keys.file import FileKeys
from tests.contracts.key_store import KeyStoreContract

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.ports.key_store import KeyStore


class TestFileKeys(KeyStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> KeyStore:
        return FileKeys(tmp_path)

    @pytest.fixture
    def reopened(self, store: KeyStore, tmp_path: Path) -> KeyStore:
        return FileKeys(tmp_path)


def test_a_key_s_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Mode 0600, and the name says which key it is."""
    FileKeys(tmp_path).make("acts-001")
    (path,) = tmp_path.iterdir()
    assert path.name == "acts-001.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_open_to_others_is_refused(tmp_path: Path) -> None:
    """It says which and what to set."""
    FileKeys(tmp_path).make("acts-001")
    (tmp_path / "acts-001.key").chmod(0o640)
    with pytest.raises(ConfigurationError, match=r"acts-001\.key .*0600"):
        FileKeys(tmp_path).find("acts-001")


@pytest.mark.parametrize("damage", ["empty", "junk", "rsa"])
def test_a_damaged_key_is_never_replaced(tmp_path: Path, damage: str) -> None:
    """It is restored, not made anew: signatures name it."""
    rsa_key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path / "acts-001.key"
    path.write_bytes({"empty": b"", "junk": b"junk", "rsa": rsa_key}[damage])
    path.chmod(0o600)
    for act in (FileKeys(tmp_path).find, FileKeys(tmp_path).make):
        with pytest.raises(ConfigurationError, match="back-up"):
            act("acts-001")


def test_a_folder_that_cannot_be_used_is_a_setting_to_correct(tmp_path: Path) -> None:
    """One that is not there, and a file in its place."""
    with pytest.raises(ConfigurationError, match="space and permissions"):
        FileKeys(tmp_path / "none").make("acts-001")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError, match="permissions"):
        FileKeys(tmp_path / "file").find("acts-001")
