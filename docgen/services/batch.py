"""Batch: carry out one act for many subjects, each by itself, and keep what came of each.

Every line is an errand of its own: what is refused holds up nothing else, and a process that dies
leaves the other lines to the next one. The acts themselves are such that doing one twice does it
once, so a line that is repeated changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.batch import Act, Batch, BatchLine, Result
from docgen.domain.packet import OUT_FOR_SIGNATURE, PacketKind, PacketState
from docgen.domain.person import Role
from docgen.errors import ConfigurationError, EnrollmentInvalid, InputError, NotFound, Refused
from docgen.services.export import read_bundle
from docgen.services.generate import generate
from docgen.services.remind import remind
from docgen.services.review import release
from docgen.services.send import send

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docgen.domain.person import Person
    from docgen.services.office import Office

MOST_LINES = 5_000
ERRAND = "batch_line"
_REFUSALS = (InputError, NotFound, Refused, ConfigurationError)


def begin(office: Office, act: Act, subjects: Sequence[str], person: Person) -> Batch:
    """Ask for the act for each subject, once each; give the batch, all lines waiting.

    Raises:
        InputError: there are no subjects, or too many for one batch, or it is to be an export.
    """
    person.require(Role.COORDINATOR)
    if act is Act.EXPORT:
        raise InputError("An export is asked for of the archive, which says what it would hold.")
    return stored(office, act, subjects, person)


def stored(office: Office, act: Act, subjects: Sequence[str], person: Person) -> Batch:
    """Store a batch with an errand for each subject; whoever calls has checked who may.

    Raises:
        InputError: there are no subjects, or too many for one batch.
    """
    chosen = tuple(dict.fromkeys(subjects))
    if not chosen or len(chosen) > MOST_LINES:
        raise InputError(f"Choose at least one line, and at most {MOST_LINES:,} at once.")
    batch = Batch(
        id=office.ids.new("bat"),
        act=act,
        person=person.key,
        at=office.clock.now(),
        lines=tuple(BatchLine(position=n, subject=item) for n, item in enumerate(chosen)),
    )
    with office.ledger.transaction():
        office.ledger.batches.add(batch)
        for line in batch.lines:
            name = f"{ERRAND}:{batch.id}:{line.position}"
            office.ask(name, ERRAND, batch=batch.id, position=line.position)
    return batch


def carry_line(office: Office, payload: Mapping[str, object]) -> None:
    """Carry out one line and store its result; a line that has one already stays as it is.

    Only what a person must settle is a result; a fault that passes is left to the next try.
    """
    batch_id, position = str(payload["batch"]), int(str(payload["position"]))
    batch = office.ledger.batches.get(batch_id)
    line = batch.lines[position]
    if line.result is not Result.WAITING:
        return
    try:
        person = office.ledger.people.get(batch.person)
        words, made = _ACTS[batch.act](office, line.subject, person)
        line = replace(line, result=Result.DONE, words=words, made=made)
    except _REFUSALS as refusal:
        line = replace(line, result=Result.REFUSED, words=_sentence(refusal))
    with office.ledger.transaction():
        office.ledger.batches.save_line(batch_id, line)


def _sentence(refusal: Exception) -> str:
    """Give the refusal's sentence; of a form's problems the first, and how many more."""
    if not isinstance(refusal, EnrollmentInvalid):
        return str(refusal)
    first, *more = refusal.problems
    rest = " There is 1 more problem." if len(more) == 1 else ""
    rest = f" There are {len(more)} more problems." if len(more) > 1 else rest
    return f"{first.message}{rest}"


def _generate(kind: PacketKind) -> Callable[[Office, str, Person], tuple[str, tuple[str, ...]]]:
    def act(office: Office, subject: str, person: Person) -> tuple[str, tuple[str, ...]]:
        person.require(Role.COORDINATOR)
        packets = generate(office, subject, kind, f"user:{person.key}")
        return "generated", tuple(item.id for item in packets)

    return act


def _send(office: Office, subject: str, person: Person) -> tuple[str, tuple[str, ...]]:
    state = office.ledger.packets.get(subject).state
    if state in OUT_FOR_SIGNATURE:  # this line was carried out before its result was stored
        return "already out for signature", ()
    send(office, subject, person)
    return "being sent", ()


def _remind(office: Office, subject: str, person: Person) -> tuple[str, tuple[str, ...]]:
    if office.ledger.packets.get(subject).state is PacketState.SENDING:
        raise Refused("The packet is only just being sent; nobody is to be reminded yet.")
    reminded = remind(office, subject, person)
    return f"{len(reminded)} reminded", ()


def _release(office: Office, subject: str, person: Person) -> tuple[str, tuple[str, ...]]:
    if office.ledger.packets.get(subject).state is PacketState.IN_REVIEW:
        return "already with the key contacts", ()  # carried out before its result was stored
    number = release(office, subject, person).rounds[-1].number
    return f"round {number} is on its way to the key contacts", ()


_ACTS: dict[Act, Callable[[Office, str, Person], tuple[str, tuple[str, ...]]]] = {
    Act.GENERATE_CONTRACTING: _generate(PacketKind.CONTRACTING),
    Act.GENERATE_ONBOARDING: _generate(PacketKind.ONBOARDING),
    Act.SEND: _send,
    Act.REMIND: _remind,
    Act.RELEASE: _release,
    Act.EXPORT: read_bundle,
}
