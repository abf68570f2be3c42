"""Callbacks over HTTP: to the address that was checked, with a limit on time and on the answer."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from typing import TYPE_CHECKING, ClassVar

from docgen.domain.webhook import MOST_ANSWER
from docgen.errors import InputError, ServiceRejected, ServiceUnavailable
from docgen.ports.webhooks import Answer
from integrations.webhook.address import is_public, literal, parsed, reachable, resolved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integrations.webhook.address import Target

TIMEOUT_S = 10.0
AGENT = "docgen-pipeline"


class HttpSender:
    """Posts over HTTP; `loopback` opens this machine to demonstrations.

    No proxy of the environment is used: it would connect to an address of its own choice.
    """

    key: ClassVar[str] = "http"

    def __init__(
        self,
        *,
        loopback: bool = False,
        resolve: Callable[[str, int], list[str]] = resolved,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._loopback = loopback
        self._resolve = resolve
        self._tls = tls or ssl.create_default_context()
        self._timeout_s = timeout_s

    def check(self, url: str) -> None:
        """Refuse an address that could never be posted to."""
        target = parsed(url)
        own = literal(target.host)
        here = target.host == "localhost" if own is None else own.is_loopback
        if self._loopback and here:
            return
        if target.scheme != "https":
            raise InputError("The address must begin with https://.")
        if here or (own is not None and not is_public(own)):
            raise InputError("Give a public address; this one is of a private network.")

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post once and give whatever status came."""
        try:
            target = parsed(url)
        except InputError as error:
            raise ServiceRejected(str(error), service="callback") from error
        address = reachable(target, loopback=self._loopback, resolve=self._resolve)
        connection = _Pinned(target, address, self._tls, self._timeout_s)
        # A receiver that sends a byte now and then would outlast a time-out of the socket.
        watch = threading.Timer(self._timeout_s, connection.cut)
        watch.daemon = True
        watch.start()
        try:
            connection.request(
                "POST",
                target.path,
                body,
                {**headers, "Host": target.host_header, "User-Agent": AGENT},
            )
            with connection.getresponse() as answer:
                status, found = answer.status, answer.read(MOST_ANSWER)
        except ssl.SSLCertVerificationError as error:
            raise ServiceUnavailable(
                "The receiver’s certificate could not be verified.", service="callback"
            ) from error
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            raise ServiceUnavailable(
                f"No whole answer came within {self._timeout_s:g} seconds.", service="callback"
            ) from error
        finally:
            watch.cancel()
            connection.close()
        if connection.was_cut:
            raise ServiceUnavailable(
                f"No whole answer came within {self._timeout_s:g} seconds.", service="callback"
            )
        return Answer(status=status, body=found)


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address, under the name whose certificate must fit."""

    def __init__(self, target: Target, address: str, tls: ssl.SSLContext, timeout_s: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout_s)
        self._address = address
        self._tls = tls if target.scheme == "https" else None
        self.was_cut = False

    def connect(self) -> None:
        """Connect to the checked address; the name is not resolved again."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()
        if self.was_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End the connection from another thread; whatever waits for it fails."""
        self.was_cut = True
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                sock.close()
