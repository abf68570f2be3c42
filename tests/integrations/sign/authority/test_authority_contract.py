"""Each authority keeps the contract: of our own making, over keys outside, and a company's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integrations.keys.fake import FakeKeys
from integrations.sign.authority.company import CompanyAuthority
from integrations.sign.authority.local import LocalAuthority
from tests.contracts.authority import AT, AuthorityContract
from tests.integrations.sign.authority.company import Company

if TYPE_CHECKING:
    from pathlib import Path

    from integrations.sign.pades.authority import Authority


class TestLocalAuthority(AuthorityContract):
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return LocalAuthority.open_or_create(tmp_path / "authority", at=AT)


class TestLocalAuthorityOutside(AuthorityContract):
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        keys = FakeKeys()
        return LocalAuthority.open_or_create(tmp_path / "authority", at=AT, store=keys, seal=keys)


class TestCompanyAuthority(AuthorityContract):
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        keys = FakeKeys()
        made: CompanyAuthority = Company(AT).authority(tmp_path / "company", keys, seal=keys)
        return made
