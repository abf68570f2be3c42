"""Attacks on the sender of callbacks: addresses inside our network, rebinding, slowness, TLS."""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING

import pytest

from docgen.errors import InputError, ServiceRejected, ServiceUnavailable
from integrations.webhook.address import is_public
from integrations.webhook.http import HttpSender
from tests.integrations.webhook.receiving import receiver, tls_for

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = "93.184.215.14"
INSIDE = [
    "127.0.0.1",
    "127.8.9.1",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  # refused, not listened on
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "2002:7f00:1::",
    "2002:a00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_inner_address_is_public(address: str) -> None:
    """Attack: whatever a name could lead to inside, wrapped or plain."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_public_addresses_are(address: str) -> None:
    """The control."""
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_reached(address: str) -> None:
    """Attack: a public name whose record points inside, alone or beside a public one."""
    for found in ([address], [PUBLIC, address], [address, PUBLIC]):
        sender = HttpSender(resolve=lambda *_, found=found: found)
        with pytest.raises(ServiceRejected, match="not public"):
            sender.send("https://hook.example.org/", {}, b"{}")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
        "[fe80::1%25lo]",
        "localhost",
    ],
)
def test_spellings_of_this_machine_are_not_reached(host: str) -> None:
    """Attack: each spelling that some system takes for this machine; a listener sees nobody."""
    with receiver() as (port, seen):
        url = f"https://{host}:{port}/"
        with pytest.raises(InputError):
            HttpSender().check(url)
        with pytest.raises((ServiceRejected, ServiceUnavailable)):
            HttpSender().send(url, {}, b"{}")
    assert seen == []


def test_the_system_does_not_resolve_our_listener_away() -> None:
    """The control: the same listener is reached when a demonstration opens loopback."""
    for host in ("127.0.0.1", "localhost"):
        with receiver() as (port, seen):
            assert HttpSender(loopback=True).send(f"http://{host}:{port}/", {}, b"{}").status == 200
        assert len(seen) == 1


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[fc00::1]", PUBLIC])
def test_a_demonstration_opens_loopback_only(host: str) -> None:
    """Attack: http to anywhere else, and private networks by https."""
    sender = HttpSender(loopback=True)
    with pytest.raises(ServiceRejected):
        sender.send(f"http://{host}/", {}, b"{}")
    if host != PUBLIC:
        with pytest.raises(ServiceRejected):
            sender.send(f"https://{host}/", {}, b"{}")


def test_a_name_is_resolved_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Attack: a name that leads outside when checked and inside when connected to.

    The connection goes to the address that was checked, under the name whose certificate fits.
    """
    asked, reached = [], []
    server, client = tls_for("hook.example.org", tmp_path)

    def resolve(host: str, _: int) -> list[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    with receiver(tls=server) as (port, seen):
        import socket

        plain = socket.create_connection

        def connect(address: tuple[str, int], timeout: float | None = None) -> socket.socket:
            reached.append(address[0])
            return plain(("127.0.0.1", address[1]), timeout)

        monkeypatch.setattr(socket, "create_connection", connect)
        sender = HttpSender(resolve=resolve, tls=client)
        assert sender.send(f"https://hook.example.org:{port}/x?y=1", {}, b"{}").status == 200
    assert (asked, reached) == (["hook.example.org"], [PUBLIC])
    assert seen[0][0]["host"] == f"hook.example.org:{port}"


@pytest.mark.parametrize("name", ["other.example.org", "untrusted"])
def test_a_certificate_must_fit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """Attack: another name's certificate, and one of an authority nobody knows."""
    import socket

    server, client = tls_for(name if name != "untrusted" else "hook.example.org", tmp_path)
    plain = socket.create_connection
    with receiver(tls=server) as (port, seen):
        monkeypatch.setattr(
            socket, "create_connection", lambda at, timeout: plain(("127.0.0.1", at[1]), timeout)
        )
        trusted = None if name == "untrusted" else client
        sender = HttpSender(resolve=lambda *_: [PUBLIC], tls=trusted)
        with pytest.raises(ServiceUnavailable, match="certificate"):
            sender.send(f"https://hook.example.org:{port}/", {}, b"{}")
    assert seen == []


def test_a_slow_answer_is_cut() -> None:
    """Attack: a byte now and then would hold the sweep for ever."""
    with receiver(drip_s=0.1) as (port, seen):
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable, match="within"):
            HttpSender(loopback=True, timeout_s=0.5).send(f"http://127.0.0.1:{port}/", {}, b"{}")
        assert time.monotonic() - began < 3
    assert len(seen) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://user:word@example.org/",
        "https://example.org/#part",
        "https:///path",
        "https://exa mple.org/",
        "https://example.org\\@127.0.0.1/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://example.org/\r\nX: y",
        "https://exämple.org/",
        "https://example.org/" + "x" * 500,
    ],
)
def test_crooked_addresses_are_refused(url: str) -> None:
    """Attack: what parsers read in different ways; a plain one is the control."""
    with pytest.raises(InputError):
        HttpSender().check(url)
    HttpSender().check("https://example.org:8443/path?key=1")


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callbacks go where they are addressed, whatever the environment says."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with receiver() as (port, seen):
        HttpSender(loopback=True).send(f"http://127.0.0.1:{port}/", {}, b"{}")
    assert len(seen) == 1
