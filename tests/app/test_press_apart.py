"""The press in a process of its own: what its end, and the end of whoever asked, leave behind."""

from __future__ import annotations

import abc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from docgen.bootstrap.press_apart import PressApart, open_press
from docgen.errors import ConfigurationError
from tests.app.command import ROOT
from tests.contracts.press import PressContract, order
from tests.contracts.sample_agreement import agreement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.ports.press import Forms, Order, Press

PATIENCE_S = 60.0
ONE_THAT_WAITS = """
import sys, time
from docgen.bootstrap.press_apart import PressApart
from tests.contracts.press import order
from tests.contracts.sample_agreement import agreement

if __name__ == "__main__":
    press = PressApart()
    press.press([order(agreement())])
    print(press._child._process.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def apart() -> Iterator[PressApart]:
    """Open one for all tests that do it no harm."""
    press = PressApart()
    yield press
    press.close()


class TestPressApart(PressContract):
    """It makes what the one within a process makes."""

    _press: PressApart

    @pytest.fixture(autouse=True)
    def _apart(self, apart: PressApart) -> None:
        self._press = apart

    def press(self) -> PressApart:
        """Give the one that is open."""
        return self._press

    def test_it_makes_the_bytes_that_are_made_here(self) -> None:
        """Neither form tells in which process it was made."""
        orders = [order(agreement(articles=2))]
        assert self._press.press(orders) == open_press().press(orders)


class _Harmful(abc.ABC):
    """A press that does harm once, told apart by a file."""

    key: ClassVar[str] = "harmful"

    def __init__(self, done: Path) -> None:
        self._done = done

    @abc.abstractmethod
    def harm(self) -> None:
        """Do it."""

    def press(self, orders: Sequence[Order]) -> tuple[Forms, ...]:
        """Do harm the first time."""
        if not self._done.exists():
            self._done.touch()
            self.harm()
        assert not orders
        return ()


class _Dying(_Harmful):
    def harm(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class _Failing(_Harmful):
    def harm(self) -> None:
        raise ValueError("a person's name")


class _Sleeping(_Harmful):
    def harm(self) -> None:
        time.sleep(600)


class _Opening:
    """What the child opens, as something that finds its way there."""

    def __init__(self, kind: type[_Harmful], done: Path) -> None:
        self._kind, self._done = kind, done

    def __call__(self) -> Press:
        return self._kind(self._done)


@pytest.mark.parametrize("kind", [_Dying, _Failing])
def test_a_child_that_ends_makes_nothing_and_the_next_works(
    kind: type[_Harmful], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It says what to do, and nothing of what the child was working on."""
    press = PressApart(_Opening(kind, tmp_path / "done"))
    with pytest.raises(ConfigurationError, match=r"ended by itself.*Try again"):
        press.press([])
    assert press.press([]) == ()
    press.close()
    assert "name" not in capfd.readouterr().err


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    """Whoever asked goes on, and the next order is made by another."""
    opening = _Opening(_Sleeping, tmp_path / "done")
    press = PressApart(opening, limit_s=0.01)
    with pytest.raises(ConfigurationError, match="not made in time"):
        press.press([])
    (tmp_path / "done").touch()
    press = PressApart(opening)
    assert press.press([]) == ()
    press.close()


def test_a_child_that_was_killed_between_two_orders_is_started_anew(tmp_path: Path) -> None:
    """Nobody notices."""
    (tmp_path / "done").touch()
    press = PressApart(_Opening(_Dying, tmp_path / "done"))
    assert press.press([]) == ()
    child = press._child  # whom to kill
    assert child is not None
    os.kill(child._process.pid or 0, signal.SIGKILL)
    child._process.join()
    assert press.press([]) == ()
    press.close()


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """Even where that one is killed and can tell nobody."""
    script = tmp_path / "waits.py"
    script.write_text(ONE_THAT_WAITS, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = Path("/proc") / parent.stdout.readline().strip()
        assert child.is_dir()
        parent.kill()
    until = time.monotonic() + PATIENCE_S
    while _runs(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(child)


def _runs(process: Path) -> bool:
    """Tell whether it works still; who has ended may wait for somebody to take note."""
    try:
        return ") Z " not in (process / "stat").read_text("utf-8")
    except OSError:
        return False
