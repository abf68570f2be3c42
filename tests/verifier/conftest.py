"""Bundles whose PDF files are plain text, made once a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.verifier.handling import anchor_of, unpack
from tests.verifier.making import Made, make
from tests.verifier.plain import PDFS, plain_kit

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def plain() -> Made:
    """Give an electronic packet of two documents."""
    return make(plain_kit(), PDFS)


@pytest.fixture(scope="session")
def paper() -> Made:
    """Give a packet signed on paper."""
    return make(plain_kit(), PDFS, on_paper=frozenset(PDFS))


@pytest.fixture(scope="session")
def mixed() -> Made:
    """Give a packet of which one document was signed on paper."""
    return make(plain_kit(), PDFS, on_paper=frozenset({"baa"}))


@pytest.fixture(scope="session")
def anchor(plain: Made, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the issuer's anchor."""
    folder: Path = tmp_path_factory.mktemp("anchor")
    return anchor_of(plain.anchor, folder)


@pytest.fixture
def files(plain: Made) -> dict[str, bytes]:
    """Give the plain bundle's files, to be changed freely."""
    return unpack(plain.data)
