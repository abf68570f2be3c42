"""The register grown with the ledger equals the one built from it, whatever packets live through."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.domain.envelope import Fact
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.signing import Signal
from docgen.domain.standing import standing_of
from docgen.domain.task import RULES
from docgen.services.retention import retention_of
from tests.emptied import empty_ledger
from tests.ledger.lives import BY, SIGNERS, packet, record, version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

ENROLLMENTS = ("enr_1", "enr_2")
PACKETS = ("pkt_1", "pkt_2", "pkt_3", "pkt_4")
KINDS = (
    "packet.sent", "plan.approved", "signer.signed", "signer.invited", "signer.copy_sent",
    "signer.says_other_person", "signer.reminded", "envelope.sealed", "mail.bounced",
    "hold.placed", "hold.lifted", "packet.not_filed", "archive.opened", "anything.else",
    "disposal.proposed", "disposal.confirmed", "packet.disposed",
)  # fmt: skip

enrollments, packets = st.sampled_from(ENROLLMENTS), st.sampled_from(PACKETS)
keys = st.sampled_from(SIGNERS)
acts = st.one_of(
    st.tuples(st.just("version"), enrollments, st.booleans(), st.sampled_from(("One", "Ünö 示"))),
    st.tuples(st.just("packet"), packets, enrollments, st.sampled_from(tuple(PacketKind))),
    st.tuples(st.just("state"), packets, st.sampled_from(tuple(PacketState)), st.booleans()),
    st.tuples(st.just("note"), packets, st.sampled_from(KINDS), keys),
    st.tuples(st.just("reassign"), packets, keys, st.just("")),
    st.tuples(st.just("fact"), packets, st.sampled_from((Signal.SIGNED, Signal.DECLINED)), keys),
    st.tuples(
        st.just("tick"),
        enrollments,
        st.booleans(),
        st.sampled_from([task for task, rule in RULES.items() if rule.ticked]),
    ),
)
lives = st.lists(
    st.tuples(st.lists(acts, min_size=1, max_size=4), st.sampled_from(("well", "fails", "alone"))),
    max_size=10,
)


class Life:
    """Acts on the ledger by name; what cannot be done now is passed over."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._ledger = office.ledger

    def act(self, name: str, *given: Any) -> None:
        """Do one thing."""
        getattr(self, f"_{name}")(*given)

    def _version(self, key: str, draft: bool, name: str) -> None:  # noqa: FBT001  # drawn
        known = [item for item in self._ledger.enrollments.list() if item.enrollment_id == key]
        number = known[0].version + 1 if known else 1
        at = self._office.clock.now()
        one = version(key, record(name), number=number, draft=draft, at=at)
        self._ledger.enrollments.add(one)

    def _packet(self, packet_id: str, key: str, kind: PacketKind) -> None:
        if not self._known(packet_id):
            made = packet(packet_id, key, kind=kind)
            self._ledger.packets.add(replace(made, created_at=self._office.clock.now()))

    def _state(self, packet_id: str, state: PacketState, executed: bool) -> None:  # noqa: FBT001
        if self._known(packet_id):
            now = self._office.clock.now()
            held = replace(self._ledger.packets.get(packet_id), state=state)
            ended = now.date() if state is PacketState.TERMINATED else None
            held = replace(held, terminated_on=ended, executed_at=now if executed else None)
            self._ledger.packets.save(held)

    def _note(self, packet_id: str, kind: str, key: str) -> None:
        self._office.note(
            packet_id, kind, f"signer:{key}", recipient=key, mail="invitation", capacity="x"
        )

    def _reassign(self, packet_id: str, key: str, _: str) -> None:
        after = {"name": f"Other {key}", "title": "Dean", "email": "other@example.org"}
        self._office.note(packet_id, "signer.reassigned", BY, recipient=key, after=after)

    def _fact(self, packet_id: str, signal: Signal, key: str) -> None:
        self._ledger.packets.add_facts(packet_id, frozenset({Fact(signal=signal, recipient=key)}))

    def _tick(self, key: str, done: bool, task: str) -> None:  # noqa: FBT001
        self._office.note(key, "task.done" if done else "task.reopened", BY, task=str(task))

    def _known(self, packet_id: str) -> bool:
        return any(item.id == packet_id for item in self._ledger.packets.list())


def rows() -> dict[str, list[dict[str, Any]]]:
    """Read every row of the register, without row numbers."""
    from django.apps import apps

    found = {}
    for model in apps.get_app_config("ledger").get_models():
        if model.__name__.startswith("Register") and model.__name__ != "RegisterMarkRow":
            read = [
                {name: value for name, value in row.items() if name != "id"}
                for row in model._default_manager.values()
            ]
            found[model.__name__] = sorted(read, key=repr)
    return found


def alone(office: Office, acts_given: Sequence[Any]) -> None:
    """Act without a transaction around."""
    life = Life(office)
    for one in acts_given:
        life.act(*one)


def together(office: Office, acts_given: Sequence[Any]) -> None:
    """Act inside one transaction, the later acts inside a nested one."""
    with office.ledger.transaction():
        alone(office, acts_given[:1])
        with office.ledger.transaction():
            alone(office, acts_given[1:])


def failing(office: Office, acts_given: Sequence[Any]) -> None:
    """Act inside a transaction that fails at its end."""
    with suppress(InterruptedError), office.ledger.transaction():
        alone(office, acts_given)
        raise InterruptedError


HOWS = {"well": together, "fails": failing, "alone": alone}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(life=lives)
def test_grown_and_rebuilt_are_equal(office: Office, clock: StandingClock, life: Any) -> None:
    """After any acts, in transactions that end well or fail or in none, rebuilding changes no row."""
    empty_ledger()
    for acts_together, how in life:
        clock.advance(timedelta(hours=30))
        HOWS[how](office, acts_together)
    grown = rows()
    assert office.register.rebuild() == len(office.ledger.enrollments.list())
    assert rows() == grown
    for one in office.ledger.packets.list():
        history, facts = office.ledger.history.of(one.id), office.ledger.packets.facts(one.id)
        standing = standing_of(one, history, facts, office.pso_settings.time_zone)
        assert standing.retain_until == retention_of(office, one).retain_until


def test_a_line_that_is_not_so_would_be_found(office: Office) -> None:
    """The control: a row changed behind the ledger's back differs from what is rebuilt."""
    from docgen.db.models import RegisterPacketRow

    alone(office, [("version", "enr_1", False, "One")])
    alone(office, [("packet", "pkt_1", "enr_1", PacketKind.CONTRACTING)])
    RegisterPacketRow.objects.update(state=PacketState.SENT)
    changed = rows()
    office.register.rebuild()
    assert rows() != changed
