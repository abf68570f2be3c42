"""A form that came back is read field by field, whatever tool filled it in; all else is refused."""

from __future__ import annotations

import ctypes
import io
import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from docgen.domain.enrollment.answers import find_leaf, gather
from docgen.domain.enrollment.leaves import undotted
from docgen.errors import InputError
from docgen.render.form import form_fields, too_much
from docgen.services.form import MOST_BYTES, read_form
from tests.unit.domain.enrollment.samples import VALID, sample_record
from tests.unit.services.forms_in import (
    SMALL,
    changed,
    empty_fields,
    empty_form,
    filled,
    flatten,
    form_of,
    leaves_in,
    record_in,
    set_mark,
    small_form,
    widgets,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FITTING = [name for name in VALID if not too_much(sample_record(name).to_json())]


def on_the_form() -> set[str]:
    """Return the fields the form asks for, without row numbers."""
    leaves = [find_leaf(undotted(one.name)) for one in form_fields()]
    return {".".join(map(str, leaf.path)) for leaf in leaves if leaf}


def asked(path: str) -> bool:
    """Say whether the form asks for a path of a record."""
    return re.sub(r"\[([0-9]+)\]", r".\1", path) in on_the_form()


@pytest.mark.parametrize("name", FITTING)
def test_what_fits_on_the_form_comes_back_equal(name: str) -> None:
    """Every value of every sample that has a place on the form is read back as it was."""
    before = dict(leaves_in(sample_record(name).to_json()))
    after = dict(leaves_in(record_in(read_form(form_of(name)))))
    wanted = {path: value for path, value in before.items() if asked(path)}
    assert len(wanted) > 60
    assert {path: after.get(path) for path in wanted} == wanted


def test_the_samples_are_too_long_for_the_form_only_where_they_have_more_rows() -> None:
    """Control: nine samples fit; those that do not are told which lists are too long."""
    assert len(FITTING) == 9
    lists = too_much(sample_record("network-joinder").to_json())
    assert "16 facilities (the form has room for 4)" in lists


def test_an_empty_form_says_nothing() -> None:
    """No row, no id and no answer comes out of a form nobody filled in."""
    assert gather(read_form(empty_form()).answers, {}).values == {}


def understood(pdf: bytes) -> dict[str, Any]:
    """Return the plain values a form holds."""
    return gather(read_form(pdf).answers, {}).values


def test_filled_in_with_pypdf() -> None:
    """Text, lists and ticks; the second facility becomes the first, ids come from names."""
    assert understood(small_form()) == {
        "practice": {"display_name": "Lakeside Radiation Oncology", "setting": "government"},
        "facilities": [
            {
                "facility_id": "lakeside-west",
                "name": "Lakeside West",
                "address": {
                    "line1": "1 Lake Street",
                    "city": "Austin",
                    "state": "TX",
                    "postal_code": "78731",
                },
            }
        ],
        "contacts": [
            {
                "contact_id": "maria-delgado",
                "given_name": "María",
                "family_name": "Delgado",
                "email": "maria.delgado@example.org",
                "roles": ["primary"],
            }
        ],
    }


def test_filled_in_with_qpdf(tmp_path: Path) -> None:
    """A tool that changes nothing but the value of a field."""
    qpdf = shutil.which("qpdf")
    assert qpdf, "these tests need qpdf; install it with apt-get install qpdf"
    (tmp_path / "form.pdf").write_bytes(empty_form())
    found = {name: widget.indirect_reference.idnum for name, widget in widgets(reader())}
    dumped = subprocess.run(
        [qpdf, "--json-output", "form.pdf", "-"], cwd=tmp_path, capture_output=True, check=True
    )
    head, objects = json.loads(dumped.stdout)["qpdf"]
    change = {}
    for name, value in {
        "practice.display_name": "u:Lakeside",
        "contacts.0.roles.primary": "/on",
    }.items():
        key = f"obj:{found[name]} 0 R"
        change[key] = objects[key]
        change[key]["value"]["/V"] = value
    update = {"version": 2, "parameters": {}, "qpdf": [head, change]}
    (tmp_path / "change.json").write_text(json.dumps(update))
    command = [qpdf, "form.pdf", "--update-from-json=change.json", "out.pdf"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert understood((tmp_path / "out.pdf").read_bytes()) == {
        "practice": {"display_name": "Lakeside"},
        "contacts": [{"contact_id": "contacts-1", "roles": ["primary"]}],
    }


def reader() -> PdfReader:
    """Open the empty form."""
    return PdfReader(io.BytesIO(empty_form()))


def test_filled_in_with_the_browser_s_viewer() -> None:
    """PDFium types into a box and takes a word from a list, as in Chrome."""
    document = pypdfium2.PdfDocument(empty_form())
    document.init_forms()
    page, form = document[0], document.formenv
    boxes = boxes_on(page, form)

    def click(name: str) -> None:
        left, bottom, right, top = boxes[name]
        for act in (pdfium.FORM_OnLButtonDown, pdfium.FORM_OnLButtonUp):
            act(form.raw, page.raw, 0, (left + right) / 2, (bottom + top) / 2)

    click("practice.display_name")
    for letter in "Müller":
        pdfium.FORM_OnChar(form.raw, page.raw, ord(letter), 0)
    pdfium.FORM_ForceToKillFocus(form.raw)
    click("practice.setting")
    for _ in range(3):
        pdfium.FORM_OnKeyDown(form.raw, page.raw, 0x28, 0)  # the arrow down
    pdfium.FORM_ForceToKillFocus(form.raw)
    target = io.BytesIO()
    document.save(target)
    page.close()
    document.close()
    practice = {"display_name": "Müller", "setting": "community_freestanding"}
    assert understood(target.getvalue()) == {"practice": practice}


def boxes_on(page: Any, form: Any) -> dict[str, tuple[float, float, float, float]]:
    """Return where each field of a page lies."""
    boxes = {}
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        box = pdfium.FS_RECTF()
        pdfium.FPDFAnnot_GetRect(annotation, box)
        name = (ctypes.c_ushort * 200)()
        size = pdfium.FPDFAnnot_GetFormFieldName(form.raw, annotation, name, 400)
        pdfium.FPDFPage_CloseAnnot(annotation)
        boxes[bytes(name)[: size - 2].decode("utf-16le")] = (
            box.left, box.bottom, box.right, box.top,
        )  # fmt: skip
    return boxes


def pack(folder: Path, pdf: bytes, way: str) -> bytes:
    """Write the file another way, as viewers do when they save."""
    qpdf = shutil.which("qpdf")
    assert qpdf, "these tests need qpdf; install it with apt-get install qpdf"
    (folder / "in.pdf").write_bytes(pdf)
    subprocess.run([qpdf, way, "in.pdf", "out.pdf"], cwd=folder, check=True)
    return (folder / "out.pdf").read_bytes()


@pytest.mark.parametrize("way", ["--object-streams=generate", "--linearize"])
def test_saved_another_way_it_is_the_same_form(tmp_path: Path, way: str) -> None:
    """Viewers pack files differently; compressed objects and linearized files are read."""
    assert understood(pack(tmp_path, small_form(), way)) == understood(small_form())


@pytest.mark.parametrize("start", ["00d8", "4100", "feff", "fffe", "efbbbf", "4142"])
def test_any_file_identifier_is_harmless(tmp_path: Path, start: str) -> None:
    """An identifier is random; one that looks like UTF-16 text asks the parser for its codec."""

    def identify(writer: PdfWriter) -> None:
        writer._ID = ArrayObject(
            [ByteStringObject(bytes.fromhex(start.ljust(32, "5"))) for _ in range(2)]
        )

    pdf = pack(tmp_path, changed(identify, small_form()), "--object-streams=generate")
    assert f"<{start}".encode() in pdf
    assert understood(pdf) == understood(small_form())


def test_a_viewer_that_keeps_the_line_shown_is_understood() -> None:
    """Some viewers store what the list shows instead of the word behind it."""
    pdf = filled(
        {**SMALL, "practice.setting": "Network of several sites", "submitted_by": "Contact 1"}
    )
    values = understood(pdf)
    assert values["practice"]["setting"] == "multi_site_network"
    assert values["submitted_by"] == "maria-delgado"


def add_script(writer: PdfWriter) -> None:
    """Run a script when the form opens."""
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})
    named = ArrayObject([TextStringObject("x"), writer._add_object(action)])
    tree = DictionaryObject({NameObject("/Names"): named})
    names = DictionaryObject({NameObject("/JavaScript"): tree})
    writer.root_object[NameObject("/Names")] = names


