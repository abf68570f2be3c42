"""The signer port answered with PAdES: every step appends one signature and its time stamp."""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import TYPE_CHECKING, Any, ClassVar

from asn1crypto import crl as asn1_crl
from asn1crypto import x509
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import SigMDPSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, SignatureObject
from pyhanko.sign.signers.pdf_signer import _ensure_esic_ext
from pyhanko.sign.validation.dss import DocumentSecurityStore

from docgen.errors import SignatureInvalid
from docgen.ports.signer import StampEvidence, TrustMaterial
from integrations.sign.pades.appearance import draw
from integrations.sign.pades.authority import Holder
from integrations.sign.pades.baseline import sign_baseline
from integrations.sign.pades.chain import Roots
from integrations.sign.pades.fields import (
    ARCHIVE,
    LOCK,
    SEAL,
    SENT,
    add_archive_field,
    place_fields,
)
from integrations.sign.pades.history import read_history
from integrations.sign.pades.panel import Panel
from integrations.sign.pades.revision import ALGORITHM, appended, open_revision, signed
from integrations.sign.pades.stamping import Stamps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from docgen.ports.signer import Act, Ending, SignatureSlot
    from docgen.ports.timestamper import TimeStamper
    from integrations.sign.pades.authority import Authority, Credential, EvidenceSource
    from integrations.sign.pades.revision import Revision

# Hexadecimal digits: 12 KiB of CMS, enough for a foreign time stamp with a chain of RSA-4096.
RESERVED = 2 * 12 * 1024
_SERVICE = "docgen signing service"


class PadesSigner:
    """Signs PDFs to PAdES B-LTA with certificates made for one act each."""

    key: ClassVar[str] = "pades"

    def __init__(
        self,
        authority: Authority,
        stamper: TimeStamper,
        fonts: Path,
        *,
        stamp_evidence: EvidenceSource | None = None,
    ) -> None:
        """Take the authority, the time stamper and the folder of the shipped fonts.

        `stamp_evidence` speaks for the time stamper's certificates where the authority does not.
        """
        self._authority = authority
        self._sources = (authority, stamp_evidence or authority)
        self._roots = Roots(authority.roots)
        self._stamps = Stamps(stamper, Roots(self._sources[1].roots))
        self._panel = Panel(fonts)

    @property
    def development(self) -> bool:
        """Say what the authority says."""
        return self._authority.development

    def certify(self, pdf: bytes, slots: Sequence[SignatureSlot], *, at: datetime) -> bytes:
        """Place every field in one revision, then certify: signing and nothing else is allowed."""
        revision = open_revision(pdf)
        place_fields(revision, slots)
        _ensure_esic_ext(revision)
        placed = appended(revision)
        placeholder = _placeholder(at, "Certified as sent for signature")
        rules = SigMDPSetup(md_algorithm=ALGORITHM, certify=True, docmdp_perms=MDPPerm.FILL_FORMS)
        sign = self._own_signature(placed, at)
        return signed(open_revision(placed), SENT, placeholder, sign, rules=rules)

    def sign(self, pdf: bytes, act: Act) -> bytes:
        """Add one person's signature with a key made, certified and forgotten for this act."""
        revision = open_revision(pdf)
        history = read_history(pdf, revision, self._roots)
        slot = next((field for field in history.slots if field.name == act.slot), None)
        if slot is None:
            raise SignatureInvalid("The file has no place for this signature; send it anew.")
        if slot.signed:
            raise SignatureInvalid("This place is already signed; a signature is never replaced.")
        holder = Holder(
            name=act.name,
            organization=act.organization,
            act_id=act.act_id,
            email=act.email,
            title=act.title,
        )
        placeholder = _placeholder(act.at, act.meaning, name=act.name)
        sheet = self._panel.lay_out(act, slot.width, slot.height, development=self.development)
        sign = self._signature(holder, act.at)
        appearance = draw(revision, sheet, act.drawn)
        return signed(revision, act.slot, placeholder, sign, appearance=appearance)

    def seal(self, pdf: bytes, *, at: datetime) -> bytes:
        """Sign last, lock, and add what a verifier needs offline, under an archive time stamp."""
        revision = open_revision(pdf)
        history = read_history(pdf, revision, self._roots)
        if not all(field.signed for field in history.slots):
            raise SignatureInvalid("A person has not signed yet; seal after the last signature.")
        rules = SigMDPSetup(
            md_algorithm=ALGORITHM, field_lock=LOCK, docmdp_perms=MDPPerm.NO_CHANGES
        )
        placeholder = _placeholder(at, "Sealed against changes")
        sign = self._own_signature(pdf, at)
        sealed = open_revision(signed(revision, SEAL, placeholder, sign, rules=rules))
        self._add_evidence(sealed, history.token_certificates, at)
        add_archive_field(sealed)
        make: Any = DocumentTimestamp  # pyHanko types its constructor no further
        archive = make(bytes_reserved=RESERVED)
        return signed(sealed, ARCHIVE, archive, lambda digest: self._stamps.stamp(digest).der)

    def trust(self) -> TrustMaterial:
        """Give the roots."""
        signing, stamping = self._sources
        return TrustMaterial(signing_roots=signing.roots, timestamp_roots=stamping.roots)

    def stamp_evidence(self, *, at: datetime) -> StampEvidence:
        """Ask whoever speaks for time stamps."""
        found = self._sources[1].evidence(at=at)
        return StampEvidence(certificates=found.certificates, lists=found.crls)

    def endings(self) -> Sequence[Ending]:
        """Ask whoever speaks for signatures and for time stamps."""
        found = (ending for source in dict.fromkeys(self._sources) for ending in source.endings)
        return tuple(found)

    def rehearse(self) -> None:
        """Let the authority try its keys."""
        self._authority.rehearse()

    def _service(self, pdf: bytes) -> Holder:
        """Name this service for one step, by the bytes the step begins with."""
        step = hashlib.sha256(pdf).hexdigest()[:32]
        return Holder(name=_SERVICE, organization=_SERVICE, act_id=step)

    def _signature(self, holder: Holder, at: datetime) -> Callable[[bytes], bytes]:
        return self._signing(self._authority.issue(holder, at=at))

    def _own_signature(self, pdf: bytes, at: datetime) -> Callable[[bytes], bytes]:
        return self._signing(self._authority.own(self._service(pdf), at=at))

    def _signing(self, credential: Credential) -> Callable[[bytes], bytes]:
        return lambda digest: sign_baseline(digest, credential, self._stamps)

    def _add_evidence(self, revision: Revision, found: Iterable[bytes], at: datetime) -> None:
        """Put certificates and fresh revocation lists into the document security store."""
        signing, stamping = self._sources
        gathered = [signing.evidence(at=at)]
        if stamping is not signing:
            gathered.append(stamping.evidence(at=at))
        certificates = dict.fromkeys(
            [*(der for part in gathered for der in part.certificates), *found]
        )
        lists = dict.fromkeys(der for part in gathered for der in part.crls)
        DocumentSecurityStore.supply_dss_in_writer(
            revision,
            None,
            certs=[x509.Certificate.load(der) for der in certificates],
            crls=[asn1_crl.CertificateList.load(der) for der in lists],
        )


def _placeholder(at: datetime, reason: str, *, name: str | None = None) -> SignatureObject:
    return SignatureObject(
        timestamp=at.astimezone(UTC).replace(microsecond=0),
        subfilter=SigSeedSubFilter.PADES,
        name=name,
        reason=reason,
        bytes_reserved=RESERVED,
    )
