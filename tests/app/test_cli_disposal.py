"""Disposal by commands, on a folder and on a bucket: two people, refusals, and what is said after."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.app.command import FORM, ROOT, Terminal, refused
from tests.app.test_s3_site import KEYS, configure, told_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.s3 import S3Server

pytestmark = pytest.mark.sqlite_only("the site here is a home folder with its own database file")

WHY = ("--reason", "Retention is over.")


@dataclass(frozen=True)
class Site:
    """A site with archived packets by what verifying them ends with."""

    terminal: Terminal
    packets: Mapping[str, str]


def script(terminal: Terminal, name: str, *words: str) -> str:
    """Run one of the tests' own programs on the site."""
    ran = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "app" / name), str(terminal.home), *words],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout.decode()


def site_in(terminal: Terminal) -> Site:
    """Enroll two practices and archive their packets, one online and one on paper."""
    terminal.does("enroll", str(FORM))
    terminal.does("enroll", str(ROOT / "samples" / "sole-proprietor" / "enrollment.yaml"))
    return Site(terminal, json.loads(script(terminal, "archived_site.py")))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Set up a site with a folder as second copy."""
    folder = tmp_path_factory.mktemp("disposal-site")
    terminal = Terminal(folder=folder, home=folder / "home")
    terminal.does("init", "--demo")
    with (terminal.home / "settings.toml").open("a") as settings:
        settings.write('\n[archive]\ncopy = "second"\n')
    return site_in(terminal)


def places_of(terminal: Terminal, digest: str) -> list[Path]:
    """Give where an object lies in the archive and in its second copy."""
    return [
        terminal.home / one / digest[:2] / digest[2:4] / digest for one in ("archive", "second")
    ]


def renewed(terminal: Terminal, packet: str) -> list[Path]:
    """Have a packet's bundle time-stamped again, fetch and verify it; give where the stamp lies."""
    refused(terminal.run("archive", "renew", "--as", "auditor"), 2, "Name packets, or give --all")
    (told,) = terminal.does("archive", "renew", packet, "--as", "auditor", "--json").json
    assert told == {"packet": packet, "renewals": 1}
    terminal.does("archive", "get", packet, "--out", "renewed")
    terminal.does("verify", f"renewed/{packet}.bundle.zip")
    stamp = (terminal.folder / "renewed" / f"{packet}.renewal-1.tsr").read_bytes()
    return places_of(terminal, hashlib.sha256(stamp).hexdigest())