def add_field_script(writer: PdfWriter) -> None:
    """Run a script when somebody types."""
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    )
    _, widget = next(widgets(writer))
    widget[NameObject("/AA")] = DictionaryObject({NameObject("/K"): action})


def add_submit(writer: PdfWriter) -> None:
    """Send the fields somewhere else."""
    _, widget = next(widgets(writer))
    widget[NameObject("/A")] = DictionaryObject({NameObject("/S"): NameObject("/SubmitForm")})


def add_launch(writer: PdfWriter) -> None:
    """Start a program when the form opens."""
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch")})
    writer.root_object[NameObject("/OpenAction")] = action


def add_file(writer: PdfWriter) -> None:
    """Attach a file."""
    writer.add_attachment("x.txt", b"x")


def add_xfa(writer: PdfWriter) -> None:
    """Put a second form of another kind over ours."""
    form: Any = writer.root_object["/AcroForm"]
    form[NameObject("/XFA")] = ArrayObject([TextStringObject("<xdp/>")])


def add_twin(writer: PdfWriter) -> None:
    """Give a field a twin of the same name and another value."""
    form: Any = writer.root_object["/AcroForm"]
    twin = DictionaryObject(
        {
            NameObject("/T"): TextStringObject("submitted_by"),
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/V"): TextStringObject("x"),
        }
    )
    form["/Fields"].append(writer._add_object(twin))


