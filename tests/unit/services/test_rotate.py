"""Rotation: before, across and after it, every packet verifies; both keys sign the change."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docgen.bootstrap.keyring import HomeKeyRing
from docgen.domain.canonical import canonical_json
from docgen.domain.checkpoint import parse_note, parse_verifier_key
from docgen.domain.person import Role
from docgen.errors import NotAllowed, SignatureInvalid
from docgen.resources import fonts_dir
from docgen.services.anchor import anchor_of
from docgen.services.expiry import WARNED_BEFORE, expiring
from docgen.services.file import file_packet
from docgen.services.receive import refresh
from docgen.services.rotate import ROTATED, rotate_log, rotate_signing
from docgen.services.sweep import run_errand
from docgen.services.verify import verify_apart
from integrations.archive.fake import FakeArchive
from integrations.log.ed25519 import Ed25519CheckpointSigner
from integrations.sign.authority import LocalAuthority
from integrations.sign.pades.signer import PadesSigner
from integrations.system.clock import StandingClock, SystemClock
from integrations.timestamp.local import LocalTimeStamper
from tests.unit.services.test_checkpoint_service import edit_body
from tests.unit.services.walk import AUDITOR, Loopback, at_own_desk, person, sent, sign_next

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

ADMIN = person("admin", Role.ADMINISTRATOR)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site's keys in a folder, opened anew by each process."""

    folder: Path
    office: Office

    @property
    def authority(self) -> LocalAuthority:
        return LocalAuthority.open_or_create(self.folder / "authority", at=self.office.clock.now())

    @property
    def ring(self) -> HomeKeyRing:
        return HomeKeyRing(
            log=Ed25519CheckpointSigner,
            log_path=self.folder / "log.pem",
            origin=self.office.rules.log_origin,
            authority=self.authority,
        )

    def process(self) -> Office:
        """Give the office as a process sees it that was started just now."""
        authority, clock = self.authority, self.office.clock
        stamper = LocalTimeStamper(authority.stamping, clock)
        return replace(
            self.office,
            stamper=stamper,
            signer=PadesSigner(authority, stamper, fonts_dir(), stamp_evidence=authority),
            checkpoint_signer=Ed25519CheckpointSigner.load(
                self.folder / "log.pem", self.office.rules.log_origin
            ),
        )

    def rotate(self) -> None:
        """Rotate both, each by a process of its own."""
        rotate_log(self.process(), self.ring, ADMIN)
        rotate_signing(self.process(), self.ring, ADMIN)


@pytest.fixture
def site(office: Office, tmp_path: Path) -> Site:
    """Give a site with keys of its own."""
    Ed25519CheckpointSigner.create(tmp_path / "log.pem", office.rules.log_origin)
    return Site(folder=tmp_path, office=replace(office, clock=SystemClock(), archive=FakeArchive()))


def _desk(site: Site) -> Office:
    return at_own_desk(site.process(), Loopback(lost=True))


def _filed(office: Office, envelope_id: str, packet_id: str) -> bytes:
    run_errand(office, f"seal:{envelope_id}")
    done = refresh(office, packet_id)
    file_packet(office, {"packet_id": done.id})
    return office.archive.open(office.ledger.packets.get(packet_id).bundle_sha256)


@pytest.mark.parametrize("when", ["before", "between the signers", "before the seal", "after"])
def test_a_packet_verifies_whenever_keys_are_rotated(site: Site, packet: Packet, when: str) -> None:
    """Under the anchor of today, whatever was signed under which keys."""
    site.office.work.put(canonical_json(site.office.pso_settings.to_json()))
    if when == "before":
        site.rotate()
    desk = _desk(site)
    after = sent(desk, packet, "embedded")
    for number, _ in enumerate(packet.plan.recipients):
        if number == 1 and when == "between the signers":
            site.rotate()
            desk = _desk(site)
        sign_next(desk, after.envelope_id)
    if when == "before the seal":
        site.rotate()
        desk = _desk(site)
    bundle = _filed(desk, after.envelope_id, packet.id)
    if when == "after":
        site.rotate()
    code, output = verify_apart(site.process(), bundle)
    assert code == 0, output


