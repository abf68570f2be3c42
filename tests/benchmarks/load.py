"""A site under load: how fast callbacks are stored, and how long ten thousand packets take to re-read.

`python -m tests.benchmarks.load --rate 500 --seconds 10 --packets 10000 --json`

Web processes serve over loopback HTTP; PostgreSQL is started for this alone and flushes every commit
to the disk. Callbacks are sent at a steady rate whether or not earlier ones were answered, and each is
timed from the moment it was to be sent, so that a stall counts for everybody it held up. Everything,
the sender too, shares the processors of this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from docgen.bootstrap.application import build
from docgen.domain.canonical import canonical_json
from docgen.domain.history import timestamp
from docgen.domain.webhook import signed_headers
from docgen.services.sweep import keep_up, run_due
from docgen.settings import read_settings
from tests.postgresql import own_database, server
from tests.scale.processes import Fleet, fleet, wait_until
from tests.scale.site import prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE_BAR, P99_BAR_MS = 500.0, 50.0
CONNECTIONS = 16
WARM_UP = 200
END_OF_HEAD = b"\r\n\r\n"
CHUNKED, END_OF_CHUNKS = b"Transfer-Encoding: chunked", b"0\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of one burst of callbacks."""

    stored: int
    seconds: float
    took_ms: Sequence[float]

    @property
    def rate(self) -> float:
        """Give how many were stored in a second."""
        return self.stored / self.seconds

    def figures(self) -> dict[str, float]:
        """Give rate and percentiles."""
        cuts = quantiles(self.took_ms, n=100)
        return {
            "stored": self.stored,
            "per_second": round(self.rate, 1),
            "p50_ms": round(cuts[49], 1),
            "p95_ms": round(cuts[94], 1),
            "p99_ms": round(cuts[98], 1),
            "most_ms": round(max(self.took_ms), 1),
        }


def letters(secret: bytes, first: int, count: int, host: str) -> list[bytes]:
    """Make whole HTTP requests with callbacks that the site believes, each about another event."""
    now = datetime.now(UTC)
    made = []
    for number in range(first, first + count):
        event = {
            "id": f"env_load{number}.signed.practice",
            "type": "envelope.signed",
            "envelope_id": f"env_load{number}",
            "recipient": "practice",
            "at": timestamp(now),
        }
        body = canonical_json(event)
        told = signed_headers([secret], str(event["id"]), now, body)
        head = [
            "POST /callbacks/embedded HTTP/1.1",
            f"Host: {host}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in told.items()),
        ]
        made.append("\r\n".join(head).encode() + END_OF_HEAD + body)
    return made


