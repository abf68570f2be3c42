"""`docgen archive`: find, get, verify and scrub what was fully executed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.day import DAY
from docgen.cli.disposal import dispose
from docgen.cli.hold import hold
from docgen.cli.output import (
    acting_person,
    as_json,
    end_refused,
    say,
    say_json,
    table,
    write_file,
)
from docgen.cli.progress import progress
from docgen.cli.renewals import renew
from docgen.cli.site import site
from docgen.cli.teach import TaughtGroup, ends
from docgen.cli.verify import end
from docgen.domain.history import timestamp
from docgen.domain.packet import PacketKind
from docgen.domain.verification import VERIFIED
from docgen.errors import EvidenceError, NotFound
from docgen.services.archived import open_archived
from docgen.services.disclose import disclose as make_set
from docgen.services.disposal import packets_that_may_go
from docgen.services.disposed import disposed_ones, refuse_disposed
from docgen.services.regenerate import regenerate as make_again
from docgen.services.renewals import renewal_files, renewals_of
from docgen.services.scrub import Finding, begin_scrub, take_step
from docgen.services.verify import verify_apart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.errors import DocgenError
    from docgen.services.office import Office
    from docgen.services.regenerate import Regeneration


@click.group(
    cls=TaughtGroup,
    examples="""
    docgen archive find lakeside
    docgen archive get pkt_1a2b3c --out bundles
    docgen archive verify pkt_1a2b3c
    """,
)
def archive() -> None:
    """Find, get and verify what was fully executed.

    The archive is write-once. Every packet in it has one evidence bundle: the signed documents, the
    history and the proofs, in one zip file that anybody can verify.
    """


@archive.command(
    short_help="List archived packets.",
    examples="""
    docgen archive find
    docgen archive find lakeside onboarding
    docgen archive find --since 2026-01-01 --until 2026-12-31 --json
    docgen archive find --may-go
    """,
    codes=ends(2, 8),
)
@click.argument("words", nargs=-1)
@click.option(
    "--kind", type=click.Choice([kind.value for kind in PacketKind]), help="Only these packets."
)
@click.option(
    "--since", type=DAY, metavar="YYYY-MM-DD", help="Fully executed on or after this day."
)
@click.option(
    "--until", type=DAY, metavar="YYYY-MM-DD", help="Fully executed on or before this day."
)
@click.option(
    "--may-go",
    is_flag=True,
    help="Only what may be disposed of: retention is over, and no legal hold lies on it.",
)
@as_json
def find(
    words: tuple[str, ...],
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    may_go: bool,
    as_json: bool,
) -> None:
    """List archived packets whose practice, id or kind contains every one of WORDS.

    Days are UTC, written as 2026-11-23. Finding nothing is no error. What was disposed of is listed
    with the day; with --may-go, packets that ended unsigned are listed too.
    """
    office = site().office
    over = packets_that_may_go(office) if may_go else None
    found = [
        item
        for item in office.ledger.packets.list()
        if (item.bundle_sha256 if over is None else item.id in over)
        and kind in {None, item.plan.kind}
        and _holds(item, words)
        and _in_time(item, since, until)
    ]
    gone = disposed_ones(office, [item.id for item in found])
    if as_json:
        say_json([_row(office, item, gone.get(item.id)) for item in found])
        return
    if not found:
        say("Nothing in the archive matches.")
        return
    table(
        ("Practice", "Packet", "Kind", "Fully executed", "Status"),
        [
            (item.plan.practice, item.id, item.plan.kind, _day(item), _standing(item, gone))
            for item in found
        ],
    )


def _holds(packet: Packet, words: tuple[str, ...]) -> bool:
    text = f"{packet.plan.practice} {packet.id} {packet.plan.kind}".casefold()
    return all(word.casefold() in text for word in words)


def _in_time(packet: Packet, since: datetime | None, until: datetime | None) -> bool:
    if packet.executed_at is None:
        return since is None and until is None
    day = packet.executed_at.astimezone(UTC).date()
    return (since is None or day >= since.date()) and (until is None or day <= until.date())


def _day(packet: Packet) -> str:
    return timestamp(packet.executed_at)[:10] if packet.executed_at else ""


def _standing(packet: Packet, gone: Mapping[str, Activity]) -> str:
    if packet.id not in gone:
        return packet.state.words
    return f"disposed of {timestamp(gone[packet.id].at)[:10]}"


def _row(office: Office, packet: Packet, gone: Activity | None) -> dict[str, object]:
    kept = packet.bundle_sha256 and gone is None
    receipt = office.archive.stat(packet.bundle_sha256) if kept else None
    return {
        "packet": packet.id,
        "practice": packet.plan.practice,
        "kind": packet.plan.kind,
        "state": packet.state.value,
        "executed_at": timestamp(packet.executed_at) if packet.executed_at else None,
        "bundle": packet.bundle_sha256,
        "location": receipt.location if receipt else None,
        "disposed_at": timestamp(gone.at) if gone else None,
        "log_entry": gone.seq if gone else None,
    }


def bundle_of(office: Office, packet_id: str) -> bytes:
    """Read a packet's evidence bundle from the archive, re-hashed.

    Raises:
        NotFound: the packet is not archived yet.
        Gone: it was disposed of.
    """
    packet = office.ledger.packets.get(packet_id)
    refuse_disposed(office, office.ledger.history.of(packet_id))
    if not packet.bundle_sha256:
        raise NotFound(
            f"This packet has no evidence bundle yet: it is {packet.state.words}. "
            "`docgen status PACKET` shows what it waits for."
        )
    return open_archived(office, packet.id, packet.bundle_sha256)


@archive.command(
    short_help="Write evidence bundles to files.",
    examples="""
    docgen archive get pkt_1a2b3c
    docgen archive get pkt_1a2b3c pkt_4d5e6f --out bundles
    """,
    codes=ends(3, 5, 7, 8),
)
@click.argument("packets", metavar="PACKET...", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder to write to; this one when left out.",
)
@as_json
def get(packets: tuple[str, ...], out: Path, as_json: bool) -> None:
    """Write the evidence bundle of each PACKET to the file PACKET.bundle.zip.

    Where it was time-stamped again, PACKET.renewal-1.json and PACKET.renewal-1.tsr and so on lie
    beside it and belong to it. Each is re-hashed on its way out of the archive. A packet that is
    not fully executed yet has no bundle. Of several packets, one without a sound bundle is named
    and does not stop the others. With --json, several packets give a list.
    """
    office = site().office
    rows: list[dict[str, object]] = []
    refused: list[tuple[str, DocgenError]] = []
    with progress("Getting", len(packets), quiet=as_json) as tell:
        for packet in packets:
            try:
                rows.append(_written(office, packet, out))
            except (NotFound, EvidenceError) as error:
                refused.append((packet, error))
            tell()
    alone = len(packets) == 1
    if as_json and rows:
        say_json(rows[0] if alone else rows)
    elif rows:
        say("\n".join(str(row["file"]) for row in rows))
    end_refused("Not written", refused, alone=alone)


def _written(office: Office, packet: str, out: Path) -> dict[str, object]:
    """Write one packet's bundle and what renews it, and give its row."""
    target = out / f"{packet}.bundle.zip"
    write_file(target, bundle_of(office, packet))
    for name, data in renewal_files(office, packet):
        write_file(out / name, data)
    return {**_row(office, office.ledger.packets.get(packet), None), "file": str(target)}


