"""What each revision adds: repeatable but for keys, dated by the act, tagged where it is read."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdf
from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader

from integrations.sign.pades.signer import PadesSigner
from integrations.timestamp.local import LocalTimeStamper
from tests.contracts.signer import AT, act_in, chain, slots_of
from tests.integrations.sign.judge import judge
from tests.integrations.sign.pades.conftest import FONTS
from tests.integrations.sign.pades.test_pades_whole_file import need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from docgen.ports.typesetter import TypesetPdf
    from integrations.sign.authority import LocalAuthority
    from tests.integrations.sign.pades.conftest import House

DIGITS = re.compile(rb"<[0-9A-F]{4000,}>")


def signer_of(authority: LocalAuthority, house: House) -> PadesSigner:
    """Give a signer on another state of a house's authority."""
    return PadesSigner(authority, LocalTimeStamper(authority.stamping, house.clock), FONTS)


def test_only_the_signatures_differ_between_two_runs(
    house: House, rendered: TypesetPdf, files: Sequence[bytes]
) -> None:
    """Certifying and signing again gives the same bytes, but for the digits of the signatures."""
    again = chain(house.signer, rendered)
    assert again[0] == files[0]
    for first, second in zip(files[1:2], again[1:2], strict=True):
        assert first != second
        assert DIGITS.sub(b"", first) == DIGITS.sub(b"", second)
    signed = [house.signer.sign(files[1], act_in("pso_signatory")) for _ in range(2)]
    assert DIGITS.sub(b"", signed[0]) == DIGITS.sub(b"", signed[1])


def test_no_date_but_the_acts_own_is_written(files: Sequence[bytes], rendered: TypesetPdf) -> None:
    """Every PDF date, certificate and stamp added after rendering is the moment given."""
    sealed = files[-1]
    added = sealed[len(rendered.pdf) :]
    seal = AT + timedelta(seconds=5)
    wanted = {f"{AT:%Y%m%d%H%M%S}".encode(), f"{seal:%Y%m%d%H%M%S}".encode()}
    assert set(re.findall(rb"D(?::|\\072)(\d{14})", added)) == wanted
    for found in PdfFileReader(BytesIO(sealed)).embedded_regular_signatures:
        moment = seal if found.field_name == "Seal" else AT
        assert found.signer_cert.not_valid_before == moment - timedelta(minutes=10)
        (stamp,) = found.signer_info["unsigned_attrs"]
        token = stamp["values"][0]["content"]["encap_content_info"]
        info = token["content"].parsed
        assert info["gen_time"].native == AT  # the stamper's clock stands


def test_metadata_is_left_alone(files: Sequence[bytes], rendered: TypesetPdf) -> None:
    """The XMP and the document information of the rendered file are those of the sealed one."""
    before, after = (pypdf.PdfReader(BytesIO(pdf)) for pdf in (rendered.pdf, files[-1]))
    assert before.metadata == after.metadata
    roots: list[Any] = [one.trailer["/Root"] for one in (before, after)]
    old, new = (root["/Metadata"].get_data() for root in roots)
    assert old == new


def test_a_signature_holds_what_the_act_said(sealed: bytes) -> None:
    """Meaning, name and time stand in the signature; the certificate names the act."""
    reader = PdfFileReader(BytesIO(sealed))
    (found,) = (one for one in reader.embedded_signatures if one.field_name == "practice_signatory")
    act = act_in("practice_signatory")
    assert found.sig_object["/Reason"] == act.meaning
    assert found.sig_object["/Name"] == act.name
    assert found.signer_cert.subject.native["common_name"] == act.name
    attributes = found.signer_info["signed_attrs"]
    kinds = {attribute["type"].native for attribute in attributes}
    assert kinds == {
        "content_type",
        "message_digest",
        "signing_certificate_v2",
        "cms_algorithm_protection",
    }


def test_our_cms_is_der(sealed: bytes, tmp_path: Path) -> None:
    """Another library writes each CMS object back to the very same bytes."""
    command = [need("openssl", "openssl"), "cms", "-cmsout", "-inform", "DER", "-outform", "DER"]
    count = 0
    for found in PdfFileReader(BytesIO(sealed)).embedded_signatures:
        (tmp_path / "in").write_bytes(cms.ContentInfo.load(found.pkcs7_content).dump())
        subprocess.run([*command, "-in", "in", "-out", "out"], cwd=tmp_path, check=True)
        assert (tmp_path / "out").read_bytes() == (tmp_path / "in").read_bytes()
        count += 1
    assert count == 5