async def pour(urls: Sequence[str], requests: Sequence[bytes], rate: float) -> Received:
    """Send the requests at this rate (0: as fast as answers come), over kept connections."""
    took: list[float] = []
    waiting = iter(enumerate(requests))
    began = time.perf_counter()

    async def send(url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for number, request in waiting:
            due = began + number / rate if rate else time.perf_counter()
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(request)
            head = await reader.readuntil(END_OF_HEAD)
            if not head.startswith(b"HTTP/1.1 200"):
                message = head.split(b"\r\n", 1)[0].decode()
                raise RuntimeError(message)
            await reader.readuntil(END_OF_CHUNKS) if CHUNKED in head else await _rest(reader, head)
            took.append((time.perf_counter() - due) * 1000)
        writer.close()

    await asyncio.gather(*(send(urls[number % len(urls)]) for number in range(CONNECTIONS)))
    return Received(stored=len(took), seconds=time.perf_counter() - began, took_ms=took)


async def _rest(reader: asyncio.StreamReader, head: bytes) -> None:
    """Read an answer's body, which says its length."""
    (length,) = (
        int(line.partition(b":")[2])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    )
    await reader.readexactly(length)


def callbacks(site: Fleet, webs: int, rate: float, seconds: float) -> dict[str, Any]:
    """Store callbacks at a steady rate, then as fast as they go; count what the database holds."""
    for number in range(webs):
        site.web(number)
    wait_until(lambda: all(site.answers(url) for url in site.urls), "the web processes serve")
    secret = (site.home / "keys" / "callback.secret").read_bytes()
    host, count = site.urls[0].removeprefix("http://"), int(rate * seconds)
    asyncio.run(pour(site.urls, letters(secret, 0, WARM_UP, host), 0))
    before = _processor_s(site)
    steady = asyncio.run(pour(site.urls, letters(secret, WARM_UP, count, host), rate))
    full = asyncio.run(pour(site.urls, letters(secret, WARM_UP + count, count, host), 0))
    each_ms = (_processor_s(site) - before) * 1000 / (2 * count)
    stored = site.ask("SELECT count(*) FROM delivery")
    lost = WARM_UP + 2 * count - int(stored)
    site.stop()
    return {
        "web_processes": webs,
        "web_processor_ms_each": round(each_ms, 2),
        "lost": lost,
        f"steady at {rate:g}/s": steady.figures(),
        "as fast as they go": full.figures(),
        "holds": lost == 0
        and steady.rate >= 0.99 * RATE_BAR
        and steady.figures()["p99_ms"] <= P99_BAR_MS,
    }


def _processor_s(site: Fleet) -> float:
    """Give the processor time of the web processes so far, which other programs do not change."""
    ticks = 0
    for process in site.running.values():
        fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def in_flight(count: int) -> None:
    """Fill the site with copies of one packet that is out for signature at our own signer."""
    from docgen.db.models import CeremonyRow, FactRow, PacketRow

    (packet,) = PacketRow.objects.all()
    (ceremony,) = CeremonyRow.objects.all()
    facts = list(FactRow.objects.all())
    packets, ceremonies, known = [], [], []
    for number in range(count - 1):
        ids = {
            packet.packet_id: f"pkt_load{number}",
            packet.enrollment_id: f"enr_load{number}",
            ceremony.envelope_id: f"env_load{number}",
            ceremony.idempotency_key: f"key{number}",
        }
        packets.append(
            PacketRow(
                packet_id=ids[packet.packet_id],
                enrollment_id=ids[packet.enrollment_id],
                state=packet.state,
                service=packet.service,
                envelope_id=ids[ceremony.envelope_id],
                body=_renamed(packet.body, ids),
            )
        )
        ceremonies.append(
            CeremonyRow(
                envelope_id=ids[ceremony.envelope_id],
                idempotency_key=ids[ceremony.idempotency_key],
                is_running=True,
                body=_renamed(ceremony.body, ids),
            )
        )
        known += [
            FactRow(packet_id=ids[packet.packet_id], signal=item.signal, recipient=item.recipient)
            for item in facts
        ]
    PacketRow.objects.bulk_create(packets, batch_size=500)
    CeremonyRow.objects.bulk_create(ceremonies, batch_size=500)
    FactRow.objects.bulk_create(known, batch_size=500)


def _renamed(body: Any, ids: dict[str, str]) -> Any:
    text = json.dumps(body)
    for old, new in ids.items():
        text = text.replace(old, new)
    return json.loads(text)


def reconciled(home: Path, database: str, count: int) -> dict[str, Any]:
    """Re-read every packet that is out for signature, as the reconciler does each minute."""
    office = build(
        read_settings({"DOCGEN_HOME": str(home), "DOCGEN_DATABASE_URL": database})
    ).office
    prepare(office, 1, "embedded")
    run_due(office)
    keep_up(
        office
    )  # the first re-reading of a packet notes that it was sent; later ones note nothing
    in_flight(count)
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    done = keep_up(office)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    return {
        "packets": count,
        "re-read": done.refreshed,
        "failures": len(done.failures),
        "seconds": round(seconds, 1),
        "processor_s": round(after.ru_utime - used.ru_utime, 1),
        "most_mb": round(after.ru_maxrss / 1024),
        "holds": done.refreshed == count and not done.failures,
    }


def measure(webs: int, rate: float, seconds: float, packets: int) -> dict[str, Any]:
    """Measure both on a PostgreSQL of their own."""
    with (
        server(careful=True) as url,
        own_database(url) as database,
        tempfile.TemporaryDirectory(prefix="docgen-load-") as name,
        fleet(Path(name), database) as site,
    ):
        found = {
            "processors": os.cpu_count(),
            "load_before": [round(item, 1) for item in os.getloadavg()],
            "reconciled": reconciled(site.home, database, packets),
            "load_between": [round(item, 1) for item in os.getloadavg()],
            "callbacks": callbacks(site, webs, rate, seconds),
        }
        from django.db import connections

        with closing(connections["default"]):
            found["load_after"] = [round(item, 1) for item in os.getloadavg()]
        return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.load", description=__doc__)
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=RATE_BAR)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--packets", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.webs, given.rate, given.seconds, given.packets)
    if given.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for name, value in found.items():
        sys.stdout.write(f"{name}: {value}\n")


if __name__ == "__main__":
    main()
