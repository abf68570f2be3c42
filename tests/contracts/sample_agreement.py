"""An invented agreement that uses every kind of block, for the typesetters' tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.document import (
    Attachment,
    Block,
    BlockKind,
    Column,
    Document,
    Run,
    SignaturePanel,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCES = (
    (
        "The Provider shall keep each record in the form in which it was received and shall make "
        "it available for inspection on reasonable notice."
    ),
    (
        "Nothing in this Section limits a right that the applicable law gives and that cannot be "
        "waived by contract."
    ),
    (
        "Notwithstanding Section 2.1, the parties may agree in writing on a shorter period where "
        "the circumstances require it, in accordance with 45 CFR § 164.504(e)."
    ),
    "Each party bears its own costs of performance unless this Agreement says otherwise.",
)


def prose(text: str, *, bold: bool = False) -> tuple[Run, ...]:
    """Return one run."""
    return (Run(text=text, bold=bold),)


def clause(number: str, heading: str, *texts: str) -> Block:
    """Return a numbered clause with a run-in heading."""
    return Block(
        kind=BlockKind.CLAUSE,
        id=f"sample.clause.{number}",
        number=number,
        heading=heading,
        runs=prose(" ".join(texts)),
    )


def item(number: str, level: int, text: str) -> Block:
    """Return one list item."""
    return Block(
        kind=BlockKind.ITEM,
        id=f"sample.item.{number}",
        number=number,
        level=level,
        runs=prose(text),
    )


OPENING = (
    Block(kind=BlockKind.TITLE, id="sample.title", runs=prose("Sample Services Agreement")),
    Block(kind=BlockKind.SUBTITLE, runs=prose("between an invented practice and an invented PSO")),
    Block(
        kind=BlockKind.PARAGRAPH,
        id="sample.parties",
        runs=(
            Run(text="This Agreement is between Lantern Quality Collaborative, LLC, a Delaware "),
            Run(text="limited liability company (“"),
            Run(text="PSO", bold=True),
            Run(text="”), and Lakeside Radiation Oncology, PLLC (“"),
            Run(text="Practice", bold=True),
            Run(text="”), and takes effect on the "),
            Run(text="Effective Date", bold=True, italic=True),
            Run(text=", that is, "),
            Run(text="on the date of the last signature", italic=True),
            Run(text="."),
        ),
    ),
    Block(
        kind=BlockKind.RECITAL,
        id="sample.recital.a",
        number="A.",
        runs=prose("The Practice wishes to improve the safety and the quality of its services."),
    ),
    Block(
        kind=BlockKind.RECITAL,
        id="sample.recital.b",
        number="B.",
        runs=prose("The PSO is listed, and has the staff to help it do so, " + SENTENCES[1]),
    ),
)

ITEMS = (
    clause("1.2", "Terms used", "In this Agreement the following terms are used:"),
    item("(a)", 1, "a term defined in the Act has the meaning that the Act gives to it;"),
    item("(b)", 1, "“facility” means each place listed in Exhibit A, and includes:"),
    item("(i)", 2, "a place added later under Section 2.3 by a notice that both parties sign;"),
    item("(viii)", 2, "a place that takes the room of another, which includes:"),
    item("(A)", 3, "a temporary place of service, for as long as it is in use; and"),
    item("(B)", 3, "a mobile unit; and"),
    item("(c)", 1, SENTENCES[0]),
    Block(
        kind=BlockKind.CONTINUATION,
        id="sample.terms.tail",
        runs=prose("These meanings apply to the exhibits as well."),
    ),
)


def address(number: int) -> str:
    """Return an invented address."""
    return f"{number * 100} Harbor Street, Suite {number}, Springfield, Texas 7500{number % 10}"


FACILITIES = Block(
    kind=BlockKind.TABLE,
    id="sample.exhibit.facilities",
    table=Table(
        caption="Facilities covered",
        columns=(
            Column(heading="Facility", width=30),
            Column(heading="Address", width=42),
            Column(heading="Kind of service", width=28),
        ),
        rows=tuple(
            (
                f"Lakeside Treatment Center {number}",
                address(number),
                "External beam therapy; brachytherapy" if number % 3 else "Consultation",
            )
            for number in range(1, 46)
        ),
    ),
)

PANELS = (
    SignaturePanel(
        slot="practice_signatory",
        party="Lakeside Radiation Oncology, PLLC",
        capacity="For the Practice, as its authorized official",
        meaning="I agree to be bound by this Agreement.",
    ),
    SignaturePanel(
        slot="pso_signatory",
        party="Lantern Quality Collaborative, LLC",
        capacity="For the PSO, as its authorized official",
        meaning="I countersign this Agreement for the PSO.",
    ),
)

CLOSING = (
    Block(
        kind=BlockKind.PARAGRAPH,
        id="sample.closing",
        runs=prose("In witness of this, the parties sign below through their officials."),
    ),
    Block(kind=BlockKind.SIGNATURES, id="sample.signatures", panels=PANELS),
)

EXHIBITS = (
    Block(
        kind=BlockKind.EXHIBIT,
        id="sample.exhibit.a",
        number="Exhibit A",
        heading="Facilities",
    ),
    Block(
        kind=BlockKind.PARAGRAPH,
        id="sample.exhibit.a.text",
        runs=prose("The facilities are those listed here. " + " ".join(SENTENCES)),
    ),
    Block(kind=BlockKind.SUBHEADING, id="sample.exhibit.a.list", runs=prose("List of facilities")),
    FACILITIES,
    Block(
        kind=BlockKind.EXHIBIT,
        id="sample.exhibit.b",
        number="Exhibit B",
        heading="Notices and contacts",
    ),
    clause("B.1", "Notices", SENTENCES[0]),
    item("(a)", 1, SENTENCES[1]),
)


def body(articles: int, clauses: int) -> tuple[Block, ...]:
    """Return numbered articles with clauses of differing length."""
    blocks: list[Block] = []
    for article in range(1, articles + 1):
        blocks.append(
            Block(
                kind=BlockKind.ARTICLE,
                id=f"sample.article.{article}",
                number=f"{article}.",
                heading=f"Duties of the Parties, Part {article}",
            )
        )
        for number in range(1, clauses + 1):
            if (article, number) == (1, 2):
                blocks.extend(ITEMS)
                continue
            turn = (article * 3 + number) % 4
            texts = (SENTENCES[turn:] + SENTENCES[:turn])[: 2 + turn % 3]
            blocks.append(clause(f"{article}.{number}", f"Matter {number}", *texts))
    return tuple(blocks)


def agreement(
    *,
    articles: int = 4,
    clauses: int = 5,
    mark: str = "Sample for review by counsel",
    attachment: Attachment | None = None,
    more: tuple[Block, ...] = (),
) -> Document:
    """Return the sample agreement; `more` blocks stand before the closing."""
    return Document(
        slug="sample",
        version="1.0.0",
        title="Sample Services Agreement",
        running_title="Sample Services Agreement",
        control_line="Packet 7QH2-K9 · plan 3f2a9c1d",
        mark=mark,
        language="en-US",
        author="Lantern Quality Collaborative, LLC",
        dated="2026-11-02",
        blocks=(*OPENING, *body(articles, clauses), *more, *CLOSING, *EXHIBITS),
        attachment=attachment,
    )


def record() -> Attachment:
    """Return the printed fields as the data that travels inside the PDF."""
    return Attachment(
        name="sample-fields.json",
        description="The fields printed in this document",
        media_type="application/json",
        data='{"practice": "Lakeside Radiation Oncology, PLLC", "café": true}'.encode(),
    )


HOSTILE = (
    "#evil[x] $x$ <b>&amp; </p> {{ 7*7 }} {% x %} \\u{41} `raw` *a* _b_ @ref //c /*d*/ ~ -- ''",
    '#import "x": *; #sys.inputs #read("/etc/passwd") ]]> <!-- --> <img src=\'file:///x\'>',
    '\'; } @import url(http://127.0.0.1/x); url(file:///etc/passwd) "\\" </style></title>',
)
NAMES = (
    "José Ñúñez-Çelik Øğuz",
    "Ελένη Παπαδοπούλου",
    "Юлия Щербак",
    "Nguyễn Thị Hạnh",
    "محمد علي",
    "王小明",
    "山田 はなこ",
    "김철수",
)


def expected_texts(document: Document) -> Iterator[str]:
    """Yield the printed texts of the agreement in order, without header and footer."""
    for block in document.blocks:
        yield block.number
        yield block.heading
        yield "".join(run.text for run in block.runs)
        if block.table is not None:
            yield block.table.caption
            yield from (column.heading for column in block.table.columns)
            for row in block.table.rows:
                yield from row
        yield from (panel.party for panel in block.panels)


def table_of(*rows: tuple[str, ...]) -> Block:
    """Return a table block with two columns."""
    columns = (Column(heading="Name", width=40), Column(heading="Remark", width=60))
    return Block(
        kind=BlockKind.TABLE,
        id="sample.table",
        table=Table(caption="People", columns=columns, rows=rows),
    )


def paragraph(text: str) -> Block:
    """Return an unnumbered paragraph."""
    return Block(kind=BlockKind.PARAGRAPH, id="sample.more", runs=prose(text))
