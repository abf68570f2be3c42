"""Scrub: read everything archived again, against what log and ledger say of it; mend what differs.

A pass goes over all packets and then over the log's own checkpoints, in bounded steps. Each step is
an errand that names where the next one begins, so a pass that was cut off goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from docgen.domain.canonical import sha256_hex
from docgen.domain.damage import ARCHIVED, DAMAGED, MENDED, Damage, unmended
from docgen.domain.disposal import is_going
from docgen.errors import DigestMismatch, DocgenError, Gone, NotFound, StillRunning
from docgen.services.archived import archived_digests, versions_of, was_copied
from docgen.services.checkpoint import unlike_copy
from docgen.services.copied import FIRST, UNREACHED, places_of
from docgen.services.hold import hold_of
from docgen.services.keep import lock
from docgen.services.renew import ask_renewal_if_due

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.ports.archive import ArchiveStore
    from docgen.services.office import Office

ERRAND = "scrub"
SUBJECT = "archive"  # what belongs to no packet: the log's checkpoints, and the pass itself
FINISHED, COPIED = "scrub.finished", "object.copied"
STEP, LEASE_S = 50, 600
STEP_TAKES = timedelta(seconds=60)
_CHECKPOINTS = "checkpoint:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One object that was not as it should be; `mended` once it is so again."""

    subject: str
    sha256: str
    place: str
    damage: Damage
    mended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step read and found, and where the next one begins; "" when there is none."""

    read: int
    findings: tuple[Finding, ...]
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """One object as it should be: its digest, and bytes that the ledger itself still has."""

    sha256: str
    kept: bytes | None = None


def ask_scrub(office: Office) -> None:
    """Ask for this period's pass, once, if anything was archived before the period began."""
    seconds = int(office.rules.scrub_period.total_seconds())
    number = int(office.clock.now().timestamp()) // seconds
    begins = datetime.fromtimestamp(number * seconds, tz=UTC)
    oldest = office.ledger.history.checkpoints_after(0, 1)
    if oldest and oldest[0].at < begins:
        with office.ledger.transaction():
            office.ask(_key(str(number), ""), ERRAND, run=str(number), after="", read=0, found=0)


def begin_scrub(office: Office) -> str:
    """Ask for a pass now, or give the one that was cut off; returns its next errand's key."""
    under_way = [item for item in office.ledger.errands.open() if item.kind == ERRAND]
    if under_way:
        return under_way[0].key
    run = office.ids.new("scr")
    with office.ledger.transaction():
        office.ask(_key(run, ""), ERRAND, run=run, after="", read=0, found=0)
    return _key(run, "")


def carry_scrub(office: Office, payload: Mapping[str, object]) -> tuple[Step, str]:
    """Carry out one step and ask for the next; give what it found and the next errand's key.

    Raises:
        ServiceUnavailable: the archive does not answer at all; the step is tried again.
    """
    run = str(payload["run"])
    step = scrub_step(office, str(payload["after"]))
    read = int(str(payload["read"])) + step.read
    found = int(str(payload["found"])) + len(step.findings)
    with office.ledger.transaction():
        if step.after:
            office.ask(
                _key(run, step.after), ERRAND, run=run, after=step.after, read=read, found=found
            )
            return step, _key(run, step.after)
        if read:
            names = list(places_of(office.archive))
            office.note(SUBJECT, FINISHED, "system", read=read, found=found, places=names)
    return step, ""


def take_step(office: Office, key: str) -> tuple[Step, str]:
    """Carry out the errand of one step here and now; give what it found and the next one's key.

    Raises:
        StillRunning: another process is at this step, or it failed a moment ago.
    """
    errand = office.ledger.errands.take_one(key, office.clock.now(), lease_s=LEASE_S)
    if errand is None:
        raise StillRunning(
            "Another process is reading the archive just now, or it did not answer a moment ago; "
            "try again in some minutes."
        )
    try:
        taken = carry_scrub(office, errand.payload)
    except Exception:
        office.ledger.errands.again(key, office.clock.now())
        raise
    office.ledger.errands.done(key)
    return taken


def scrub_step(office: Office, after: str, *, most: int = STEP) -> Step:
    """Read the objects of the next packets, or of the next checkpoints; mend and note."""
    if after.startswith(_CHECKPOINTS):
        return _checkpoints(office, int(after.removeprefix(_CHECKPOINTS)), most)
    return _packets(office, after, most)


def _packets(office: Office, after: str, most: int) -> Step:
    packets = office.ledger.packets.after(after, most)
    read, findings, began = 0, list[Finding](), office.clock.now()
    for packet in packets:
        count, found = _packet(office, packet)
        read, findings = read + count, findings + found
        after = packet.id
        if office.clock.now() - began >= STEP_TAKES:
            return Step(read=read, findings=tuple(findings), after=after)
    onward = after if len(packets) == most else f"{_CHECKPOINTS}0"
    return Step(read=read, findings=tuple(findings), after=onward)


def _packet(office: Office, packet: Packet) -> tuple[int, list[Finding]]:
    history = office.ledger.history.of(packet.id)
    if not packet.bundle_sha256 and all(item.kind != ARCHIVED for item in history):
        return 0, []
    if is_going(history):
        return 0, []
    ask_renewal_if_due(office, packet, history)
    digests = archived_digests(packet, history)
    held = hold_of(history) is not None

    def secure(place: ArchiveStore, sha256: str, version: str) -> None:
        lock(office, place, packet, sha256, version)
        if held:
            place.hold(sha256, held=True, version=version)

    wanted = [_Wanted(sha256=digest) for digest in digests]
    return _Subject(office, packet.id, history, secure).scrub(wanted)


