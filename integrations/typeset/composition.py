"""Decisions of layout that every typesetter shares: what hangs where, and what may not part.

Words never change here. Spaces within a reference cannot break any more, right-to-left passages
stand in isolates, and each block learns its left edge and whether it must stay with the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.domain.document import Block, BlockKind, Run, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A reference never parts from its number, a title of law never from its section.
_TIED = re.compile(
    r"\b(Sections?|Articles?|Exhibits?|Parts?|CFR|U\.S\.C\.|§§?|(?<=\d)(?= (?:CFR|U\.S\.C\.)))"
    r" (?=§|[0-9]|[A-Z](?:\b|\.\d)|CFR\b|U\.S\.C\.|Part \d)"
)
# A space that cannot break is written as a space and a word joiner: readers of PDF files lose a
# no-break space in a tight line, and then two words are one.
_TIE = "\\1 \u2060"
# Nor does a number in words part from its figure, a telephone number from its area code, a ZIP code
# from its state, a state's two words, a suite from its number.
_FIGURE = re.compile(
    r"[a-z] (?=\(\d+\)(?! \d{3}-))|\(\d{3}\) (?=\d{3}-\d{4}\b)"
    r"|\b[A-Z][a-z]+ (?=\d{5}\b)|\b(?:New|North|South|West|Rhode|Puerto) (?=[A-Z][a-z]+ \d{5}\b)"
    r"|\b(?:Suite|Floor|Room|Unit|Box) (?=[A-Z]?\d)"
)
_DIGIT = re.compile(r"[0-9]")
_SIGNS = re.compile(r"(§§?) (?=\S)")
_TIE_WORDS = ("Section", "Article", "Exhibit", "Part", "CFR", "U.S.C.")
_RTL_LETTER = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_RTL = re.compile(f"[{_RTL_LETTER}]+(?:[ \u00a0'’.\u2013-]+[{_RTL_LETTER}]+)*")
_RLI, _PDI = "\u2067", "\u2069"

# A word this long may not fit its line; it gets places to break that print nothing.
LONG_WORD = 30
_ZWSP = "\u200b"
# The last label of an address, which would look lost on a line of its own.
_LAST_LABEL = re.compile(rf"\.{_ZWSP}(?=[a-z]{{2,4}}[^\w{_ZWSP}]{{0,2}}$)")
_SEAM = re.compile(r"[^\s@./_:&=?#-]{1,16}[@./_:&=?#-]?|\S")

# A clause of four lines that ends in a colon says little without its items; a longer one does.
SHORT_LEAD = 300

# What may be carried over to the page of the signatures.
_TEXTS = frozenset({BlockKind.CLAUSE, BlockKind.ITEM, BlockKind.CONTINUATION})

# So many letters and a form of this many rows fill half a page, and stay on one.
FORM_WORDS, FORM_ROWS = 2000, 8

# A row of a table may break over pages only when it could fill one: kept, it would lose text.
LONG_ROW_CHARACTERS = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A block with its place.

    `inset` is the left edge in steps of the number column, `wide` tells that the number does not
    fit its column, `depth` is the rank of a heading; `closing` marks the words over the signatures.
    """

    block: Block
    number: str
    heading: str
    runs: tuple[Run, ...]
    inset: int
    wide: bool
    depth: int
    keep: bool
    closing: bool


def compose(blocks: Iterable[Block]) -> Iterator[Placed]:
    """Yield each block with its left edge and its tie to the next block."""
    sequence = tuple(blocks)
    together = _forms(sequence) | _last_clauses(sequence)
    # Where text without a number stands: under an article's heading or a numbered clause it keeps
    # to the text column, elsewhere to the margin.
    under_number = after_article = ranked = False
    for position, block in enumerate(sequence):
        following = sequence[position + 1].kind if position + 1 < len(sequence) else None
        match block.kind:
            case BlockKind.ARTICLE:
                under_number = after_article = ranked = True
            case BlockKind.CLAUSE | BlockKind.RECITAL:
                under_number, after_article = True, False
            case BlockKind.PARAGRAPH:
                under_number = after_article
            case BlockKind.ITEM | BlockKind.CONTINUATION:
                pass
            case _:
                under_number = after_article = False
                ranked = ranked or block.kind is BlockKind.EXHIBIT
        yield Placed(
            block=block,
            number=block.number,
            heading=refine(_run_in(block)),
            runs=tuple(
                Run(text=refine(run.text), bold=run.bold, italic=run.italic) for run in block.runs
            ),
            inset=_inset(block, under_number=under_number),
            wide=len(block.number) > (6 if block.kind is BlockKind.ITEM else 5),
            # A subheading ranks below articles and exhibits, but first where there are none.
            depth=2 if block.kind is BlockKind.SUBHEADING and ranked else 1,
            keep=position in together or _keeps(block, following),
            closing=block.kind is BlockKind.PARAGRAPH and following is BlockKind.SIGNATURES,
        )


