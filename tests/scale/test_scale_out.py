"""Several web and worker processes on one PostgreSQL; one is killed, and nothing happens twice."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from integrations.simulators.docusign import DocusignSimulator
from integrations.simulators.mischief import Trouble
from tests.integrations.esign.keys import PRIVATE_KEY, PUBLIC_KEY
from tests.postgresql import own_database
from tests.scale.processes import Fleet, fleet, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKETS = 20
SECRET = "s3cret-scale"  # noqa: S105  # the simulator's
SETTINGS = """
[services.docusign]
address = "{address}"
integration_key = "key"
user_id = "user"
private_key_file = "docusign.pem"
callback_secret_file = "secret"
"""
ONCE = ("packet.sending", "packet.sent", "packet.executed", "packet.archived")

pytestmark = pytest.mark.postgresql_only("several processes share the database")


@pytest.fixture
def vendor() -> Iterator[DocusignSimulator]:
    """Give a signing service outside."""
    with DocusignSimulator(public_key=PUBLIC_KEY, secret=SECRET) as vendor:
        yield vendor


@pytest.fixture
def site(tmp_path: Path, vendor: DocusignSimulator) -> Iterator[Fleet]:
    """Give a site with that service, on a database of its own; nothing runs yet."""
    server = os.environ["DOCGEN_TEST_DATABASE_URL"]
    with (
        own_database(server, "_fleet") as database,
        fleet(tmp_path, database, SETTINGS.format(address=vendor.url)) as made,
    ):
        (made.home / "docusign.pem").write_text(PRIVATE_KEY, "utf-8")
        (made.home / "secret").write_text(SECRET, "utf-8")
        yield made


def stuck(site: Fleet) -> tuple[int, str]:
    """Give the worker that has waited for an answer for two seconds, and the packet it sends."""
    found = site.ask(
        "SELECT job.worker_id || ' ' || (job.args->>'key') FROM procrastinate_jobs AS job "
        "JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'started' "
        "WHERE job.status = 'doing' AND job.args->>'key' LIKE 'send:%%' "
        "AND event.at < now() - interval '2 seconds'"
    )
    worker, _, key = str(found or "0 ").partition(" ")
    return int(worker), key.removeprefix("send:")


def in_state(site: Fleet, state: str) -> int:
    """Count the packets in one state."""
    return int(site.ask("SELECT count(*) FROM packet WHERE state = %s", state))


@pytest.mark.slow
def test_what_a_killed_worker_had_begun_is_finished_by_another(
    site: Fleet, vendor: DocusignSimulator
) -> None:
    """Twenty packets go out, are signed and filed once each, though a worker dies over a sending."""
    site.run("prepare", str(PACKETS), "docusign")
    vendor.trouble(Trouble.SILENT, where="POST /restapi")
    for number in (1, 2):
        site.web(number)
    workers = {}
    for name in ("worker1", "worker2"):
        site.worker(name)
        workers[site.ask("SELECT max(id) FROM procrastinate_workers")] = name
    wait_until(lambda: stuck(site)[0] in workers, "one worker waits for its answer")
    worker, begun = stuck(site)
    site.kill(workers[worker])
    site.worker("worker3")  # as whatever supervises them would
    wait_until(lambda: in_state(site, "sent") == PACKETS, "everything is sent")
    assert len(vendor.envelopes) == PACKETS
    for envelope in list(vendor.envelopes):
        vendor.sign_all(envelope)
    wait_until(lambda: all(site.answers(url) for url in site.urls), "both web processes serve")
    for number, letter in enumerate(vendor.letters()):
        address = f"{site.urls[number % 2]}/callbacks/docusign"
        told = requests.post(address, data=letter.body, headers=dict(letter.headers), timeout=20)
        assert told.ok
    wait_until(lambda: in_state(site, "archived") == PACKETS, "everything is archived")
    found = site.look(begun)
    assert len(found["packets"]) == PACKETS
    assert found["rewritten"] == ""
    for packet in found["packets"]:
        assert {kind: packet["kinds"].count(kind) for kind in ONCE} == dict.fromkeys(ONCE, 1)
        assert packet["failed"] == []
    assert len(vendor.envelopes) == PACKETS
    assert vendor.faults == []
    assert site.complaints() == []
