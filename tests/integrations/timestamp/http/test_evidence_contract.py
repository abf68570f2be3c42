"""Published lists, and the development authority, keep the contract of a source of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integrations.sign.authority.local import LocalAuthority
from integrations.timestamp.evidence import PublishedEvidence
from tests.contracts.evidence_source import AT, EvidenceSourceContract
from tests.integrations.timestamp.http.test_published_evidence import (
    chain,
    publishing,
    revocation_list,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integrations.sign.pades.authority import EvidenceSource


class TestPublishedEvidence(EvidenceSourceContract):
    @pytest.fixture
    def source(self) -> Iterator[EvidenceSource]:
        with publishing(200, revocation_list()) as address:
            yield PublishedEvidence(chain(address))


class TestLocalAuthority(EvidenceSourceContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> EvidenceSource:
        return LocalAuthority.open_or_create(tmp_path / "authority", at=AT)
