"""Seal a document as a vendor does: write it anew with what people filled in, then sign it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_FROM, _YEARS = datetime(2026, 1, 1, tzinfo=UTC), 3650
_SIZE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One line written onto a page: its lower left corner, from the page's upper left."""

    page: int
    x: float
    y: float
    text: str


def seal(pdf: bytes, lines: Sequence[Written], vendor: str) -> bytes:
    """Write the lines, then sign the file with the simulated vendor's certificate."""
    return _signed(write(pdf, lines), vendor)


def write(pdf: bytes, lines: Sequence[Written]) -> bytes:
    """Write lines onto pages; the file is made anew, as most vendors do."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    reference = writer._add_object(font)  # noqa: SLF001  # pypdf has no other way to add a font
    for number, page in enumerate(writer.pages, start=1):
        mine = [item for item in lines if item.page == number]
        if mine:
            _write_page(writer, page, reference, mine)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def joined(pdfs: Sequence[bytes]) -> bytes:
    """Join files into one, as vendors do that hand over a single document."""
    writer = PdfWriter()
    for pdf in pdfs:
        writer.append(PdfReader(io.BytesIO(pdf)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def report(title: str, lines: Sequence[str], vendor: str) -> bytes:
    """Make a page as `page_of` does, and sign it."""
    return seal(page_of(title, lines), [], vendor)


def page_of(title: str, lines: Sequence[str]) -> bytes:
    """Make a plain page with lines, such as a certificate of completion."""
    writer = PdfWriter()
    writer.add_blank_page(612, 792)
    out = io.BytesIO()
    writer.write(out)
    rows = [title, "", *lines]
    written = [Written(page=1, x=72, y=90 + 14 * row, text=text) for row, text in enumerate(rows)]
    return write(out.getvalue(), written)


def root_pem(vendor: str) -> bytes:
    """Give the root certificate under which a simulated vendor seals."""
    return _authority(vendor)[0].public_bytes(serialization.Encoding.PEM)


def _write_page(writer: PdfWriter, page: Any, font: Any, lines: Sequence[Written]) -> None:
    resources = page.setdefault(NameObject("/Resources"), DictionaryObject()).get_object()
    fonts = resources.setdefault(NameObject("/Font"), DictionaryObject()).get_object()
    fonts[NameObject("/SimHelv")] = font
    height = float(page.mediabox.height)
    parts = [
        b"BT /SimHelv %d Tf %.2f %.2f Td (%s) Tj ET"
        % (_SIZE, item.x, height - item.y, _escaped(item.text))
        for item in lines
    ]
    stream = DecodedStreamObject()
    stream.set_data(b"\nq\n" + b"\n".join(parts) + b"\nQ\n")
    old = page.get("/Contents")
    old = old.get_object() if old is not None else ArrayObject()
    before = list(old) if isinstance(old, ArrayObject) else [page["/Contents"].indirect_reference]
    page[NameObject("/Contents")] = ArrayObject(
        [*before, writer._add_object(stream)]  # noqa: SLF001  # as above
    )


def _escaped(text: str) -> bytes:
    data = text.encode("cp1252", "replace")
    return data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _signed(pdf: bytes, vendor: str) -> bytes:
    from asn1crypto import keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    root, leaf, key = _authority(vendor)
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # no types there
    store.register(asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER)))
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(leaf.public_bytes(serialization.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        cert_registry=store,
    )
    out = io.BytesIO()
    signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False),
        signers.PdfSignatureMetadata(field_name="VendorSeal"),
        signer=signer,
        output=out,
    )
    return out.getvalue()


@cache
def _authority(
    vendor: str,
) -> tuple[x509.Certificate, x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Make a vendor's root and sealing certificate, once per process."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
        for text in (f"Simulated {vendor} root, not for production", f"Simulated {vendor} seal")
    )
    root = _certificate(root_name, root_name, root_key, root_key, ca=True)
    return root, _certificate(name, root_name, key, root_key, ca=False), key


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_FROM + timedelta(days=_YEARS))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