def _checkpoints(office: Office, size: int, most: int) -> Step:
    points = office.ledger.history.checkpoints_after(size, most)
    wanted = [
        # What the database has of it mends the archive only while it is what was signed.
        _Wanted(sha256=sha256_hex(data), kept=None if unlike_copy(office, point) else data)
        for point in points
        for data in (point.note.encode(), point.time_stamp)
        if data
    ]

    def secure(place: ArchiveStore, sha256: str, version: str) -> None:
        lock(office, place, None, sha256, version)

    history = office.ledger.history.of(SUBJECT)
    read, findings = _Subject(office, SUBJECT, history, secure).scrub(wanted)
    onward = f"{_CHECKPOINTS}{points[-1].size}" if len(points) == most else ""
    return Step(read=read, findings=tuple(findings), after=onward)


class _Subject:
    """The objects of one packet, or of the log, in every place where they lie."""

    def __init__(
        self,
        office: Office,
        subject: str,
        history: Sequence[Activity],
        secure: Callable[[ArchiveStore, str, str], None],
    ) -> None:
        self._office = office
        self._subject = subject
        self._secure = secure
        self._history = history
        self._places = places_of(office.archive)
        self._versions = {name: versions_of(history, name) for name in self._places}
        self._known = unmended(history)
        self._copied = 0

    def scrub(self, wanted: Sequence[_Wanted]) -> tuple[int, list[Finding]]:
        """Look at each object in each place; give how many were read and what was amiss."""
        findings = []
        for item in wanted:
            for name in self._places:
                damage = self._look(name, item.sha256)
                if damage is None:
                    self._sound(name, item.sha256)
                    continue
                found = self._mend(name, item, damage)
                findings += [found] if found else []
        if self._copied:
            with self._office.ledger.transaction():
                self._office.note(self._subject, COPIED, "system", count=self._copied)
        return len(wanted) * len(self._places), findings

    def _look(self, name: str, sha256: str) -> Damage | None:
        """Read an object by its version, and see that nothing lies over it."""
        place, version = self._places[name], self._versions[name].get(sha256, "")
        try:
            place.open(sha256, version=version)
            receipt = place.stat(sha256) if version else None
            if version and (receipt is None or receipt.version != version):
                return _laid_over(place, sha256)
        except Gone:
            return Damage.HIDDEN
        except NotFound:
            return Damage.MISSING
        except DigestMismatch:
            return Damage.ALTERED
        except UNREACHED:
            if place.faults():
                raise  # the whole store is out of reach; that says nothing of this object
            return Damage.UNREADABLE
        return None

    def _sound(self, name: str, sha256: str) -> None:
        """Renew the lock; what was mended by other hands is noted as mended."""
        self._secure(self._places[name], sha256, self._versions[name].get(sha256, ""))
        if (name, sha256) in self._known:
            self._note(MENDED, name, sha256, version=self._versions[name].get(sha256, ""))

    def _mend(self, name: str, item: _Wanted, damage: Damage) -> Finding | None:
        """Put sound bytes back, from wherever there are some; note what was found and done."""
        if is_going(self._office.ledger.history.of(self._subject)):
            return None  # two people decided so since this pass looked at the packet
        data = self._good(name, item, damage)
        before_copies = name != FIRST and damage is Damage.MISSING and not self._was_copied(name)
        if not before_copies and (name, item.sha256) not in self._known:
            self._note(DAMAGED, name, item.sha256, damage=damage.value)
        if data is None:
            return self._finding(name, item, damage, mended=False)
        try:
            receipt = self._places[name].mend(data)
            self._secure(self._places[name], item.sha256, receipt.version)
        except UNREACHED:
            if self._places[name].faults():
                raise
            return self._finding(name, item, damage, mended=False)  # the next pass tries again
        if before_copies:
            self._copied += 1
            return None
        self._note(MENDED, name, item.sha256, version=receipt.version)
        return self._finding(name, item, damage, mended=True)

    def _good(self, damaged: str, item: _Wanted, damage: Damage) -> bytes | None:
        """Find the right bytes: the version underneath, the other place, or the ledger's own."""
        others = [name for name in self._places if name != damaged]
        for name in [damaged, *others] if damage is Damage.HIDDEN else others:
            try:
                version = self._versions[name].get(item.sha256, "")
                return self._places[name].open(item.sha256, version=version)
            except DocgenError:
                continue
        return item.kept

    def _was_copied(self, name: str) -> bool:
        """Say whether these objects lay in this place before."""
        return was_copied(self._history, name) or any(
            item.kind == COPIED or name in cast("list[str]", item.details.get("places", ()))
            for item in self._history
        )

    def _note(self, kind: str, place: str, sha256: str, **details: object) -> None:
        with self._office.ledger.transaction():
            self._office.note(self._subject, kind, "system", sha256=sha256, place=place, **details)

    def _finding(self, name: str, item: _Wanted, damage: Damage, *, mended: bool) -> Finding:
        return Finding(
            subject=self._subject, sha256=item.sha256, place=name, damage=damage, mended=mended
        )


def _laid_over(place: ArchiveStore, sha256: str) -> Damage | None:
    """Say whether what is newest hides the version that was archived."""
    try:
        place.open(sha256)
    except (NotFound, DigestMismatch):
        return Damage.HIDDEN
    return None


def _key(run: str, after: str) -> str:
    return f"{ERRAND}:{run}:{after}"
