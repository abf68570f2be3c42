"""The signatures in the PDF files, judged as a whole list: attacks, years, controls."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers

from docgen.domain.canonical import canonical_json
from tests.verifier.handling import LATER, anchor_of, failed, load_verifier, pack, relist, unpack
from tests.verifier.making import VERIFIER, Kit, Made, make
from tests.verifier.signing import real_kit, real_pdfs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIGNED = "documents/psa/signed.pdf"


@dataclass(frozen=True, repr=False)
class Real:
    """A really signed bundle, its kit, its anchor and a stranger's bundle made in the same way."""

    kit: Kit
    made: Made
    anchor: Any
    thief: Kit
    foreign: Made


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Real:
    """Make the bundles once."""
    folder = tmp_path_factory.mktemp("real")
    kit = real_kit(folder)
    made = make(kit, real_pdfs())
    thief = real_kit(folder, "stranger")
    foreign = make(thief, real_pdfs())
    return Real(kit, made, anchor_of(made.anchor, folder), thief, foreign)


def _pdf_failures(real: Real, signed: bytes, at: datetime = LATER) -> set[str]:
    """Put another signed file in place, list it, and give the failing checks of signatures."""
    files = unpack(real.made.data)
    documents = json.loads(files["bundle.json"])["documents"]
    data = pack(relist({**files, SIGNED: signed}, documents=documents))
    return {item for item in failed(data, real.anchor, at, pdf=True) if item.startswith("pdf.")}


@pytest.fixture
def signed(real: Real) -> bytes:
    """Give the genuine signed file."""
    return unpack(real.made.data)[SIGNED]


def test_the_genuine_bundle_holds(real: Real, signed: bytes) -> None:
    """The control: with real signatures everything holds, code 0."""
    verifier = load_verifier()
    case, findings = verifier.examine_all(real.made.data, LATER, real.anchor)
    assert [item for item in findings if item.result != "ok"] == []
    code, words = verifier.conclude(case, findings)
    assert code == verifier.HOLDS
    assert words.startswith("EVERYTHING HOLDS")
    assert "DEVELOPMENT" in words
    assert _pdf_failures(real, signed) == set()


@pytest.mark.parametrize("at", ["2026-11-24", "2027-11-23", "2034-11-23", "2060-01-01"])
def test_years_do_not_make_it_invalid(real: Real, at: str) -> None:
    """A day, a year, eight years and 33 years later it holds, at most with renewal due."""
    when = datetime.fromisoformat(at).replace(tzinfo=UTC)
    verifier = load_verifier()
    case, findings = verifier.examine_all(real.made.data, when, real.anchor)
    code, words = verifier.conclude(case, findings)
    assert code == verifier.HOLDS
    assert case.renewal_due == ("renewal due" in words) == (at > "2046")


def test_after_every_certificate_expired_renewal_is_due(real: Real) -> None:
    """When even the roots have expired, the result is renewal due, never invalid."""
    verifier = load_verifier()
    when = datetime(2080, 1, 1, tzinfo=UTC)
    case, findings = verifier.examine_all(real.made.data, when, real.anchor)
    code, words = verifier.conclude(case, findings)
    assert code == verifier.HOLDS
    assert "renewal due" in words


def test_before_it_was_signed_it_does_not_hold(real: Real) -> None:
    """As of a date before signing the time stamps lie in the future."""
    when = datetime(2026, 11, 22, tzinfo=UTC)
    assert {"pdf.times", "log.time"} <= failed(real.made.data, real.anchor, when, pdf=True)


