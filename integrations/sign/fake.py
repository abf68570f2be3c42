"""A signer that writes lines of text behind the file: for tests of everything around signing."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, ClassVar

from docgen.errors import SignatureInvalid
from docgen.ports.signer import StampEvidence, TrustMaterial

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docgen.ports.signer import Act, Ending, SignatureSlot

_MARK = b"\n%fake-signature "


class FakeSigner:
    """Keeps the signer's promises without cryptography; same input, same bytes."""

    key: ClassVar[str] = "fake"

    @property
    def development(self) -> bool:
        """Say yes: nothing here is a signature."""
        return True

    def certify(self, pdf: bytes, slots: Sequence[SignatureSlot], *, at: datetime) -> bytes:
        """Note the slots and the moment."""
        names = [slot.place.slot for slot in slots]
        if not pdf.startswith(b"%PDF-") or _MARK in pdf or len(set(names)) != len(names):
            raise SignatureInvalid("The file cannot be certified; typeset it again.")
        return _append(pdf, {"step": "Sent", "slots": names, "at": at.isoformat()})

    def sign(self, pdf: bytes, act: Act) -> bytes:
        """Note one act."""
        open_slots = _open_slots(pdf)
        if act.slot not in open_slots:
            raise SignatureInvalid("The file has no open place for this signature.")
        noted: dict[str, object] = {
            "step": act.slot,
            "act_id": act.act_id,
            "name": act.name,
            "meaning": act.meaning,
            "at": act.at.isoformat(),
        }
        return _append(pdf, noted)

    def seal(self, pdf: bytes, *, at: datetime) -> bytes:
        """Note the end."""
        if _open_slots(pdf):
            raise SignatureInvalid("A person has not signed yet; seal after the last signature.")
        return _append(pdf, {"step": "Seal", "at": at.isoformat()})

    def trust(self) -> TrustMaterial:
        """Give words in place of certificates."""
        return TrustMaterial(signing_roots=(b"fake root\n",), timestamp_roots=(b"fake root\n",))

    def stamp_evidence(self, *, at: datetime) -> StampEvidence:  # noqa: ARG002  # the port's own
        """Give nothing: there are no certificates."""
        return StampEvidence(certificates=(), lists=())

    def endings(self) -> Sequence[Ending]:
        """Say that nothing ends."""
        return ()

    def rehearse(self) -> None:
        """Do nothing: there are no keys."""


def _append(pdf: bytes, noted: dict[str, object]) -> bytes:
    noted["before"] = hashlib.sha256(pdf).hexdigest()
    return pdf + _MARK + json.dumps(noted, sort_keys=True).encode() + b"\n"


def _open_slots(pdf: bytes) -> set[str]:
    """Read what is noted, every line against the bytes before it; give the unsigned slots."""
    parts = pdf.split(_MARK)
    reached = len(parts[0])
    notes = []
    for part in parts[1:]:
        try:
            note = json.loads(part)
        except ValueError as error:
            raise _changed() from error
        if note["before"] != hashlib.sha256(pdf[:reached]).hexdigest() or not part.endswith(b"}\n"):
            raise _changed()
        reached += len(_MARK) + len(part)
        notes.append(note)
    if not notes or notes[-1]["step"] == "Seal":
        raise SignatureInvalid("The file is not certified yet, or is sealed already.")
    return set(notes[0]["slots"]) - {note["step"] for note in notes[1:]}


def _changed() -> SignatureInvalid:
    return SignatureInvalid("The file changed after its last signature.")
