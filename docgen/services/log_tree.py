"""The log's tree as the ledger holds it: kept nodes, and behind them what the leaves give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.tiled import WIDTH, GrownNodes, TiledTree
from docgen.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.ports.ledger import History
    from docgen.services.office import Office

LOOKED_AT = 64  # so many nodes over leaves are worked out anew for each checkpoint


def grown_nodes(history: History, size: int) -> GrownNodes:
    """Give the nodes over the first `size` activities; those not kept yet are worked out.

    Raises:
        EvidenceError: activities or nodes are missing.
    """
    return GrownNodes(history.nodes, history.kept_nodes(), size)


def log_tree(office: Office, size: int) -> TiledTree:
    """Give the tree over the first `size` activities, for proofs.

    Raises:
        EvidenceError: activities or nodes are missing.
    """
    return TiledTree(size, grown_nodes(office.ledger.history, size))


def altered_below(history: History, nodes: GrownNodes) -> str:
    """Work some of the kept nodes out anew, others each time; say which no longer follow, or "".

    A small history is gone through whole. Nodes are kept with the checkpoint that first covers
    them, so one that no longer follows stands over leaves that were rewritten since.
    """
    turn = history.count_checkpoints()
    for level, count in history.kept_nodes().items():
        some = min(count, LOOKED_AT if level == 1 else 1)
        for number in sorted((turn * some + step) % count for step in range(some)):
            told = _unlike(nodes, level, number)
            if told:
                return told
    return ""


def altered_nodes(history: History) -> Iterator[str]:
    """Work every kept node out anew; say which no longer follow from those below."""
    kept = history.kept_nodes()
    nodes = GrownNodes(history.nodes, kept, 0)
    for level, count in kept.items():
        for number in range(count):
            told = _unlike(nodes, level, number)
            if told:
                yield told


def _unlike(nodes: GrownNodes, level: int, number: int) -> str:
    wide = WIDTH**level
    try:
        if list(nodes(level, number, number + 1)) == [nodes.follow(level, number)]:
            return ""
    except EvidenceError:
        pass
    return (
        f"The first activity that differs lies between {number * wide} and "
        f"{(number + 1) * wide - 1}."
    )
