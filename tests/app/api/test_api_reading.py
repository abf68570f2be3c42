"""Reading by API: lists, records, files, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import ExecutedDocument, PacketState
from tests.app.api.caller import Caller, is_problem, told

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk


def test_enrollments_are_listed_and_read(desk: Desk, auditor: Caller) -> None:
    """The list leads to the record, the record to its versions."""
    page = told(auditor.get("/enrollments"))
    assert [item["enrollment_id"] for item in page["items"]] == [desk.enrollment.enrollment_id]
    assert (page["total"], page["next"]) == (1, None)
    at = f"/enrollments/{desk.enrollment.enrollment_id}"
    whole = told(auditor.get(at))
    assert whole["record"]["practice"]["display_name"]
    assert whole["tasks"][0]["task"] == "task.guide_reviewed"
    versions = told(auditor.get(f"{at}/versions"))["items"]
    assert [item["version"] for item in versions] == [1]
    assert told(auditor.get(f"{at}/versions/1"))["sha256"] == desk.enrollment.sha256


def test_an_enrollment_list_is_narrowed(auditor: Caller) -> None:
    """Filters are those of the desk's list."""
    assert told(auditor.get("/enrollments", draft="true"))["total"] == 0
    assert (
        told(auditor.get("/enrollments", status=["draft", "submitted", "accepted"]))["total"] == 1
    )
    assert told(auditor.get("/enrollments", q="no such practice"))["total"] == 0


def test_a_packet_is_read_whole(desk: Desk, auditor: Caller) -> None:
    """Documents, recipients and timeline come with the packet."""
    packet = desk.packet()
    assert told(auditor.get("/packets", state="draft"))["items"][0]["packet_id"] == packet.id
    whole = told(auditor.get(f"/packets/{packet.id}"))
    assert whole["plan_checksum"] == packet.plan.checksum
    assert whole["missing_approvals"][0] == "coordinator"
    assert [item["slug"] for item in whole["documents"]] == [
        item.slug for item in packet.plan.documents
    ]
    assert [item["key"] for item in whole["recipients"]] == [
        item.key for item in packet.plan.recipients
    ]
    assert "email" not in str(whole["recipients"])


@pytest.mark.parametrize(
    ("form", "begins"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("html", b"<!doctype html>")]
)
def test_documents_come_as_files(desk: Desk, auditor: Caller, form: str, begins: bytes) -> None:
    """Each form of a document is the stored one."""
    packet = desk.packet()
    answer = auditor.get(f"/packets/{packet.id}/documents/{packet.rendered[0].slug}/{form}")
    assert answer.status_code == 200
    assert answer.content[: len(begins)].lower() == begins.lower()
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_what_was_executed_comes_as_files(desk: Desk, auditor: Caller) -> None:
    """The signed document and the evidence bundle, as they lie in the archive."""
    archive, packet = desk.office.archive, desk.packet(PacketState.ARCHIVED)
    signed, bundle = archive.put(b"%PDF-signed").sha256, archive.put(b"PK-bundle").sha256
    slug = packet.rendered[0].slug
    executed = ExecutedDocument(slug=slug, sent_sha256=signed, signed_sha256=signed)
    desk.office.ledger.packets.save(
        replace(packet, executed=(executed,), bundle_sha256=bundle, executed_at=desk.clock.now())
    )
    whole = told(auditor.get(f"/packets/{packet.id}"))
    assert whole["documents"][0]["forms"] == ["pdf", "docx", "html", "signed"]
    found = auditor.get(f"/packets/{packet.id}/documents/{slug}/signed")
    assert found.content == b"%PDF-signed"
    assert auditor.get(f"/packets/{packet.id}/bundle").content == b"PK-bundle"
    assert desk.history(packet.id)[-2:] == ["archive.fetched", "archive.fetched"]
    other = Caller.of(desk, "pso_countersigner")
    for place in (f"documents/{slug}/signed", "bundle"):
        assert other.get(f"/packets/{packet.id}/{place}").status_code == 403
    assert desk.history(packet.id).count("archive.fetched") == 2
    listed = told(auditor.get("/archive", packet_id=packet.id))["items"]
    assert [item["sha256"] for item in listed if item["slug"] == slug] == [signed]


def test_what_is_not_there_is_not_found(desk: Desk, auditor: Caller) -> None:
    """Ids, versions, documents, forms and addresses that lead nowhere."""
    packet = desk.packet(PacketState.SENT)
    for address in (
        "/enrollments/none",
        "/enrollments/none/versions",
        f"/enrollments/{desk.enrollment.enrollment_id}/versions/2",
        "/packets/none",
        "/packets/none/documents/psa/pdf",
        f"/packets/{packet.id}/documents/none/pdf",
        f"/packets/{packet.id}/documents/psa/exe",
        f"/packets/{packet.id}/documents/psa/signed",
        f"/packets/{packet.id}/bundle",
        "/nothing",
    ):
        assert is_problem(auditor.get(address), 404, "not-found"), address


def test_the_archive_the_templates_and_the_services_are_read(desk: Desk, auditor: Caller) -> None:
    """The remaining lists answer."""
    nothing = {"items": [], "total": 0, "total_exact": True, "next": None}
    assert told(auditor.get("/archive")) == nothing
    slugs = {item["slug"] for item in told(auditor.get("/templates"))["items"]}
    assert {"psa", "baa"} <= slugs
    assert all(item["clauses"] for item in told(auditor.get("/templates/coverage"))["items"])
    services = told(auditor.get("/services"))["items"]
    assert [item["key"] for item in services if item["is_usual"]] == [desk.office.rules.service]
    mine = told(auditor.get("/me"))
    assert (mine["person"], mine["roles"]) == ("auditor", ["auditor"])