def _clocked(when: str) -> list[str]:
    """Give a command that runs Python with its clock at this time."""
    faketime = shutil.which("faketime")
    if faketime:
        return [faketime, "-f", f"@{when} 00:00:00", sys.executable, "-I", str(VERIFIER)]
    shim = (
        "import datetime, runpy, sys\n"
        "class Then(datetime.datetime):\n"
        "    @classmethod\n"
        "    def now(cls, tz=None):\n"
        f"        return cls.fromisoformat('{when}T00:00:00+00:00').astimezone(tz)\n"
        "datetime.datetime = Then\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    return [sys.executable, "-I", "-c", shim, str(VERIFIER)]


@pytest.mark.parametrize("when", ["2026-11-24", "2027-11-23", "2034-11-23"])
def test_a_computer_years_later_says_the_same(real: Real, tmp_path: Path, when: str) -> None:
    """With the computer's own clock moved on, and no date given, the command still says code 0."""
    (tmp_path / "b.bundle.zip").write_bytes(real.made.data)
    (tmp_path / "anchor.json").write_bytes(real.made.anchor)
    done = subprocess.run(
        [*_clocked(when), "b.bundle.zip", "--anchor", "anchor.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_bare_machine_checks_the_log_time_with_openssl(real: Real, tmp_path: Path) -> None:
    """Without pyHanko the time stamp over the log is checked by the openssl program."""
    (tmp_path / "b.bundle.zip").write_bytes(real.made.data)
    (tmp_path / "anchor.json").write_bytes(real.made.anchor)
    (tmp_path / "foreign.json").write_bytes(
        canonical_json(
            json.loads(real.made.anchor)
            | {"timestamp_roots": json.loads(real.foreign.anchor)["timestamp_roots"]}
        )
    )
    codes = {}
    for anchor in ("anchor", "foreign"):
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(VERIFIER), "b.bundle.zip", "--json", "--at",
             "2026-11-24", "--anchor", f"{anchor}.json"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )  # fmt: skip
        checks = {item["id"]: item["result"] for item in json.loads(done.stdout)["checks"]}
        codes[anchor] = (done.returncode, checks["log.time"])
    assert codes == {"anchor": (5, "ok"), "foreign": (1, "failed")}


def test_a_stranger_in_everything_is_refused_and_named(real: Real) -> None:
    """Foreign roots, log key and time stamps: consistent alone, refused under the anchor."""
    assert failed(real.foreign.data, None, pdf=True) == set()
    found = failed(real.foreign.data, real.anchor, pdf=True)
    assert {"issuer", "log.checkpoint", "log.time", "pdf.valid"} <= found


def test_a_stranger_who_holds_only_the_log_key_is_refused(real: Real) -> None:
    """Even with the log's key, signatures under foreign roots are refused."""
    thief = Kit(real.thief.signer, real.kit.log, real.kit.clock, real.kit.stamper)
    assert "pdf.valid" in failed(make(thief, real_pdfs()).data, real.anchor, pdf=True)


def _appended(pdf: bytes) -> bytes:
    return pdf + b"\n% more\n%%EOF\n"


def _updated(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/PageMode"] = generic.NameObject("/UseOutlines")
    writer.update_root()  # type: ignore[no-untyped-call]  # pyHanko
    return _written(writer)


def _drawn_over(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    stream = generic.StreamObject(stream_data=b"BT /F1 24 Tf 90 600 Td (changed) Tj ET")
    page = writer.root["/Pages"]["/Kids"][0]
    contents = page.raw_get("/Contents")
    page["/Contents"] = generic.ArrayObject([contents, writer.add_object(stream)])
    writer.update_container(page)
    return _written(writer)


def _noted(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(  # type: ignore[no-untyped-call]  # pyHanko
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(
                [generic.NumberObject(number) for number in (10, 10, 200, 40)]  # type: ignore[no-untyped-call]  # pyHanko
            ),
            generic.pdf_name("/Contents"): generic.TextStringObject("changed"),
        }
    )
    annotations = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(note)])
    page["/Annots"] = annotations
    writer.update_container(page)
    return _written(writer)


def _signed_again(pdf: bytes) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Late Comer")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    from asn1crypto import keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(
            certificate.public_bytes(serialization.Encoding.DER)
        ),
        signing_key=keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # pyHanko
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    fields.append_signature_field(writer, fields.SigFieldSpec("Late", box=(10, 10, 90, 40)))
    out = io.BytesIO()
    signers.PdfSigner(signers.PdfSignatureMetadata(field_name="Late"), signer).sign_pdf(
        writer, output=out
    )
    return out.getvalue()


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]  # pyHanko
    return out.getvalue()


def _flipped(pdf: bytes) -> bytes:
    at = pdf.index(b"stream") + 40
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def _revision(pdf: bytes, back: int) -> bytes:
    """Cut the file back by some signatures."""
    signatures = list(PdfFileReader(io.BytesIO(pdf)).embedded_signatures)
    spans = [int(number) for number in signatures[-1 - back].byte_range]
    return pdf[: spans[2] + spans[3]]


