"""What requests hold, field by field; a field that is not described is refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Base64Bytes, BaseModel, ConfigDict, Field

from docgen.domain.batch import Act
from docgen.domain.packet import PacketKind
from docgen.services.batch import MOST_LINES


def _printable(text: str) -> str:
    if any(not char.isprintable() and char not in "\r\n\t" for char in text):
        raise ValueError("take out the characters that cannot be printed")
    return text


Line = Annotated[str, Field(max_length=254), AfterValidator(_printable)]

Prose = Annotated[str, Field(max_length=2_000), AfterValidator(_printable)]

Checksum = Annotated[str, Field(pattern=r"^[0-9a-f]{12}([0-9a-f]{52})?$")]


class Taken(BaseModel):
    """What a request holds."""

    model_config = ConfigDict(extra="forbid")


class EnrollmentTaken(Taken):
    """A record to store; `as_new` where another practice has the same name or EIN."""

    record: dict[str, Any]
    draft: bool = False
    as_new: bool = False


class VersionTaken(Taken):
    """A record to store as the next version."""

    record: dict[str, Any]
    draft: bool = False


class GenerateTaken(Taken):
    """Which packet is to be generated."""

    kind: PacketKind


class ApproveTaken(Taken):
    """The plan as it was looked at, by its checksum."""

    plan_checksum: Checksum


class SendTaken(Taken):
    """The plan as it was approved, by its checksum, and the signing service; "" is the usual."""

    plan_checksum: Checksum
    service: Line = ""


class ReasonTaken(Taken):
    """Why; it stays in the history."""

    reason: Prose


class ReassignTaken(Taken):
    """Who signs instead; `authority_checked` says that they may bind their organization."""

    recipient: Line
    name: Line
    title: Line
    email: Line
    reason: Prose
    authority_checked: Literal[True]


class AgreeTaken(Taken):
    """How proposals that came back were settled; "" where nothing was proposed."""

    answer: Line = ""


class TerminateTaken(Taken):
    """The last day in effect, and why."""

    last_day: date
    reason: Prose


class OnFileTaken(Taken):
    """An agreement executed before: its title, the day it took effect, and where it is kept."""

    title: Line
    dated: date
    kept_at: Line


class PlacedTaken(Taken):
    """Where a returned file belongs whose own properties were taken out."""

    number: int = Field(ge=1, le=1_000_000)
    slug: Line


class ReturnedTaken(Taken):
    """A returned Word file in base64, and the name of whom it came from."""

    file: Base64Bytes
    sender: Line
    place: PlacedTaken | None = None


class ConfirmTaken(Taken):
    """Which request of this signer, by its number; the new person may bind their organization."""

    number: int = Field(ge=1, le=9999)
    authority_checked: Literal[True]


class RefusalTaken(Taken):
    """Which request of this signer, by its number, and why not; the signer is told by letter."""

    number: int = Field(ge=1, le=9999)
    reason: Prose


class TaskTaken(Taken):
    """Whether the task is done."""

    done: bool


class InviteTaken(Taken):
    """Whom to invite, at their own mailbox."""

    name: Line
    email: Line


class BatchTaken(Taken):
    """What to do, and for which enrollments or packets, by their ids."""

    act: Literal[
        Act.GENERATE_CONTRACTING, Act.GENERATE_ONBOARDING, Act.SEND, Act.REMIND, Act.RELEASE
    ]
    subjects: list[Line] = Field(min_length=1, max_length=MOST_LINES)
