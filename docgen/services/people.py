"""Our own people: add, change, deactivate; what each change means is one activity."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.person import Person, Role
from docgen.errors import InputError, NotFound, Refused

if TYPE_CHECKING:
    from docgen.services.office import Office

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,189}")
LONGEST_NAME = 120
INVENTED = {
    "coordinator": Role.COORDINATOR,
    "counsel": Role.LEGAL_APPROVER,
    "countersigner": Role.PSO_COUNTERSIGNER,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}


def add_person(office: Office, person: Person, actor: str) -> None:
    """Add somebody new.

    Raises:
        InputError: the key, the name or the address cannot be used.
        Refused: the key or the address is somebody else's.
    """
    check_person(person)
    with office.ledger.transaction():
        if _known(office, person.key) is not None:
            raise Refused("Somebody has this short name already; choose another.")
        _store(office, person, "person.added", actor)


def change_person(office: Office, person: Person, actor: str) -> None:
    """Change name, address or roles of somebody known.

    Raises:
        InputError: the name or the address cannot be used.
        Refused: nobody would be left to manage people.
    """
    check_person(person)
    with office.ledger.transaction():
        before = office.ledger.people.get(person.key)
        if before == person:
            return
        _leave_an_administrator(office, person)
        _store(office, person, "person.changed", actor)


def set_active(office: Office, key: str, actor: str, *, active: bool) -> None:
    """Deactivate somebody, which ends their sessions at once, or take that back.

    Raises:
        Refused: nobody would be left to manage people.
    """
    with office.ledger.transaction():
        person = replace(office.ledger.people.get(key), is_active=active)
        _leave_an_administrator(office, person)
        _store(office, person, "person.activated" if active else "person.deactivated", actor)


def store_person(office: Office, person: Person, actor: str) -> None:
    """Add somebody, or change what is stored under this key.

    Raises:
        InputError: the key, the name or the address cannot be used.
        Refused: nobody would be left to manage people.
    """
    with office.ledger.transaction():
        known = _known(office, person.key)
        if known is None:
            add_person(office, person, actor)
        else:
            change_person(office, replace(person, is_active=known.is_active), actor)


def add_invented_people(office: Office, actor: str) -> None:
    """Add an invented person for each role, for a demonstration; those who are there stay.

    Whoever signs for the PSO by the settings has the name that stands in its agreements.
    """
    signatory = office.pso.signatory if office.pso else None
    for key, role in INVENTED.items():
        if _known(office, key) is None:
            email = f"{key}@example.org"
            signs = signatory is not None and signatory.email == email and signatory.name
            name = signs or f"Demonstration {key}"
            person = Person(key=key, name=name, email=email, roles=frozenset({role}))
            add_person(office, person, actor)


def check_person(person: Person) -> None:
    """Check what people type.

    Raises:
        InputError: the key, the name or the address cannot be used.
    """
    if not _KEY.fullmatch(person.key):
        raise InputError(
            "The short name takes at most 64 lower-case letters, digits, `.`, `_` and `-`, "
            "such as ada."
        )
    name = person.name
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError(f"Give the name in one line of at most {LONGEST_NAME} characters.")
    if not _MAIL.fullmatch(person.email):
        raise InputError("Give the e-mail as one address, such as ada@example.org.")


def _known(office: Office, key: str) -> Person | None:
    try:
        return office.ledger.people.get(key)
    except NotFound:
        return None


def _store(office: Office, person: Person, kind: str, actor: str) -> None:
    office.ledger.people.put(person)
    office.note(f"user:{person.key}", kind, actor, roles=sorted(person.roles))


def _leave_an_administrator(office: Office, changed: Person) -> None:
    people = office.ledger.people.list()
    rest = [item for item in people if item.key != changed.key]
    if any(map(_manages, people)) and not any(map(_manages, [*rest, changed])):
        raise Refused(
            "Nobody would be left to manage people. Make somebody else an administrator first."
        )


def _manages(person: Person) -> bool:
    return person.is_active and Role.ADMINISTRATOR in person.roles
