"""Sources: where each document of an enrollment's packets comes from, when not from our template.

A choice is an activity of the enrollment's history; the newest one for a document counts. What the
law does not ask for is left out by itself.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from docgen.domain.canonical import sha256_hex
from docgen.domain.enrollment.entity import nobody_covered
from docgen.domain.packet import PacketKind
from docgen.domain.paper import ForeignPaper, Met, OnFile
from docgen.domain.person import Role
from docgen.domain.plan import Source
from docgen.errors import InputError, Refused
from docgen.render.requirements import Level, read_requirements
from docgen.services.given import line_of
from docgen.services.scan import count_pages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from docgen.domain.enrollment import Enrollment
    from docgen.domain.person import Person
    from docgen.services.office import Office

SLUGS = {
    PacketKind.CONTRACTING: ("psa", "baa"),
    PacketKind.ONBOARDING: ("pses",),
}
CHOSEN = "source.chosen"
NOBODY_COVERED = (
    "No legal entity that this agreement binds is a covered entity under HIPAA, so no business "
    "associate agreement is called for."
)
MOST_CHECKLIST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Where one document comes from; `reason` says why it is not generated."""

    source: Source
    reason: str
    paper: ForeignPaper | None = None
    on_file: OnFile | None = None

    @property
    def file_sha256(self) -> str:
        """Give the digest of the file that was taken in, the paper or the copy, or ""."""
        if self.paper:
            return self.paper.file_sha256
        return self.on_file.file_sha256 if self.on_file else ""


def choices_of(office: Office, enrollment_id: str) -> dict[str, Choice]:
    """Give each document's newest choice, by slug; a document not named is generated."""
    found: dict[str, Choice] = {}
    for activity in office.ledger.history.of(enrollment_id):
        if activity.kind == CHOSEN:
            found[str(activity.details["document"])] = _choice(activity.details)
    return {slug: item for slug, item in found.items() if item.source is not Source.GENERATED}


def choices_for(
    office: Office, enrollment_id: str, record: Enrollment, party_id: str
) -> dict[str, Choice]:
    """Give the choices for one party's agreements: those made, and those that follow by themselves.

    The BAA is not applicable where nobody bound by it is a covered entity (45 CFR 160.103), unless
    the practice brings its own or has one on file.
    """
    choices = choices_of(office, enrollment_id)
    if "baa" not in choices and nobody_covered(record.legal_entities, party_id):
        choices["baa"] = Choice(source=Source.NOT_APPLICABLE, reason=NOBODY_COVERED)
    return choices


def _choice(details: Mapping[str, object]) -> Choice:
    paper = cast("dict[str, object] | None", details["paper"])
    on_file = cast("dict[str, Any] | None", details["on_file"])
    return Choice(
        source=Source(str(details["source"])),
        reason=str(details["reason"]),
        paper=_paper(paper) if paper else None,
        on_file=OnFile(**on_file) if on_file else None,
    )


def _paper(raw: Mapping[str, object]) -> ForeignPaper:
    met = cast("list[dict[str, object]]", raw["met"])
    return ForeignPaper(
        file_sha256=str(raw["file_sha256"]),
        pages=int(str(raw["pages"])),
        checklist_sha256=str(raw["checklist_sha256"]),
        checked_by=str(raw["checked_by"]),
        met=tuple(
            Met(
                requirement=str(item["requirement"]),
                page=int(str(item["page"])),
                section=str(item["section"]),
            )
            for item in met
        ),
    )


def take_paper(
    office: Office, enrollment_id: str, slug: str, file: bytes, checklist: bytes, person: Person
) -> Choice:
    """Use the practice's own document in place of ours, with the checklist a named person filled.

    Raises:
        InputError: the file is no plain PDF, or the checklist leaves a requirement of law open.
        NotFound: the enrollment or the person who filled the checklist is not known here.
    """
    person.require(Role.COORDINATOR)
    _refuse_document(slug)
    pages = count_pages(file, "document")
    checked_by, met = _read_checklist(office, slug, checklist, pages)
    office.ledger.people.get(checked_by).require(Role.COORDINATOR, Role.LEGAL_APPROVER)
    office.work.put(checklist)
    paper = ForeignPaper(
        file_sha256=office.work.put(file).sha256,
        pages=pages,
        checklist_sha256=sha256_hex(checklist),
        checked_by=checked_by,
        met=met,
    )
    reason = "The practice uses its own document."
    choice = Choice(source=Source.COUNTERPARTY_PAPER, reason=reason, paper=paper)
    return _note(office, enrollment_id, slug, choice, person)


