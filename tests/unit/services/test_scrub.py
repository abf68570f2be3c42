"""The scrub: whatever is done to the archive behind its back is found at the next pass, and mended."""

from __future__ import annotations

import os
import random
import shutil
import stat
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docgen.domain.canonical import sha256_hex
from docgen.domain.damage import DAMAGED, MENDED, Damage
from docgen.domain.packet import ExecutedDocument, PacketState
from docgen.domain.waiting import Alert, Need
from docgen.errors import NotFound, ServiceUnavailable, StillRunning, StorageError
from docgen.ports.register_query import PacketQuery
from docgen.services.archived import OBJECTS, archived_digests, objects_now, open_archived
from docgen.services.checkpoint import sign_checkpoint
from docgen.services.copied import COPY, FIRST, CopiedArchive, places_of
from docgen.services.readiness import archive_faults
from docgen.services.scrub import (
    COPIED,
    FINISHED,
    SUBJECT,
    Finding,
    begin_scrub,
    scrub_step,
    take_step,
)
from docgen.services.sweep import sweep
from integrations.archive.fake import FakeArchive
from integrations.archive.filesystem import FilesystemArchive
from integrations.archive.s3.client import connect
from integrations.archive.s3.place import parse_bucket
from integrations.archive.s3.store import S3Archive
from integrations.system.clock import StandingClock, SystemClock
from tests.unit.services.walk import kinds

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.domain.packet import Packet
    from docgen.ports.archive import ArchiveStore, Receipt
    from docgen.services.office import Office
    from tests.s3 import S3Server

LOCK = timedelta(days=9)


@dataclass(frozen=True)
class House:
    """An office with one archived packet."""

    office: Office
    packet: Packet

    @property
    def digests(self) -> tuple[str, ...]:
        """Name everything that the archive holds of the packet."""
        return archived_digests(self.packet, self.office.ledger.history.of(self.packet.id))

    def history(self) -> list[str]:
        """List the kinds of the packet's activities."""
        return kinds(self.office, self.packet.id)

    def whole(self) -> bool:
        """Read everything of the packet as an auditor does."""
        return all(open_archived(self.office, self.packet.id, item) for item in self.digests)


def archived(office: Office, packet: Packet) -> House:
    """Archive a packet's files and what stands for its executed documents and bundle."""
    put = office.archive.put
    for item in packet.rendered:
        for digest in filter(None, (item.pdf_sha256, item.docx_sha256, item.html_sha256)):
            put(office.work.open(digest))
    executed = tuple(
        ExecutedDocument(
            slug=item.slug,
            sent_sha256=item.pdf_sha256,
            signed_sha256=put(f"%PDF executed {item.slug}".encode()).sha256,
        )
        for item in packet.rendered
    )
    done = replace(
        packet,
        state=PacketState.ARCHIVED,
        executed=executed,
        executed_at=office.clock.now(),
        bundle_sha256=put(random.Random(5).randbytes(4000)).sha256,  # noqa: S311  # no secret
    )
    objects = objects_now(office, archived_digests(done, ()))
    with office.ledger.transaction():
        office.ledger.packets.save(done)
        office.note(done.id, "packet.archived", "system", **{OBJECTS: objects})
    sign_checkpoint(office)
    return House(office, done)


def scrubbed(office: Office) -> list[Finding]:
    """Run a whole pass."""
    key, found = begin_scrub(office), list[Finding]()
    while key:
        step, key = take_step(office, key)
        found += step.findings
    return found


