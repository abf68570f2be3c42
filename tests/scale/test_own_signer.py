"""Processes of a scaled-out site are killed over signing, sealing and filing; others go on.

The site has our own signer, PostgreSQL and a bucket, all by settings alone. Each process that dies
is caught in the act first (`tests.scale.gate`), then killed, then another is started, as by whatever
supervises them.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from docgen.cli.visitor import Visitor
from tests.postgresql import own_database
from tests.s3 import ACCESS_KEY, SECRET_KEY
from tests.scale.gate import Gate
from tests.scale.processes import PATIENCE_S, Fleet, fleet, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    from tests.s3 import S3Server
    from tests.scale.gate import Catch

PACKETS, SIGNERS = 2, 2
ONCE = ("packet.sent", "envelope.sealed", "packet.executed", "packet.archived")
LATER = ("scrub",)  # errands of a day to come
COMMIT = b"COMMIT\0"

pytestmark = pytest.mark.postgresql_only("several processes share the database")


@dataclass(kw_only=True)
class Site:
    """The processes, and the gates between them and what they share."""

    fleet: Fleet
    database: Gate
    bucket: Gate
    pages: Gate
    started: Counter[str] = field(default_factory=Counter)

    def start(self, what: str) -> None:
        """Start one more web process or worker."""
        self.started[what] += 1
        if what == "web":
            self.pages.behind.append(self.fleet.web(self.started[what]))
        else:
            self.fleet.start(f"{what}{self.started[what]}", what)

    def kill(self, catch: Catch) -> str:
        """Kill who is caught, say which it was, and start another of its kind."""
        assert catch.caught.wait(PATIENCE_S), f"nobody came to {catch.words}"
        name = self.fleet.owner(catch.port, catch.gate)
        self.fleet.kill(name)
        self.start(name.rstrip("0123456789"))
        return name

    def noted(self, kind: str, *, answered: bool = False) -> Catch:
        """Catch who is about to commit, or has committed, an activity of this kind."""
        words = (b"INSERT INTO activity", f'"{kind}"'.encode(), COMMIT)
        return self.database.catch(*words, answered=answered)

    def answers(self) -> bool:
        """Say whether whoever comes now is served."""
        return self.fleet.answers(self.fleet.settings["DOCGEN_BASE_URL"])

    def signed(self) -> int:
        """Count the acts of signing that the history holds."""
        return self.count("SELECT count(*) FROM activity WHERE body->>'kind' = 'signer.signed'")

    def files(self) -> int:
        """Count the PDF files at work, whether or not anything refers to them."""
        found = (self.fleet.home / "work").glob("??/??/*")
        return sum(path.read_bytes().startswith(b"%PDF") for path in found)

    def count(self, statement: str, *given: object) -> int:
        """Ask the database for a number."""
        return int(self.fleet.ask(statement, *given))

    def come_to_rest(self) -> None:
        """Wait until every packet is archived and nothing is left to do."""
        undone = "SELECT count(*) FROM errand WHERE NOT is_done AND NOT kind = ANY(%s)"
        missing = "SELECT count(*) FROM packet WHERE state <> 'archived'"
        wait_until(lambda: self.count(missing) == 0, "everything is archived")
        wait_until(lambda: self.count(undone, list(LATER)) == 0, "nothing is left to do")


class Patient(Visitor):
    """A visitor who sends a page's form again when no answer came, as a person would."""

    def __init__(self, site: Site) -> None:
        super().__init__(site.fleet.settings["DOCGEN_BASE_URL"], site.fleet.home / "mail")
        self._site = site
        self.unanswered = 0

    def sign_as(self, signer: dict[str, Any], ceremony: dict[str, Any]) -> None:
        """Sign as one of the packet's people."""
        self.sign(ceremony["subject"], signer["email"], ceremony["envelope_id"])

    def _submit(
        self, browser: requests.Session, page: requests.Response, given: dict[str, str]
    ) -> requests.Response:
        while True:
            try:
                return super()._submit(browser, page, given)
            except requests.ConnectionError:
                self.unanswered += 1
                wait_until(self._site.answers, "a web process serves")


@pytest.fixture
def site(tmp_path: Path, s3: S3Server, bucket: str) -> Iterator[Site]:
    """Give a site with gates, on a database of its own; nothing runs yet."""
    server = os.environ["DOCGEN_TEST_DATABASE_URL"]
    archive = "s3://{}/site?endpoint=http://127.0.0.1:{}"
    with own_database(server, "_own") as database, ExitStack() as stack:

        def gate(*behind: int) -> Gate:
            return stack.enter_context(closing(Gate(*behind)))

        to_database, to_bucket = urlsplit(database), urlsplit(s3.endpoint)
        assert to_database.port is not None
        assert to_bucket.port is not None
        made = Site(
            fleet=stack.enter_context(fleet(tmp_path, database)),
            database=gate(to_database.port),
            bucket=gate(to_bucket.port),
            pages=gate(),
        )
        place = f"{to_database.username}@127.0.0.1:{made.database.port}"
        made.fleet.settings = {
            "DOCGEN_BASE_URL": f"http://127.0.0.1:{made.pages.port}",
            "DOCGEN_ARCHIVE": archive.format(bucket, to_bucket.port),
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "PGSSLMODE": "disable",  # the gate could not read along
        }
        made.fleet.ways = {
            "DOCGEN_DATABASE_URL": to_database._replace(netloc=place).geturl(),
            "DOCGEN_ARCHIVE": archive.format(bucket, made.bucket.port),
        }
        yield made