@archive.command(
    "regenerate",
    short_help="Make archived documents again, and compare.",
    examples="""
    docgen archive regenerate pkt_1a2b3c
    docgen archive regenerate pkt_1a2b3c --json
    """,
    codes=ends(3, 5, 8),
)
@click.argument("packet")
@as_json
def regenerate(packet: str, as_json: bool) -> None:
    """Make the documents of PACKET again from its archived inputs, and compare with what was sent.

    The inputs are the enrollment, the PSO's settings and the templates as they lie in the evidence
    bundle, not as they are today. Ends with 0 when every byte is the same, and also when only the
    typesetting engine is another and words, pages, fields and the places of signatures are the
    same; with 5 when anything else differs.
    """
    found = make_again(site().office, packet)
    if as_json:
        say_json(_told(found))
    else:
        _say_remade(found)
    another_engine = found.engine_then != found.engine_now
    if not (found.identical or (another_engine and found.words_alike)):
        raise EvidenceError("What was made again is not what was sent; see what differs above.")


def _told(found: Regeneration) -> dict[str, object]:
    return {
        "packet": found.packet_id,
        "engine_then": found.engine_then,
        "engine_now": found.engine_now,
        "identical": found.identical,
        "documents": [asdict(item) | {"identical": item.identical} for item in found.documents],
    }


