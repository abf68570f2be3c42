"""Packets signed and sealed with keys outside verify for strangers; nothing is half signed."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader

from docgen.errors import ServiceRejected, ServiceUnavailable
from integrations.keys.fake import FakeKeys
from integrations.keys.kms import KmsKeys
from integrations.keys.pkcs11 import Pkcs11Keys
from integrations.sign.authority import LocalAuthority
from integrations.sign.authority.held import HeldKey
from integrations.sign.pades.signer import PadesSigner
from integrations.typeset.typst.typesetter import TypstTypesetter
from tests.contracts.sample_agreement import agreement
from tests.contracts.signer import act_in, slots_of
from tests.integrations.keys.kms.standin import ACCESS, SECRET, kms_standin
from tests.integrations.keys.softhsm import PIN, soft_token
from tests.verifier.handling import anchor_of, failed, pack, relist, unpack
from tests.verifier.making import START, VERIFIER, Made, make
from tests.verifier.outside import company_kit, kit_of
from tests.verifier.signing import FONTS, real_pdfs, stamped_anew

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from docgen.ports.key_store import KeyStore

SIGNED = "documents/psa/signed.pdf"


@pytest.fixture(params=["pkcs11", "kms"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyStore]:
    """Give an empty token, and then an empty KMS."""
    if request.param == "pkcs11":
        with soft_token() as token:
            yield Pkcs11Keys.at(token.reference, pin=PIN)
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with kms_standin() as kms:
        yield KmsKeys.at(kms.reference)


def verified(made: Made, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the single-file verifier as a stranger does."""
    bundle, anchor = folder / "bundle.zip", folder / "anchor.json"
    bundle.write_bytes(made.data)
    anchor.write_bytes(made.anchor)
    later = (START + timedelta(days=400)).date().isoformat()
    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(bundle), "--anchor", str(anchor), "--at", later],
        capture_output=True,
        text=True,
        check=False,
    )


def signers_of(pdf: bytes) -> dict[str, x509.Certificate]:
    """Give each signature's certificate by its field."""
    return {
        one.field_name: x509.load_der_x509_certificate(one.signer_cert.dump())
        for one in PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    }


def test_a_packet_signed_with_keys_outside_verifies(store: KeyStore, tmp_path: Path) -> None:
    """A token or KMS under a company's authority: the verifier alone, and pdfsig, accept it."""
    kit, authority = company_kit(tmp_path, store)
    made = make(kit, real_pdfs())
    ran = verified(made, tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "DEVELOPMENT" not in ran.stdout
    assert authority.development is False
    path = tmp_path / "signed.pdf"
    path.write_bytes(unpack(made.data)[SIGNED])
    shown = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False
    ).stdout
    # pdfsig does not look into the last one, the document time stamp.
    count = len(signers_of(unpack(made.data)[SIGNED]))
    assert shown.count("Signature Validation: Signature is Valid.") == count - 1 >= 4


def test_the_seal_is_made_with_the_stored_key(store: KeyStore, tmp_path: Path) -> None:
    """One key seals and certifies everything; each person's is another, and lies nowhere."""
    kit, authority = company_kit(tmp_path, store)
    made = make(kit, real_pdfs())
    found = store.find("seal-001")
    assert found is not None
    for name in ("psa", "baa"):
        certificates = signers_of(unpack(made.data)[f"documents/{name}/signed.pdf"])
        keys = {field: one.public_key() for field, one in certificates.items()}
        assert keys.pop("Seal") == keys.pop("Sent") == HeldKey(found).public_key()
        people = [key for field, key in keys.items() if field != "Archive"]
        assert len(set(map(id, people))) == len(people) >= 1
        assert HeldKey(found).public_key() not in people
    roots = [x509.load_pem_x509_certificate(pem) for pem in authority.roots]
    assert [one.subject.rfc4514_string() for one in roots] == [
        "CN=Example Group root,O=Example Group"
    ]


def test_under_a_foreign_anchor_it_is_refused(tmp_path: Path) -> None:
    """The control: the same bundle under another company's root does not verify."""
    made = make(company_kit(tmp_path / "one", FakeKeys())[0], real_pdfs())
    other = make(company_kit(tmp_path / "two", FakeKeys())[0], real_pdfs())
    assert verified(made, tmp_path).returncode == 0
    mixed = replace(made, anchor=other.anchor)
    assert verified(mixed, tmp_path).returncode == 1


