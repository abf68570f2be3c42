"""Attacks on sealed files are found by judging the whole list; each has a control that passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field, enumerate_sig_fields
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp

from docgen.errors import ServiceRejected, SignatureInvalid
from docgen.ports.typesetter import TypesetPdf
from integrations.sign.pades.authority import Holder
from integrations.sign.pades.objects import array, dictionary, number
from integrations.sign.pades.objects import name as name_of
from integrations.sign.pades.revision import open_revision, signed
from integrations.sign.pades.signer import RESERVED, PadesSigner, _placeholder
from integrations.timestamp.fake import FakeTimeStamper
from tests.contracts.signer import AT, act_in, chain, slots_of
from tests.integrations.sign.judge import judge
from tests.integrations.sign.pades.conftest import House

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What an attacker has: every file, another house, and (an insider) the house itself."""

    files: Sequence[bytes]
    house: House
    other: House
    rendered: TypesetPdf

    @property
    def sealed(self) -> bytes:
        """Give the sealed file."""
        return self.files[-1]


@pytest.fixture(scope="session")
def scene(
    files: Sequence[bytes],
    house: House,
    make_house: Callable[[], House],
    rendered: TypesetPdf,
) -> Scene:
    """Set the scene once."""
    return Scene(files=files, house=house, other=make_house(), rendered=rendered)


