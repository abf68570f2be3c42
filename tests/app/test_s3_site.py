"""A whole site whose archive is a bucket: archived, fetched, verified, scrubbed, checked, by commands."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from docgen.settings import SETTINGS_FILE
from tests.app.command import FORM, ROOT, Terminal, refused
from tests.s3 import ACCESS_KEY, SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.s3 import S3Server

pytestmark = pytest.mark.sqlite_only("the site here is a home folder with its own database file")

KEYS = f"[default]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n"


@dataclass(frozen=True)
class Site:
    """A site with archived packets, its bucket, and the packets by what verifying them ends with."""

    terminal: Terminal
    s3: S3Server
    bucket: str
    packets: Mapping[str, str]


def configure(home: Path, s3: S3Server, bucket: str, keys: str = KEYS, more: str = "") -> None:
    """Name a bucket in a site's settings, and the file with its keys."""
    settings = home / SETTINGS_FILE
    kept = settings.read_text("utf-8").partition("\n[archive]")[0]
    url = s3.place(bucket).url
    part = f'\n[archive]\nkind = "s3"\nurl = "{url}"\ncredentials_file = "bucket.keys"\n{more}'
    settings.write_text(kept + part, "utf-8")
    (home / "bucket.keys").write_text(keys, "utf-8")


@pytest.fixture(scope="module")
def site(s3: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Set up a site on a bucket, with a folder as second copy, and archive packets."""
    folder = tmp_path_factory.mktemp("s3-site")
    terminal = Terminal(folder=folder, home=folder / "home")
    s3.client.create_bucket(Bucket="a-whole-site", ObjectLockEnabledForBucket=True)
    terminal.does("init", "--demo")
    configure(terminal.home, s3, "a-whole-site", more='copy = "second"\n')
    terminal.does("enroll", str(FORM))
    terminal.does("enroll", str(ROOT / "samples" / "sole-proprietor" / "enrollment.yaml"))
    known: dict[str, Any] = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "app" / "archived_site.py"), str(terminal.home)],
        capture_output=True,
        check=False,
        env=known,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return Site(terminal, s3, "a-whole-site", json.loads(ran.stdout))


def row(site: Site, packet: str) -> dict[str, str]:
    """Give what the archive says of a packet."""
    found = json.loads(site.terminal.does("archive", "find", "--json").out)
    return next(item for item in found if item["packet"] == packet)


def test_a_packet_goes_into_the_bucket_and_its_bundle_comes_out(site: Site) -> None:
    """Locked under its digest in the bucket, nothing of it in the home; fetched and verified by commands."""
    packet = site.packets["0"]
    told = row(site, packet)
    assert told["location"] == f"s3://{site.bucket}/site/{told['bundle']}"
    found = site.s3.client.head_object(Bucket=site.bucket, Key=f"site/{told['bundle']}")
    assert found["ObjectLockMode"] == "COMPLIANCE"
    assert not (site.terminal.home / "archive").exists()
    site.terminal.does("archive", "get", packet, "--out", "bundles")
    site.terminal.does("verify", f"bundles/{packet}.bundle.zip")
    site.terminal.does("archive", "verify", packet)


def test_a_whole_archive_is_found_whole(site: Site) -> None:
    """The control: nothing is found but what the test's own forged packets never archived."""
    told = json.loads(site.terminal.run("archive", "scrub", "--json").out)
    assert told["read"] > 20
    assert [item for item in told["findings"] if item["subject"] == site.packets["0"]] == []


def test_what_somebody_does_to_the_bucket_is_found_and_mended(site: Site) -> None:
    """A delete marker on the bundle, other bytes over the rest: exit code 5, then all as before."""
    packet = site.packets["0"]
    bundle = row(site, packet)["bundle"]
    keys = [f"site/{bundle}"]
    listed = site.s3.client.list_objects_v2(Bucket=site.bucket)["Contents"]
    keys += [item["Key"] for item in listed if item["Key"] not in keys][:5]
    site.s3.client.delete_object(Bucket=site.bucket, Key=keys[0])
    for key in keys[1:]:
        site.s3.client.put_object(Bucket=site.bucket, Key=key, Body=b"other words")
    site.terminal.does("archive", "verify", packet)  # the history knows the version underneath
    ran = site.terminal.run("archive", "scrub")
    refused(ran, 5, "The archive was damaged")
    assert f"{packet}  {bundle}  archive: hidden by a delete marker" in ran.out
    for key in keys:
        stored = site.s3.client.get_object(Bucket=site.bucket, Key=key)["Body"].read()
        assert stored != b"other words"
    kinds = told_of(site, packet)
    assert "object.damaged" in kinds
    assert "object.mended" in kinds
    assert site.terminal.does("check").out.strip() == "The installation is sound."


def told_of(site: Site, packet: str) -> list[str]:
    """Give the kinds of a packet's activities, from the site's own database."""
    with closing(sqlite3.connect(site.terminal.home / "docgen.sqlite3")) as database:
        rows = database.execute("SELECT body FROM activity WHERE subject = ?", [packet])
        return [json.loads(body)["kind"] for (body,) in rows]


@pytest.mark.parametrize("words", [("check",), ("check", "--json")])
def test_a_bucket_that_is_no_archive_is_refused(
    s3: S3Server, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """No Object Lock, no versions: each is named, with what to do."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init")
    plain = f"plain-{'json' if '--json' in words else 'text'}"
    s3.client.create_bucket(Bucket=plain)
    configure(terminal.home, s3, plain)
    ran = terminal.run(*words)
    refused(ran, 8, "2 faults")
    assert "keeps no versions" in ran.out
    assert "no Object Lock" in ran.out


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("", "credentials_file"),
        ("[default]\naws_access_key_id = canary\n", "credentials_file"),
        ("canary canary", "credentials_file"),
        (KEYS.replace(SECRET_KEY, "canary"), "1 fault"),
    ],
)
def test_wrong_keys_are_named_and_never_repeated(
    s3: S3Server, bucket: str, tmp_path: Path, keys: str, told: str
) -> None:
    """Missing, half, unreadable or refused: the command says so, without a word of the file."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init")
    configure(terminal.home, s3, bucket, keys)
    ran = terminal.run("check")
    refused(ran, 8, told)
    assert "canary" not in ran.out + ran.err


def test_the_environment_names_the_archive_and_its_keys(
    s3: S3Server, bucket: str, tmp_path: Path
) -> None:
    """DOCGEN_ARCHIVE and AWS's own variables are enough; without them there are no keys."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init")
    url = s3.place(bucket).url
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    ran = terminal.run_anew("check", DOCGEN_ARCHIVE=url, **keys)
    assert (ran.code, ran.out.strip()) == (0, "The installation is sound.")
    assert terminal.run_anew("archive", "scrub", DOCGEN_ARCHIVE=url, **keys).code == 0
    refused(terminal.run_anew("check", DOCGEN_ARCHIVE=url), 8, "credentials are missing")
