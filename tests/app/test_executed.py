"""The page of the executed copies: a code by mail for whom the form names, nothing for others."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import ExecutedDocument, PacketState
from docgen.services.sweep import run_due

if TYPE_CHECKING:
    from django.test import Client

    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk

PRIMARY = "maria.delgado@lakeside.example.org"
STRANGER = "stranger@example.org"


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed and archived."""
    packet = desk.packet(PacketState.ARCHIVED)
    executed = tuple(
        ExecutedDocument(
            slug=item.slug,
            sent_sha256=item.pdf_sha256,
            signed_sha256=desk.office.archive.put(b"%PDF " + item.slug.encode()).sha256,
        )
        for item in packet.rendered
    )
    done = replace(packet, executed=executed, executed_at=desk.clock.now())
    with desk.office.ledger.transaction():
        desk.office.ledger.packets.save(done)
    return done


def code(desk: Desk) -> str:
    """Read the newest code from the letter."""
    assert run_due(desk.office) == ()
    return str(re.findall(r"\b\d{6}\b", desk.mailer.sent[-1].text)[0])


def come_in(desk: Desk, packet: Packet) -> Client:
    """Ask for a code and enter it."""
    client = desk.client()
    at = f"/executed/{packet.id}"
    assert client.get(at).status_code == 200
    client.post(at, {"address": PRIMARY})
    answer = client.post(at, {"address": PRIMARY, "code": code(desk)})
    assert (answer.status_code, answer["Location"]) == (302, f"{at}/set")
    return client


def test_a_contact_collects_the_set(desk: Desk, packet: Packet) -> None:
    """From the address in the letter to the files, and each fetch stands in the history."""
    client = come_in(desk, packet)
    page = client.get(f"/executed/{packet.id}/set").content.decode()
    for item in packet.executed:
        address = f"/executed/{packet.id}/files/{item.signed_sha256}"
        assert address in page
        assert client.get(address).content == desk.office.archive.open(item.signed_sha256)
        assert "attachment" in client.get(f"{address}?save")["Content-Disposition"]
        seen = client.get(f"{address}/pages").content.decode()
        assert f'data-pdf="{address}?shown={item.signed_sha256}"' in seen
        assert f'data-sha256="{item.signed_sha256}"' in seen
    assert desk.history(packet.id).count("copy.collected") == 2 * len(packet.executed)


def test_a_stranger_learns_nothing(desk: Desk, packet: Packet) -> None:
    """The same page for a key contact, a stranger and a packet that is not there; no letter."""
    pages = []
    for address, at in (
        (PRIMARY, packet.id),
        (STRANGER, packet.id),
        (PRIMARY, "pkt_unknown"),
    ):
        client = desk.client()
        shown = client.post(f"/executed/{at}", {"address": address}).content.decode()
        for word in (address, at):
            shown = shown.replace(word, "…")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", shown))
    assert len(set(pages)) == 1
    run_due(desk.office)
    assert [item.to_address for item in desk.mailer.sent] == [PRIMARY]
    for page in ("", "/set", "/files/" + packet.executed[0].signed_sha256):
        assert (
            packet.plan.practice
            not in desk.client().get(f"/executed/{packet.id}{page}").content.decode()
        )


def test_without_a_code_there_are_no_files(desk: Desk, packet: Packet) -> None:
    """A browser that never identified itself is led to the entrance, or told there is nothing."""
    client, at = desk.client(), f"/executed/{packet.id}"
    assert client.get(f"{at}/set")["Location"] == at
    file = f"{at}/files/{packet.executed[0].signed_sha256}"
    assert client.get(file).status_code == 404
    assert client.get(f"{file}/pages")["Location"] == at
    entitled = come_in(desk, packet)
    assert entitled.get(file).status_code == 200  # the control
    assert entitled.get(f"{file}/pages").status_code == 200
    for other in (packet.rendered[0].pdf_sha256, "0" * 64, packet.bundle_sha256 or "none"):
        assert entitled.get(f"{at}/files/{other}/pages").status_code == 404


@pytest.mark.parametrize("given", ["000000", "", "x" * 5_000, "١٢٣٤٥٦"])
def test_a_wrong_code_is_refused_with_the_form_kept(desk: Desk, packet: Packet, given: str) -> None:
    """The page says what to do and asks again; nobody is let in."""
    client, at = desk.client(), f"/executed/{packet.id}"
    client.post(at, {"address": PRIMARY})
    answer = client.post(at, {"address": PRIMARY, "code": given})
    assert answer.status_code == 409
    assert "Ask for a new code" in answer.content.decode()
    assert client.get(f"{at}/set").status_code == 302


def test_guessing_is_stopped_by_client(desk: Desk, packet: Packet) -> None:
    """After many wrong answers from one network, even a right code waits."""
    client, at = desk.client(), f"/executed/{packet.id}"
    client.defaults["REMOTE_ADDR"] = "198.51.100.7"  # loopback is nobody's client address
    for _ in range(30):
        client.post(at, {"address": STRANGER, "code": "000000"})
    assert client.post(at, {"address": STRANGER, "code": "000000"}).status_code == 429


def test_the_session_cookie_is_guarded(desk: Desk, packet: Packet) -> None:
    """No script reads it, no other site sends it, and over TLS it is bound to this host."""
    client, at = desk.client(), f"/executed/{packet.id}"
    client.post(at, {"address": PRIMARY}, secure=True)
    client.post(at, {"address": PRIMARY, "code": code(desk)}, secure=True)
    cookie = client.cookies[f"__Host-copies-{packet.id}"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
