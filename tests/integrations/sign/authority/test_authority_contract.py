"""The development authority keeps the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integrations.sign.authority.local import LocalAuthority
from tests.contracts.authority import AT, AuthorityContract

if TYPE_CHECKING:
    from pathlib import Path

    from integrations.sign.pades.authority import Authority


class TestLocalAuthority(AuthorityContract):
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return LocalAuthority.open_or_create(tmp_path / "authority", at=AT)
