"""The enrollment form as a page of fields, made from the record's own declaration."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from docgen.domain.enrollment.answers import ROW, find_leaf
from docgen.domain.enrollment.kinds import Count, Day, Flag, Instant, Many, Part, Text, specs_of
from docgen.domain.enrollment.leaves import ROW_IDS, Leaf, Path, dotted, rows_of, undotted
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.stages import Stage
from docgen.domain.enrollment.wording import phrase
from docgen.domain.enrollment.written import NO, YES, choices, show
from docgen.render.form_layout import ROWS, SECTIONS, Cell, Group, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Template

FORM_ID = "docgen-enrollment-form"
FORM_VERSION = "1"
MARKS = ("form.id", "form.version", "form.digest", "form.enrollment", "form.base")
_NUMBER_MOST, _LIST_MOST = 12, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of a list to choose from."""

    value: str
    shown: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field on the page; `kind` is text, area, choice or tick."""

    name: str
    kind: str
    label: str
    tip: str
    value: str = ""
    ticked: bool = False
    most: int = 0
    options: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A label with its field, or with several to tick."""

    label: str
    hint: str
    span: int
    lines: int
    is_needed: bool
    is_list: bool
    fields: tuple[Field, ...]

    @property
    def columns(self) -> int:
        """Say how many words to tick stand side by side."""
        longest = max((len(one.label) for one in self.fields), default=0)
        return next(count for most, count in _COLUMNS if longest <= most)


