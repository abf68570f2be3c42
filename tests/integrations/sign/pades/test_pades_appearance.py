"""What a signature shows: the right words on the right rules, in any script, nowhere else."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING, Any

import page
import pypdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageChops

from docgen.errors import RenderRefused, SignatureInvalid
from docgen.ports.signer import DrawnMark
from docgen.services.ceremony.words import LONGEST_NAME
from integrations.sign.pades.panel import DEVELOPMENT_NOTE
from integrations.sign.pades.typeface import Typeface
from integrations.sign.pades.wording import _levels, _ordered, set_line
from tests.contracts.signer import AT, act_in, slots_of
from tests.integrations.sign.pades.conftest import FONTS
from tests.integrations.sign.pades.test_pades_whole_file import TOLERATED, need

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL.Image import Image

    from docgen.ports.typesetter import PanelPlace, TypesetPdf
    from tests.integrations.sign.pades.conftest import House

SLOT = "practice_signatory"
DATE = "November 2, 2026, 14:03:22 UTC"
FACES = tuple(
    Typeface(FONTS / name)
    for name in ("DocgenSerif-Regular.ttf", "Amiri-Regular.ttf", "DroidSansFallback.ttf")
)
SCALE = 3
NAMES = (
    "Ada Quill",
    "Ólafur Þór Jónsdóttir-Håkansson",
    "Ngọc Ánh Nguyễn",
    "Анна Сергеевна Ковалёва",
    "Ελένη Παπαδοπούλου",
    "山田 太郎",
    "김영희",
    "سارة عبد الرحمن الخطيب",
    "سارة Smith 42 (الخطيب)",
    'O\'Neil "Q" <b>&amp; \\(x\\) \\n % [ ]',
    "Maximiliana Konstantina Alexandra von und zu Hohenberg-Falkenstein-Wittgenstein de la Cruz",
)
WAVE = DrawnMark(
    strokes=(
        tuple((30.0 + 9 * step, 150 + 100 * ((step * 7) % 13 - 6) / 6) for step in range(100)),
        ((200.0, 290.0), (990.0, 280.0)),
        ((500.0, 50.0),),
    )
)


@pytest.fixture(scope="session")
def certified(files: Sequence[bytes]) -> bytes:
    """Give the certified file."""
    return files[1]


def words_on_page(pdf: bytes, place: PanelPlace, folder: Path) -> list[tuple[str, float, float]]:
    """Read the words within a field with qpdf and poppler: (word, left, middle)."""
    (folder / "in.pdf").write_bytes(pdf)
    flatten = [need("qpdf", "qpdf"), "--flatten-annotations=all", "in.pdf", "flat.pdf"]
    subprocess.run(flatten, cwd=folder, check=True)
    number = str(place.page)
    read = [need("pdftotext", "poppler-utils"), "-bbox", "-f", number, "-l", number]
    subprocess.run([*read, "flat.pdf", "out.html"], cwd=folder, check=True)
    found = re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>',
        (folder / "out.html").read_text("utf-8"),
    )
    entities = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&", "&apos;": "'", "&#39;": "'"}
    words = []
    for left, top, right, bottom, word in found:
        text = re.sub(r"&[a-z#0-9]+;", lambda match: entities[match.group()], word)
        up = 792 - (float(top) + float(bottom)) / 2
        inside = place.y <= up <= place.y + place.height
        if inside and float(left) >= place.x - 0.5 and float(right) <= place.x + place.width + 0.5:
            words.append((text, float(left), up))
    return words


def letters(text: str) -> list[str]:
    """Give a text's letters, whatever their order: readers differ on right-to-left words."""
    plain = unicodedata.normalize("NFKD", text)
    return sorted(mark for mark in plain if unicodedata.category(mark)[0] in "LNPS")


@pytest.mark.parametrize("name", NAMES)
def test_name_title_time_and_meaning_stand_on_their_rules(
    house: House, certified: bytes, rendered: TypesetPdf, tmp_path: Path, name: str
) -> None:
    """Read back with other programs: every word is there, each text on its own rule."""
    act = act_in(SLOT, name=name, typed=name, title=f"Physicist {name[:20]}".strip())
    pdf = house.signer.sign(certified, act)
    place = rendered.panels[0]
    words = words_on_page(pdf, place, tmp_path)
    row = place.height / 4
    rows = ["", "", "", ""]
    for word, _, middle in words:
        rows[3 - int((middle - place.y) / row)] += f"{word} "
    assert letters(rows[0]) == letters(name + act.meaning)
    assert letters(rows[1]) == letters(name)
    assert letters(rows[2]) == letters(act.title)
    assert letters(rows[3]) == letters(DATE + DEVELOPMENT_NOTE)


