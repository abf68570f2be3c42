"""One authority, one signer and one sealed file for the PAdES tests of a process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import docgen
from integrations.sign.authority import LocalAuthority
from integrations.sign.pades.signer import PadesSigner
from integrations.system.clock import StandingClock
from integrations.timestamp.local import LocalTimeStamper
from integrations.typeset.typst.typesetter import TypstTypesetter
from tests.contracts.sample_agreement import agreement, record
from tests.contracts.signer import AT, act_in, chain
from tests.integrations.sign.judge import Expected

FONTS = Path(docgen.__file__).parent / "fonts"

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.ports.typesetter import TypesetPdf


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An authority with a signer on it, and the clock its time stamps tell."""

    authority: LocalAuthority
    signer: PadesSigner
    clock: StandingClock

    def expecting(self, typeset: TypesetPdf, *, days: float = 0) -> Expected:
        """Say what a sealed file of this house must hold, read some days later."""
        return Expected(
            acts={place.slot: act_in(place.slot).act_id for place in typeset.panels},
            roots=tuple(root.decode() for root in self.authority.roots),
            moment=AT + timedelta(days=days, minutes=1),
        )


@pytest.fixture(scope="session")
def make_house(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], House]:
    """Give a maker of houses, each with a root of its own."""

    def make() -> House:
        folder = tmp_path_factory.mktemp("authority") / "ca"
        authority = LocalAuthority.open_or_create(folder, at=AT)
        clock = StandingClock(AT)
        stamper = LocalTimeStamper(authority.stamping, clock)
        signer = PadesSigner(authority, stamper, FONTS)
        return House(authority=authority, signer=signer, clock=clock)

    return make


@pytest.fixture(scope="session")
def house(make_house: Callable[[], House]) -> House:
    """Give our house."""
    return make_house()


@pytest.fixture(scope="session")
def rendered() -> TypesetPdf:
    """Give a real rendered agreement with two panels and embedded data."""
    typesetter = TypstTypesetter(FONTS)
    return typesetter.typeset(agreement(articles=2, clauses=2, attachment=record()))


@pytest.fixture(scope="session")
def files(house: House, rendered: TypesetPdf) -> Sequence[bytes]:
    """Give the rendered, certified, once signed, twice signed and sealed file."""
    return chain(house.signer, rendered)


@pytest.fixture(scope="session")
def sealed(files: Sequence[bytes]) -> bytes:
    """Give the sealed file."""
    return files[-1]
