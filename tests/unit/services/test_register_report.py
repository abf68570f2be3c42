"""Two contracts in every period, and a register that the log vouches for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.canonical import canonical_json
from docgen.domain.checkpoint import VerifierKey
from docgen.domain.packet import PacketState
from docgen.domain.person import Person, Role
from docgen.errors import NotAllowed
from docgen.ports.register import ContractLine
from docgen.services.register_report import contract_periods, draw_up
from tests.register_check import holds
from tests.unit.services.test_export import AVERY

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.services.office import Office
    from docgen.services.register_report import ContractPeriod


LINE = ContractLine(
    packet_id="pkt_1",
    enrollment_id="enr_1",
    state=PacketState.ARCHIVED,
    effective_on=date(2026, 11, 2),
    ended_on=None,
    has_copy=True,
)


def periods(
    office: Office, monkeypatch: pytest.MonkeyPatch, lines: tuple[ContractLine, ...], today: date
) -> tuple[ContractPeriod, ...]:
    """Report on these lines for a PSO listed on 1 February 2022."""
    monkeypatch.setattr(type(office.register), "contracts", lambda *_: lines)
    listed = replace(office, pso=replace(office.pso_settings, listed_on=date(2022, 2, 1)))
    return contract_periods(listed, today)


def test_the_periods_follow_each_other_without_gap(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is 24 months; the newest first and running."""
    found = periods(office, monkeypatch, (), date(2026, 11, 23))
    assert [(item.first, item.last) for item in found] == [
        (date(2026, 2, 1), date(2028, 1, 31)),
        (date(2024, 2, 1), date(2026, 1, 31)),
        (date(2022, 2, 1), date(2024, 1, 31)),
    ]
    assert [item.is_running for item in found] == [True, False, False]
    assert not any(item.is_met for item in found)


def test_only_different_providers_with_a_copy_count(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One provider twice is one; what ended before, or has no copy here, is none."""
    begun: dict[str, Any] = {"effective_on": date(2022, 3, 1)}
    one = replace(LINE, **begun, ended_on=date(2024, 1, 31))
    again = replace(one, packet_id="pkt_2")
    other = replace(LINE, **begun, packet_id="pkt_3", enrollment_id="enr_2", has_copy=False)
    third = replace(LINE, packet_id="pkt_4", enrollment_id="enr_3", effective_on=date(2024, 1, 31))
    newest, first = periods(office, monkeypatch, (one, again, other), date(2024, 6, 1))
    assert (first.providers, first.is_met, len(first.without_copy)) == (1, False, 1)
    assert newest.providers == 0  # the last day of the old ones was the period's last
    newest, first = periods(office, monkeypatch, (one, third), date(2024, 6, 1))
    assert (first.providers, first.is_met, newest.providers) == (2, True, 1)


def test_without_a_listing_there_is_no_period(office: Office) -> None:
    """Nothing is counted from a day that nobody gave."""
    unlisted = replace(office, pso=replace(office.pso_settings, listed_on=None))
    assert contract_periods(unlisted, date(2026, 11, 23)) == ()


def test_the_log_vouches_for_the_register(office: Office, tmp_path: Path) -> None:
    """It holds as drawn up; altered, with another proof or under another key, it does not."""
    made = draw_up(office, AVERY)
    assert holds(office, tmp_path, made.data, made.proof)
    assert json.loads(made.data)["agreements"] == []
    told = json.loads(made.proof)

    def changed(**change: object) -> bytes:
        return canonical_json({**told, **change})

    lied = {**told["activity"], "details": {**told["activity"]["details"], "agreements": 9}}
    other = {**told["activity"], "kind": "packet.archived"}
    altered = made.data.replace(b"register-1", b"register-2")
    assert altered != made.data
    assert not holds(office, tmp_path, altered, made.proof)
    for proof in (
        changed(activity=lied),
        changed(activity=other),
        changed(checkpoint=told["checkpoint"].replace("\n", "\n1", 1)),
        b"{}",
    ):
        assert not holds(office, tmp_path, made.data, proof)
    stranger = str(VerifierKey(name="log.example.org", public=bytes(32)))
    assert not holds(office, tmp_path, made.data, made.proof, keys=[stranger])


def test_others_may_not_draw_it_up(office: Office) -> None:
    """Without the role nothing is drawn up and nothing noted."""
    with pytest.raises(NotAllowed):
        draw_up(
            office,
            Person(key="x", name="x", email="x@example.org", roles=frozenset({Role.ADMINISTRATOR})),
        )
    assert list(office.ledger.history.of("register")) == []
