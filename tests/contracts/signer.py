"""What every signer promises: four steps that only append, and refusals of everything else."""

from __future__ import annotations

import abc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from docgen.errors import SignatureInvalid
from docgen.ports.signer import Act, SignatureSlot
from docgen.ports.typesetter import PanelPlace, TypesetPdf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.ports.signer import Signer

AT = datetime(2026, 11, 2, 14, 3, 22, tzinfo=UTC)


def like_a_pdf() -> TypesetPdf:
    """Give bytes that begin like a PDF, with two panels: enough for the fake."""
    panels = tuple(
        PanelPlace(slot=slot, page=1, x=300.0, y=100.0, width=216.0, height=88.0)
        for slot in ("practice_signatory", "pso_signatory")
    )
    return TypesetPdf(pdf=b"%PDF-1.7\n" + b"0123456789" * 1000, pages=1, panels=panels)


def slots_of(typeset: TypesetPdf) -> tuple[SignatureSlot, ...]:
    """Give a slot for each panel of a typeset document."""
    return tuple(
        SignatureSlot(place=place, tooltip=f"Signature of the {place.slot.replace('_', ' ')}")
        for place in typeset.panels
    )


def act_in(slot: str, **changes: object) -> Act:
    """Give an act of signing by an invented person."""
    act = Act(
        slot=slot,
        act_id=f"act_{slot.replace('_', '')}",
        name="Ada Quill",
        title="Managing Physicist",
        organization="Lakeside Radiation Oncology, PLLC",
        email="ada.quill@example.org",
        meaning="I agree to be bound by this Agreement.",
        typed="Ada Quill",
        drawn=None,
        at=AT,
    )
    return replace(act, **changes)  # type: ignore[arg-type]  # tests change any field


def chain(signer: Signer, typeset: TypesetPdf) -> Sequence[bytes]:
    """Take a document through every step; give the file before and after each."""
    slots = slots_of(typeset)
    files = [typeset.pdf, signer.certify(typeset.pdf, slots, at=AT)]
    files.extend(signer.sign(files[-1], act_in(slot.place.slot)) for slot in slots[:1])
    files.extend(signer.sign(files[-1], act_in(slot.place.slot)) for slot in slots[1:])
    files.append(signer.seal(files[-1], at=AT + timedelta(seconds=5)))
    return files