ATTACKS: tuple[tuple[str, Callable[[bytes], bytes], set[str]], ...] = (
    ("bytes after the end", _appended, {"pdf.whole"}),
    ("catalog changed", _updated, {"pdf.whole", "pdf.untouched"}),
    ("page drawn over", _drawn_over, {"pdf.whole", "pdf.untouched", "pdf.valid"}),
    ("note put on the page", _noted, {"pdf.whole", "pdf.untouched"}),
    ("signed once more", _signed_again, {"pdf.list", "pdf.untouched"}),
    ("a bit flipped", _flipped, {"pdf.valid"}),
    ("archive time stamp cut off", lambda pdf: _revision(pdf, 1), {"pdf.list", "pdf.whole"}),
    ("seal cut off", lambda pdf: _revision(pdf, 2), {"pdf.list", "pdf.sealed"}),
    ("a signature cut off", lambda pdf: _revision(pdf, 3), {"pdf.list", "pdf.people"}),
    ("no PDF", lambda _: b"hello", {"pdf.list", "pdf.valid"}),
    ("an empty file", lambda _: b"", {"pdf.list", "pdf.valid"}),
)


@pytest.mark.parametrize(
    ("attack", "checks"), [item[1:] for item in ATTACKS], ids=[item[0] for item in ATTACKS]
)
def test_an_attack_on_the_signed_file_is_named(
    real: Real, signed: bytes, attack: Callable[[bytes], bytes], checks: set[str]
) -> None:
    """Each attack fails at least the checks that name it."""
    assert checks <= _pdf_failures(real, attack(signed))


@pytest.mark.parametrize(
    ("drawn_over", "why"),
    [
        (True, ", Sent: something was changed after it that it does not permit."),
        (False, ", Sent: the signature does not hold (CERTIFICATE_CHAIN_GENERAL_FAILURE)."),
    ],
    ids=["page drawn over", "a stranger's"],
)
def test_why_a_signature_does_not_hold_is_never_that_it_is_ok(
    real: Real, signed: bytes, why: str, *, drawn_over: bool
) -> None:
    """What the long-term validation has a word for bears it; of the rest is said what happened."""
    files = unpack(real.made.data)
    other = _drawn_over(signed) if drawn_over else unpack(real.foreign.data)[SIGNED]
    documents = json.loads(files["bundle.json"])["documents"]
    data = pack(relist({**files, SIGNED: other}, documents=documents))
    _, findings = load_verifier().examine_all(data, LATER, real.anchor)
    (told,) = (item.detail for item in findings if item.id == "pdf.valid")
    assert why in told
    assert "(OK)" not in told


def test_the_unsigned_file_does_not_pass_for_the_signed(real: Real) -> None:
    """What was rendered, or only sent, is not what was executed."""
    files = unpack(real.made.data)
    for name in ("rendered", "sent"):
        found = _pdf_failures(real, files[f"documents/psa/{name}.pdf"])
        assert {"pdf.list", "pdf.sealed", "pdf.whole"} <= found


def test_the_other_document_does_not_pass_for_this(real: Real) -> None:
    """The packet's other document, genuinely signed, is not the one that was sent."""
    files = unpack(real.made.data)
    assert "pdf.certified" in _pdf_failures(real, files["documents/baa/signed.pdf"])


def test_the_same_packet_signed_by_a_stranger_is_found(real: Real) -> None:
    """The same names and acts under other roots are not our signatures."""
    assert "pdf.valid" in _pdf_failures(real, unpack(real.foreign.data)[SIGNED])


@pytest.mark.parametrize(
    ("key", "value", "check"),
    [
        ("name", "Eve Other", "pdf.people"),
        ("organization", "Other, LLC", "pdf.people"),
        ("meaning", "witnesses", "pdf.people"),
        ("act_id", "act_other", "pdf.people"),
        ("field", "pso_initials", "pdf.list"),
        ("at", "2026-11-25T09:00:00.000000Z", "pdf.times"),
    ],
)
def test_a_signature_stated_otherwise_is_found(
    real: Real, key: str, value: str, check: str
) -> None:
    """Name, organization, meaning, act, field and time are read from the signature itself."""
    files = unpack(real.made.data)
    documents = json.loads(files["bundle.json"])["documents"]
    documents[0]["signatures"][0][key] = value
    data = pack(relist(files, documents=documents))
    assert check in failed(data, real.anchor, datetime(2026, 12, 1, tzinfo=UTC), pdf=True)


def test_a_signature_that_was_expected_and_is_not_there_is_found(real: Real) -> None:
    """One more expected signature than there are, or one less, fails the list."""
    files = unpack(real.made.data)
    for change in ("more", "less"):
        documents = json.loads(files["bundle.json"])["documents"]
        stated = documents[0]["signatures"]
        if change == "more":
            stated.append({**stated[0], "field": "witness"})
        else:
            stated.pop()
        data = pack(relist(files, documents=documents))
        assert "pdf.list" in failed(data, real.anchor, pdf=True)
