"""How an envelope stands for one of its signers; each page says it in words and helps on."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from docgen.domain.signing import Signal

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.domain.ceremony import Ceremony, CeremonySigner


class Standing(StrEnum):
    """Where one signer stands in an envelope."""

    OPEN = "open"  # it is this person's turn
    WAITING = "waiting"  # somebody else signs first
    SIGNED = "signed"  # this person signed, others have not yet
    FULLY_EXECUTED = "fully_executed"  # everybody signed
    DECLINED = "declined"  # this person declined, or asked for paper
    DECLINED_BY_OTHER = "declined_by_other"  # somebody else did
    VOIDED = "voided"  # the sender withdrew it
    EXPIRED = "expired"  # the time for signing ran out
    FAILED = "failed"  # it cannot be finished


_ENDINGS = {
    Signal.FULLY_EXECUTED: Standing.FULLY_EXECUTED,
    Signal.VOIDED: Standing.VOIDED,
    Signal.EXPIRED: Standing.EXPIRED,
}


def standing_of(ceremony: Ceremony, signer: CeremonySigner, now: datetime) -> Standing:
    """Say how the envelope stands for this signer now."""
    if signer.declined_at is not None:
        return Standing.DECLINED
    if ceremony.ended is Signal.DECLINED:
        return Standing.DECLINED_BY_OTHER
    if ceremony.ended is not None:
        return _ENDINGS.get(ceremony.ended, Standing.FAILED)
    if signer.signed_at is not None:
        return Standing.SIGNED
    if now > ceremony.expires_at:
        return Standing.EXPIRED
    turn = any(item.key == signer.key for item in ceremony.turn)
    return Standing.OPEN if turn else Standing.WAITING


def may_enter(standing: Standing, signer: CeremonySigner) -> bool:
    """Say whether a code is of use: to sign, or to come back for copies of what one signed."""
    return standing is Standing.OPEN or signer.signed_at is not None
