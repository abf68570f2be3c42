"""How often one client address may do what costs us or tells an attacker something.

Beside it, how often one token of the API may ask at all.

This stands beside the limits of each envelope (tries of a code, codes of a link). Where one process
serves, it is kept in its memory, bounded, and forgotten on restart; where several do, in their
database, as digests and for ten minutes, so that asking the next process gains nothing.

Loopback is nobody's client address: it is this very machine, or a proxy that the settings do not
name, and then one count for everybody would lock everybody out. `docgen check --deploy` asks for
the proxy's name.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from typing import TYPE_CHECKING

from docgen.errors import TooManyRequests, TooManyTries
from docgen.ports.flood import Count

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.flood import FloodCounts

PERIOD = timedelta(minutes=10)
REQUEST, REQUEST_PERIOD = "request", timedelta(minutes=1)  # of a program, by its token
MOST_COUNTED = 20_000
IPV6_SUBSCRIBER = 64  # one customer holds a whole /64, so that many addresses are one client
UNKNOWN = "unknown"


class Tried(StrEnum):
    """What is counted."""

    LINK = "link"  # a link that is not valid
    CODE = "code"  # a one-time code asked for; each is a letter
    ANSWER = "answer"  # a code that is not the one sent


# Generous, because a whole hospital may come from one address.
MOST = {Tried.LINK: 60, Tried.CODE: 30, Tried.ANSWER: 30}


def client_of(address: str) -> str:
    """Give the part of an address that stands for one client; "" for this very machine."""
    try:
        known = ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(known, IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    if known.is_loopback:
        return ""
    if isinstance(known, IPv6Address):
        return str(ip_network((int(known), IPV6_SUBSCRIBER), strict=False))
    return str(known)


class MemoryFloodCounts:
    """Counts of one process; when the memory for them is full, the oldest is forgotten."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, str], tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def tries(self, client: str, what: str, *, now: datetime, period: timedelta) -> int:
        """Give the count, unless its period is over."""
        with self._lock:
            began, count = self._counts.get((client, what), (now, 0))
        return count if now < began + period else 0

    def add(self, client: str, what: str, *, now: datetime, period: timedelta) -> Count:
        """Count one more."""
        key = (client, what)
        with self._lock:
            began, count = self._counts.get(key, (now, 0))
            if now >= began + period:
                self._counts.pop(key, None)
                began, count = now, 0
            self._counts[key] = (began, count + 1)
            if len(self._counts) > MOST_COUNTED:
                self._counts.popitem(last=False)
        return Count(tries=count + 1, began_at=began)

    def forget(self, before: datetime) -> None:
        """Forget the oldest."""
        with self._lock:
            for key, (began, _) in list(self._counts.items()):
                if began < before:
                    del self._counts[key]


class FloodGate:
    """Counts tries by client, each count for ten minutes from its first."""

    def __init__(self, counts: FloodCounts | None = None) -> None:
        self._counts = MemoryFloodCounts() if counts is None else counts

    def refuse_flood(self, address: str, tried: Tried, now: datetime) -> None:
        """Let a client pass that has not tried this too often.

        Raises:
            TooManyTries: it has, within the last ten minutes.
        """
        client = client_of(address)
        if client and self._counts.tries(client, tried, now=now, period=PERIOD) >= MOST[tried]:
            minutes = int(PERIOD.total_seconds() // 60)
            raise TooManyTries(
                f"Too many tries came from your network. Please wait {minutes} minutes and open "
                "the link in your message again, or call the coordinator."
            )

    def count(self, address: str, tried: Tried, now: datetime) -> None:
        """Count one try."""
        client = client_of(address)
        if client:
            self._counts.add(client, tried, now=now, period=PERIOD)

    def count_request(self, token: str, most: int, now: datetime) -> None:
        """Count a program's request against its token, and let it pass.

        Raises:
            TooManyRequests: there were more than `most` of them in this minute.
        """
        count = self._counts.add(token, REQUEST, now=now, period=REQUEST_PERIOD)
        if count.tries > most:
            left = count.began_at + REQUEST_PERIOD - now
            raise TooManyRequests(
                f"This token asked more than {most} times within a minute. Nothing of this request "
                "was done; send it again after the seconds in Retry-After.",
                retry_after_s=left.total_seconds(),
            )

    def is_first(self, person: str, what: str, now: datetime) -> bool:
        """Say whether one of our own people does this for the first time in ten minutes."""
        return self._counts.add(person, what, now=now, period=PERIOD).tries == 1

    def tidy(self, now: datetime) -> None:
        """Forget counts that are over."""
        self._counts.forget(now - PERIOD)
