"""A press that remembers: most tests begin with the same few documents, made anew for each.

That equal orders give equal bytes is shown by the press's own contract and the tests of rendering,
which make everything themselves.
"""

from __future__ import annotations

import hashlib
import pickle
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.ports.press import Forms, Order, Press

MOST = 48  # documents; one in all its forms takes about half a megabyte


class RememberingPress:
    """Gives what it gave for an equal order before, and has everything else made."""

    key: ClassVar[str] = "remembering"

    def __init__(self, press: Press) -> None:
        self._press = press
        self._made: dict[str, Forms] = {}

    def press(self, orders: Iterable[Order]) -> tuple[Forms, ...]:
        """Have made what is not remembered: all of it, or nothing is."""
        asked = [(_name(order), order) for order in orders]
        new = {name: order for name, order in asked if name not in self._made}
        self._made |= zip(new, self._press.press(list(new.values())), strict=True)
        forms = tuple(self._made[name] for name, _ in asked)
        for name in list(self._made)[:-MOST]:
            del self._made[name]
        return forms


def _name(order: Order) -> str:
    """Digest an order; equal ones may differ in this, and are then made twice."""
    return hashlib.sha256(pickle.dumps(order)).hexdigest()