@pytest.mark.parametrize("step", ["certify", "sign", "seal"])
def test_a_store_that_goes_away_leaves_nothing_half_signed(tmp_path: Path, step: str) -> None:
    """Each step fails in a way that is retried, gives no bytes, and succeeds once it is back."""
    keys = FakeKeys()
    signer = company_kit(tmp_path, keys)[0].signer
    typeset = TypstTypesetter(FONTS).typeset(agreement(articles=1, clauses=1))
    slots = slots_of(typeset)
    file = typeset.pdf

    def sign(pdf: bytes) -> bytes:
        for slot in slots:
            pdf = signer.sign(pdf, act_in(slot.place.slot, at=START))
        return pdf

    steps: dict[str, Callable[[bytes], bytes]] = {
        "certify": lambda pdf: signer.certify(pdf, slots, at=START),
        "sign": sign,
        "seal": lambda pdf: signer.seal(pdf, at=START),
    }
    for name, act in steps.items():
        if name == step:
            keys.away = True
            with pytest.raises(ServiceUnavailable):
                act(file)
            keys.away = False
        file = act(file)
    assert {"Sent", "Seal", "Archive"} <= set(signers_of(file))


def test_a_store_that_answers_wrongly_signs_nothing(tmp_path: Path) -> None:
    """Attack: the store signs with another key than it says; no file comes of it."""
    keys = FakeKeys()
    kit, _ = company_kit(tmp_path, keys)
    good = keys._keys["seal-001"]
    good._key._private = keys._keys["acts-001"]._key._private
    with pytest.raises(ServiceRejected, match="nothing was signed"):
        kit.signer.certify(real_pdfs()["psa"], (), at=START)


def test_our_own_root_over_keys_outside_stays_one_for_development(tmp_path: Path) -> None:
    """A token makes nobody vouch for us: the verifier says so."""
    keys = FakeKeys()
    authority = LocalAuthority.open_or_create(
        tmp_path / "authority", at=START, store=keys, seal=keys
    )
    assert not [*(tmp_path / "authority").glob("*.key")]
    ran = verified(make(kit_of(authority, authority), real_pdfs()), tmp_path)
    assert ran.returncode == 0, ran.stdout
    assert "DEVELOPMENT KEYS" in ran.stdout


@pytest.mark.parametrize(("late", "code"), [(True, 0), (False, 1)], ids=["after", "before"])
def test_the_verifier_minds_when_a_certificate_was_withdrawn(
    tmp_path: Path, code: int, *, late: bool
) -> None:
    """A person's certificate withdrawn after the signature changes nothing; before, it is refused."""
    kit, authority = company_kit(tmp_path, FakeKeys())

    class Withdrawing(PadesSigner):
        """Withdraws every person's certificate before sealing, as of now or of the beginning."""

        def seal(self, pdf: bytes, *, at: datetime) -> bytes:
            moment = kit.clock.now() if late else START
            for field, certificate in signers_of(pdf).items():
                if field != "Sent":
                    authority.revoke(certificate.serial_number, at=moment)
            return super().seal(pdf, at=at)

    stamps = LocalAuthority.open_or_create(tmp_path / "authority", at=START)
    made = make(kit_of(authority, stamps, kit.clock, signer=Withdrawing), real_pdfs())
    ran = verified(made, tmp_path)
    assert ran.returncode == code, ran.stdout
    if not late:
        assert "the signature does not hold" in ran.stdout


@pytest.mark.parametrize(
    ("late", "failing"), [(True, set()), (False, {"pdf.valid"})], ids=["after", "before"]
)
def test_a_revocation_list_put_in_after_the_seal_is_heeded(
    tmp_path: Path, failing: set[str], *, late: bool
) -> None:
    """It changes nothing where the certificate was withdrawn after signing, and all where before."""
    kit, authority = company_kit(tmp_path, FakeKeys())
    stamps = LocalAuthority.open_or_create(tmp_path / "authority", at=START)
    used = kit_of(authority, stamps, kit.clock)
    made = make(used, real_pdfs())
    files, signer = unpack(made.data), used.signer
    assert isinstance(signer, PadesSigner)
    sealed = files[SIGNED]
    moment = kit.clock.now() if late else START
    for field, certificate in signers_of(sealed).items():
        if field not in {"Sent", "Seal"}:
            authority.revoke(certificate.serial_number, at=moment)
    at = kit.clock.now()
    stamped = stamped_anew(sealed, signer, lambda revision: signer._add_evidence(revision, (), at))
    data = pack(relist({**files, SIGNED: stamped}))
    found = failed(data, anchor_of(made.anchor, tmp_path), pdf=True)
    assert {one for one in found if one.startswith("pdf.")} == failing
