"""What every typesetter of agreements promises, whatever its engine."""

from __future__ import annotations

import abc
import dataclasses
import os
import re
import subprocess
import sys
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pypdf
import pypdfium2
import pytest

from docgen.domain.document import Block, BlockKind, Run, SignaturePanel
from docgen.errors import RenderRefused
from tests.contracts.pdf_reading import findings, fonts, printed_text, root, words
from tests.contracts.sample_agreement import (
    HOSTILE,
    NAMES,
    PANELS,
    address,
    agreement,
    expected_texts,
    paragraph,
    record,
    table_of,
)

if TYPE_CHECKING:
    from docgen.ports.typesetter import Typesetter

ROOT = Path(__file__).resolve().parents[2]


class TypesetterContract(abc.ABC):
    """Inherit this and answer `typesetter`; the tests are what callers rely on."""

    factory: str  # dotted path of the adapter's class, for a process of its own

    @abc.abstractmethod
    def typesetter(self) -> Typesetter:
        """Return the adapter under test."""

    def test_the_same_document_gives_the_same_bytes(self) -> None:
        """Two runs write identical files."""
        first, second = agreement(attachment=record()), agreement(articles=2, mark="")
        adapter = self.typesetter()
        apart = (adapter.typeset(first), adapter.typeset(second))
        assert adapter.typeset(first).pdf == apart[0].pdf
        assert apart[0].pdf != apart[1].pdf

    def test_another_process_zone_and_locale_give_the_same_bytes(self, tmp_path: Path) -> None:
        """Neither the process, its time zone, its language nor its hash seed shows in the file."""
        module, name = self.factory.rsplit(".", 1)
        script = (
            "import sys; from pathlib import Path; from docgen.resources import fonts_dir;"
            "from tests.contracts.sample_agreement import agreement, record;"
            f"from {module} import {name} as adapter;"
            "made = adapter(fonts_dir()).typeset(agreement(attachment=record()));"
            "Path(sys.argv[1]).write_bytes(made.pdf)"
        )
        target = tmp_path / "other.pdf"
        environment = os.environ | {
            "TZ": "Pacific/Kiritimati",
            "LANG": "ar_EG.UTF-8",
            "LC_ALL": "C",
            "PYTHONHASHSEED": "7",
            "SOURCE_DATE_EPOCH": "1",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-c", script, str(target)]
        subprocess.run(command, env=environment, cwd=tmp_path, check=True, timeout=120)
        made = self.typesetter().typeset(agreement(attachment=record()))
        assert target.read_bytes() == made.pdf

    def test_every_word_stands_on_the_pages_in_order(self) -> None:
        """A reader of another make finds each text of the document, one after the other."""
        document = agreement()
        text = printed_text(self.typesetter().typeset(document).pdf)
        # Header and footer stand between the pages' texts; what they say is known, so it can go.
        furniture = (
            rf"{re.escape(document.running_title)} {re.escape(document.mark)}",
            rf"{re.escape(document.control_line)} Page \d+ of \d+",
        )
        for line in furniture:
            text = re.sub(line, " ", text)
        text = words(text)
        at = 0
        for expected in map(words, expected_texts(document)):
            found = text.find(expected, at)
            assert found >= 0, f"missing after {at}: {expected}"
            at = found + len(expected)

    def test_header_and_footer_stand_on_every_page(self) -> None:
        """Each page bears running title, mark, control line and its number of the total."""
        document = agreement()
        made = self.typesetter().typeset(document)
        sheets = pypdfium2.PdfDocument(made.pdf)
        assert len(sheets) == made.pages > 3
        for number, sheet in enumerate(sheets, start=1):
            text = words(sheet.get_textpage().get_text_range())
            for expected in (document.running_title, document.mark, document.control_line):
                assert words(expected) in text
            assert f"Page {number} of {made.pages}" in text
            assert sheet.get_size() == pytest.approx((612, 792))

    def test_hostile_values_are_printed_and_do_nothing(self) -> None:
        """Markup of any language in a value appears letter by letter, in prose and in tables."""
        more = (*map(paragraph, HOSTILE), table_of((HOSTILE[0], HOSTILE[1])))
        made = self.typesetter().typeset(agreement(more=more))
        text = printed_text(made.pdf).replace(" ", "")
        for value in HOSTILE[:2]:
            assert text.count(value.replace(" ", "")) == 2
        assert HOSTILE[2].replace(" ", "") in text
        assert "/JavaScript" not in str(root(pypdf.PdfReader(BytesIO(made.pdf))))

    def test_hostile_values_change_no_layout_elsewhere(self) -> None:
        """Values in panels, header and footer stay there, and the page count is a person's."""
        hostile = SignaturePanel(
            slot="pso_signatory", party=HOSTILE[0], capacity=HOSTILE[1][:80], meaning="#pagebreak()"
        )
        document = agreement(mark=HOSTILE[0][:40])
        blocks = tuple(
            dataclasses.replace(block, panels=(PANELS[0], hostile)) if block.panels else block
            for block in document.blocks
        )
        document = dataclasses.replace(document, blocks=blocks, control_line="Packet #7 $x$ <b>")
        made = self.typesetter().typeset(document)
        text = printed_text(made.pdf).replace(" ", "")
        assert "#pagebreak()" in text
        assert (
            text.count("Packet#7$x$<b>")
            == made.pages
            == self.typesetter().typeset(agreement()).pages
        )

    def test_names_of_many_scripts_come_back(self) -> None:
        """Latin, Greek, Cyrillic, Arabic, Chinese, Japanese and Korean names can be read back."""
        more = (
            *(paragraph(f"The contact is {name}, 12 years.") for name in NAMES),
            table_of(*((name, "on site") for name in NAMES)),
        )
        made = self.typesetter().typeset(agreement(more=more))
        text = unicodedata.normalize("NFKC", printed_text(made.pdf)).replace(" ", "")
        for name in NAMES:
            # A reader may hand back the words of a right-to-left name as they stand on the page.
            for word in unicodedata.normalize("NFKC", name).split():
                assert text.count(word) >= 2, word.encode()

    def test_a_right_to_left_name_leaves_its_neighbours_in_place(self) -> None:
        """Digits after an Arabic name stand to its right, as the sentence has them."""
        made = self.typesetter().typeset(
            agreement(more=(paragraph("Between ALPHA محمد علي 2468 OMEGA stands the name."),))
        )
        for sheet in pypdfium2.PdfDocument(made.pdf):
            reader = sheet.get_textpage()
            text = reader.get_text_range()
            if "OMEGA" in text:
                lefts = [
                    reader.get_charbox(text.index(word))[0] for word in ("ALPHA", "2468", "OMEGA")
                ]
                assert lefts == sorted(lefts)
                return
        pytest.fail("the sentence is not on any page")

    @pytest.mark.parametrize(
        ("text", "point"),
        [
            ("Clinic 🙂", "U+1F642"),
            ("a\u202eb", "U+202E"),
            ("a\x00b", "U+0000"),
            ("a\x0bb", "U+000B"),
            ("हिन्दी", "U+0939"),
            ("\ue000", "U+E000"),
            ("a\ufeffb", "U+FEFF"),
        ],
    )
    @pytest.mark.parametrize("where", ["run", "cell", "party", "control"])
    def test_a_character_without_glyph_is_refused(self, text: str, point: str, where: str) -> None:
        """The refusal names code point and block, and never the value around it."""
        secret = f"Doe {text}"
        document = agreement()
        match where:
            case "run":
                document = agreement(more=(paragraph(secret),))
            case "cell":
                document = agreement(more=(table_of(("fine", secret)),))
            case "party":
                panel = dataclasses.replace(PANELS[0], party=secret)
                signing = Block(kind=BlockKind.SIGNATURES, id="sample.signing", panels=(panel,))
                document = dataclasses.replace(document, blocks=(*document.blocks, signing))
            case _:
                document = dataclasses.replace(document, control_line=secret)
        with pytest.raises(RenderRefused) as refusal:
            self.typesetter().typeset(document)
        message = str(refusal.value)
        block = {"run": "sample.more", "cell": "sample.table", "party": "sample.signing"}
        assert point in message
        assert block.get(where, "control line") in message
        assert "Doe" not in message
        assert text not in message

    def test_what_cannot_be_printed_is_told_beforehand(self) -> None:
        """Each character without a glyph, once and in order; names of many scripts have none."""
        adapter = self.typesetter()
        assert adapter.unprintable("a\U0001f333b\u05d0\U0001f333") == "\U0001f333\u05d0"
        assert [adapter.unprintable(name) for name in NAMES] == [""] * len(NAMES)

    def test_ordinary_signs_have_glyphs(self) -> None:
        """The control of the refusals: the signs contracts use are all printed."""
        signs = "§ ¶ “x” ‘y’ – — … • € £ ½ × ± ≤ ≥ © ® ™ ° †"
        made = self.typesetter().typeset(agreement(more=(paragraph(signs),)))
        assert words(signs).replace(" ", "") in printed_text(made.pdf).replace(" ", "")

    def test_it_is_archivable_and_accessible(self) -> None:
        """The file keeps PDF/A-3a and PDF/UA-1, with and without attachment, in every script."""
        many = tuple(paragraph(f"The contact is {name}.") for name in NAMES)
        for document in (agreement(attachment=record()), agreement(mark="", more=many)):
            pdf = self.typesetter().typeset(document).pdf
            assert findings(pdf, "3a") == []
            assert findings(pdf, "ua1") == []

    def test_the_validator_finds_a_broken_file(self) -> None:
        """The control of the check above: without its metadata the same file does not pass."""
        writer = pypdf.PdfWriter(clone_from=BytesIO(self.typesetter().typeset(agreement()).pdf))
        del writer.root_object["/Metadata"]
        target = BytesIO()
        writer.write(target)
        assert findings(target.getvalue(), "3a")
        assert findings(target.getvalue(), "ua1")

    def test_all_fonts_are_embedded(self) -> None:
        """No page relies on a font of the reader's machine, and ours are the only ones."""
        found = fonts(self.typesetter().typeset(agreement()).pdf)
        assert len(found) >= 5
        assert all(found.values())
        assert all(name.startswith("DocgenSerif") for name in found)

    def test_bookmarks_lead_to_articles_and_exhibits(self) -> None:
        """The outline lists every article and exhibit with its number, in order."""
        reader = pypdf.PdfReader(BytesIO(self.typesetter().typeset(agreement()).pdf))
        titles = [
            words(entry.title or "").replace(" ", "")
            for entry in reader.outline
            if not isinstance(entry, list)
        ]
        expected = [
            words(block.number + block.heading).replace(" ", "")
            for block in agreement().blocks
            if block.kind in {BlockKind.ARTICLE, BlockKind.EXHIBIT}
        ]
        assert titles == expected

    def test_metadata_name_title_author_language_and_date(self) -> None:
        """A reader learns title, author, language and the document's own date."""
        reader = pypdf.PdfReader(BytesIO(self.typesetter().typeset(agreement()).pdf))
        document = agreement()
        assert reader.metadata is not None
        assert reader.metadata.title == document.title
        assert reader.metadata.author == document.author
        assert str(reader.metadata["/CreationDate"]).startswith("D:20261102")
        assert root(reader)["/Lang"] == "en-US"

    def test_the_attachment_travels_as_data(self) -> None:
        """The printed fields lie in the file, byte for byte and marked as data."""
        with_record = self.typesetter().typeset(agreement(attachment=record())).pdf
        reader = pypdf.PdfReader(BytesIO(with_record))
        assert reader.attachments[record().name] == [record().data]
        specification = root(reader)["/AF"][0].get_object()
        assert specification["/AFRelationship"] == "/Data"
        assert specification["/Desc"] == record().description
        without = pypdf.PdfReader(BytesIO(self.typesetter().typeset(agreement()).pdf))
        assert not without.attachments

    def test_panels_lie_on_their_page_and_apart(self) -> None:
        """Each slot is reported once, in order, large enough, inside the page and over no other."""
        made = self.typesetter().typeset(agreement())
        assert [place.slot for place in made.panels] == [panel.slot for panel in PANELS]
        for place in made.panels:
            assert 1 <= place.page <= made.pages
            assert place.width >= 200
            assert place.height >= 64
            assert 36 <= place.x <= 612 - 36 - place.width
            assert 36 <= place.y <= 792 - 36 - place.height
        first, second = made.panels
        assert first.page < second.page or first.y >= second.y + second.height

    def test_the_blank_area_of_a_panel_is_blank(self) -> None:
        """No printed letter lies in the area, and the four labels stand left of it."""
        made = self.typesetter().typeset(agreement())
        for place in made.panels:
            reader = pypdfium2.PdfDocument(made.pdf)[place.page - 1].get_textpage()
            inside = reader.get_text_bounded(
                place.x, place.y, place.x + place.width, place.y + place.height
            )
            left = reader.get_text_bounded(
                place.x - 64, place.y - 2, place.x, place.y + place.height
            )
            assert inside.strip() == ""
            assert words(left) == "Signature Name Title Date and time"

    @pytest.mark.parametrize("lines", range(0, 44, 4))
    def test_panels_never_stand_without_text_before_them(self, lines: int) -> None:
        """Wherever the page ends, panels keep together and the closing words stay with them."""
        more = tuple(paragraph(f"Line {line}.") for line in range(lines))
        made = self.typesetter().typeset(agreement(articles=1, more=more))
        pages = {place.page for place in made.panels}
        assert len(pages) == 1
        text = words(
            pypdfium2.PdfDocument(made.pdf)[pages.pop() - 1].get_textpage().get_text_range()
        )
        assert "In witness of this, the parties sign below" in text

    def test_many_panels_flow_over_pages_whole(self) -> None:
        """Twelve signers' panels take several pages; none is divided or lost."""
        panels = tuple(dataclasses.replace(PANELS[0], slot=f"joining_{n}") for n in range(12))
        signing = Block(kind=BlockKind.SIGNATURES, id="sample.joining", panels=panels)
        document = agreement()
        made = self.typesetter().typeset(
            dataclasses.replace(document, blocks=(*document.blocks, paragraph("Joined."), signing))
        )
        places = made.panels[2:]
        assert [place.slot for place in places] == [panel.slot for panel in panels]
        assert len({place.page for place in places}) > 1
        assert all(place.y >= 72 for place in places)

    def test_tables_repeat_their_header_and_keep_rows_whole(self) -> None:
        """A long table shows its header on each page and divides no row."""
        made = self.typesetter().typeset(agreement())
        sheets = [
            words(sheet.get_textpage().get_text_range())
            for sheet in pypdfium2.PdfDocument(made.pdf)
        ]
        with_rows = [text for text in sheets if "Lakeside Treatment Center" in text]
        assert len(with_rows) > 1
        for text in with_rows:
            assert "Facility Address Kind of service" in text
        for number in range(1, 46):
            assert sum(address(number) in text for text in sheets) == 1

    def test_an_exhibit_s_heading_stands_over_its_first_words(self) -> None:
        """Exhibits may run on, but no page ends between an exhibit's heading and its text."""
        made = self.typesetter().typeset(agreement())
        pages = [
            words(sheet.get_textpage().get_text_range())
            for sheet in pypdfium2.PdfDocument(made.pdf)
        ]
        for heading in ("Exhibit A Facilities", "Exhibit B Notices and contacts"):
            held = [text.partition(heading)[2] for text in pages if heading in text]
            assert len(held) == 1
            assert len(held[0].split()) > 20

    def test_long_words_stay_inside_the_page(self) -> None:
        """A word longer than its line or its column is broken, not printed over the edge."""
        word = "W" * 120
        mail = "a.very.long.mailbox.name.of.an.office@department.of.something.example.org"
        more = (paragraph(f"See {word} there."), table_of((mail, word)))
        made = self.typesetter().typeset(agreement(more=more))
        text = printed_text(made.pdf).replace(" ", "")
        assert text.count(word) == 2
        assert mail in text
        for sheet in pypdfium2.PdfDocument(made.pdf):
            reader = sheet.get_textpage()
            boxes = [reader.get_charbox(at) for at in range(reader.count_chars())]
            assert max(box[2] for box in boxes) <= 612 - 72

    def test_a_row_longer_than_a_page_loses_nothing(self) -> None:
        """A cell that cannot fit one page runs on to the next, with every word."""
        text = " ".join(f"word{number}" for number in range(1500))
        made = self.typesetter().typeset(agreement(more=(table_of(("long", text)),)))
        printed = printed_text(made.pdf)
        assert all(f"word{number}" in printed for number in range(1500))

    def test_runs_keep_their_styles(self) -> None:
        """Bold and italic words are printed in those faces, plain ones are not."""
        block = Block(
            kind=BlockKind.PARAGRAPH,
            id="sample.styles",
            runs=(
                Run(text="qplain "),
                Run(text="qbold ", bold=True),
                Run(text="qital", italic=True),
            ),
        )
        made = self.typesetter().typeset(agreement(articles=1, more=(block,)))
        fonts: dict[str, str] = {}

        def visit(text: str, _cm: object, _tm: object, font: dict[str, str], _size: float) -> None:
            for word in ("qplain", "qbold", "qital"):
                if word in text and font:
                    fonts[word] = str(font["/BaseFont"]).split("+")[1].replace("-", "")

        for sheet in pypdf.PdfReader(BytesIO(made.pdf)).pages:
            sheet.extract_text(visitor_text=visit)
        assert fonts["qbold"] == "DocgenSerifBold"
        assert fonts["qital"] == "DocgenSerifItalic"
        assert fonts["qplain"] in {"DocgenSerif", "DocgenSerifRegular"}
