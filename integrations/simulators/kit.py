"""What every simulated service is made of: a loopback server, people, callbacks and troubles."""

from __future__ import annotations

import itertools
import re
import secrets
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import requests

from integrations.simulators.envelope import Ending, Envelope, Happening, Person
from integrations.simulators.lies import lied, unsealed
from integrations.simulators.mischief import (
    SLOWLY,
    UNDONE,
    Delivery,
    Handing,
    Sealing,
    Trouble,
    Troubles,
    spoiled_answer,
)
from integrations.simulators.page import people_page, signing_page
from integrations.simulators.seal import Written, root_pem, seal
from integrations.simulators.server import HALF, PEOPLE, Handler, Server, system_time
from integrations.simulators.wire import Answered, Asked, Exchange, Letter, Refusal, Route

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

_DELIVERY_S = 15
_LISTENS_S = 0.02  # how soon a server that is stopped notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One callback, made and signed when it is delivered, as vendors do with each try."""

    envelope_id: str
    happening: Happening
    person: str
    at: datetime


class Simulator(ABC):
    """A stateful service on 127.0.0.1. Subclasses know one vendor's routes and words.

    `people` acts (`view`, `sign`, `decline`) are done here, as a person would on the vendor's
    pages. `faults` lists every request that the vendor does not document.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    first_number: ClassVar[int] = 1  # of whatever the vendor numbers

    def __init__(
        self, *, callback_url: str = "", now: Callable[[], datetime] | None = None, port: int = 0
    ) -> None:
        self.callback_url = callback_url
        self.now = now or system_time
        self.envelopes: dict[str, Envelope] = {}
        self.exchanges: list[Exchange] = []
        self.faults: list[str] = []
        self.waiting: list[Callback] = []
        self.troubles = Troubles()
        self.delivery = Delivery.NORMAL
        self.seal_waits = 0
        self.handing = Handing.SIGNED
        self.altered: Callable[[bytes], bytes] | None = None
        self.lock = threading.RLock()
        self._numbers = itertools.count(self.first_number)
        self.stopping = threading.Event()
        handler = type("Bound", (Handler,), {"simulator": self})
        self._server = Server(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": _LISTENS_S}, daemon=True
        )

    # What a vendor's simulator supplies ----------------------------------------------------------

    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """List the documented operations."""

    @abstractmethod
    def account(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give what a site's settings say of this account: options, and secrets by their key."""

    @abstractmethod
    def refuse_stranger(self, asked: Asked) -> None:
        """Raise `Refusal` when the credentials do not hold."""

    @abstractmethod
    def letter(self, callback: Callback) -> Letter:
        """Write and sign a callback as the vendor does."""

    @abstractmethod
    def throttled(self) -> Refusal:
        """Give the vendor's way to say "too many requests"."""

    @abstractmethod
    def unknown(self, what: str) -> Refusal:
        """Give the vendor's way to say that there is no such thing."""

    @abstractmethod
    def malformed(self) -> Refusal:
        """Give the vendor's way to say that a request is not as documented."""

    def own_line(self, envelope: Envelope) -> str:
        """Give the line the vendor writes at the top of each file."""
        return f"{self.title} envelope {envelope.id}"

    # Running -------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Give the server's address, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def serve(self, tell: Callable[[Self], None]) -> None:
        """Serve until interrupted; `tell` is called once the address is known."""
        with self:
            tell(self)
            with suppress(KeyboardInterrupt):
                self.stopping.wait()

    @property
    def seal_root(self) -> str:
        """Give the root certificate, in PEM, under which signed files are sealed."""
        return root_pem(self.title).decode()

    def trouble(self, kind: Trouble, *, where: str = "", times: int = 1) -> None:
        """Misbehave the next times a request's `METHOD path` holds `where`."""
        with self.lock:
            self.troubles += [(kind, where)] * times

    # People --------------------------------------------------------------------------------------

    def view(self, envelope_id: str, who: str) -> None:
        """Let a person open the documents."""
        with self.lock:
            envelope, person = self._here(envelope_id, who)
            person.viewed_at = person.viewed_at or self.now()
            self.tell(envelope, Happening.VIEWED, person)

    def sign(self, envelope_id: str, who: str) -> None:
        """Let a person sign everything asked of them; after the last the envelope is sealed."""
        with self.lock:
            envelope, person = self._here(envelope_id, who)
            person.viewed_at = person.viewed_at or self.now()
            person.signed_at = self.now()
            self.tell(envelope, Happening.SIGNED, person)
            if all(item.signed_at for item in envelope.people):
                self.end(envelope, Ending.COMPLETED)

    def sign_all(self, envelope_id: str) -> None:
        """Let everybody sign in turn."""
        envelope = self.envelopes[envelope_id]
        while envelope.turn:
            self.sign(envelope_id, envelope.turn[0].id)

    def decline(self, envelope_id: str, who: str, reason: str) -> None:
        """Let a person decline."""
        with self.lock:
            envelope, person = self._here(envelope_id, who)
            person.declined_at = self.now()
            envelope.reason = reason
            self.end(envelope, Ending.DECLINED, person)

    def expire(self, envelope_id: str) -> None:
        """Let the time for signing run out."""
        with self.lock:
            self.end(self.envelopes[envelope_id], Ending.EXPIRED)

    def bounce(self, envelope_id: str, who: str) -> None:
        """Let the invitation come back."""
        with self.lock:
            envelope = self.envelopes[envelope_id]
            person = envelope.person(who)
            envelope.notes.setdefault("bounced", {})[person.email] = self.now()
            self.tell(envelope, Happening.BOUNCED, person)

    def _here(self, envelope_id: str, who: str) -> tuple[Envelope, Person]:
        envelope = self.envelopes[envelope_id]
        person = envelope.person(who)
        if person not in envelope.turn:
            message = f"It is not the turn of {person.id}."
            raise ValueError(message)
        return envelope, person

    def end(self, envelope: Envelope, ending: Ending, person: Person | None = None) -> None:
        """End an envelope and tell of it; a fully signed one is sealed."""
        envelope.ended, envelope.ended_at = ending, self.now()
        if ending is Ending.COMPLETED:
            envelope.seal_waits = self.seal_waits
            envelope.sealed = self._handed(envelope)
            if self.altered is not None:
                envelope.sealed = [self.altered(item) for item in envelope.sealed]
        self.tell(envelope, Happening(ending.value), person)

    def _handed(self, envelope: Envelope) -> list[bytes]:
        """Seal what was signed, or something else in its place."""
        kept, envelope.files = envelope.files, lied(envelope.files, self.handing)
        try:
            sealed = self.seal(envelope)
        finally:
            envelope.files = kept
        return [unsealed(item) for item in sealed] if self.handing is Handing.UNSIGNED else sealed

    def seal(self, envelope: Envelope) -> list[bytes]:
        """Seal each file with what people filled in."""
        return [
            seal(pdf, list(self.written(envelope, number)), self.title)
            for number, (_, pdf) in enumerate(envelope.files)
        ]

    def written(self, envelope: Envelope, number: int) -> Iterator[Written]:
        """Give the lines that the vendor writes onto one file."""
        own = self.own_line(envelope)
        if own:
            yield Written(page=1, x=24, y=14, text=own)
        for mark in envelope.marks:
            if mark.file != number:
                continue
            person = envelope.person(mark.person)
            at = person.signed_at or self.now()
            text = {
                "signature": person.name,
                "name": person.name,
                "title": person.title or "Authorized signatory",
                "date": at.strftime("%Y-%m-%d"),
            }[mark.kind]
            yield Written(
                page=mark.page, x=mark.x + 2, y=mark.y + (mark.height or 16) - 4, text=text
            )

    # Callbacks -----------------------------------------------------------------------------------

    def tell(self, envelope: Envelope, happening: Happening, person: Person | None = None) -> None:
        """Put a callback on its way; `deliver` posts it."""
        self.waiting.append(
            Callback(
                envelope_id=envelope.id,
                happening=happening,
                person=person.id if person else "",
                at=self.now(),
            )
        )

    def letters(self, mode: Delivery = Delivery.NORMAL) -> list[Letter]:
        """Write and take out every callback that is on its way."""
        with self.lock:
            taken, self.waiting = self.waiting, []
            if mode is Delivery.LOST:
                return []
            written = [self.letter(item) for item in taken]
        if mode is Delivery.REVERSED:
            return written[::-1]
        return [item for item in written for _ in range(2 if mode is Delivery.DOUBLED else 1)]

    def deliver(self, mode: Delivery = Delivery.NORMAL) -> list[int]:
        """Post every callback that is on its way; give the statuses it was answered with."""
        return [
            requests.post(
                item.url,
                data=item.body,
                headers=dict(item.headers),
                timeout=_DELIVERY_S,
                allow_redirects=False,
            ).status_code
            for item in self.letters(mode)
        ]

    # Requests ------------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answered:
        """Answer one request."""
        with self.lock:
            kind = self.troubles.take(f"{asked.method} {asked.path}")
            if kind in UNDONE:
                answered = self._troubled(kind)
            else:
                answered = self._work(asked)
                if kind is Trouble.BROKEN_AFTER:
                    answered = Answered(status=500, body={"message": "broken"})
            self.exchanges.append(Exchange(asked=asked, answered=answered))
        if kind is Trouble.SILENT:
            self.stopping.wait(120)
        if kind is Trouble.HALF:
            return Answered(
                status=answered.status,
                body=answered.data(),
                headers={**answered.headers, HALF: "1"},
            )
        return answered

    def _work(self, asked: Asked) -> Answered:
        try:
            for route in self.routes():
                found = re.fullmatch(route.pattern, asked.path)
                if found and route.method == asked.method:
                    if not route.open:
                        self.refuse_stranger(asked)
                    return route.act(asked, *found.groups())
        except Refusal as refusal:
            return refusal.answer
        self.fault(f"{asked.method} {asked.path} is not documented")
        return self.unknown(asked.path).answer

    def fault(self, what: str) -> None:
        """Note something that the vendor does not document."""
        self.faults.append(what)

    def only(self, told: Any, known: Collection[str], what: str) -> None:
        """Refuse what is no object, or holds other names than are documented; it is a fault."""
        self.documented(
            f"{what} has fields that are not documented",
            holds=isinstance(told, dict) and set(told) <= set(known),
        )

    def documented(self, fault: str, *, holds: bool) -> None:
        """Go on where a request is as documented; else note the fault and refuse."""
        if not holds:
            self.fault(fault)
            raise self.malformed()

    def envelope(self, envelope_id: str) -> Envelope:
        """Find an envelope, or refuse as the vendor does."""
        if envelope_id not in self.envelopes:
            raise self.unknown(envelope_id)
        return self.envelopes[envelope_id]

    def _troubled(self, kind: Trouble) -> Answered:
        if kind is Trouble.THROTTLED:
            return self.throttled().answer
        return spoiled_answer(kind, elsewhere=f"{self.url}/elsewhere")

    def fresh(self, prefix: str = "", *, octets: int = 12) -> str:
        """Make an id nobody guesses: the prefix, and twice as many hexadecimal digits as octets."""
        return prefix + secrets.token_hex(octets)

    def number(self) -> int:
        """Count on."""
        return next(self._numbers)

    # A page for whoever tries it out -------------------------------------------------------------

    def page(self) -> bytes:
        """Show the envelopes, with a button for each thing a person or the service could do."""
        with self.lock:
            return people_page(self.title, self.envelopes.values())

    def signing_page(self, envelope: Envelope, person: Person) -> Answered:
        """Show the page at which one person signs, for whoever has its address."""
        page = signing_page(self.title, envelope, person)
        return Answered(body=page, headers={"Content-Type": "text/html; charset=utf-8"})

    def leads_back(self, envelope: Envelope, act: str) -> str:
        """Give where a person is led to who did this, or left, on the page for signing."""
        return envelope.return_url

    def press(self, fields: Mapping[str, str]) -> str:
        """Do what a button says, then deliver the callbacks; give where that leads to."""
        act = {"view": self.view, "sign": self.sign}.get(fields.get("act", ""))
        if act is not None:
            act(fields["envelope"], fields["person"])
        elif fields.get("act") == "decline":
            self.decline(fields["envelope"], fields["person"], "Declined in the simulator.")
        if "trouble" in fields:
            self.trouble(Trouble(fields["trouble"]))
        self.delivery = Delivery(fields.get("delivery", self.delivery))
        if "sealing" in fields:
            self.seal_waits = SLOWLY if fields["sealing"] == Sealing.SLOW else 0
        self.handing = Handing(fields.get("handing", self.handing))
        if self.callback_url:
            self.deliver(self.delivery)
        if "leave" in fields:
            return self.leads_back(self.envelopes[fields["envelope"]], fields["act"])
        return PEOPLE
