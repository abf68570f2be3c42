"""The walk through a real account, taken here through each simulator, by variables alike."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pytest

from integrations.simulators.adobe_sign import AdobeSignSimulator
from integrations.system.clock import StandingClock
from tests.contracts.esign import AT
from tests.integrations.esign.live import ACCOUNTS, account_of, connected, walk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from integrations.simulators.kit import Simulator


def variables(name: str, given: Mapping[str, str]) -> dict[str, str]:
    """Write what a person would set."""
    return {f"DOCGEN_VENDOR_{name}_{key}".upper(): value for key, value in given.items()}


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
def test_the_walk_holds_at_each_simulator(name: str, tmp_path: Path) -> None:
    """With the secrets in files; nothing undocumented is asked, and the envelope is void."""
    clock = StandingClock(AT)
    [entry] = entry_points(group="docgen.simulator", name=name)
    kind: Any = entry.load()
    running: Simulator
    with kind(now=clock.now) as running:
        options, secrets = running.account()
        if isinstance(running, AdobeSignSimulator):
            running.index_lag = timedelta(seconds=90)
        files = {}
        for key in ACCOUNTS[name][0]:
            (tmp_path / key).write_text(f"{secrets[key]}\n", "utf-8")
            files[f"{key}_file"] = str(tmp_path / key)
        account = account_of(name, variables(name, options | files))
        service = connected(account, clock.now, loopback=True)
        sent = walk(
            service,
            "you@example.org",
            clock.now,
            lambda seconds: clock.advance(timedelta(seconds=seconds)),
        )
        assert running.faults == []
        assert running.envelopes[sent].ended == "voided"


def test_every_service_has_its_walk() -> None:
    """A service added later would not be tried otherwise."""
    installed = {entry.name for entry in entry_points(group="docgen.esign")}
    assert set(ACCOUNTS) == installed - {"embedded"}


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
def test_a_variable_that_is_missing_is_named(name: str) -> None:
    """The control: nobody takes a walk without an account for one."""
    secrets, options, _ = ACCOUNTS[name]
    whole = variables(name, dict.fromkeys((*secrets, *options), "x"))
    assert account_of(name, whole).secrets
    for missing in whole:
        less = {key: value for key, value in whole.items() if key != missing}
        with pytest.raises(KeyError, match=missing):
            account_of(name, less)