_COLUMNS = ((12, 5), (18, 4), (34, 3), (1000, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Questions under one heading, laid out in lines of twelve columns."""

    heading: str
    number: str
    lines: tuple[tuple[Question, ...], ...]
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A numbered section of the form."""

    number: int
    title: str
    intro: str
    on_new_page: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The draft a form is printed from: its values, its enrollment and the digest of its record."""

    values: Mapping[str, Any] = field(default_factory=dict)
    enrollment: str = ""
    digest: str = ""


def form_page(draft: Draft, *, program: str) -> bytes:
    """Write the form as one HTML page with fields, filled in as far as the draft goes."""
    marks = {
        "form.id": FORM_ID,
        "form.version": FORM_VERSION,
        "form.digest": form_digest(),
        "form.enrollment": draft.enrollment,
        "form.base": draft.digest,
    }
    page = _template().render(
        style=files(__package__).joinpath("form.css").read_text("utf-8"),
        sheets=[_sheet(number, one, draft.values) for number, one in enumerate(SECTIONS, start=1)],
        marks=marks,
        ids=list(id_fields(draft.values)),
        program=program,
        edition=edition(),
        practice=_held(draft.values, ("practice", "display_name")) or "",
    )
    return page.encode()


def edition() -> str:
    """Name this edition of the form the way it is printed on it."""
    return f"{FORM_VERSION}-{form_digest()[:8]}"


@cache
def form_digest() -> str:
    """Return a digest over every field's name, kind and words; it changes when the form does."""
    digest = hashlib.sha256()
    for one in form_fields():
        words = ",".join(option.value for option in one.options)
        digest.update(f"{one.name} {one.kind} {words}\n".encode())
    return digest.hexdigest()[:32]


@cache
def form_fields() -> tuple[Field, ...]:
    """Return every field of the empty form, in the order a person goes through it."""
    return tuple(
        one
        for number, section in enumerate(SECTIONS, start=1)
        for block in _sheet(number, section, {}).blocks
        for line in block.lines
        for question in line
        for one in question.fields
    ) + tuple(id_fields({}))


def too_much(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Say which lists of a draft have more rows than the form."""
    found = []
    for rows, most in ROWS.items():
        held = _held(values, undotted(rows)) or ()
        if len(held) > most:
            label = _spec_at(rows).label
            found.append(f"{len(held)} {label} (the form has room for {most})")
    return tuple(found)


@cache
def _template() -> Template:
    environment: Environment = ImmutableSandboxedEnvironment(
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(files(__package__).joinpath("form.html").read_text("utf-8"))


def _spec_at(rows: str) -> Many:
    record: type[Any] = Enrollment
    *parts, last = rows.split(".")
    for part in parts:
        inner = specs_of(record)[part]
        record = inner.record if isinstance(inner, Part) else record
    spec = specs_of(record)[last]
    return spec if isinstance(spec, Many) else _no_list(rows)


def _no_list(rows: str) -> Many:
    message = f"{rows} is no list"
    raise LookupError(message)


def _sheet(number: int, section: Section, values: Mapping[str, Any]) -> Sheet:
    return Sheet(
        number=number,
        title=section.title,
        intro=section.intro,
        on_new_page=section.on_new_page,
        blocks=tuple(block for one in section.groups for block in _blocks(one, values)),
    )


def _blocks(group: Group, values: Mapping[str, Any]) -> Iterator[Block]:
    if not group.rows:
        lines = _lines(group.cells, (), values)
        yield Block(heading=group.heading, number="", lines=lines)
        return
    noun, count = _spec_at(group.rows).noun, ROWS[group.rows]
    for index in range(count):
        yield Block(
            heading=group.heading if not index else "",
            number=f"{noun} {index + 1}",
            lines=_lines(group.cells, (*undotted(group.rows), index), values),
            more=group.more if index == count - 1 else "",
        )


def _lines(
    cells: tuple[Cell, ...], at: Path, values: Mapping[str, Any]
) -> tuple[tuple[Question, ...], ...]:
    lines: list[list[Question]] = [[]]
    for cell in cells:
        if sum(one.span for one in lines[-1]) + cell.span > 12:  # noqa: PLR2004 - columns of a line
            lines.append([])
        lines[-1].append(_question(cell, (*at, *undotted(cell.path)), values))
    return tuple(tuple(line) for line in lines)


def _question(cell: Cell, path: Path, values: Mapping[str, Any]) -> Question:
    if not cell.path:
        return Question(
            label=cell.label, hint="", span=12, lines=0, is_needed=False, is_list=False, fields=()
        )
    leaf = find_leaf(path)
    if leaf is None:
        message = f"the form asks for {dotted(path)}, which the record does not have"
        raise LookupError(message)
    own = leaf.crumbs[-1]
    label = cell.label or own[:1].upper() + own[1:]
    return Question(
        label=label,
        hint=leaf.hint,
        span=cell.span,
        lines=cell.lines,
        is_needed=_asked_first(path),
        is_list=leaf.words is not None or (isinstance(leaf.spec, Many) and bool(leaf.refers_to)),
        fields=tuple(_fields(leaf, cell, values)),
    )


def _asked_first(path: Path) -> bool:
    """Say whether the form cannot be handed in without this field."""
    record: type[Any] = Enrollment
    for piece in path:
        if isinstance(piece, int):
            continue
        spec = specs_of(record)[piece]
        if spec.need is not Stage.SUBMIT:
            return False
        row = rows_of(spec)
        record = spec.record if isinstance(spec, Part) else row or record
    return True


def _fields(leaf: Leaf, cell: Cell, values: Mapping[str, Any]) -> Iterator[Field]:
    spec, held, name = leaf.spec, _held(values, leaf.path), dotted(leaf.path)
    tip = f"{leaf.label}: {leaf.hint}" if leaf.hint else leaf.label
    if leaf.words is not None:
        for option in leaf.words.options:
            label = phrase(option)
            ticked = option.value in (held or ())
            yield _tick(f"{name}.{option.value}", label, f"{leaf.label}: {label}", ticked=ticked)
    elif leaf.refers_to and isinstance(spec, Many):
        for index, row in enumerate(_row_choices(leaf, values, held)):
            yield _tick(
                f"{name}.{index}", row.shown, f"{leaf.label}: {row.shown}", ticked=row.chosen
            )
    elif isinstance(spec, Flag) and spec.default is False:
        yield _tick(name, "Yes", tip, ticked=held is True)
    elif options := _choices(leaf, values, held):
        yield Field(name=name, kind="choice", label="", tip=tip, options=options)
    else:
        kind = "area" if cell.lines > 1 else "text"
        text = show(spec, held, on_one_line=kind == "text")
        yield Field(name=name, kind=kind, label="", tip=tip, value=text, most=_most(leaf))


def _tick(name: str, label: str, tip: str, *, ticked: bool) -> Field:
    return Field(name=name, kind="tick", label=label, tip=tip, ticked=ticked)


def _choices(leaf: Leaf, values: Mapping[str, Any], held: object) -> tuple[Choice, ...]:
    if leaf.refers_to:
        return tuple(_row_choices(leaf, values, held))
    shown = {YES: "Yes", NO: "No"} if isinstance(leaf.spec, Flag) else choices(leaf.spec)
    chosen = show(leaf.spec, held)
    return tuple(Choice(value=one, shown=shown[one], chosen=one == chosen) for one in shown)


def _row_choices(leaf: Leaf, values: Mapping[str, Any], held: object) -> list[Choice]:
    rows = leaf.refers_to
    id_name, name_fields = ROW_IDS[rows]
    noun, known = _spec_at(rows).noun, values.get(rows, ())
    meant = held if isinstance(held, list) else [held]
    found = []
    for index in range(ROWS[rows]):
        row = known[index] if index < len(known) else {}
        name = " ".join(str(row[one]) for one in name_fields if row.get(one))
        shown = f"{noun} {index + 1}" + (f": {_short(name)}" if name else "")
        chosen = bool(row.get(id_name)) and row[id_name] in meant
        found.append(Choice(value=f"{ROW}{index + 1}", shown=shown, chosen=chosen))
    return found


def _short(name: str) -> str:
    return name if len(name) <= 36 else f"{name[:35].rstrip()}…"  # noqa: PLR2004 - a line of the list


def _most(leaf: Leaf) -> int:
    """Return how many characters a field takes; readers of the record say so more kindly."""
    match leaf.spec:
        case Text(high=high):
            return high if high > 64 else 2 * high + 20  # noqa: PLR2004 - fixed forms are cleaned first
        case Count() | Day() | Instant():
            return _NUMBER_MOST if isinstance(leaf.spec, Count) else 32
        case _:
            return _LIST_MOST


def _held(values: Mapping[str, Any], path: Path) -> Any:
    held: Any = values
    for piece in path:
        if isinstance(piece, int):
            held = held[piece] if isinstance(held, list) and piece < len(held) else None
        else:
            held = held.get(piece) if isinstance(held, dict) else None
    return held


def id_fields(values: Mapping[str, Any]) -> Iterator[Field]:
    """Return the fields nobody sees that keep each row's id."""
    for rows in ROW_IDS:
        for index in range(ROWS[rows]):
            yield _id_field(rows, index, values)


def _id_field(rows: str, index: int, values: Mapping[str, Any]) -> Field:
    path: Path = (rows, index, ROW_IDS[rows][0])
    value = _held(values, path) or ""
    return Field(name=dotted(path), kind="hidden", label="", tip="", value=str(value))


@cache
def form_places() -> Mapping[str, tuple[str, str]]:
    """Return for each field what it is called and where on the form it stands."""
    found: dict[str, tuple[str, str]] = {}
    for number, section in enumerate(SECTIONS, start=1):
        for block in _sheet(number, section, {}).blocks:
            for question in (one for line in block.lines for one in line):
                row = f"{block.number}, " if block.number else ""
                where = f"part {number}, {row}{question.label}"
                found |= {one.name: (question.label, where) for one in question.fields}
    return found | {one.name: ("id", "hidden field") for one in id_fields({})}
