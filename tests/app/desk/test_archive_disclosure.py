"""The disclosure set of an archived packet, made by a button on its record."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.canonical import canonical_json
from docgen.services.file import file_packet
from integrations.archive.fake import FakeArchive
from tests.unit.services.test_file_service import executed
from tests.unit.services.walk import Loopback, at_own_desk

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk


def fully_executed(desk: Desk) -> Packet:
    """Let the sample packet be signed by all, in an archive of its own; it is not filed yet."""
    desk.office = replace(at_own_desk(desk.office, Loopback(lost=True)), archive=FakeArchive())
    desk.office.work.put(canonical_json(desk.office.pso_settings.to_json()))
    return executed(desk.office, desk.packet())


def test_an_auditor_gets_the_set_from_the_record(desk: Desk) -> None:
    """The button stands where a bundle is; each set is made anew and told of."""
    packet = fully_executed(desk)
    client, record = desk.as_("auditor"), f"/desk/archive/packets/{packet.id}"
    assert "Disclosure set" not in client.get(record).content.decode()
    assert client.post(f"{record}/disclosure").status_code == 404
    file_packet(desk.office, {"packet_id": packet.id})
    assert f'action="{record}/disclosure"' in client.get(record).content.decode()
    assert client.get(f"{record}/disclosure").status_code == 405
    answer = client.post(f"{record}/disclosure")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as made:
        names = set(made.namelist())
    assert {f"{item.slug}-executed.pdf" for item in packet.executed} | {"START-HERE.html"} <= names
    assert desk.history(packet.id)[-1] == "archive.disclosed"


def test_a_set_is_for_those_who_read_the_archive(desk: Desk) -> None:
    """A countersigner gets none, and nothing is noted."""
    packet = fully_executed(desk)
    file_packet(desk.office, {"packet_id": packet.id})
    before = desk.history(packet.id)
    answer = desk.as_("pso_countersigner").post(f"/desk/archive/packets/{packet.id}/disclosure")
    assert answer.status_code == 403
    assert desk.history(packet.id) == before