def many_fields(writer: PdfWriter) -> None:
    """Add ten thousand fields."""
    form: Any = writer.root_object["/AcroForm"]
    for number in range(10_000):
        field = DictionaryObject(
            {
                NameObject("/T"): TextStringObject(f"f{number}"),
                NameObject("/FT"): NameObject("/Tx"),
            }
        )
        form["/Fields"].append(writer._add_object(field))


def endless_kids(writer: PdfWriter) -> None:
    """Let a field be its own child."""
    form: Any = writer.root_object["/AcroForm"]
    field = DictionaryObject({NameObject("/T"): TextStringObject("x")})
    reference = writer._add_object(field)
    field[NameObject("/Kids")] = ArrayObject([reference])
    form["/Fields"].append(reference)


def dictionary_value(writer: PdfWriter) -> None:
    """Give a field a value that is no text."""
    _, widget = next(widgets(writer))
    widget[NameObject("/V")] = DictionaryObject({NameObject("/X"): NumberObject(1)})


HOSTILE: list[tuple[str, Callable[[PdfWriter], object], str]] = [
    ("script", add_script, "scripts or actions"),
    ("field script", add_field_script, "scripts or actions"),
    ("submit", add_submit, "scripts or actions"),
    ("launch", add_launch, "scripts or actions"),
    ("attached file", add_file, "files are attached"),
    ("xfa", add_xfa, "XFA"),
    ("two of one name", add_twin, "two fields in it have one name"),
    ("ten thousand fields", many_fields, "more than 2000 fields"),
    ("endless kids", endless_kids, "more than 2000 fields"),
    ("no text", dictionary_value, "damaged"),
    ("huge text", set_mark("form.id", "x" * 1_000_000), "more than 5000 characters"),
    ("another form", set_mark("form.id", "w-9"), "another form"),
    ("other version", set_mark("form.version", "0.9"), "another version"),
    ("flattened", flatten, "printed or flattened"),
    ("no fields", empty_fields, "printed or flattened"),
    ("encrypted", lambda writer: writer.encrypt("", "owner"), "password or encrypted"),
    ("locked", lambda writer: writer.encrypt("secret"), "password or encrypted"),
]


