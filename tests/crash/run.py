"""One run: a site that dies between its decision to send and its archive, then goes on alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integrations.simulators.mischief import Delivery
from tests.crash.point import END, Death, Point
from tests.crash.trace import Call, Tracer
from tests.crash.world import OWN, World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.crash.worker import Site, Worker

QUARTER = 16 * 60
MOST_ROUNDS = 8
SIGNERS = 2  # of the sample's packet
ONCE = ("packet.sent", "packet.executed", "packet.archived")
NEVER = ("packet.quarantined", "packet.contradicted")


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of one run: whether the call was reached, which it was, and what is wrong."""

    point: Point
    died: bool
    about: str = ""
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Promised:
    """What the site said it had done before it died; that must still be so."""

    decided: bool = False
    signed: bool = False
    taken: list[bytes] = field(default_factory=list)


class Life:
    """One process's life in the world, up to its end or its death."""

    def __init__(self, site: Site, world: World, delivery: Delivery, promised: Promised) -> None:
        self._site, self._world, self._delivery = site, world, delivery
        self._promised = promised
        self.wrong: list[str] = []

    def come_back(self) -> bool:
        """Let what the dead process had under way come due again, before anybody goes on."""
        return self._wait(reconcile=True)

    def go_on(self, *, reconcile: bool) -> bool:
        """Decide, send, sign, take callbacks, file; False when the process died over it."""
        acts = (self._decide, self._sweep, self._mislead, self._sign, self._sweep, self._deliver)
        if not all(act() for act in acts):
            return False
        # A service is asked again within its period, at a moment that the first sweep sets.
        return self._wait(reconcile=reconcile) and self._deliver() and self._wait()

    def _wait(self, *, reconcile: bool = False) -> bool:
        self._world.shift += QUARTER
        return self._sweep(reconcile=reconcile)

    def _decide(self) -> bool:
        alive = self._site.ask("decide", service=self._world.service) is not None
        self._promised.decided |= alive
        return alive

    def _sweep(self, *, reconcile: bool = False) -> bool:
        asked = {"shift": self._world.shift, "reconcile": reconcile}
        return self._site.ask("sweep", **asked) is not None

    def _mislead(self) -> bool:
        """Let somebody tell the site that everybody signed, when nobody did."""
        letter = None if self._delivery is Delivery.LOST else self._world.untrue()
        if letter is None:
            return True
        if not self._hand_in(letter) or not self._sweep():
            return False
        stands = self._site.ask("stands")
        if stands is None:
            return False
        if stands["state"] in {"fully_executed", "archived"}:
            self.wrong.append("a callback was believed without asking the service")
        return True

    def _sign(self) -> bool:
        self._world.sign_all()
        if self._world.service != OWN:
            return True
        alive = self._site.ask("sign") is not None
        self._promised.signed |= alive
        return alive

    def _deliver(self) -> bool:
        letters = self._world.letters(self._delivery)
        for at, letter in enumerate(letters):
            if not self._hand_in(letter):
                for late in letters[at:]:
                    self._world.put_back(late)
                return False
        return True

    def _hand_in(self, letter: Any) -> bool:
        if not self._site.say("serve", requests=1):
            return False
        if self._world.post(letter, self._site.port):
            self._promised.taken.append(letter.body)
        return self._site.hear() is not None


def survey(worker: Worker, service: str, delivery: Delivery) -> tuple[list[Call], dict[str, int]]:
    """Count, in a line that nobody disturbs, the calls at which to kill and the letters it writes."""
    worker.lay(power=not worker.on_server)
    with World(service, worker.relay, worker.ports.get(service, 0)) as world:
        site = worker.bear()
        tracer = Tracer(site.pid, site.line, worker.log, None)
        life = Life(site, world, delivery, Promised())
        whole = life.go_on(reconcile=delivery is Delivery.LOST)
        found: dict[str, Any] = site.ask("look") if whole else {"state": "dead", "letters": []}
        site.kill()
        tracer.end()
    if found["state"] != "archived":
        message = f"{service}, callbacks {delivery}: the packet is {found['state']}, undisturbed"
        raise RuntimeError(message)
    return tracer.calls(worker.home), _letters(found["letters"])


