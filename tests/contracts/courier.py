"""What every courier keeps to: whatever is not delivered is either final or tried again."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

import pytest

from docgen.errors import ServiceRejected, ServiceUnavailable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from docgen.ports.courier import Courier


class CourierContract(abc.ABC):
    """One suite for all; subclasses give `courier`, `receiver` and `nobody`."""

    @pytest.fixture
    @abc.abstractmethod
    def courier(self) -> Courier:
        """Give a courier."""

    @abc.abstractmethod
    def receiver(self, status: int) -> AbstractContextManager[tuple[str, list[bytes]]]:
        """Answer with this status; give the address and the bodies received."""

    @abc.abstractmethod
    def nobody(self) -> str:
        """Give an address where nobody answers."""

    def test_what_is_taken_is_delivered_once(self, courier: Courier) -> None:
        """The bytes arrive as they are."""
        with self.receiver(200) as (url, bodies):
            courier.post(url, {"webhook-id": "d1"}, b"\x00{}\xff")
        assert bodies == [b"\x00{}\xff"]

    @pytest.mark.parametrize("status", [307, 400, 401, 410])
    def test_a_refusal_is_final(self, courier: Courier, status: int) -> None:
        """A redirect is a refusal too, and is not followed."""
        with self.receiver(status) as (url, bodies):
            with pytest.raises(ServiceRejected):
                courier.post(url, {}, b"{}")
            assert len(bodies) == 1

    @pytest.mark.parametrize("status", [500, 503])
    def test_a_failure_is_tried_again(self, courier: Courier, status: int) -> None:
        """The receiver may be well again later."""
        with self.receiver(status) as (url, _), pytest.raises(ServiceUnavailable):
            courier.post(url, {}, b"{}")

    def test_nobody_there_is_tried_again(self, courier: Courier) -> None:
        """The receiver may be back later."""
        with pytest.raises(ServiceUnavailable):
            courier.post(self.nobody(), {}, b"{}")
