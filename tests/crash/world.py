"""What is around one site: the signing services, the letters that they and we post, and the time."""

from __future__ import annotations

import http.client
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

from integrations.simulators.docusign import DocusignSimulator
from integrations.simulators.dropbox_sign import DropboxSignSimulator
from integrations.simulators.envelope import Happening
from integrations.simulators.kit import Callback, Simulator
from integrations.simulators.mischief import Delivery
from integrations.simulators.wire import Letter
from tests.integrations.esign.keys import PRIVATE_KEY, PUBLIC_KEY

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "s3cret-crash"  # noqa: S105  # the simulators'
OWN, BY_KEY, BY_LIST = "embedded", "docusign", "dropbox_sign"
# DocuSign is asked for our transaction and answers at once. Dropbox Sign's search knows nothing of
# the last two minutes, so there what was sent is found in the list of the newest alone.
SERVICES = (BY_KEY, BY_LIST, OWN)
SETTINGS = """
[services.docusign]
address = "http://127.0.0.1:{docusign}"
integration_key = "key"
user_id = "user"
private_key_file = "docusign.pem"
callback_secret_file = "secret"

[services.dropbox_sign]
address = "http://127.0.0.1:{dropbox_sign}"
test_mode = "yes"
api_key_file = "secret"
"""
_DELIVERY_S = 30
_TAKEN = range(200, 300)


def write_settings(home: Path, ports: dict[str, int]) -> None:
    """Add the signing services' accounts to a site's settings."""
    (home / "docusign.pem").write_text(PRIVATE_KEY, "utf-8")
    (home / "secret").write_text(SECRET, "utf-8")
    with (home / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(**ports))


class Relay:
    """The way our own signer's callbacks take: here they can get lost, double or turned around."""

    def __init__(self) -> None:
        self._letters: list[Letter] = []
        kept = self._letters

        class Taker(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kept.append(Letter(url=self.path, headers=dict(self.headers.items()), body=body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        """Give the port of the address that links and callbacks begin with."""
        return int(self._server.server_address[1])

    def letters(self, mode: Delivery) -> list[Letter]:
        """Take out what is on its way, as `Simulator.letters` does."""
        taken = self._letters[:]
        del self._letters[: len(taken)]
        match mode:
            case Delivery.LOST:
                return []
            case Delivery.REVERSED:
                return taken[::-1]
            case Delivery.DOUBLED:
                return [item for item in taken for _ in range(2)]
            case Delivery.NORMAL:
                return taken

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


class World:
    """One run's surroundings; `shift` is how far the test has let time go on."""

    def __init__(self, service: str, relay: Relay, port: int) -> None:
        self.service, self.shift, self._relay = service, 0, relay
        self._undelivered: list[Letter] = []
        self.vendor: Simulator | None = None
        if service == BY_KEY:
            self.vendor = DocusignSimulator(
                public_key=PUBLIC_KEY, secret=SECRET, now=self.now, port=port
            )
        elif service == BY_LIST:
            # As JSON, the body that is posted is the body that is kept, to be compared.
            address = f"http://127.0.0.1/callbacks/{BY_LIST}"
            self.vendor = DropboxSignSimulator(
                api_key=SECRET, now=self.now, callback_url=address, port=port
            )
            self.vendor.form = "json"
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._relay.letters(Delivery.LOST)
        if self.vendor is not None:
            self._open.enter_context(self.vendor)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def now(self) -> datetime:
        """Give the time as the site has it."""
        return datetime.now(UTC) + timedelta(seconds=self.shift)

    def sign_all(self) -> None:
        """Let everybody sign everything on the vendor's pages."""
        if self.vendor is not None:
            for envelope in list(self.vendor.envelopes.values()):
                self.vendor.sign_all(envelope.id)

    def untrue(self) -> Letter | None:
        """Write a callback that says "everybody signed" of an envelope that nobody signed."""
        if self.vendor is None or not self.vendor.envelopes:
            return None
        envelope = next(iter(self.vendor.envelopes.values()))
        if envelope.ended is not None:
            return None
        # Not of the second in which the true one comes: their hashes would be one and the same.
        at = self.now() - timedelta(minutes=1)
        said = Callback(envelope_id=envelope.id, happening=Happening.COMPLETED, person="", at=at)
        return self.vendor.letter(said)

    def letters(self, mode: Delivery) -> list[Letter]:
        """Take the callbacks that are on their way, those first that were not taken before."""
        again, self._undelivered = self._undelivered, []
        fresh = self._relay.letters(mode)
        if self.vendor is not None:
            fresh += self.vendor.letters(mode)
        return again + fresh

    def put_back(self, letter: Letter) -> None:
        """Keep a callback that nobody took, as every service does."""
        self._undelivered.append(letter)

    def post(self, letter: Letter, port: int) -> bool:
        """Post one callback to the site; say whether it said that it took it."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=_DELIVERY_S)
        try:
            path = f"/callbacks/{self.service}"
            line.request("POST", path, body=letter.body, headers=dict(letter.headers))
            return line.getresponse().status in _TAKEN
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()