@pytest.mark.parametrize("profile", ["3a", "ua1"])
@pytest.mark.parametrize("name", NAMES)
def test_every_script_is_archivable_and_accessible(
    house: House, certified: bytes, name: str, profile: str
) -> None:
    """Fonts are embedded, widths agree, every glyph has its text, whatever the script."""
    pdf = house.signer.sign(certified, act_in(SLOT, name=name, typed=name))
    failed = {failure.rule_id for failure in page.validate_pdf_bytes(pdf, profile=profile).failures}
    assert failed <= set(TOLERATED)


def picture(pdf: bytes, number: int) -> Image:
    """Render a page with its form fields."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    drawn = document[number - 1].render(scale=SCALE, may_draw_forms=True).to_pil()
    image: Image = drawn.convert("RGB")
    document.close()
    return image


@pytest.mark.parametrize("drawn", [None, WAVE], ids=["typed", "drawn"])
def test_nothing_outside_the_field_changes(
    house: House, certified: bytes, rendered: TypesetPdf, drawn: DrawnMark | None
) -> None:
    """The page before and after signing differs within the panel's blanks only, and does differ."""
    place = rendered.panels[0]
    pdf = house.signer.sign(certified, act_in(SLOT, drawn=drawn))
    before, after = picture(certified, place.page), picture(pdf, place.page)
    box = ImageChops.difference(before, after).getbbox()
    assert box is not None
    left, top, right, bottom = (side / SCALE for side in box)
    assert place.x - 0.5 <= left < right <= place.x + place.width + 0.5
    assert place.y - 0.5 <= 792 - bottom < 792 - top <= place.y + place.height + 0.5
    others = [number for number in range(1, rendered.pages + 1) if number != place.page]
    for number in others:
        same = ImageChops.difference(picture(certified, number), picture(pdf, number))
        assert same.getbbox() is None


def test_a_drawn_mark_takes_the_place_of_the_typed_one(
    house: House, certified: bytes, rendered: TypesetPdf, tmp_path: Path
) -> None:
    """The strokes are paths in the appearance; the typed words are not shown a second time."""
    pdf = house.signer.sign(certified, act_in(SLOT, typed="Adda Kwill", drawn=WAVE))
    words = [word for word, _, _ in words_on_page(pdf, rendered.panels[0], tmp_path)]
    assert "Adda" not in words
    assert words.count("Quill") == 1
    shown: Any = pypdf.PdfReader(BytesIO(pdf)).pages[rendered.panels[0].page - 1]
    annotations = [one.get_object() for one in shown["/Annots"]]
    (annotation,) = (one for one in annotations if one.get("/T") == SLOT)
    content = annotation["/AP"]["/N"].get_data()
    assert content.count(b" c\n") > 50
    assert content.count(b" l S") == 3


@pytest.mark.parametrize(
    "strokes",
    [
        (),
        ((),),
        (((float("nan"), 1.0),),),
        (((1.0, float("inf")),),),
        (tuple((1.0, 1.0) for _ in range(20_001)),),
    ],
    ids=["none", "empty", "nan", "inf", "many"],
)
def test_a_mark_that_is_none_is_refused(
    house: House, certified: bytes, strokes: tuple[tuple[tuple[float, float], ...], ...]
) -> None:
    """No strokes, no numbers, or far too many: draw it again."""
    with pytest.raises(RenderRefused, match="draw it again"):
        house.signer.sign(certified, act_in(SLOT, drawn=DrawnMark(strokes=strokes)))


def test_strokes_outside_the_box_stay_in_the_field(
    house: House, certified: bytes, rendered: TypesetPdf
) -> None:
    """Points far away are drawn at the edge of the mark's area."""
    far = DrawnMark(strokes=(((-1e9, -1e9), (1e9, 1e9), (0.0, 1e300)),))
    pdf = house.signer.sign(certified, act_in(SLOT, drawn=far))
    place = rendered.panels[0]
    box = ImageChops.difference(picture(certified, place.page), picture(pdf, place.page)).getbbox()
    assert box is not None
    assert box[0] / SCALE >= place.x - 0.5


