"""A signer that is opened by whoever first asks it something.

Loading pyHanko takes as long as everything else that a command loads, and most commands sign
nothing. `docgen serve` asks at its start whether the keys are a demonstration's, so no signer
waits for it there.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from docgen.ports.signer import (
        Act,
        Ending,
        SignatureSlot,
        Signer,
        StampEvidence,
        TrustMaterial,
    )


class LatentSigner:
    """The signer port answered by another signer, opened when it is needed."""

    key: ClassVar[str] = "latent"

    def __init__(self, open_signer: Callable[[], Signer]) -> None:
        """Keep how it is opened."""
        self._open = open_signer

    @cached_property
    def _signer(self) -> Signer:
        return self._open()

    @property
    def development(self) -> bool:
        """Ask the signer."""
        return self._signer.development

    def certify(self, pdf: bytes, slots: Sequence[SignatureSlot], *, at: datetime) -> bytes:
        """Have it certified."""
        return self._signer.certify(pdf, slots, at=at)

    def sign(self, pdf: bytes, act: Act) -> bytes:
        """Have it signed."""
        return self._signer.sign(pdf, act)

    def seal(self, pdf: bytes, *, at: datetime) -> bytes:
        """Have it sealed."""
        return self._signer.seal(pdf, at=at)

    def trust(self) -> TrustMaterial:
        """Ask the signer."""
        return self._signer.trust()

    def stamp_evidence(self, *, at: datetime) -> StampEvidence:
        """Ask the signer."""
        return self._signer.stamp_evidence(at=at)

    def endings(self) -> Sequence[Ending]:
        """Ask the signer."""
        return self._signer.endings()

    def rehearse(self) -> None:
        """Have it rehearse."""
        self._signer.rehearse()