def test_of_several_packets_one_without_a_bundle_stops_no_other(tmp_path: Path) -> None:
    """Each sound bundle is written; each other packet is named, and the first one's code ends it."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init", "--demo")
    packet = site_in(terminal).packets["0"]
    for json_too in ((), ("--json",)):
        ran = terminal.run(
            "archive", "get", "pkt_x", packet, "pkt_y", "--out", "several", *json_too
        )
        refused(ran, 3, "Not written: pkt_x\nError [not-found]: ", "Not written: pkt_y\n")
        assert f"several/{packet}.bundle.zip" in ran.out
    assert [row["packet"] for row in ran.json] == [packet]
    terminal.does("verify", f"several/{packet}.bundle.zip")


def test_two_people_dispose_of_a_packet_by_commands(site: Site) -> None:
    """Found, proposed, confirmed, gone from both places; every command says when, none says damage."""
    terminal, packet = site.terminal, site.packets["0"]
    dispose = ("archive", "dispose", packet)
    bundle = terminal.does("archive", "get", packet, "--out", "kept", "--json").json["bundle"]
    for forged in (site.packets["1"], site.packets["2"]):  # these share its files
        script(terminal, "aged_site.py", forged)
    places = places_of(terminal, bundle)
    refused(terminal.run(*dispose, *WHY, "--as", "counsel"), 4, "on its way or in effect")
    script(terminal, "aged_site.py", packet)
    assert packet in terminal.does("archive", "find", "--may-go").out
    refused(terminal.run(*dispose, "--as", "counsel"), 2, "Give a reason")
    refused(terminal.run(*dispose, *WHY, "--as", "coordinator"), 4)
    refused(terminal.run(*dispose, "--confirm", "--as", "counsel"), 4, "Nobody proposed")
    refused(terminal.run(*dispose, "--confirm", *WHY, "--as", "counsel"), 2, "--confirm alone")
    proposed = terminal.does(*dispose, *WHY, "--as", "counsel")
    assert f"docgen archive dispose {packet} --confirm" in proposed.out
    withdrawn = terminal.does(*dispose, "--withdraw", "--reason", "Not yet.", "--as", "counsel")
    assert "the packet stays" in withdrawn.out
    terminal.does(*dispose, *WHY, "--as", "counsel")
    refused(terminal.run(*dispose, "--confirm", "--as", "counsel"), 4, "another person")
    assert all(place.exists() for place in places)
    terminal.does("users", "add", "auditor", "--name", "Avery Auditor", "--email", "a@example.org", "--role", "auditor")  # fmt: skip
    places += renewed(terminal, packet)
    assert all(place.exists() for place in places)
    told = terminal.does(*dispose, "--confirm", "--as", "auditor", "--json").json
    assert (told["proposed_by"], told["confirmed_by"]) == ("counsel", "auditor")
    assert not any(place.exists() for place in places)
    said = f"under retention; log entry {told['log_entry']}"
    for words, code in (
        (("archive", "get", packet), 3),
        (("archive", "verify", packet), 3),
        (("archive", "renew", packet, "--as", "auditor"), 3),
        (("archive", "regenerate", packet), 3),
        (("archive", "disclose", packet, "--as", "auditor"), 3),
        (("archive", "dispose", packet, *WHY, "--as", "counsel"), 3),
        (("archive", "dispose", packet, "--confirm", "--as", "auditor"), 3),
    ):
        refused(terminal.run(*words), code, "This packet was disposed of on", said)
    assert said in terminal.does("status", packet).out
    status = terminal.does("status", packet, "--json").json
    assert (status["disposal"]["log_entry"], status["alarms"]) == (told["log_entry"], [])
    row = next(item for item in terminal.does("archive", "find", "--json").json if item["packet"] == packet)  # fmt: skip
    assert (row["location"], row["log_entry"]) == (None, told["log_entry"])
    assert "disposed of " in terminal.does("archive", "find").out
    assert packet not in terminal.does("archive", "find", "--may-go").out
    terminal.run("archive", "scrub")  # the forged packets beside it were never archived whole
    assert "object.damaged" not in told_of(site, packet)  # type: ignore[arg-type]  # it has a terminal
    assert terminal.does("check", "--history").code == 0
    terminal.does("log", "export", "log")
    terminal.does("verify", f"kept/{packet}.bundle.zip")  # what somebody kept elsewhere still holds


def test_a_legal_hold_by_commands_keeps_a_packet(site: Site) -> None:
    """One person places it; while it lies there nothing goes; two people lift it."""
    terminal, packet = site.terminal, site.packets["1"]
    script(terminal, "aged_site.py", packet)
    terminal.run("users", "add", "auditor", "--name", "Avery Auditor", "--email", "a@example.org", "--role", "auditor")  # fmt: skip
    hold = ("archive", "hold", packet)
    refused(terminal.run(*hold, "--as", "counsel"), 2, "Give a reason")
    refused(terminal.run(*hold, "--lift", *WHY, "--as", "counsel"), 2, "--lift alone")
    refused(terminal.run(*hold, "--lift", "--as", "counsel"), 4, "No legal hold")
    assert "On legal hold." in terminal.does(*hold, "--reason", "A claim.", "--as", "counsel").out
    refused(terminal.run("archive", "dispose", packet, *WHY, "--as", "auditor"), 4, "legal hold")
    refused(terminal.run(*hold, "--lift", "--as", "auditor"), 4, "one must propose it first")
    lift = terminal.does(*hold, "--propose-lift", "--reason", "Settled.", "--as", "counsel")
    assert f"docgen archive hold {packet} --lift" in lift.out
    refused(terminal.run(*hold, "--lift", "--as", "counsel"), 4, "another person")
    told = terminal.does(*hold, "--lift", "--as", "auditor", "--json").json
    assert (told["packet"], told["on_hold"]) == (packet, False)


def test_what_was_signed_on_paper_goes_with_its_scan(site: Site) -> None:
    """The same by the other way of signing; what is left of the site stays sound."""
    terminal, packet = site.terminal, site.packets["4"]
    script(terminal, "aged_site.py", packet)
    terminal.does("archive", "dispose", packet, *WHY, "--as", "counsel")
    terminal.run("users", "add", "auditor", "--name", "Avery Auditor", "--email", "a@example.org", "--role", "auditor")  # fmt: skip
    terminal.does("archive", "dispose", packet, "--confirm", "--as", "auditor")
    refused(terminal.run("archive", "verify", packet), 3, "was disposed of")


def test_a_bucket_needs_keys_of_its_own_and_lets_nothing_locked_go(
    s3: S3Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Without them a sentence says what to do; with them the bucket's own lock still counts."""
    folder = tmp_path_factory.mktemp("disposal-s3")
    terminal = Terminal(folder=folder, home=folder / "home")
    s3.client.create_bucket(Bucket="to-dispose-of", ObjectLockEnabledForBucket=True)
    terminal.does("init", "--demo")
    configure(terminal.home, s3, "to-dispose-of")
    site = site_in(terminal)
    packet = site.packets["0"]
    script(terminal, "aged_site.py", packet)
    dispose = ("archive", "dispose", packet, *WHY, "--as", "counsel")
    refused(terminal.run(*dispose), 4, "disposal_credentials_file", "Nothing was recorded")
    (terminal.home / "disposal.keys").write_text(KEYS, "utf-8")
    more = 'disposal_credentials_file = "disposal.keys"\n'
    configure(terminal.home, s3, "to-dispose-of", more=more)
    refused(terminal.run(*dispose), 4, "own lock", "dispose of it after that day")
    assert "disposal.proposed" not in told_of(site, packet)  # type: ignore[arg-type]  # it has a terminal
    terminal.does("archive", "verify", packet)
