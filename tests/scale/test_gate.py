"""The gate at which processes are caught: whoever dies before the answer leaves it to the next."""

from __future__ import annotations

import socket
from contextlib import closing

from tests.scale.gate import LOOPBACK, Catch, Gate
from tests.scale.processes import wait_until

SOON_S = 10


def said(gate: Gate, server: socket.socket, words: bytes) -> tuple[socket.socket, socket.socket]:
    """Say something through the gate; give both ends once it was heard."""
    near = socket.create_connection((LOOPBACK, gate.port))
    far, _ = server.accept()
    near.sendall(words)
    assert far.recv(100) == words
    return near, far


def caught(catch: Catch) -> bool:
    """Wait for whoever is to be caught."""
    return catch.caught.wait(SOON_S)


def test_who_is_gone_before_the_answer_leaves_the_catch_to_the_next() -> None:
    """A process killed over something else would otherwise be waited for without end."""
    with (
        socket.create_server((LOOPBACK, 0)) as server,
        closing(Gate(server.getsockname()[1])) as gate,
    ):
        catch = gate.catch(b"PUT /", answered=True)
        near, far = said(gate, server, b"PUT /one")
        assert gate.waiting() == ()
        near.close()
        assert far.recv(100) == b""
        far.close()
        wait_until(lambda: gate.waiting() == (catch,), "the catch is given back")
        near, far = said(gate, server, b"PUT /two")
        far.sendall(b"200")
        assert caught(catch)
        near.close()
        far.close()


def test_an_answer_is_kept_from_who_is_caught() -> None:
    """The control: the first that lives is caught, and the second passes."""
    with (
        socket.create_server((LOOPBACK, 0)) as server,
        closing(Gate(server.getsockname()[1])) as gate,
    ):
        catch = gate.catch(b"PUT /", answered=True)
        first, far = said(gate, server, b"PUT /one")
        far.sendall(b"200")
        assert caught(catch)
        second, other = said(gate, server, b"PUT /two")
        other.sendall(b"200")
        assert second.recv(100) == b"200"
        for end in (first, far, second, other):
            end.close()
