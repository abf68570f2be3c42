"""Which changes to a record make a generated document stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.findings import natural
from docgen.domain.enrollment.kinds import Many, Part, specs_of
from docgen.domain.enrollment.vocabulary import ContactRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.domain.enrollment.person import Contact
    from docgen.domain.enrollment.record import Enrollment

PRINTED_ROLES = (
    ContactRole.PRIMARY,
    ContactRole.CONTRACTING,
    ContactRole.SIGNATORY,
    ContactRole.LEGAL_NOTICE,
    ContactRole.HIPAA_PRIVACY,
    ContactRole.HIPAA_SECURITY,
    ContactRole.PSES_ADMINISTRATOR,
    ContactRole.POLICY_APPROVER,
)
_IDS = ("entity_id", "facility_id", "contact_id")


def is_printed(contact: Contact) -> bool:
    """Say whether the agreements list this contact."""
    return contact.active and any(role in PRINTED_ROLES for role in contact.roles)


def changed_document_fields(old: Enrollment, new: Enrollment) -> tuple[str, ...]:
    """Return the paths of printed fields that differ; equipment, volumes and the like do not count.

    Items with an id are named by it, `facilities[main].name`, so that a new first item does not
    make all others look changed; a new order shows as the list's own path.
    """
    before, after = dict(_printed(old)), dict(_printed(new))
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return tuple(sorted(changed, key=natural))


def _printed(record: Enrollment) -> Iterator[tuple[str, object]]:
    used = {one.contact_id for one in record.signatories}
    used |= {one.contact_id for one in record.reviewers}
    used |= {one.chair_contact_id for one in record.workflow.committees}
    for name, spec in specs_of(type(record)).items():
        if name == "contacts":
            yield from _items(
                name,
                tuple(one for one in record.contacts if is_printed(one) or one.contact_id in used),
            )
        elif spec.printed:
            value = getattr(record, name)
            yield from _leaves(name, value, has_parts=isinstance(spec, Part | Many))


def _leaves(path: str, value: object, *, has_parts: bool) -> Iterator[tuple[str, object]]:
    if not has_parts:
        yield path, value
    elif isinstance(value, tuple):
        yield from _items(path, value)
    else:
        for name, spec in specs_of(type(value)).items():
            if spec.printed:
                inner = isinstance(spec, Part) or (
                    isinstance(spec, Many) and isinstance(spec.item, Part)
                )
                yield from _leaves(f"{path}.{name}", getattr(value, name), has_parts=inner)


def _items(path: str, items: tuple[object, ...]) -> Iterator[tuple[str, object]]:
    keys = [_key(item, index) for index, item in enumerate(items)]
    yield path, tuple(keys)
    for key, item in zip(keys, items, strict=True):
        yield from _leaves(f"{path}[{key}]", item, has_parts=True)


def _key(item: object, index: int) -> str:
    if "signs" in specs_of(type(item)) or "can_report_to_pso" in specs_of(type(item)):
        return str(index)  # one person may sign or review more than once
    return next((str(getattr(item, name)) for name in _IDS if hasattr(item, name)), str(index))
