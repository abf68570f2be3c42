"""The sweep: carry out errands, act on callbacks, re-read what nobody told us about.

It is the whole engine of the embedded default, and the reconciler of a scaled-out site: with every
callback lost it alone still brings each packet to its end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.packet import OUT_FOR_SIGNATURE, PacketState
from docgen.errors import ConfigurationError, DocgenError, ServiceUnavailable
from docgen.ports.watch import SWEPT
from docgen.services.archived import KEEP
from docgen.services.asked import send_refusal
from docgen.services.batch import ERRAND, carry_line
from docgen.services.bounce import take_back_mail
from docgen.services.ceremony.finish import expire_envelopes, seal_envelope, send_executed_copy
from docgen.services.ceremony.invite import send_code, send_invitation
from docgen.services.ceremony.notice import send_notice
from docgen.services.ceremony.tell import deliver_callback
from docgen.services.collect import send_copy_code
from docgen.services.disposal import DISPOSE
from docgen.services.dispose import dispose_packet
from docgen.services.distribute import send_copy
from docgen.services.file import file_packet
from docgen.services.keep import keep_packet
from docgen.services.poll import ALONE, MOST_TRIES, TOGETHER, poll_later, read_several_again
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
from docgen.services.reassign import give_place_outside
from docgen.services.receive import act_on_callbacks, read_again, refresh
from docgen.services.relieve import send_relief
from docgen.services.remind import remind_again, remind_due, send_reminder
from docgen.services.renew import ERRAND as RENEW
from docgen.services.renew import renew_packet
from docgen.services.review import send_review_copies
from docgen.services.scrub import ERRAND as SCRUB
from docgen.services.scrub import ask_scrub, carry_scrub
from docgen.services.send import carry_out_send
from docgen.services.sign_in import (
    CODE_LETTER,
    NOTICE_LETTER,
    send_code_letter,
    send_notice_letter,
)
from docgen.services.webhook import ERRAND as WEBHOOK
from docgen.services.webhook import deliver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeVar

    from docgen.domain.packet import Packet
    from docgen.ports.traffic import Errand
    from docgen.services.office import Office

    Result = TypeVar("Result")
    Carrier = Callable[[Office, Mapping[str, object]], Result]

LEASE_S = 300
MOST_WEBHOOKS, WEBHOOKS_TAKE = 50, timedelta(seconds=15)  # in one sweep
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(hours=6)

CARRIERS: dict[str, Carrier[object]] = {
    "send": carry_out_send,
    "invite": send_invitation,
    "code": send_code,
    "notice": send_notice,
    "callback": deliver_callback,
    "read": read_again,
    ALONE: read_again,
    TOGETHER: read_several_again,
    "seal": seal_envelope,
    "executed_copy": send_executed_copy,
    "file": file_packet,
    ERRAND: carry_line,
    "copy": send_copy,
    "copy_code": send_copy_code,
    "review_copies": send_review_copies,
    "remind": send_reminder,
    "remind_again": remind_again,
    CODE_LETTER: send_code_letter,
    NOTICE_LETTER: send_notice_letter,
    "relieve": send_relief,
    "reassign": give_place_outside,
    "refuse_request": send_refusal,
    FORM_LINK: send_form_link,
    FORM_CODE: send_form_code,
    FORM_TOLD: send_form_submitted,
    KEEP: keep_packet,
    WEBHOOK: deliver,
    SCRUB: carry_scrub,
    DISPOSE: dispose_packet,
    RENEW: renew_packet,
}
# A slow receiver, or going through the whole archive, holds up no letter and nobody who waits for
# a page.
PROMPT = frozenset(CARRIERS) - {WEBHOOK, SCRUB, DISPOSE, RENEW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one sweep did. `failures` name errand kind and error code, never content."""

    errands: int = 0
    callbacks: int = 0
    refreshed: int = 0
    expired: int = 0
    returned: int = 0
    failures: tuple[str, ...] = ()


