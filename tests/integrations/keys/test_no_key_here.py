"""With keys outside, the private key is nowhere in our process and nowhere in the home folder.

The search knows the key: it is put into the token, or made by the stand-in of KMS in this process,
and looked for in the memory of another one that signs with it. The control finds a file's key.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.sign.authority import LocalAuthority
from tests.integrations.keys.kms.standin import ACCESS, SECRET, kms_standin
from tests.integrations.keys.softhsm import ADDRESS, PIN, soft_token
from tests.verifier.making import START

if TYPE_CHECKING:
    from collections.abc import Iterator

CHILD = Path(__file__).with_name("holding.py")
ROOT = Path(__file__).parents[3]
_CHUNK = 1 << 24


def needles(key: ec.EllipticCurvePrivateKey) -> dict[str, bytes]:
    """Give the forms in which a private key may lie about."""
    scalar = key.private_numbers().private_value
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # Of base64 the part that holds the number, from where groups of three bytes begin.
    at = der.index(scalar.to_bytes(32, "big"))
    return {
        "as in DER": scalar.to_bytes(32, "big"),
        "as OpenSSL computes with it": scalar.to_bytes(32, "little"),
        "hexadecimal": f"{scalar:064x}".encode(),
        "PEM": base64.b64encode(der[(at + 2) // 3 * 3 : at + 30])[:24],
    }


def in_memory(process: int, wanted: dict[str, bytes]) -> set[str]:
    """Search everything that a process may write to."""
    found = set()
    maps = Path(f"/proc/{process}/maps").read_text("ascii").splitlines()
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            place, mode = line.split()[:2]
            if not mode.startswith("rw"):
                continue
            start, end = (int(number, 16) for number in place.split("-"))
            memory.seek(start)
            data = b""
            while start + len(data) < end:
                part = memory.read(min(_CHUNK, end - start - len(data)))
                if not part:
                    break
                data += part
            found |= {name for name, needle in wanted.items() if needle in data}
    return found


def on_disk(home: Path, wanted: dict[str, bytes]) -> set[str]:
    """Search every file below a folder; lines of PEM are put together."""
    files = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert files
    joined = [data for found in files for data in (found, found.replace(b"\n", b""))]
    return {name for name, needle in wanted.items() if any(needle in data for data in joined)}


@contextmanager
def signing(home: Path, reference: str, **environment: str) -> Iterator[int]:
    """Let another process sign with these keys, and keep it until the search is over."""
    child = subprocess.Popen(
        [sys.executable, str(CHILD), str(home), reference],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"signed\n"
        yield child.pid
    finally:
        child.communicate(b"\n")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give an empty home folder."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.mark.slow
def test_the_control_finds_a_key_that_lies_in_a_file(home: Path) -> None:
    """In memory and on disk; so the search is able to find one."""
    LocalAuthority.open_or_create(home / "authority", at=START)
    pem = (home / "authority" / "acts-001.key").read_bytes()
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    wanted = needles(key)
    with signing(home, "file") as process:
        assert in_memory(process, wanted)
    assert on_disk(home, wanted) == {"PEM"}


@pytest.mark.slow
def test_a_key_in_a_token_is_nowhere_here(home: Path, tmp_path: Path) -> None:
    """Root, issuing and seal key are put into a token that another process serves."""
    keys = {
        name: ec.generate_private_key(ec.SECP256R1())
        for name in ("root", "acts-001", "seal-001", "stamps-001")
    }
    with soft_token() as token:
        for number, (name, key) in enumerate(keys.items()):
            path = tmp_path / f"{name}.pem"
            path.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            label = ("--label", f"docgen-{name}", "--id", f"A{number}")
            token.manage("--import", str(path), "--token", token.label, *label)
            path.unlink()
        address = f"unix:path={token.socket}"
        environment = {ADDRESS: address, "DOCGEN_SIGNING_PIN": PIN}
        with signing(home, token.reference, **environment) as process:
            for key in keys.values():
                assert in_memory(process, needles(key)) == set()
    for name, key in keys.items():
        assert on_disk(home, needles(key)) == set()
        certificate = (home / "authority" / f"{name}.pem").read_bytes()
        assert x509.load_pem_x509_certificate(certificate).public_key() == key.public_key()
    assert on_disk(home, {"the PIN": PIN.encode()}) == set()


@pytest.mark.slow
def test_a_key_in_kms_is_nowhere_here(home: Path) -> None:
    """Made in the stand-in, which is in this process; the other one signs with it."""
    environment = {"AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET}
    with kms_standin() as kms, signing(home, kms.reference, **environment) as process:
        assert len(kms.keys) == 4
        for key in kms.keys.values():
            assert in_memory(process, needles(key)) == set()
            assert on_disk(home, needles(key)) == set()