class SignerContract(abc.ABC):
    """One suite for all; subclasses give `signer` and `typeset`, a document with two panels."""

    @pytest.fixture
    @abc.abstractmethod
    def signer(self) -> Signer:
        """Give a signer."""

    @pytest.fixture
    @abc.abstractmethod
    def typeset(self) -> TypesetPdf:
        """Give a rendered document."""

    def test_each_step_only_appends(self, signer: Signer, typeset: TypesetPdf) -> None:
        """The rendered, certified, signed and sealed bytes are each a prefix of the next."""
        files = chain(signer, typeset)
        assert len(files) == 5
        for before, after in pairwise(files):
            assert after.startswith(before)
            assert len(after) > len(before)

    def test_it_gives_what_proves_its_time_stamps(self, signer: Signer) -> None:
        """Certificates and lists as DER; the lists speak for the moment asked about."""
        proof = signer.stamp_evidence(at=AT)
        assert all(x509.load_der_x509_certificate(one) for one in proof.certificates)
        lists = [x509.load_der_x509_crl(one) for one in proof.lists]
        assert all(
            one.next_update_utc is None or one.next_update_utc > AT >= one.last_update_utc
            for one in lists
        )

    def test_people_sign_in_any_order(self, signer: Signer, typeset: TypesetPdf) -> None:
        """The last panel may be signed first; sealing accepts it."""
        pdf = signer.certify(typeset.pdf, slots_of(typeset), at=AT)
        for slot in reversed(slots_of(typeset)):
            pdf = signer.sign(pdf, act_in(slot.place.slot))
        assert signer.seal(pdf, at=AT).startswith(pdf)

    def test_a_file_without_panels_is_certified_and_sealed(
        self, signer: Signer, typeset: TypesetPdf
    ) -> None:
        """A document that nobody signs can still be sealed."""
        pdf = signer.certify(typeset.pdf, (), at=AT)
        assert signer.seal(pdf, at=AT).startswith(pdf)

    def test_nobody_signs_before_certification(self, signer: Signer, typeset: TypesetPdf) -> None:
        """A rendered file is refused for signing and for sealing."""
        with pytest.raises(SignatureInvalid):
            signer.sign(typeset.pdf, act_in(typeset.panels[0].slot))
        with pytest.raises(SignatureInvalid):
            signer.seal(typeset.pdf, at=AT)

    def test_certification_comes_once(self, signer: Signer, typeset: TypesetPdf) -> None:
        """A certified file is not certified again."""
        pdf = signer.certify(typeset.pdf, slots_of(typeset), at=AT)
        with pytest.raises(SignatureInvalid):
            signer.certify(pdf, slots_of(typeset), at=AT)

    def test_two_slots_of_one_name_are_refused(self, signer: Signer, typeset: TypesetPdf) -> None:
        """Slots must be told apart by name."""
        first = slots_of(typeset)[0]
        with pytest.raises(SignatureInvalid):
            signer.certify(typeset.pdf, (first, first), at=AT)

    @pytest.mark.parametrize("slot", ["nobody", "Seal", "Sent", "Archive", "", "a.b"])
    def test_only_slots_placed_for_people_are_signed(
        self, signer: Signer, typeset: TypesetPdf, slot: str
    ) -> None:
        """A slot that was not placed, and the signer's own fields, are refused."""
        pdf = signer.certify(typeset.pdf, slots_of(typeset), at=AT)
        with pytest.raises(SignatureInvalid):
            signer.sign(pdf, act_in(slot))

    def test_a_slot_is_signed_once(self, signer: Signer, typeset: TypesetPdf) -> None:
        """A second signature in the same slot is refused."""
        slot = typeset.panels[0].slot
        pdf = signer.sign(signer.certify(typeset.pdf, slots_of(typeset), at=AT), act_in(slot))
        with pytest.raises(SignatureInvalid):
            signer.sign(pdf, act_in(slot, name="Berta Ek", act_id="act_other"))

    def test_sealing_waits_for_everybody(self, signer: Signer, typeset: TypesetPdf) -> None:
        """With one field still empty, sealing is refused."""
        pdf = signer.certify(typeset.pdf, slots_of(typeset), at=AT)
        with pytest.raises(SignatureInvalid):
            signer.seal(pdf, at=AT)
        pdf = signer.sign(pdf, act_in(typeset.panels[0].slot))
        with pytest.raises(SignatureInvalid):
            signer.seal(pdf, at=AT)

    def test_nothing_follows_the_seal(self, signer: Signer, typeset: TypesetPdf) -> None:
        """A sealed file is neither signed nor sealed again."""
        *_, sealed = chain(signer, typeset)
        with pytest.raises(SignatureInvalid):
            signer.sign(sealed, act_in(typeset.panels[0].slot))
        with pytest.raises(SignatureInvalid):
            signer.seal(sealed, at=AT)

    @pytest.mark.parametrize("where", [0.2, 0.5, 0.8])
    def test_a_changed_file_is_not_signed(
        self, signer: Signer, typeset: TypesetPdf, where: float
    ) -> None:
        """One byte flipped since certification: nobody's name is put under it."""
        pdf = bytearray(signer.certify(typeset.pdf, slots_of(typeset), at=AT))
        pdf[int(len(typeset.pdf) * where)] ^= 1
        with pytest.raises(SignatureInvalid):
            signer.sign(bytes(pdf), act_in(typeset.panels[0].slot))

    @pytest.mark.parametrize("tail", [b"\n", b"%%EOF\n", b"1 0 obj\n<<>>\nendobj\n"])
    def test_appended_bytes_are_noticed(
        self, signer: Signer, typeset: TypesetPdf, tail: bytes
    ) -> None:
        """Bytes behind the last signature: nobody's name is put under them."""
        pdf = signer.certify(typeset.pdf, slots_of(typeset), at=AT)
        with pytest.raises(SignatureInvalid):
            signer.sign(pdf + tail, act_in(typeset.panels[0].slot))

    @pytest.mark.parametrize("cut", [1, 100, 5000])
    def test_a_cut_file_is_not_signed(self, signer: Signer, typeset: TypesetPdf, cut: int) -> None:
        """A file that lost its end is refused."""
        pdf = signer.certify(typeset.pdf, slots_of(typeset), at=AT)
        with pytest.raises(SignatureInvalid):
            signer.sign(pdf[:-cut], act_in(typeset.panels[0].slot))

    @pytest.mark.parametrize("junk", [b"", b"hello", b"%PDF-", b"\x00" * 1000])
    def test_what_is_no_pdf_is_refused(
        self, signer: Signer, typeset: TypesetPdf, junk: bytes
    ) -> None:
        """Junk is refused with our own error at signing."""
        with pytest.raises(SignatureInvalid):
            signer.sign(junk, act_in(typeset.panels[0].slot))

    def test_trust_is_handed_out(self, signer: Signer) -> None:
        """There are roots for signatures and for time stamps, named as no real ones."""
        trust = signer.trust()
        assert all(trust.signing_roots)
        assert all(trust.timestamp_roots)
        assert trust.signing_roots
        assert trust.timestamp_roots
        assert signer.development is True
