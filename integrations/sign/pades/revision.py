"""One more revision of a PDF: only appended, repeatable, and silent about its own making."""

from __future__ import annotations

import hashlib
from io import SEEK_END, BytesIO
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup

from docgen.errors import SignatureInvalid
from integrations.sign.pades.objects import dictionary

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.signers.cms_embedder import SigMDPSetup
    from pyhanko.sign.signers.pdf_byterange import PdfSignedData

    from integrations.sign.pades.objects import Pdf

ALGORITHM = "sha256"


class Revision(IncrementalPdfFileWriter):
    """Appends to a PDF without the machine's clock or randomness getting in."""

    def _update_meta(self) -> None:
        """Leave the metadata alone.

        pyHanko would write today's date and rewrite the XMP, which breaks the extension schemas
        that PDF/A asks for.
        """

    def write_in_place(self) -> None:
        """Append on a line of its own: not every maker ends a file with one (PDF/A wants it)."""
        stream: BytesIO = self.prev.stream
        stream.seek(-1, SEEK_END)
        if stream.read(1) not in {b"\n", b"\r"}:
            stream.write(b"\n")
        write: Pdf = super().write_in_place
        write()

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        """Keep the first half of the id and derive the second from the bytes before."""
        prev.stream.seek(0)
        second = hashlib.sha256(prev.stream.read()).digest()[:16]
        try:
            first = prev.trailer["/ID"][0]
            first = getattr(first, "original_bytes", first)
        except (KeyError, IndexError):
            first = second
        return generic.ArrayObject(
            [generic.ByteStringObject(first), generic.ByteStringObject(second)]
        )


def open_revision(pdf: bytes) -> Revision:
    """Begin a revision on a copy of these bytes.

    Raises:
        SignatureInvalid: the bytes are no PDF that can be appended to.
    """
    try:
        revision = Revision(BytesIO(pdf))
        readable = "/Pages" in revision.root and not revision.prev.encrypted
        readable = readable and not revision.prev.xrefs.hybrid_xrefs_present
    except (PdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable() from error
    if not readable:
        raise _unreadable()
    return revision


def appended(revision: Revision) -> bytes:
    """Write the revision behind the bytes it began with."""
    revision.write_in_place()
    return _bytes_of(revision)


def signed(
    revision: Revision,
    field: str,
    placeholder: PdfSignedData,
    sign: Callable[[bytes], bytes],
    *,
    rules: SigMDPSetup | None = None,
    appearance: Pdf | None = None,
) -> bytes:
    """Fill a signature field, write the revision, and put in what `sign` gives for its digest."""
    steps: Any = PdfCMSEmbedder().write_cms(field, revision, existing_fields_only=True)
    widget = next(steps).get_object()
    if appearance is not None:
        widget["/AP"] = dictionary(N=appearance)
    steps.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=rules))
    prepared, _ = steps.send(SigIOSetup(md_algorithm=ALGORITHM, in_place=True))
    try:
        steps.send(sign(prepared.document_digest))
    except ValueError as error:
        raise SignatureInvalid(
            "The signature with its time stamp is larger than the place reserved for it; "
            "choose a time stamping authority with shorter answers."
        ) from error
    return _bytes_of(revision)


def _bytes_of(revision: Revision) -> bytes:
    stream: BytesIO = revision.prev.stream
    return stream.getvalue()


def _unreadable() -> SignatureInvalid:
    return SignatureInvalid(
        "The file is no PDF that can be signed; make it again, without encryption."
    )
