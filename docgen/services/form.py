"""Print the fillable enrollment form, and read one that came back."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from docgen.domain.enrollment.leaves import undotted
from docgen.errors import InputError
from docgen.render.form import (
    FORM_ID,
    FORM_VERSION,
    MARKS,
    Draft,
    Field,
    form_digest,
    form_fields,
    form_page,
    form_places,
    too_much,
)
from docgen.services.form_taken import Taken, Unread
from docgen.services.read_apart import read_apart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.ports.ledger import EnrollmentVersion
    from docgen.services.office import Office

MOST_BYTES = 10 * 1024 * 1024
PROGRAM = "RO-ILS"
_ROW_SHOWN = re.compile(r"(?:Legal entity|Facility|Contact) ([0-9]{1,3})(?::.*)?")


def print_form(office: Office, version: EnrollmentVersion | None = None) -> bytes:
    """Return the form as PDF, empty or filled in as far as a stored draft goes.

    Raises:
        InputError: the draft has more facilities, people or entities than the form has room for.
    """
    draft = Draft()
    if version is not None:
        values = json.loads(version.record)
        beyond = too_much(values)
        if beyond:
            raise InputError(
                f"The draft does not fit on the form: {'; '.join(beyond)}. Use the workbook "
                "instead; it has as many rows as you need."
            )
        draft = Draft(values=values, enrollment=version.enrollment_id, digest=version.sha256)
    page = form_page(draft, program=PROGRAM)
    return office.printer.print_form(page, title=f"{PROGRAM} enrollment form")


def read_form(data: bytes) -> Taken:
    """Read a returned form in a limited process of its own; nothing but field values is taken.

    Raises:
        InputError: it is not our form, of another version, or not to be read; the sentence says so.
    """
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise InputError(f"The form is larger than {most} MB; send it as your viewer saves it.")
    found = {one["name"]: one for one in read_apart("form_reader", data, "form")["fields"]}
    marks = {name: _text(found.pop(name, {})) for name in MARKS}
    result = Taken(enrollment=marks["form.enrollment"], digest=marks["form.base"])
    _recognise(marks, found, result)
    places, fields = form_places(), _by_name()
    for name, one in found.items():
        if name not in fields:
            if _text(one):
                why = "the form has no such field"
                result.unread.append(Unread(where=f"field {_plain(name)}", why=why))
            continue
        label, where = places[name]
        result.take(undotted(name), label, _value(fields[name], one), where)
    return result


def _recognise(marks: Mapping[str, str], found: Mapping[str, Any], result: Taken) -> None:
    """Refuse what is not our form; say when it is an older edition of it."""
    if marks["form.id"] != FORM_ID:
        raise InputError(
            "The PDF is another form than the enrollment form; fill in the form as we made it."
        )
    if marks["form.version"] != FORM_VERSION:
        raise InputError(
            "The form is of another version than this program reads. Please fill in the current "
            "one; we are sorry for the extra work."
        )
    if marks["form.digest"] != form_digest():
        why = "the form is an older edition than the current one; compare every value below with it"
        result.unread.append(Unread(where="the form", why=why))
    elif set(_by_name()) - set(found):
        raise InputError(
            "The form is not whole: fields are missing from it. Save it again and send the whole "
            "file."
        )


@cache
def _by_name() -> Mapping[str, Field]:
    return {one.name: one for one in form_fields()}


def _value(field: Field, one: Mapping[str, Any]) -> object:
    text = _text(one)
    if field.kind == "tick":
        return True if text.lstrip("/") not in {"", "Off"} else None
    if field.kind == "choice" and (shown := _ROW_SHOWN.fullmatch(text)):
        return f"#{shown[1]}"  # some viewers keep the line shown instead of the word behind it
    return text


def _text(one: Mapping[str, Any]) -> str:
    value = one.get("value", "")
    return "\n".join(value) if isinstance(value, list) else str(value)


def _plain(name: str) -> str:
    return name if re.fullmatch(r"[\w.#-]{1,80}", name) else "with an unusual name"