def update(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    """Append a revision with any PDF library."""
    writer: Any = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def signature_of(pdf: bytes, name: str) -> tuple[int, int]:
    """Tell where a signature's hexadecimal digits lie."""
    reader = PdfFileReader(BytesIO(pdf))
    (found,) = (one for one in reader.embedded_signatures if one.field_name == name)
    _, first, second, _ = found.byte_range
    return int(first) + 1, int(second) - 1


def forced(pdf: bytes, house: House, field: str, *, create: bool = False) -> bytes:
    """Sign as an insider who holds the keys and skips every check."""
    revision = open_revision(pdf)
    if create:
        append_signature_field(revision, SigFieldSpec(sig_field_name=field))
    holder = Holder(name="Ada Quill", organization="X", act_id=act_in(field).act_id)
    sign = house.signer._signature(holder, AT)
    return signed(revision, field, _placeholder(AT, "forced"), sign)


def finish(pdf: bytes, house: House) -> bytes:
    """Seal as an insider who skips every check."""
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.signers.cms_embedder import SigMDPSetup

    from integrations.sign.pades.fields import ARCHIVE, LOCK, SEAL, add_archive_field

    signer = house.signer
    rules = SigMDPSetup(md_algorithm="sha256", field_lock=LOCK, docmdp_perms=MDPPerm.NO_CHANGES)
    sign = signer._signature(signer._service(pdf), AT)
    pdf = signed(open_revision(pdf), SEAL, _placeholder(AT, "forced"), sign, rules=rules)
    revision = open_revision(pdf)
    signer._add_evidence(revision, (), AT)
    add_archive_field(revision)
    make: Any = DocumentTimestamp
    stamp = make(bytes_reserved=RESERVED)
    return signed(revision, ARCHIVE, stamp, lambda digest: signer._stamps.stamp(digest).der)


def hide_page(writer: Any) -> None:
    """Take the second page out of the page tree."""
    pages = writer.root["/Pages"]
    del pages["/Kids"][1]
    pages["/Count"] = number(len(pages["/Kids"]))
    writer.update_container(pages["/Kids"])
    writer.update_container(pages)


def cover_page(writer: Any) -> None:
    """Put new content over the first page."""
    page, _ = writer.find_page_for_modification(0)
    content = generic.StreamObject(stream_data=b"1 g 0 0 612 792 re f")
    page.get_object()["/Contents"] = writer.add_object(content)
    writer.update_container(page.get_object())


def annotate(writer: Any) -> None:
    """Put a note on the first page."""
    page, _ = writer.find_page_for_modification(0)
    note = dictionary(
        Type=name_of("Annot"),
        Subtype=name_of("FreeText"),
        Rect=array(*map(number, (100, 100, 400, 200))),
        Contents=generic.pdf_string("The fee is waived."),
        DA=generic.pdf_string("/Helv 12 Tf 0 g"),
    )
    writer.register_annotation(page, writer.add_object(note))


def touch(writer: Any) -> None:
    """Write the catalog anew, unchanged."""
    writer.update_root()


def field_in(writer: Any, name: str) -> Any:
    """Find a signature field."""
    ((_, _, reference),) = enumerate_sig_fields(writer, with_name=name)
    return reference.get_object()


def exchange_values(writer: Any) -> None:
    """Let two fields of the file point at each other's signature."""
    first, second = field_in(writer, "practice_signatory"), field_in(writer, "pso_signatory")
    mine, yours = first.raw_get("/V"), second.raw_get("/V")
    first["/V"], second["/V"] = yours, mine
    writer.update_container(first)
    writer.update_container(second)


def change_appearance(writer: Any) -> None:
    """Show another person's signature."""
    first, second = field_in(writer, "practice_signatory"), field_in(writer, "pso_signatory")
    first["/AP"] = second["/AP"]
    writer.update_container(first)


def empty_field(writer: Any) -> None:
    """Take a signature out of its field."""
    field = field_in(writer, "pso_signatory")
    del field["/V"]
    writer.update_container(field)


def rename_field(writer: Any) -> None:
    """Call a signed field by another name."""
    field = field_in(writer, "pso_signatory")
    field["/T"] = generic.pdf_string("practice_witness")
    writer.update_container(field)


def flip(pdf: bytes, place: int) -> bytes:
    """Flip one bit."""
    changed = bytearray(pdf)
    changed[place] ^= 1
    return bytes(changed)


def other_digit(pdf: bytes, name: str, offset: int) -> bytes:
    """Change one hexadecimal digit of a signature."""
    place = signature_of(pdf, name)[0] + offset
    digit = b"1" if pdf[place : place + 1] == b"0" else b"0"
    return pdf[:place] + digit + pdf[place + 1 :]


def swap_from_another_file(scene: Scene) -> bytes:
    """Paste a person's signature from another sealed file of the same house."""
    twin = chain(scene.house.signer, scene.rendered)[-1]
    start, end = signature_of(scene.sealed, "pso_signatory")
    other, _ = signature_of(twin, "pso_signatory")
    digits = twin[other : other + end - start]
    return scene.sealed[:start] + digits + scene.sealed[end:]


def missing_signer(scene: Scene) -> bytes:
    """Certify with one place only, so that one signature seems to be all."""
    signer, slots = scene.house.signer, slots_of(scene.rendered)[:1]
    pdf = signer.certify(scene.rendered.pdf, slots, at=AT)
    return signer.seal(signer.sign(pdf, act_in(slots[0].place.slot)), at=AT)


def wrong_slot(scene: Scene) -> bytes:
    """Let each person sign in the other's place."""
    signer, (first, second) = scene.house.signer, scene.rendered.panels
    pdf = signer.certify(scene.rendered.pdf, slots_of(scene.rendered), at=AT)
    pdf = signer.sign(pdf, act_in(first.slot, act_id=act_in(second.slot).act_id))
    pdf = signer.sign(pdf, act_in(second.slot, act_id=act_in(first.slot).act_id))
    return signer.seal(pdf, at=AT)


def foreign_house(scene: Scene) -> bytes:
    """Make the whole file with another authority of the same names."""
    return chain(scene.other.signer, scene.rendered)[-1]


def foreign_signer(scene: Scene) -> bytes:
    """Let another authority's person sign in our file, and seal it here."""
    once = scene.files[2]
    return finish(forced(once, scene.other, "pso_signatory"), scene.house)


def annotated_between(scene: Scene) -> bytes:
    """Put a note between two signatures, and go on as if nothing were."""
    noted = update(scene.files[2], annotate)
    return finish(forced(noted, scene.house, "pso_signatory"), scene.house)


def covered_before_seal(scene: Scene) -> bytes:
    """Replace a page's content between the last signature and the seal."""
    return finish(update(scene.files[3], cover_page), scene.house)


def seal_alone(scene: Scene) -> bytes:
    """Take the archive time stamp off again."""
    reader = PdfFileReader(BytesIO(scene.sealed))
    (seal,) = (one for one in reader.embedded_signatures if one.field_name == "Seal")
    _, _, second, rest = seal.byte_range
    return scene.sealed[: int(second) + int(rest)]


ATTACKS: dict[str, Callable[[Scene], bytes]] = {
    "one byte of the text": lambda scene: flip(scene.sealed, len(scene.rendered.pdf) // 2),
    "one byte of the appearance": lambda scene: flip(scene.sealed, len(scene.files[1]) + 300),
    "one digit of a signature": lambda scene: other_digit(scene.sealed, "pso_signatory", 1001),
    "one digit of the archive stamp": lambda scene: other_digit(scene.sealed, "Archive", 601),
    "a line after the end": lambda scene: scene.sealed + b"%%EOF\n",
    "a space after the end": lambda scene: scene.sealed + b" ",
    "a revision that changes nothing": lambda scene: update(scene.sealed, touch),
    "a hidden page": lambda scene: update(scene.sealed, hide_page),
    "a covered page": lambda scene: update(scene.sealed, cover_page),
    "a note": lambda scene: update(scene.sealed, annotate),
    "values exchanged": lambda scene: update(scene.sealed, exchange_values),
    "another's appearance": lambda scene: update(scene.sealed, change_appearance),
    "a signature taken out": lambda scene: update(scene.sealed, empty_field),
    "a field renamed": lambda scene: update(scene.sealed, rename_field),
    "a signature from another file": swap_from_another_file,
    "a signer missing": missing_signer,
    "people in each other's place": wrong_slot,
    "another authority": foreign_house,
    "another authority's person": foreign_signer,
    "a note between signatures": annotated_between,
    "a page covered before the seal": covered_before_seal,
    "a signature after the seal": lambda scene: forced(
        scene.sealed, scene.house, "late", create=True
    ),
    "a second signature of one person": lambda scene: finish(
        forced(scene.files[3], scene.house, "practice_again", create=True), scene.house
    ),
    "a seal with an empty field": lambda scene: finish(scene.files[2], scene.house),
    "no archive stamp": seal_alone,
    "not sealed": lambda scene: scene.files[3],
    "only certified": lambda scene: scene.files[1],
    "not signed at all": lambda scene: scene.files[0],
    "the last byte missing": lambda scene: scene.sealed[:-1],
    "the last thousand bytes missing": lambda scene: scene.sealed[:-1000],
    "the first byte missing": lambda scene: scene.sealed[1:],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found(scene: Scene, attack: str) -> None:
    """The file is not what was sealed, and the judge has something to say."""
    changed = ATTACKS[attack](scene)
    assert changed != scene.sealed
    assert judge(changed, scene.house.expecting(scene.rendered)) != []


def test_the_untouched_file_is_accepted(scene: Scene) -> None:
    """The control of the attacks."""
    assert judge(scene.sealed, scene.house.expecting(scene.rendered)) == []


def test_an_insider_who_changes_nothing_is_accepted(scene: Scene) -> None:
    """The control of the insider's tools: without the attack in between, they make a good file."""
    made = finish(scene.files[3], scene.house)
    assert judge(made, scene.house.expecting(scene.rendered)) == []


def test_the_other_house_accepts_its_own(scene: Scene) -> None:
    """The control of the foreign authority: by its own root its file is good."""
    expected = scene.other.expecting(scene.rendered)
    assert judge(foreign_house(scene), expected) == []


@pytest.mark.parametrize(
    "change", [hide_page, cover_page, annotate, touch], ids=lambda change: change.__name__
)
def test_nobody_signs_over_an_added_revision(scene: Scene, change: Callable[[Any], None]) -> None:
    """A revision between two signatures is refused before another name stands under it."""
    with pytest.raises(SignatureInvalid):
        scene.house.signer.sign(update(scene.files[2], change), act_in("pso_signatory"))
    with pytest.raises(SignatureInvalid):
        scene.house.signer.seal(update(scene.files[3], change), at=AT)


def test_files_of_another_authority_are_not_signed(scene: Scene) -> None:
    """What another authority certified is refused here; at home it goes on."""
    theirs = chain(scene.other.signer, scene.rendered)
    with pytest.raises(SignatureInvalid, match="authority"):
        scene.house.signer.sign(theirs[1], act_in("practice_signatory"))
    with pytest.raises(SignatureInvalid, match="authority"):
        scene.house.signer.seal(theirs[3], at=AT)
    assert scene.other.signer.seal(theirs[3], at=AT).startswith(theirs[3])


def test_a_time_stamper_of_unknown_root_signs_nothing(scene: Scene) -> None:
    """Stamps that no verifier could trust are refused when made, not found years later."""
    stamper = FakeTimeStamper(scene.house.clock)
    from tests.integrations.sign.pades.conftest import FONTS

    signer = PadesSigner(scene.house.authority, stamper, FONTS)
    with pytest.raises(ServiceRejected) as refusal:
        signer.certify(scene.rendered.pdf, slots_of(scene.rendered), at=AT)
    assert refusal.value.service == "timestamp"


def test_a_stamp_out_of_the_certificates_life_is_refused(scene: Scene) -> None:
    """An act claimed for tomorrow, stamped today, has no certificate yet."""
    tomorrow = AT.replace(day=AT.day + 1)
    act = replace(act_in("practice_signatory"), at=tomorrow)
    with pytest.raises(SignatureInvalid, match="clock"):
        scene.house.signer.sign(scene.files[1], act)
