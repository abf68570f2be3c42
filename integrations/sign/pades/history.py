"""What is signed in a file so far, and whether those signatures still hold for every byte of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asn1crypto import cms
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from docgen.errors import SignatureInvalid
from integrations.sign.pades.fields import ARCHIVE, OWN_FIELDS, SEAL, SENT, Field, read_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integrations.sign.pades.chain import Roots
    from integrations.sign.pades.revision import Revision


_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The fields of a certified file, and the certificates its time stamps carry."""

    slots: tuple[Field, ...]
    token_certificates: tuple[bytes, ...]


def read_history(pdf: bytes, revision: Revision, roots: Roots) -> History:
    """Read a file that was certified here and is not sealed; every byte must be signed and whole.

    Raises:
        SignatureInvalid: it is not certified, already sealed, changed since the last signature, or
            holds a signature whose certificate is not this authority's.
    """
    fields = read_fields(revision)
    own = {name: fields[name] for name in (SENT, SEAL) if name in fields}
    if SEAL not in own or SENT not in own or not own[SENT].signed or "/Perms" not in revision.root:
        raise SignatureInvalid(
            "The file is not certified as sent; certify it before anybody signs."
        )
    if own[SEAL].signed or ARCHIVE in fields:
        raise SignatureInvalid("The file is sealed against changes; nobody can sign it any more.")
    certificates: dict[bytes, None] = {}
    reached = 0
    for signature in _signatures(revision):
        end, found = _check(pdf, signature, roots)
        reached = max(reached, end)
        certificates |= dict.fromkeys(found)
    if reached != len(pdf):
        raise _changed()
    slots = tuple(field for name, field in fields.items() if name not in OWN_FIELDS)
    return History(slots=slots, token_certificates=tuple(certificates))


def _signatures(revision: Revision) -> Iterator[int]:
    """Tell where in the file each signature's object begins."""
    for _, value, _ in enumerate_sig_fields(revision, filled_status=True):
        place = revision.prev.xrefs[value.reference]
        if not isinstance(place, int):
            raise _changed()
        yield place


def _check(pdf: bytes, place: int, roots: Roots) -> tuple[int, tuple[bytes, ...]]:
    """Check one signature's bytes; give where it ends and its time stamp's certificates."""
    try:
        # Read from the bytes: pyHanko takes 15 ms for the hexadecimal digits of one signature.
        found = _BYTE_RANGE.search(pdf, place, pdf.index(b"endobj", place))
        numbers = [int(number) for number in found.groups()] if found else []
        start, first, gap, second = numbers
        contents = bytes.fromhex(pdf[first + 1 : gap - 1].decode("ascii"))
        signed = cms.ContentInfo.load(contents)["content"]
        (signer,) = signed["signer_infos"]
        certificates = [choice.chosen for choice in signed["certificates"]]
        named = signer["sid"].chosen
        (certificate,) = (
            candidate
            for candidate in certificates
            if candidate.serial_number == named["serial_number"].native
            and candidate.issuer.dump() == named["issuer"].dump()
        )
        digest = hashlib.sha256(pdf[:first] + pdf[gap : gap + second]).digest()
        intact, valid = validate_sig_integrity(signer, certificate, "data", digest)
    except (PdfError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise _changed() from error
    if start != 0 or not intact or not valid or pdf[first : first + 1] != b"<":
        raise _changed()
    if not roots.reach(certificate.dump(), [other.dump() for other in certificates]):
        raise SignatureInvalid(
            "A signature in the file was not made with this authority's certificates; "
            "use the file as it was sent from here."
        )
    return gap + second, _token_certificates(signer)


def _token_certificates(signer: cms.SignerInfo) -> tuple[bytes, ...]:
    return tuple(
        choice.chosen.dump()
        for attribute in signer["unsigned_attrs"]
        if attribute["type"].native == "signature_time_stamp_token"
        for token in attribute["values"]
        for choice in token["content"]["certificates"]
    )


def _changed() -> SignatureInvalid:
    return SignatureInvalid(
        "The file changed after its last signature; use the file as it was stored."
    )
