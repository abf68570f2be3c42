"""A real S3 server with Object Lock, started for tests alone and stopped afterwards (SeaweedFS)."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from docgen.ports.archive import ArchivePlace

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCESS_KEY, SECRET_KEY = "invented-key", "invented-secret"  # of a server for tests
LOOPBACK = "127.0.0.1"
SECONDS, TRIES = 60, 3
PARTS = ("master", "volume", "filer", "s3")


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Server:
    """A running server: where it answers, where its bytes lie, and a client that may do anything."""

    endpoint: str
    folder: Path
    client: Any
    sockets: tuple[Path, ...]  # which it leaves behind when it is killed

    def place(self, bucket: str, prefix: str = "site", **instead: str) -> ArchivePlace:
        """Name a bucket of this server as settings would."""
        keys = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY} | instead
        url = f"s3://{bucket}/{prefix}?endpoint={self.endpoint}"
        return ArchivePlace(kind="s3", url=url, **keys)

    def flip(self, bucket: str, found: bytes, at: int) -> int:
        """Flip one bit of a bucket's bytes on the server's own disk; give how often they lie there."""
        flipped = 0
        for file in sorted(self.folder.glob(f"{bucket}_*.dat")):
            place = file.read_bytes().find(found)
            if place >= 0:
                with file.open("r+b") as disk:
                    disk.seek(place + at)
                    disk.write(bytes([found[at] ^ 1]))
                flipped += 1
        return flipped


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Start a server in a new folder on free loopback ports."""
    with tempfile.TemporaryDirectory(prefix="docgen-s3-", ignore_cleanup_errors=True) as name:
        told = ""
        for number in range(TRIES):  # another process may take a port between choosing and using it
            folder = Path(name) / str(number)
            folder.mkdir()
            process, server = _started(folder)
            try:
                if _answers(process, server):
                    yield server
                    return
            finally:
                # Asked politely it takes half a minute, and nobody needs this data.
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                told = (folder / "log").read_text("utf-8")[-2000:]
                for left in server.sockets:
                    left.unlink(missing_ok=True)
        raise RuntimeError(told)


def _started(folder: Path) -> tuple[subprocess.Popen[bytes], S3Server]:
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    keys = folder / "s3.json"
    keys.write_text(json.dumps({"identities": [identity]}), "utf-8")
    ports = _free_ports(2 * len(PARTS))
    options = [f"-{part}.port={port}" for part, port in zip(PARTS, ports, strict=False)]
    options += [f"-{part}.port.grpc={port}" for part, port in zip(PARTS, ports[4:], strict=True)]
    command = [
        str(Path(sys.executable).with_name("weed")),
        "server",
        f"-dir={folder}",
        f"-ip={LOOPBACK}",
        f"-ip.bind={LOOPBACK}",
        "-filer",
        "-s3",
        *options,
        f"-s3.config={keys}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.autoCreateBucket=false",
        f"-s3.localSocket={folder}/s3.sock",
        f"-filer.localSocket={folder}/filer.sock",
        "-master.telemetry=false",
        "-volume.max=2000",
        "-master.volumeSizeLimitMB=64",
    ]
    # One file for each bucket, where it would make seven.
    environment = {**os.environ, "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    endpoint = f"http://{LOOPBACK}:{ports[PARTS.index('s3')]}"
    sockets = [
        Path(f"/tmp/seaweedfs-{part}-grpc-{port}.sock")  # noqa: S108  # where this server puts them
        for part, port in zip(PARTS, ports[4:], strict=True)
    ]
    server = S3Server(
        endpoint=endpoint, folder=folder, client=_client(endpoint), sockets=tuple(sockets)
    )
    return process, server


def _client(endpoint: str) -> Any:
    config = Config(
        connect_timeout=2,
        read_timeout=20,
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=config,
    )


def _answers(process: subprocess.Popen[bytes], server: S3Server) -> bool:
    """Wait until a bucket can be made; a process that ended never answers."""
    ends = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < ends:
        try:
            server.client.create_bucket(Bucket="first-of-all")
        except (BotoCoreError, ClientError):
            time.sleep(0.2)
        else:
            return True
    return False


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for item in sockets:
            item.bind((LOOPBACK, 0))
        return [int(item.getsockname()[1]) for item in sockets]