def test_a_process_from_before_goes_on_with_its_keys(site: Site, packet: Packet) -> None:
    """Until it is restarted it uses the old keys; its bundles verify under the new anchor."""
    site.office.work.put(canonical_json(site.office.pso_settings.to_json()))
    desk = _desk(site)
    after = sent(desk, packet, "embedded")
    site.rotate()
    for _ in packet.plan.recipients:
        sign_next(desk, after.envelope_id)
    bundle = _filed(desk, after.envelope_id, packet.id)
    code, output = verify_apart(site.process(), bundle)
    assert code == 0, output
    old: Any = anchor_of(desk)
    new: Any = anchor_of(site.process())
    assert set(old["log_keys"]) < set(new["log_keys"])
    assert set(old["signing_roots"]) < set(new["signing_roots"])


def test_both_keys_sign_the_checkpoint_over_the_change(site: Site) -> None:
    """The activity names both keys, and who did it; an auditor with either key can check it."""
    before = site.process().checkpoint_signer.vkey
    new = parse_verifier_key(rotate_log(site.process(), site.ring, ADMIN))
    assert site.process().checkpoint_signer.vkey == new != before
    assert site.process().checkpoint_signer.retired == (before,)
    (noted,) = site.office.ledger.history.of("keys")
    assert (noted.kind, noted.actor) == (ROTATED, "user:admin")
    assert (noted.details["before"], noted.details["after"]) == (str(before), str(new))
    point = site.office.ledger.history.latest_checkpoint()
    assert point is not None
    assert point.size > noted.seq
    note = parse_note(point.note)
    assert note.by(before) is not None
    assert note.by(new) is not None


def test_a_rotation_cut_short_goes_on_with_the_same_key(site: Site) -> None:
    """The key made before the process died is the one put in place."""
    drafted = site.ring.next_log_key().vkey
    assert site.process().checkpoint_signer.vkey != drafted
    assert rotate_log(site.process(), site.ring, ADMIN) == str(drafted)


def test_a_root_without_its_generation_changes_nothing(site: Site, tmp_path: Path) -> None:
    """Ended after the root was written, the authority goes on with the keys it has."""
    first = site.authority
    other = LocalAuthority.open_or_create(tmp_path / "other", at=site.office.clock.now())
    other.renew(at=site.office.clock.now())
    for kind in ("key", "pem"):
        shutil.copy(tmp_path / "other" / f"root-002.{kind}", site.folder / "authority")
    again = site.authority
    assert again.stamping.certificate == first.stamping.certificate
    assert first.roots[0] in again.roots


def test_who_is_no_administrator_changes_no_key(site: Site) -> None:
    """Neither key; nothing is noted."""
    before = site.process()
    for act in (rotate_log, rotate_signing):
        with pytest.raises(NotAllowed):
            act(before, site.ring, AUDITOR)
    assert anchor_of(site.process()) == anchor_of(before)
    assert site.office.ledger.history.of("keys") == []


def test_over_a_rewritten_history_the_key_stays(site: Site) -> None:
    """No new key vouches for what the old one would not."""
    with site.office.ledger.transaction():
        site.office.note("pkt_1", "packet.generated", "system")
    edit_body(0, actor="user:mallory")
    before = site.process().checkpoint_signer.vkey
    with pytest.raises(SignatureInvalid):
        rotate_log(site.process(), site.ring, ADMIN)
    assert site.process().checkpoint_signer.vkey == before


def test_a_root_that_ends_soon_is_named_in_time(site: Site) -> None:
    """Half a year before, from the day it has ended, and no more once it was rotated."""
    office = site.process()
    assert expiring(office) == []
    from cryptography import x509

    ends = x509.load_pem_x509_certificate(site.authority.roots[0]).not_valid_after_utc
    late = replace(office, clock=StandingClock(ends - WARNED_BEFORE + timedelta(days=1)))
    assert [item for item in expiring(late) if "ends on" in item and "rotate signing" in item]
    over = replace(office, clock=StandingClock(ends + timedelta(days=1)))
    assert "ended on" in expiring(over)[0]
    early = replace(office, clock=StandingClock(datetime(2026, 12, 1, tzinfo=UTC)))
    assert expiring(early) == []
