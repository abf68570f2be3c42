"""The process that is killed: one real site, doing what it is asked for, one thing at a time.

It is a process of its own, forked by `tests.crash.nursery`; `Site` builds the whole application on
the home folder it is given, serves callbacks over HTTP with the real pages, and sweeps.
"""

from __future__ import annotations

import io
import json
import os
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from pypdf import PdfWriter

from docgen.bootstrap.application import build
from docgen.domain.canonical import sha256_hex
from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.signing import OWN_SIGNER
from docgen.errors import DocgenError
from docgen.services.anchor import anchor_of
from docgen.services.approve import approve
from docgen.services.checkpoint import where_rewritten
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from docgen.services.people import add_invented_people
from docgen.services.send import send
from docgen.services.sweep import sweep
from docgen.settings import read_settings
from docgen.web.site import OFFICE
from integrations.system.clock import SystemClock
from tests.crash.plant import forget_to_sync, planted
from tests.unit.services.walk import form, sign_next
from tests.verifier.handling import load_verifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.domain.packet import Packet
    from docgen.services.office import Office

SHIFT = [timedelta(0)]  # how far the test has let time go on
MOST_SWEEPS = 8


def shifted(_: SystemClock) -> datetime:
    """Give the computer's time, moved on; every part of the site has the same."""
    return datetime.now(UTC) + SHIFT[0]


def prepare(office: Office) -> None:
    """Bring one packet to where a coordinator would send it; nothing has left yet."""
    add_invented_people(office, "system")
    coordinator = office.ledger.people.get("coordinator")
    stored = enroll(office, form(), draft=False, actor="user:coordinator")
    (packet,) = generate(
        office, stored.version.enrollment_id, PacketKind.CONTRACTING, "user:coordinator"
    )
    approve(office, packet.id, packet.plan.short_checksum, coordinator, "claimed")