def tie(text: str) -> str:
    """Return the text with unbreakable references and isolated right-to-left passages."""
    if ")(" in text:
        text = text.replace(")(", ")\u2060(")  # 164.504(e)(1) is one word
    if any(word in text for word in _TIE_WORDS):
        text = _TIED.sub(_TIE, text)
    if _DIGIT.search(text):
        text = _FIGURE.sub(lambda found: f"{found[0][:-1]} \u2060", text)
    if text.isascii():
        return text
    if "§" in text:
        text = _SIGNS.sub(_TIE, text)
    if _RLI in text:
        return text
    return _RTL.sub(lambda passage: f"{_RLI}{passage[0]}{_PDI}", text)


def loosen(text: str, limit: int = LONG_WORD) -> str:
    """Return the text with invisible places to break inside words longer than `limit`."""
    if max(map(len, text.split()), default=0) < limit:
        return text
    return re.sub(rf"\S{{{limit},}}", lambda word: _loosened(word[0]), text)


def _loosened(word: str) -> str:
    return _LAST_LABEL.sub(".", _ZWSP.join(_SEAM.findall(word)))


# Most texts of an agreement stand in every packet; the bound keeps a long-running worker flat.
@lru_cache(maxsize=4096)
def refine(text: str, limit: int = LONG_WORD) -> str:
    """Return the text ready for a measure that holds `limit` letters: tied, isolated, loosened."""
    return loosen(tie(text), limit)


def row_may_break(row: tuple[str, ...]) -> bool:
    """Tell whether a table row is too long to be kept on one page."""
    return max(map(len, row), default=0) > LONG_ROW_CHARACTERS


def is_form(table: Table) -> bool:
    """Tell whether a table is a form, its last column left blank in every row."""
    return bool(table.rows) and not any(row[-1] for row in table.rows)


def _forms(sequence: tuple[Block, ...]) -> set[int]:
    """Give the positions before the forms that end an exhibit with the words they are signed for.

    Who fills in such a form, or copies it, needs one page. A log of blank rows stands for itself.
    """
    found: set[int] = set()
    begun = 0
    for position, block in enumerate(sequence):
        if block.kind is BlockKind.EXHIBIT:
            begun = position
        ends = position + 1 == len(sequence) or sequence[position + 1].kind is BlockKind.EXHIBIT
        table = block.table
        if table is None or not ends or sequence[begun].kind is not BlockKind.EXHIBIT:
            continue
        if is_form(table) and all(map(any, table.rows)) and len(table.rows) <= FORM_ROWS:
            words = sum(len(run.text) for one in sequence[begun:position] for run in one.runs)
            found |= set(range(begun, position)) if words <= FORM_WORDS else set()
    return found


def _last_clauses(sequence: tuple[Block, ...]) -> set[int]:
    """Give the positions of what ends the text right before the words over signatures.

    A page of signatures that shows nothing of what is signed could be put under any other text.
    """
    return {
        position - 2
        for position, block in enumerate(sequence)
        if block.kind is BlockKind.SIGNATURES
        and position > 1
        and sequence[position - 1].kind is BlockKind.PARAGRAPH
        and sequence[position - 2].kind in _TEXTS
    }


def _run_in(block: Block) -> str:
    """Return a clause's heading with the period that sets it off from its text."""
    if block.kind is not BlockKind.CLAUSE or not block.heading or not block.runs:
        return block.heading
    return block.heading if block.heading.endswith((".", "?", "!", ":")) else f"{block.heading}."


def _inset(block: Block, *, under_number: bool) -> int:
    """Return how many number columns the block's number or text stands from the margin."""
    base = 1 if under_number else 0
    match block.kind:
        case BlockKind.ITEM:
            return base + max(block.level, 1) - 1
        case BlockKind.CONTINUATION:
            return base + block.level
        case BlockKind.PARAGRAPH:
            return base
        case _:
            return 0


def _keeps(block: Block, following: BlockKind | None) -> bool:
    """Tell whether the block must end on the page where the next one begins."""
    if following is None:
        return False
    if block.kind in {BlockKind.ARTICLE, BlockKind.EXHIBIT, BlockKind.SUBHEADING}:
        return True
    if block.kind is BlockKind.CLAUSE:
        return following is BlockKind.ITEM and _is_short(block)
    introduces = {BlockKind.SIGNATURES, BlockKind.TABLE}
    return block.kind in {BlockKind.PARAGRAPH, BlockKind.CONTINUATION} and following in introduces


def _is_short(block: Block) -> bool:
    """Tell whether a clause is hardly more than the words that lead in its items."""
    return len(block.heading) + sum(len(run.text) for run in block.runs) <= SHORT_LEAD
