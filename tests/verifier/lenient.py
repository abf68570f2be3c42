"""Signers that do everything right but one thing: what the file allows after a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils import generic
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import SigMDPSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp

from integrations.sign.pades import signer as honest
from integrations.sign.pades.fields import add_archive_field, place_fields
from integrations.sign.pades.history import read_history
from integrations.sign.pades.revision import ALGORITHM, appended, open_revision, signed
from integrations.sign.pades.signer import PadesSigner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docgen.ports.signer import SignatureSlot
    from integrations.sign.pades.revision import Revision


class Lenient(PadesSigner):
    """Certifies and locks as told, by a service that holds every key."""

    sent_allows: MDPPerm = MDPPerm.FILL_FORMS
    lock: FieldMDPSpec | None = FieldMDPSpec(FieldMDPAction.ALL)
    field_lock: str = "/All"  # "" leaves the lock out of the field of the seal
    field_allows: int = 1  # 0 leaves the permission out of the field of the seal

    def certify(self, pdf: bytes, slots: Sequence[SignatureSlot], *, at: datetime) -> bytes:
        """Certify, and allow what was told."""
        revision = open_revision(pdf)
        place_fields(revision, slots)
        self._lock_field(revision)
        placed = appended(revision)
        rules = SigMDPSetup(md_algorithm=ALGORITHM, certify=True, docmdp_perms=self.sent_allows)
        placeholder = honest._placeholder(at, "Certified as sent for signature")
        sign = self._signature(self._service(placed), at)
        return signed(open_revision(placed), "Sent", placeholder, sign, rules=rules)

    def _lock_field(self, revision: Revision) -> None:
        ((_, _, widget),) = enumerate_sig_fields(revision, with_name="Seal")
        field: Any = widget.get_object()
        if not self.field_lock:
            del field["/Lock"]
            return
        lock = field["/Lock"].get_object()
        number: Any = generic.NumberObject  # pyHanko leaves its constructor untyped
        lock["/P"] = number(self.field_allows)
        if not self.field_allows:
            del lock["/P"]
        lock["/Action"] = generic.NameObject(self.field_lock)
        if self.field_lock != "/All":
            lock["/Fields"] = generic.ArrayObject([generic.TextStringObject("pso_signature")])

    def meddle(self, revision: Revision) -> None:
        """Change what is sealed; nothing, unless told."""

    def seal(self, pdf: bytes, *, at: datetime) -> bytes:
        """Seal, and lock what was told."""
        revision = open_revision(pdf)
        history = read_history(pdf, revision, self._roots)
        self.meddle(revision)
        rules = SigMDPSetup(
            md_algorithm=ALGORITHM, field_lock=self.lock, docmdp_perms=MDPPerm.NO_CHANGES
        )
        placeholder = honest._placeholder(at, "Sealed against changes")
        sign = self._signature(self._service(pdf), at)
        sealed = open_revision(signed(revision, "Seal", placeholder, sign, rules=rules))
        self._add_evidence(sealed, history.token_certificates, at)
        add_archive_field(sealed)
        archive: Any = DocumentTimestamp
        return signed(
            sealed,
            "Archive",
            archive(bytes_reserved=honest.RESERVED),
            lambda digest: self._stamps.stamp(digest).der,
        )


def lenient(**changes: Any) -> type[Lenient]:
    """Make a signer that is lenient in this and in nothing else."""
    return type("LenientSigner", (Lenient,), changes)
