"""A gate before PostgreSQL, the bucket or the pages, at which a process is caught in the act.

Everything passes byte for byte, until what a process says on one connection is what a `Catch` waits
for. From then on nothing more passes on that connection, so the process stands where it is until it
is killed. No clock decides whether it was still at it.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
CHUNK = 1 << 16


@dataclass(eq=False, kw_only=True)
class Catch:
    """One moment, at which one process is stopped once.

    `words` must be said on one connection, in this order. What was said last is kept from the other
    side; with `answered` the other side hears it, and its answer is kept from the process. The caught
    connection goes from the process's `port` to the gate's.
    """

    words: tuple[bytes, ...]
    answered: bool
    gate: int
    port: int = 0
    caught: Event = field(default_factory=Event)


class Gate:
    """Listens on a port of its own and passes on to those behind it, in turn."""

    def __init__(self, *behind: int) -> None:
        self.behind = list(behind)
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = int(self._listener.getsockname()[1])
        self._catches: list[Catch] = []
        self._lock = Lock()
        self._turn = 0
        Thread(target=self._listen, daemon=True).start()

    def catch(self, *words: bytes, answered: bool = False) -> Catch:
        """Stop the first process that says this."""
        made = Catch(words=words, answered=answered, gate=self.port)
        with self._lock:
            self._catches.append(made)
        return made

    def close(self) -> None:
        """Let nobody else in."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                near, (_, port) = self._listener.accept()
                far = self._connect()
                if far is None:
                    near.close()
                    continue
                line = _Line(near=near, far=far, port=int(port), gate=self)
                Thread(target=line.out, daemon=True).start()
                Thread(target=line.back, daemon=True).start()

    def _connect(self) -> socket.socket | None:
        """Reach the next of those behind that answers, as a proxy in front of a site does."""
        for _ in self.behind:
            self._turn += 1
            with suppress(OSError):
                port = self.behind[self._turn % len(self.behind)]
                far = socket.create_connection((LOOPBACK, port))
                far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return far
        return None

    def waiting(self) -> tuple[Catch, ...]:
        """List what was not caught yet."""
        with self._lock:
            return tuple(self._catches)

    def take(self, catch: Catch, port: int) -> bool:
        """Let one connection be the one that is caught."""
        with self._lock:
            if catch not in self._catches:
                return False
            self._catches.remove(catch)
        catch.port = port
        return True

    def give_back(self, catch: Catch) -> None:
        """Let another be caught: this one was killed over something else before it was answered."""
        with self._lock:
            self._catches.append(catch)


@dataclass(eq=False, kw_only=True)
class _Line:
    """One connection through a gate."""

    near: socket.socket
    far: socket.socket
    port: int
    gate: Gate
    heard: dict[Catch, tuple[int, bytes]] = field(default_factory=dict)
    unanswered: Catch | None = None

    def out(self) -> None:
        """Pass on what the process says, until it is caught."""
        for chunk in _chunks(self.near):
            found = next((it for it in self.gate.waiting() if self._is_said(it, chunk)), None)
            if found is None or not self.gate.take(found, self.port):
                pass
            elif found.answered:
                self.unanswered = found
            else:
                found.caught.set()
                for _ in _chunks(self.near):  # until it is killed
                    pass
                break
            with suppress(OSError):
                self.far.sendall(chunk)
        self._close()

    def back(self) -> None:
        """Pass on what it is answered, unless that is what it must not hear."""
        for chunk in _chunks(self.far):
            if self.unanswered is not None:
                self.unanswered.caught.set()
                continue
            with suppress(OSError):
                self.near.sendall(chunk)
        self._close()
        if self.unanswered is not None and not self.unanswered.caught.is_set():
            self.gate.give_back(self.unanswered)

    def _is_said(self, catch: Catch, chunk: bytes) -> bool:
        at, rest = self.heard.get(catch, (0, b""))
        rest += chunk
        while at < len(catch.words):
            _, word, after = rest.partition(catch.words[at])
            if not word:
                break
            at, rest = at + 1, after
        longest = max(len(word) for word in catch.words)
        self.heard[catch] = at, rest[-longest:]
        return at == len(catch.words)

    def _close(self) -> None:
        for end in (self.near, self.far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _chunks(end: socket.socket) -> Iterator[bytes]:
    """Give what comes, until the other side is gone."""
    with suppress(OSError):
        while chunk := end.recv(CHUNK):
            yield chunk
