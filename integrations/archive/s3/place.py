"""Where a bucket is, as one address: `s3://bucket/prefix?region=..&endpoint=..`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

from docgen.errors import ConfigurationError

REGION = "us-east-1"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}/){0,4}")
_REGION = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket, what its keys begin with, and where it is served; "" for the vendor's own place."""

    name: str
    prefix: str
    region: str
    endpoint: str


def parse_bucket(url: str) -> Bucket:
    """Read the address.

    Raises:
        ConfigurationError: it is not written so, or its endpoint would be spoken to in the clear.
    """
    try:
        parts = urlsplit(url)
        given = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        endpoint = given.pop("endpoint", "")
        served = urlsplit(endpoint)
        sound = not endpoint or (served.port != 0 and bool(served.hostname))
    except ValueError:
        raise ConfigurationError(_HOW) from None
    prefix = parts.path.strip("/")
    region = given.pop("region", REGION)
    bucket = Bucket(
        name=parts.netloc,
        prefix=f"{prefix}/" if prefix else "",
        region=region,
        endpoint=endpoint.rstrip("/"),
    )
    if given or parts.fragment or not sound or not _written(parts, bucket):
        raise ConfigurationError(_HOW)
    if endpoint and not (served.scheme == "https" or _on_this_machine(served)):
        raise ConfigurationError(
            "The endpoint of the archive's address must begin with https://; plain http is for a "
            "server on this machine alone."
        )
    if endpoint and (served.username or served.query or served.path.strip("/")):
        raise ConfigurationError(_HOW)
    return bucket


_HOW = (
    "[archive] url (or DOCGEN_ARCHIVE) must be written as s3://bucket/prefix?region=REGION"
    "&endpoint=https://HOST: bucket and prefix in plain letters, digits, dots and hyphens; region "
    "and endpoint may be left out."
)


def _written(parts: SplitResult, bucket: Bucket) -> bool:
    return bool(
        parts.scheme == "s3"
        and _BUCKET.fullmatch(bucket.name)
        and _PREFIX.fullmatch(bucket.prefix)
        and _REGION.fullmatch(bucket.region)
    )


def _on_this_machine(served: SplitResult) -> bool:
    if served.scheme != "http":
        return False
    if served.hostname == "localhost":
        return True
    try:
        return ip_address(served.hostname or "").is_loopback
    except ValueError:
        return False