def run(
    worker: Worker, point: Point, fault: str = "", letters: Mapping[str, int] | None = None
) -> Outcome:
    """Kill one site, let another go on from what is left, and look whether all is as it must be.

    `letters` says how many of each kind a line writes that nobody disturbs.
    """
    worker.lay(power=point.death is not Death.KILL)
    with World(point.service, worker.relay, worker.ports.get(point.service, 0)) as world:
        promised = Promised()
        outcome = _until_death(worker, world, point, fault, promised)
        if point.death is not Death.KILL:
            worker.cut(point.seed if point.death is Death.TORN else None)
        site = worker.bear(fault)
        try:
            stands = site.ask("stands", shift=world.shift)
            outcome.wrong += _broken(world, stands, promised)
            outcome.wrong += _gone_on(site, world, point.delivery, letters or {})
        finally:
            site.kill()
        if world.vendor is not None:
            outcome.wrong += _wrong_at(world, outcome)
    return outcome


def _until_death(
    worker: Worker, world: World, point: Point, fault: str, promised: Promised
) -> Outcome:
    site, tracer = worker.bear(fault), None
    if point.call != END:
        tracer = Tracer(site.pid, site.line, worker.log, (point.call, point.number))
    life = Life(site, world, point.delivery, promised)
    died = not life.go_on(reconcile=point.delivery is Delivery.LOST)
    site.kill()
    about = ""
    if tracer is not None:
        tracer.end()
        calls = tracer.calls(worker.home)
        about = calls[-1].about if died and calls else ""
    return Outcome(point=point, died=died or point.call == END, about=about, wrong=life.wrong)


def _broken(world: World, stands: Any, promised: Promised) -> list[str]:
    """List what the site had promised and does not keep, and what it did and does not know of."""
    if stands is None:
        return ["the site does not start again"]
    wrong = []
    undecided = stands["state"] == "approved"
    if promised.decided and undecided:
        wrong.append("the decision to send was lost")
    if undecided and world.vendor is not None and world.vendor.envelopes:
        wrong.append("an envelope went out before the decision to send was kept")
    if promised.signed and stands["signed"] < SIGNERS:
        wrong.append("a signature was lost")
    kept = set(stands["kept"])
    lost = sum(body.hex() not in kept for body in promised.taken)
    if lost:
        wrong.append(f"{lost} callbacks were lost that the site had said it took")
    return wrong


def _gone_on(site: Site, world: World, delivery: Delivery, letters: Mapping[str, int]) -> list[str]:
    """Let the new process go on by itself until nothing moves; list what is not as it must be."""
    life = Life(site, world, delivery, Promised())
    found: Any = None
    alive = life.come_back()
    for _ in range(MOST_ROUNDS):
        if not alive or not life.go_on(reconcile=True):
            return [*life.wrong, "the process that was to go on died"]
        found = site.ask("look")
        if found is None or (found["state"] == "archived" and not found["undone"]):
            break
    if found is None:
        return [*life.wrong, "the process that was to go on died"]
    return life.wrong + _wrong_in(found, world.service, letters)


def _wrong_in(found: dict[str, Any], service: str, letters: Mapping[str, int]) -> list[str]:
    wrong = []
    if found["state"] != "archived":
        wrong.append(f"the packet is left {found['state']}")
    counted = found["counted"]
    once = (*ONCE, "envelope.sealed") if service == OWN else ONCE
    wrong += [f"{kind} {counted[kind]} times" for kind in once if counted[kind] != 1]
    wrong += [f"{kind} {counted[kind]} times" for kind in NEVER if counted[kind]]
    if found["history"]:
        wrong.append(f"the history does not fit its checkpoints: {found['history']}")
    if found["failed"]:
        wrong.append(f"its bundle does not verify: {', '.join(found['failed'])}")
    if found["unreadable"]:
        count = len(found["unreadable"])
        wrong.append(f"{count} objects are not what was stored, such as {found['unreadable'][0]}")
    wrong += [f"never done: {kind}" for kind in sorted(set(found["undone"]))]
    wrong += [f"half a letter: {name}" for name in found["torn_letters"]]
    there = _letters(found["letters"])
    wrong += [
        f"{there.get(kind, 0)} letters {kind!r} instead of {count}"
        for kind, count in letters.items()
        if there.get(kind, 0) < count
    ]
    return wrong


def _wrong_at(world: World, outcome: Outcome) -> list[str]:
    assert world.vendor is not None
    sent = len(world.vendor.envelopes)
    wrong = [f"{sent} envelopes were sent"] if sent != 1 else []
    return wrong + [f"{outcome.point.service}: {fault}" for fault in world.vendor.faults]


def _letters(names: list[str]) -> dict[str, int]:
    """Count letters by their kind."""
    counted: dict[str, int] = {}
    for name in names:
        kind = name.split(".", 1)[0]
        counted[kind] = counted.get(kind, 0) + 1
    return counted
