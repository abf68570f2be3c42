"""Callbacks to other systems: where addresses and dispatches are kept, and what sends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.webhook import Dispatch, Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver said: the status, and at most the first KiB of the body."""

    status: int
    body: bytes = b""


class WebhookSender(Protocol):
    """Posts to addresses that others chose, and so reaches nothing of our own network."""

    key: ClassVar[str]

    def check(self, url: str) -> None:
        """Refuse an address that could never be posted to; no name is resolved.

        Raises:
            InputError: it is not https with a host, or holds a name and password.
        """
        ...

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post once and give whatever status came; redirects are not followed.

        Raises:
            ServiceRejected: the address may not be reached: not https, or not a public one.
            ServiceUnavailable: no whole answer came in time.
        """
        ...


class Webhooks(Protocol):
    """Addresses that are told, and what they were told."""

    def add(self, endpoint: Endpoint) -> None:
        """Store a new address."""
        ...

    def get(self, endpoint_id: str) -> Endpoint:
        """Read an address, or raise `NotFound`."""
        ...

    def locked(self, endpoint_id: str) -> Endpoint:
        """Read an address and hold it until the transaction ends, or raise `NotFound`."""
        ...

    def save(self, endpoint: Endpoint) -> None:
        """Write back an address read with `locked`."""
        ...

    def list(self) -> Sequence[Endpoint]:
        """List every address, first registered first."""
        ...

    def switched_on(self) -> Sequence[Endpoint]:
        """List the addresses that are switched on."""
        ...

    def add_dispatch(self, dispatch: Dispatch) -> None:
        """Store a new dispatch."""
        ...

    def dispatch(self, dispatch_id: str) -> Dispatch:
        """Read a dispatch, or raise `NotFound`."""
        ...

    def locked_dispatch(self, dispatch_id: str) -> Dispatch:
        """Read a dispatch and hold it until the transaction ends, or raise `NotFound`."""
        ...

    def save_dispatch(self, dispatch: Dispatch) -> None:
        """Write back a dispatch read with `locked_dispatch`."""
        ...

    def dispatches(self, endpoint_id: str, *, skip: int, limit: int) -> Sequence[Dispatch]:
        """List what an address was told, newest first."""
        ...

    def count(self, endpoint_id: str) -> int:
        """Count what an address was told."""
        ...
