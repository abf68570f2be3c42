"""What leaves and what comes in, as the ledger keeps it: the outbox and the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Work that must happen after its transaction committed, at least once (the outbox).

    `key` is unique: asking for the same errand twice asks once.
    """

    key: str
    kind: str
    payload: Mapping[str, object]
    due_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One believed callback as it came in (the inbox)."""

    service: str
    delivery_id: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class Errands(Protocol):
    """The outbox."""

    @property
    def shared(self) -> bool:
        """True where other processes stand ready to carry out what is due."""
        ...

    @property
    def at_once(self) -> int:
        """How many to take at once, so that no process keeps others waiting for what it took."""
        ...

    def add(self, errand: Errand, *, wake: bool = False) -> None:
        """Ask for an errand once; a known key changes nothing.

        With `wake`, a worker that waits is told when the transaction commits, where there are any.
        """
        ...

    def take(
        self, now: datetime, *, kinds: frozenset[str], limit: int, lease_s: int
    ) -> Sequence[Errand]:
        """Take due errands of these kinds and push their due time out by the lease.

        Nobody else takes an errand while its lease runs.
        """
        ...

    def take_one(self, key: str, now: datetime, *, lease_s: int) -> Errand | None:
        """Take one errand by key if it is due."""
        ...

    def carrying(self, errand: Errand) -> AbstractContextManager[bool]:
        """Hold an errand that was taken, while it is carried out.

        Gives False where another process carries it out, or has done so: then leave it alone.
        """
        ...

    def tidy(self) -> None:
        """Forget what nobody waits for any more."""
        ...

    def done(self, key: str) -> None:
        """Mark an errand as carried out; its key stays known."""
        ...

    def again(self, key: str, due_at: datetime) -> None:
        """Put an errand back for later."""
        ...

    def waiting(self, key: str) -> Errand | None:
        """Give one errand by key while it is not carried out."""
        ...

    def open(self) -> Sequence[Errand]:
        """List errands not yet carried out."""
        ...


class Deliveries(Protocol):
    """The inbox."""

    def add(self, delivery: Delivery) -> bool:
        """Store a callback; False when this delivery is already known."""
        ...

    def of_family(self, service: str, family: str) -> int:
        """Count the callbacks whose ids, in hexadecimal digits, begin so."""
        ...

    def pending(self, limit: int) -> Sequence[Delivery]:
        """List callbacks not yet acted on, oldest first."""
        ...

    def settle(self, service: str, delivery_id: str, packet_id: str) -> None:
        """Mark a callback as acted on, for this packet ("" for none)."""
        ...

    def of(self, packet_id: str) -> Sequence[Delivery]:
        """List the callbacks that concerned a packet."""
        ...

    def forget(self, packet_id: str) -> int:
        """Empty the callbacks that concerned a packet, and give how many there are.

        That they came, when, and under which id stays known.
        """
        ...
