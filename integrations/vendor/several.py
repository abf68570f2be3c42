"""Reading several envelopes at a service that can only be asked about one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from docgen.domain.signing import EnvelopeSnapshot


def one_by_one(
    fetch: Callable[[str], EnvelopeSnapshot], envelope_ids: Iterable[str]
) -> dict[str, EnvelopeSnapshot]:
    """Read each by itself, and leave out what the service does not know."""
    found = {}
    for envelope_id in envelope_ids:
        try:
            found[envelope_id] = fetch(envelope_id)
        except NotFound:
            continue
    return found
