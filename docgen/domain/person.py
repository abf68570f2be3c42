"""Our own people and what each may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from docgen.errors import NotAllowed


class Role(StrEnum):
    """What a person may do; one person may hold several roles."""

    COORDINATOR = "coordinator"  # generates, approves and sends packets
    LEGAL_APPROVER = "legal_approver"  # approves departures from standard and adopts templates
    PSO_COUNTERSIGNER = "pso_countersigner"  # signs for the PSO
    AUDITOR = "auditor"  # reads and verifies
    ADMINISTRATOR = "administrator"  # manages people and settings


# Whose work needs what is archived. A countersigner's ends with the signature, an administrator
# manages people and settings; neither has to read what other people agreed.
ARCHIVE_READERS = (Role.AUDITOR, Role.LEGAL_APPROVER, Role.COORDINATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of our people; `key` is what `--as` takes."""

    key: str
    name: str
    email: str
    roles: frozenset[Role]
    is_active: bool = True

    def require(self, *roles: Role) -> None:
        """Check that the person holds one of these roles.

        Raises:
            NotAllowed: none of the roles is held, or the person no longer works here.
        """
        if not self.is_active:
            raise NotAllowed("This person was deactivated; an administrator can take that back.")
        if not self.roles & set(roles):
            wanted = " or ".join(role.value.replace("_", " ") for role in roles)
            message = f"This step is for a {wanted}; ask an administrator for the role."
            raise NotAllowed(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One approval of a plan and of the exact files made from it.

    `authentication` says how we know who approved: `claimed` from a command line, or a login
    scheme.
    """

    packet_id: str
    plan_checksum: str
    capacity: Role
    person: str
    authentication: str
    files: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """The PSO's named person adopted this exact template for use."""

    slug: str
    version: str
    digest: str
    person: str
    authentication: str
    at: datetime
