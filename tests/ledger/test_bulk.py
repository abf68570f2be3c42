"""What the benchmarks load in bulk is what the product would have written, row for row."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.checkpoint import parse_note
from docgen.domain.history import Activity
from docgen.services.checkpoint import sign_checkpoint, where_rewritten
from docgen.services.export_log import export_log
from tests.emptied import empty_ledger

if TYPE_CHECKING:
    from docgen.services.office import Office

pytestmark = pytest.mark.sqlite_only("the evidence benchmark fills a site on SQLite")
SEED = 7
FEW = 8  # practices; their log fills a tile and begins another


def people() -> Any:
    """Invent the same practices each time."""
    from tests.benchmarks.bulk import People

    return People(SEED, 10)


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Give every row of every table, but for its number in the table."""
    from django.apps import apps

    found = {}
    for model in apps.get_app_config("ledger").get_models():
        names = [item.attname for item in model._meta.concrete_fields if item.name != "id"]
        read = model._default_manager.values_list(*names)
        found[model._meta.db_table] = sorted((tuple(map(_plain, row)) for row in read), key=repr)
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def empty(office: Office) -> None:
    """Forget everything, the journal outside the database too."""
    empty_ledger()
    office.journal._path.unlink()  # type: ignore[attr-defined]  # the file's own


def one_by_one(office: Office, practices: int) -> None:
    """Let the product write each version, packet and activity by itself."""
    from tests.benchmarks.bulk import in_turn

    window = list(islice(people().practices(), practices))
    for practice in window:
        for version in practice.versions:
            office.ledger.enrollments.add(version)
        for packet in practice.packets:
            office.ledger.packets.add(packet)
    for told in in_turn(window):
        office.ledger.history.append(
            Activity(
                seq=0,
                position=0,
                at=told.at,
                subject=told.subject,
                kind=told.kind,
                actor=told.actor,
                details=told.details,
                salt=told.salt,
            )
        )


def signature(note: str) -> str:
    """Give a note's text."""
    return parse_note(note).text


def test_loaded_in_bulk_or_written_one_by_one_it_is_the_same(office: Office) -> None:
    """Same rows, same tiles, same root, same checkpoint; nothing is left out of the comparison."""
    from tests.benchmarks.bulk import Loader

    loader = Loader(office, people(), window=FEW)
    point = loader.load(1)
    loaded, files = rows(), dict(export_log(office))
    assert where_rewritten(office) == ""
    empty(office)
    one_by_one(office, FEW)
    again = sign_checkpoint(office)
    assert (again.size, again.root, again.note) == (point.size, point.root, point.note)
    grown = rows()
    for table, expected in grown.items():
        if table == "checkpoint":  # its time stamp has a number of its own
            continue
        assert loaded[table] == expected, table
    assert loaded["activity"]
    assert loaded["register_document"]
    assert loaded["log_node"]
    tiles = dict(export_log(office))
    for name in tiles.keys() - {"checkpoint.tsr"}:
        assert files[name] == tiles[name], name


def test_the_product_goes_on_with_what_was_loaded(office: Office) -> None:
    """It appends, signs the next checkpoint over both, and finds nothing rewritten."""
    from tests.benchmarks.bulk import Loader

    loader = Loader(office, people(), window=FEW)
    first = loader.load(1)
    subject = loader.packets[0]
    noted = office.note(subject, "archive.opened", "user:ada")
    assert noted.seq == first.size
    assert noted.position == len(office.ledger.history.of(subject))
    second = sign_checkpoint(office)
    assert second.size == first.size + 1
    assert loader.load(loader.documents + 1).size > second.size
    assert where_rewritten(office) == ""


def test_a_row_that_was_loaded_otherwise_shows(office: Office) -> None:
    """The control: one changed word in one activity, and the comparison is not even."""
    from docgen.db.models import ActivityRow
    from tests.benchmarks.bulk import Loader

    Loader(office, people(), window=FEW).load(1)
    before = rows()
    row = ActivityRow.objects.get(seq=9)
    row.body = {**row.body, "actor": "user:mallory"}
    row.save()
    assert rows() != before
    assert "number 9." in where_rewritten(office)