def refer_to(  # one fact each
    office: Office,
    enrollment_id: str,
    slug: str,
    title: str,
    dated: date,
    kept_at: str,
    person: Person,
) -> Choice:
    """Refer to an agreement that was executed before, instead of making one.

    Raises:
        InputError: title or place cannot be used, or the date is in the future.
    """
    person.require(Role.COORDINATOR)
    _refuse_document(slug)
    now = office.clock.now()
    if dated > office.today():
        raise InputError("The date is in the future; refer only to what was executed already.")
    on_file = OnFile(
        title=line_of(title, "the title", name=True),
        dated=dated.isoformat(),
        kept_at=line_of(kept_at, "the place where it is kept"),
        attested_by=person.key,
        attested_at=now.isoformat(),
    )
    reason = "It was executed before and is on file."
    choice = Choice(source=Source.ALREADY_ON_FILE, reason=reason, on_file=on_file)
    return _note(office, enrollment_id, slug, choice, person)


def pin_copy(office: Office, enrollment_id: str, slug: str, copy: bytes, person: Person) -> Choice:
    """Pin a copy of an agreement that is on file, so that it goes into the evidence.

    Raises:
        Refused: the agreement is not one that is on file.
        InputError: the copy is no plain PDF.
    """
    person.require(Role.COORDINATOR)
    _refuse_document(slug)
    choice = choices_of(office, enrollment_id).get(slug)
    if choice is None or choice.on_file is None:
        raise Refused("Only of an agreement that is on file a copy is pinned; refer to it first.")
    pages = count_pages(copy, "copy")
    on_file = replace(choice.on_file, file_sha256=office.work.put(copy).sha256, pages=pages)
    return _note(office, enrollment_id, slug, replace(choice, on_file=on_file), person)


def leave_out(office: Office, enrollment_id: str, slug: str, reason: str, person: Person) -> Choice:
    """Leave a document out of this enrollment's packets, with the reason.

    Raises:
        InputError: the reason is missing or cannot be used.
    """
    person.require(Role.COORDINATOR)
    _refuse_document(slug)
    choice = Choice(source=Source.NOT_APPLICABLE, reason=line_of(reason, "the reason", name=True))
    return _note(office, enrollment_id, slug, choice, person)


def generate_ours(office: Office, enrollment_id: str, slug: str, person: Person) -> Choice:
    """Go back to the document from our own template."""
    person.require(Role.COORDINATOR)
    _refuse_document(slug)
    choice = Choice(source=Source.GENERATED, reason="")
    return _note(office, enrollment_id, slug, choice, person)


def _refuse_document(slug: str) -> None:
    known = SLUGS[PacketKind.CONTRACTING]
    if slug not in known:
        raise InputError(f"The document is one of: {', '.join(known)}.")


def _note(office: Office, enrollment_id: str, slug: str, choice: Choice, person: Person) -> Choice:
    with office.ledger.transaction():
        office.ledger.enrollments.latest(enrollment_id)
        office.note(
            enrollment_id,
            CHOSEN,
            f"user:{person.key}",
            document=slug,
            source=choice.source.value,
            reason=choice.reason,
            paper=asdict(choice.paper) if choice.paper else None,
            on_file=asdict(choice.on_file) if choice.on_file else None,
        )
    return choice


def _read_checklist(
    office: Office, slug: str, data: bytes, pages: int
) -> tuple[str, tuple[Met, ...]]:
    """Read who filled the checklist and where each requirement of law is met.

    Raises:
        InputError: the file is malformed, names what is no requirement, or leaves one open.
    """
    if len(data) > MOST_CHECKLIST_BYTES:
        raise InputError("The checklist is too long to be one.")
    try:
        raw = tomllib.loads(data.decode("utf-8"))
        checked_by = str(raw["checked_by"])
        met = tuple(_met(item, pages) for item in raw["requirement"])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise InputError(
            "The checklist cannot be read. It is a TOML file with `checked_by`, a key from `docgen "
            "users list`, and for each requirement a [[requirement]] with id, page and section."
        ) from error
    given = [item.requirement for item in met]
    wanted = {
        item.id
        for item in read_requirements(office.templates)
        if item.document == slug and item.level is Level.REQ
    }
    if len(set(given)) != len(given):
        raise InputError("The checklist names a requirement twice.")
    for sentence, ids in (
        ("names what is no requirement of law for this document", set(given) - wanted),
        (
            "leaves requirements of law open; the document cannot be used without them",
            wanted - set(given),
        ),
    ):
        if ids:
            raise InputError(f"The checklist {sentence}: {', '.join(sorted(ids))}.")
    return checked_by, tuple(sorted(met, key=lambda item: item.requirement))


def _met(raw: Mapping[str, object], pages: int) -> Met:
    page = raw["page"]
    if not isinstance(page, int) or not 1 <= page <= pages:
        raise InputError(f"Each requirement in the checklist needs its page, from 1 to {pages}.")
    return Met(
        requirement=line_of(str(raw["id"]), "the id in the checklist"),
        page=page,
        section=line_of(str(raw["section"]), "the section in the checklist"),
    )
