"""The sweep: carry out errands, act on callbacks, re-read what nobody told us about.

It is the whole engine of the embedded default, and the reconciler of a scaled-out site: with every
callback lost it alone still brings each packet to its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.packet import OUT_FOR_SIGNATURE, PacketState
from docgen.errors import ConfigurationError, DocgenError
from docgen.services.batch import ERRAND, carry_line
from docgen.services.bounce import take_back_mail
from docgen.services.ceremony.finish import expire_envelopes, seal_envelope, send_executed_copy
from docgen.services.ceremony.invite import send_code, send_invitation
from docgen.services.ceremony.notice import send_notice
from docgen.services.ceremony.tell import deliver_callback
from docgen.services.collect import send_copy_code
from docgen.services.distribute import send_copy
from docgen.services.file import file_packet
from docgen.services.practice_letters import (
    CODE_LETTER as FORM_CODE,
)
from docgen.services.practice_letters import (
    LINK_LETTER as FORM_LINK,
)
from docgen.services.practice_letters import (
    TOLD_LETTER as FORM_TOLD,
)
from docgen.services.practice_letters import (
    send_form_code,
    send_form_link,
    send_form_submitted,
)
from docgen.services.receive import act_on_callbacks, read_again, refresh
from docgen.services.relieve import send_relief
from docgen.services.remind import remind_due, send_reminder
from docgen.services.review import send_review_copies
from docgen.services.send import carry_out_send
from docgen.services.sign_in import (
    CODE_LETTER,
    NOTICE_LETTER,
    send_code_letter,
    send_notice_letter,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.ports.ledger import Errand
    from docgen.services.office import Office

BATCH = 50
LEASE_S = 300
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(hours=6)

CARRIERS: dict[str, Callable[[Office, Mapping[str, object]], None]] = {
    "send": carry_out_send,
    "invite": send_invitation,
    "code": send_code,
    "notice": send_notice,
    "callback": deliver_callback,
    "read": read_again,
    "seal": seal_envelope,
    "executed_copy": send_executed_copy,
    "file": file_packet,
    ERRAND: carry_line,
    "copy": send_copy,
    "copy_code": send_copy_code,
    "review_copies": send_review_copies,
    "remind": send_reminder,
    CODE_LETTER: send_code_letter,
    NOTICE_LETTER: send_notice_letter,
    "relieve": send_relief,
    FORM_LINK: send_form_link,
    FORM_CODE: send_form_code,
    FORM_TOLD: send_form_submitted,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one sweep did. `failures` name errand kind and error code, never content."""

    errands: int = 0
    callbacks: int = 0
    refreshed: int = 0
    expired: int = 0
    returned: int = 0
    failures: tuple[str, ...] = ()

    @property
    def idle(self) -> bool:
        """True when there was nothing to do."""
        return not (
            self.errands or self.callbacks or self.expired or self.returned or self.failures
        )


def sweep(
    office: Office, *, reconcile: bool = True, tell: Callable[[], None] = lambda: None
) -> Swept:
    """Do everything that is due; with `reconcile`, also re-read every packet out for signature.

    Envelopes expire and signers are reminded here, after the site's periods.

    `tell` is called after each errand, for showing progress.
    """
    expired = expire_envelopes(office)
    if reconcile:
        remind_due(office)
    errands, failures = _run_due(office, frozenset(CARRIERS), tell)
    callbacks = act_on_callbacks(office)
    refreshed, unread = _reconcile(office) if reconcile else (0, ())
    returned, unopened = _take_back(office)
    more, more_failures = _run_due(office, frozenset(CARRIERS), tell)
    return Swept(
        errands=errands + more,
        callbacks=callbacks,
        refreshed=refreshed,
        expired=expired,
        returned=returned,
        failures=(*failures, *unread, *unopened, *more_failures),
    )


def _take_back(office: Office) -> tuple[int, tuple[str, ...]]:
    """Note the letters that came back; a mailbox out of reach holds up nothing else."""
    try:
        return take_back_mail(office), ()
    except DocgenError as error:
        return 0, (f"returned mail: {_name(error)}",)


def run_due(office: Office) -> tuple[str, ...]:
    """Carry out what is due now but callbacks, which only the sweep posts (to this same site).

    Gives what failed and is tried again, as errand kind and error code.
    """
    return _run_due(office, frozenset(CARRIERS) - {"callback"}, lambda: None)[1]


def run_errand(office: Office, key: str) -> None:
    """Carry out one errand now if it is still due; a failure is raised and tried again later."""
    errand = office.ledger.errands.take_one(key, office.clock.now(), lease_s=LEASE_S)
    if errand is not None:
        _carry(office, errand)


def _run_due(
    office: Office, kinds: frozenset[str], tell: Callable[[], None]
) -> tuple[int, tuple[str, ...]]:
    done, failures = 0, []
    while True:
        taken = office.ledger.errands.take(
            office.clock.now(), kinds=kinds, limit=BATCH, lease_s=LEASE_S
        )
        for errand in taken:
            try:
                _carry(office, errand)
            except Exception as error:  # noqa: BLE001  # one faulty errand must not hold up others
                failures.append(f"{errand.kind}: {_name(error)}")
            else:
                done += 1
            tell()
        if len(taken) < BATCH:
            return done, tuple(failures)


def _carry(office: Office, errand: Errand) -> None:
    """Carry out one errand; put it back for later when it fails."""
    try:
        CARRIERS[errand.kind](office, errand.payload)
    except Exception:
        delay = min(FIRST_DELAY * 2 ** min(errand.attempts, 20), LONGEST_DELAY)
        office.ledger.errands.again(errand.key, office.clock.now() + delay)
        raise
    office.ledger.errands.done(errand.key)


def _name(error: Exception) -> str:
    """Name an error by its code; its words might hold content."""
    if isinstance(error, DocgenError | ConfigurationError):
        return error.code
    return f"unexpected {type(error).__name__}"


def _reconcile(office: Office) -> tuple[int, tuple[str, ...]]:
    """Re-read packets out for signature, and see to those left between two steps."""
    refreshed, failures = 0, []
    unsettled = OUT_FOR_SIGNATURE | {PacketState.FULLY_EXECUTED}
    for packet in office.ledger.packets.in_states(unsettled):
        if packet.state is PacketState.SENDING:
            with office.ledger.transaction():
                office.ask(f"send:{packet.id}", "send", packet_id=packet.id)
        elif packet.state is PacketState.FULLY_EXECUTED:
            with office.ledger.transaction():
                office.ask(f"file:{packet.id}", "file", packet_id=packet.id)
        else:
            try:
                refresh(office, packet.id)
            except Exception as error:  # noqa: BLE001  # one silent service must not hold up others
                failures.append(f"re-read: {_name(error)}")
            else:
                refreshed += 1
    return refreshed, tuple(failures)