def in_order(ceremony: dict[str, Any]) -> list[dict[str, Any]]:
    """List the signers in the order in which they sign."""
    return sorted(ceremony["signers"], key=lambda signer: int(signer["routing_order"]))


def assert_nothing_lost_or_doubled(site: Site) -> None:
    """Look at what is left when all is done: packets, bundles, letters and what was complained of."""
    ids = site.fleet.ask("SELECT array_agg(packet_id) FROM packet")
    found: dict[str, Any] = site.fleet.look(*ids)
    assert len(found["packets"]) == PACKETS
    assert found["rewritten"] == ""
    for packet in found["packets"]:
        counted = Counter(packet["kinds"])
        assert {kind: counted[kind] for kind in ONCE} == dict.fromkeys(ONCE, 1)
        assert counted["signer.signed"] == SIGNERS
        assert packet["failed"] == []
    letters = list((site.fleet.home / "mail").glob("executed.*.eml"))
    assert len(letters) == PACKETS * SIGNERS
    assert site.fleet.complaints() == []


@pytest.mark.slow
def test_what_a_process_was_killed_over_is_gone_on_with_by_others(
    site: Site, s3: S3Server, bucket: str
) -> None:
    """Two packets are signed, sealed and filed once, though whoever works on them dies over it."""
    site.fleet.run("prepare", str(PACKETS), "embedded")
    for what in ("web", "web", "worker", "worker"):
        site.start(what)
    out = "SELECT count(*) FROM ceremony"
    wait_until(lambda: site.count(out) == PACKETS, "both are out for signature")
    wait_until(site.answers, "a web process serves")
    one, other = site.fleet.ask("SELECT array_agg(body) FROM ceremony")
    with ThreadPoolExecutor(1) as pool:
        kill_who_takes_a_signature(site, pool, one)
        kill_who_works(site, pool, other)
    site.come_to_rest()
    assert_nothing_lost_or_doubled(site)
    versions = s3.client.list_object_versions(Bucket=bucket)["Versions"]
    assert max(Counter(item["Key"] for item in versions).values()) == 1


def kill_who_takes_a_signature(site: Site, pool: Executor, ceremony: dict[str, Any]) -> None:
    """Let web processes die over what people read and sign; all but the last word is said again."""
    patient = Patient(site)
    first, last = in_order(ceremony)
    reading, signing = site.noted("signer.read"), site.noted("signer.signed")
    person = pool.submit(patient.sign_as, first, ceremony)
    assert site.kill(reading).startswith("web")
    before = site.files()
    assert site.kill(signing).startswith("web")
    # Each document was signed, and these files stay unknown to everybody.
    assert site.files() == before + len(ceremony["documents"])
    assert site.signed() == 0
    person.result(PATIENCE_S)
    assert (patient.unanswered, site.signed()) == (2, 1)

    stored = site.noted("signer.signed", answered=True)
    person = pool.submit(patient.sign_as, last, ceremony)
    assert site.kill(stored).startswith("web")
    assert site.signed() == SIGNERS
    person.result(PATIENCE_S)
    assert (patient.unanswered, site.signed()) == (3, SIGNERS)


def kill_who_works(site: Site, pool: Executor, ceremony: dict[str, Any]) -> None:
    """Let workers die over a seal, a callback, an object, a checkpoint and a bundle."""
    deaths = (
        site.noted("envelope.sealed"),
        site.pages.catch(b"POST /callbacks/", b"envelope.fully_executed", answered=True),
        site.bucket.catch(b"PUT /", b"%PDF-", answered=True),
        site.bucket.catch(b"PUT /", b"docgen.log/"),
        site.bucket.catch(b"PUT /", b"START-HERE.html"),
    )
    patient = Patient(site)

    def sign() -> None:
        for signer in in_order(ceremony):
            patient.sign_as(signer, ceremony)

    # Beside: whoever is caught in a transaction holds up everybody else until it is killed.
    people = pool.submit(sign)
    waiting = set(deaths)
    while waiting:
        wait_until(lambda: any(it.caught.is_set() for it in waiting), "the next is caught")
        caught = next(it for it in waiting if it.caught.is_set())
        assert site.kill(caught).startswith("worker")
        waiting.remove(caught)
    people.result(PATIENCE_S)