@pytest.mark.parametrize("part", ["name", "title", "typed", "meaning"])
@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("Ada \u202eQuill", "U+202E"),
        ("Ada \u2066Quill", "U+2066"),
        ("Ada\u200bQuill", "U+200B"),
        ("Ada \x07 Quill", "U+0007"),
        ("Ada \ufeffQuill", "U+FEFF"),
        ("Ada \ue000", "U+E000"),
        ("דוד כהן", "U+05D3"),
        ("Ada \U0001f600", "U+1F600"),
    ],
)
def test_characters_that_do_not_show_are_refused(
    house: House, certified: bytes, part: str, text: str, point: str
) -> None:
    """Hidden, turning and glyphless characters are refused by code point, without the text."""
    with pytest.raises((RenderRefused, SignatureInvalid)) as refusal:
        house.signer.sign(certified, act_in(SLOT, **{part: text}))
    assert "Ada" not in str(refusal.value)
    assert part == "name" or point in str(refusal.value)


@pytest.mark.parametrize("text", ["W" * 900, "ع 1 " * 240, "W " * 10**6], ids=len)
@pytest.mark.parametrize("part", ["name", "title", "typed", "meaning"])
def test_a_text_too_long_for_its_line_is_refused(
    house: House, certified: bytes, part: str, text: str
) -> None:
    """Nothing is cut off silently, and no length keeps the signer busy."""
    with pytest.raises(RenderRefused, match="too long"):
        house.signer.sign(certified, act_in(SLOT, **{part: text}))


@pytest.mark.parametrize("letter", ["W", "Щ", "字"])
def test_the_longest_name_and_title_a_signer_may_give_stand_on_their_rules(
    house: House, certified: bytes, letter: str
) -> None:
    """The control of the refusals: as long as the ceremony permits, of the widest letters."""
    longest = letter * LONGEST_NAME
    assert house.signer.sign(certified, act_in(SLOT, name=longest, title=longest))


@given(st.text(alphabet=st.sampled_from("Aбع字1 .-é)("), max_size=24))
def test_every_character_is_drawn_once(text: str) -> None:
    """Whatever the mixture of directions and fonts, no character is lost or doubled."""
    line = set_line(text, FACES)
    assert letters("".join(glyph.text for glyph in line.glyphs)) == letters(text)
    assert all(glyph.face.covers(glyph.text[0]) for glyph in line.glyphs)


@given(st.text(alphabet=st.sampled_from("Aعא1 ("), min_size=1, max_size=16))
def test_reordering_loses_no_place(text: str) -> None:
    """The runs of a line are the whole line, each place once."""
    places = [place for _, start, end in _ordered(_levels(text)) for place in range(start, end)]
    assert sorted(places) == list(range(len(text)))


@pytest.mark.parametrize(
    ("logical", "shown"),
    [
        ("abc", "abc"),
        ("עבא", "אבע"),
        ("abc עבא", "abc אבע"),
        ("עבא abc", "abc אבע"),
        ("עבא 12 גד", "דג 12 אבע"),
        ("abc עבא 12 גד def", "abc דג 12 אבע def"),
        ("עבא abc 12", "abc 12 אבע"),
        ("abc 12 עבא", "abc 12 אבע"),
    ],
)
def test_lines_run_as_the_bidirectional_algorithm_says(logical: str, shown: str) -> None:
    """Words of two directions stand in the order that readers of them expect (UAX #9)."""
    order = ""
    for level, start, end in _ordered(_levels(logical)):
        part = logical[start:end]
        order += part[::-1] if level % 2 else part
    assert order == shown


def test_slots_cover_the_printed_blanks(rendered: TypesetPdf) -> None:
    """The control of the places: both panels have a field of the size the words were set for."""
    assert [slot.place.slot for slot in slots_of(rendered)] == [SLOT, "pso_signatory"]
    assert all(200 <= place.width <= 300 and place.height >= 64 for place in rendered.panels)
    assert AT.isoformat() == "2026-11-02T14:03:22+00:00"