def sweep(
    office: Office, *, reconcile: bool = True, tell: Callable[[], None] = lambda: None
) -> Swept:
    """Do everything that is due; with `reconcile`, also re-read every packet out for signature.

    Envelopes expire and signers are reminded here, after the site's periods.

    `tell` is called after each errand, for showing progress.
    """
    # Before anything is filed, what came in about it is known to concern it; and after our own
    # callbacks were posted, once more.
    callbacks = act_on_callbacks(office)
    errands, failures = _run_due(office, PROMPT, tell)
    callbacks += act_on_callbacks(office)
    kept_up = keep_up(office, reconcile=reconcile)
    more, more_failures = _run_due(office, PROMPT, tell)
    posted, unposted = _post_webhooks(office, tell)
    gone, not_gone = _run_due(office, frozenset({DISPOSE}), tell)
    read, damaged = _scrub(office) if reconcile else (0, ())
    renewed, not_renewed = _renew(office) if reconcile else (0, ())
    return replace(
        kept_up,
        errands=errands + more + posted + gone + read + renewed,
        callbacks=callbacks,
        failures=(
            *failures,
            *kept_up.failures,
            *more_failures,
            *unposted,
            *not_gone,
            *damaged,
            *not_renewed,
        ),
    )


def keep_up(office: Office, *, reconcile: bool = True) -> Swept:
    """Do what time alone makes due: expire, remind, re-read, take back letters; carry out nothing.

    One process at a time does it; another that would finds it done and does nothing.
    """
    with office.ledger.alone("keep up") as mine:
        if not mine:
            return Swept()
        expired = expire_envelopes(office)
        if reconcile:
            remind_due(office)
            ask_scrub(office)
        refreshed, unread = _reconcile(office) if reconcile else (0, ())
        returned, unopened = _take_back(office)
        if reconcile:
            office.ledger.errands.tidy()
            office.floodgate.tidy(office.clock.now())
            office.ledger.watch.mark(SWEPT, office.clock.now())
    return Swept(
        expired=expired, refreshed=refreshed, returned=returned, failures=(*unread, *unopened)
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
    return _run_due(office, PROMPT - {"callback"}, lambda: None)[1]


def run_due_here(office: Office) -> None:
    """Carry out what is due before a page answers, unless workers stand ready for it.

    Where they do, whoever waits for the page must not wait for everybody's work.
    """
    if not office.ledger.errands.shared:
        run_due(office)


def run_errand(office: Office, key: str) -> None:
    """Carry out one errand now if it is still due; a failure is raised and tried again later."""
    errand = office.ledger.errands.take_one(key, office.clock.now(), lease_s=LEASE_S)
    if errand is not None:
        _carry(office, errand)


def run_job(office: Office, key: str) -> str:
    """Carry out one errand if it is still due; give what failed and is tried again, or ""."""
    errand = office.ledger.errands.take_one(key, office.clock.now(), lease_s=LEASE_S)
    if errand is None or errand.kind not in CARRIERS:
        return ""
    try:
        _carry(office, errand)
    except Exception as error:  # noqa: BLE001  # one faulty errand must not hold up others
        return f"{errand.kind}: {_name(error)}"
    return ""


def _run_due(
    office: Office, kinds: frozenset[str], tell: Callable[[], None]
) -> tuple[int, tuple[str, ...]]:
    done, failures, limit = 0, [], office.ledger.errands.at_once
    while True:
        taken = office.ledger.errands.take(
            office.clock.now(), kinds=kinds, limit=limit, lease_s=LEASE_S
        )
        for errand in taken:
            try:
                _carry(office, errand)
            except Exception as error:  # noqa: BLE001  # one faulty errand must not hold up others
                failures.append(f"{errand.kind}: {_name(error)}")
            else:
                done += 1
            tell()
        if len(taken) < limit:
            return done, tuple(failures)


def _post_webhooks(office: Office, tell: Callable[[], None]) -> tuple[int, tuple[str, ...]]:
    """Post what other systems are told, one by one, as long as the sweep can spare."""
    done, failures, began = 0, [], office.clock.now()
    for _ in range(MOST_WEBHOOKS):
        now = office.clock.now()
        if now - began >= WEBHOOKS_TAKE:
            break
        taken = office.ledger.errands.take(
            now, kinds=frozenset({WEBHOOK}), limit=1, lease_s=LEASE_S
        )
        if not taken:
            break
        try:
            _carry(office, taken[0])
        except Exception as error:  # noqa: BLE001  # one faulty errand must not hold up others
            failures.append(f"{WEBHOOK}: {_name(error)}")
        else:
            done += 1
        tell()
    return done, tuple(failures)


def _scrub(office: Office) -> tuple[int, tuple[str, ...]]:
    """Read the next part of the archive when it is due; what is amiss there is told as a failure.

    One part a sweep, so that a large archive holds nothing else up.
    """
    due = office.ledger.errands.take(
        office.clock.now(), kinds=frozenset({SCRUB}), limit=1, lease_s=LEASE_S
    )
    for errand in due:
        try:
            told = _carry_by(carry_scrub, office, errand)
        except Exception as error:  # noqa: BLE001  # an archive out of reach must not hold up others
            return 0, (f"{SCRUB}: {_name(error)}",)
        if told is None:
            continue
        step, _ = told
        return 1, tuple(f"{SCRUB}: {item.place} {item.damage.value}" for item in step.findings)
    return 0, ()


def _renew(office: Office) -> tuple[int, tuple[str, ...]]:
    """Renew one bundle that is due: a whole archive may be, and each is verified with it."""
    due = office.ledger.errands.take(
        office.clock.now(), kinds=frozenset({RENEW}), limit=1, lease_s=LEASE_S
    )
    for errand in due:
        try:
            _carry(office, errand)
        except Exception as error:  # noqa: BLE001  # an authority out of reach holds up nothing else
            return 0, (f"{RENEW}: {_name(error)}",)
    return len(due), ()


def _carry(office: Office, errand: Errand) -> None:
    """Carry out one errand as its kind is, unless another process does."""
    _carry_by(CARRIERS[errand.kind], office, errand)


def _carry_by(carrier: Carrier[Result], office: Office, errand: Errand) -> Result | None:
    """Carry out one errand and give its result, or None where another process does.

    Put it back for later when it fails.
    """
    with office.ledger.errands.carrying(errand) as ours:
        return _carry_out(carrier, office, errand) if ours else None


def _carry_out(carrier: Carrier[Result], office: Office, errand: Errand) -> Result:
    try:
        result = carrier(office, errand.payload)
    except Exception as error:
        delay = min(FIRST_DELAY * 2 ** min(errand.attempts, 20), LONGEST_DELAY)
        wanted = error.retry_after_s if isinstance(error, ServiceUnavailable) else None
        if wanted is not None:
            delay = min(max(delay, timedelta(seconds=wanted)), LONGEST_DELAY)
        if errand.kind in {ALONE, TOGETHER} and errand.attempts >= MOST_TRIES - 1:
            office.ledger.errands.done(errand.key)
        else:
            office.ledger.errands.again(errand.key, office.clock.now() + delay)
        raise
    office.ledger.errands.done(errand.key)
    return result


def _name(error: Exception) -> str:
    """Name an error by its code; its words might hold content."""
    if isinstance(error, DocgenError | ConfigurationError):
        return error.code
    return f"unexpected {type(error).__name__}"


def _reconcile(office: Office) -> tuple[int, tuple[str, ...]]:
    """Re-read packets out for signature, and see to those left between two steps."""
    out: dict[str, list[Packet]] = {}
    for packet in office.ledger.packets.in_states(OUT_FOR_SIGNATURE | {PacketState.FULLY_EXECUTED}):
        if packet.state is PacketState.SENDING:
            with office.ledger.transaction():
                office.ask(f"send:{packet.id}", "send", packet_id=packet.id)
        elif packet.state is PacketState.FULLY_EXECUTED:
            with office.ledger.transaction():
                office.ask(f"file:{packet.id}", "file", packet_id=packet.id)
        else:
            out.setdefault(packet.service, []).append(packet)
    return _re_read(
        office,
        [
            packet
            for service, packets in out.items()
            if not poll_later(office, service, packets)
            for packet in packets
        ],
    )


def _re_read(office: Office, packets: Iterable[Packet]) -> tuple[int, tuple[str, ...]]:
    """Re-read packets whose services may be asked at any time."""
    refreshed, failures = 0, []
    for packet in packets:
        try:
            refresh(office, packet.id)
        except Exception as error:  # noqa: BLE001  # one silent service must not hold up others
            failures.append(f"re-read: {_name(error)}")
        else:
            refreshed += 1
    return refreshed, tuple(failures)