def test_a_batch_survives_a_change_of_keys(
    make_house: Callable[[], House], rendered: TypesetPdf
) -> None:
    """One person signs before a rotation, one after; the sealed file is accepted."""
    house = make_house()
    first, second = rendered.panels
    pdf = house.signer.certify(rendered.pdf, slots_of(rendered), at=AT)
    pdf = house.signer.sign(pdf, act_in(first.slot))
    rotated = signer_of(house.authority.rotate(at=AT), house)
    pdf = rotated.seal(rotated.sign(pdf, act_in(second.slot)), at=AT)
    assert judge(pdf, house.expecting(rendered)) == []
    assert judge(pdf, house.expecting(rendered, days=8 * 365)) == []


def test_a_certificate_revoked_before_its_signature_is_found(
    make_house: Callable[[], House], rendered: TypesetPdf
) -> None:
    """The lists in the sealed file tell on a signature made after revocation, and on it alone."""
    house = make_house()
    pdf = house.signer.certify(rendered.pdf, slots_of(rendered), at=AT)
    for place in rendered.panels:
        pdf = house.signer.sign(pdf, act_in(place.slot))
    serials = {
        found.field_name: found.signer_cert.serial_number
        for found in PdfFileReader(BytesIO(pdf)).embedded_signatures
    }
    control = house.signer.seal(pdf, at=AT)
    assert judge(control, house.expecting(rendered)) == []
    house.authority.revoke(serials["pso_signatory"], at=AT - timedelta(seconds=1))
    findings = judge(house.signer.seal(pdf, at=AT), house.expecting(rendered))
    assert findings
    assert all(finding.startswith("pso_signatory: ") for finding in findings)


def reading_order(reader: pypdf.PdfReader, page: int) -> list[int | str]:
    """Give a page's marked pieces and fields in the order a screen reader takes."""
    place = reader.pages[page - 1].indirect_reference

    def piece(element: Any, on: Any) -> list[int | str] | None:
        """Give what a leaf stands for on our page; None for an element with children."""
        if isinstance(element, int):
            return [int(element)] if on == place else []
        on = element.raw_get("/Pg") if "/Pg" in element else on
        if "/MCID" in element:
            return [int(element["/MCID"])] if on == place else []
        if element.get("/Type") == "/OBJR":
            field = element["/Obj"]
            return [str(field["/T"])] if on == place and field.get("/FT") == "/Sig" else []
        return None

    def walk(element: Any, on: Any) -> Iterator[int | str]:
        element = element.get_object()
        found = piece(element, on)
        if found is not None:
            yield from found
            return
        on = element.raw_get("/Pg") if "/Pg" in element else on
        children = element.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            yield from walk(child, on)

    root: Any = reader.trailer["/Root"]
    return list(walk(root["/StructTreeRoot"], None))


def test_fields_are_read_after_their_own_labels(
    files: Sequence[bytes], rendered: TypesetPdf
) -> None:
    """In the structure tree each field follows the labels of its panel and precedes the next."""
    page = rendered.panels[0].page
    assert rendered.panels[1].page == page
    before = reading_order(pypdf.PdfReader(BytesIO(files[0])), page)
    after = reading_order(pypdf.PdfReader(BytesIO(files[-1])), page)
    assert [piece for piece in after if isinstance(piece, int)] == before
    first, second = (after.index(place.slot) for place in rendered.panels)
    assert 0 < first < second
    assert second - first > 4  # the second panel's own words lie between
    rest = [piece for piece in after[second + 1 :] if isinstance(piece, int)]
    assert all(isinstance(piece, int) for piece in after[:first])
    assert len(rest) < len(before)


def test_every_field_is_named_for_screen_readers(sealed: bytes, rendered: TypesetPdf) -> None:
    """Each widget has its tooltip; those on the page are tagged, and the page says the order."""
    reader = pypdf.PdfReader(BytesIO(sealed))
    seen = {}
    pages: list[Any] = list(reader.pages)
    for page in pages:
        for reference in page.get("/Annots", []):
            widget = reference.get_object()
            if widget["/Subtype"] == "/Widget":
                seen[str(widget["/T"])] = widget
                assert page["/Tabs"] == "/S"
    assert set(seen) == {"Sent", "Seal", "Archive", *(place.slot for place in rendered.panels)}
    for slot in slots_of(rendered):
        assert seen[slot.place.slot]["/TU"] == slot.tooltip
    for name, widget in seen.items():
        assert len(widget["/TU"]) > 20
        assert ("/StructParent" in widget) is (name != "Archive")