def _say_remade(found: Regeneration) -> None:
    if found.engine_then != found.engine_now:
        say(f"Made then with {found.engine_then}, now with {found.engine_now}.")
    for item in found.documents:
        if item.identical:
            begins = ", ".join(item.begins)
            say(f"{item.slug}: identical, {item.pages} pages; {begins} begin with these bytes")
        for difference in item.differences:
            say(f"{item.slug}: {difference}")


@archive.command(
    short_help="Make a set to show to others.",
    examples="""
    docgen archive disclose pkt_1a2b3c --out lakeside.zip --as auditor
    """,
    codes=ends(3, 4, 5, 7, 8),
)
@click.argument("packet")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; PACKET.disclosure.zip when left out.",
)
@acting_person
@as_json
def disclose(packet: str, out: Path | None, person: str, as_json: bool) -> None:
    """Write what was agreed in PACKET to one zip that can be shown to others.

    It holds the agreements as signed, a certificate of completion without addresses, and a page
    that says what proves what. The enrollment form, the messages of signing services and the rest
    of the evidence stay here; the page names the evidence bundle by digest. It is an activity.
    """
    office = site().office
    made = make_set(office, packet, office.ledger.people.get(person))
    target = out or Path(made.name)
    write_file(target, made.data)
    if as_json:
        say_json({"packet": packet, "file": str(target), "sha256": made.sha256})
    else:
        say(str(target))


@archive.command(
    "verify",
    short_help="Verify a bundle as it lies in the archive.",
    examples="""
    docgen archive verify pkt_1a2b3c
    """,
    codes=VERIFIED,
)
@click.argument("packet")
@as_json
def verify_archived(packet: str, as_json: bool) -> None:
    """Verify the bundle of PACKET as it lies in the archive, under this site's own anchor.

    The stand-alone verifier does it, in a process that cannot import this program.
    """
    office = site().office
    bundle, renewals = bundle_of(office, packet), renewals_of(office, packet)
    end(*verify_apart(office, bundle, renewals=renewals, as_json=as_json))


@archive.command(
    short_help="Read everything archived again, and mend it.",
    examples="""
    docgen archive scrub
    docgen archive scrub --json
    """,
    codes=ends(4, 5, 6, 7, 8),
)
@as_json
def scrub(as_json: bool) -> None:
    """Read every archived object and compare it with what log and database say of it.

    What is missing, altered, hidden or unreadable is noted in the packet's history and restored
    from the second copy, or from the locked version underneath. Locks that run low are renewed. A
    run that was cut off goes on where it was. Ends with 5 when anything was found, mended or not;
    run it again then. `docgen serve` does the same by itself every few days.
    """
    office = site().office
    key, read, findings = begin_scrub(office), 0, list[Finding]()
    while key:
        step, key = take_step(office, key)
        read += step.read
        findings += step.findings
        if not as_json:
            for found in step.findings:
                say(_finding(found))
    if as_json:
        say_json({"read": read, "findings": [asdict(item) for item in findings]})
    else:
        say(f"{read} objects read, {len(findings)} not as they should be")
    if findings:
        left = sum(not item.mended for item in findings)
        raise EvidenceError(
            f"The archive was damaged. {left} of {len(findings)} objects could not be mended; "
            "restore them from the back-up, and find out who or what did it."
        )


archive.add_command(hold)
archive.add_command(dispose)
archive.add_command(renew)


def _finding(found: Finding) -> str:
    end = "restored" if found.mended else "not restored: no sound copy was found"
    return f"{found.subject}  {found.sha256}  {found.place}: {found.damage.words}; {end}"