class OnePage:
    """Prints the same page always: setting certificates in type writes nothing that could be lost."""

    key: ClassVar[str] = "one-page"

    def print_page(self, html: bytes, *, title: str) -> bytes:
        """Give an empty page."""
        page = io.BytesIO()
        writer = PdfWriter()
        writer.add_blank_page(612, 792)
        writer.write(page)
        return page.getvalue()

    print_form = print_page


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Site:
    """Does what the harness asks for."""

    def __init__(self, environment: dict[str, str], fault: str) -> None:
        SystemClock.now = shifted  # type: ignore[assignment,method-assign]  # before anything takes it
        forget_to_sync(fault)
        settings = read_settings(environment)
        self._home = settings.home
        self.office = planted(replace(build(settings).office, printer=OnePage()), fault)
        self._server = WSGIServer(("127.0.0.1", 0), _Quiet)
        self._server.set_app(self._pages())
        self._acts: dict[str, Callable[[dict[str, Any]], object]] = {
            "decide": self.decide,
            "sweep": self.sweep,
            "serve": self.serve,
            "sign": self.sign,
            "stands": self.stands,
            "look": self.look,
            "mark": self.mark,
            "keys": self.keys,
        }

    @property
    def port(self) -> int:
        """Give the port at which callbacks are taken."""
        return int(self._server.server_address[1])

    def do(self, asked: dict[str, Any]) -> object:
        """Carry out one thing."""
        SHIFT[0] = timedelta(seconds=asked.get("shift", SHIFT[0].total_seconds()))
        return self._acts[asked["do"]](asked)

    def mark(self, _: dict[str, Any]) -> object:
        """Make a call that strace shows and nobody counts."""
        with suppress(OSError):
            (self._home / "no-such-folder").rmdir()
        return {}

    def keys(self, _: dict[str, Any]) -> object:
        """Give the digest of every secret and key, and the anchor that others hold."""
        places = [*(self._home / "keys").iterdir(), *(self._home / "authority").iterdir()]
        files = {path.name: sha256_hex(path.read_bytes()) for path in places}
        return {"files": files, "anchor": anchor_of(self.office)}

    def decide(self, asked: dict[str, Any]) -> object:
        """Let the coordinator send the packet; one that was sent stays so."""
        packet = self._packet()
        if packet.state is PacketState.APPROVED:
            send(
                self.office,
                packet.id,
                self.office.ledger.people.get("coordinator"),
                asked["service"],
            )
        return {}

    def sweep(self, asked: dict[str, Any]) -> object:
        """Sweep until nothing is due, as the server's thread does."""
        failures: list[str] = []
        for _ in range(MOST_SWEEPS):
            swept = sweep(self.office, reconcile=asked["reconcile"])
            failures += swept.failures
            if not swept.errands and not swept.callbacks:
                break
        return {"failures": failures}

    def serve(self, asked: dict[str, Any]) -> object:
        """Answer so many requests, over HTTP, with the real pages."""
        for _ in range(asked["requests"]):
            self._server.handle_request()
        return {}

    def sign(self, _: dict[str, Any]) -> object:
        """Let everybody sign in turn on our own pages' services."""
        packet = self._packet()
        ceremony = self.office.ledger.ceremonies.get(packet.envelope_id)
        while ceremony.ended is None and ceremony.turn:
            sign_next(self.office, ceremony.envelope_id)
            sweep(self.office, reconcile=False)  # invites the next, or seals
            ceremony = self.office.ledger.ceremonies.get(packet.envelope_id)
        return {}

    def stands(self, _: dict[str, Any]) -> object:
        """Say where the packet stands and which callbacks are kept."""
        from docgen.db.models import DeliveryRow

        packet = self._packet()
        signed = 0
        if packet.service == OWN_SIGNER and packet.envelope_id:
            ceremony = self.office.ledger.ceremonies.get(packet.envelope_id)
            signed = sum(item.signed_at is not None for item in ceremony.signers)
        return {
            "state": packet.state.value,
            "kept": [
                bytes(body).hex() for body in DeliveryRow.objects.values_list("body", flat=True)
            ],
            "signed": signed,
        }

    def look(self, _: dict[str, Any]) -> object:
        """Say all that must be so at the end: states, counts, bundle, letters, what is not done."""
        packet = self._packet()
        kinds = [item.kind for item in self.office.ledger.history.of(packet.id)]
        letters = sorted((self._home / "mail").glob("*.eml"))
        counted = (
            "packet.sent",
            "packet.executed",
            "packet.archived",
            "envelope.sealed",
            "packet.quarantined",
            "packet.contradicted",
        )
        return {
            "state": packet.state.value,
            "counted": {kind: kinds.count(kind) for kind in counted},
            "failed": self._failed(packet),
            "history": where_rewritten(self.office),
            "unreadable": self._unreadable(),
            "letters": [path.name for path in letters],
            "torn_letters": [path.name for path in letters if b"Subject:" not in path.read_bytes()],
            # A reminder that waits for its day, weeks from now, is nothing undone.
            "undone": [
                item.kind
                for item in self.office.ledger.errands.open()
                if item.kind != "remind_again"
            ],
        }

    def _pages(self) -> Callable[..., Any]:
        from django.core.wsgi import get_wsgi_application

        pages = get_wsgi_application()

        def with_office(environ: dict[str, Any], start: Any) -> Any:
            return pages({**environ, OFFICE: self.office}, start)

        return with_office

    def _packet(self) -> Packet:
        (packet,) = self.office.ledger.packets.list()
        return packet

    def _failed(self, packet: Packet) -> list[str]:
        """Give the bundle to the stand-alone verifier, as a stranger would."""
        if not packet.bundle_sha256:
            return ["there is no bundle"]
        verifier = load_verifier()
        path = Path(os.environ["DOCGEN_CRASH_FOLDER"]) / "anchor.json"
        path.write_text(json.dumps(anchor_of(self.office)), "utf-8")
        anchor = verifier.read_anchor(str(path))
        try:
            bundle = self.office.archive.open(packet.bundle_sha256)
        except DocgenError as error:
            return [error.code]
        _, findings = verifier.examine_all(bundle, self.office.clock.now(), anchor)
        return [item.id for item in findings if item.result == "failed"]

    def _unreadable(self) -> list[str]:
        """List the objects, in the stores of work and archive, that are not what they are named."""
        wrong = []
        stores = {
            "work": self.office.work,
            "archive": self.office.archive,
            "checkpoints": self.office.copies,
        }
        for store, held in stores.items():
            for path in (self._home / store).glob("??/??/*"):
                if path.name.startswith(".") or path.suffix:  # drafts, and what keeps an object
                    continue
                try:
                    held.open(path.name)
                except DocgenError as error:
                    wrong.append(f"{store}/{path.name[:8]}: {error.code}")
        return wrong


if __name__ == "__main__":
    prepare(build(read_settings(os.environ)).office)
