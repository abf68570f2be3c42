"""A whole packet with keys in a token: sent, keys rotated between the signers, sealed, verified."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from docgen.bootstrap.keyring import HomeKeyRing
from docgen.domain.canonical import canonical_json
from docgen.domain.person import Role
from docgen.errors import NotAllowed, ServiceUnavailable
from docgen.resources import fonts_dir
from docgen.services.anchor import anchor_of
from docgen.services.rotate import REVOKED, ROTATED, revoke_certificate, rotate_signing
from docgen.services.sweep import run_errand
from docgen.services.verify import verify_apart
from integrations.archive.fake import FakeArchive
from integrations.keys.pkcs11 import Pkcs11Keys
from integrations.log.ed25519 import Ed25519CheckpointSigner
from integrations.sign.authority import CompanyAuthority, LocalAuthority
from integrations.sign.pades.signer import PadesSigner
from integrations.system.clock import SystemClock
from integrations.timestamp.local import LocalTimeStamper
from tests.integrations.keys.softhsm import PIN, SoftToken, soft_token
from tests.integrations.sign.authority.company import Company
from tests.unit.services.test_rotate import _filed
from tests.unit.services.walk import (
    AUDITOR,
    Loopback,
    ShiftedClock,
    at_own_desk,
    person,
    sent,
    sign_next,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docgen.domain.packet import Packet
    from docgen.services.office import Office

ADMIN = person("admin", Role.ADMINISTRATOR)


@dataclass
class Site:
    """A site whose keys lie in a token, under a company's authority."""

    folder: Path
    office: Office
    token: SoftToken
    company: Company
    clock: ShiftedClock
    chain: bytes = b""

    def __post_init__(self) -> None:
        self.stamps = LocalAuthority.open_or_create(
            self.folder / "authority", at=self.office.clock.now()
        )
        (path,) = self.prepare()
        self.certify(path)

    @property
    def places(self) -> dict[str, Any]:
        """Open the token as a process does that starts now."""
        store = Pkcs11Keys.at(self.token.reference, pin=PIN)
        return {"store": store, "seal": store}

    def prepare(self) -> tuple[Path, ...]:
        """Run `docgen keys init`."""
        now, chain = self.office.clock.now(), self.chain or None
        return CompanyAuthority.prepare(self.folder / "company", at=now, chain=chain, **self.places)

    def certify(self, path: Path) -> None:
        """Have a request certified, and run `docgen keys init` again."""
        self.chain += self.company.file(self.company.certify(path.read_bytes()))
        assert self.prepare() == ()

    @property
    def authority(self) -> CompanyAuthority:
        """Open the authority."""
        return CompanyAuthority.open(self.folder / "company", chain=self.chain, **self.places)

    @property
    def ring(self) -> HomeKeyRing:
        """Give the site's key ring."""
        return HomeKeyRing(
            log=Ed25519CheckpointSigner,
            log_path=self.folder / "log.pem",
            origin=self.office.rules.log_origin,
            authority=self.authority,
        )

    def desk(self) -> Office:
        """Give the office as a process sees it that was started just now."""
        stamper = LocalTimeStamper(self.stamps.stamping, self.clock)
        signer = PadesSigner(self.authority, stamper, fonts_dir(), stamp_evidence=self.stamps)
        office = replace(self.office, stamper=stamper, signer=signer)
        return at_own_desk(office, Loopback(lost=True), self.clock)


@pytest.fixture
def site(office: Office, tmp_path: Path) -> Iterator[Site]:
    """Give a site with keys in a token of its own."""
    clock = SystemClock()
    real = replace(office, clock=clock, archive=FakeArchive())
    real.work.put(canonical_json(real.pso_settings.to_json()))
    shifted = ShiftedClock()
    shifted.advance(timedelta(minutes=-5))  # so that it can be moved on, and nothing is in future
    with soft_token() as token:
        yield Site(
            folder=tmp_path,
            office=real,
            token=token,
            company=Company(clock.now()),
            clock=shifted,
        )


# python-pkcs11 ends a search in the destructor, which has nobody to tell that the token is gone.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_whole_packet_with_keys_in_a_token_verifies(site: Site, packet: Packet) -> None:
    """The token is pulled out and put back, keys rotate between the signers; the bundle holds."""
    desk = site.desk()
    after = sent(desk, packet, "embedded")
    sign_next(desk, after.envelope_id)
    renewal = rotate_signing(desk, site.ring, ADMIN)
    site.certify(site.folder / renewal.request)
    desk = site.desk()
    for _ in packet.plan.recipients[1:]:
        sign_next(desk, after.envelope_id)
    site.token.stop()
    with pytest.raises(ServiceUnavailable):
        run_errand(desk, f"seal:{after.envelope_id}")
    site.token.start()
    site.clock.advance(timedelta(minutes=1))  # until it is tried again
    bundle = _filed(desk, after.envelope_id, packet.id)
    code, output = verify_apart(desk, bundle)
    assert code == 0, output
    assert "DEVELOPMENT" not in output
    anchor: Any = anchor_of(desk)
    assert len(anchor["signing_roots"]) == 1
    (noted,) = (item for item in desk.ledger.history.of("keys") if item.kind == ROTATED)
    assert noted.details["after"] == renewal.after != noted.details["before"]


def test_withdrawing_is_noted_and_an_administrator_s(site: Site) -> None:
    """The history names the serial number and who did it; nobody else may."""
    desk = site.desk()
    with pytest.raises(NotAllowed):
        revoke_certificate(desk, site.ring, AUDITOR, 0x4F1D0C)
    assert not (site.folder / "company" / "revoked.txt").exists()
    revoke_certificate(desk, site.ring, ADMIN, 0x4F1D0C)
    (noted,) = desk.ledger.history.of("keys")
    assert (noted.kind, noted.actor) == (REVOKED, "user:admin")
    assert noted.details["serial"] == "4f1d0c"
