"""The fake store keeps the contract, so that what is tested with it means something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integrations.keys.fake import FakeKeys
from tests.contracts.key_store import OutsideKeyStoreContract

if TYPE_CHECKING:
    from docgen.ports.key_store import KeyStore


class TestFakeKeys(OutsideKeyStoreContract):
    fake: FakeKeys

    @pytest.fixture
    def store(self) -> KeyStore:
        self.fake = FakeKeys()
        return self.fake

    @pytest.fixture
    def reopened(self, store: KeyStore) -> KeyStore:
        return store

    def take_away(self) -> None:
        self.fake.away = True

    def bring_back(self) -> None:
        self.fake.away = False
