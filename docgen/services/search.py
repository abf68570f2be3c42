"""Search: who looked for what in the archive is an activity, without what they typed being kept."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING

from docgen.domain.canonical import canonical_json, sha256_hex
from docgen.domain.search import words_of
from docgen.ports.register_query import ArchiveOrder, ArchiveQuery, Paging, Period

if TYPE_CHECKING:
    from docgen.domain.person import Person
    from docgen.ports.register import ArchivedLine, Page
    from docgen.services.office import Office

SEARCHED = "archive.searched"


def search_archive(office: Office, query: ArchiveQuery, person: Person) -> Page[ArchivedLine]:
    """List executed documents; a question that narrows them is an activity of the person's.

    Turning pages, sorting anew or asking the same again within ten minutes is the same search. Kept
    is a digest of the question, under which it is known again, and how many documents it found.
    """
    found = office.register.archived(query)
    question = question_of(query)
    now = office.clock.now()
    if question and office.floodgate.is_first(person.key, f"search:{sha256_hex(question)}", now):
        with office.ledger.transaction():
            office.note(
                f"user:{person.key}",
                SEARCHED,
                f"user:{person.key}",
                question_sha256=sha256_hex(question),
                found=found.counted,
            )
    return found


def question_of(query: ArchiveQuery) -> bytes:
    """Write what is asked, apart from order, page and today; b"" where everything is asked for."""
    apart = {"order": ArchiveOrder.SIGNED, "reverse": False, "page": Paging(), "today": date.min}
    asked = replace(query, text=" ".join(words_of(query.text)), **apart)  # type: ignore[arg-type]  # fields of it
    return b"" if asked == ArchiveQuery() else canonical_json(_values(asked))


def _values(query: ArchiveQuery) -> dict[str, object]:
    """Give what was asked for by name, as JSON can hold it."""
    whole = ArchiveQuery()
    names = [item.name for item in fields(ArchiveQuery)]
    names = [name for name in names if getattr(query, name) != getattr(whole, name)]
    return {name: _plain(getattr(query, name)) for name in names}


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, Period):
        return [value.first.isoformat(), value.last.isoformat()]
    return value if isinstance(value, (str, bool)) else str(value)
