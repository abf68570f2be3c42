"""What every maker of identifiers and secrets keeps to."""

from __future__ import annotations

import abc
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from docgen.ports.ids import Ids


class IdsContract(abc.ABC):
    """One suite for all; subclasses give `ids`."""

    @pytest.fixture
    @abc.abstractmethod
    def ids(self) -> Ids:
        """Give a maker of identifiers."""

    def test_an_id_is_its_prefix_and_26_plain_characters(self, ids: Ids) -> None:
        """Nothing in it needs escaping anywhere, nor looks like another letter."""
        assert re.fullmatch(r"env_[0-9abcdefghjkmnpqrstvwxyz]{26}", ids.new("env"))

    def test_nothing_is_made_twice(self, ids: Ids) -> None:
        """Of two thousand of each kind all differ."""
        assert len({ids.new("x") for _ in range(2000)}) == 2000
        assert len({ids.token() for _ in range(2000)}) == 2000
        assert len({ids.salt() for _ in range(2000)}) == 2000

    def test_a_token_is_url_safe_and_long(self, ids: Ids) -> None:
        """It carries 256 bits and stands in an address as it is."""
        token = ids.token()
        assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
        assert len(token) >= 43

    def test_a_salt_is_128_bits_in_hex(self, ids: Ids) -> None:
        """So that a digest cannot be guessed back."""
        assert re.fullmatch(r"[0-9a-f]{32}", ids.salt())
