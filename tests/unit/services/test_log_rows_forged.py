"""Rows of the log written by hand: no column of bytes, numbers or notes is believed unread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from docgen.domain.checkpoint import Checkpoint
from docgen.errors import EvidenceError, SignatureInvalid
from docgen.services.checkpoint import sign_checkpoint, where_rewritten
from docgen.services.export_log import export_log
from integrations.log.fake import FakeCheckpointSigner
from tests.unit.services.test_checkpoint_service import fill

if TYPE_CHECKING:
    from docgen.services.office import Office

SIZE = 600
WIDTHS = (b"", b"\x01" * 31, b"\x01" * 33, b"\x01" * 64, b"\x01" * 32)
NO_BYTES = ("text", 5, 10**12)  # the last would be as many zeros, were it taken for a length
only_sqlite = pytest.mark.sqlite_only("another database refuses what is not of a column's type")


@pytest.fixture
def signed(office: Office) -> Office:
    """Give a history with kept nodes and two checkpoints, the last over all of it."""
    fill(office, SIZE // 2)
    sign_checkpoint(office)
    fill(office, SIZE // 2)
    sign_checkpoint(office)
    return office


def put(table: str, column: str, value: str | bytes | int, where: str) -> None:
    """Write into a row as somebody with the database file would."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {where}", [value])  # noqa: S608  # all three are ours
        assert cursor.rowcount == 1


def exported(office: Office) -> dict[str, bytes]:
    """Export; what was given before an error counts as given too."""
    return dict(export_log(office))


def test_left_alone_it_is_exported_and_holds(signed: Office) -> None:
    """The control."""
    assert where_rewritten(signed) == ""
    assert len(exported(signed)["tile/1/000.p/2"]) == 2 * 32


@pytest.mark.parametrize(
    "value", [*WIDTHS, *(pytest.param(one, marks=only_sqlite) for one in NO_BYTES)]
)
def test_a_node_of_any_other_bytes_or_width_is_in_no_tile(
    signed: Office, value: str | bytes | int
) -> None:
    """It is named by what stands below it; no tile and no checkpoint is handed out."""
    put("log_node", "hash", value, "level = 1 AND number = 1")
    assert "between 256 and 511" in where_rewritten(signed)
    given: list[str] = []
    with pytest.raises(SignatureInvalid, match="between 256 and 511"):
        given.extend(path for path, _ in export_log(signed))
    assert given == []
    fill(signed, 1)
    with pytest.raises(SignatureInvalid, match="between 256 and 511"):
        sign_checkpoint(signed)


def test_a_byte_moved_between_two_nodes_is_found(signed: Office) -> None:
    """Their parent hashes the same bytes, one being longer and one shorter: the root says nothing."""
    left, right = signed.ledger.history.nodes(1, 0, 2)
    put("log_node", "hash", left + right[:1], "level = 1 AND number = 0")
    put("log_node", "hash", right[1:], "level = 1 AND number = 1")
    assert "between 0 and 255" in where_rewritten(signed)
    with pytest.raises(SignatureInvalid, match="between 0 and 255"):
        exported(signed)


@pytest.mark.parametrize(
    "value", [*WIDTHS, *(pytest.param(one, marks=only_sqlite) for one in NO_BYTES)]
)
def test_a_leaf_hash_of_any_other_bytes_or_width_is_named(
    signed: Office, value: str | bytes | int
) -> None:
    """By its number."""
    put("activity", "leaf_hash", value, "seq = 7")
    assert "number 7." in where_rewritten(signed)
    with pytest.raises(SignatureInvalid):
        exported(signed)


@pytest.mark.parametrize(
    "body", ["{}", "[]", "1", '"x"', '{"at": 1}', pytest.param("[" * 990 + "]" * 990, id="deep")]
)
def test_an_activity_that_cannot_be_read_is_named_and_not_exported(
    signed: Office, body: str
) -> None:
    """By its number too, at the export as at the check."""
    put("activity", "body", body, "seq = 7")
    assert "number 7." in where_rewritten(signed)
    with pytest.raises(SignatureInvalid, match=r"number 7\."):
        exported(signed)


@only_sqlite
@pytest.mark.parametrize(
    ("table", "column", "where"),
    [
        ("activity", "seq", "seq = 599"),
        ("log_node", "number", "number = 1"),
        ("checkpoint", "size", "size = 600"),
    ],
)
def test_a_row_without_a_number_ends_in_a_sentence(
    signed: Office, table: str, column: str, where: str
) -> None:
    """A text sorts after every number, so it would be taken for the last."""
    put(table, column, "x", where)
    with pytest.raises(EvidenceError, match="has no number"):
        exported(signed)
    if table == "activity":
        assert "number 599." in where_rewritten(signed)
        with pytest.raises(EvidenceError, match="has no number"):
            fill(signed, 1)


# -- checkpoints ----------------------------------------------------------------------------------


def _another(office: Office) -> str:
    """Sign the right text by a key that is not the log's, though it says so."""
    root = bytes.fromhex(office.ledger.history.checkpoints()[0].root)
    point = Checkpoint(origin=office.rules.log_origin, size=SIZE // 2, root=root)
    return FakeCheckpointSigner(office.rules.log_origin, "stranger").sign(point)


@pytest.mark.parametrize("size", [SIZE // 2, SIZE])
@pytest.mark.parametrize(
    ("column", "value"),
    [("root", ""), ("root", "00" * 32), ("size", 299), ("size", 2**50), ("size", 0),
     ("note", ""), ("note", "x"), ("note", "a\n300\nb\n\n"), ("note", None),
     ("time_stamp", b""), ("time_stamp", b"x"),
     pytest.param("time_stamp", "text", marks=only_sqlite)],
)  # fmt: skip
def test_a_checkpoint_that_is_not_the_signed_one_is_named(
    signed: Office, column: str, value: str | bytes | int | None, size: int
) -> None:
    """Root, size, note and time stamp; the activities are not blamed for it."""
    put("checkpoint", column, _another(signed) if value is None else value, f"size = {size}")
    told = where_rewritten(signed)
    assert told.startswith("The checkpoint over the first")
    assert "checkpoints/" in told


@pytest.mark.parametrize(("column", "value"), [("note", ""), ("time_stamp", b"x")])
def test_the_last_checkpoint_is_handed_out_as_it_was_signed_or_not(
    signed: Office, column: str, value: str | bytes | int
) -> None:
    """An unchanged history is not signed anew, so what is stored must be what was signed."""
    put("checkpoint", column, value, f"size = {SIZE}")
    with pytest.raises(SignatureInvalid):
        sign_checkpoint(signed)
    with pytest.raises(SignatureInvalid):
        exported(signed)
