"""SoftHSM tokens, each served by a process of its own as a token on another machine would be.

`p11-kit server` loads SoftHSM; our process loads p11-kit's client and speaks to it over a socket.
So keys are never in the memory of the process under test, and the token can be taken away.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SOFTHSM = next(
    path
    for path in (
        Path("/usr/lib/softhsm/libsofthsm2.so"),
        Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
        Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
    )
    if path.exists()
)
CLIENT = next(Path("/usr/lib").glob("*-linux-gnu/pkcs11/p11-kit-client.so"))
PIN, OFFICER_PIN = "271828", "314159265"
ADDRESS = "P11_KIT_SERVER_ADDRESS"


@dataclass
class SoftToken:
    """A folder of tokens, and the server that may be stopped and started."""

    folder: Path
    label: str = "docgen"
    _server: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """Point SoftHSM to this folder and nothing else."""
        return {**os.environ, "SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    @property
    def socket(self) -> Path:
        """Name the server's socket."""
        return self.folder / "socket"

    @property
    def module(self) -> Path:
        """Name the module to load: a copy of its own, as each has its own server."""
        return self.folder / "p11-kit-client.so"

    @property
    def reference(self) -> str:
        """Give what stands as [signing] keys."""
        return f"pkcs11:token={self.label}?module-path={self.module}"

    def make(self) -> None:
        """Make the folder and an empty token in it."""
        (self.folder / "tokens").mkdir(parents=True)
        (self.folder / "softhsm2.conf").write_text(
            f"directories.tokendir = {self.folder}/tokens\nobjectstore.backend = file\n"
            "log.level = ERROR\nslots.removable = false\n"
        )
        shutil.copy(CLIENT, self.module)
        self.manage("--init-token", "--free", "--label", self.label)

    def manage(self, *words: str) -> str:
        """Run `softhsm2-util`."""
        pins = ("--pin", PIN, *(("--so-pin", OFFICER_PIN) if "--init-token" in words else ()))
        return subprocess.run(
            ["softhsm2-util", *words, *pins],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def start(self) -> None:
        """Serve the token at the socket."""
        self.socket.unlink(missing_ok=True)
        words = ("--foreground", "--name", str(self.socket), "--provider", str(SOFTHSM), "pkcs11:")
        self._server = subprocess.Popen(
            ["p11-kit", "server", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(200):
            if self._answers():
                return
            time.sleep(0.05)
        raise AssertionError

    def _answers(self) -> bool:
        """Tell whether the server takes calls: its socket is there a moment before it listens."""
        with socket.socket(socket.AF_UNIX) as call:
            try:
                call.connect(str(self.socket))
            except (FileNotFoundError, ConnectionRefusedError):
                return False
        return True

    def stop(self) -> None:
        """Pull the token out: its server, and what serves us in its name, end at once."""
        if self._server is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None
        self.socket.unlink(missing_ok=True)


@contextmanager
def soft_token(label: str = "docgen") -> Iterator[SoftToken]:
    """Give an empty token, served until the end; p11-kit's client is told where."""
    with tempfile.TemporaryDirectory(prefix="token-") as name:  # a socket's path must be short
        token = SoftToken(Path(name) / "t", label)
        token.make()
        token.start()
        before = os.environ.get(ADDRESS)
        os.environ[ADDRESS] = f"unix:path={token.socket}"
        try:
            yield token
        finally:
            if before is None:
                del os.environ[ADDRESS]
            else:
                os.environ[ADDRESS] = before
            token.stop()