@pytest.fixture(params=["filesystem", "fake"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> CopiedArchive:
    """Give an archive with a second copy, in two folders or in memory."""
    if request.param == "fake":
        return CopiedArchive(FakeArchive(), FakeArchive())
    return CopiedArchive(FilesystemArchive(tmp_path / "a"), FilesystemArchive(tmp_path / "b"))


@pytest.fixture
def house(office: Office, packet: Packet, pair: CopiedArchive) -> House:
    """Archive the packet in both places."""
    return archived(replace(office, archive=pair), packet)


def spoil(store: ArchiveStore, sha256: str, change: int | None) -> None:
    """Flip one bit of an object behind the store's back, or with None delete it."""
    if isinstance(store, FakeArchive):
        data = store.objects.pop(sha256)
        if change is not None:
            store.objects[sha256] = flipped(data, change)
        return
    receipt = store.stat(sha256)
    assert receipt is not None
    path = Path(receipt.location)
    data = path.read_bytes()
    path.unlink()
    if change is not None:
        path.write_bytes(flipped(data, change))


def flipped(data: bytes, bit: int) -> bytes:
    """Flip one bit."""
    at, number = divmod(bit % (len(data) * 8), 8)
    return data[:at] + bytes([data[at] ^ 1 << number]) + data[at + 1 :]


def test_a_clean_archive_gives_no_finding(house: House) -> None:
    """The control: two passes find nothing, note nothing on the packet, and say how much was read."""
    before = house.history()
    assert scrubbed(house.office) == scrubbed(house.office) == []
    assert house.history() == before
    told = [item for item in house.office.ledger.history.of(SUBJECT) if item.kind == FINISHED]
    assert [item.details["found"] for item in told] == [0, 0]
    checkpoint = 2
    assert told[0].details["read"] == 2 * (len(house.digests) + checkpoint)
    assert archive_faults(house.office) == []


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("where", [FIRST, COPY])
def test_a_flipped_bit_is_found_and_mended(house: House, where: str, seed: int) -> None:
    """Any bit of any object, in either place: found at the next pass, restored, told in the history."""
    chance = random.Random(seed)  # noqa: S311  # a test's own
    sha256 = chance.choice(house.digests)
    pair = house.office.archive
    assert isinstance(pair, CopiedArchive)
    spoil(pair.first if where == FIRST else pair.copy, sha256, chance.randrange(1 << 30))
    (found,) = scrubbed(house.office)
    assert (found.subject, found.sha256) == (house.packet.id, sha256)
    assert (found.place, found.damage, found.mended) == (where, Damage.ALTERED, True)
    assert house.history()[-2:] == [DAMAGED, MENDED]
    assert pair.first.open(sha256) == pair.copy.open(sha256)
    assert scrubbed(house.office) == []


@pytest.mark.parametrize("where", [FIRST, COPY])
def test_a_deleted_object_is_found_and_mended(house: House, where: str) -> None:
    """Every single object, deleted in either place, comes back."""
    pair = house.office.archive
    assert isinstance(pair, CopiedArchive)
    for sha256 in house.digests:
        spoil(pair.first if where == FIRST else pair.copy, sha256, None)
    found = scrubbed(house.office)
    assert {item.sha256 for item in found} == set(house.digests)
    assert {(item.place, item.damage, item.mended) for item in found} == {
        (where, Damage.MISSING, True)
    }
    assert house.whole()
    assert scrubbed(house.office) == []


def test_what_is_lost_in_both_places_is_an_alarm_until_it_is_back(house: House) -> None:
    """Nothing to mend from: noted once, an alert on the packet, a fault of the check; restored by hand, it ends."""
    pair, sha256 = house.office.archive, house.packet.bundle_sha256
    assert isinstance(pair, CopiedArchive)
    data = pair.open(sha256)
    spoil(pair.first, sha256, 77)
    spoil(pair.copy, sha256, None)
    found = scrubbed(house.office)
    assert [item.mended for item in found] == [False, False]
    assert len(scrubbed(house.office)) == 2
    assert house.history().count(DAMAGED) == 2
    line = house.office.register.packet(house.packet.id)
    assert (line.alerts, line.wait.need) == ((Alert.DAMAGED,), Need.LOOK)
    assert house.office.register.packets(PacketQuery(alert=Alert.DAMAGED)).total == 1
    (fault,) = archive_faults(house.office)
    assert "could not be restored" in fault
    pair.mend(data)
    assert scrubbed(house.office) == []
    assert house.office.register.packet(house.packet.id).alerts == ()
    assert archive_faults(house.office) == []


def test_the_logs_own_checkpoints_are_mended_from_the_ledger(house: House) -> None:
    """A checkpoint lost in both places is written anew: the ledger still has it."""
    pair = house.office.archive
    assert isinstance(pair, CopiedArchive)
    point = house.office.ledger.history.latest_checkpoint()
    assert point is not None
    sha256 = FakeArchive().put(point.note.encode()).sha256
    assert scrubbed(house.office) == []
    for store in (pair.first, pair.copy):
        spoil(store, sha256, 3)
    found = scrubbed(house.office)
    assert [(item.subject, item.place, item.mended) for item in found] == [
        (SUBJECT, FIRST, True),
        (SUBJECT, COPY, True),
    ]
    assert pair.open(sha256) == point.note.encode()


@pytest.mark.parametrize("column", ["note", "time_stamp"])
def test_an_altered_checkpoint_of_the_ledger_is_not_put_into_the_archive(
    house: House, column: str
) -> None:
    """It is missed there, and stays missed; nothing that was never signed is kept for years."""
    from docgen.db.models import CheckpointRow

    forged = b"forged \xe2\x80\x94 note"
    value: str | bytes = forged.decode() if column == "note" else forged
    CheckpointRow.objects.update(**{column: value})
    found = scrubbed(house.office)
    assert {(item.subject, item.mended) for item in found} == {(SUBJECT, False)}
    assert house.office.archive.stat(sha256_hex(forged)) is None


def test_what_the_ledger_forgot_is_read_by_the_history(house: House) -> None:
    """Somebody who takes the bundle out of the packet's row takes it out of no scrub."""
    pair, sha256 = house.office.archive, house.packet.bundle_sha256
    assert isinstance(pair, CopiedArchive)
    house.office.ledger.packets.save(replace(house.packet, bundle_sha256="", executed=()))
    assert scrubbed(house.office) == []
    spoil(pair.first, sha256, None)
    assert [item.sha256 for item in scrubbed(house.office)] == [sha256]


def test_without_a_second_copy_damage_is_found_all_the_same(office: Office, packet: Packet) -> None:
    """There is nothing to mend from, and it says so."""
    store = FakeArchive()
    house = archived(replace(office, archive=store), packet)
    spoil(store, house.digests[0], 5)
    (found,) = scrubbed(house.office)
    assert not found.mended


def test_a_copy_that_is_added_later_is_filled_without_an_alarm(
    office: Office, packet: Packet
) -> None:
    """The first pass copies and notes it once; what is lost there afterwards is a finding."""
    first, copy = FakeArchive(), FakeArchive()
    house = archived(replace(office, archive=first), packet)
    both = replace(house.office, archive=CopiedArchive(first, copy))
    assert scrubbed(both) == []
    assert copy.objects == first.objects
    assert house.history()[-1] == COPIED
    spoil(copy, house.packet.bundle_sha256, None)
    (found,) = scrubbed(both)
    assert (found.place, found.damage, found.mended) == (COPY, Damage.MISSING, True)


def test_a_pass_that_was_cut_off_goes_on_where_it_was(house: House) -> None:
    """Steps are bounded, each is an errand, and another process begins with the one that is left."""
    others = [replace(house.packet, id=f"pkt_{number:03}") for number in range(7)]
    for item in others:
        house.office.ledger.packets.add(item)
    step = scrub_step(house.office, "", most=3)
    assert step.after == "pkt_002"
    assert step.read == 3 * 2 * (len(house.digests))
    first = begin_scrub(house.office)
    assert begin_scrub(house.office) == first
    _, second = take_step(house.office, first)
    assert second
    assert begin_scrub(house.office) == second
    with pytest.raises(StillRunning):
        take_step(house.office, first)


class Silent(FakeArchive):
    """An archive that cannot be reached, or that answers for all but one object."""

    def __init__(self) -> None:
        super().__init__()
        self.mute: set[str] = set()
        self.away = False

    def open(self, sha256: str, *, version: str = "") -> bytes:
        """Answer, or not."""
        if self.away or sha256 in self.mute:
            raise ServiceUnavailable("No answer.", service="archive")
        return super().open(sha256, version=version)

    def mend(self, data: bytes) -> Receipt:
        """Take new bytes, which are readable."""
        self.mute.clear()
        return super().mend(data)

    def faults(self) -> list[str]:
        """Say whether it is away."""
        return ["it is away: bring it back"] if self.away else []


def test_an_archive_out_of_reach_is_no_damage(office: Office, packet: Packet) -> None:
    """The step is tried again later, and nothing is said of any object."""
    store = Silent()
    house = archived(replace(office, archive=store), packet)
    store.away = True
    with pytest.raises(ServiceUnavailable):
        scrubbed(house.office)
    assert DAMAGED not in house.history()
    store.away = False
    assert scrubbed(house.office) == []


def test_one_object_that_cannot_be_read_is_damage(office: Office, packet: Packet) -> None:
    """The store answers for the others, so it is the object: restored from the copy."""
    store = Silent()
    house = archived(replace(office, archive=CopiedArchive(store, FakeArchive())), packet)
    store.mute.add(house.packet.bundle_sha256)
    (found,) = scrubbed(house.office)
    assert (found.damage, found.mended) == (Damage.UNREADABLE, True)
    assert house.whole()


def test_the_sweep_scrubs_once_a_period(office: Office, packet: Packet) -> None:
    """Nothing in the period of archiving; one pass in each later one; findings are told as failures."""
    store = FakeArchive()
    clock = StandingClock(office.clock.now())
    house = archived(replace(office, archive=store, clock=clock), packet)
    assert passes(house) == 0
    clock.advance(timedelta(days=7))
    assert [passes(house), passes(house)] == [1, 1]
    spoil(store, house.packet.bundle_sha256, 9)
    clock.advance(timedelta(days=7))
    told = [failure for _ in range(3) for failure in sweep(house.office).failures]
    assert told == ["scrub: archive altered"]
    assert passes(house) == 2


def passes(house: House) -> int:
    """Sweep some times; give how many passes have ended."""
    for _ in range(3):
        sweep(house.office)
    return kinds(house.office, SUBJECT).count(FINISHED)


@dataclass(frozen=True)
class Buckets:
    """A packet archived in a bucket, with a second copy in another; and what an attacker holds."""

    s3: S3Server
    names: tuple[str, str]
    house: House

    def stored(self, sha256: str, at: int = 0) -> dict[str, str]:
        """Name an object in a bucket."""
        return {"Bucket": self.names[at], "Key": f"site/{sha256}"}


@pytest.fixture
def buckets(s3: S3Server, bucket: str, office: Office, packet: Packet) -> Buckets:
    """Archive the packet in two buckets."""
    second = f"copy-{bucket[-16:]}"
    s3.client.create_bucket(Bucket=second, ObjectLockEnabledForBucket=True)

    def opened(name: str) -> S3Archive:
        place = s3.place(name)
        client = connect(place, parse_bucket(place.url), read_s=5, tries=1)
        return S3Archive(client, name, "site/", now=SystemClock().now, lock=LOCK)

    both = CopiedArchive(opened(bucket), opened(second))
    house = archived(replace(office, archive=both, clock=SystemClock()), packet)
    return Buckets(s3, (bucket, second), house)


def test_what_is_done_to_a_bucket_is_found_and_mended(buckets: Buckets) -> None:
    """A delete marker, bytes laid over, a bit flipped on the server's disk: each found, restored, told."""
    house, client = buckets.house, buckets.s3.client
    assert scrubbed(house.office) == []
    marked, laid_over, rotten = house.digests[0], house.digests[1], house.packet.bundle_sha256
    data = house.office.archive.open(rotten)
    client.delete_object(**buckets.stored(marked))
    client.put_object(**buckets.stored(laid_over), Body=b"other words")
    client.delete_object(**buckets.stored(laid_over, at=1))
    assert buckets.s3.flip(buckets.names[0], data, 123) == 1
    with pytest.raises(NotFound):
        house.office.archive.open(marked)
    found = {(item.sha256, item.place): item for item in scrubbed(house.office)}
    assert all(item.mended for item in found.values())
    assert found.pop((rotten, FIRST)).damage in {Damage.UNREADABLE, Damage.ALTERED}
    assert found.pop((marked, FIRST)).damage is Damage.HIDDEN
    assert found.pop((laid_over, FIRST)).damage is Damage.HIDDEN
    assert found.pop((laid_over, COPY)).damage is Damage.HIDDEN
    assert not found
    assert house.whole()
    assert all(house.office.archive.open(item) for item in house.digests)
    assert scrubbed(house.office) == []


def test_what_is_archived_in_a_bucket_stays_locked(buckets: Buckets) -> None:
    """A pass moves every lock to the house's period ahead, in both buckets, and never closer."""
    house = buckets.house
    pair = house.office.archive
    assert isinstance(pair, CopiedArchive)
    scrubbed(house.office)
    least = house.office.clock.now() + house.office.rules.lock_period
    for store in (pair.first, pair.copy):
        for sha256 in house.digests:
            until = store.keeping(sha256).until
            assert until is not None
            assert until > least


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("x")


def _file_for_folder(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.write_text("x")


def _socket(path: Path) -> None:
    path.unlink()
    os.mknod(path, 0o600 | stat.S_IFSOCK)


def _hole(path: Path) -> None:
    path.chmod(0o600)
    os.truncate(path, 2**40)


def _cut(path: Path) -> None:
    path.chmod(0o600)
    os.truncate(path, path.stat().st_size // 2)


def _itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


REPLACED = (_pipe, _folder, _file_for_folder, _socket, _hole, _cut, _itself)


@pytest.fixture
def folders(office: Office, packet: Packet, tmp_path: Path) -> House:
    """Archive the packet in two folders, and let a first pass write what keeps each object."""
    pair = CopiedArchive(FilesystemArchive(tmp_path / "a"), FilesystemArchive(tmp_path / "b"))
    house = archived(replace(office, archive=pair), packet)
    assert scrubbed(house.office) == []
    return house


def _path_of(house: House, where: str) -> Path:
    receipt = places_of(house.office.archive)[where].stat(house.digests[0])
    assert receipt is not None
    return Path(receipt.location)


@pytest.mark.parametrize("replace_with", REPLACED)
@pytest.mark.parametrize("where", [FIRST, COPY])
def test_whatever_lies_where_an_object_should_is_found_and_mended(
    folders: House, where: str, replace_with: Callable[[Path], None]
) -> None:
    """A pipe that nobody writes to, a folder, a hole of a terabyte: the pass goes on and mends."""
    replace_with(_path_of(folders, where))
    found = scrubbed(folders.office)
    assert found
    assert all(one.place == where and one.mended for one in found)
    assert scrubbed(folders.office) == []
    assert folders.whole()


def _deep(note: Path) -> None:
    note.write_text("[" * 2000)


def _without_zone(note: Path) -> None:
    note.write_text('{"until":"2030-01-01T00:00:00","held":false}')


def _note_hole(note: Path) -> None:
    note.touch()
    os.truncate(note, 2**40)


NOTES: tuple[Callable[[Path], None], ...] = (
    os.mkfifo,
    Path.mkdir,
    lambda note: note.symlink_to("/etc/hostname"),
    _deep,
    _without_zone,
    _note_hole,
)


@pytest.mark.parametrize("spoiled", NOTES)
def test_a_note_that_is_none_is_written_anew(
    folders: House, spoiled: Callable[[Path], None]
) -> None:
    """What keeps an object, replaced by anything: the pass goes on, and the note is right again."""
    path = _path_of(folders, FIRST)
    note = path.with_name(f"{path.name}.keep")
    before = note.read_bytes()
    note.unlink()
    spoiled(note)
    assert scrubbed(folders.office) == []
    assert note.read_bytes() == before


def test_what_cannot_be_mended_is_told_and_does_not_end_the_pass(
    folders: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two objects are damaged, one cannot be written: the other is mended, the first is told."""
    store = places_of(folders.office.archive)[FIRST]
    first, second = folders.digests[:2]
    for digest in (first, second):
        spoil(store, digest, None)
    mend = FilesystemArchive.mend

    def refuse(self: FilesystemArchive, data: bytes) -> Receipt:
        if sha256_hex(data) == first:
            raise StorageError("This one cannot be written.")
        return mend(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(FilesystemArchive, "mend", refuse)
        found = {one.sha256: one.mended for one in scrubbed(folders.office)}
    assert found == {first: False, second: True}
    assert [one.mended for one in scrubbed(folders.office)] == [True]
    assert scrubbed(folders.office) == []


def test_disposing_deletes_what_somebody_put_in_the_place(tmp_path: Path) -> None:
    """A folder set aside when the object was mended goes with it; nothing is left behind."""
    archive = FilesystemArchive(tmp_path / "a")
    path = Path(archive.put(b"agreement").location)
    _folder(path)
    archive.mend(b"agreement")
    assert len(list(path.parent.iterdir())) == 2
    archive.dispose(path.name, at=SystemClock().now())
    assert list(path.parent.iterdir()) == []
