"""What others do with the same document: stock docxtpl, then LibreOffice, then pypdf.

(a) starts LibreOffice once for each document; (b) keeps one LibreOffice running behind unoserver.
Neither is a dependency of ours: where one is missing, the benchmark says how to install it.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docxtpl import DocxTemplate
from pypdf import PdfReader, PdfWriter

from tests.benchmarks.stage import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.domain.document import Document

DEBIAN_PYTHON = "/usr/bin/python3"
START_LIMIT_S = 90
CONVERT_LIMIT_S = 180
_INSTALL_LIBREOFFICE = (
    "apt-get install --no-install-recommends libreoffice-writer-nogui python3-uno"
)
_INSTALL_UNOSERVER = "pip install --target FOLDER unoserver   # then: --unoserver FOLDER"


class PeerFailed(Exception):
    """A peer gave no PDF, so its time would mean nothing."""


def missing(unoserver: Path | None) -> list[str]:
    """List what to run before the peers can be measured."""
    commands = []
    if shutil.which("soffice") is None or not _imports("uno", None):
        commands.append(_INSTALL_LIBREOFFICE)
    if not _imports("unoserver", unoserver):
        commands.append(_INSTALL_UNOSERVER)
    return commands


def _imports(module: str, folder: Path | None) -> bool:
    """Say whether Debian's own Python finds a module: only it can hold LibreOffice's."""
    if not Path(DEBIAN_PYTHON).exists():
        return False
    done = subprocess.run(
        [DEBIAN_PYTHON, "-c", f"import {module}"],
        env=_with_folder(folder),
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def _with_folder(folder: Path | None) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return environment | ({"PYTHONPATH": str(folder)} if folder else {})


def stock_docx(document: Document, shell: bytes) -> bytes:
    """Fill the very same Word shell the way docxtpl's own manual says."""
    template = DocxTemplate(io.BytesIO(shell))
    template.render({"document": document}, autoescape=True)
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


def merge(pdfs: Sequence[bytes]) -> bytes:
    """Merge PDFs into one with pypdf, a bookmark for each."""
    writer = PdfWriter()
    for number, pdf in enumerate(pdfs, start=1):
        writer.append(io.BytesIO(pdf), outline_item=f"Document {number}")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def pages_of(pdf: bytes) -> int:
    """Count a PDF's pages."""
    return len(PdfReader(io.BytesIO(pdf)).pages)


class OneShot:
    """(a): a fresh LibreOffice for each document, on a profile already set up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._profile = (folder / "profile").as_uri()

    def convert(self, docx: bytes) -> bytes:
        """Turn one document into a PDF.

        Raises:
            PeerFailed: LibreOffice wrote none.
        """
        source, target = self._folder / "in.docx", self._folder / "in.pdf"
        target.unlink(missing_ok=True)
        source.write_bytes(docx)
        command = ["soffice", f"-env:UserInstallation={self._profile}", "--headless"]
        command += ["--convert-to", "pdf", "--outdir", str(self._folder), str(source)]
        done = subprocess.run(command, capture_output=True, check=False, timeout=CONVERT_LIMIT_S)
        if not target.exists():
            raise PeerFailed(f"soffice ended with {done.returncode} and wrote no PDF.")
        return target.read_bytes()


class Running:
    """(b): one LibreOffice that stays, asked through unoserver's own client in this process."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def convert(self, docx: bytes) -> bytes:
        """Turn one document into a PDF."""
        return bytes(self._client.convert(indata=docx, convert_to="pdf"))


@contextlib.contextmanager
def running_unoserver(scratch: Path, folder: Path | None) -> Iterator[Running]:
    """Start unoserver on free ports, wait until it answers, and stop it at the end.

    Raises:
        PeerFailed: it did not answer in time.
    """
    port, uno_port = free_port(), free_port()
    command = [DEBIAN_PYTHON, "-m", "unoserver.server", "--interface", "127.0.0.1"]
    command += ["--port", str(port), "--uno-interface", "127.0.0.1", "--uno-port", str(uno_port)]
    command += ["--user-installation", str(scratch / "uno-profile")]
    with (scratch / "unoserver.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=_with_folder(folder), stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield Running(_client(port, folder, process))
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)  # LibreOffice outlives its server now and then


def _client(port: int, folder: Path | None, process: subprocess.Popen[bytes]) -> Any:
    if folder is not None and str(folder) not in sys.path:
        sys.path.append(str(folder))
    import importlib
    from xmlrpc.client import ServerProxy

    client = importlib.import_module("unoserver.client").UnoClient(port=str(port))
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit and process.poll() is None:
        with contextlib.suppress(OSError):
            ServerProxy(f"http://127.0.0.1:{port}", allow_none=True).info()
            return client
        time.sleep(0.5)
    raise PeerFailed("unoserver did not answer; its log lies in the scratch folder.")