@pytest.mark.parametrize(
    ("change", "told"), [one[1:] for one in HOSTILE], ids=[one[0] for one in HOSTILE]
)
def test_a_hostile_or_broken_form_is_refused_in_a_sentence(
    change: Callable[[PdfWriter], object], told: str
) -> None:
    """Nothing of it is taken, and the sentence says why."""
    with pytest.raises(InputError) as refused:
        read_form(changed(change))
    assert told in str(refused.value)
    assert str(refused.value).endswith(".")


def test_the_control_of_every_attack_is_read() -> None:
    """The same form, rewritten by the same tool without the attack, is fine."""
    assert read_form(changed(lambda _: None, small_form())).unread == []


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.999])
def test_a_truncated_form_is_refused(part: float) -> None:
    """A file that broke off on its way is not read in part."""
    whole = small_form()
    with pytest.raises(InputError, match="damaged"):
        read_form(whole[: int(len(whole) * part)])


def test_a_form_with_fields_missing_is_refused() -> None:
    """Of our own edition every field must be there: a part of a form is no form."""

    def cut(writer: PdfWriter) -> None:
        form: Any = writer.root_object["/AcroForm"]
        form["/Fields"].pop()

    with pytest.raises(InputError, match="not whole"):
        read_form(changed(cut))


def test_an_older_edition_is_read_and_says_so() -> None:
    """Nobody has to type a form again because a list grew; the person who confirms is told."""
    older = changed(set_mark("form.digest", "0" * 32), small_form())
    taken = read_form(older)
    assert "older edition" in taken.unread[0].why
    assert record_in(taken)["practice"]["display_name"] == SMALL["practice.display_name"]


def test_no_pdf_and_too_large_a_file_are_refused() -> None:
    """Neither reaches the parser's memory."""
    with pytest.raises(InputError, match="damaged or no PDF"):
        read_form(b"\x89PNG\r\n\x1a\n" + b"x" * 5000)
    with pytest.raises(InputError, match="larger than"):
        read_form(b"%PDF-1.7\n" + b"0" * MOST_BYTES)


def test_another_document_is_refused() -> None:
    """A PDF without fields is not guessed at."""
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    with pytest.raises(InputError, match="no fields in it"):
        read_form(written(writer))


def test_the_reader_can_open_neither_file_nor_connection() -> None:
    """Whatever a hostile file makes the parser do ends inside the process."""
    code = (
        "import sys, socket, importlib.util as u\n"
        "spec = u.spec_from_file_location('r', sys.argv[1]); r = u.module_from_spec(spec)\n"
        "spec.loader.exec_module(r)\n"
        "{before}\n"
        "for act in (socket.socket, lambda: open('/etc/hostname')):\n"
        "    try: act(); print('open')\n"
        "    except OSError: print('closed')\n"
    )
    import sys

    from docgen.services import form_reader, spreadsheet_reader

    for module in (form_reader, spreadsheet_reader):
        for before, said in (("r.limit()", "closed"), ("pass", "open")):
            command = [
                sys.executable,
                "-I",
                "-c",
                code.replace("{before}", before),
                str(module.__file__),
            ]
            ran = subprocess.run(command, capture_output=True, text=True, check=True)
            assert ran.stdout.split() == [said, said]
