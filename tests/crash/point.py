"""When a site dies, how, and in which surroundings: the coordinates of one run.

Written as `service/death/callbacks/call:number`, and read again from that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from integrations.simulators.mischief import Delivery
from tests.crash.trace import CALLS, Call
from tests.crash.world import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

SERVER = "postgresql:"
END = "end"  # no call: everything was done and said, then the lights go out


class Death(StrEnum):
    """What dies."""

    KILL = "kill"  # the process alone, by SIGKILL
    POWER = "power"  # the machine: nothing is left but what was flushed
    TORN = "torn"  # the machine: some of what was not flushed is left too


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One run's coordinates. `number` counts calls of one name; with `END` it only tells runs apart.

    For `TORN`, `seed` draws what is left. The database is PostgreSQL where `server` says so.
    """

    server: bool = False
    service: str
    death: Death
    delivery: Delivery
    call: str
    number: int
    seed: int = 0

    def __str__(self) -> str:
        death = f"{self.death}.{self.seed}" if self.death is Death.TORN else str(self.death)
        where = SERVER if self.server else ""
        return f"{where}{self.service}/{death}/{self.delivery}/{self.call}:{self.number}"


_WRITTEN = re.compile(
    rf"({SERVER})?({'|'.join(SERVICES)})/({'|'.join(Death)})(?:\.(\d+))?/({'|'.join(Delivery)})"
    rf"/({'|'.join((*CALLS, END))}):(\d+)"
)


def parse_point(text: str) -> Point:
    """Read coordinates as they are printed.

    Raises:
        ValueError: they are none.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        message = f"{text!r} are no coordinates, such as docusign/power/lost/fsync:12"
        raise ValueError(message)
    server, service, death, seed, delivery, call, number = found.groups()
    return Point(
        server=bool(server),
        service=service,
        death=Death(death),
        delivery=Delivery(delivery),
        call=call,
        number=int(number),
        seed=int(seed or 0),
    )


def drawn(
    random: Random,
    count: int,
    calls: Callable[[str, Delivery], Sequence[Call]],
    *,
    server: bool = False,
) -> list[Point]:
    """Draw so many points, each call, service, death and delivery as often as any other.

    `calls` gives the calls that count in a line nobody disturbs.
    """
    kinds = [
        (call, service, death, delivery)
        for call in (*CALLS, END)
        for service in SERVICES
        for death in ((Death.KILL,) if server else Death)
        for delivery in Delivery
    ]
    points: list[Point] = []
    while len(points) < count:
        random.shuffle(kinds)
        for call, service, death, delivery in kinds[: count - len(points)]:
            at = [it.number for it in calls(service, delivery) if it.name == call]
            point = Point(
                server=server,
                service=service,
                death=death,
                delivery=delivery,
                call=call if at else END,
                number=random.choice(at) if at else len(points) + 1,
            )
            torn = death is Death.TORN
            points.append(replace(point, seed=random.randrange(1, 1_000_000)) if torn else point)
    return points
