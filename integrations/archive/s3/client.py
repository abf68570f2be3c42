"""A client of one bucket's server: bounded in time and tries, and led nowhere else."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from integrations.archive.s3.failure import told_apart

if TYPE_CHECKING:
    from docgen.ports.archive import ArchivePlace
    from integrations.archive.s3.place import Bucket

CONNECT_S, READ_S = 5.0, 20.0
TRIES = 3
POOL = 10


def connect(
    place: ArchivePlace, bucket: Bucket, *, read_s: float = READ_S, tries: int = TRIES
) -> Any:
    """Make the client; nothing is sent yet.

    Credentials are those handed over and no others: no instance's metadata service is asked, and
    no endpoint of the environment is used.

    Raises:
        ConfigurationError: the library cannot be configured so.
    """
    config = Config(
        connect_timeout=CONNECT_S,
        read_timeout=read_s,
        retries={"total_max_attempts": tries, "mode": "standard"},
        max_pool_connections=POOL,
        s3={"addressing_style": "path" if bucket.endpoint else "auto"},
        signature_version="s3v4",
        ignore_configured_endpoint_urls=True,
    )
    with told_apart(), _MAKING:
        client = _library().client(
            "s3",
            region_name=bucket.region,
            endpoint_url=bucket.endpoint or None,
            aws_access_key_id=place.access_key,
            aws_secret_access_key=place.secret_key,
            aws_session_token=place.session_token or None,
            config=config,
        )
    client.meta.events.register_last("before-parameter-build.s3", _stay_here)
    return client


# Clients may be shared between threads; one session may make only one at a time.
_MAKING = Lock()


@cache
def _library() -> boto3.session.Session:
    """Open the library once: each session reads its descriptions of S3 from files anew."""
    return boto3.session.Session()


def _stay_here(context: dict[str, Any], **_: object) -> None:
    """Tell the library that a redirect was followed already, so that it follows none.

    It would send bytes and signature to whichever region the answer names.
    """
    context.setdefault("s3_redirect", {})["redirected"] = True
