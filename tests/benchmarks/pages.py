"""The web process: a person signs, documents are made, requests follow; what memory it holds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import requests

from docgen.cli.visitor import Visitor
from docgen.domain.packet import PacketKind
from docgen.domain.signing import OWN_SIGNER
from docgen.services.generate import generate
from docgen.services.send import envelope_request
from tests.benchmarks.stage import resident_mb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Site

START_LIMIT_S = 180


def web_resident_mb(site: Site, *, requests_made: int) -> dict[str, float]:
    """Serve a packet out for signature; give the process's memory before, between and after."""
    office = site.office
    version = site.enrollment(0)
    with office.ledger.transaction():
        office.ledger.enrollments.add(version)
    (packet,) = generate(office, version.enrollment_id, PacketKind.CONTRACTING, "user:bench")
    sent = replace(packet, service=OWN_SIGNER)
    envelope_id = office.services[OWN_SIGNER].send(envelope_request(office, sent))
    base_url = site.app.settings.base_url
    with _serving(site) as pid:
        found = {"at start": resident_mb(pid)}
        visitor = Visitor(base_url, site.home / "mail")
        visitor.sign(packet.id, packet.plan.recipients[0].email, envelope_id)
        found["after one person signed"] = resident_mb(pid)
        with requests.Session() as session:
            session.trust_env = False
            session.get(f"{base_url}/start/sample/psa/pdf", timeout=60).raise_for_status()
            found["after the blank agreements were made"] = resident_mb(pid)
            for _ in range(requests_made):
                session.get(f"{base_url}/health", timeout=30).raise_for_status()
        found[f"after {requests_made} more requests"] = resident_mb(pid)
    return found


@contextmanager
def _serving(site: Site) -> Iterator[int]:
    """Run `docgen serve` on the site until done; give its process id."""
    environment = {name: text for name, text in os.environ.items() if name[:7] != "DOCGEN_"}
    environment |= {"DOCGEN_HOME": str(site.home), "DOCGEN_BASE_URL": site.app.settings.base_url}
    command = [sys.executable, "-m", "docgen.cli", "serve"]
    with (site.home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _await(site.app.settings.base_url)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(base_url: str) -> None:
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit:
        with suppress(requests.RequestException):
            if requests.get(f"{base_url}/health", timeout=2).ok:
                return
        time.sleep(0.2)
    message = "The server did not start; its output is in server.log."
    raise TimeoutError(message)
